"""From a model's answers to drafts with their makers, and to the replies of which nothing could be made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dataclaw_assets.records import Anchor, Draft, Generator, Instruction, Record, digest
from dataclaw_assets.synthesized_samples.agents.contract import ModelAgent, Refusal
from dataclaw_assets.synthesized_samples.context import SourceContext, limit
from resources.inference.answers import Answer, Unusable
from resources.inference.contract import ReplyError


class UnusedReply(Record):
    """A reply, or an item of one, that gives no draft: kept in the quarantine with the raw text."""

    source_id: str
    task_type: str
    instruction_id: str
    attempt: int
    reason: str
    detail: str = ""
    raw: str = ""
    generator: Generator


@dataclass(frozen=True)
class Made:
    """A draft and who made it."""

    draft: Draft
    generator: Generator


def make_drafts(
    agent: ModelAgent,
    context: SourceContext,
    instruction: Instruction,
    answers: Iterable[Answer],
    facts: Mapping[str, Anchor],
) -> Iterator[Made | UnusedReply]:
    """What each answer gives, at most a source's cap of drafts for each template and try; equal drafts of
    several tries once. An answer that was not given at all is not among them."""
    seen: set[str] = set()
    for answer in answers:
        generator = describe_answer(answer)

        def refuse(
            reason: str, detail: str, answer: Answer = answer, generator: Generator = generator
        ) -> UnusedReply:
            return UnusedReply(
                source_id=context.source.source_id,
                task_type=agent.spec.task_type,
                instruction_id=instruction.instruction_id,
                attempt=answer.attempt,
                reason=reason,
                detail=detail,
                raw=answer.reply.text,
                generator=generator,
            )

        if isinstance(answer.outcome, ReplyError):
            yield refuse(answer.outcome.code, answer.outcome.detail)
            continue
        if isinstance(answer.outcome, Unusable):
            yield refuse(answer.outcome.reason, "; ".join(answer.outcome.problems))
            continue
        drafts: list[Draft] = []
        for item in agent.draft(answer.outcome, context, facts):
            if isinstance(item, Refusal):
                yield refuse(item.code, f"item {item.item}: {item.detail}")
            else:
                drafts.append(item)
        for draft in limit(iter(drafts), context.cap()):
            body = digest(draft.payload, draft.media)
            if body not in seen:
                seen.add(body)
                yield Made(draft, generator)


def describe_answer(answer: Answer) -> Generator:
    """Who wrote an answer and at what cost, over both exchanges where the first was sent back."""
    last = answer.exchanges[-1]
    replies = [exchange.reply for exchange in answer.exchanges]
    return Generator(
        backend=answer.backend,
        model=answer.model,
        revision=answer.revision,
        settings=last.sampling.model_dump(mode="json", exclude={"seed"}),
        seed=last.sampling.seed,
        prompt_hash=last.prompt_hash,
        response_hash=digest(last.reply.text, size=32),
        tokens=sum(reply.prompt_tokens + reply.generated_tokens for reply in replies),
        seconds=round(sum(reply.seconds for reply in replies), 3),
        remote=answer.remote,
    )
