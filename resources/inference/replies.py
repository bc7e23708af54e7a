"""Replies kept by what was asked, so that a crash or a second run never pays for one twice."""

from __future__ import annotations

import json
import logging

from dataclaw_assets.records import SCHEMA_VERSION, Json
from resources.inference.contract import ErrorCode, Reply
from resources.store import Store
from resources.tables import check_schema

log = logging.getLogger(__name__)

LASTING: frozenset[ErrorCode] = frozenset({"too_long", "too_many_media", "bad_request"})
"""Errors that trying again does not change."""


def is_kept(reply: Reply) -> bool:
    """Whether a reply is worth keeping: whatever was paid for, and a request refused for good. How much fits
    is for the engine's settings, which the hash does not hold, and costs nothing to ask."""
    return reply.error is None or reply.error.code == "bad_request"


class ReplyStore:
    """Replies under `replies/<two digits>/<request hash>.json`, each written as it arrives.

    The number of the try is in the hash through the seed. With `fresh`, what was there before is passed over
    and replaced; what this object wrote itself is still found, so that one run does not pay twice either.
    """

    def __init__(self, store: Store, fresh: bool = False) -> None:
        self._store = store
        self._fresh = fresh
        self._written: set[str] = set()

    def find(self, request: str) -> Reply | None:
        """The reply kept under a request hash, without asking anyone; None when there is none.

        A damaged file counts as none, with a warning. Raises `NewerSchema` for a file of a newer version of
        the code, and `StoreError` when the store does not answer.
        """
        if self._fresh and request not in self._written:
            return None
        return self._load(request)

    def keep(self, request: str, reply: Reply) -> Reply:
        """Keep a reply and give the one that stands: another's, if that one was kept in the meantime.

        An error that trying again may change is given back and not kept.
        """
        if not is_kept(reply):
            return reply
        key = _name(request)
        kept: Json = {
            "schema_version": SCHEMA_VERSION,
            "request": request,
            "reply": reply.model_dump(mode="json"),
        }
        data = json.dumps(kept, indent=1, ensure_ascii=False).encode()
        if self._fresh and request not in self._written:
            self._store.write(key, data)
        elif not self._store.create(key, data):
            held = self._load(request)
            if held is not None:
                return held
            self._store.write(key, data)
        self._written.add(request)
        return reply

    def _load(self, request: str) -> Reply | None:
        key = _name(request)
        if not self._store.exists(key):
            return None
        data = self._store.read(key)
        try:
            kept = json.loads(data)
            check_schema(int(kept["schema_version"]), key)
            if kept["request"] != request:
                raise ValueError("the reply to another request")
            return Reply.model_validate(kept["reply"])
        except (ValueError, KeyError, TypeError, RecursionError):
            log.warning("%s: damaged reply; it will be asked for again", key)
            return None


def _name(request: str) -> str:
    return f"replies/{request[:2]}/{request}.json"
