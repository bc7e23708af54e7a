"""What asking took: requests, tokens, media, time, errors and cost, from the answers themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from dataclaw_assets.records import Json, Record
from resources.inference.answers import Answer, Exchange, Unusable


class Metrics(Record):
    """Sums over answers. Tokens, media, retries and cost are of what was really sent for; `seconds` is wall
    time as the caller took it. `media_hits` are media whose encoding the engine had, None where no engine
    says."""

    requests: int = 0
    """All that were to be asked, repairs among them, whoever answered."""
    from_store: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    generated_tokens: int = 0
    media_sent: int = 0
    media_hits: float | None = None
    seconds: float = 0.0
    retries: int = 0
    repairs: int = 0
    errors: dict[str, int] = {}
    """By `ErrorCode`; `budget` are those not sent."""
    unusable: dict[str, int] = {}
    """Answers by the reason why they cannot be used."""
    cost: float = 0.0

    @property
    def tokens_per_second(self) -> float:
        """Generated tokens a second of wall time; 0 when no time passed."""
        return self.generated_tokens / self.seconds if self.seconds else 0.0

    def __add__(self, other: Metrics) -> Metrics:
        """Of both, one after the other."""
        hits = [count for count in (self.media_hits, other.media_hits) if count is not None]
        return Metrics(
            requests=self.requests + other.requests,
            from_store=self.from_store + other.from_store,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            generated_tokens=self.generated_tokens + other.generated_tokens,
            media_sent=self.media_sent + other.media_sent,
            media_hits=sum(hits) if hits else None,
            seconds=self.seconds + other.seconds,
            retries=self.retries + other.retries,
            repairs=self.repairs + other.repairs,
            errors=dict(Counter(self.errors) + Counter(other.errors)),
            unusable=dict(Counter(self.unusable) + Counter(other.unusable)),
            cost=self.cost + other.cost,
        )

    def as_json(self) -> Json:
        """All of it and the tokens a second, for a ledger entry or Dagster's metadata."""
        return {**self.model_dump(mode="json"), "tokens_per_second": round(self.tokens_per_second, 3)}


def measure(answers: Iterable[Answer], seconds: float = 0.0, media_hits: float | None = None) -> Metrics:
    """The metrics of some answers: of a call, or of those of it that belong to one partition. The sum over
    the partitions of a call is that of the call."""
    total = Metrics(seconds=seconds, media_hits=media_hits)
    for answer in answers:
        for exchange in answer.exchanges:
            total += _measure_exchange(exchange)
        unusable: dict[str, int] = {answer.outcome.reason: 1} if isinstance(answer.outcome, Unusable) else {}
        total += Metrics(repairs=len(answer.exchanges) - 1, unusable=unusable)
    return total


def _measure_exchange(exchange: Exchange) -> Metrics:
    reply = exchange.reply
    errors: dict[str, int] = {reply.error.code: 1} if reply.error else {}
    if exchange.from_store:
        return Metrics(requests=1, from_store=1, errors=errors)
    sent = reply.error is None or reply.error.code != "budget"
    return Metrics(
        requests=1,
        prompt_tokens=reply.prompt_tokens,
        cached_tokens=reply.cached_tokens,
        generated_tokens=reply.generated_tokens,
        media_sent=exchange.media if sent else 0,
        retries=reply.retries,
        errors=errors,
        cost=reply.cost,
    )
