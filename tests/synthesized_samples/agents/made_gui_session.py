"""A session on seven screens, made by hand: on each a button is clicked whose name heads the next screen."""

from __future__ import annotations

from dataclaw_assets.anchor_values import (
    ActionValue,
    InstructionValue,
    LinesValue,
    ScreenStateChangeValue,
    StableValue,
    StillValue,
    TargetReadValue,
    TextLineValue,
)
from dataclaw_assets.records import Anchor, Source
from tests.builders import make_anchor, make_source

NAMES = ("Orders", "Invoices", "Customers", "Reports", "Returns", "Archive", "Shipping")
BESIDE = ("Print", "Export", "Rename", "Duplicate", "Freeze", "Compare", "Publish")
FURTHER = ("Berlin", "Lisbon", "Madrid", "Warsaw", "Dublin", "Athens", "Vienna")
SCREEN_S = 5.0


def make_gui_source(name: str = "session.mp4") -> Source:
    """A recording of 1280 × 720."""
    return make_source("gui_trace", len(NAMES) * SCREEN_S, name).model_copy(
        update={"width": 1280, "height": 720}
    )


def make_gui_session(
    source: Source, names: tuple[str, ...] = NAMES, mark: str = "", line_px: float = 16.0, sure: bool = True
) -> list[Anchor]:
    """Screens of five seconds; `mark` is written behind what only this session shows, lines are `line_px`
    high, and without `sure` nothing measured agrees with the log."""
    task = InstructionValue(text="Open every part of the program.")
    end_s = len(names) * SCREEN_S
    anchors = [make_anchor(source, task, "instruction", 0.0, end_s, basis="recorded")]
    for index, name in enumerate(names):
        start, end = index * SCREEN_S + 0.2, (index + 1) * SCREEN_S
        texts = [name, BESIDE[index] + mark, FURTHER[index] + mark, "Help" + mark, "Account" + mark]
        texts += [f"{names[index - 1]} page{mark}"] if index else []
        boxes = [_place(order, line_px, len(text)) for order, text in enumerate(texts)]
        for order, (text, box) in enumerate(zip(texts, boxes, strict=True)):
            line = TextLineValue(
                text=text, order=order, of=len(texts), height_px=line_px, readable_256=False, confidence=0.99
            )
            anchors.append(make_anchor(source, line, "text_line", start, end, region=box))
        still = StillValue(time_s=start + 1.3, frame=0, sharpness=9.0, outside_distance=0.3)
        read = TargetReadValue(index=index, name=name, agrees=sure, suspect=())
        target = make_anchor(source, read, "target_read", end - 0.5, end - 0.5, region=boxes[0])
        x, y = (boxes[0][0] + boxes[0][2]) / 2, (boxes[0][1] + boxes[0][3]) / 2
        action = ActionValue(index=index, action="click", x=x, y=y, target=name, role="button")
        agreed = {"basis": "recorded", "corroborated_by": (target.anchor_id,) if sure else ()}
        change = ScreenStateChangeValue(
            index=index,
            kind="large",
            share=0.4,
            smaller=0,
            before_s=end - 0.45,
            after_s=end + SCREEN_S - 0.45,
        )
        anchors += [
            make_anchor(source, LinesValue(lines=tuple(texts)), "lines_visible", start, end),
            make_anchor(source, StableValue(changed_region=None), "stable", start, end),
            make_anchor(source, still, "still_unique", start, end),
            target,
            make_anchor(source, action, "action", end - 0.3, end - 0.1, **agreed),
        ]
        if index + 1 < len(names):
            region = (0.0, 0.0, 1280.0, 720.0)
            anchors.append(
                make_anchor(
                    source, change, "screen_state_change", change.before_s, change.after_s, region=region
                )
            )
    return anchors


def make_tabs(source: Source) -> list[Anchor]:
    """A screen on which all names stand beside each other; each is clicked in turn, and something small
    changes below it."""
    end_s = len(NAMES) * SCREEN_S
    boxes = [
        (40.0 + 170.0 * order, 80.0, 40.0 + 170.0 * order + 9.0 * len(name), 96.0)
        for order, name in enumerate(NAMES)
    ]
    anchors = [make_anchor(source, LinesValue(lines=NAMES), "lines_visible", 0.0, end_s)]
    for index, (name, box) in enumerate(zip(NAMES, boxes, strict=True)):
        line = TextLineValue(
            text=name, order=index, of=len(NAMES), height_px=16.0, readable_256=False, confidence=0.99
        )
        end = (index + 1) * SCREEN_S - 1.0
        read = TargetReadValue(index=index, name=name, agrees=True, suspect=())
        target = make_anchor(source, read, "target_read", end - 0.5, end - 0.5, region=box)
        action = ActionValue(index=index, action="click", x=box[0] + 40.0, y=88.0, target=name, role="tab")
        change = ScreenStateChangeValue(
            index=index, kind="local", share=0.02, smaller=0, before_s=end - 0.45, after_s=end + 0.4
        )
        below = (box[0], box[1], box[2], 130.0)
        anchors += [
            make_anchor(source, line, "text_line", 0.0, end_s, region=box),
            target,
            make_anchor(
                source,
                action,
                "action",
                end - 0.3,
                end - 0.1,
                basis="recorded",
                corroborated_by=(target.anchor_id,),
            ),
            make_anchor(source, change, "screen_state_change", end - 0.45, end + 0.4, region=below),
        ]
    return anchors


def _place(order: int, line_px: float, letters: int) -> tuple[float, float, float, float]:
    left, top = 100.0 + 180.0 * (order % 3), 80.0 + 60.0 * order
    return left, top, left + 9.0 * letters, top + line_px
