"""The labelled requests: two sets meet the bars, and the untouched one is untouched."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from dataclaw_assets.evaluation.requests import judge_requests, list_missed

REQUESTS = Path(__file__).parent / "requests"


@pytest.mark.parametrize("half", ["tuned", "fresh"])
def test_requests_are_read_as_well_as_the_bars_ask(half: str) -> None:
    assert list_missed(judge_requests(REQUESTS, half)) == []


def test_the_untouched_half_is_the_one_written_before_the_rules() -> None:
    content = (REQUESTS / "untouched.yaml").read_bytes()
    assert hashlib.sha256(content).hexdigest() == (
        "88832bdbc558466e568321ece00c9cba3cda823c4bd5299e16e360a606d09022"
    )
