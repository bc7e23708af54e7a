"""The `vllm` backend over the real engine, on a checkpoint of random weights."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Literal

import numpy as np
import pytest
from pydantic import Field

from dataclaw_assets.errors import InferenceError
from dataclaw_assets.records import Json, Record
from resources.inference.contract import Image, Part, Reply, Request, Sampling, Video
from resources.inference.settings import VllmSettings
from resources.inference.vllm_engine import Engine, VllmBackend, choose_arguments, open_engine
from tests.vllm_env.environment import TINY

pytestmark = [
    pytest.mark.vllm,
    pytest.mark.filterwarnings("default"),  # vLLM and what it imports warn of each other
]

SETTINGS = VllmSettings(
    model=str(TINY),
    dtype="float32",
    context_tokens=4096,
    kv_cache_bytes=256 << 20,
    images=8,
    videos=1,
    eager=True,
)

SHARED_BAR = 1.15
"""Prompt tokens computed for the tasks of one source : its shared prefix once and each task's own part."""


class Answer(Record):
    """What is asked for: something of each kind that tasks ask for."""

    choice: Literal["A", "B", "C"]
    start_s: Annotated[float, Field(ge=0.0, le=100.0)]
    why: Annotated[str, Field(max_length=12)]
    facts: Annotated[list[Annotated[str, Field(pattern=r"^F[0-9]{1,3}$")]], Field(max_length=3)]


SCHEMA: Json = Answer.model_json_schema()


@pytest.fixture(scope="module")
def backend() -> Iterator[VllmBackend]:
    if not TINY.is_dir():
        pytest.skip("no checkpoint here: `make test-vllm` builds one")
    backend = VllmBackend(SETTINGS)
    yield backend
    backend.close()


@pytest.fixture
def engine(backend: VllmBackend) -> Engine:
    return open_engine(backend.settings)


def ask(
    *parts: Part, key: str = "asked", schema: Json | None = None, tokens: int = 24, seed: int = 0
) -> Request:
    sampling = Sampling(max_tokens=tokens, seed=seed)
    return Request(key, "You look at footage.", parts, schema, sampling)


def answer(backend: VllmBackend, request: Request) -> Reply:
    (reply,) = backend.infer([request])
    return reply


def draw_picture(seed: int, side: int = 96) -> Image:
    return Image(np.random.default_rng(seed).integers(0, 256, (side, side + 32, 3), dtype=np.uint8))


def draw_video(seed: int, frames: int = 6) -> Video:
    chance = np.random.default_rng(seed)
    return Video(tuple(chance.integers(0, 256, (64, 64, 3), dtype=np.uint8) for _ in range(frames)), fps=2.0)


def among_good(bad: Request) -> list[Request]:
    """A request in the middle of ten others."""
    good = [ask(f"number {number}", draw_picture(50), key=f"good {number}") for number in range(10)]
    return [*good[:5], bad, *good[5:]]


def check_alone(backend: VllmBackend, bad: Request, code: str) -> None:
    """A request is refused with a code, and ten others around it are answered."""
    replies = {reply.key: reply for reply in backend.infer(among_good(bad))}
    refused = replies.pop(bad.key)
    assert refused.error is not None
    assert refused.error.code == code
    assert len(replies) == 10
    assert all(reply.error is None and reply.generated_tokens > 0 for reply in replies.values())


def test_a_text_is_answered_with_its_counts(backend: VllmBackend) -> None:
    reply = answer(backend, ask("Hello there", tokens=7))
    assert reply.error is None
    assert reply.prompt_tokens > 10
    assert 0 < reply.generated_tokens <= 7
    assert reply.seconds > 0.0


def test_a_picture_takes_tokens_for_its_pixels(backend: VllmBackend) -> None:
    without = answer(backend, ask("look", "what is it?"))
    reply = answer(backend, ask("look", draw_picture(1), "what is it?"))
    # 96 × 128 pixels, 32 × 32 for a token, and a token on either side.
    assert reply.prompt_tokens - without.prompt_tokens == 3 * 4 + 2


def test_what_a_picture_shows_changes_the_answer(backend: VllmBackend) -> None:
    texts = {answer(backend, ask(draw_picture(seed), "what is it?")).text for seed in range(4)}
    assert len(texts) > 1


def test_every_frame_of_a_video_is_seen(backend: VllmBackend) -> None:
    four, eight = (answer(backend, ask(draw_video(2, count), "what is it?")) for count in (4, 8))
    # Two frames are one step of time, and each step is 64 × 64 pixels with its time before it.
    assert four.error is eight.error is None
    assert eight.prompt_tokens - four.prompt_tokens >= 2 * 4


def test_pictures_and_a_video_go_into_one_prompt(backend: VllmBackend) -> None:
    parts = (draw_picture(3), "<1.0 s>", draw_video(3), "<2.0 s>", draw_picture(4), "compare")
    assert answer(backend, ask(*parts)).error is None


