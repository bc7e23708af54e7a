"""An action whose target the pixels confirm names the measurement; others stay as they are."""

from __future__ import annotations

import pytest

from dataclaw_assets.anchor_values import TargetReadValue
from dataclaw_assets.factual_anchors.corroboration import corroborate
from dataclaw_assets.factual_anchors.extractors.actions import Actions
from dataclaw_assets.factual_anchors.extractors.contract import make_anchor
from dataclaw_assets.factual_anchors.extractors.log_check import LogCheck
from tests.factual_anchors.made_sessions import act, make_session, make_source


@pytest.mark.parametrize("agrees", [True, False])
def test_only_what_agrees_corroborates(agrees: bool) -> None:
    source = make_source()
    first, second = Actions().tell(source, make_session(act("click", name="Save"), act("click", 1.0)))
    value = TargetReadValue(index=0, name="Save", agrees=agrees, suspect=())
    read = make_anchor(source, LogCheck(), "target_read", value, "The screen reads “Save”.")
    told, other, _ = corroborate([first, second, read])
    assert told.corroborated_by == ((read.anchor_id,) if agrees else ())
    assert told.anchor_id == first.anchor_id
    assert other == second
