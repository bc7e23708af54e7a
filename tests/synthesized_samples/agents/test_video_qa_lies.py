"""Each kind of lie in a `video_qa` draft is refused with its code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dataclaw_assets.anchor_values import TextLineValue
from dataclaw_assets.records import Clip, Draft, Still
from tests.builders import make_anchor, make_source
from tests.synthesized_samples.agents.test_video_qa import MATERIAL, TEMPLATES, true_draft, verdict
from tests.synthesized_samples.agents.written import make_lecture


def change(draft: Draft, index: int, **fields: Any) -> Draft:
    evidence = list(draft.evidence)
    evidence[index] = evidence[index].model_copy(update=fields)
    return draft.model_copy(update={"evidence": tuple(evidence)})


def place_of(draft: Draft, kind: str) -> int:
    return next(n for n, claim in enumerate(draft.evidence) if claim.kind == kind)


def answer_another(draft: Draft) -> Draft:
    value: Any = draft.verifier.value
    if draft.verifier.kind == "choice":
        value = next(letter for letter in "ABCD" if letter != value)
        answer = value
    elif draft.verifier.kind == "permutation":
        value = value[::-1]
        answer = ", ".join(value)
    elif draft.verifier.kind == "box":
        value = [round(share / 2, 3) for share in value]
        answer = f"[{', '.join(f'{share:.3f}' for share in value)}]"
    else:
        value = answer = "Somewhere"
    return reword(draft, answer=answer).model_copy(
        update={"verifier": draft.verifier.model_copy(update={"value": value})}
    )


def reword(draft: Draft, **fields: Any) -> Draft:
    return draft.model_copy(update={"payload": draft.payload | fields})


def shift_time(draft: Draft) -> Draft:
    index = place_of(draft, "interval")
    start, end = draft.evidence[index].value
    return change(draft, index, value=[start + 0.4, end + 0.4])


def quote_another(draft: Draft) -> Draft:
    index = place_of(draft, "text")
    words = "Harrowdale" if draft.evidence[index].value != "Harrowdale" else "Quayside"
    return change(draft, index, value=words)


def move_place(draft: Draft) -> Draft:
    index = next(n for n, c in enumerate(draft.evidence) if c.kind in {"box", "point"})
    value = list(draft.evidence[index].value)
    size = value[3] - value[1] if len(value) == 4 else 0.2
    moved = [share + size if n % 2 else share for n, share in enumerate(value)]
    return change(draft, index, value=moved)


def rest_on_another_kind(draft: Draft) -> Draft:
    """Real evidence of another kind that states the same words: nothing else can be wrong with it."""
    index = place_of(draft, "text")
    text = draft.evidence[index].value
    other = next(
        a for a in MATERIAL["lecture"][1] if a.kind == "text_line" and getattr(a.value, "text", None) == text
    )
    return change(draft, index, anchors=(other.anchor_id,))


def rest_on_another_source(draft: Draft) -> Draft:
    other = make_source(name="elsewhere.mp4")
    theirs = make_lecture(other)
    index = next(n for n, c in enumerate(draft.evidence) if c.anchors)
    return change(draft, index, anchors=(theirs[0].anchor_id,))


def move_edit(draft: Draft) -> Draft:
    """The black box, or the frame, elsewhere, and the claim with it."""
    evidence, media = list(draft.evidence), list(draft.media)
    number = next(n for n, m in enumerate(media) if isinstance(m, Still) and m.edits)
    still = media[number]
    assert isinstance(still, Still)
    moved = still.edits[0].model_copy(update={"region": (0.4, 0.72, 0.5, 0.78)})
    media[number] = still.model_copy(update={"edits": (moved,)})
    claim = next(n for n, c in enumerate(evidence) if c.kind == "edited" and c.label == still.label)
    evidence[claim] = evidence[claim].model_copy(update={"value": [moved.model_dump(mode="json")]})
    return draft.model_copy(update={"evidence": tuple(evidence), "media": tuple(media)})


def turn_camera(draft: Draft) -> Draft:
    return change(draft, place_of(draft, "fact"), value="tilt")


def swap_lines(draft: Draft) -> Draft:
    """Two of the letters in each other's place."""
    first, second, *rest = draft.verifier.value
    value = [second, first, *rest]
    return reword(draft, answer=", ".join(value)).model_copy(
        update={"verifier": draft.verifier.model_copy(update={"value": value})}
    )


def swap_pictures(draft: Draft) -> Draft:
    """The right picture under another letter, and the answer unchanged."""
    right = next(n for n, m in enumerate(draft.media) if m.label == draft.verifier.value)
    other = next(n for n in range(4) if n != right)
    media = list(draft.media)
    media[right] = draft.media[right].model_copy(update={"label": draft.media[other].label})
    media[other] = draft.media[other].model_copy(update={"label": draft.media[right].label})
    return draft.model_copy(update={"media": tuple(media)})


def play_longer(draft: Draft) -> Draft:
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    piece = clip.pieces[0]
    longer = clip.model_copy(update={"pieces": (piece.model_copy(update={"end_s": piece.end_s + 1.0}),)})
    return draft.model_copy(update={"media": (longer,)})


