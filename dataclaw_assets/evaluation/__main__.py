"""Every evaluation there is, one after the other: `python -m dataclaw_assets.evaluation FOLDER`."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Sequence

LABELLED = ("cuts", "transitions", "motion", "text", "sound")
"""Held to the labels of a folder's videos; each a module of this package with a `main(arguments)`."""

RENDERED = ("rendered",)
"""Held to what is rendered on the spot."""


def main(arguments: Sequence[str]) -> int:
    """Run them all on one folder; videos are decoded once for those that look at pictures. Gives the worst of
    their exit codes; 2 when no folder is named."""
    if len(arguments) != 1:
        sys.stderr.write(
            "usage: python -m dataclaw_assets.evaluation FOLDER (of NAME.mp4 + NAME.truth.json)\n"
        )
        return 2
    worst = 0
    for name in (*LABELLED, *RENDERED):
        module = f"{__package__}.{name}"
        if importlib.util.find_spec(module) is None:
            continue
        sys.stdout.write(f"\n== {name}\n")
        code: int = importlib.import_module(module).main(arguments if name in LABELLED else ())
        worst = max(worst, code)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
