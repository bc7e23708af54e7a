"""A page for a reader shows what a trainee is given, and nothing of the answer; the key lies beside it."""

from __future__ import annotations

import csv
from pathlib import Path

from dataclaw_assets.evaluation.review import main
from dataclaw_assets.records import Media
from resources.home import open_home
from tests.validated_exports.builders import TASK, Deployment, clip, export, film, sample, still


def test_pages_of_samples_that_differ_in_their_answers_alone_are_alike(tmp_path: Path) -> None:
    deployment = Deployment(open_home(str(tmp_path / "data")), tmp_path / "landing")
    source = film(deployment.landing)
    asked: tuple[Media, ...] = (clip(source, (0.0, 3.0)), still(source, 1.0, "A"))
    samples = [
        sample(asked, answer="1.0"),
        sample(asked, answer="2.0"),
        sample(asked, question="What?", answer="1.0"),
    ]
    deployment.publish([source], samples)
    export(deployment)
    pages = tmp_path / "pages"
    assert main([deployment.home.store.uri, TASK, str(pages)]) == 0
    with (pages / "key.csv").open(encoding="utf-8") as file:
        answers = {
            row["sample"]: (row["answer"], f"{int(row['page']):02d}.png") for row in csv.DictReader(file)
        }
    shown = [(pages / answers[made.sample_id][1]).read_bytes() for made in samples]
    assert [answers[made.sample_id][0] for made in samples] == ["1.0", "2.0", "1.0"]
    assert shown[0] == shown[1]
    assert shown[0] != shown[2]
