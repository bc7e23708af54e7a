"""Samples that a model always or never answered rightly can be left out of the release, with their twins."""

from __future__ import annotations

import dataclasses
import json

from dataclaw_assets.records import Sample
from dataclaw_assets.validated_exports.release import build_release
from resources.inference.contract import Request
from resources.ledger import Entry
from resources.settings import Settings
from tests.validated_exports.builders import Deployment, clip, export, film, sample
from tests.validated_exports.tried import answer_all, babbling, read_question, stock, truthful


def drop(deployment: Deployment) -> Deployment:
    """The same deployment with the setting on."""
    settings = Settings(drop_one_sided=True)
    return Deployment(dataclasses.replace(deployment.home, settings=settings), deployment.landing)


def list_questions(deployment: Deployment, entry: Entry) -> list[str]:
    released = deployment.home.read_entry(entry, "samples", Sample)
    return sorted(made.payload["question"] for made in released)


def mixed(request: Request) -> str:
    """Right about sample 0, wrong about 1, both about the others."""
    question = read_question(request)
    if question.endswith("0"):
        return "1.0"
    return "9.0" if question.endswith("1") or request.sampling.seed % 2 else "1.0"


def test_one_sided_samples_are_left_out_and_counted(deployment: Deployment) -> None:
    stock(deployment, 3)
    answer_all(deployment, mixed)
    entry = build_release(drop(deployment).home)
    assert list_questions(deployment, entry) == ["When does it start? 2"]
    manifest = json.loads(deployment.home.store.read(entry.tables["manifest"]))
    assert manifest["rejected"] == {"trials:always_right": 1, "trials:always_wrong": 1}
    assert manifest["samples"] == 1
    assert (manifest["duplicates"], len(manifest["trials"])) == (0, 1)


def test_without_the_setting_trials_change_nothing(deployment: Deployment) -> None:
    stock(deployment)
    before = build_release(deployment.home)
    answer_all(deployment, babbling)
    assert build_release(deployment.home) == before


def test_few_tries_and_none_drop_nothing(deployment: Deployment) -> None:
    stock(deployment)
    assert len(list_questions(deployment, build_release(drop(deployment).home))) == 2
    answer_all(deployment, babbling, tries=3)
    assert len(list_questions(deployment, build_release(drop(deployment).home))) == 2


def test_the_latest_trials_count(deployment: Deployment) -> None:
    stock(deployment)
    answer_all(deployment, truthful)
    assert build_release(drop(deployment).home).counts["accepted"] == 0
    answer_all(deployment, babbling, tries=5)  # the first four are kept, the fifth is wrong
    assert build_release(drop(deployment).home).counts["accepted"] == 2


def test_a_twin_goes_with_its_twin(deployment: Deployment) -> None:
    source = film(deployment.landing)
    pair = [
        sample([clip(source, (0.1 * k, 2.0))], f"When does it start? {k}", twin_key="pair") for k in (0, 2)
    ]
    alone = sample([clip(source, (0.4, 2.0))], "When does it start? 4")
    deployment.publish([source], [*pair, alone])
    export(deployment)
    answer_all(deployment, mixed)
    entry = build_release(drop(deployment).home)
    assert list_questions(deployment, entry) == ["When does it start? 4"]
    assert entry.counts["rejected"] == {"trials:always_right": 1, "trials:twin_left_out": 1}
