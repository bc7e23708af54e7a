"""How right the facts are where the truth is known by construction: videos rendered on the spot.
`python -m dataclaw_assets.evaluation.rendered` prints one row for each kind of thing that they show."""

from __future__ import annotations

import itertools
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dataclaw_assets.anchor_values import AttributeValue, RepetitionValue
from dataclaw_assets.evaluation import rendered_items, rendered_movers
from dataclaw_assets.evaluation.measured import measure_video
from dataclaw_assets.evaluation.motion import (
    MIXED,
    Claim,
    Verdict,
    camera_claims,
    judge,
    mover_claims,
    share_covered,
)
from dataclaw_assets.evaluation.rendered_items import Item, Truth
from dataclaw_assets.evaluation.scenes import encode_video
from dataclaw_assets.records import Anchor

BORDERS_S = {"cut": 0.2, "transition": 0.5, "black": 0.2, "freeze": 0.2}
"""How far both ends of an anchor may lie from the truth, in seconds, by its kind."""

NEAR_S = 0.7
"""How far from a true change a claim about it may lie, in seconds."""

QUIET = 0.25
"""Share of a video up to which claims of a motion that is not there are passed over."""

ROW = "{:34} {:>6} {:>6} {:>6} {:>7} {:>13}\n"


@dataclass
class Tally:
    """What was said of the truths of one row: right, wrong (contradicted), missed, and claims of what is not
    there."""

    items: int = 0
    right: int = 0
    wrong: int = 0
    missed: int = 0
    alarms: int = 0

    def add(self, verdict: Verdict) -> None:
        """Count one verdict."""
        self.items += 1
        self.right += verdict == "right"
        self.wrong += verdict == "contradicted"
        self.missed += verdict == "not said"


def list_items() -> Iterator[Item]:
    """Every video, in the order of the table."""
    return itertools.chain(
        rendered_items.cut_items(),
        rendered_items.blend_items(),
        rendered_items.black_items(),
        rendered_items.freeze_items(),
        rendered_items.camera_items(),
        rendered_items.still_items(),
        rendered_movers.mover_items(),
        rendered_movers.carried_items(),
        rendered_movers.approach_items(),
        rendered_movers.repeated_items(),
        rendered_movers.unrepeated_items(),
        rendered_movers.light_items(),
        rendered_movers.area_items(),
    )


def render_item(item: Item, path: Path) -> None:
    """Write an item's video."""
    frames = round(item.seconds * item.fps)
    encode_video(path, (item.paint(number / item.fps) for number in range(frames)), item.fps)


def score_item(item: Item, anchors: Sequence[Anchor], table: dict[str, Tally]) -> list[str]:
    """Count an item's verdicts in the rows of the table, and say what was not right.

    A border of a kind that the item does not have, and that is not left open, is a false alarm in a row of
    its own; one beside the item's own borders is a false alarm in theirs.
    """
    faults = []
    for truth in item.truths:
        tally = table.setdefault(truth.row, Tally())
        if truth.about in JUDGES:
            verdict = JUDGES[truth.about](truth, anchors)
            tally.add(verdict)
            if verdict != "right":
                faults.append(f"{truth.row}: {item.name}: {verdict}")
        else:
            alarms = _count_false(truth, anchors)
            tally.items += 1
            tally.right += alarms == 0
            tally.alarms += alarms
            if alarms:
                faults.append(f"{truth.row}: {item.name}: false alarm")
    for kind in BORDERS_S.keys() - item.undecided:
        own = [truth for truth in item.truths if truth.about == kind]
        stray = [anchor for anchor in anchors if anchor.kind == kind and not _touches(anchor, own)]
        tally = table.setdefault(own[0].row if own else f"no {kind}", Tally())
        tally.alarms += len(stray)
        if not own:
            tally.items += 1
            tally.right += not stray
        faults += [f"no {kind}: {item.name}: {one.start_s}-{one.end_s} s" for one in stray]
    return faults


def judge_border(truth: Truth, anchors: Sequence[Anchor]) -> Verdict:
    """Right when an anchor of the kind has both ends near the true ones; wrong when one is there with other
    ends."""
    tolerance_s = BORDERS_S[truth.about] + 1e-6
    there = [anchor for anchor in anchors if anchor.kind == truth.about and _touches(anchor, [truth])]
    for anchor in there:
        start_s, end_s = anchor.start_s or 0.0, anchor.end_s or 0.0
        if max(abs(start_s - truth.start_s), abs(end_s - truth.end_s)) <= tolerance_s:
            return "right"
    return "contradicted" if there else "not said"


def _touches(anchor: Anchor, truths: Sequence[Truth]) -> bool:
    slack_s = BORDERS_S[anchor.kind] + 1e-6
    return any(
        (anchor.start_s or 0.0) <= truth.end_s + slack_s and (anchor.end_s or 0.0) >= truth.start_s - slack_s
        for truth in truths
    )


