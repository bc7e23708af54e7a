"""`dataclaw resolve`: what a request asks for, and what can honestly be made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from dataclaw_assets.cli.options import home_option, json_option, open_console, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from dataclaw_assets.records import Instruction
    from dataclaw_assets.resolved_intents.intents import Intent
    from dataclaw_assets.resolved_intents.offers import Offer

    Resolve: TypeAlias = Callable[[Sequence[tuple[Intent, Offer]]], list[list[Instruction]]]


@click.command("resolve")
@click.argument("request", metavar="TEXT")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@home_option
@json_option
def command(request: str, files: tuple[Path, ...], home: str | None, as_json: bool) -> None:
    """Ranked typed instructions for TEXT (a sentence or a YAML file), reasons and refusals.

    With FILEs their facts decide what can be made; without, a source with every kind of fact is assumed.
    A model reads TEXT where the settings of inference say so (`resolver: model`); its replies are kept in
    the home.
    """
    from dataclaw_assets.resolved_intents.intents import parse_intent
    from dataclaw_assets.resolved_intents.rules import list_mismatches, list_refusals

    intents = parse_intent(request)
    resolve = partial(_resolve_pairs, home)
    found = _resolve_files(intents, files, resolve) if files else _resolve_without_footage(intents, resolve)
    refused = [*list_mismatches(intents, found), *list_refusals(found)]
    answer = {
        "instructions": [item.model_dump(mode="json") for item in found if item.status != "infeasible"],
        "refused": [item.model_dump(mode="json") for item in refused],
    }
    if as_json:
        print_json(answer)
    else:
        _render(open_console(), answer)


def _resolve_pairs(home: str | None, pairs: Sequence[tuple[Intent, Offer]]) -> list[list[Instruction]]:
    """By the rules, or by the model that is configured for it."""
    from dataclaw_assets.resolved_intents.rules import resolve_offer
    from resources.inference.settings import load_inference_settings

    settings = load_inference_settings()
    if settings is None or settings.resolver == "rules":
        return [resolve_offer(intent, offer) for intent, offer in pairs]
    from dataclaw_assets.cli.run import open_target
    from dataclaw_assets.resolved_intents.model import resolve_by_model
    from resources.inference.client import Inference

    target = open_target(home)
    with closing(Inference(settings, target.store)) as inference:
        return [item.readings for item in resolve_by_model(inference, pairs, target.settings.seed)]


def _resolve_files(intents: Sequence[Intent], files: Iterable[Path], resolve: Resolve) -> list[Instruction]:
    from dataclaw_assets.factual_anchors.collect import anchors_of_file
    from dataclaw_assets.resolved_intents.offers import make_offer

    offers = [make_offer(*anchors_of_file(file)) for file in files]
    found = resolve([(intent, offer) for offer in offers for intent in intents])
    return [instruction for readings in found for instruction in readings]


def _resolve_without_footage(intents: Sequence[Intent], resolve: Resolve) -> list[Instruction]:
    from dataclaw_assets.resolved_intents.assumed import assume_sources, pick_readings

    offers = assume_sources()
    found = resolve([(intent, offer) for intent in intents for offer in offers])
    each = [found[start : start + len(offers)] for start in range(0, len(found), len(offers))]
    return [instruction for readings in each for instruction in pick_readings(readings)]


def _render(console: Console, answer: dict[str, Any]) -> None:
    from rich.markup import escape

    for item in answer["instructions"]:
        title = f"{item['rank']}. {item['task_type']}  {item['status']}, confidence {item['confidence']:.2f}"
        console.print(f"[bold]{escape(title)}[/bold]")
        console.print(f"   {escape(item['text'])}")
        console.print(f"   [dim]because {escape(item['rationale'])}[/dim]")
        for assumption in item["assumptions"]:
            console.print(f"   [dim]assumed: {escape(assumption)}[/dim]")
    for item in answer["refused"]:
        what = item["task_type"] or "the request"
        console.print(f"[yellow]refused[/yellow] {escape(what)}: {item['reason']}; {escape(item['detail'])}")
