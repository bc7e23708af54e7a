"""The forms of `visual_puzzle` about one picture: a jigsaw of its tiles, where a line is printed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from dataclaw_assets.anchor_values import PictureValue, StableValue, StillValue, TextLineValue
from dataclaw_assets.quality.gates.places import locate_region
from dataclaw_assets.records import Anchor, Claim, Draft, Edit, Source, Still, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.forms import draft_puzzle, finds_nothing
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.likeness import resembles

GRIDS = {"2x2": (2, 2), "2x3": (2, 3), "3x3": (3, 3)}
"""Rows and columns by the end of the template's name."""

MIN_SIDE_PX = 192
"""Of a smaller picture a tile of nine has less than 64 pixels."""

MIN_SHARPNESS = 4.5
"""Of an image (`PictureValue.sharpness`): flat drawings with clean edges have 5 and more, a photograph
blurred by motion had 3.6."""

MIN_LINE_PX = 18.0
"""Height of a printed line in the picture as it is shipped: with less, a pixel or two decide the overlap."""

MIN_CONFIDENCE = 0.95
MAX_LINE_LETTERS = 60
MIN_LETTER_WIDTH = 0.25
"""Of the height of a line: a narrow typeface has 0.35 with its spacing, boxes are a little too high."""

ALIKE = 0.7
"""Similarity (`difflib`) from which one line may be taken for another."""

MAX_OVERLAP = 0.2
"""Of the smaller of two boxes of lines: where lines are level, ascenders and descenders overlap by less."""

SHIPPED_SIDE_PX = 768


def ask_jigsaw(context: SourceContext, about: Anchor, grid: str, chance: random.Random) -> Draft:
    """A picture cut into tiles that are put back in another order; `about` is an image's `picture` or the
    `still_unique` of a moment."""
    rows, columns = GRIDS[grid]
    order = shuffle_tiles(rows, columns, chance)
    time_s = about.value.time_s if isinstance(about.value, StillValue) else None
    edit = Edit(op="tiles", rows=rows, columns=columns, order=order)
    still = Still(source_id=context.source.source_id, time_s=time_s, edits=(edit,))
    right = read_tiles(edit)
    recipe = [edit.model_dump(mode="json")]
    return draft_puzzle(
        context,
        f"{'image' if time_s is None else 'still'}_jigsaw_{grid}",
        chance,
        ", ".join(right),
        evidence=(Claim(kind="edited", value=recipe, anchors=(about.anchor_id,)),),
        media=(still,),
        verifier=Verifier(kind="permutation", value=right),
        transform=Transform(recipe="tiles", seed=0, settings={"order": list(order)}),
        difficulty={
            "pieces": rows * columns,
            "moved": sum(place != tile for place, tile in enumerate(order)),
        },
    )


def shuffle_tiles(rows: int, columns: int, chance: random.Random) -> tuple[int, ...]:
    """A random order of tiles in which no two that belong together still touch as they did: 13 orders of a
    grid of two by two, over a third of those of larger ones."""
    order = tuple(range(rows * columns))
    while keeps_seam(order, columns):
        order = tuple(chance.sample(order, len(order)))
    return order


def keeps_seam(order: Sequence[int], columns: int) -> bool:
    """Whether a tile has the neighbour to its right, or below it, that it has in the whole picture; `order`
    says for each place which tile lies there."""
    return any(
        ((place + 1) % columns and order[place + 1] == tile + 1 and (tile + 1) % columns)
        or (place + columns < len(order) and order[place + columns] == tile + columns)
        for place, tile in enumerate(order)
    )


def read_tiles(edit: Edit) -> list[str]:
    """The letters of the tiles, named in reading order as they lie, in the order in which the picture has
    them: first the one that belongs in the upper left."""
    return [chr(ord("A") + edit.order.index(tile)) for tile in range(len(edit.order))]


def choose_pictures(context: SourceContext) -> list[Anchor]:
    """An image itself; of footage that is no screen one picture a shot, the one most unlike the rest."""
    if min(context.source.width or 0, context.source.height or 0) < MIN_SIDE_PX or context.shows_a_screen:
        return []
    if context.source.kind == "image":
        return context.of_kind("picture") if find_detailed(context) else []
    best: dict[str | None, tuple[float, Anchor]] = {}
    for window in context.windows():
        for moment in context.moments(window):
            value = moment.anchor.value
            shot = context.shot_at(moment)
            if shot is None or not isinstance(value, StillValue):
                continue
            if shot not in best or value.outside_distance > best[shot][0]:
                best[shot] = (value.outside_distance, moment.anchor)
    return [anchor for _, anchor in best.values()]


def find_detailed(context: SourceContext) -> PictureValue | None:
    """What is known of an image, when it is large and sharp enough for its parts to be told apart."""
    values = (anchor.value for anchor in context.of_kind("picture"))
    value = next((value for value in values if isinstance(value, PictureValue)), None)
    fit = value and min(value.width, value.height) >= MIN_SIDE_PX and value.sharpness >= MIN_SHARPNESS
    return value if fit else None


def fits_grid(source: Source, grid: str) -> bool:
    """Whether the tiles of a grid are not narrow strips of a source's picture."""
    rows, columns = GRIDS[grid]
    shape = ((source.width or 1) / columns) / ((source.height or 1) / rows)
    return 0.5 <= shape <= 2.0


