"""Settings of inference, from one YAML file: which backend writes, with which model, within which bounds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, ValidationError

from dataclaw_assets.errors import InputError
from dataclaw_assets.records import Record, SourceKind

VARIABLE = "DATACLAW_INFERENCE"
"""Names the file; without it no model is asked."""

FILE_BYTES = 1_048_576


class VllmSettings(Record):
    """The engine in this process. What is left None is the engine's own default.

    `kv_cache_bytes` bounds the cache of keys and values; without it a GPU gives `gpu_memory` of its memory. A
    CPU would give nearly all of the machine's, so there it is 1 GiB.
    """

    backend: Literal["vllm"] = "vllm"
    model: str
    revision: str | None = None
    dtype: str = "auto"
    context_tokens: int | None = Field(default=None, ge=256)
    tensor_parallel: int = Field(default=1, ge=1)
    data_parallel: int = Field(default=1, ge=1)
    gpu_memory: float = Field(default=0.9, gt=0.0, le=1.0)
    kv_cache_bytes: int | None = Field(default=None, ge=1_000_000)
    block_tokens: int | None = None
    images: int = Field(default=32, ge=0)
    videos: int = Field(default=1, ge=0)
    eager: bool = False


class OpenAISettings(Record):
    """A server that speaks OpenAI's protocol. `api_key_env` names the environment variable with the key;
    a server that is not on loopback needs `allow_remote`. Prices are for a million tokens."""

    backend: Literal["openai"] = "openai"
    base_url: str
    model: str
    revision: str | None = None
    api_key_env: str | None = None
    allow_remote: bool = False
    concurrency: int = Field(default=32, ge=1)
    timeout_s: float = Field(default=600.0, gt=0.0)
    attempts: int = Field(default=12, ge=1)
    video: Literal["video_url", "frames"] = "frames"
    """How a video is sent: as one data URL, which vLLM takes, or as its frames, which every server takes."""
    seeds: bool = True
    """Whether the server takes a `seed`."""
    price_prompt: float = Field(default=0.0, ge=0.0)
    price_cached: float | None = None
    price_generated: float = Field(default=0.0, ge=0.0)


BackendSettings = Annotated[VllmSettings | OpenAISettings, Field(discriminator="backend")]


class BudgetSettings(Record):
    """What one run may use; None is no bound."""

    tokens: int | None = Field(default=None, ge=1)
    cost: float | None = Field(default=None, gt=0.0)


class InferenceSettings(Record):
    """`default` writes for every kind of source that `experts` does not name (the paper's Omni and Expert
    deployments). `tries` replies are drawn for each request, `context_budget` tokens bound the facts of a
    prompt, `frames` and `side_px` its pictures. `resolver` says who reads the users' requests: the words of
    the tasks alone (`rules`), or a model (`model`), which costs one short question for each request and kind
    of source, and whose unusable answers leave the reading to the rules."""

    default: BackendSettings
    experts: dict[SourceKind, BackendSettings] = {}
    budget: BudgetSettings = BudgetSettings()
    tries: int = Field(default=1, ge=1, le=64)
    temperature: float = Field(default=0.7, ge=0.0)
    max_tokens: int = Field(default=2048, ge=16)
    context_budget: int = Field(default=4096, ge=128)
    frames: int = Field(default=16, ge=0)
    side_px: int = Field(default=448, ge=28)
    resolver: Literal["rules", "model"] = "rules"


def load_inference_settings(file: str = "") -> InferenceSettings | None:
    """The settings of a file, or of the one that `DATACLAW_INFERENCE` names; None where neither is given.

    Raises `InputError` with the file and the field at fault.
    """
    name = file or os.environ.get(VARIABLE)
    if not name:
        return None
    path = Path(name)
    try:
        if path.stat().st_size > FILE_BYTES:
            raise InputError(f"{path}: more than {FILE_BYTES} bytes")
        found = yaml.safe_load(path.read_text("utf-8"))
        return InferenceSettings.model_validate(found)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: no YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path}: {field}: {first['msg']}") from error
