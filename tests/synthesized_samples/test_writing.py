"""A model asked about a batch: in what order, what becomes of its answers, and what a lying one cannot do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dataclaw_assets.records import Anchor, Instruction, Sample, Source
from dataclaw_assets.synthesized_samples.agents.temporal_qa.agent import TemporalQAAgent
from dataclaw_assets.synthesized_samples.drafting import UnusedReply
from dataclaw_assets.synthesized_samples.synthesize import read_samples, synthesize
from resources.home import Home, open_home
from resources.inference.client import Inference
from resources.inference.contract import Reply, Request
from resources.inference.settings import BudgetSettings, InferenceSettings, OpenAISettings
from tests.builders import make_film, make_source
from tests.resources.inference.scripted import Script, ScriptedBackend
from tests.synthesized_samples.test_synthesize import instruct, publish

TASKS = ("visual_puzzle", "temporal_qa")
PARTITION = "synthesized_samples"


@pytest.fixture
def stocked(home: Path) -> Home:
    """Three films of which both tasks are asked."""
    opened = open_home(str(home))
    films = [make_another(number) for number in range(3)]
    anchors = [anchor for film in films for anchor in make_film(film)]
    publish(opened, "raw_sources", "sources", Source, list(films))
    publish(opened, "factual_anchors", "anchors", Anchor, list(anchors))
    asked = [instruct(film, task) for film in films for task in TASKS]
    publish(opened, "resolved_intents", "instructions", Instruction, list(asked))
    return opened


def make_another(number: int) -> Source:
    """A film of its own id and length: equal prompts would be asked once."""
    film = make_source(name=f"film{number}.mp4")
    assert film.stream is not None
    stream = film.stream.model_copy(update={"duration_s": film.stream.duration_s + number})
    return film.model_copy(update={"source_id": f"{number}" * 64, "stream": stream})


def connect(home: Home, script: Script, **settings: object) -> tuple[Inference, ScriptedBackend]:
    """A model that answers by a function; no pictures, for the films are none."""
    backend = ScriptedBackend(script)
    server = OpenAISettings(base_url="http://127.0.0.1:1/v1", model="tiny")
    found = InferenceSettings.model_validate({"default": server, "frames": 0, **settings})
    return Inference(found, home.store, opener=lambda chosen: backend), backend


def read_prompt(request: Request) -> str:
    """All of a prompt that is text."""
    return "".join(part for part in request.parts if isinstance(part, str))


def propose_order(request: Request) -> Reply:
    """True stills of the film, as a puzzle; of any other task nothing."""
    items = []
    if request.schema and request.schema["title"] == "VisualPuzzleProposal":
        labels = re.findall(r"^(F\d+) .*still_unique", read_prompt(request), re.MULTILINE)
        question = "In which order does the film show these pictures? Answer with their letters."
        items = [{"form": "order_stills", "facts": labels[:4], "question": question}]
    return Reply(key=request.key, text=json.dumps({"items": items}), prompt_tokens=50, generated_tokens=10)


def propose_unknown(request: Request) -> Reply:
    """Facts that the prompt does not hold."""
    item = {"form": "order_stills", "facts": ["F900", "F901", "F902"], "question": "In which order are they?"}
    return Reply(key=request.key, text=json.dumps({"items": [item]}))


def babble(request: Request) -> Reply:
    """What a random model says without a grammar."""
    return Reply(key=request.key, text=", the[[v{rs person")


def written_by_model(home: Home, task: str = "visual_puzzle") -> list[Sample]:
    return [sample for sample in read_samples(home, "b", task) if sample.generator.backend != "rules"]


def read_unused(home: Home, task: str = "visual_puzzle") -> list[UnusedReply]:
    return home.read(PARTITION, f"b|{task}", "unused", UnusedReply)


def test_what_a_model_proposes_truly_is_accepted_beside_what_was_composed(stocked: Home) -> None:
    inference, _ = connect(stocked, propose_order)
    synthesize(stocked, "b", "visual_puzzle", inference=inference)
    assert {sample.source_id for sample in written_by_model(stocked)} == {"0" * 64, "1" * 64, "2" * 64}
    assert len(read_samples(stocked, "b", "visual_puzzle")) > len(written_by_model(stocked))


def test_a_sample_says_which_model_wrote_it_and_from_what(stocked: Home) -> None:
    inference, backend = connect(stocked, propose_order)
    synthesize(stocked, "b", "visual_puzzle", inference=inference)
    generator = written_by_model(stocked)[0].generator
    assert (generator.backend, generator.model, generator.revision) == ("scripted", "tiny", "1")
    assert generator.prompt_hash in {request.prompt_hash for request in backend.answered}
    assert (generator.tokens, generator.remote) == (60, False)


def test_questions_about_a_source_follow_one_another_and_begin_alike(stocked: Home) -> None:
    inference, backend = connect(stocked, propose_order)
    synthesize(stocked, "b", "visual_puzzle", inference=inference, alongside=TASKS)
    (asked,) = backend.calls
    shared = [request.parts[:-1] for request in asked]
    assert (len(asked), len(set(shared))) == (6, 3)
    assert [shared[i] == shared[i + 1] for i in (0, 2, 4)] == [True, True, True]


def test_a_task_alongside_finds_its_replies(stocked: Home) -> None:
    inference, backend = connect(stocked, propose_order)
    synthesize(stocked, "b", "visual_puzzle", inference=inference, alongside=TASKS)
    paid = len(backend.answered)
    entry = synthesize(stocked, "b", "temporal_qa", inference=inference, alongside=TASKS)
    assert (paid, len(backend.answered)) == (6, 6)
    assert (entry.counts["requests"], entry.counts["from_store"]) == (3, 3)


def test_unknown_facts_give_no_sample_and_keep_the_reply(stocked: Home) -> None:
    inference, _ = connect(stocked, propose_unknown)
    entry = synthesize(stocked, "b", "visual_puzzle", inference=inference)
    assert (entry.verdict, written_by_model(stocked)) == ("published", [])
    assert {(item.reason, "F900" in item.raw) for item in read_unused(stocked)} == {("unknown_fact", True)}


def test_nonsense_is_sent_back_once_and_then_kept_with_its_reason(stocked: Home) -> None:
    inference, backend = connect(stocked, babble)
    entry = synthesize(stocked, "b", "visual_puzzle", inference=inference)
    assert (len(backend.answered), entry.counts["repairs"]) == (6, 3)
    assert {(item.reason, item.raw) for item in read_unused(stocked)} == {("not_json", ", the[[v{rs person")}
    assert read_samples(stocked, "b", "visual_puzzle") != []


def test_a_cap_stops_the_partition_and_a_later_run_pays_for_the_rest_alone(stocked: Home) -> None:
    inference, first = connect(stocked, propose_order, budget=BudgetSettings(tokens=1))
    inference.budget.spend(Reply(key="x", prompt_tokens=1))
    entry = synthesize(stocked, "b", "visual_puzzle", inference=inference)
    assert (entry.verdict, len(first.answered)) == ("refused", 0)
    assert "3 budget" in str(entry.reason)
    inference, second = connect(stocked, propose_order)
    assert synthesize(stocked, "b", "visual_puzzle", inference=inference).verdict == "published"
    assert len(second.answered) == 3


def test_the_same_model_publishes_nothing_new_and_asks_nothing(stocked: Home) -> None:
    inference, backend = connect(stocked, propose_order)
    first = synthesize(stocked, "b", "visual_puzzle", inference=inference)
    assert synthesize(stocked, "b", "visual_puzzle", inference=inference) == first
    assert len(backend.calls) == 1


def test_another_temperature_is_another_partition(stocked: Home) -> None:
    first = synthesize(stocked, "b", "visual_puzzle", inference=connect(stocked, propose_order)[0])
    warmer, _ = connect(stocked, propose_order, temperature=1.0)
    assert synthesize(stocked, "b", "visual_puzzle", inference=warmer).fingerprint != first.fingerprint


def test_equal_drafts_of_several_tries_are_one_sample(stocked: Home) -> None:
    once, _ = connect(stocked, propose_order)
    synthesize(stocked, "b", "visual_puzzle", inference=once)
    expected = {sample.sample_id for sample in written_by_model(stocked)}
    inference, backend = connect(stocked, propose_order, tries=3)
    synthesize(stocked, "b", "visual_puzzle", inference=inference)
    assert {sample.sample_id for sample in written_by_model(stocked)} == expected
    assert len(backend.answered) == 6  # the first tries were kept


def test_the_name_of_a_file_is_in_no_prompt(stocked: Home) -> None:
    film = make_another(0)
    asked = instruct(film, "visual_puzzle").model_copy(update={"text": f"Make puzzles of {film.name}."})
    publish(stocked, "resolved_intents", "instructions", Instruction, [asked])
    inference, backend = connect(stocked, propose_order)
    synthesize(stocked, "b", "visual_puzzle", inference=inference)
    (request,) = backend.answered
    assert "Make puzzles of this source." in read_prompt(request)
    assert film.name not in read_prompt(request)


def test_an_agent_that_cannot_ask_costs_the_tasks_alongside_nothing(
    stocked: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> str:
        raise RuntimeError("no prompt")

    monkeypatch.setattr(TemporalQAAgent, "instruct", fail)
    inference, backend = connect(stocked, propose_order)
    synthesize(stocked, "b", "visual_puzzle", inference=inference, alongside=TASKS)
    assert len(backend.answered) == 3
    with pytest.raises(RuntimeError, match="no prompt"):
        synthesize(stocked, "b", "temporal_qa", inference=inference, alongside=TASKS)


def test_a_sample_says_that_its_source_was_sent_out(stocked: Home) -> None:
    inference, backend = connect(stocked, propose_order)
    backend.remote = True
    synthesize(stocked, "b", "visual_puzzle", inference=inference)
    assert {sample.generator.remote for sample in written_by_model(stocked)} == {True}


def test_time_and_hits_of_the_engine_are_told_by_share(stocked: Home) -> None:
    inference, _ = connect(stocked, propose_order)
    both = [synthesize(stocked, "b", task, inference=inference).counts for task in TASKS]
    assert all(counts["seconds"] > 0.0 for counts in both)
    assert [counts["media_hits"] for counts in both] == [None, None]


def test_what_a_run_pays_for_other_tasks_is_in_its_books(stocked: Home) -> None:
    inference, _ = connect(stocked, propose_order)
    first = synthesize(stocked, "b", "visual_puzzle", inference=inference, alongside=TASKS)
    second = synthesize(stocked, "b", "temporal_qa", inference=inference, alongside=TASKS)
    told = [entry.counts["prompt_tokens"] for entry in (first, second)]
    assert (told, first.counts["tokens_for_others"]) == ([150, 0], 180)
    assert second.counts["tokens_for_others"] == 0
