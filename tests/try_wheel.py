"""Builds the wheel and uses it as a stranger would: pinned, in an empty environment, outside the checkout.

`python -m tests.try_wheel` (`make test-wheel`) installs the wheel with the pins of constraints.txt, runs
`dataclaw demo` and the commands that read what it made in an empty folder, and fails unless each task
exported at least one sample. Everything it writes is in one temporary folder, removed at the end.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from dataclaw_assets.tasks import list_specs
from dataclaw_assets.validated_exports.writers.dataclaw import SAMPLES

CHECKOUT = Path(__file__).resolve().parent.parent
TRAVELS = ("sql/**/*.sql", "intents/*.yaml", "dataclaw_assets/**/prompts/*.*", "resources/dagster.yaml")
LONGEST_S = 600.0
KEPT_OUT = ("PYTHON", "DATACLAW_", "DAGSTER_", "VIRTUAL_ENV")
"""Environment variables of these names would let the checkout or another home shine through."""


NOT_OF_THE_DEMO = frozenset({"tutoring", "planning"})
"""They need a model."""


def main() -> int:
    """Exit code 0 when every step worked and each task that can exported a sample; 1 otherwise, having said
    why."""
    # Stopped by `timeout`, it still removes its folder.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with tempfile.TemporaryDirectory(prefix="dataclaw-wheel-") as folder:
            exported = try_wheel(Path(folder))
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        print(f"FAILED: {error}")
        return 1
    empty = sorted(task for task, count in exported.items() if not count and task not in NOT_OF_THE_DEMO)
    failed = f"FAILED: no sample of {', '.join(empty)}; " if empty else ""
    tasks = ", ".join(f"{task} {count}" for task, count in exported.items())
    print(f"{failed}the wheel's demo exported {sum(exported.values())} samples: {tasks}")
    return 1 if empty else 0


def try_wheel(folder: Path) -> dict[str, int]:
    """Exported samples per registered task, made by the wheel in an empty folder below this one.

    Raises `RuntimeError` with the output of a command that failed, or for a file that the wheel forgot.
    """
    dist, environment, work = folder / "dist", folder / "environment", folder / "work"
    work.mkdir()
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", dist)
    run("build the wheel", *build, CHECKOUT)
    (wheel,) = dist.glob("*.whl")
    run("make an empty environment", sys.executable, "-m", "venv", environment)
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    python, dataclaw = scripts / "python", scripts / "dataclaw"
    install = (python, "-m", "pip", "install", "--quiet", "--no-compile")
    run(f"install {wheel.name} and its pins", *install, "--constraint", CHECKOUT / "constraints.txt", wheel)
    run("pip check", python, "-m", "pip", "check")
    module = run("import definitions", python, "-c", "import definitions as d; print(d.__file__)", cwd=work)
    check_files(Path(module).parent)

    run("dataclaw --help", dataclaw, "--help", cwd=work)
    run("dataclaw demo", dataclaw, "demo", cwd=work)
    found = json.loads(run("dataclaw status --json", dataclaw, "status", "--json", cwd=work))
    exported = {spec.task_type: read_ids(found["partitions"], spec.task_type) for spec in list_specs()}
    for ids in exported.values():
        if ids:
            run(f"dataclaw trace {ids[0]}", dataclaw, "trace", ids[0], cwd=work)
    return {task: len(ids) for task, ids in exported.items()}


def run(what: str, *command: str | Path, cwd: Path | None = None) -> str:
    """Standard output of a command, after a line that says what it is and how long it took.

    Raises `RuntimeError` with all that it printed when it fails, `TimeoutExpired` after `LONGEST_S`.
    """
    print(f"==> {what}", end="", flush=True)
    begun = time.perf_counter()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(KEPT_OUT)}
    done = subprocess.run(
        command, cwd=cwd, env=clean, capture_output=True, text=True, timeout=LONGEST_S, check=False
    )
    print(f" ({time.perf_counter() - begun:.0f} s)", flush=True)
    if done.returncode != 0:
        raise RuntimeError(f"{what}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def check_files(installed: Path) -> None:
    """Raises `RuntimeError` for a query, prompt, intent or setting of the checkout that is not installed."""
    expected = [path.relative_to(CHECKOUT) for pattern in TRAVELS for path in CHECKOUT.glob(pattern)]
    missing = [path.as_posix() for path in expected if not (installed / path).is_file()]
    if missing or not expected:
        raise RuntimeError(f"not in the wheel: {', '.join(missing)}")
    print(f"    {len(expected)} queries, prompts, intents and settings travelled in it")


def read_ids(partitions: list[dict[str, Any]], task: str) -> list[str]:
    """Ids of the samples in the export folders that `dataclaw status` names for a task."""
    folders = [Path(row["export"]) for row in partitions if row["task_type"] == task and row["export"]]
    lines = [line for folder in folders for line in (folder / SAMPLES).read_text("utf-8").splitlines()]
    return [json.loads(line)["id"] for line in lines]


if __name__ == "__main__":
    sys.exit(main())
