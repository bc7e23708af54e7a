"""The reply store: what it keeps, what it passes over, and who wins, on a folder and in a bucket."""

from __future__ import annotations

import json
import logging

import pytest

from dataclaw_assets.errors import NewerSchema
from resources.inference.contract import ErrorCode, Reply, ReplyError
from resources.inference.replies import ReplyStore
from resources.store import Store

HASH = "ab" * 16
NAME = f"replies/ab/{HASH}.json"
REPLY = Reply(
    key="q1", text="Näch\u2028ste 次", finish_reason="stop", prompt_tokens=7, seconds=0.25, cost=0.1
)


def test_kept_reply_is_found_as_it_was(store: Store) -> None:
    ReplyStore(store).keep(HASH, REPLY)
    assert ReplyStore(store).find(HASH) == REPLY


def test_reply_never_kept_is_not_found(store: Store) -> None:
    assert ReplyStore(store).find(HASH) is None


def test_file_states_its_schema_version(store: Store) -> None:
    ReplyStore(store).keep(HASH, REPLY)
    assert json.loads(store.read(NAME))["schema_version"] == 1


def test_first_of_two_replies_stands(store: Store) -> None:
    ReplyStore(store).keep(HASH, REPLY)
    later = REPLY.model_copy(update={"text": "later"})
    assert ReplyStore(store).keep(HASH, later) == REPLY


def test_request_refused_for_good_is_kept(store: Store) -> None:
    refused = Reply(key="q1", error=ReplyError(code="bad_request"))
    ReplyStore(store).keep(HASH, refused)
    assert ReplyStore(store).find(HASH) == refused


@pytest.mark.parametrize("code", ["unavailable", "cancelled", "budget", "too_long", "too_many_media"])
def test_error_that_may_pass_is_not_kept(store: Store, code: ErrorCode) -> None:
    refused = Reply(key="q1", error=ReplyError(code=code))
    assert ReplyStore(store).keep(HASH, refused) == refused
    assert store.keys("replies") == []


def test_fresh_passes_over_what_was_there(store: Store) -> None:
    ReplyStore(store).keep(HASH, REPLY)
    assert ReplyStore(store, fresh=True).find(HASH) is None


def test_fresh_replaces_what_was_there(store: Store) -> None:
    ReplyStore(store).keep(HASH, REPLY)
    later = REPLY.model_copy(update={"text": "later"})
    ReplyStore(store, fresh=True).keep(HASH, later)
    assert ReplyStore(store).find(HASH) == later


def test_fresh_finds_what_it_wrote_itself(store: Store) -> None:
    replies = ReplyStore(store, fresh=True)
    replies.keep(HASH, REPLY)
    assert replies.find(HASH) == REPLY


DAMAGED = {
    "empty": b"",
    "cut": b'{"schema_version": 1, "request": "ab',
    "no JSON": b"\x00\xff\xfe",
    "a list": b"[1]",
    "a number": b"1",
    "nested without end": b"[" * 100_000,
    "no version": b"{}",
    "a version that is none": b'{"schema_version": "one"}',
    "no reply": json.dumps({"schema_version": 1, "request": HASH}).encode(),
    "a reply of other fields": json.dumps(
        {"schema_version": 1, "request": HASH, "reply": {"key": "q1", "speed": 1}}
    ).encode(),
    "another request's": json.dumps(
        {"schema_version": 1, "request": "cd" * 16, "reply": REPLY.model_dump(mode="json")}
    ).encode(),
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED.keys())
def test_damaged_file_counts_as_none_with_a_warning(
    store: Store, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    store.write(NAME, data)
    with caplog.at_level(logging.WARNING):
        assert ReplyStore(store).find(HASH) is None
    assert NAME in caplog.text


def test_damaged_file_is_replaced(store: Store) -> None:
    store.write(NAME, b"{")
    ReplyStore(store).keep(HASH, REPLY)
    assert ReplyStore(store).find(HASH) == REPLY


def test_file_of_newer_code_is_refused_by_name(store: Store) -> None:
    store.write(NAME, b'{"schema_version": 99}')
    with pytest.raises(NewerSchema, match=HASH):
        ReplyStore(store).find(HASH)
