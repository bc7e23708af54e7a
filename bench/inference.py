"""What the `vllm` backend adds to the engine's own time, and what the shared context of a source spares.

Time: the same prompts through the backend and through `LLM.chat`, in turn, on one engine whose caches are
emptied before each; the median of the pairs' ratios, on the wall and of the processor. Bar: 1.05. The backend
starts from its requests; the engine gets messages, pictures and their ids ready made.
Tokens: of the prompts of four tasks a source, how many are computed for each that is needed (the shared
prefix once, each task's own part), with the task last and with the task first. Bar, with the task last: 1.15.
Runs in the environment of `make test-vllm`, on its checkpoint of random weights.
"""

from __future__ import annotations

import importlib.util
import statistics
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from bench._costs import Cost, compare, measure, take_turns
from resources.inference.contract import Image, Part, Request, Sampling
from resources.inference.settings import VllmSettings
from resources.inference.vllm_engine import VllmBackend, open_engine
from tests.vllm_env.environment import TINY, VLLM

TIME_BAR = 1.05
TOKENS_BAR = 1.15
PAIRS = 31
PROMPTS = 48
SOURCES = 8
TASKS = 4
PICTURES = 6
SYSTEM = "You look at footage."
TOKENS = 32


def draw_pixels(seed: int) -> Any:
    """A picture of noise, 96 × 128."""
    return np.random.default_rng(seed).integers(0, 256, (96, 128, 3), dtype=np.uint8)


def write_requests() -> list[Request]:
    """Prompts with a picture each, made anew, so that hashing its pixels counts."""
    return [
        Request(
            str(number),
            SYSTEM,
            (Image(draw_pixels(number)), f"What is on screen at {number}.5 seconds? " * 10),
            sampling=Sampling(max_tokens=TOKENS, seed=number),
        )
        for number in range(PROMPTS)
    ]


def write_chats() -> tuple[list[Any], list[Any]]:
    """The same for `LLM.chat`: messages, and how each reply is drawn."""
    from PIL import Image as Pictures
    from vllm import SamplingParams

    messages, draws = [], []
    for request in write_requests():
        content = [
            {"type": "image_pil", "image_pil": Pictures.fromarray(part.picture), "uuid": part.media_id}
            if isinstance(part, Image)
            else {"type": "text", "text": part}
            for part in request.parts
        ]
        messages.append([{"role": "system", "content": SYSTEM}, {"role": "user", "content": content}])
        drawn = request.sampling
        draws.append(
            SamplingParams(
                temperature=drawn.temperature, top_p=drawn.top_p, max_tokens=drawn.max_tokens, seed=drawn.seed
            )
        )
    return messages, draws


def time_overhead(backend: VllmBackend) -> bool:
    """Print both times and their ratio; whether it is within the bar."""
    list(backend.infer(write_requests()[:2]))
    llm = open_engine(backend.settings).llm
    chats = write_chats()

    def run(ask: Callable[[], Any]) -> Cost:
        llm.reset_prefix_cache()
        llm.reset_mm_cache()
        return measure(ask)

    def run_ours() -> Cost:
        requests = write_requests()
        return run(lambda: list(backend.infer(requests)))

    ours, bare = take_turns(PAIRS, run_ours, lambda: run(lambda: llm.chat(*chats, use_tqdm=False)))
    ratio = compare(ours, bare)
    assert ratio is not None
    print(f"{PROMPTS} prompts      {'wall s':>8} {'cpu s':>8}   bar {TIME_BAR:g}")
    for name, costs in (("LLM.chat", bare), ("backend", ours)):
        wall = statistics.median(cost.wall_s for cost in costs)
        cpu = statistics.median(cost.cpu_s for cost in costs)
        print(f"{name:15} {wall:8.2f} {cpu:8.2f}")
    over = ratio.worse > TIME_BAR
    print(f"{'ratio':15} {ratio.wall:8.3f} {ratio.cpu:8.3f}{'   over' if over else ''}")
    return not over


def write_tasks(number: int, task_first: bool) -> tuple[list[Request], Request]:
    """The tasks of one source; and what they share, alone."""
    media = [Image(draw_pixels(1000 * (number + 1) + place)) for place in range(PICTURES)]
    facts = "\n".join(f"F{n} [{n}.0 s] source {number}: the door opens {n} times" for n in range(60))
    shared: tuple[Part, ...] = (*media, facts)
    draw = Sampling(max_tokens=8)
    asked = []
    for task in range(TASKS):
        own = f"Task {task}: write question {task} about one of these facts; answer it in seconds."
        parts: tuple[Part, ...] = (own, *shared) if task_first else (*shared, own)
        asked.append(Request(f"{number} {task}", SYSTEM, parts, sampling=draw))
    return asked, Request(f"{number}", SYSTEM, shared, sampling=draw)


def count_tokens(backend: VllmBackend, task_first: bool) -> tuple[int, int]:
    """Prompt tokens computed for all tasks of all sources, asked source by source; and those needed."""
    llm = open_engine(backend.settings).llm
    sources = [write_tasks(number, task_first) for number in range(SOURCES)]
    llm.reset_prefix_cache()
    replies = list(backend.infer([request for asked, _ in sources for request in asked]))
    prefixes = sum(reply.prompt_tokens for reply in backend.infer([shared for _, shared in sources]))
    computed = sum(reply.prompt_tokens - reply.cached_tokens for reply in replies)
    needed = sum(reply.prompt_tokens for reply in replies) - (TASKS - 1) * prefixes
    return computed, needed


def count_sharing(backend: VllmBackend) -> bool:
    """Print what is computed for what is needed, in both orders; whether the shared one is within the bar."""
    print(
        f"\n{SOURCES} sources × {TASKS} tasks {'computed':>9} {'needed':>8} {'ratio':>6}   bar {TOKENS_BAR:g}"
    )
    ratios = []
    for name, task_first in (("task first", True), ("task last", False)):
        computed, needed = count_tokens(backend, task_first)
        ratios.append(computed / needed)
        print(f"{name:19} {computed:9} {needed:8} {ratios[-1]:6.3f}")
    return ratios[-1] <= TOKENS_BAR


def main() -> int:
    """Print both tables; 1 when a bar is missed."""
    if not (VLLM.is_ready and TINY.is_dir()):
        print("vLLM has no environment here: `make test-vllm` makes one. Nothing was measured.")
        return 0
    if importlib.util.find_spec("vllm") is None:
        return subprocess.run((VLLM.python, "-m", "bench.inference"), check=False).returncode
    backend = VllmBackend(
        VllmSettings(
            model=str(TINY), dtype="float32", context_tokens=4096, kv_cache_bytes=512 << 20, eager=True
        )
    )
    try:
        within = [time_overhead(backend), count_sharing(backend)]
    finally:
        backend.close()
    return 0 if all(within) else 1


if __name__ == "__main__":
    sys.exit(main())
