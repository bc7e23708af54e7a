"""PySceneDetect Adaptive to compare with: an environment of its own, kept, and a process in it."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench._clips import kept_folder
from bench._costs import Cost

RELEASE = "scenedetect-headless==0.7.2"
"""The same code as `scenedetect`, with OpenCV's wheel that needs no screen."""


class Rival:
    """The detector, ready to be given files; `failed` says why there is none, `unread` why a file was not."""

    def __init__(self) -> None:
        self.failed: str | None = None
        self.unread: dict[Path, str] = {}
        self._process: subprocess.Popen[str] | None = None
        try:
            python = _make_environment()
        except subprocess.CalledProcessError as error:
            lines = (error.stderr or "").strip().splitlines()
            self.failed = lines[-1] if lines else str(error)
            return
        child = Path(__file__).with_name("_adaptive.py")
        self._process = subprocess.Popen(
            [str(python), str(child)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, path: Path) -> Cost | None:
        """What one run over a file costs; None when there is no detector, or it cannot read the file."""
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            return None
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            self.failed = f"it ended with {self._process.wait()}"
            self._process = None
            return None
        answer: dict[str, Any] = json.loads(line)
        if "failed" in answer:
            self.unread[path] = answer["failed"]
            return None
        return Cost(answer["wall"], answer["cpu"])

    def stop(self) -> None:
        """End the process."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait()


def _make_environment() -> Path:
    """The interpreter of the kept environment; `subprocess.CalledProcessError` when it cannot be built."""
    shared = [f"{name}=={version(name)}" for name in ("opencv-python-headless", "numpy")]
    wanted = [RELEASE, *shared]
    folder = kept_folder() / "-".join([*wanted, *map(str, sys.version_info[:2])]).replace("==", "-")
    python, ready = folder / "bin" / "python", folder / ".ready"
    if not ready.exists():
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *wanted]
        for command in ([sys.executable, "-m", "venv", "--clear", str(folder)], pip):
            subprocess.run(command, check=True, capture_output=True, text=True)
        ready.touch()
    return python
