"""Fixtures that every test may ask for: the reference footage, and a home of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move the longest test, five minutes of waiting for a daemon, to where the second worker begins: the
    first one has the others of its kind, and would be left alone with them at the end."""
    longest = [item for item in items if item.nodeid.startswith("tests/dagster/test_kill.py")]
    rest = [item for item in items if item not in longest]
    half = len(rest) // 2
    items[:] = [*rest[:half], *longest, *rest[half:]]


@pytest.fixture(scope="session")
def shared_footage() -> Path:
    """The folder of real footage beside the checkout; the test is skipped where there is none.

    With DATACLAW_REQUIRE_SHARED set (CI sets it) its absence is a failure, so that a green CI has used it.
    """
    folder = CHECKOUT.parent / "shared" / "footage"
    if folder.is_dir():
        return folder
    reason = "no reference footage: ../shared/footage is not beside this checkout"
    if os.environ.get("DATACLAW_REQUIRE_SHARED"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that DATACLAW_HOME names for the length of one test."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("DATACLAW_HOME", str(folder))
    return folder
