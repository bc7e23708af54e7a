"""Reads `features.json` of a TensorFlow Datasets folder: what each feature of its records is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from dataclaw_assets.errors import UnreadableSource

MAX_DEPTH = 16
"""How deep features may lie in one another; those of the public sets lie three deep."""

MAX_LEAVES = 4_096
MAX_DOC = 1_000
_UNKNOWN = -1


@dataclass(frozen=True)
class Leaf:
    """One feature of a record. `shape` is that of one step, −1 where it varies; `encoded` is True where the
    numbers are stored as compressed or raw bytes; `doc` is what its builder says of it."""

    kind: Literal["tensor", "image", "text", "other"]
    shape: tuple[int, ...] = ()
    dtype: str = ""
    encoded: bool = False
    doc: str = ""


Features = dict[str, Leaf]
"""The features of a data set by their path in a record: `steps/observation/state`."""


def has_steps(document: Any) -> bool:
    """Whether a parsed `features.json` is that of an RLDS data set: a dictionary with a data set of steps."""
    return isinstance(_child(_named(document), "steps", "sequence"), dict)


def read_features(document: Any) -> Features:
    """The features that a parsed `features.json` states.

    Raises `UnreadableSource`: `bad_features` when it is not that of RLDS, or lies too deep; `too_many`.
    """
    if not has_steps(document):
        raise UnreadableSource("bad_features", "features.json states no steps")
    features: Features = {}
    for path, leaf in _walk(document, "", 0):
        features[path] = leaf
        if len(features) > MAX_LEAVES:
            raise UnreadableSource("too_many", f"features.json states more than {MAX_LEAVES} features")
    return features


def _walk(node: Any, path: str, depth: int) -> Iterator[tuple[str, Leaf]]:
    if depth > MAX_DEPTH:
        raise UnreadableSource("bad_features", f"features.json lies more than {MAX_DEPTH} deep")
    for name, child in _named(node).items():
        inside = f"{path}/{name}" if path else str(name)
        steps = _child(child, "sequence", "feature") if inside == "steps" else None
        held = steps if steps is not None else child
        if _named(held):
            yield from _walk(held, inside, depth + 1)
        else:
            yield inside, _as_leaf(held)


def _as_leaf(node: Any) -> Leaf:
    doc = node.get("description") if isinstance(node, dict) else None
    for kind in ("tensor", "image"):
        stated = _child(node, kind)
        if isinstance(stated, dict):
            return Leaf(
                kind="tensor" if kind == "tensor" else "image",
                shape=_as_shape(_child(stated, "shape", "dimensions")),
                dtype=str(stated.get("dtype", ""))[:32],
                encoded=stated.get("encoding", "none") not in ("none", ""),
                doc=" ".join(doc[:MAX_DOC].split()) if isinstance(doc, str) else "",
            )
    return Leaf("text") if isinstance(_child(node, "text"), dict) else Leaf("other")


def _as_shape(dimensions: Any) -> tuple[int, ...]:
    """A shape; TensorFlow Datasets writes its numbers as text, and a scalar without any."""
    if dimensions is None:
        return ()
    if not isinstance(dimensions, list):
        return (_UNKNOWN,)
    return tuple(
        int(size) if str(size).isdecimal() and len(str(size)) < 10 else _UNKNOWN for size in dimensions
    )


def _named(node: Any) -> dict[str, Any]:
    features = _child(node, "featuresDict", "features")
    return features if isinstance(features, dict) else {}


def _child(node: Any, *keys: str) -> Any:
    for key in keys:
        node = node.get(key) if isinstance(node, dict) else None
    return node
