"""One finished home for all tests of the chain, copied for those that change it; counts of opened media."""

from __future__ import annotations

import fcntl
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from dataclaw_assets.cli.chain import ChainReport, run_chain
from dataclaw_assets.resolved_intents.intents import Intent, make_intent
from resources.home import Home, open_home
from resources.progress import OnProgress, ignore
from tests.chain.footage import land_footage

PUZZLES = make_intent("Make puzzles about the order of things")
ORDERS = make_intent("Make temporal ordering questions")
TASKS = ("visual_puzzle", "temporal_qa")


@dataclass(frozen=True)
class Chain:
    """A landing zone and the home that its footage goes to."""

    landing: str
    home: Home

    def run(self, *intents: Intent, on_progress: OnProgress = ignore) -> ChainReport:
        """Run two tasks of the chain in this process."""
        return run_chain(self.home, self.landing, intents, tasks=TASKS, on_progress=on_progress)

    @property
    def arguments(self) -> list[str]:
        """The command line that makes the same of the same landing zone, for `DATACLAW_HOME`."""
        return ["run", self.landing, "--intent", PUZZLES.text, "--tasks", ",".join(TASKS), "--json"]

    def copy_to(self, folder: Path) -> Chain:
        """The same landing zone, and a copy of the home to change."""
        shutil.copytree(self.home.store.uri, folder)
        return Chain(self.landing, open_home(str(folder)))

    def copy_caches_to(self, folder: Path) -> Chain:
        """The same landing zone, and a home that has published nothing but holds what was found and cut."""
        for name in ("cache", "media"):
            shutil.copytree(Path(self.home.store.uri) / name, folder / name)
        return Chain(self.landing, open_home(str(folder)))


@dataclass(frozen=True)
class OpenedMedia:
    """The log of the media files that were opened, in this process and the readers it starts."""

    log: Path

    def names(self) -> list[str]:
        """Names of what was opened so far, oldest first."""
        return [Path(line).name for line in self.log.read_text().splitlines()] if self.log.exists() else []


@pytest.fixture(autouse=True)
def one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """One reading process at a time: the tests themselves run in parallel."""
    monkeypatch.setenv("DATACLAW_WORKERS", "1")


@pytest.fixture
def opened_media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenedMedia:
    """Counts the media opened during one test."""
    log = tmp_path / "opened.log"
    monkeypatch.setenv("DATACLAW_OPENED_LOG", str(log))
    return OpenedMedia(log)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Chain:
    """The chain run to its release on a film and drawings, asked for puzzles; never to be changed.

    Built once for all workers of pytest-xdist: the first to come builds it, the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "chain"
    shared.mkdir(exist_ok=True)
    chain = Chain(str(shared / "landing"), open_home(str(shared / "home")))
    with (shared / "building.lock").open("w") as lock, pytest.MonkeyPatch.context() as patch:
        fcntl.flock(lock, fcntl.LOCK_EX)
        patch.setenv("DATACLAW_WORKERS", "1")
        if not (shared / "built").exists():
            land_footage(shared / "landing")
            report = chain.run(PUZZLES)
            assert report.failed == ()
            (shared / "built").touch()
    return chain
