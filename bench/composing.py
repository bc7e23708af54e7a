"""What making samples costs without media, beside reading them: `python -m bench.composing HOME`.

For each task, on one core: composing and gating every draft from a home's published anchors, and
`json.loads` with pydantic over the same drafts as JSON. Median of pairs in turn. Bar: 25 times.
Then how often the anchors of a batch are read, and media cut, when all tasks of it are made.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from functools import partial

from bench._costs import Cost, compare, measure, take_turns
from dataclaw_assets.evaluation.lies import find_code, read_contexts, state_facts
from dataclaw_assets.records import Draft
from dataclaw_assets.synthesized_samples.agents.contract import TaskAgent
from dataclaw_assets.synthesized_samples.agents.registry import find_agent
from dataclaw_assets.synthesized_samples.context import SourceContext, limit
from dataclaw_assets.tasks import list_specs
from resources.home import open_home

BAR = 25.0
PAIRS = 7


def main(arguments: Sequence[str]) -> int:
    """Print the table; 1 when a task is over the bar."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m bench.composing HOME\n")
        return 2
    contexts = list(read_contexts(open_home(arguments[0])))
    over = 0
    print(f"{'task':20} {'drafts':>7} {'ms each':>8} {'ratio':>7}   bar {BAR:g}")
    for spec in list_specs():
        agent = find_agent(spec.task_type)
        mine = [context for context in contexts if context.source.kind in spec.needs]
        drafts = make(agent, mine)
        if not drafts:
            print(f"{spec.task_type:20} {0:7}")
            continue
        texts = [draft.model_dump_json() for draft in drafts]
        costs = take_turns(PAIRS, partial(time_making, agent, mine), partial(time_reading, texts))
        ratio = compare(*costs)
        assert ratio is not None
        each = 1000.0 * min(cost.cpu_s for cost in costs[0]) / len(drafts)
        over += ratio.cpu > BAR
        verdict = "  over" if ratio.cpu > BAR else ""
        print(f"{spec.task_type:20} {len(drafts):7} {each:8.2f} {ratio.cpu:7.1f}{verdict}")
    return 1 if over else 0


def make(agent: TaskAgent, contexts: Sequence[SourceContext]) -> list[Draft]:
    """Every draft of a task, gated."""
    made = []
    for context in contexts:
        fresh = SourceContext(context.source, context.anchors, context.settings, context.family)
        drafts = list(limit(agent.compose(fresh), fresh.cap()))
        if drafts:
            facts = state_facts(agent, fresh)
            for draft in drafts:
                find_code(agent, draft, facts)
        made += drafts
    return made


def time_making(agent: TaskAgent, contexts: Sequence[SourceContext]) -> Cost:
    """Composing and gating, contexts taken anew."""
    return measure(lambda: make(agent, contexts))


def time_reading(texts: Sequence[str]) -> Cost:
    """`json.loads` and pydantic over the drafts."""
    return measure(lambda: [Draft.model_validate(json.loads(text)) for text in texts])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
