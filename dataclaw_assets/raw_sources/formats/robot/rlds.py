"""Reads RLDS episodes as TensorFlow Datasets writes them: one `tf.train.Example` an episode, in TFRecords."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui.redaction import redact
from dataclaw_assets.raw_sources.formats.pictures import (
    PictureTrack,
    choose_camera,
    keep_alike,
    survey_track,
)
from dataclaw_assets.raw_sources.formats.robot.episode import Channels, Episode, Series, Span
from dataclaw_assets.raw_sources.formats.robot.rlds_features import Features, Leaf, read_features
from dataclaw_assets.raw_sources.formats.robot.rlds_names import name_channels
from dataclaw_assets.raw_sources.formats.robot.tfrecord import (
    Example,
    list_kind,
    parse_example,
    read_bytes,
    read_floats,
    read_ints,
    read_record,
    read_records,
)
from dataclaw_assets.raw_sources.readers.contract import read_json

MAX_STEPS = 100_000
"""How many steps an episode may have; those of the public sets have under two thousand."""

MAX_WIDTH = 128
"""The widest feature that is taken as channels of state or action; wider ones are embeddings or pictures."""

MAX_INSTRUCTION = 1_000

_COUNTED = ("is_first", "is_last", "is_terminal", "reward", "discount")
"""Features with one value a step, by which steps are counted."""

_SAID = (
    "steps/language_instruction",
    "steps/observation/natural_language_instruction",
    "steps/observation/language_instruction",
    "steps/instruction",
    "episode_metadata/language_instruction",
)
"""Where data sets of Open X-Embodiment put the instruction, the likeliest first."""

_SUCCESS = "episode_metadata/success"
_OBSERVED, _ACTED = "steps/observation", "steps/action"
_NOT_ROBOT = re.compile(r"object|obj|block|cube|goal|target|peg|nut", re.IGNORECASE)
_EMBEDDED = re.compile(r"embed|instruction|mask|token", re.IGNORECASE)


@dataclass(frozen=True)
class Recorded:
    """One record: the episode, and how many pictures it holds over all its cameras."""

    episode: Episode
    images: int
    pictures: PictureTrack | None
    """Those that `read_pictures` gives."""


def read_recorded(path: Path, features: Features) -> Iterator[tuple[int, Recorded | UnreadableSource]]:
    """The episodes of one TFRecord file by their record's number, each with the reason when it has none."""
    for number, record in read_records(path):
        try:
            if isinstance(record, UnreadableSource):
                raise record
            example = parse_example(record)
            episode = _build_episode(example, features)
            yield number, Recorded(episode, _count_images(example, features), _survey(example, features))
        except UnreadableSource as reason:
            yield number, reason


def read_episode(path: Path, member: int, features: Path) -> Episode:
    """The episode of record `member` of a TFRecord file.

    `features` is the data set's `features.json`. RLDS has neither times nor a rate: times are step numbers,
    one a second, and `timed` is False. Raises `UnreadableSource`.
    """
    return _build_episode(parse_example(read_record(path, member)), read_features(read_json(features)))


def list_cameras(path: Path, member: int, features: Path) -> tuple[str, ...]:
    """The cameras of record `member` by their paths in it (`steps/observation/image_0`), in order of name.

    Raises `UnreadableSource`, as `read_episode` does.
    """
    return _find_cameras(parse_example(read_record(path, member)), read_features(read_json(features)))


def survey_pictures(path: Path, member: int, features: Path) -> PictureTrack | None:
    """What `read_pictures` gives, told from the headers of the pictures; None when it gives none.

    Raises `UnreadableSource`, as `read_episode` does.
    """
    return _survey(parse_example(read_record(path, member)), read_features(read_json(features)))


def read_pictures(path: Path, member: int, features: Path) -> Iterator[tuple[float, bytes]]:
    """The pictures of one camera as they were stored (JPEG or PNG), each with its seconds on the clock of
    `read_episode`: the number of its step.

    The camera is the one that `choose_camera` takes. Pictures that `keep_alike` does not keep are left out.
    Raises `UnreadableSource`, as `read_episode` does.
    """
    example = parse_example(read_record(path, member))
    camera = choose_camera(_find_cameras(example, read_features(read_json(features))))
    for time_s, picture, _ in keep_alike(_time_pictures(example, camera)):
        yield time_s, bytes(picture)


def _build_episode(example: Example, features: Features) -> Episode:
    steps = _count_steps(example)
    notes = ["the log has no times: they are step numbers, one a second"]
    state = _read_channels(example, features, _OBSERVED, steps, notes)
    action = _read_channels(example, features, _ACTED, steps, notes)
    if state is None and action is None:
        raise UnreadableSource("bad_episode", "neither state nor actions can be read")
    return Episode(
        times=np.arange(steps, dtype=np.float64),
        timed=False,
        state=state,
        action=action,
        instructions=_read_instructions(example, steps),
        success=_read_success(example),
        notes=tuple(notes),
    )


def _count_steps(example: Example) -> int:
    """The steps of an episode, on which every feature with one value a step must agree."""
    counts = {name: _count(example[f"steps/{name}"]) for name in _COUNTED if f"steps/{name}" in example}
    if not counts:
        raise UnreadableSource("bad_episode", "no feature says how many steps it has (steps/is_first, …)")
    if len(set(counts.values())) > 1:
        stated = ", ".join(f"{name} {count}" for name, count in counts.items())
        raise UnreadableSource("bad_episode", f"its features differ in steps: {stated}")
    steps = next(iter(counts.values()))
    if not 0 < steps <= MAX_STEPS:
        raise UnreadableSource("bad_episode", f"{steps} steps; 1 to {MAX_STEPS} are read")
    return steps


