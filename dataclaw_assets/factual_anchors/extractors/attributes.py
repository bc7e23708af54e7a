"""What changes for good within a shot: light, colour, how much moves; black and frozen stretches."""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from dataclaw_assets.anchor_values import AttributeValue, BlackValue, FreezeValue
from dataclaw_assets.factual_anchors.extractors.contract import FrameView, Luma, make_anchor
from dataclaw_assets.factual_anchors.measures.jumps import JumpFinder
from dataclaw_assets.factual_anchors.measures.levels import Step, find_steps
from dataclaw_assets.factual_anchors.measures.standstill import BlackFinder, FreezeFinder, Stretch
from dataclaw_assets.records import Anchor, Json, Source

STEP_S = 0.2
"""How often the levels are measured."""

BLOCKS = (4, 3)
"""Blocks of the picture, across and down, whose levels are kept: light changes all of them alike."""

BRIGHTER = 0.09
"""Least change of brightness (0-1): automatic exposure in real footage makes up to 0.08."""

TINTED = 7.0
"""Least change of chroma (of 255) at the same brightness."""

SPREADS = 0.12
"""Least change of the share of the picture that moves."""

TIMES = 2.0
"""And the larger share is at least this many times the smaller."""

CAMERA = 0.6
"""Share of the picture from which it is the camera, or the light, that moves."""

STEADY = 0.2
"""Largest standard deviation of a level around the change, in units of the change."""

STEADY_AREA = 0.35
"""The same for the share that moves, which wavers with every gesture."""

DARK = 20.0
"""Least mean luma above black at which colours can be told."""

TOGETHER = 0.8
"""Least share of the blocks that change the way the mean does: where the camera turns to something brighter,
or something walks in, some blocks do not."""

ALIKE = 0.9
"""Least correlation of the blocks' brightness before and after: it is still the same scene from the same
place."""

BUSY = 50
EVERYWHERE = 11
"""A fifth (of 255) of the cells of eleven blocks of twelve: the camera moves, and with it the whole
picture."""

MOVED = 4
"""Change of a cell of the tiny picture (of 255) that is motion."""

Floats = npt.NDArray[np.float64]
Attribute = Literal["brightness", "dominant_colour", "moving_area"]


class AttributesExtractor:
    """Makes `attribute_change`, `black` and `freeze`."""

    name = "attributes"
    version = "1"

    def applies(self, source: Source) -> bool:
        """To every source with a moving picture."""
        return source.stream is not None

    def params(self, source: Source) -> Json:
        """None: thresholds belong to the version."""
        return {}

    def begin(self, source: Source) -> AttributesWatcher:
        """A watcher."""
        return AttributesWatcher(self, source)


