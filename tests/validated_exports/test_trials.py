"""Trials: what a model is asked, how its answers are counted, what is kept and what is asked once."""

from __future__ import annotations

import pytest

from dataclaw_assets.errors import InputError, UpstreamMissing
from dataclaw_assets.records import Anchor, digest
from dataclaw_assets.validated_exports.trials import Trial, find_one_sided, try_samples
from resources.inference.contract import Reply, ReplyError, Request
from resources.inference.settings import BudgetSettings
from resources.ledger import Entry
from tests.resources.inference.scripted import refuse, say
from tests.validated_exports.builders import (
    BATCH,
    TASK,
    Deployment,
    clip,
    drawing,
    export,
    film,
    sample,
)
from tests.validated_exports.tried import (
    Says,
    answer_all,
    babbling,
    connect,
    refuse_second,
    stock,
    tell,
    truthful,
    wavering,
)


def trials_of(deployment: Deployment, entry: Entry) -> list[Trial]:
    return deployment.home.read_entry(entry, "trials", Trial)


@pytest.mark.parametrize(
    ("says", "rate", "right", "wrong"),
    [(truthful, 1.0, 2, 0), (babbling, 0.0, 0, 2), (wavering, 0.5, 0, 0)],
    ids=["truthful", "babbling", "wavering"],
)
def test_the_pass_rate_is_what_the_verifier_says(
    deployment: Deployment, says: Says, rate: float, right: int, wrong: int
) -> None:
    stock(deployment)
    counts = answer_all(deployment, says).counts
    assert (counts["samples"], counts["tried"], counts["pass_rate"]) == (2, 2, rate)
    assert (counts["always_right"], counts["always_wrong"]) == (right, wrong)


def test_a_trial_says_who_answered_what(deployment: Deployment) -> None:
    stock(deployment, 1)
    (trial,) = trials_of(deployment, answer_all(deployment, wavering))
    assert (trial.backend, trial.model, trial.revision, trial.remote) == ("scripted", "tiny", "1", False)
    assert (trial.tries, trial.passed) == (4, 2)
    assert trial.replies == tuple(digest(text, size=32) for text in ("1.2", "5.0", "1.2", "5.0"))


def test_nothing_is_sent_back_to_be_mended_and_all_goes_in_one_call(deployment: Deployment) -> None:
    stock(deployment)
    inference, backend = connect(deployment.home, tell(babbling))
    try_samples(deployment.home, inference, BATCH, TASK, 3)
    assert [len(call) for call in backend.calls] == [6]
    assert [request.sampling.seed for request in backend.calls[0]] == [7, 8, 9, 7, 8, 9]
    assert all(request.schema is None for request in backend.calls[0])


def test_the_same_trials_are_published_and_asked_once(deployment: Deployment) -> None:
    stock(deployment)
    first = answer_all(deployment, truthful)
    inference, backend = connect(deployment.home, tell(babbling))
    assert try_samples(deployment.home, inference, BATCH, TASK, 4) == first
    assert backend.calls == []


def test_more_tries_ask_only_for_those_that_are_new(deployment: Deployment) -> None:
    stock(deployment)
    answer_all(deployment, truthful, tries=2)
    inference, backend = connect(deployment.home, tell(babbling))
    entry = try_samples(deployment.home, inference, BATCH, TASK, 5)
    assert (len(backend.answered), entry.counts["pass_rate"]) == (6, 0.4)


def test_fresh_trials_ask_again(deployment: Deployment) -> None:
    stock(deployment)
    answer_all(deployment, truthful)
    inference, backend = connect(deployment.home, tell(babbling), fresh=True)
    entry = try_samples(deployment.home, inference, BATCH, TASK, 4, fresh=True)
    assert (len(backend.answered), entry.counts["pass_rate"], entry.seq) == (8, 0.0, 2)


def test_another_temperature_is_another_trial(deployment: Deployment) -> None:
    stock(deployment)
    first = answer_all(deployment, truthful)
    inference, _ = connect(deployment.home, tell(babbling), temperature=1.0)
    entry = try_samples(deployment.home, inference, BATCH, TASK, 4)
    assert (entry.seq, entry.fingerprint != first.fingerprint) == (2, True)


def test_a_partition_with_unanswered_tries_is_refused_and_goes_on_where_it_stopped(
    deployment: Deployment,
) -> None:
    stock(deployment)
    inference, _ = connect(deployment.home, refuse_second)
    entry = try_samples(deployment.home, inference, BATCH, TASK, 4)
    assert (entry.verdict, entry.tables) == ("refused", {})
    assert "4 unavailable" in str(entry.reason)
    inference, backend = connect(deployment.home, tell(truthful))
    assert try_samples(deployment.home, inference, BATCH, TASK, 4).verdict == "published"
    assert len(backend.answered) == 4