def test_eighty_replies_of_one_batch_follow_the_schema(backend: VllmBackend) -> None:
    asked = [ask(f"item {n}", key=str(n), schema=SCHEMA, tokens=200, seed=n) for n in range(80)]
    replies = list(backend.infer(asked))
    assert sorted(reply.key for reply in replies) == sorted(request.key for request in asked)
    assert {reply.finish_reason for reply in replies} == {"stop"}
    for reply in replies:
        Answer.model_validate_json(reply.text)


def test_more_prompts_than_one_step_holds_are_all_answered(backend: VllmBackend) -> None:
    asked = [ask(f"{n} " * 500, draw_picture(n), key=str(n), tokens=4, seed=n) for n in range(12)]
    replies = list(backend.infer(asked))
    assert sum(reply.prompt_tokens for reply in replies) > 2 * 4096
    assert [reply.error for reply in replies] == [None] * 12


def test_a_reply_comes_when_it_is_done_and_not_when_all_are(backend: VllmBackend) -> None:
    long = ask("long", key="long", schema={"type": "string", "minLength": 200, "maxLength": 300}, tokens=300)
    short = ask("short", key="short", tokens=2)
    assert [reply.key for reply in backend.infer([long, short])] == ["short", "long"]


def test_a_prompt_that_is_too_long_costs_only_itself(backend: VllmBackend) -> None:
    check_alone(backend, ask("word " * 6000, key="bad"), "too_long")


def test_a_prompt_that_its_pictures_make_too_long_costs_only_itself(backend: VllmBackend) -> None:
    room = 4096 - answer(backend, ask("x" * 3000, draw_picture(5))).prompt_tokens
    check_alone(backend, ask("x" * (3000 + room + 5), draw_picture(5), key="bad"), "too_long")


def test_too_many_pictures_cost_only_their_request(backend: VllmBackend) -> None:
    check_alone(backend, ask(*[draw_picture(6)] * 9, key="bad"), "too_many_media")


def test_too_many_videos_cost_only_their_request(backend: VllmBackend) -> None:
    check_alone(backend, ask(draw_video(7), draw_video(8), key="bad"), "too_many_media")


def test_a_schema_that_is_none_costs_only_its_request(backend: VllmBackend) -> None:
    check_alone(backend, ask("x", key="bad", schema={"type": "nonsense"}), "bad_request")


def test_frames_of_unequal_size_cost_only_their_request(backend: VllmBackend) -> None:
    frames = (draw_picture(1, 64).picture, draw_picture(1, 96).picture)
    check_alone(backend, ask(Video(frames, 1.0), key="bad"), "bad_request")


def test_the_media_of_a_refused_request_serve_the_next(backend: VllmBackend) -> None:
    seen = draw_picture(9)
    answer(backend, ask(seen, schema={"type": "nonsense"}))
    assert answer(backend, ask(seen)).error is None


def test_media_that_only_one_of_its_caches_knows_are_sent_again(backend: VllmBackend, engine: Engine) -> None:
    seen = draw_picture(10)
    answer(backend, ask(seen))
    engine.llm.llm_engine.engine_core.reset_mm_cache()
    assert answer(backend, ask("again", seen)).error is None


def test_closing_the_iterator_aborts_the_rest(backend: VllmBackend, engine: Engine) -> None:
    replies = backend.infer([ask(f"{n}", key=str(n), tokens=10 + 40 * n) for n in range(8)])
    assert isinstance(replies, Iterator)
    next(replies)
    replies.close()  # type: ignore[attr-defined]
    assert not engine.llm.llm_engine.has_unfinished_requests()


def test_an_engine_whose_run_was_cancelled_answers_the_next(backend: VllmBackend) -> None:
    for _ in backend.infer([ask(draw_picture(11), key=str(n), tokens=5 + n) for n in range(8)]):
        break
    assert answer(backend, ask(draw_picture(11))).error is None


def test_two_who_ask_in_turn_get_each_their_own(backend: VllmBackend) -> None:
    one = backend.infer([ask(f"one {n}", key=f"one {n}") for n in range(4)])
    two = backend.infer([ask(f"two {n}", key=f"two {n}") for n in range(4)])
    keys = [(a.key, b.key) for a, b in zip(one, two, strict=True)]
    assert {a[:3] for a, _ in keys} == {"one"}
    assert {b[:3] for _, b in keys} == {"two"}


def test_two_threads_share_the_engine(backend: VllmBackend) -> None:
    def run(name: str) -> set[str]:
        return {
            reply.key for reply in backend.infer([ask(f"{name} {n}", key=f"{name}{n}") for n in range(6)])
        }

    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(run, "ab"))
    assert found == [{f"{name}{n}" for n in range(6)} for name in "ab"]


