"""Exported samples, and models that answer them by a function."""

from __future__ import annotations

from collections.abc import Callable

from dataclaw_assets.validated_exports.trials import try_samples
from resources.home import Home
from resources.inference.client import Inference
from resources.inference.contract import Reply, Request
from resources.inference.settings import InferenceSettings, OpenAISettings
from resources.ledger import Entry
from tests.resources.inference.scripted import Script, ScriptedBackend, say
from tests.validated_exports.builders import BATCH, TASK, Deployment, clip, export, film, sample

SERVER = OpenAISettings(base_url="http://127.0.0.1:1/v1", model="tiny")

Says = Callable[[Request], str]


def stock(deployment: Deployment, count: int = 2) -> Entry:
    """An export of samples whose right answer is 1 ± 0.5, each about a clip of its own."""
    source = film(deployment.landing)
    samples = [
        sample([clip(source, (0.1 * k, 2.0 + 0.1 * k))], f"When does it start? {k}") for k in range(count)
    ]
    deployment.publish([source], samples)
    return export(deployment)


def connect(
    home: Home, script: Script, fresh: bool = False, remote: bool = False, **settings: object
) -> tuple[Inference, ScriptedBackend]:
    """A model that answers by a function of the request."""
    backend = ScriptedBackend(script)
    backend.remote = remote
    found = InferenceSettings.model_validate({"default": SERVER, **settings})
    return Inference(found, home.store, lambda chosen: backend, fresh), backend


def tell(says: Says) -> Script:
    """A script of what a model says."""
    return lambda request: say(request, says(request))


def truthful(request: Request) -> str:
    """Right every time."""
    return "<think>2?</think>\nAnswer: 1.0 s"


def babbling(request: Request) -> str:
    """Never an answer."""
    return "What a fine film."


def wavering(request: Request) -> str:
    """Right every second try."""
    return "1.2" if request.sampling.seed % 2 else "5.0"


def read_question(request: Request) -> str:
    """What a request ends with."""
    return str(request.parts[-1])


def answer_all(deployment: Deployment, says: Says, tries: int = 4) -> Entry:
    """Trials of the export."""
    inference, _ = connect(deployment.home, tell(says))
    return try_samples(deployment.home, inference, BATCH, TASK, tries)


def refuse_second(request: Request) -> Reply | None:
    """No reply to the second sample; the truth about the others."""
    return None if read_question(request).endswith("1") else say(request, "1.0")
