"""The cap of a run: what counts against it, and from when on nothing more is sent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from resources.inference.budget import Budget
from resources.inference.contract import Reply
from resources.inference.settings import BudgetSettings

REPLY = Reply(key="q", prompt_tokens=60, cached_tokens=50, generated_tokens=40, cost=0.25)


def test_no_cap_is_never_reached() -> None:
    budget = Budget(BudgetSettings())
    budget.spend(REPLY)
    assert not budget.bounded
    assert not budget.reached


def test_prompt_and_generated_tokens_count() -> None:
    budget = Budget(BudgetSettings(tokens=101))
    budget.spend(REPLY)
    assert budget.tokens == 100
    assert not budget.reached


def test_cap_of_tokens_is_reached_at_its_number() -> None:
    budget = Budget(BudgetSettings(tokens=100))
    budget.spend(REPLY)
    assert budget.reached


def test_cap_of_cost_is_reached_at_its_number() -> None:
    budget = Budget(BudgetSettings(cost=0.5))
    budget.spend(REPLY)
    assert not budget.reached
    budget.spend(REPLY)
    assert budget.reached


def test_threads_together_lose_no_count() -> None:
    budget = Budget(BudgetSettings(tokens=1_000_000))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: budget.spend(REPLY), range(2000)))
    assert budget.tokens == 200_000
    assert budget.cost == 500.0


def test_description_says_what_was_used_and_allowed() -> None:
    budget = Budget(BudgetSettings(tokens=500, cost=2.0))
    budget.spend(REPLY)
    assert budget.describe() == "100 tokens and a cost of 0.25 used, of 500 tokens and a cost of 2.0"
