"""What extractors measure with, from planes and flow to cuts, courses and cycles; no anchor is made here."""

from __future__ import annotations
