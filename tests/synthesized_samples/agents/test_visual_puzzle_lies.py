"""Corrupted puzzles: whatever is false of time, order, count, place, kind, evidence or words is refused."""

from __future__ import annotations

import random
from typing import Any

import pytest

from dataclaw_assets.anchor_values import StableValue, StrokeValue
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Piece, SketchClip, Still
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.gate import check_puzzle
from resources.settings import Settings
from tests.builders import make_anchor
from tests.synthesized_samples.agents.puzzling import AGENT, MATERIAL, choose_other, find_draft, verdict

TEMPLATES = [
    ("film", "order_stills"),
    ("film", "order_clips"),
    ("film", "find_shot"),
    ("quick film", "find_moment"),
    ("film", "find_rotation"),
    ("long film", "find_mirrored"),
    ("film", "find_freeze"),
    ("long film", "find_speed"),
    ("film", "find_elsewhere"),
    ("film", "count_"),
    ("film", "still_jigsaw"),
    ("image", "image_jigsaw"),
    ("slides", "find_line"),
    ("slides", "find_screen"),
    ("drawing", "order_strokes"),
]


def restate(draft: Draft, value: Any, answer: str) -> Draft:
    """The same draft with another answer, in its payload and its verifier."""
    return draft.model_copy(
        update={
            "payload": draft.payload | {"answer": answer},
            "verifier": draft.verifier.model_copy(update={"value": value}),
        }
    )


def change_claims(draft: Draft, **update: Any) -> Draft:
    """The same draft with its first claim changed."""
    first, *rest = draft.evidence
    return draft.model_copy(update={"evidence": (first.model_copy(update=update), *rest)})


def other_anchor(material: str, kind: str, than: tuple[str, ...]) -> Anchor:
    return next(a for a in MATERIAL[material][1] if a.kind == kind and a.anchor_id not in than)


@pytest.mark.parametrize(
    ("material", "template"),
    [pair for pair in TEMPLATES if pair[1].startswith("order") or "jigsaw" in pair[1]],
)
def test_two_steps_swapped_are_refused(material: str, template: str) -> None:
    draft = find_draft(material, template)
    wrong = choose_other(draft.verifier.value, random.Random(1))
    assert verdict(restate(draft, wrong, ", ".join(wrong)), material) == "wrong_answer"


@pytest.mark.parametrize(
    ("material", "template"),
    [pair for pair in TEMPLATES if pair[1].startswith("find_") and pair[1] != "find_line"],
)
@pytest.mark.parametrize("claimed", [False, True], ids=["answer alone", "claim as well"])
def test_a_time_that_is_off_is_refused(material: str, template: str, claimed: bool) -> None:
    draft = find_draft(material, template)
    times = draft.verifier.value if isinstance(draft.verifier.value, list) else [draft.verifier.value]
    late = [round(time + 0.4, 1) for time in times]
    value = late if len(late) > 1 else late[0]
    wrong = restate(draft, value, "-".join(f"{time:.1f}" for time in late))
    if claimed:
        wrong = change_claims(wrong, value=value)
    codes = {"wrong_time", "not_made"} if claimed else {"wrong_answer", "uncited_claim"}
    assert verdict(wrong, material) in codes


@pytest.mark.parametrize("by", [-1, 1])
@pytest.mark.parametrize("claimed", [False, True], ids=["answer alone", "claim as well"])
def test_a_count_that_is_one_off_is_refused(by: int, claimed: bool) -> None:
    draft = find_draft("film", "count_")
    wrong = restate(draft, draft.verifier.value + by, str(draft.verifier.value + by))
    if claimed:
        wrong = change_claims(wrong, value=draft.verifier.value + by)
    assert verdict(wrong, "film") == ("not_made" if claimed else "wrong_answer")


def test_another_form_is_not_what_is_counted() -> None:
    draft = find_draft("film", "count_triangles")
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    squares = sum(shape.form == "square" for shape in clip.shapes)
    wrong = restate(draft, squares, str(squares))
    assert verdict(change_claims(wrong, value=squares, label="square"), "film") == "wrong_evidence"


@pytest.mark.parametrize("claimed", [False, True], ids=["answer alone", "claim as well"])
def test_a_box_that_is_off_by_its_size_is_refused(claimed: bool) -> None:
    draft = find_draft("slides", "find_line")
    left, top, right, bottom = draft.verifier.value
    down = bottom - top
    box = [left, round(top + down, 3), right, round(bottom + down, 3)]
    wrong = restate(draft, box, "[" + ", ".join(f"{edge:.3f}" for edge in box) + "]")
    if claimed:
        text, place = wrong.evidence
        wrong = wrong.model_copy(update={"evidence": (text, place.model_copy(update={"value": box}))})
    assert verdict(wrong, "slides") == ("wrong_place" if claimed else "wrong_answer")


