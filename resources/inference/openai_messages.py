"""Requests and replies as OpenAI's protocol writes them: messages, data URLs, parameters, token counts."""

from __future__ import annotations

import base64
import json
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Collection
from pathlib import Path
from typing import Literal

from dataclaw_assets.records import Json
from resources.inference.contract import ErrorCode, Image, Part, Reply, ReplyError, Request, Video
from resources.inference.openai_failures import DETAIL_CHARS
from resources.inference.settings import OpenAISettings
from resources.media import Picture, resize, write_clip

CACHE_BYTES = 256_000_000
"""Of data URLs that are kept: some thousand pictures, the sources in flight and those just before them."""

JPEG_QUALITY = 95
"""Without chroma subsampling, so that small text stays legible. Half the size of PNG and a tenth of its time
(448 px frames of the reference footage: 50 kB and 1.4 ms against 105 kB and 16 ms)."""

FULL_CHROMA = 0x111111
"""OpenCV's IMWRITE_JPEG_SAMPLING_FACTOR_444."""

PRICED_TOKENS = 1_000_000
"""What the settings' prices are for."""


class MediaParts:
    """Pictures and videos as content parts, each encoded once while it is among the latest `CACHE_BYTES`."""

    def __init__(self, video: Literal["video_url", "frames"]) -> None:
        self._video = video
        self._kept: OrderedDict[str, list[Json]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._encoding: dict[str, threading.Lock] = {}

    def get(self, medium: Image | Video) -> list[Json]:
        """The parts of one medium, each with its `uuid`. Raises what OpenCV or PyAV raise on a picture that
        cannot be encoded."""
        name = medium.media_id
        with self._lock:
            turn = self._encoding.setdefault(name, threading.Lock())
        with turn:  # whoever asks for the same medium meanwhile waits for the one encoding
            with self._lock:
                if name in self._kept:
                    self._kept.move_to_end(name)
                    return self._kept[name]
            try:
                parts = self._encode(medium)
                self._keep(name, parts)
            finally:
                with self._lock:
                    self._encoding.pop(name, None)
        return parts

    def _encode(self, medium: Image | Video) -> list[Json]:
        if isinstance(medium, Image):
            return [_show_image(medium)]
        if self._video == "frames":
            return [_show_image(Image(frame)) for frame in medium.frames]
        url = f"data:video/mp4;base64,{_encode_clip(medium)}"
        return [{"type": "video_url", "video_url": {"url": url}, "uuid": medium.media_id}]

    def _keep(self, name: str, parts: list[Json]) -> None:
        with self._lock:
            self._kept[name] = parts
            self._bytes += _count_bytes(parts)
            while self._bytes > CACHE_BYTES and len(self._kept) > 1:
                self._bytes -= _count_bytes(self._kept.popitem(last=False)[1])


def compose_body(
    request: Request, model: str, media: MediaParts, is_vllm: bool, seeds: bool, dropped: Collection[str]
) -> bytes:
    """The JSON of a chat completion. `dropped` names what the server does not take: `max_tokens` then becomes
    `max_completion_tokens`, `strict` a schema that is not enforced to the letter; the rest is left out.

    Raises what `MediaParts.get` raises, and `ValueError` for a schema that is no JSON.
    """
    content = [shown for part in request.parts for shown in _show(part, media, is_vllm)]
    messages: list[Json] = [{"role": "system", "content": request.system}] if request.system else []
    sampling = request.sampling
    body: Json = {
        "model": model,
        "messages": [*messages, {"role": "user", "content": content}],
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
    }
    if seeds:
        body["seed"] = sampling.seed
    if request.schema is not None:
        named = {"name": "reply", "schema": request.schema, "strict": "strict" not in dropped}
        body["response_format"] = {"type": "json_schema", "json_schema": named}
    if "max_tokens" in dropped:
        body["max_completion_tokens"] = sampling.max_tokens
    kept = {name: value for name, value in body.items() if name not in dropped}
    return json.dumps(kept, allow_nan=False).encode()


def read_reply(answer: object, request: Request, settings: OpenAISettings) -> Reply:
    """The reply in a chat completion, still without what only the sender knows; an error if it is none."""
    choices = answer.get("choices") if isinstance(answer, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(answer, dict) or not isinstance(choice, dict) or not isinstance(message, dict):
        return refuse(request, "bad_request", "its answer is no chat completion")
    text, reason = message.get("content"), choice.get("finish_reason")
    refusal = message.get("refusal")
    used, said = _read_usage(answer, settings), f"the model refused: {refusal}"[:DETAIL_CHARS]
    return Reply(
        key=request.key,
        text=_clean(text) if isinstance(text, str) else "",
        finish_reason=_clean(reason) if isinstance(reason, str) else None,
        error=ReplyError(code="bad_request", detail=_clean(said)) if refusal and not text else None,
        **used,
    )


def refuse(request: Request, code: ErrorCode, detail: str) -> Reply:
    """A reply that is an error."""
    return Reply(key=request.key, error=ReplyError(code=code, detail=detail))


def _read_usage(answer: Json, settings: OpenAISettings) -> Json:
    usage = answer.get("usage")
    if not isinstance(usage, dict):
        return {}
    details = usage.get("prompt_tokens_details")
    prompt = _count(usage.get("prompt_tokens"))
    cached = min(prompt, _count(details.get("cached_tokens")) if isinstance(details, dict) else 0)
    # Gemini leaves what a model thought out of the first figure and bills it
    generated = max(_count(usage.get("completion_tokens")), _count(usage.get("total_tokens")) - prompt)
    price_cached = settings.price_prompt if settings.price_cached is None else settings.price_cached
    cost = (prompt - cached) * settings.price_prompt + cached * price_cached
    cost += generated * settings.price_generated
    return {
        "prompt_tokens": prompt,
        "cached_tokens": cached,
        "generated_tokens": generated,
        "cost": cost / PRICED_TOKENS,
    }


def _count(value: object) -> int:
    return max(0, value) if isinstance(value, int) and not isinstance(value, bool) else 0


def _clean(text: str) -> str:
    """Text that can be stored as UTF-8: JSON may escape half a character."""
    return text.encode("utf-8", "replace").decode()


def _show(part: Part, media: MediaParts, is_vllm: bool) -> list[Json]:
    if isinstance(part, str):
        return [{"type": "text", "text": part}]
    shown = media.get(part)
    if is_vllm:
        return shown
    return [{name: value for name, value in each.items() if name != "uuid"} for each in shown]


def _show_image(image: Image) -> Json:
    url = f"data:image/jpeg;base64,{_encode_picture(image.picture)}"
    return {"type": "image_url", "image_url": {"url": url}, "uuid": image.media_id}


def _encode_picture(picture: Picture) -> str:
    import cv2

    # OpenCV, because it lets other threads run meanwhile, the one that sends among them
    options = (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, FULL_CHROMA)
    data = cv2.imencode(".jpg", picture[:, :, ::-1], options)[1]
    return base64.b64encode(data.tobytes()).decode()


def _encode_clip(video: Video) -> str:
    height, width = video.frames[0].shape[:2]
    even = max(2, width // 2 * 2), max(2, height // 2 * 2)  # what H.264 4:2:0 takes
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        write_clip(path, (resize(frame, *even) for frame in video.frames), video.fps)
        return base64.b64encode(path.read_bytes()).decode()


def _count_bytes(parts: list[Json]) -> int:
    return sum(len(part[part["type"]]["url"]) for part in parts)