def test_a_seed_gives_the_same_text_again_and_another_seed_another(backend: VllmBackend) -> None:
    first, again, other = (answer(backend, ask("Hello", seed=seed)).text for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_backends_of_equal_settings_have_one_engine(backend: VllmBackend, engine: Engine) -> None:
    assert open_engine(SETTINGS.model_copy()) is engine


def test_an_engine_that_was_closed_starts_again(backend: VllmBackend) -> None:
    before = answer(backend, ask(draw_picture(12), seed=5)).text
    backend.close()
    assert answer(backend, ask(draw_picture(12), seed=5)).text == before


def test_who_still_waits_when_it_is_closed_is_told(backend: VllmBackend) -> None:
    replies = backend.infer([ask(key=str(n), tokens=5 + 50 * n) for n in range(2)])
    next(replies)
    backend.close()
    with pytest.raises(InferenceError, match="shut down"):
        next(replies)


def test_closing_one_of_two_leaves_the_other_usable(backend: VllmBackend) -> None:
    second = VllmBackend(SETTINGS.model_copy(update={"context_tokens": 2048}))
    replies = [answer(one, ask("x")) for one in (backend, second)]
    second.close()
    replies.append(answer(backend, ask("x")))
    assert [reply.error for reply in replies] == [None] * 3


def test_a_model_that_is_not_there_is_named(backend: VllmBackend) -> None:
    absent = VllmBackend(SETTINGS.model_copy(update={"model": f"{TINY}-absent"}))
    with pytest.raises(InferenceError, match="absent"):
        answer(absent, ask("x"))


def list_tasks(number: int, task_first: bool) -> list[Request]:
    """Four tasks about one source of six pictures and some 1,500 tokens of facts."""
    media = [draw_picture(100 * number + place) for place in range(6)]
    facts = "\n".join(f"F{n} [{n}.0 s] source {number}: the door opens {n} times" for n in range(60))
    asked = []
    for task in range(4):
        own = f"Task {task}: write question {task} about one of these facts, and give its answer in seconds."
        parts: tuple[Part, ...] = (own, *media, facts) if task_first else (*media, facts, own)
        asked.append(ask(*parts, key=str(task), schema=SCHEMA, tokens=100))
    return asked


def count_computed(replies: list[Reply]) -> int:
    return sum(reply.prompt_tokens - reply.cached_tokens for reply in replies)


def test_tasks_of_one_source_compute_its_prefix_once(backend: VllmBackend) -> None:
    asked = list_tasks(1, task_first=False)
    replies = list(backend.infer(asked))
    prefix = answer(backend, ask(*asked[0].parts[:-1])).prompt_tokens
    assert prefix >= 1000
    needed = prefix + sum(reply.prompt_tokens - prefix for reply in replies)
    independent = count_computed(list(backend.infer(list_tasks(2, task_first=True))))
    computed = count_computed(replies)
    assert computed <= SHARED_BAR * needed, f"{computed / needed:.3f}"
    assert independent > 2 * needed, f"{independent / needed:.3f}"


def test_tasks_of_one_source_encode_its_media_once(backend: VllmBackend, engine: Engine) -> None:
    encoded: list[int] = []

    def watch(model: object) -> object:
        visual = model.visual  # type: ignore[attr-defined]
        return visual.register_forward_hook(lambda module, given, made: encoded.append(len(made)))

    answer(backend, ask("open it"))
    (handle,) = engine.llm.apply_model(watch)
    try:
        for request in list_tasks(3, task_first=False):
            answer(backend, request)
    finally:
        handle.remove()
    assert sum(encoded) == 6 * 3 * 4


def test_the_counters_show_what_the_caches_spared(backend: VllmBackend) -> None:
    list(backend.infer(list_tasks(4, task_first=False)))
    counted = backend.read_counters()
    assert counted["prefix_cache_hits"] > 3000
    assert counted["mm_cache_hits"] >= 18


def test_a_process_that_forgets_to_close_ends_well_and_says_nothing(backend: VllmBackend) -> None:
    script = f"""
        from resources.inference.contract import Request
        from resources.inference.settings import VllmSettings
        from resources.inference.vllm_engine import VllmBackend
        backend = VllmBackend(VllmSettings.model_validate_json({SETTINGS.model_dump_json()!r}))
        assert [reply.error for reply in backend.infer([Request("x", "", ("hello",))])] == [None]
    """
    done = subprocess.run(
        (sys.executable, "-c", textwrap.dedent(script)),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize(
    ("on_cpu", "absent", "present"),
    [
        (True, {"tensor_parallel_size", "gpu_memory_utilization"}, {"enable_chunked_prefill", "block_size"}),
        (False, {"enable_chunked_prefill", "block_size", "kv_cache_memory_bytes"}, {"tensor_parallel_size"}),
    ],
    ids=["cpu", "gpu"],
)
def test_each_platform_is_given_its_own_arguments_only(
    monkeypatch: pytest.MonkeyPatch, on_cpu: bool, absent: set[str], present: set[str]
) -> None:
    from vllm.platforms import current_platform

    monkeypatch.setattr(current_platform, "is_cpu", lambda: on_cpu)
    chosen = choose_arguments(VllmSettings(model="any/model", tensor_parallel=2)).keys()
    assert not chosen & absent
    assert chosen >= present
