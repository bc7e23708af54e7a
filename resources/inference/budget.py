"""The cap on what one run may use: counted from the replies, asked before anything more is sent."""

from __future__ import annotations

import threading

from resources.inference.contract import Reply
from resources.inference.settings import BudgetSettings


class Budget:
    """What was used so far, against the cap. May be used by several threads.

    Counts tokens of prompts and replies, cached ones too, and the cost that the backend states. Replies out
    of the store cost nothing and are not counted. A new object starts at nothing: one is one run.
    """

    def __init__(self, settings: BudgetSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._tokens = 0
        self._cost = 0.0

    @property
    def bounded(self) -> bool:
        """Whether there is a cap at all."""
        return self._settings.tokens is not None or self._settings.cost is not None

    @property
    def tokens(self) -> int:
        """Tokens used."""
        with self._lock:
            return self._tokens

    @property
    def cost(self) -> float:
        """Cost so far, in the currency of the settings' prices."""
        with self._lock:
            return self._cost

    @property
    def reached(self) -> bool:
        """Whether nothing more may be sent."""
        with self._lock:
            too_many = self._settings.tokens is not None and self._tokens >= self._settings.tokens
            return too_many or (self._settings.cost is not None and self._cost >= self._settings.cost)

    def spend(self, reply: Reply) -> None:
        """Count a reply that was sent for."""
        with self._lock:
            self._tokens += reply.prompt_tokens + reply.generated_tokens
            self._cost += reply.cost

    def describe(self) -> str:
        """What was used and what may be, in one line."""
        caps = (
            f"{self._settings.tokens} tokens" if self._settings.tokens is not None else None,
            f"a cost of {self._settings.cost}" if self._settings.cost is not None else None,
        )
        allowed = " and ".join(cap for cap in caps if cap) or "no cap"
        return f"{self.tokens} tokens and a cost of {self.cost:g} used, of {allowed}"
