"""The `openai` backend against a real server on loopback: what is sent, what comes back."""

from __future__ import annotations

import base64
import threading
import time

import numpy as np
import pytest

from dataclaw_assets.errors import InferenceError
from resources.inference.contract import Image, Sampling, Video, request_hash
from resources.inference.openai_server import OpenAIBackend
from resources.inference.settings import OpenAISettings
from resources.media import Picture, decode_image
from tests.resources.inference.openai_protocol import (
    Answer,
    Asked,
    complete,
    fail,
    list_models,
)
from tests.resources.inference.openai_talk import ask, ask_once, code_of, content, talk

PICTURE = np.full((16, 24, 3), 90, np.uint8)
VLLM = list_models({"id": "tiny", "owned_by": "vllm", "root": "weights/tiny", "created": 1})


def test_a_reply_carries_text_reason_and_counts() -> None:
    reply, _ = ask_once(complete("two", prompt_tokens_details={"cached_tokens": 8}))
    assert (reply.key, reply.text, reply.finish_reason, reply.error) == ("a", "two", "stop", None)
    assert (reply.prompt_tokens, reply.cached_tokens, reply.generated_tokens) == (10, 8, 3)
    assert reply.retries == 0


def test_the_cost_counts_cached_tokens_at_their_own_price() -> None:
    answer = complete(prompt_tokens_details={"cached_tokens": 8})
    reply, _ = ask_once(answer, price_prompt=1e6, price_cached=1e5, price_generated=1e7)
    assert reply.cost == pytest.approx(2 * 1 + 8 * 0.1 + 3 * 10)


def test_thoughts_that_only_the_total_counts_are_paid_for() -> None:
    reply, _ = ask_once(complete(total_tokens=100))
    assert reply.generated_tokens == 90


def test_system_text_and_sampling_are_sent_as_asked() -> None:
    sampling = Sampling(max_tokens=7, temperature=0.5, top_p=0.9, seed=3)
    _, server = ask_once(complete(), request=ask(sampling=sampling))
    body = server.completions[0].body
    assert body["messages"][0] == {"role": "system", "content": "Be brief."}
    assert content(server.completions[0]) == [{"type": "text", "text": "What is a?"}]
    assert (body["model"], body["max_tokens"], body["temperature"], body["top_p"], body["seed"]) == (
        "tiny",
        7,
        0.5,
        0.9,
        3,
    )
    assert "response_format" not in body


def test_a_server_that_takes_no_seed_is_sent_none() -> None:
    _, server = ask_once(complete(), seeds=False)
    assert "seed" not in server.completions[0].body


def test_a_schema_becomes_a_strict_response_format() -> None:
    schema = {"type": "object"}
    _, server = ask_once(complete(), request=ask(schema=schema))
    assert server.completions[0].body["response_format"]["json_schema"] == {
        "name": "reply",
        "schema": schema,
        "strict": True,
    }


def test_parts_keep_their_order_and_pictures_arrive_as_they_are() -> None:
    _, server = ask_once(complete(), request=ask("a", "before", Image(PICTURE), "after"))
    before, shown, after = content(server.completions[0])
    assert (before["text"], after["text"]) == ("before", "after")
    assert np.abs(_decode(shown["image_url"]["url"]).astype(int) - PICTURE).max() <= 2


def test_only_vllm_is_told_the_media_id() -> None:
    image = Image(PICTURE)
    _, other = ask_once(complete(), request=ask("a", image))
    _, vllm = ask_once(complete(), request=ask("a", image), models=VLLM)
    assert "uuid" not in content(other.completions[0])[0]
    assert content(vllm.completions[0])[0]["uuid"] == image.media_id


def test_a_video_is_sent_as_its_frames_or_as_one_clip() -> None:
    video = Video((PICTURE, PICTURE + 1), 2.0)
    odd = Video((PICTURE[:15, :23].copy(),), 2.0)
    _, frames = ask_once(complete(), request=ask("a", video))
    _, clip = ask_once(complete(), request=ask("a", odd), video="video_url")
    assert [part["type"] for part in content(frames.completions[0])] == ["image_url", "image_url"]
    assert content(clip.completions[0])[0]["video_url"]["url"].startswith("data:video/mp4;base64,")