def test_the_text_of_another_line_is_refused() -> None:
    draft = find_draft("slides", "find_line")
    other = other_anchor("slides", "text_line", draft.evidence[0].anchors)
    text = getattr(other.value, "text", "")
    question = draft.payload["question"].replace(draft.evidence[0].value, text)
    lying = draft.model_copy(update={"payload": draft.payload | {"question": question}})
    assert verdict(lying, "slides") == "uncited_claim"
    backed = change_claims(lying, value=text, anchors=(other.anchor_id,))
    assert verdict(backed, "slides") == "wrong_evidence"


def test_a_line_that_is_there_is_not_said_to_be_missing() -> None:
    draft = restate(find_draft("slides", "find_line"), None, "not shown")
    assert verdict(draft.model_copy(update={"evidence": draft.evidence[:1]}), "slides") == "not_absent"


def test_a_change_that_was_made_is_not_denied() -> None:
    draft = change_claims(restate(find_draft("long film", "find_mirrored"), None, "unchanged"), value=None)
    assert verdict(draft, "long film") == "not_made"


@pytest.mark.parametrize(
    ("template", "other"),
    [
        ("find_mirrored", "find_rotation"),
        ("find_rotation", "find_mirrored"),
        ("find_freeze", "find_mirrored"),
    ],
)
def test_another_kind_of_change_is_not_what_is_asked_for(template: str, other: str) -> None:
    asked, made = find_draft("long film", template), find_draft("long film", other)
    assert verdict(made.model_copy(update={"template": template, "payload": asked.payload
        | {"answer": made.payload["answer"]}}), "long film") == "not_one_change"  # fmt: skip


def test_a_second_change_is_refused() -> None:
    draft = find_draft("long film", "find_mirrored")
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    twice = clip.model_copy(
        update={"pieces": (*clip.pieces[:-1], clip.pieces[-1].model_copy(update={"op": "mirror"}))}
    )
    assert verdict(draft.model_copy(update={"media": (twice,)}), "long film") == "not_one_change"


@pytest.mark.parametrize(("material", "template"), TEMPLATES)
def test_evidence_of_another_kind_is_refused(material: str, template: str) -> None:
    draft = find_draft(material, template)
    cited = next((claim for claim in draft.evidence if claim.anchors), None)
    if cited is None:
        real = MATERIAL[material][1][0]
        stray = Claim(kind="interval", value=[0.0, 2.0], anchors=(real.anchor_id,))
        assert verdict(draft.model_copy(update={"evidence": (*draft.evidence, stray)}), material) in {
            "wrong_time", "wrong_evidence"}  # fmt: skip
        return
    kind = next(a.kind for a in MATERIAL[material][1] if a.anchor_id in cited.anchors)
    kinds = {a.kind for a in MATERIAL[material][1]} - {kind} or {kind}
    other = other_anchor(material, sorted(kinds)[0], cited.anchors)
    evidence = tuple(
        claim.model_copy(update={"anchors": (other.anchor_id,)}) if claim is cited else claim
        for claim in draft.evidence
    )
    assert verdict(draft.model_copy(update={"evidence": evidence}), material) in {
        "wrong_time", "wrong_text", "wrong_place", "wrong_still", "wrong_evidence"}  # fmt: skip


@pytest.mark.parametrize(("material", "template"), [pair for pair in TEMPLATES if pair[1] != "count_"])
def test_evidence_of_another_source_is_refused(material: str, template: str) -> None:
    draft = find_draft(material, template)
    strange = change_claims(draft, anchors=("a-0000000000000000",))
    assert verdict(strange, material) == "unknown_anchor"


@pytest.mark.parametrize("field", ["puzzle", "clock"])
def test_a_lying_field_is_refused(field: str) -> None:
    draft = find_draft("long film", "find_mirrored")
    lie = {"puzzle": "find_shot", "clock": "frames from the start of the video"}[field]
    assert (
        verdict(draft.model_copy(update={"payload": draft.payload | {field: lie}}), "long film")
        == "field_differs"
    )


@pytest.mark.parametrize("what", ["another shot", "a gap", "one of them backwards"])
def test_clips_that_do_not_go_on_are_refused(what: str) -> None:
    draft = find_draft("film", "order_clips")
    first = draft.media[0]
    assert isinstance(first, Clip)
    piece = first.pieces[0]
    moved = {
        "another shot": piece.model_copy(update={"start_s": 36.0, "end_s": 36.0 + piece.length_s}),
        "a gap": piece.model_copy(update={"start_s": piece.start_s + 0.3, "end_s": piece.end_s + 0.3}),
        "one of them backwards": piece.model_copy(update={"op": "reverse"}),
    }[what]
    media = (first.model_copy(update={"pieces": (moved,)}), *draft.media[1:])
    assert verdict(draft.model_copy(update={"media": media}), "film") in {
        "wrong_time", "not_one_take", "wrong_answer", "not_made"}  # fmt: skip


def test_a_stretch_of_the_same_shot_is_not_from_elsewhere() -> None:
    draft = find_draft("film", "find_elsewhere")
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    host, put_in, rest = clip.pieces
    near = put_in.model_copy(update={"start_s": host.start_s, "end_s": host.start_s + put_in.length_s})
    media = (clip.model_copy(update={"pieces": (host, near, rest)}),)
    own = draft.model_copy(update={"media": media, "evidence": draft.evidence[:1]})
    assert verdict(own, "film") == "not_one_take"


