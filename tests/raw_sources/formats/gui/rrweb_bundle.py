"""rrweb's own recorder from the npm registry, for tests that record with it; kept between runs."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import NoReturn

import pytest

VERSION = "2.2.2"
INTEGRITY = "sha512-LUvR1mbcTTaNkn5OiR0r2neuH86quaQsmucT07N4Yd7YFdxPtr9qMQ2e//1FkbWKa1L3JGmPIQtgv83VPJe3mQ=="
"""Of the packed package, as the registry states it (`dist.integrity`)."""

_SCRIPT = "package/umd/rrweb.min.js"
_PACK_S = 120


def load_script() -> str:
    """The recorder as one script that defines `rrweb.record`.

    Packed by npm into the user's cache once. Where neither gives the package, the test is skipped; with
    DATACLAW_REQUIRE_SHARED set (CI sets it) it fails. A package of another hash always fails.
    """
    package = _cache() / f"rrweb-{VERSION}.tgz"
    if not package.is_file():
        _pack(package)
    digest = hashlib.sha512(package.read_bytes()).digest()
    assert f"sha512-{base64.b64encode(digest).decode()}" == INTEGRITY, f"not what was pinned: {package}"
    with tarfile.open(package) as archive:
        script = archive.extractfile(_SCRIPT)
        assert script is not None
        return script.read().decode()


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "dataclaw" / f"rrweb-{VERSION}"


def _pack(package: Path) -> None:
    """Asks npm for the package; it appears whole, also when two test processes ask at once."""
    npm = shutil.which("npm")
    if npm is None:
        _leave_out("no npm on the PATH, and no package in the cache")
    package.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=package.parent) as folder:
        command = [npm, "pack", "--silent", "--ignore-scripts", f"rrweb@{VERSION}"]
        try:
            run = subprocess.run(command, cwd=folder, check=False, capture_output=True, timeout=_PACK_S)
        except subprocess.TimeoutExpired:
            _leave_out(f"npm did not give rrweb within {_PACK_S} s")
        packed = Path(folder) / package.name
        if run.returncode or not packed.is_file():
            _leave_out(f"npm did not give rrweb: {run.stderr.decode(errors='replace')[-500:]}")
        packed.replace(package)


def _leave_out(reason: str) -> NoReturn:
    if os.environ.get("DATACLAW_REQUIRE_SHARED"):
        pytest.fail(reason)
    pytest.skip(reason)