def test_a_picture_that_cannot_be_encoded_costs_its_own_request_only() -> None:
    with talk(lambda asked: complete()) as (backend, _):
        bad = ask("bad", Image(np.zeros((0, 0, 3), np.uint8)))
        found = {reply.key: reply for reply in backend.infer([bad, ask("good")])}
    assert found["good"].error is None
    assert code_of(found["bad"]) == "bad_request"


def test_replies_come_as_each_is_done() -> None:
    def decide(asked: Asked) -> Answer:
        slow = "slow" in content(asked)[0]["text"]
        return Answer(complete().body, after_s=0.4 if slow else 0.0)

    with talk(decide) as (backend, _):
        assert [reply.key for reply in backend.infer([ask("slow"), ask("quick")])] == ["quick", "slow"]


def test_no_more_requests_are_under_way_than_the_settings_allow() -> None:
    with talk(lambda asked: Answer(complete().body, after_s=0.05), concurrency=3) as (backend, server):
        assert len(list(backend.infer([ask(str(number)) for number in range(12)]))) == 12
    assert server.most_at_once == 3


def test_two_calls_at_once_share_the_bound() -> None:
    with talk(lambda asked: Answer(complete().body, after_s=0.05), concurrency=2) as (backend, server):
        many = [ask(str(number)) for number in range(6)]
        other = threading.Thread(target=lambda: list(backend.infer(many)))
        other.start()
        list(backend.infer(many))
        other.join()
    assert (server.most_at_once, len(server.completions)) == (2, 12)


def test_closing_the_iterator_cancels_what_is_under_way() -> None:
    def decide(asked: Asked) -> Answer:
        return complete() if "first" in content(asked)[0]["text"] else Answer(complete().body, after_s=30.0)

    with talk(decide, concurrency=3) as (backend, server):
        replies = backend.infer([ask("first"), *(ask(str(number)) for number in range(20))])
        assert next(replies).key == "first"
        time.sleep(0.2)
        replies.close()  # type: ignore[attr-defined]
        sent = len(server.completions)
        time.sleep(0.2)
        assert (len(server.completions), server.gone) == (sent, 3)


def test_closing_the_backend_cancels_the_rest_and_it_may_be_used_again() -> None:
    def decide(asked: Asked) -> Answer:
        return Answer(complete().body, after_s=30.0) if "slow" in content(asked)[0]["text"] else complete()

    with talk(decide) as (backend, _):
        closing = threading.Timer(0.5, backend.close)
        closing.start()
        (reply,) = backend.infer([ask("slow")])
        closing.join()
        assert code_of(reply) == "cancelled"
        assert [again.text for again in backend.infer([ask("quick")])] == ["yes"]


def test_nothing_is_asked_for_no_requests() -> None:
    with talk(lambda asked: complete()) as (backend, server):
        assert list(backend.infer([])) == []
    assert server.asked == []


def test_half_a_character_in_a_reply_can_still_be_stored() -> None:
    reply, _ = ask_once(complete("a\ud800b"))
    assert reply.text == "a?b"


def test_the_revision_is_what_stays_the_same_over_restarts() -> None:
    openai = list_models({"id": "tiny", "owned_by": "system", "created": 17})
    llama = list_models(
        {"id": "tiny", "owned_by": "llamacpp", "created": 5, "meta": {"n_params": 8, "size": 9}}
    )
    other = list_models({"id": "models/tiny", "created": 123})
    found = []
    for models in (VLLM, openai, llama, other, fail(404, "no list")):
        with talk(lambda asked: complete(), models) as (backend, _):
            found.append(backend.revision)
    assert found == ["weights/tiny", "17", "8 9", "tiny", "tiny"]


def test_a_revision_of_the_settings_needs_no_server() -> None:
    backend = OpenAIBackend(OpenAISettings(base_url="http://127.0.0.1:9/v1", model="tiny", revision="r1"))
    assert len(request_hash(backend, ask())) == 32


def test_a_vllm_server_of_another_model_is_refused_before_anything_is_sent() -> None:
    other = list_models({"id": "large", "owned_by": "vllm"})
    with talk(lambda asked: complete(), other) as (backend, server):
        with pytest.raises(InferenceError, match=r"does not serve 'tiny' but large"):
            list(backend.infer([ask()]))
        assert server.completions == []


def test_a_server_without_a_list_of_models_is_asked_all_the_same() -> None:
    reply, _ = ask_once(complete(), models=fail(404, "Not Found"))
    assert reply.text == "yes"


def _decode(url: str) -> Picture:
    return decode_image(base64.b64decode(url.partition(",")[2]))
