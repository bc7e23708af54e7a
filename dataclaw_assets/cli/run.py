"""`dataclaw run`: a landing folder and an intent in, validated and traceable training data out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from dataclaw_assets.cli.options import home_option, json_option, open_console, print_json
from dataclaw_assets.cli.progress import show_progress

if TYPE_CHECKING:
    from dataclaw_assets.resolved_intents.intents import Intent
    from resources.home import Home


@click.command("run")
@click.argument("landing")
@click.option(
    "--intent", "requests", multiple=True, metavar="TEXT|FILE", help="What to make; may be repeated."
)
@click.option(
    "--batch", "batch_name", metavar="NAME", help="Name of the new batch, instead of one from LANDING."
)
@click.option("--tasks", metavar="A,B", help="Only these tasks, instead of every registered one.")
@click.option("--fresh", is_flag=True, help="Ask models again for what they answered before.")
@home_option
@json_option
def command(
    landing: str,
    requests: tuple[str, ...],
    batch_name: str | None,
    tasks: str | None,
    fresh: bool,
    home: str | None,
    as_json: bool,
) -> int:
    """Run the whole chain on LANDING, a folder or an s3:// URI.

    Without --intent, the standing intents (DATACLAW_INTENTS, else the packaged default) apply to footage of
    which nothing was asked yet. Running again makes only what is not made yet. Exit code 1: a partition
    failed.
    """
    from dataclaw_assets.resolved_intents.intents import default_intents, parse_intent
    from dataclaw_assets.tasks import find_spec

    intents = [intent for request in requests for intent in parse_intent(request)]
    check_requests(intents)
    names = [name.strip() for name in tasks.split(",") if name.strip()] if tasks else None
    chosen = [find_spec(name).task_type for name in names] if names else None
    if not intents and not as_json:
        standing = "; ".join(intent.text for intent in default_intents())
        click.echo(f"no --intent given; where nothing was asked before, this applies: {standing}", err=True)
    return run_and_show(open_target(home), landing, intents, batch_name, chosen, as_json, fresh)


def check_requests(intents: Sequence[Intent]) -> None:
    """Raise `InputError` when there are requests and none of them speaks of a registered task. Where a model
    reads requests, that is for it to say."""
    from dataclaw_assets.errors import InputError
    from dataclaw_assets.resolved_intents.rules import explain_mismatch
    from resources.inference.settings import load_inference_settings

    models = load_inference_settings()
    if models and models.resolver == "model":
        return
    refusals = [explain_mismatch(intent) for intent in intents]
    if refusals and all(refusals):
        reasons = dict.fromkeys(refusal.detail for refusal in refusals if refusal)
        raise InputError(f"nothing to make of {intents[0].text!r}: {'; '.join(reasons)}")


def open_target(uri: str | None) -> Home:
    """The home that a run writes to; a bucket is reached with dagster-aws's client, as from the assets."""
    from resources.home import open_home
    from resources.settings import home_uri

    where = uri or home_uri()
    if not where.startswith("s3://"):
        return open_home(where)
    from resources.deployment import s3_client

    return open_home(where, s3_client())


def run_and_show(
    home: Home,
    landing: str,
    intents: Sequence[Intent],
    batch_name: str | None,
    tasks: Sequence[str] | None,
    as_json: bool,
    fresh: bool = False,
) -> int:
    """Run the chain, show what came of it, and return the exit code: 1 when a partition failed.

    Raises `InputError` for a landing zone that is missing or holds nothing.
    """
    from dataclaw_assets.errors import InputError
    from resources.landing import list_landing

    if not list_landing(landing):
        raise InputError(
            f"{landing}: holds no file (hidden ones and links are passed over); drop footage in it"
        )

    from dataclaw_assets.cli.chain import run_chain
    from dataclaw_assets.cli.show import describe_outcome, render_run
    from dataclaw_assets.lineage.report import report_run

    with show_progress(quiet=as_json) as on_progress:
        outcome = run_chain(home, landing, intents, batch_name, tasks, on_progress, fresh)
    found = report_run(home, outcome.batches)
    if as_json:
        print_json(describe_outcome(found, outcome))
        for item in outcome.failed:
            click.echo(f"error: {item.asset} [{item.partition}]: {item.reason}", err=True)
    else:
        render_run(open_console(), found, outcome)
    return 1 if outcome.failed else 0