def name_another_aspect(draft: Draft) -> Draft:
    return reword(draft, aspect="read_line" if draft.template != "read_line" else "camera_view")


def add_option(draft: Draft) -> Draft:
    return reword(draft, options=draft.payload["options"] | {"F": "Anything else"})


TIMED = {"covered_lines", "line_picture", "camera_view"}

LIES: list[tuple[str, Callable[[Draft], Draft], str]] = [
    *((template, answer_another, "wrong_answer") for template in TEMPLATES),
    *((template, rest_on_another_source, "unknown_anchor") for template in TEMPLATES),
    *((template, name_another_aspect, "field_differs") for template in TEMPLATES),
    *((t, shift_time, "wrong_time") for t in TEMPLATES if t in TIMED),
    *((t, quote_another, "wrong_text") for t in TEMPLATES if TEMPLATES[t] != "film"),
    *((t, move_place, "wrong_place") for t in ("covered_lines", "locate_line", "read_line", "beside_line")),
    ("covered_lines", rest_on_another_kind, "wrong_evidence"),
    ("covered_lines", move_edit, "wrong_picture"),
    ("covered_lines", swap_lines, "wrong_answer"),
    ("read_line", move_edit, "wrong_picture"),
    ("covered_lines", add_option, "wrong_answer"),
    ("camera_view", add_option, "field_differs"),
    ("line_picture", swap_pictures, "wrong_answer"),
    ("camera_view", turn_camera, "wrong_fact"),
    ("camera_view", play_longer, "wrong_time"),
]


@pytest.mark.parametrize(("template", "lie", "code"), LIES, ids=[f"{t}-{lie.__name__}" for t, lie, _ in LIES])
def test_a_lie_is_refused(template: str, lie: Callable[[Draft], Draft], code: str) -> None:
    draft = true_draft(template)
    assert verdict(TEMPLATES[template], lie(draft)) == code


def test_a_line_read_twice_in_the_picture_is_refused() -> None:
    source, anchors = MATERIAL["session"]
    draft = true_draft("read_line")
    again = make_anchor(
        source, read(draft.payload["answer"]), "text_line", 0.0, 36.0, region=(400.0, 20.0, 500.0, 40.0)
    )
    assert verdict("session", draft, [*anchors, again]) == "line_elsewhere"


def test_a_covered_line_that_can_be_read_beside_the_box_is_refused() -> None:
    source, anchors = MATERIAL["lecture"]
    draft = true_draft("covered_lines")
    words = draft.payload["options"]["A"]
    again = make_anchor(source, read(words), "text_line", 0.0, 36.0, region=(400.0, 260.0, 600.0, 280.0))
    assert verdict("lecture", draft, [*anchors, again]) == "line_elsewhere"


def test_a_line_that_the_box_covers_besides_the_options_is_refused() -> None:
    source, anchors = MATERIAL["lecture"]
    draft = true_draft("covered_lines")
    between = make_anchor(source, read("Old"), "text_line", 0.0, 36.0, region=(62.0, 140.0, 90.0, 150.0))
    assert verdict("lecture", draft, [*anchors, between]) == "line_elsewhere"


def test_a_line_that_the_black_box_cuts_is_refused() -> None:
    source, anchors = MATERIAL["sign"]
    draft = true_draft("locate_line")
    (edit,) = draft.media[0].edits  # type: ignore[union-attr]
    assert edit.region is not None
    right, top = edit.region[2] * 640, edit.region[1] * 360
    cut = make_anchor(
        source, read("Old"), "text_line", None, None, region=(right - 5.0, top, right + 30.0, top + 20.0)
    )
    assert verdict("sign", draft, [*anchors, cut]) == "wrong_picture"


def read(text: str) -> TextLineValue:
    return TextLineValue(text=text, order=9, of=9, height_px=20.0, readable_256=True, confidence=0.9)


def test_a_line_that_another_of_the_pictures_shows_is_refused() -> None:
    source, anchors = MATERIAL["session"]
    draft = true_draft("line_picture")
    words = next(claim.value for claim in draft.evidence if claim.kind == "text")
    line = TextLineValue(text=words, order=5, of=6, height_px=20.0, readable_256=True, confidence=0.9)
    again = make_anchor(source, line, "text_line", 0.0, 36.0, region=(400.0, 200.0, 600.0, 220.0))
    assert verdict("session", draft, [*anchors, again]) == "line_elsewhere"


def test_a_line_between_makes_another_the_next_in_the_row() -> None:
    source, anchors = MATERIAL["sign"]
    draft = true_draft("beside_line")
    top = draft.evidence[1].value[1] * 360
    line = TextLineValue(text="on time", order=9, of=9, height_px=28.0, readable_256=True, confidence=0.9)
    between = make_anchor(source, line, "text_line", None, None, region=(250.0, top, 350.0, top + 28.0))
    assert verdict("sign", draft, [*anchors, between]) == "line_elsewhere"