class AttributesWatcher:
    """Holds 48 bytes for each `STEP_S` of the stretch since the picture last jumped."""

    def __init__(self, extractor: AttributesExtractor, source: Source) -> None:
        self.extractor = extractor
        self.source = source
        self.anchors: list[Anchor] = []
        self.jumps = JumpFinder()
        self.black = BlackFinder()
        self.freeze = FreezeFinder()
        self.times = array("d")
        self.levels = bytearray()
        self.areas = array("f")
        self.before: Luma | None = None
        self.due_s = 0.0
        self.last = (0.0, 0)

    def see(self, view: FrameView) -> None:
        """Look whether the frame is black or shown again; measure its levels where they are due."""
        jump_s = self.jumps.see(view)
        if jump_s is not None:
            self._split(jump_s)
        self.black.see(view)
        self.freeze.see(view)
        self.last = (view.time_s, view.index)
        if view.time_s < self.due_s - 1e-3:
            return
        self.due_s = max(self.due_s + STEP_S, view.time_s + 0.5 * STEP_S)
        self._measure(view)

    def finish(self) -> list[Anchor]:
        """The anchors, in order of their kinds."""
        stream = self.source.stream
        end_s = max(stream.duration_s if stream is not None else 0.0, self.last[0])
        self._name(len(self.times))
        self.black.finish(end_s, self.last[1] + 1)
        self.freeze.finish()
        blacks = self.black.found
        # a picture that stays black is said to be black
        frozen = [one for one in self.freeze.found if not any(_overlap(one, other) for other in blacks)]
        return self.anchors + [self._black(one) for one in blacks] + [self._freeze(one) for one in frozen]

    def _measure(self, view: FrameView) -> None:
        import cv2

        tiny = view.tiny
        blocks = cv2.resize(tiny, BLOCKS, interpolation=cv2.INTER_AREA)
        colours = cv2.resize(view.chroma, BLOCKS, interpolation=cv2.INTER_AREA)
        self.times.append(view.time_s)
        self.levels += np.asarray(blocks).tobytes() + np.asarray(colours).tobytes()
        area = -1.0
        if self.before is not None:
            _, moved = cv2.threshold(cv2.absdiff(self.before, tiny), MOVED, 1, cv2.THRESH_BINARY)
            area = cv2.countNonZero(moved) / tiny.size
            busy = cv2.resize(moved * np.uint8(255), BLOCKS, interpolation=cv2.INTER_AREA)
            if np.count_nonzero(np.asarray(busy) >= BUSY) >= EVERYWHERE:
                area = 1.0
        self.areas.append(area)
        self.before = tiny

    def _split(self, jump_s: float) -> None:
        """Name what changed before the jump, and go on with what came after it."""
        before = sum(time_s < jump_s - 1e-6 for time_s in self.times[-10:])
        before += max(0, len(self.times) - 10)
        self._name(before)
        del self.times[:before], self.areas[:before], self.levels[: before * _PER_SAMPLE]
        if self.areas:
            self.areas[0] = -1.0
        else:
            self.before = None

    def _name(self, count: int) -> None:
        """The lasting changes of the first so many samples."""
        times = np.array(self.times[:count])
        if count < 2:
            return
        table = np.frombuffer(bytes(self.levels[: count * _PER_SAMPLE]), np.uint8).astype(np.float64)
        blocks = BLOCKS[0] * BLOCKS[1]
        luma = np.maximum(table.reshape(count, 3 * blocks)[:, :blocks] - 16.0, 1.0)
        chroma = table.reshape(count, 3 * blocks)[:, blocks:].reshape(count, blocks, 2) - 128.0
        mean = luma.mean(axis=1)
        level = float(mean.mean())
        steps: list[Step] = []
        for step in find_steps(mean[:, None] / 219.0, STEP_S, BRIGHTER, STEADY):
            way = 1.0 if step.after[0] > step.before[0] else -1.0
            if _together(way * luma, step) and _same_scene(luma, step):
                self._add("brightness", _share(step.before), _share(step.after), step, times)
                steps.append(step)
        # chroma grows with the light: it is compared at one brightness
        tint = chroma.mean(axis=1) * (level / mean)[:, None]
        for step in find_steps(tint, STEP_S, TINTED, STEADY) if level >= DARK else []:
            direction = (step.after - step.before) / step.size
            alike = _together((chroma * (level / luma)[:, :, None]) @ direction, step)
            # at once is a cut between pictures as bright as each other
            if alike and _same_scene(luma, step) and step.end - step.start >= 2:
                before, after = (
                    _colour(mean[side].mean(), chroma[side].mean(axis=(0, 1))) for side in _sides(step, count)
                )
                self._add("dominant_colour", before, after, step, times)
                steps.append(step)
        self._name_area(times, np.array(self.areas[:count], np.float64), steps)

    def _name_area(self, times: Floats, areas: Floats, lit: list[Step]) -> None:
        """Changes of the share that moves, but for those that a change of light makes."""
        offset = int(areas[0] < 0.0)
        for found in find_steps(areas[offset:, None], STEP_S, SPREADS, STEADY_AREA):
            step = replace(found, start=found.start + offset, end=found.end + offset)
            small, large = sorted((float(step.before[0]), float(step.after[0])))
            near = any(step.start <= one.end + 2 and step.end >= one.start - 2 for one in lit)
            if large <= CAMERA and large >= TIMES * small and not near:
                self._add("moving_area", _share(step.before), _share(step.after), step, times)

    def _add(
        self, attribute: Attribute, before: float | str, after: float | str, step: Step, times: Floats
    ) -> None:
        start_s, end_s = float(times[step.start]), float(times[step.end])
        said = {
            "brightness": "The picture's brightness",
            "dominant_colour": "The picture's colour",
            "moving_area": "The share of the picture that moves",
        }[attribute]
        text = f"{said} changes from {before} to {after} between {start_s:.1f} and {end_s:.1f} s."
        value = AttributeValue(attribute=attribute, before=before, after=after)
        self.anchors.append(
            make_anchor(
                self.source, self.extractor, "attribute_change", value, text, start_s=start_s, end_s=end_s
            )
        )

    def _black(self, one: Stretch) -> Anchor:
        text = f"The picture is black from {one.start_s:.2f} to {one.end_s:.2f} s."
        value = BlackValue(level=round(min(1.0, max(0.0, (one.level - 16.0) / 219.0)), 3))
        return make_anchor(
            self.source, self.extractor, "black", value, text,
            start_s=one.start_s, end_s=one.end_s, frames=(one.first, one.last),
        )  # fmt: skip

    def _freeze(self, one: Stretch) -> Anchor:
        text = f"The picture is frozen from {one.start_s:.2f} to {one.end_s:.2f} s: one frame is shown again."
        return make_anchor(
            self.source, self.extractor, "freeze", FreezeValue(frames=one.last - one.first), text,
            start_s=one.start_s, end_s=one.end_s, frames=(one.first, one.last),
        )  # fmt: skip


_PER_SAMPLE = 3 * BLOCKS[0] * BLOCKS[1]


def _sides(step: Step, count: int) -> tuple[slice, slice]:
    width = round(1.0 / STEP_S)
    return slice(max(0, step.start - width + 1), step.start + 1), slice(
        step.end, min(count, step.end + width)
    )


def _together(blocks: Floats, step: Step) -> bool:
    """Whether nearly all blocks rise from one side of the step to the other."""
    before, after = _sides(step, len(blocks))
    return float((blocks[after].mean(axis=0) > blocks[before].mean(axis=0)).mean()) >= TOGETHER


def _same_scene(luma: Floats, step: Step) -> bool:
    """Whether the blocks are bright and dark in the same places on both sides."""
    before, after = (luma[side].mean(axis=0) for side in _sides(step, len(luma)))
    before, after = before - before.mean(), after - after.mean()
    return float(before @ after) >= ALIKE * float(np.sqrt((before @ before) * (after @ after)) + 1e-9)


def _share(level: Floats) -> float:
    return round(float(level[0]), 3)


def _colour(luma: float, chroma: Floats) -> str:
    """`#rrggbb` of luma above black and chroma about grey, limited range (ITU-R BT.601)."""
    grey, blue, red = 1.164 * luma, float(chroma[0]), float(chroma[1])
    parts = (grey + 1.596 * red, grey - 0.813 * red - 0.392 * blue, grey + 2.017 * blue)
    return "#" + "".join(f"{min(255, max(0, round(part))):02x}" for part in parts)


def _overlap(one: Stretch, other: Stretch) -> bool:
    return one.start_s < other.end_s and other.start_s < one.end_s
