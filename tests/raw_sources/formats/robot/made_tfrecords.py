"""TFRecord files and `tf.train.Example` messages, written byte by byte as TensorFlow writes them."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dataclaw_assets.raw_sources.formats.robot.crc32c import crc32c, mask_crc

Values = list[bytes] | list[float] | list[int]


def frame(data: bytes) -> bytes:
    """One record of a TFRecord file: length, its check, data, their check."""
    length = struct.pack("<Q", len(data))
    return length + _check(length) + data + _check(data)


def example(features: Mapping[str, Values]) -> bytes:
    """A `tf.train.Example`."""
    entries = (field(1, name.encode()) + field(2, feature(values)) for name, values in features.items())
    return field(1, b"".join(field(1, entry) for entry in entries))


def feature(values: Values) -> bytes:
    """A `tf.train.Feature`; the type of the first value decides its list."""
    if not values or isinstance(values[0], bytes):
        return field(1, b"".join(field(1, value) for value in values if isinstance(value, bytes)))
    if isinstance(values[0], float):
        return field(2, field(1, struct.pack(f"<{len(values)}f", *values)))
    return field(3, field(1, b"".join(varint(int(value)) for value in values)))


def field(number: int, data: bytes) -> bytes:
    """A length-delimited field of a protobuf message."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value: int) -> bytes:
    """A base-128 number, a negative one as 64 bits."""
    value &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def episode(
    steps: int = 4, said: str = "put the cup down", more: Mapping[str, Values] | None = None
) -> dict[str, Values]:
    """The features of an episode with a state of 2, an action of 1 and one camera."""
    return {
        "steps/is_first": [1] + [0] * (steps - 1),
        "steps/is_last": [0] * (steps - 1) + [1],
        "steps/observation/state": [at / 8 for at in range(2 * steps)],
        "steps/action": [float(at) for at in range(steps)],
        "steps/observation/front": [b"\xff\xd8\xff picture %d" % at for at in range(steps)],
        "steps/language_instruction": [said.encode()] * steps,
        **(more or {}),
    }


def features_document(**more: Any) -> dict[str, Any]:
    """A `features.json` for `episode`."""
    observation = named(
        {"state": tensor(2), "front": {"image": {"dtype": "uint8", "encodingFormat": "jpeg"}}}
    )
    steps = {"observation": observation, "action": tensor(1), "is_first": tensor(dtype="bool"), **more}
    return named({"steps": {"sequence": {"feature": named(steps), "length": "-1"}}})


def named(features: Mapping[str, Any]) -> dict[str, Any]:
    """A `FeaturesDict` of `features.json`."""
    return {"featuresDict": {"features": dict(features)}}


def tensor(*shape: int, dtype: str = "float32") -> dict[str, Any]:
    """A tensor of `features.json`, its numbers as text."""
    dimensions = {"dimensions": [str(size) for size in shape]} if shape else {}
    return {"tensor": {"shape": dimensions, "dtype": dtype, "encoding": "none"}}


def write_dataset(folder: Path, shards: Iterable[Iterable[Mapping[str, Values]]], **info: Any) -> list[Path]:
    """An RLDS folder; gives the paths of its TFRecord files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "features.json").write_text(json.dumps(features_document()))
    (folder / "dataset_info.json").write_text(json.dumps({"name": "toy", "splits": [], **info}))
    written, shards = [], list(shards)
    for index, episodes in enumerate(shards):
        path = folder / f"toy-train.tfrecord-{index:05d}-of-{len(shards):05d}"
        path.write_bytes(b"".join(frame(example(item)) for item in episodes))
        written.append(path)
    return written


def _check(data: bytes) -> bytes:
    return struct.pack("<I", mask_crc(crc32c(data)))