def judge_camera(truth: Truth, anchors: Sequence[Anchor]) -> Verdict:
    """Whether the camera's motion is named."""
    return judge(camera_claims(anchors), truth.names, truth.start_s, truth.end_s)


def judge_mover(truth: Truth, anchors: Sequence[Anchor]) -> Verdict:
    """Whether the direction of what moves is named."""
    return judge(mover_claims(anchors), truth.names, truth.start_s, truth.end_s)


def judge_count(truth: Truth, anchors: Sequence[Anchor]) -> Verdict:
    """Whether a repetition over at least half of the true interval has the true count; within one where the
    truth is about a `near repetition`."""
    slack = 1 if truth.about == "near repetition" else 0
    counts = [value.count for value in _repetitions(truth, anchors)]
    if not counts:
        return "not said"
    return "right" if all(abs(count - truth.count) <= slack for count in counts) else "contradicted"


def _repetitions(truth: Truth, anchors: Sequence[Anchor]) -> list[RepetitionValue]:
    return [
        anchor.value
        for anchor in anchors
        if isinstance(anchor.value, RepetitionValue)
        and share_covered(
            [Claim("", anchor.start_s or 0.0, anchor.end_s or 0.0)], {""}, truth.start_s, truth.end_s
        )
        >= 0.5
    ]


def judge_attribute(truth: Truth, anchors: Sequence[Anchor]) -> Verdict:
    """Whether the change is named, near its time and in its direction."""
    attributes = {name.split()[0] for name in truth.names}
    near = [
        claim.name
        for claim in attribute_claims(anchors)
        if claim.name.split()[0] in attributes
        and claim.start_s <= truth.end_s + NEAR_S
        and claim.end_s >= truth.start_s - NEAR_S
    ]
    if not near:
        return "not said"
    return "right" if set(near) <= truth.names else "contradicted"


def attribute_claims(anchors: Sequence[Anchor]) -> list[Claim]:
    """Which attributes change, and which way: `up`, `down`; a colour gets `redder` or `bluer`."""
    return [
        Claim(_way(anchor.value), anchor.start_s or 0.0, anchor.end_s or 0.0)
        for anchor in anchors
        if isinstance(anchor.value, AttributeValue)
    ]


def _way(value: AttributeValue) -> str:
    before, after = value.before, value.after
    if isinstance(before, str) and isinstance(after, str):
        return f"{value.attribute} {'redder' if _warmth(after) > _warmth(before) else 'bluer'}"
    return f"{value.attribute} {'up' if float(after) > float(before) else 'down'}"


def _warmth(colour: str) -> int:
    """Red less blue of `#rrggbb`."""
    return int(colour[1:3], 16) - int(colour[5:7], 16)


JUDGES: dict[str, Callable[[Truth, Sequence[Anchor]], Verdict]] = {
    **dict.fromkeys(BORDERS_S, judge_border),
    "camera": judge_camera,
    "mover": judge_mover,
    "repetition": judge_count,
    "near repetition": judge_count,
    "attribute": judge_attribute,
}


def _count_false(truth: Truth, anchors: Sequence[Anchor]) -> int:
    """How often anchors claim what is not there: 1 for motion named over more than `QUIET` of the interval,
    else the number of claims."""
    if truth.about == "no repetition":
        return sum(isinstance(anchor.value, RepetitionValue) for anchor in anchors)
    if truth.about == "no attribute":
        return len(attribute_claims(anchors))
    claims = camera_claims(anchors) if truth.about == "no camera" else mover_claims(anchors)
    named = {claim.name for claim in claims} - {"static", MIXED, "none"}
    return int(share_covered(claims, named, truth.start_s, truth.end_s) > QUIET)


def main(arguments: Sequence[str]) -> int:
    """Render every video into a temporary folder, measure it, print the table; with `--faults` also a line
    for whatever was not right. 2 for any other argument."""
    if set(arguments) - {"--faults"}:
        sys.stderr.write("usage: python -m dataclaw_assets.evaluation.rendered [--faults]\n")
        return 2
    table: dict[str, Tally] = {}
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="dataclaw-") as folder:
        for number, item in enumerate(list_items()):
            path = Path(folder) / f"{number}.mp4"
            render_item(item, path)
            faults += score_item(item, measure_video(path), table)
            path.unlink()
    sys.stdout.write(ROW.format("rendered", "items", "right", "wrong", "missed", "false alarms"))
    for name in sorted(table, key=lambda name: name in {f"no {kind}" for kind in BORDERS_S}):
        tally = table[name]
        parts = (tally.items, tally.right, tally.wrong, tally.missed, tally.alarms)
        sys.stdout.write(ROW.format(name, *parts))
    if "--faults" in arguments:
        for line in faults:
            sys.stdout.write(f"{line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
