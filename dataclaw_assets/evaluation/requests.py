"""How well the rules read requests: `python -m dataclaw_assets.evaluation.requests FOLDER`."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from dataclaw_assets import task_specs
from dataclaw_assets.records import Record, SourceKind
from dataclaw_assets.resolved_intents.intents import make_intent
from dataclaw_assets.resolved_intents.offers import Offer, describe_facts
from dataclaw_assets.resolved_intents.rules import resolve_offer
from dataclaw_assets.task_specs import TaskSpec

SETS = ("tuned", "untouched", "fresh")
"""What the rules were fitted to, what was written with it and never read, and what others wrote since."""

PLENTY = 8
"""How many anchors of each of its kinds a preset source has."""

BARS = {"specific": 0.90, "vague": 0.85, "infeasible": 0.02}
"""Top-1 of specific requests and vague ones with two acceptable types at least; infeasible ones at most."""

SPECS = tuple(spec for spec in vars(task_specs).values() if isinstance(spec, TaskSpec))


class Request(Record):
    """One labelled request; `accepted` are task types, best first, `refused` must be infeasible."""

    text: str
    group: str
    language: str
    footage: SourceKind
    facts: str
    accepted: tuple[str, ...]
    refused: tuple[str, ...]


class Judged(Record):
    """What the rules made of a request: the task types routed, best first, and whether that is right."""

    request: Request
    routed: tuple[str, ...]
    right: bool


def judge_requests(folder: Path, name: str) -> list[Judged]:
    """Every request of `NAME.yaml` read against its preset of `presets.yaml`, with all built-in tasks.

    Right is: of specific and colloquial ones an acceptable type at rank 1; of vague ones two acceptable types
    routed; of mixed ones all that are asked for; of the others nothing routed that must be refused, for
    `not_data` nothing at all.
    """
    import yaml

    presets = yaml.safe_load((folder / "presets.yaml").read_text(encoding="utf-8"))
    found = yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))
    return [_judge(Request.model_validate(item), presets) for item in found]


def _judge(request: Request, presets: Mapping[str, Mapping[str, Sequence[str]]]) -> Judged:
    found = Counter(dict.fromkeys(presets[request.footage][request.facts], PLENTY))
    name = f"{request.facts}.sample"
    offer = Offer(request.facts, request.footage, name, "60.0 s long", found, describe_facts(found), 60.0)
    readings = resolve_offer(make_intent(request.text), offer, SPECS)
    routed = tuple(item.task_type for item in readings if item.status != "infeasible")
    return Judged(request=request, routed=routed, right=_is_right(request, routed))


def _is_right(request: Request, routed: Sequence[str]) -> bool:
    accepted = set(request.accepted)
    if request.group in ("specific", "colloquial"):
        return bool(routed) and routed[0] in accepted
    if request.group == "vague":
        return len(accepted.intersection(routed)) >= 2
    if request.group == "mixed":
        return accepted <= set(routed)
    return not routed if request.group == "not_data" else not set(request.refused).intersection(routed)


def share_infeasible(judged: Sequence[Judged]) -> float:
    """Of the requests that must be refused, the share with something routed that must not be."""
    asked = [item for item in judged if item.request.group in ("wrong_footage", "not_data")]
    return sum(not item.right for item in asked) / len(asked) if asked else 0.0


def share_strange(judged: Sequence[Judged]) -> float:
    """Of the types routed where some are acceptable, the share that is not."""
    routed = [
        task not in item.request.accepted for item in judged if item.request.accepted for task in item.routed
    ]
    return sum(routed) / len(routed) if routed else 0.0


def list_missed(judged: Sequence[Judged]) -> list[str]:
    """The bars that one set misses, in words."""
    missed = []
    for group in ("specific", "vague"):
        share = share_right(judged, group)
        if share < BARS[group]:
            missed.append(f"{group} {share:.3f} is below {BARS[group]}")
    if share_infeasible(judged) > BARS["infeasible"]:
        missed.append(f"infeasible accepted {share_infeasible(judged):.3f} is above {BARS['infeasible']}")
    return missed


def share_right(judged: Sequence[Judged], group: str) -> float:
    """The share of right ones in a group; 1.0 of none."""
    asked = [item.right for item in judged if item.request.group == group]
    return sum(asked) / len(asked) if asked else 1.0


def print_set(name: str, judged: Sequence[Judged]) -> None:
    """The table of one set: right of all by group and language, and what was accepted wrongly."""
    sys.stdout.write(f"\n{name}: {len(judged)} requests\n{'group':14} {'all':>16} {'en':>16} {'zh':>16}\n")
    groups: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for item in judged:
        for language in ("all", item.request.language):
            groups[item.request.group][language].append(item.right)
    for group, found in groups.items():
        cells = [_show(found.get(language, [])) for language in ("all", "en", "zh")]
        sys.stdout.write(f"{group:14} {' '.join(f'{cell:>16}' for cell in cells)}\n")
    sys.stdout.write(f"infeasible accepted {share_infeasible(judged):.3f}\n")
    sys.stdout.write(f"kept types that are not acceptable {share_strange(judged):.3f}\n")


def _show(right: Sequence[bool]) -> str:
    return f"{sum(right) / len(right):.3f} ({sum(right)}/{len(right)})" if right else "-"


def main(arguments: Sequence[str]) -> int:
    """Print every set of a folder; 1 when a bar is missed, 2 when the folder does not hold them."""
    folder = Path(arguments[0]) if len(arguments) == 1 else Path()
    sets = [name for name in SETS if (folder / f"{name}.yaml").is_file()]
    if not sets:
        sys.stderr.write(
            "usage: python -m dataclaw_assets.evaluation.requests FOLDER (of labelled requests)\n"
        )
        return 2
    missed = []
    for name in sets:
        judged = judge_requests(folder, name)
        print_set(name, judged)
        missed += [f"{name}: {said}" for said in list_missed(judged)]
    sys.stdout.write("".join(f"missed: {said}\n" for said in missed) or "every bar is met\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
