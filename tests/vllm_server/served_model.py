"""vLLM's server as a process of its own, with its own Python: started, killed and started again by a test."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

START_S = 420.0
MODEL = "tiny"

# Loopback needs no proxy, whatever the environment says.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class ServedModel:
    """A server on one port of loopback; its output goes into `log`."""

    def __init__(self, python: Path, weights: Path, log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._command = [
            str(python),
            "-m",
            "vllm.entrypoints.openai.api_server",
            *_options(weights, self.port),
        ]
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; it does not answer yet."""
        quiet = {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}
        path = f"{Path(self._command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env={**os.environ, **quiet, "PATH": path},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # its engine is a process too; both are ended as one group
            )

    def wait(self) -> None:
        """Until it answers. Raises `RuntimeError` with the end of its output if it ends or takes too long."""
        assert self._process is not None
        until = time.monotonic() + START_S
        while time.monotonic() < until and self._process.poll() is None:
            try:
                with _OPENER.open(f"http://127.0.0.1:{self.port}/health", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.5)
        raise RuntimeError(self._log.read_text("utf-8", "replace")[-4000:])

    def kill(self) -> None:
        """End it and its engine at once, as a crash would."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


def _options(weights: Path, port: int) -> list[str]:
    named = {
        "model": str(weights),
        "served-model-name": MODEL,
        "host": "127.0.0.1",
        "port": str(port),
        "dtype": "float32",
        "max-model-len": "4096",
        "block-size": "32",
        "kv-cache-memory-bytes": str(256 << 20),
        "limit-mm-per-prompt": '{"image": 4, "video": 1}',
        "structured-outputs-config": '{"backend": "xgrammar", "disable_any_whitespace": true}',
        "generation-config": "vllm",
    }
    pairs = [text for name, value in named.items() for text in (f"--{name}", value)]
    return [*pairs, "--enforce-eager", "--enable-prompt-tokens-details"]
