"""How right AgentNet's raw events are reduced: `python -m dataclaw_assets.evaluation.sessions FOLDER`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui.agentnet import Match, match_actions, read_both, read_session
from dataclaw_assets.raw_sources.formats.gui.session import Action

NEEDED = ("metadata.json", "events.jsonl", "reduced_events_complete.jsonl")


def list_parts(folder: Path) -> dict[str, Path]:
    """The files of a session's folder by name."""
    return {path.name: path for path in sorted(folder.iterdir()) if path.is_file()} if folder.is_dir() else {}


def find_sessions(folder: Path) -> list[Path]:
    """The folder itself, or the folders in it, that hold a session with the tool's own reduction."""
    inside = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    return [one for one in (folder, *inside) if all((one / name).is_file() for name in NEEDED)]


def count_matches(match: Match) -> list[tuple[str, int, int, int]]:
    """For each type of action: how many the tool's reduction has, how many of them the raw events give as
    well, and how many those give alone."""
    both = Counter(_name_kind(raw) for raw, _ in match.pairs)
    raw, reduced = (Counter(map(_name_kind, some)) for some in (match.raw_only, match.reduced_only))
    return [
        (kind, both[kind] + reduced[kind], both[kind], raw[kind]) for kind in sorted(both | raw | reduced)
    ]


def main(arguments: Sequence[str]) -> int:
    """Print, for each session, a line per type of action and every action without its like; 1 when a row of
    the tool's reduction has none, 2 when the folder holds no session that can be read."""
    sessions = find_sessions(Path(arguments[0]).absolute()) if len(arguments) == 1 else []
    if not sessions:
        sys.stderr.write(
            "usage: python -m dataclaw_assets.evaluation.sessions FOLDER (of AgentNet sessions)\n"
        )
        return 2
    missed = 0
    for folder in sessions:
        parts = list_parts(folder)
        try:
            match = match_actions(*read_both(parts, []))
            notes = read_session(parts).notes
        except UnreadableSource as reason:
            sys.stderr.write(f"{folder.name}: {reason}\n")
            return 2
        missed += len(match.reduced_only)
        sys.stdout.write(f"{folder.name}\n")
        row = "{:16} {:>8} {:>8} {:>12}\n"
        sys.stdout.write(row.format("type", "reduced", "matched", "events alone"))
        for figures in count_matches(match):
            sys.stdout.write(row.format(*figures))
        largest = max((abs(raw.start_s - one.start_s) for raw, one in match.pairs), default=0.0)
        sys.stdout.write(f"largest error of a start: {largest:.3f} s\n")
        _list("in the events alone", match.raw_only)
        _list("in the tool's reduction alone", match.reduced_only)
        for note in notes:
            sys.stdout.write(f"note: {note}\n")
    return 1 if missed else 0


def _name_kind(action: Action) -> str:
    times = f" × {action.clicks}" if action.clicks > 2 else ""
    return f"{action.button} {action.verb}{times}" if action.button else f"{action.verb}{times}"


def _list(title: str, actions: Iterable[Action]) -> None:
    for action in actions:
        at = f" at ({action.point[0]:.0f}, {action.point[1]:.0f})" if action.point else ""
        said = f" {action.value}" if action.value and action.verb != "type" else ""
        sys.stdout.write(f"{title}: {action.start_s:.2f} s {_name_kind(action)}{said}{at}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
