"""Settings: what cannot be read is the user's mistake, and is named."""

from __future__ import annotations

import pytest

from dataclaw_assets.errors import InputError
from resources.settings import load_settings


@pytest.mark.parametrize(
    ("name", "value"), [("DATACLAW_WORKERS", "0"), ("DATACLAW_WORKERS", "many"), ("DATACLAW_SPREAD", "moon")]
)
def test_value_that_makes_no_sense_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=name):
        load_settings()


def test_setting_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATACLAW_SPREAD", "ray")
    assert load_settings().spread == "ray"
