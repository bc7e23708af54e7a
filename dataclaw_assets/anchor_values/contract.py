"""What the value of an anchor is, and the one of a fact that the user brings."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """Base of anchor values: frozen, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DeclaredValue(Value):
    """A fact from the user's own sidecar, passed through as it stands."""

    data: dict[str, Any]
