"""How long the fuzz tests run: for seconds in the suite, `DATACLAW_FUZZ` times as long by `make fuzz`."""

from __future__ import annotations

import os

TIMES = int(os.environ.get("DATACLAW_FUZZ", "1"))
"""By how much the number of examples of each fuzz test is multiplied."""
