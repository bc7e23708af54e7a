"""How many lies the gates let pass: `python -m dataclaw_assets.evaluation.lies HOME`."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from dataclaw_assets.evaluation.corruptions import CORRUPTIONS, list_applicable
from dataclaw_assets.factual_anchors.collect import read_anchors
from dataclaw_assets.quality.audit import audit_draft
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.raw_sources.register import registered_sources
from dataclaw_assets.records import Draft
from dataclaw_assets.synthesized_samples.agents.contract import TaskAgent
from dataclaw_assets.synthesized_samples.agents.registry import find_agent
from dataclaw_assets.synthesized_samples.context import SourceContext, limit, list_families
from dataclaw_assets.synthesized_samples.synthesize import list_composed_gates
from dataclaw_assets.tasks import list_specs
from resources.home import Home, open_home

CAUGHT_BAR = 0.99
"""Of the lies of each task, the share that must be refused."""

ROUNDS = 40
"""Times each true draft is lied about, with other chance each time, until `WANTED` are told of a kind."""

WANTED = 250
TRUTH_GATES = frozenset({"citation", "phrasing", "schema"})
"""Gates that hold a draft to its facts. What agents compose is true, so that a refusal by one of them is
theirs; the other gates refuse what is true as well, for being of no use."""


def main(arguments: Sequence[str]) -> int:
    """Print, for each task and kind of lie, how many were told, how many refused and with which code; and
    how many true drafts were refused as untrue. 1 when fewer than 99 % were refused for a task."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m dataclaw_assets.evaluation.lies HOME\n")
        return 2
    contexts = list(read_contexts(open_home(arguments[0])))
    worst = 0
    for spec in list_specs():
        agent = find_agent(spec.task_type)
        worst = max(worst, _measure(agent, contexts))
    return worst


def read_contexts(home: Home) -> Iterator[SourceContext]:
    """The context of every registered source whose anchors are published."""
    for batch in home.ledger.partitions("factual_anchors"):
        registered = registered_sources(home, batch)
        anchors = read_anchors(home, batch)
        families = list_families(registered, anchors)
        for source in registered:
            known = tuple(anchors.get(source.source_id, ()))
            yield SourceContext(source, known, home.settings, families[source.kind])


def _measure(agent: TaskAgent, contexts: Sequence[SourceContext]) -> int:
    told: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    codes: dict[str, Counter[str]] = defaultdict(Counter)
    missed: dict[str, str] = {}
    true, refused = 0, 0
    pairs: list[tuple[Draft, SourceContext, Facts]] = []
    for context in contexts:
        if context.source.kind not in agent.spec.needs:
            continue
        facts = state_facts(agent, context)
        for draft in limit(agent.compose(context), context.cap()):
            true += 1
            code = find_code(agent, draft, facts)
            refused += code is not None and code.split(":")[0] in TRUTH_GATES
            if code is None:
                pairs.append((draft, context, facts))
    for seed in range(ROUNDS):
        for draft, context, facts in pairs:
            if min((told[kind] for kind in told), default=0) >= WANTED:
                break
            for kind, lie in list_applicable(draft, context, seed):
                if told[kind] >= WANTED:
                    continue
                told[kind] += 1
                code = find_code(agent, lie, facts)
                if code is None:
                    missed.setdefault(kind, f"{draft.template} of {context.source.name}")
                else:
                    caught[kind] += 1
                    codes[kind][code] += 1
    write = sys.stdout.write
    write(
        f"\n{agent.spec.task_type}: {true} true drafts, {refused} refused as untrue, {len(pairs)} accepted\n"
    )
    for kind in CORRUPTIONS:
        if told[kind]:
            common = ", ".join(f"{code} {count}" for code, count in codes[kind].most_common(3))
            note = f"  MISSED in {missed[kind]}" if kind in missed else ""
            write(f"  {kind:28} {caught[kind]:5} of {told[kind]:5}  {common}{note}\n")
    total = told.total()
    if not total:
        return 0
    share = caught.total() / total
    verdict = "" if share >= CAUGHT_BAR else "  below the bar"
    write(f"  {'all':28} {caught.total():5} of {total:5}  {share:.2%}{verdict}\n")
    return 0 if share >= CAUGHT_BAR else 1


def state_facts(agent: TaskAgent, context: SourceContext) -> Facts:
    """What drafts of a source are held against."""
    return Facts(
        source=context.source,
        anchors={anchor.anchor_id: anchor for anchor in context.anchors},
        schema=agent.schema,
        derive=agent.derive,
        settings=context.settings,
        siblings={sibling.source.source_id: sibling.source for sibling in context.siblings},
        index=context.known,
    )


def find_code(agent: TaskAgent, draft: Draft, facts: Facts) -> str | None:
    """Gate and code of the refusal of a composed draft; None when it is accepted."""
    results = audit_draft(draft, facts, [*agent.gates, *list_composed_gates(agent.spec.task_type)])
    return next((f"{result.gate}:{result.code}" for result in results if not result.passed), None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
