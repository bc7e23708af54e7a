"""A real Dagster of one home for tests: webserver, daemon and code server in a process group of their own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dagster import DagsterEventType, DagsterRunStatus, RunsFilter

from dataclaw_assets.records import Sample
from resources.dagster_home import open_instance, prepare_dagster_home
from resources.home import Home, open_home

CHECKOUT = Path(__file__).absolute().parents[2]
POLL_S = 0.05
TASKS = ("visual_puzzle", "temporal_qa", "tutorial")
"""Those deployed here: the daemon takes some ten seconds for each."""
LOCATION = (
    "{ workspaceOrError { ... on Workspace { locationEntries { locationOrLoadError { __typename } } } } }"
)

ValueT = TypeVar("ValueT")


def wait_for(what: str, ask: Callable[[], ValueT | None], seconds: float = 240.0) -> ValueT:
    """The first answer that is not None or False; fails naming what did not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = ask()
        if answer is not None and answer is not False:
            return answer
        time.sleep(POLL_S)
    raise AssertionError(f"within {seconds:g} s there was no {what}")


@dataclass
class LocalDagster:
    """`dagster dev` on a free port of loopback, started and killed as one group."""

    home_folder: Path
    landing: Path
    plugins: Path | None = None
    further: tuple[str, ...] = ()
    port: int = 0
    group: subprocess.Popen[bytes] | None = None

    @property
    def home(self) -> Home:
        """The home it works on."""
        return open_home(str(self.home_folder))

    @property
    def url(self) -> str:
        """Where the UI is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until the definitions are loaded."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        dagster = str(Path(sys.executable).with_name("dagster"))
        command = [dagster, "dev", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(self.port)]
        environment = {
            **os.environ,
            "DATACLAW_HOME": str(self.home_folder),
            "DATACLAW_LANDING": str(self.landing),
            "DAGSTER_HOME": str(prepare_dagster_home(self.home)),
            "DATACLAW_TASKS": ",".join((*TASKS, *self.further)),
            "PYTHONPATH": os.pathsep.join(str(path) for path in (CHECKOUT, self.plugins) if path),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        with (self.home_folder / "dagster.log").open("ab") as log:
            self.group = subprocess.Popen(
                command, cwd=CHECKOUT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        wait_for("code location", self._is_loaded)

    def kill(self) -> None:
        """End every process of it at once, as a power cut would."""
        if self.group is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.group.pid, signal.SIGKILL)
            self.group.wait()
            self.group = None

    def ask(self, query: str) -> Any:
        """The data that GraphQL answers with."""
        body = json.dumps({"query": query}).encode()
        request = urllib.request.Request(f"{self.url}/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["data"]

    def _is_loaded(self) -> bool:
        assert self.group is not None
        assert self.group.poll() is None, (self.home_folder / "dagster.log").read_text()
        try:
            entries = self.ask(LOCATION)["workspaceOrError"]["locationEntries"]
        except OSError:
            return False
        kinds = [(entry["locationOrLoadError"] or {}).get("__typename") for entry in entries]
        assert "PythonError" not in kinds, (self.home_folder / "dagster.log").read_text()
        return kinds == ["RepositoryLocation"]


@contextlib.contextmanager
def running(
    home_folder: Path, landing: Path, plugins: Path | None = None, further: tuple[str, ...] = ()
) -> Iterator[LocalDagster]:
    """A started Dagster, killed at the end whatever happens; `plugins` holds installed packages, which bring
    the `further` tasks."""
    local = LocalDagster(home_folder, landing, plugins, further)
    try:
        local.start()
        yield local
    finally:
        local.kill()


def released_batches(home: Home) -> set[str]:
    """Batches that the published release holds samples of."""
    release = home.ledger.published("dataset_release", "release")
    return {row.batch for row in home.read_entry(release, "samples", Sample)} if release else set()


def started_run(home: Home, job: str) -> tuple[str, int] | None:
    """The id and the process of a run of this job that is being worked on."""
    with open_instance(home) as instance:
        for run in instance.get_runs(RunsFilter(job_name=job, statuses=[DagsterRunStatus.STARTED])):
            for log in instance.all_logs(run.run_id, of_type=DagsterEventType.ENGINE_EVENT):
                found = re.search(r"in process \(pid: (\d+)\)", str(log.get_dagster_event().message))
                if found:
                    return run.run_id, int(found[1])
    return None


def run_status(home: Home, run_id: str) -> str:
    """The status of one run."""
    with open_instance(home) as instance:
        run = instance.get_run_by_id(run_id)
        assert run is not None
        return run.status.value