def test_a_shape_that_flashes_is_refused() -> None:
    draft = find_draft("film", "count_")
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    brief = clip.shapes[0].model_copy(update={"end_s": clip.shapes[0].start_s + 0.8})
    media = (clip.model_copy(update={"shapes": (brief, *clip.shapes[1:])}),)
    assert verdict(draft.model_copy(update={"media": media}), "film") == "unfair_shapes"


def test_a_jigsaw_of_another_grid_is_refused() -> None:
    draft = find_draft("image", "image_jigsaw_2x2")
    payload = draft.payload | {"puzzle": "image_jigsaw_3x3"}
    wrong = draft.model_copy(update={"template": "image_jigsaw_3x3", "payload": payload})
    assert verdict(wrong, "image") == "wrong_tiles"


def test_a_jigsaw_of_another_moment_is_refused() -> None:
    draft = find_draft("film", "still_jigsaw")
    still = draft.media[0]
    assert isinstance(still, Still)
    media = (still.model_copy(update={"time_s": 1.3}),)
    assert verdict(draft.model_copy(update={"media": media}), "film") == "wrong_evidence"


def test_a_clip_that_plays_on_as_it_was_is_refused() -> None:
    draft = find_draft("film", "order_stills")
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    whole = Piece(
        start_s=min(piece.start_s for piece in clip.pieces), end_s=max(piece.end_s for piece in clip.pieces)
    )
    media = (clip.model_copy(update={"pieces": (whole,)}), *draft.media[1:])
    evidence = []
    for claim in draft.evidence:
        run = next(a for a in MATERIAL["film"][1] if a.anchor_id in claim.anchors)
        evidence.append(claim.model_copy(update={"value": [run.start_s, run.end_s]}))
    right = [str(claim.label) for claim in sorted(evidence, key=lambda claim: float(claim.value[0]))]
    natural = restate(draft, right, ", ".join(right))
    changed = natural.model_copy(update={"media": media, "evidence": tuple(evidence)})
    assert verdict(changed, "film") == "natural_order"


def test_shapes_that_show_all_at_once_are_refused() -> None:
    draft = find_draft("film", "count_")
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    together = tuple(
        shape.model_copy(update={"x": 0.1 + 0.11 * n, "size": 0.15, "start_s": 1.0, "end_s": 4.0})
        for n, shape in enumerate(clip.shapes)
    )
    media = (clip.model_copy(update={"shapes": together}),)
    assert verdict(draft.model_copy(update={"media": media}), "film") == "unfair_shapes"


def test_tiles_that_still_touch_are_refused() -> None:
    draft = find_draft("image", "image_jigsaw_2x2")
    still = draft.media[0]
    assert isinstance(still, Still)
    edit = still.edits[0].model_copy(update={"order": (2, 3, 0, 1)})
    right = ["C", "D", "A", "B"]
    wrong = change_claims(restate(draft, right, ", ".join(right)), value=[edit.model_dump(mode="json")])
    media = (still.model_copy(update={"edits": (edit,)}),)
    assert verdict(wrong.model_copy(update={"media": media}), "image") == "wrong_tiles"


def test_a_drawing_made_as_it_was_drawn_is_refused() -> None:
    draft = find_draft("drawing", "order_strokes")
    clip = draft.media[0]
    assert isinstance(clip, SketchClip)
    drawn = {a.anchor_id: a.value.index for a in MATERIAL["drawing"][1] if isinstance(a.value, StrokeValue)}
    claims = tuple(
        claim.model_copy(update={"value": [drawn[claim.anchors[0]] + 0.0, drawn[claim.anchors[0]] + 1.0]})
        for claim in draft.evidence
    )
    right = [str(claim.label) for claim in sorted(claims, key=lambda claim: float(claim.value[0]))]
    made = clip.model_copy(update={"strokes": tuple(sorted(clip.strokes))})
    natural = restate(draft, right, ", ".join(right)).model_copy(
        update={"evidence": claims, "media": (made, *draft.media[1:])}
    )
    assert verdict(natural, "drawing") == "natural_order"


@pytest.mark.parametrize(("region", "code"), [((0, 0, 320, 200), "page_changes"), ((9, 9, 20, 20), None)])
def test_a_page_that_becomes_another_one_is_not_looked_for(
    region: tuple[float, float, float, float], code: str | None
) -> None:
    draft = find_draft("slides", "find_screen")
    source, anchors = MATERIAL["slides"]
    shot = next(a for a in anchors if a.anchor_id in draft.evidence[0].anchors)
    middle = ((shot.start_s or 0.0) + (shot.end_s or 0.0)) / 2
    change = make_anchor(source, StableValue(changed_region=region), "stable", middle, shot.end_s)
    facts = Facts(
        source, {a.anchor_id: a for a in (*anchors, change)}, AGENT.schema, AGENT.derive, Settings()
    )
    assert next((finding.code for finding in check_puzzle(draft, facts)), None) == code
