"""The gate of `video_qa`: each claim is of the kind that its part needs, each field what it must be."""

from __future__ import annotations

from collections.abc import Iterator

from dataclaw_assets.anchor_values import MotionValue
from dataclaw_assets.quality.clock import map_interval
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.quality.gates.places import locate_region
from dataclaw_assets.records import Anchor, Clip, Draft, Still
from dataclaw_assets.synthesized_samples.agents.video_qa.answers import (
    find_claim,
    find_edit,
    is_within,
    list_options,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.forms import (
    CLIP_CLOCK,
    NO_CLOCK,
    term,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.found import MIN_READ
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import may_be_same, overlap
from dataclaw_assets.synthesized_samples.agents.video_qa.motion import VIEWS
from dataclaw_assets.synthesized_samples.agents.video_qa.pictures import find_right_of
from dataclaw_assets.synthesized_samples.agents.video_qa.spoken import SPOKEN, check_spoken

KINDS: dict[str, tuple[str | None, str | None, str | None]] = {
    "covered_lines": (None, "text", None),
    "line_picture": ("text", None, None),
    "read_line": ("text_line", None, None),
    "locate_line": ("text_line", None, None),
    "beside_line": ("text_line", "text_line", None),
    "camera_view": ("motion", None, None),
    "spoken_line": (None, "subtitle", "shot"),
    "shown_picture": ("subtitle", None, "shot"),
}
"""For each form, the kind of anchor that must bear what is asked about, the options, and the pictures."""

PICTURED = frozenset({"read_line", "locate_line", "beside_line", "line_picture"})
LISTED = frozenset({"covered_lines", "beside_line", "camera_view", "spoken_line"})
"""Forms whose options are listed; letters of `line_picture` stand on the pictures."""

TERMS = {"camera_view": {term(f"camera_view.{view}") for view in VIEWS}}
"""Options that no anchor bears, because they are our own words."""


def check_video_qa(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `field_differs`, `wrong_evidence` (a claim of another kind, or two of one part of different
    anchors), `wrong_picture` (what is covered or framed is not what the claims say), `line_elsewhere` (the
    answer or an option can also be read elsewhere), `wrong_clip`, `not_alone`."""
    if draft.template not in KINDS:
        yield Finding(code="field_differs", detail=f"{draft.template} is no form of this task")
        return
    yield from _check_fields(draft, facts)
    yield from _check_kinds(draft, facts)
    try:
        yield from _check_media(draft, facts)
    except (ValueError, TypeError, IndexError) as error:
        yield Finding(code="wrong_picture", detail=str(error))


def _check_fields(draft: Draft, facts: Facts) -> Iterator[Finding]:
    payload = draft.payload
    if payload["aspect"] != draft.template:
        yield Finding(code="field_differs", detail=f"aspect {payload['aspect']} of a {draft.template}")
    clock = NO_CLOCK if draft.template in PICTURED else CLIP_CLOCK
    if payload["clock"] != clock:
        yield Finding(code="field_differs", detail=f"clock {payload['clock']}")
    borne = {claim.label for claim in draft.evidence if claim.kind == "text"}
    for name, text in list_options(draft).items():
        if name not in borne and text not in TERMS.get(draft.template, ()):
            yield Finding(code="field_differs", detail=f"nothing bears option {name}")
    if draft.template not in SPOKEN and payload["transcript"]:
        yield Finding(code="field_differs", detail="a transcript where nothing is asked of speech")
    if (draft.template in LISTED) != bool(list_options(draft)):
        yield Finding(code="field_differs", detail="options where there are none, or none where there are")


def _check_kinds(draft: Draft, facts: Facts) -> Iterator[Finding]:
    asked, option, picture = KINDS[draft.template]
    options = list_options(draft)
    parts: dict[str, set[str]] = {}
    for claim in draft.evidence:
        if claim.kind == "edited":
            continue
        label = claim.label
        wanted = asked if label is None else option if label in options else picture
        kinds = {facts.anchors[name].kind for name in claim.anchors if name in facts.anchors}
        if kinds != {wanted}:
            yield Finding(code="wrong_evidence", detail=f"{claim.kind} {label} rests on {sorted(kinds)}")
        parts.setdefault(label or "", set()).update(claim.anchors)
    for label, anchors in parts.items():
        if len(anchors) != 1:
            yield Finding(code="wrong_evidence", detail=f"{label or 'what is asked'}: {len(anchors)} anchors")


def _check_media(draft: Draft, facts: Facts) -> Iterator[Finding]:
    match draft.template:
        case "covered_lines":
            yield from _check_covered(draft, facts)
        case "read_line" | "locate_line" | "beside_line":
            yield from _check_picture(draft, facts)
        case "line_picture":
            yield from _check_screens(draft, facts)
        case "camera_view":
            yield from _check_motion(draft, facts)
        case "spoken_line" | "shown_picture":
            yield from check_spoken(draft, facts)


def _check_covered(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """The clip is as it is; of the picture's lines the box hides the options and nothing else, all of them
    whole, and none of them is anywhere beside it."""
    clip, still = draft.media[0], draft.media[1]
    if not isinstance(clip, Clip) or any(piece.changed for piece in clip.pieces):
        yield Finding(code="wrong_clip", detail="the clip is not the footage as it is")
    if len(draft.media) != 2 or not isinstance(still, Still) or still.time_s is None:
        raise ValueError("a clip and a picture are needed")
    options = list_options(draft).values()
    for name in list_options(draft):
        cited = facts.anchors[find_claim(draft, "point", name).anchors[0]]
        if not _is_covered(still, cited, facts):
            yield Finding(code="wrong_picture", detail=f"“{_text(cited)}” is not covered")
        if not (cited.start_s or 0.0) <= still.time_s < (cited.end_s or 0.0):
            yield Finding(code="wrong_picture", detail=f"“{_text(cited)}” is not in the picture")
    for line in _lines_at(facts, still.time_s):
        hidden = _is_covered(still, line, facts)
        if hidden != any(may_be_same(_text(line), words) for words in options):
            yield Finding(code="line_elsewhere", detail=f"“{_text(line)}”: covered is {hidden}")
    yield from _check_cut_through(still, facts)
    yield from _check_times(draft, facts)


def _check_cut_through(still: Still, facts: Facts) -> Iterator[Finding]:
    """A black box covers each line whole or leaves it alone."""
    region = find_edit(still, "darken").region or (0.0, 0.0, 0.0, 0.0)
    for line in _lines_at(facts, still.time_s):
        box = locate_region(line, facts.source)
        if box and overlap(box, region) > 0 and not is_within(box, region):
            yield Finding(code="wrong_picture", detail=f"the box covers a part of “{_text(line)}”")


def _is_covered(still: Still, line: Anchor, facts: Facts) -> bool:
    """Whether a black box hides all of a line."""
    edit, box = find_edit(still, "darken"), locate_region(line, facts.source)
    return edit.amount == 1.0 and box is not None and is_within(box, edit.region or (0.0, 0.0, 0.0, 0.0))


def _check_times(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Each written line that is timed comes once: no other text of the clip may be taken for it."""
    clip = draft.media[0]
    for claim in draft.evidence:
        cited = facts.anchors.get(claim.anchors[0]) if claim.anchors else None
        if claim.kind != "interval" or cited is None or cited.kind != "text" or not isinstance(clip, Clip):
            continue
        for other in facts.known.of_kind("text"):
            if other is cited or not may_be_same(_text(other), _text(cited)):
                continue
            if map_interval(clip, other.start_s or 0.0, (other.end_s or 0.0) + 1e-3):
                yield Finding(code="line_elsewhere", detail=f"“{_text(cited)}” comes again")


def _check_picture(draft: Draft, facts: Facts) -> Iterator[Finding]:
    still = draft.media[0]
    if not isinstance(still, Still) or len(draft.media) != 1:
        yield Finding(code="wrong_picture", detail="one picture is needed")
        return
    lines = _lines_at(facts, still.time_s)
    known = {anchor.anchor_id for anchor in lines}
    for claim in draft.evidence:
        if claim.anchors and claim.anchors[0] not in known:
            yield Finding(code="wrong_picture", detail=f"{claim.anchors[0]} is not in the picture")
            return
    cited = facts.anchors[find_claim(draft, "text", None).anchors[0]]
    others = [anchor for anchor in lines if anchor is not cited]
    if any(may_be_same(_text(cited), _text(other)) for other in others):
        yield Finding(code="line_elsewhere", detail=f"“{_text(cited)}” stands there twice")
    if draft.template == "read_line":
        region = find_edit(still, "outline").region or (0.0, 0.0, 0.0, 0.0)
        boxes = [locate_region(other, facts.source) for other in others]
        if not is_within(find_claim(draft, "box", None).value, region):
            yield Finding(code="wrong_picture", detail="the frame does not hold the line")
        elif any(box and overlap(box, region) > 0.15 * overlap(box, box) for box in boxes):
            yield Finding(code="wrong_picture", detail="the frame holds another line as well")
    elif draft.template == "locate_line":
        if find_edit(still, "darken").amount != 1.0 or (
            draft.verifier.value is None and not _is_covered(still, cited, facts)
        ):
            yield Finding(code="wrong_picture", detail=f"“{_text(cited)}” is not covered")
        yield from _check_cut_through(still, facts)
    elif draft.template == "beside_line":
        yield from _check_row(draft, facts, cited, others)


def _check_screens(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """The right picture is of a state in which the line was read; of the others enough was read to know that
    it is not there, and nothing like it."""
    cited = facts.anchors[find_claim(draft, "text", None).anchors[0]]
    for still in draft.media:
        if not isinstance(still, Still) or still.edits:
            yield Finding(code="wrong_picture", detail="the pictures are not as they were")
            continue
        lines = _lines_at(facts, still.time_s)
        shown = any(may_be_same(_text(line), _text(cited)) for line in lines)
        if shown != (still.label == draft.verifier.value):
            yield Finding(code="line_elsewhere", detail=f"{still.label} shows “{_text(cited)}”: {shown}")
        elif len(lines) < MIN_READ:
            yield Finding(code="wrong_picture", detail=f"{still.label}: {len(lines)} lines read")


def _check_row(draft: Draft, facts: Facts, cited: Anchor, others: list[Anchor]) -> Iterator[Finding]:
    """Among all lines that were read, the right option is the next in the row."""
    still = draft.media[0]
    if isinstance(still, Still) and still.edits:
        yield Finding(code="wrong_picture", detail="the picture is not as it was")
    own = locate_region(cited, facts.source)
    placed = [(other, box) for other in others if (box := locate_region(other, facts.source))]
    index = find_right_of(own, [box for _, box in placed]) if own else None
    right = find_claim(draft, "box", str(draft.verifier.value)).anchors[0]
    if index is None or placed[index][0].anchor_id != right:
        yield Finding(code="line_elsewhere", detail="another line stands between, or the row is in doubt")


def _check_motion(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """The clip is a stretch of the one motion and nothing else, as it is."""
    clip = draft.media[0]
    cited = facts.anchors[find_claim(draft, "interval", None).anchors[0]]
    pieces = clip.pieces if isinstance(clip, Clip) else ()
    piece = pieces[0] if len(pieces) == 1 else None
    if piece is None or len(draft.media) != 1 or piece.changed:
        yield Finding(code="wrong_clip", detail="one stretch as it is is needed")
    elif piece.start_s < (cited.start_s or 0.0) - 1e-3 or piece.end_s > (cited.end_s or 0.0) + 1e-3:
        yield Finding(code="wrong_clip", detail="the clip goes beyond the motion")
    if isinstance(cited.value, MotionValue) and cited.value.camera not in VIEWS:
        yield Finding(code="not_alone", detail=cited.value.camera)


def _lines_at(facts: Facts, time_s: float | None) -> list[Anchor]:
    """Every line read in the state on screen at a time, or in the image."""
    if time_s is None:
        return facts.known.of_kind("text_line")
    return facts.known.at("text_line", time_s)


def _text(anchor: Anchor) -> str:
    return str(getattr(anchor.value, "text", ""))
