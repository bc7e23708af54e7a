"""The environment of the `lerobot` package; `python -m tests.lerobot_env.environment` makes it."""

from __future__ import annotations

from pathlib import Path

from tests.own_environment import OwnEnvironment

LEROBOT = OwnEnvironment("lerobot", Path(__file__).with_name("requirements.txt"))


def fill(environment: OwnEnvironment) -> None:
    """torch with what its build needs; of the rest only what is listed, not all that lerobot asks for."""
    pins = str(environment.requirements)
    environment.install("--constraint", pins, "torch")
    environment.install("--no-deps", "--requirement", pins)


if __name__ == "__main__":
    LEROBOT.make(fill)