def test_the_runs_budget_holds_for_trials(deployment: Deployment) -> None:
    stock(deployment)
    inference, backend = connect(deployment.home, tell(truthful), budget=BudgetSettings(tokens=1))
    inference.budget.spend(Reply(key="x", prompt_tokens=1))
    entry = try_samples(deployment.home, inference, BATCH, TASK, 4)
    assert (entry.verdict, backend.calls) == ("refused", [])
    assert "8 budget" in str(entry.reason)


def test_a_sample_that_the_model_cannot_take_is_counted_and_costs_no_other(deployment: Deployment) -> None:
    stock(deployment)

    def overflow(request: Request) -> Reply:
        if str(request.parts[-1]).endswith("1"):
            return refuse(request, "too_many_media")
        return say(request, "1.0")

    inference, _ = connect(deployment.home, overflow)
    entry = try_samples(deployment.home, inference, BATCH, TASK, 4)
    assert (entry.verdict, entry.counts["tried"]) == ("published", 1)
    assert entry.counts["untried"] == {"too_many_media": 1}


def test_a_try_that_was_refused_for_good_is_none(deployment: Deployment) -> None:
    stock(deployment, 1)

    def filter_one(request: Request) -> Reply:
        if request.sampling.seed == 8:
            return Reply(key=request.key, error=ReplyError(code="bad_request"))
        return say(request, "1.0")

    inference, _ = connect(deployment.home, filter_one)
    (trial,) = trials_of(deployment, try_samples(deployment.home, inference, BATCH, TASK, 4))
    assert (trial.tries, trial.passed, len(trial.replies)) == (3, 3, 3)


def test_half_a_surrogate_pair_in_a_reply_is_no_answer_and_no_error(deployment: Deployment) -> None:
    stock(deployment, 1)
    entry = answer_all(deployment, lambda request: "1.0\ud800")
    assert (entry.verdict, entry.counts["pass_rate"]) == ("published", 0.0)


def test_private_words_are_not_sent_elsewhere(deployment: Deployment) -> None:
    source = film(deployment.landing)
    asked = [sample([clip(source, (0.0, 2.0))], f"When is {what}?") for what in ("it", "jo@example.com")]
    deployment.publish([source], asked)
    export(deployment)
    inference, backend = connect(deployment.home, tell(truthful), remote=True)
    entry = try_samples(deployment.home, inference, BATCH, TASK, 4)
    assert entry.counts["untried"] == {"private": 1}
    assert [trial.remote for trial in trials_of(deployment, entry)] == [True]
    assert not any("example.com" in str(request.parts) for request in backend.answered)


def make_private_anchor(source_id: str) -> Anchor:
    _, (stroke, *_) = drawing()
    changed = {"source_id": source_id, "region": (0.0, 0.0, 9.0, 9.0), "text": "mail to jo@example.com"}
    return stroke.model_copy(update=changed)


@pytest.mark.parametrize(("remote", "asked"), [(True, 0), (False, 4)], ids=["elsewhere", "here"])
def test_footage_that_shows_private_text_stays_here(deployment: Deployment, remote: bool, asked: int) -> None:
    source = film(deployment.landing)
    anchor = make_private_anchor(source.source_id)
    deployment.publish([source], [sample([clip(source, (0.0, 2.0))])], [anchor])
    export(deployment)
    inference, backend = connect(deployment.home, tell(truthful), remote=remote)
    try_samples(deployment.home, inference, BATCH, TASK, 4)
    assert len(backend.answered) == asked


def test_an_empty_export_is_published_with_the_reason(deployment: Deployment) -> None:
    deployment.publish([], [])
    export(deployment)
    entry = answer_all(deployment, truthful)
    assert (entry.verdict, entry.counts["tried"], entry.counts["pass_rate"]) == ("published", 0, None)
    assert entry.reason == "nothing was tried: no sample is exported"


def test_without_an_export_there_is_nothing_to_try(deployment: Deployment) -> None:
    with pytest.raises(UpstreamMissing, match="validated_exports"):
        answer_all(deployment, truthful)


def test_several_tries_at_temperature_0_are_the_users_mistake(deployment: Deployment) -> None:
    stock(deployment, 1)
    inference, _ = connect(deployment.home, tell(truthful), temperature=0.0)
    with pytest.raises(InputError, match="temperature 0"):
        try_samples(deployment.home, inference, BATCH, TASK, 4)


@pytest.mark.parametrize(("tries", "found"), [(3, set()), (4, {"always_right"})], ids=["few", "enough"])
def test_few_tries_call_nothing_one_sided(deployment: Deployment, tries: int, found: set[str]) -> None:
    stock(deployment)
    entry = answer_all(deployment, truthful, tries)
    assert set(find_one_sided(deployment.home, entry).values()) == found
