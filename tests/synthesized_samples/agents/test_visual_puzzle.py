"""Puzzles over honest anchors: all pass, twins flip the answer, and nobody is asked what is open."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from typing import Any

import pytest

from dataclaw_assets.anchor_values import FrameValue, IdleValue, PhaseValue, ShotValue, StableValue
from dataclaw_assets.quality.clock import map_interval
from dataclaw_assets.records import Anchor, Clip, Draft, Edit, Shape, SketchClip, Still
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.gate import EVIDENCE
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.pictures import (
    find_line_fault,
    read_tiles,
    shuffle_tiles,
)
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.shapes import lie_apart, takes_time
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.stretches import find_stretches, list_donors
from dataclaw_assets.synthesized_samples.context import SourceContext
from resources.settings import Settings
from tests.builders import make_anchor
from tests.synthesized_samples.agents.puzzling import (
    AGENT,
    FILM,
    IMAGE,
    MATERIAL,
    compose,
    find_draft,
    print_lines,
    verdict,
)


@pytest.mark.parametrize("material", MATERIAL)
def test_every_draft_from_honest_anchors_passes(material: str) -> None:
    drafts = [draft for seed in range(3) for draft in compose(material, seed)]
    assert drafts
    assert Counter(verdict(draft, material) for draft in drafts) == {None: len(drafts)}


def test_each_template_is_made_of_something() -> None:
    seeds = dict.fromkeys(MATERIAL, 5) | {"image": 24}
    made = {d.template for name, count in seeds.items() for seed in range(count) for d in compose(name, seed)}
    assert made == set(EVIDENCE)


@pytest.mark.parametrize("material", ["long film", "drawing", "quick film"])
def test_a_twin_asks_the_same_and_its_media_flip_the_answer(material: str) -> None:
    pairs: dict[str, list[Draft]] = defaultdict(list)
    for draft in compose(material):
        if draft.twin_key:
            pairs[draft.twin_key].append(draft)
    for first, second in pairs.values():
        assert first.payload["question"] == second.payload["question"]
        assert first.media != second.media
        assert first.verifier.value != second.verifier.value


def test_every_tenth_to_fifth_change_to_be_found_is_none() -> None:
    drafts = [d for seed in range(30) for d in compose("long film", seed) if d.template.startswith("find_")]
    negative = sum(draft.difficulty.get("negative", False) for draft in drafts) / len(drafts)
    assert 0.08 < negative < 0.22


def test_neither_twin_plays_in_the_order_that_pictures_may_tell() -> None:
    drafts = [draft for draft in compose("quick film") if draft.template == "order_stills"]
    clips = [medium for draft in drafts for medium in draft.media if isinstance(medium, Clip)]
    starts = [[piece.start_s for piece in clip.pieces] for clip in clips]
    assert starts
    assert [order for order in starts if order == sorted(order)] == []


def test_neither_twin_draws_in_the_order_that_a_hand_may_know() -> None:
    for draft in compose("drawing"):
        clip = draft.media[0]
        assert isinstance(clip, SketchClip)
        marked = [claim.label for claim in draft.evidence]
        assert draft.verifier.value != marked
        assert list(clip.strokes) != sorted(clip.strokes)


def test_what_may_be_mirrored_is_one_shot_throughout() -> None:
    shots = [(a.start_s or 0.0, a.end_s or 0.0) for a in MATERIAL["long film"][1] if a.kind == "shot"]
    for negative in (False, True):
        clip = find_draft("long film", "find_mirrored", negative).media[0]
        assert isinstance(clip, Clip)
        first, last = clip.pieces[0].start_s, clip.pieces[-1].end_s
        assert any(start < first and last < end for start, end in shots)


def make_blank(start: float, end: float) -> Anchor:
    still = FrameValue(time_s=start, frame=0, sharpness=0.0)
    return make_anchor(FILM, StableValue(changed_region=None, still=still), "stable", start, end)


def test_no_page_is_turned_among_blank_ones() -> None:
    source, anchors = MATERIAL["film"]
    end = source.stream.duration_s if source.stream else 0.0
    context = SourceContext(source, (*anchors, make_blank(0.0, 4.0)), Settings())
    shot = next(a for a in anchors if a.kind == "shot" and (a.start_s or 0.0) >= 4.0)
    assert [clip for clip, _ in find_stretches(context, shot, (0.0, end), "find_rotation")] == [(4.0, end)]


def test_what_is_put_in_looks_like_what_it_interrupts() -> None:
    hashes = ["0" * 16, "f" * 16, "0000000000000fff", "0000000000000001"]
    shots = [
        make_anchor(
            FILM, ShotValue(index=n, edge_contrast=1.0, inner_contrast=0.0, still=still), "shot", n, n + 1.0
        )
        for n, still in enumerate(
            FrameValue(time_s=n, frame=0, dhash=dhash) for n, dhash in enumerate(hashes)
        )
    ]
    context = SourceContext(FILM, tuple(shots), Settings())
    assert list_donors(context, shots[0], random.Random(1)) == [shots[2], shots[1]]


@pytest.mark.parametrize("material", ["film", "quick film", "image"])
def test_no_picture_is_shown_by_two_puzzles(material: str) -> None:
    for seed in range(6):
        shown: dict[float | None, set[str]] = defaultdict(set)
        for number, draft in enumerate(compose(material, seed)):
            for medium in draft.media:
                if isinstance(medium, Still):
                    by = "find_line" if draft.template == "find_line" else draft.twin_key or str(number)
                    shown[medium.time_s].add(by)
        assert {len(puzzles) for puzzles in shown.values()} == {1}


@pytest.mark.parametrize("rest", ["idle", "phase"])
def test_a_picture_of_a_rest_names_no_instant(rest: str) -> None:
    source, anchors = MATERIAL["quick film"]
    value = IdleValue(frames=9) if rest == "idle" else PhaseValue(phase="stopped", index=0, amount=0.0)
    still = make_anchor(source, value, rest, 0.0, source.stream.duration_s if source.stream else 0.0)
    context = SourceContext(source, (*anchors, still), Settings())
    assert "find_moment" not in {draft.template for draft in AGENT.compose(context)}


@pytest.mark.parametrize("rows_columns", [(2, 2), (2, 3), (3, 3)])
def test_no_tile_keeps_its_neighbour(rows_columns: tuple[int, int]) -> None:
    rows, columns = rows_columns
    for seed in range(20):
        order = shuffle_tiles(rows, columns, random.Random(seed))
        lies = {tile: divmod(place, columns) for place, tile in enumerate(order)}
        for tile, (row, column) in lies.items():
            if (tile + 1) % columns:
                assert lies[tile + 1] != (row, column + 1)
            assert lies.get(tile + columns) != (row + 1, column)


def shape(**fields: Any) -> Shape:
    given = {"form": "circle", "colour": "red", "x": 0.3, "y": 0.5, "size": 0.2, "start_s": 1.0, "end_s": 3.0}
    return Shape.model_validate(given | fields)


@pytest.mark.parametrize(
    ("other", "apart"),
    [
        (shape(x=0.7), True),
        (shape(x=0.35), False),
        (shape(start_s=4.0, end_s=6.0), False),
        (shape(form="square", start_s=4.0, end_s=6.0), True),
        (shape(form="square", x=0.35), False),
    ],
    ids=["far", "overlapping", "back again", "another form later", "another form at once"],
)
def test_no_two_shapes_can_be_taken_for_one(other: Shape, apart: bool) -> None:
    assert lie_apart(shape(), other, 16 / 9) == apart


@pytest.mark.parametrize(("starts", "fair"), [((1.0, 4.0), True), ((1.0, 2.0), False)])
def test_two_shapes_to_be_counted_never_show_at_once(starts: tuple[float, ...], fair: bool) -> None:
    shapes = [shape(x=0.3 + 0.2 * n, start_s=at, end_s=at + 2) for n, at in enumerate(starts)]
    assert takes_time(shapes, "circle") == fair


def test_the_tiles_are_read_as_they_lie() -> None:
    assert read_tiles(Edit(op="tiles", rows=2, columns=2, order=(2, 0, 3, 1))) == ["B", "D", "A", "C"]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("Ships wait outside", "Bring a warm coat"), None),
        (("Ships wait outside", "Ships wait outside"), "another line is like it"),
        (("Ships wait", "All ships wait outside"), "another line is like it"),
        (("ships@example.org", "Bring a warm coat"), "it may be misread, or is an address"),
        (("12:40", "Bring a warm coat"), "it is no word, or more than a line"),
        (("+ Add a p", "Bring a warm coat"), "it may be cut short"),
    ],
)
def test_a_line_is_asked_for_only_where_nobody_can_mistake_it(
    words: tuple[str, ...], fault: str | None
) -> None:
    shown = print_lines(IMAGE, words, None)
    assert find_line_fault(shown[0], shown, IMAGE) == fault


def test_small_print_is_left_alone() -> None:
    line = print_lines(FILM, ("Ships wait outside",), None)[0]
    small = line.model_copy(update={"region": (40.0, 40.0, 140.0, 50.0)})
    assert find_line_fault(small, [small], FILM) == "it is too small"


def test_the_stretch_put_in_is_told_by_the_clock_of_the_clip() -> None:
    draft = find_draft("film", "find_elsewhere")
    clip, claim = draft.media[0], draft.evidence[1]
    donor = next(a for a in MATERIAL["film"][1] if a.anchor_id in claim.anchors)
    assert isinstance(clip, Clip)
    (shown,) = map_interval(clip, donor.start_s or 0.0, donor.end_s or 0.0)
    assert draft.verifier.value == pytest.approx(shown, abs=0.06)
