"""The Dagster resource of inference: the models that a run may ask, loaded when the first one is asked."""

# ruff: noqa: I002 - Dagster reads the annotations of a resource's fields as they stand, and takes no strings

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

import dagster as dg

from resources.deployment import Deployment, DeploymentResource
from resources.home import Home

if TYPE_CHECKING:
    from resources.inference.client import Inference


@dataclass(frozen=True)
class Models:
    """What a run may ask. `inference` is None where no model is configured: agents then compose alone. The
    tasks `alongside` are made by the same process, and are asked about together."""

    inference: Optional["Inference"] = None
    alongside: tuple[str, ...] = ()


class InferenceResource(dg.ConfigurableResource[Models]):
    """The models of the file that `settings_file` or `DATACLAW_INFERENCE` names. `fresh` asks again for what
    was answered before."""

    deployment: dg.ResourceDependency[DeploymentResource]
    settings_file: str = ""
    fresh: bool = False

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator[Models, None, None]:
        """The models; their memory and connections are given back when the run ends."""
        # Dagster gives a nested resource as what it makes, and types it as what it is.
        deployment: Deployment = self.deployment  # type: ignore[assignment]
        inference = open_inference(deployment.home, self.settings_file, self.fresh)
        try:
            yield Models(inference)
        finally:
            if inference is not None:
                inference.close()


def open_inference(home: Home, settings_file: str = "", fresh: bool = False) -> Optional["Inference"]:
    """The models that are configured, with the replies kept in a home; None when none are.

    Raises `InputError` when the settings cannot be read.
    """
    from resources.inference.client import Inference
    from resources.inference.settings import load_inference_settings

    settings = load_inference_settings(settings_file)
    return Inference(settings, home.store, fresh=fresh) if settings else None