def list_pages(context: SourceContext) -> list[float | None]:
    """The times of the pictures that lines are looked for on: of an image the one without time, of slides and
    pages one of each state."""
    if context.source.kind == "image":
        return [None]
    if not (context.shows_a_screen and context.source.kind == "video"):
        return []
    states = [a.value.still for a in context.of_kind("stable") if isinstance(a.value, StableValue)]
    return [still.time_s for still in states if still is not None]


def lines_at(lines: Sequence[Anchor], time_s: float | None) -> list[Anchor]:
    """The lines of text that a picture shows."""
    return [
        line
        for line in lines
        if isinstance(line.value, TextLineValue)
        and (
            line.start_s is None
            if time_s is None
            else line.start_s is not None and line.start_s <= time_s < (line.end_s or 0.0)
        )
    ]


def find_line_fault(line: Anchor, shown: Sequence[Anchor], source: Source) -> str | None:
    """Why nobody should be asked for a line among those shown; None when there is no reason."""
    value, region = line.value, line.region
    if not isinstance(value, TextLineValue) or region is None or not (source.width and source.height):
        return "it is no line with a place"
    scale = min(1.0, SHIPPED_SIDE_PX / max(source.width, source.height))
    if not value.readable_256 or (region[3] - region[1]) * scale < MIN_LINE_PX:
        return "it is too small"
    words = value.text
    if not words[:1].isalnum() or len(words.split()[-1]) < 2:
        return "it may be cut short"
    if sum(letter.isalpha() for letter in words) < 3 or len(words) > MAX_LINE_LETTERS:
        return "it is no word, or more than a line"
    if region[2] - region[0] < MIN_LETTER_WIDTH * len(words) * (region[3] - region[1]):
        return "its box is narrower than its letters"
    if min(region[:2]) <= 1 or region[2] >= source.width - 1 or region[3] >= source.height - 1:
        return "the edge of the picture may cut it"
    if value.confidence < MIN_CONFIDENCE or any(sign in words for sign in '@/\\“”„"«»'):
        return "it may be misread, or is an address"
    others = [other for other in shown if other.anchor_id != line.anchor_id]
    if any(_share_covered(region, other.region) > MAX_OVERLAP for other in others if other.region):
        return "its box is not its own: the print is slanted, or read twice"
    if any(are_alike(words, getattr(other.value, "text", "")) for other in others):
        return "another line is like it"
    return None


def _share_covered(region: Sequence[float], other: Sequence[float]) -> float:
    """The share of the smaller of two boxes that the other covers."""
    across = max(0.0, min(region[2], other[2]) - max(region[0], other[0]))
    down = max(0.0, min(region[3], other[3]) - max(region[1], other[1]))
    return across * down / min((box[2] - box[0]) * (box[3] - box[1]) for box in (region, other))


def are_alike(one: str, other: str) -> bool:
    """Whether one text may be taken for the other, or for part of it."""
    a, b = (" ".join(text.casefold().split()) for text in (one, other))
    return a in b or b in a or resembles(a, b, ALIKE)


def ask_lines(context: SourceContext, chance: random.Random) -> Iterator[Draft]:
    """One line of each picture, to be found; now and then a line of another page of the same footage."""
    lines = context.of_kind("text_line")
    pages = list_pages(context)
    chance.shuffle(pages)
    asked: list[str] = []
    for number, time_s in enumerate(pages):
        shown = lines_at(lines, time_s)
        fair = [line for line in shown if find_line_fault(line, shown, context.source) is None]
        negative = time_s is not None and finds_nothing(context, "find_line", number)
        if negative:
            fair = [
                line
                for line in lines
                if line not in shown and find_line_fault(line, [line, *shown], context.source) is None
            ]
        fair = [line for line in fair if not any(are_alike(_text(line), known) for known in asked)]
        # of an image several are asked for: it has no other page
        for line in chance.sample(fair, min(len(fair), 2 if time_s is None else 1)):
            asked.append(_text(line))
            yield ask_line(context, line, time_s, negative, chance)


def ask_line(
    context: SourceContext, line: Anchor, time_s: float | None, negative: bool, chance: random.Random
) -> Draft:
    """Where a line is printed on a picture, or that it is not there."""
    text = _text(line)
    claims = [Claim(kind="text", value=text, anchors=(line.anchor_id,))]
    box: list[float] | None = None
    region = locate_region(line, context.source)
    if not negative and region is not None:
        box = [round(min(1.0, max(0.0, edge)), 3) for edge in region]
        claims.append(Claim(kind="box", value=box, anchors=(line.anchor_id,)))
    return draft_puzzle(
        context,
        "find_line",
        chance,
        "not shown" if box is None else "[" + ", ".join(f"{edge:.3f}" for edge in box) + "]",
        {"line": text},
        evidence=tuple(claims),
        media=(Still(source_id=context.source.source_id, time_s=time_s),),
        verifier=Verifier(kind="box", value=box),
        difficulty={
            "height": None if box is None else round(box[3] - box[1], 3),
            "letters": len(text),
            "negative": box is None,
        },
    )


def _text(line: Anchor) -> str:
    return str(getattr(line.value, "text", ""))