def _count(feature: memoryview) -> int:
    values = _read_numbers(feature)
    return 0 if values is None else len(values)


def _read_channels(
    example: Example, features: Features, root: str, steps: int, notes: list[str]
) -> Channels | None:
    """The numeric features at or under a path as steps × channels, the robot's own first."""
    paths = [path for path in features if path == root or path.startswith(f"{root}/")]
    paths.sort(key=lambda path: (bool(_NOT_ROBOT.search(path)), path))
    names: list[str] = []
    columns: list[Series] = []
    for path in paths:
        leaf = features[path]
        width = _channel_width(path, leaf)
        if width is None or path not in example:
            if leaf.kind == "tensor" and leaf.dtype not in ("string", "bool"):
                notes.append(f"{path} is not read as channels: left out")
            continue
        values = _read_numbers(example[path])
        if values is None or values.size != steps * width:
            held = 0 if values is None else values.size
            raise UnreadableSource(
                "bad_episode", f"{path}: {held} values; {steps} steps of {width} are stated"
            )
        if not np.isfinite(values).all():
            notes.append(f"{path} holds values that are not finite: left out")
            continue
        columns.append(values.reshape(steps, width))
        key = path.rpartition("/")[2]
        names += name_channels(key, width, leaf.doc)
    return Channels(tuple(names), np.concatenate(columns, axis=1)) if columns else None


def _channel_width(path: str, leaf: Leaf) -> int | None:
    """How many channels a feature has; None when it is not a scalar or a short vector of numbers."""
    numeric = leaf.kind == "tensor" and not leaf.encoded and leaf.dtype.startswith(("float", "int", "uint"))
    if not numeric or len(leaf.shape) > 1 or _EMBEDDED.search(path.rpartition("/")[2]):
        return None
    width = leaf.shape[0] if leaf.shape else 1
    return width if 0 < width <= MAX_WIDTH else None


def _read_numbers(feature: memoryview) -> Series | None:
    kind = list_kind(feature)
    values: npt.NDArray[Any]
    if kind == "floats":
        values = read_floats(feature)
    elif kind == "ints":
        values = read_ints(feature)
    else:
        return None
    return values.astype(np.float64)


def _read_instructions(example: Example, steps: int) -> tuple[Span, ...]:
    """The instruction by stretches of steps that share it; steps with an empty one have none."""
    for path in _SAID:
        if path not in example or list_kind(example[path]) != "bytes":
            continue
        texts = [_clean(text) for text in read_bytes(example[path])]
        texts = texts * steps if path.startswith("episode_metadata/") and len(texts) == 1 else texts
        if len(texts) != steps:
            raise UnreadableSource("bad_episode", f"{path}: {len(texts)} texts for {steps} steps")
        if any(texts):
            return _join_spans(texts)
    return ()


def _join_spans(texts: list[str]) -> tuple[Span, ...]:
    borders = [at for at in range(1, len(texts)) if texts[at] != texts[at - 1]]
    spans = zip([0, *borders], [*borders, len(texts)], strict=True)
    return tuple(Span(first, stop, texts[first]) for first, stop in spans if texts[first])


def _clean(text: memoryview) -> str:
    return redact(
        " ".join(bytes(text[: 4 * MAX_INSTRUCTION]).decode("utf-8", "replace").split())[:MAX_INSTRUCTION]
    )


def _read_success(example: Example) -> bool | None:
    """The flag of the episode's metadata. A reward of 1 says nothing: many sets write it for every demo."""
    if _SUCCESS not in example:
        return None
    values = _read_numbers(example[_SUCCESS])
    return bool(values[0]) if values is not None and len(values) == 1 and values[0] in (0.0, 1.0) else None


def _count_images(example: Example, features: Features) -> int:
    """How many pictures the record holds, over all cameras. `episode_metadata/has_image_N` is not asked: a
    public set (Bridge, as Octo ships it) denies cameras whose pictures are there."""
    cameras = (path for path, leaf in features.items() if leaf.kind == "image" and path in example)
    return sum(1 for path in cameras for picture in read_bytes(example[path]) if picture)


def _find_cameras(example: Example, features: Features) -> tuple[str, ...]:
    """Images of 8 bits (others are depth) among the observations, of which the record has some."""
    return tuple(
        path
        for path, leaf in sorted(features.items())
        if path.startswith(f"{_OBSERVED}/")
        and leaf.kind == "image"
        and leaf.dtype in ("uint8", "")
        and path in example
        and any(read_bytes(example[path]))
    )


def _survey(example: Example, features: Features) -> PictureTrack | None:
    camera = choose_camera(_find_cameras(example, features))
    return survey_track(camera, _time_pictures(example, camera)) if camera else None


def _time_pictures(example: Example, camera: str | None) -> Iterator[tuple[float, memoryview]]:
    """A camera's pictures with their seconds; none when they are not one a step, and so have no times."""
    pictures = read_bytes(example[camera]) if camera else []
    if len(pictures) == _count_steps(example):
        yield from ((float(step), picture) for step, picture in enumerate(pictures))
