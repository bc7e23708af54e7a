"""A request in vLLM's words, and what it answers in ours."""

from __future__ import annotations

from typing import Any

import numpy as np

from resources.inference.contract import ErrorCode, Image, Reply, ReplyError, Request, Video

DETAIL_CHARS = 500


def render(engine: Any, request: Request) -> Any:
    """The request as the engine takes it: the model's own chat template, tokens, and pixels made ready.

    Videos pass the template as placeholders and are put in afterwards: its messages know them by URL only.
    """
    from vllm.renderers import ChatParams
    from vllm.utils.mistral import is_mistral_tokenizer

    renderer = engine.renderer
    written = {"add_generation_prompt": True, "tokenize": is_mistral_tokenizer(renderer.tokenizer)}
    _, prompt = renderer.render_messages(_write_messages(request), ChatParams(chat_template_kwargs=written))
    videos = [_prepare_video(part) for part in request.parts if isinstance(part, Video)]
    if videos:
        prompt["multi_modal_data"] = {**prompt["multi_modal_data"], "video": videos}
    # The template wrote the special tokens; the tokenizer would put a second one in front.
    tokens = renderer.default_chat_tok_params.with_kwargs(add_special_tokens=False)
    return renderer.render_cmpl([prompt], tokens)[0]


def _write_messages(request: Request) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    if request.system:
        messages.append({"role": "system", "content": request.system})
    return [*messages, {"role": "user", "content": [_write_part(part) for part in request.parts]}]


def _write_part(part: str | Image | Video) -> dict[str, Any]:
    from PIL import Image as Pictures

    if isinstance(part, str):
        return {"type": "text", "text": part}
    if isinstance(part, Video):
        return {"type": "video_url", "video_url": None, "uuid": part.media_id}
    picture = Pictures.fromarray(np.ascontiguousarray(part.picture))
    return {"type": "image_pil", "image_pil": picture, "uuid": part.media_id}


def _prepare_video(video: Video) -> tuple[Any, dict[str, Any]]:
    count = len(video.frames)
    return np.stack(video.frames), {
        "fps": video.fps,
        "duration": count / video.fps,
        "total_num_frames": count,
        "frames_indices": list(range(count)),
        "video_backend": "opencv",
        "do_sample_frames": False,  # the frames were chosen already
    }


def choose_sampling(request: Request) -> Any:
    """How its reply is drawn: as the request says, whatever the model's own defaults are."""
    from vllm.sampling_params import RequestOutputKind, SamplingParams, StructuredOutputsParams

    grammar = StructuredOutputsParams(json=request.schema) if request.schema is not None else None
    return SamplingParams(
        temperature=request.sampling.temperature,
        top_p=request.sampling.top_p,
        max_tokens=request.sampling.max_tokens,
        seed=request.sampling.seed,
        structured_outputs=grammar,
        output_kind=RequestOutputKind.FINAL_ONLY,
    )


def explain(error: Exception) -> ReplyError:
    """vLLM has one error for all that it refuses; its parameter or its words tell which."""
    said = str(error)
    parameter = getattr(error, "parameter", None)
    code: ErrorCode = "bad_request"
    if parameter == "input_tokens" or "maximum model length" in said or "maximum context length" in said:
        code = "too_long"
    elif parameter in ("image", "video"):
        code = "too_many_media"
    return ReplyError(code=code, detail=(said or repr(error))[:DETAIL_CHARS])


def read_reply(request: Request, output: Any, seconds: float) -> Reply:
    """The reply in an output of the engine that is finished."""
    drawn = output.outputs[0]
    return Reply(
        key=request.key,
        text=drawn.text,
        finish_reason=drawn.finish_reason,
        prompt_tokens=len(output.prompt_token_ids or ()),
        cached_tokens=output.num_cached_tokens or 0,
        generated_tokens=len(drawn.token_ids),
        seconds=seconds,
    )
