"""Tracing a sample: every link of its chain, rejected and superseded ones too, by its id or its beginning."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataclaw_assets.errors import InputError, NewerSchema, StoreError
from dataclaw_assets.lineage.trace import trace
from dataclaw_assets.records import GateResult, Sample
from resources.home import open_home
from tests.made_home import BATCH, PARTITION, MadeHome, publish


@pytest.fixture
def made(tmp_path: Path) -> MadeHome:
    return MadeHome(tmp_path / "home")


def test_the_chain_of_an_accepted_sample(made: MadeHome) -> None:
    sample = made.accepted[1]
    found = trace(made.home, sample.sample_id)
    assert found["sample"] == sample.model_dump(mode="json")
    assert found["verdict"] == "accepted"
    assert found["instruction"]["instruction_id"] == sample.instruction_id
    assert found["intent"]["text"] == "Make visual puzzles from this footage"
    assert found["source"]["uri"] == made.video.uri
    assert found["source"]["range_s"] == [5.0, 10.0]
    assert (found["unresolved"], found["other_sources"], found["released"]) == ([], [], False)
    assert found["run"]["synthesized_samples"]["attempt"] == 1
    assert found["run"]["validated_exports"] is None


def test_evidence_is_the_cited_anchors_with_text_and_the_claims_they_bear(made: MadeHome) -> None:
    evidence = trace(made.home, made.accepted[0].sample_id)["evidence"]
    assert [item["anchor_id"] for item in evidence] == [made.anchors[n].anchor_id for n in (1, 2)]
    assert evidence[0]["text"] == "still_unique 1 of film.mp4"
    assert evidence[0]["bears"] == [0]


def test_a_quarantined_sample_shows_why(made: MadeHome) -> None:
    found = trace(made.home, made.rejected[0].sample_id)
    assert found["verdict"] == "rejected"
    assert [gate["code"] for gate in found["gates"]] == [None, "too_small"]


def test_a_sample_of_a_refused_partition_is_found(made: MadeHome) -> None:
    made.home.ledger.store.delete(
        f"ledger/synthesized_samples/{made.accepted[0].sample_id[:8]}/00000001.json"
    )
    made.synthesize([], made.rejected, verdict="refused", reason="poisoned")
    found = trace(made.home, made.rejected[0].sample_id)
    assert found["run"]["synthesized_samples"]["verdict"] == "refused"


def test_a_superseded_sample_is_still_traced(made: MadeHome) -> None:
    gone, kept = made.accepted
    made.synthesize([kept], [])
    assert trace(made.home, gone.sample_id)["run"]["synthesized_samples"]["current"] is False
    assert trace(made.home, kept.sample_id)["run"]["synthesized_samples"]["attempt"] == 2


def test_an_exported_sample_names_its_files(made: MadeHome) -> None:
    sample = made.accepted[0]
    made.export(made.accepted, [])
    found = trace(made.home, sample.sample_id)
    (medium,) = found["media"]
    folder = f"{made.home.store.uri}/exports/{BATCH}/visual_puzzle/0123456789ab"
    assert medium["exported"] == f"{folder}/videos/input/{sample.sample_id}.mp4"
    assert found["run"]["validated_exports"]["partition"] == PARTITION


def test_a_sample_that_the_audit_of_its_media_turned_away_is_rejected(made: MadeHome) -> None:
    kept, gone = made.accepted
    audit = GateResult(gate="media", passed=False, code="does_not_decode")
    turned = gone.model_copy(update={"gate_results": (*gone.gate_results, audit)})
    made.export([kept], [turned])
    found = trace(made.home, gone.sample_id)
    assert found["verdict"] == "rejected"
    assert found["gates"][-1]["code"] == "does_not_decode"


def test_a_released_sample_says_so(made: MadeHome) -> None:
    kept, other = made.accepted
    publish(made.home, "dataset_release", "release", {"samples": (Sample, [kept])})
    assert trace(made.home, kept.sample_id)["released"] is True
    assert trace(made.home, other.sample_id)["released"] is False


def test_the_beginning_of_an_id_will_do_when_only_one_has_it(made: MadeHome) -> None:
    sample = made.accepted[0]
    assert trace(made.home, sample.sample_id[:14])["sample"]["sample_id"] == sample.sample_id
    with pytest.raises(InputError, match="several samples begin so"):
        trace(made.home, sample.sample_id[:8])


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("00000000-0000000000000000", "no such sample"),
        ("00000000-00", "begins so"),
        ("../../etc/passwd", "is no sample id"),
        ("", "is no sample id"),
    ],
    ids=["unknown", "unknown-beginning", "path", "empty"],
)
def test_an_id_that_no_sample_has_is_a_users_mistake(made: MadeHome, asked: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        trace(made.home, asked)


def test_an_empty_home_has_no_sample(home: Path) -> None:
    with pytest.raises(InputError, match="no such sample"):
        trace(open_home(str(home)), "00000000-0000000000000000")


def test_a_table_that_was_changed_since_is_not_believed(made: MadeHome) -> None:
    path = made.home.store.fetch(made.synthesis.tables["samples"])
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(StoreError, match="not the ones that were published"):
        trace(made.home, made.accepted[0].sample_id)


def test_a_table_of_newer_code_is_refused(made: MadeHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resources.tables.SCHEMA_VERSION", 0)
    with pytest.raises(NewerSchema):
        trace(made.home, made.accepted[0].sample_id)


def test_only_the_partitions_own_table_of_samples_is_opened(made: MadeHome, tmp_path: Path) -> None:
    sample = made.accepted[0]
    opened: list[str] = []
    store = made.home.store
    fetch = store.fetch

    def note(key: str) -> Path:
        opened.append(key)
        return fetch(key)

    store.fetch = note  # type: ignore[method-assign]
    trace(made.home, sample.sample_id)
    assert [key for key in opened if "synthesized_samples" in key] == [made.synthesis.tables["samples"]]
