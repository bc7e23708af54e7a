"""The labelled requests: the bars hold on both halves, and the untouched half is untouched."""

from __future__ import annotations

import hashlib
from pathlib import Path

from dataclaw_assets.evaluation.requests import judge_requests, list_missed

REQUESTS = Path(__file__).parent / "requests"


def test_the_tuned_half_meets_the_bars() -> None:
    assert list_missed(judge_requests(REQUESTS, "tuned")) == []


def test_the_untouched_half_is_the_one_written_before_the_rules() -> None:
    content = (REQUESTS / "untouched.yaml").read_bytes()
    assert hashlib.sha256(content).hexdigest() == (
        "88832bdbc558466e568321ece00c9cba3cda823c4bd5299e16e360a606d09022"
    )
