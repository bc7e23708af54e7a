"""Gate `apart`: an edit that does not show is no option."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataclaw_assets.quality.gates.apart import check_cut_apart
from dataclaw_assets.quality.gates.contract import CutMedia
from dataclaw_assets.records import Draft, Edit, Still, Verifier
from dataclaw_assets.validated_exports.edits import apply_edits

COLOURED = np.random.default_rng(1).integers(0, 255, (12, 16, 3), np.uint8).repeat(20, 0).repeat(20, 1)
GREY = np.repeat(COLOURED[:, :, :1], 3, axis=2)


@pytest.mark.parametrize(
    ("picture", "codes"), [(COLOURED, []), (GREY, ["options_alike"])], ids=["coloured", "grey"]
)
def test_taking_the_colour_out_shows_where_there_is_some(
    tmp_path: Path, picture: np.ndarray, codes: list[str]
) -> None:
    media = (
        Still(source_id="s", time_s=None, label="X"),
        Still(source_id="s", time_s=None, label="A", edits=(Edit(op="grey", region=(0.0, 0.0, 0.5, 0.5)),)),
    )
    cut = []
    for medium in media:
        path = tmp_path / f"{medium.label}.jpg"
        Image.fromarray(apply_edits(picture, medium.edits)).save(path, quality=92)
        cut.append(CutMedia(medium, path, 320, 240, None, None))
    draft = Draft(
        task_type="editing", template="edit_result", source_id="s", payload={}, evidence=(), media=media,
        verifier=Verifier(kind="choice", value="A"),
    )  # fmt: skip
    assert [finding.code for finding in check_cut_apart(draft, cut)] == codes
