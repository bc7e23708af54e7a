"""Environments of their own, for packages whose pins contradict the project's.

One is made once per machine and set of pins, outside the clone; tests reach it through a process of its own.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LONGEST_S = 3600.0
"""For one install; torch alone can be a download of several GB."""


@dataclass(frozen=True)
class OwnEnvironment:
    """An environment named after a package, made from the pins of a requirements file."""

    name: str
    requirements: Path

    @property
    def folder(self) -> Path:
        """Where it lies, named by a digest of the pins: other pins, another environment."""
        cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        digest = hashlib.sha256(self.requirements.read_bytes()).hexdigest()
        return Path(cache) / "dataclaw" / f"{self.name}-{digest[:12]}"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def is_ready(self) -> bool:
        """Whether it was made to the end."""
        return self.python.is_file() and (self.folder / ".ready").is_file()

    def make(self, fill: Callable[[OwnEnvironment], None]) -> None:
        """Make it with `fill`, unless it is there; one that was left half made is made anew.

        Raises `CalledProcessError` when pip fails, `TimeoutExpired` after `LONGEST_S`.
        """
        if self.is_ready:
            return
        venv.create(self.folder, clear=True, with_pip=True, symlinks=os.name != "nt")
        fill(self)
        (self.folder / ".ready").touch()

    def install(self, *what: str) -> None:
        """`pip install` into it."""
        pip = (self.python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
        subprocess.run((*pip, *what), check=True, timeout=LONGEST_S)
