"""`dataclaw try`: the configured model answers what was exported, and the verifiers count what passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from dataclaw_assets.cli.options import home_option, json_option, open_console, print_json
from dataclaw_assets.cli.progress import show_progress

if TYPE_CHECKING:
    from rich.console import Console

    from resources.home import Home
    from resources.ledger import Entry

COUNTED = ("samples", "tried", "always_right", "always_wrong")


@dataclass(frozen=True)
class Done:
    """One batch × task: what became of its trials, or why they failed."""

    partition: str
    entry: Entry | None
    reason: str | None

    @property
    def task_type(self) -> str:
        """Its task."""
        return self.partition.rpartition("|")[2]


@click.command("try")
@click.option(
    "--tries", type=click.IntRange(1, 64), default=8, show_default=True, help="Answers to each sample."
)
@click.option("--batch", "batch_name", metavar="NAME", help="Only this batch.")
@click.option("--tasks", metavar="A,B", help="Only these tasks.")
@click.option("--fresh", is_flag=True, help="Ask the model again for what it answered before.")
@home_option
@json_option
def command(
    tries: int, batch_name: str | None, tasks: str | None, fresh: bool, home: str | None, as_json: bool
) -> int:
    """Let the configured model answer every exported sample several times.

    Samples that are always right or always wrong teach nothing: with DATACLAW_DROP_ONE_SIDED=1 the next
    release leaves them out. Exit code 1: trials of a batch and task failed, or wait for answers.
    """
    from dataclaw_assets.cli.run import open_target
    from dataclaw_assets.errors import InputError, PartitionRefused, StoreError
    from dataclaw_assets.tasks import find_spec
    from resources.inference.resource import open_inference
    from resources.inference.settings import VARIABLE

    names = [name.strip() for name in tasks.split(",") if name.strip()] if tasks else None
    chosen = [find_spec(name).task_type for name in names] if names else None
    target = open_target(home)
    partitions = choose_partitions(target, batch_name, chosen)
    inference = open_inference(target, fresh=fresh)
    if inference is None:
        raise InputError(f"no model is configured: {VARIABLE} names the YAML file that says which")

    from dataclaw_assets.validated_exports.trials import try_samples

    done: list[Done] = []
    try:
        with show_progress(quiet=as_json) as on_progress:
            for partition in partitions:
                batch, _, task_type = partition.rpartition("|")
                try:
                    entry = try_samples(target, inference, batch, task_type, tries, on_progress, fresh)
                except (PartitionRefused, StoreError) as error:
                    done.append(Done(partition, None, str(error)))
                    continue
                refused = entry.verdict == "refused"
                done.append(Done(partition, None if refused else entry, entry.reason))
    finally:
        inference.close()
    _show(done, as_json)
    return 1 if any(item.entry is None for item in done) else 0


def choose_partitions(home: Home, batch: str | None, tasks: Sequence[str] | None) -> list[str]:
    """Keys of the published exports, of one batch and some tasks or all. `InputError` when none are."""
    from dataclaw_assets.errors import InputError
    from dataclaw_assets.validated_exports.trials import UPSTREAM

    found = []
    for key in home.ledger.partitions(UPSTREAM):
        of_batch, _, of_task = key.rpartition("|")
        wanted = batch in (None, of_batch) and (tasks is None or of_task in tasks)
        if wanted and home.ledger.published(UPSTREAM, key):
            found.append(key)
    if not found:
        narrowed = [f"of batch {batch}" if batch else "", f"for {', '.join(tasks)}" if tasks else ""]
        what = " ".join(filter(None, narrowed)) or "yet"
        raise InputError(f"nothing is exported {what}: make it with dataclaw run LANDING")
    return found


def sum_tasks(done: Sequence[Done]) -> list[dict[str, Any]]:
    """One row for each task: the counts of its trials over all batches, and the mean pass rate of what was
    tried, None where nothing was."""
    rows: dict[str, dict[str, Any]] = {}
    for item in done:
        if item.entry is None:
            continue
        empty: dict[str, Any] = {
            "task_type": item.task_type,
            **dict.fromkeys(COUNTED, 0),
            "pass_rate": None,
            "untried": {},
        }
        row, counts = rows.setdefault(item.task_type, empty), item.entry.counts
        passed = sum((part["pass_rate"] or 0.0) * part["tried"] for part in (row, counts))
        for name in COUNTED:
            row[name] += counts[name]
        row["pass_rate"] = passed / row["tried"] if row["tried"] else None
        for reason, count in counts["untried"].items():
            row["untried"][reason] = row["untried"].get(reason, 0) + count
    return list(rows.values())


def _show(done: Sequence[Done], as_json: bool) -> None:
    rows = sum_tasks(done)
    failed = [{"partition": item.partition, "reason": item.reason} for item in done if item.entry is None]
    if as_json:
        partitions = [
            {"partition": item.partition, **item.entry.counts, "reason": item.reason}
            for item in done
            if item.entry is not None
        ]
        print_json({"tasks": rows, "partitions": partitions, "failed": failed})
        for item in failed:
            click.echo(f"error: {item['partition']}: {item['reason']}", err=True)
    else:
        render_trials(open_console(), rows, failed)


def render_trials(
    console: Console, rows: Sequence[dict[str, Any]], failed: Sequence[dict[str, str | None]]
) -> None:
    """The table for people."""
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    table = Table(title="Trials", title_justify="left", box=None, pad_edge=False)
    table.add_column("task")
    for name in ("samples", "tried", "mean pass rate", "always right", "always wrong"):
        table.add_column(name, justify="right")
    table.add_column("not tried")
    for row in rows:
        rate = "–" if row["pass_rate"] is None else f"{row['pass_rate']:.2f}"
        why = ", ".join(f"{count} {reason}" for reason, count in row["untried"].items())
        numbers = [row["samples"], row["tried"], rate, row["always_right"], row["always_wrong"]]
        table.add_row(*(Text(str(cell)) for cell in (row["task_type"], *numbers, why)))
    console.print(table)
    for item in failed:
        console.print(f"[red]failed[/red] {escape(str(item['partition']))}: {escape(str(item['reason']))}")
