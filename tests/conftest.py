"""Fixtures that every test may ask for: the reference footage, and a home of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent

LONGEST = ("tests/dagster/test_kill.py", "tests/dagster/test_ui.py", "tests/dagster/test_backfill.py")
"""Minutes each, most of them waiting for a daemon."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, the first in one half and the others in the other: workers begin at the
    halves, and whoever is left with all of them at the end has nobody to share with."""
    longest = [item for name in LONGEST for item in items if item.nodeid.startswith(name)]
    rest = [item for item in items if item not in longest]
    half = len(rest) // 2
    items[:] = [*longest[:1], *rest[:half], *longest[1:], *rest[half:]]


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
