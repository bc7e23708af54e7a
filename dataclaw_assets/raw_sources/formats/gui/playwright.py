"""Playwright traces: a zip of event logs and screencast pictures, read to a session of user actions.

Formats 3 to 10 of microsoft/playwright `packages/trace/src/trace.ts` (Playwright 1.9 to 1.65); of a newer
one what is known is read. Second 0 is when tracing began: `monotonicTime` of the context, or the first
thing in the log where a version does not state it (up to 6). No resource is opened but the heads of pictures.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui.playwright_appearances import find_appearances
from dataclaw_assets.raw_sources.formats.gui.playwright_calls import Done, Recorder
from dataclaw_assets.raw_sources.formats.gui.playwright_log import TRACE_BYTES, Log, is_trace, read_log
from dataclaw_assets.raw_sources.formats.gui.redaction import REDACTED, redact
from dataclaw_assets.raw_sources.formats.gui.session import Action, Appearance, Screen, Session, Target
from dataclaw_assets.raw_sources.formats.gui.zip_member import Archive, open_archive
from dataclaw_assets.raw_sources.formats.pictures import read_header

NEWEST_VERSION = 10
MAX_TRACE_FILES = 50
"""Logs of one archive: one per browser context of a test, one of its runner."""

CONTEXT_BYTES = 64 * 1024
"""How far the first line, the context, is read to tell a trace from another archive; it takes 1 KB."""

PICTURE_HEAD_BYTES = 64 * 1024
"""Where the size of a JPEG stands, even behind a thumbnail."""

MIN_SECRET_CHARS = 4
"""Shorter secrets are part of too many words to be taken out of every text."""

MAX_SECRETS = 200


@dataclass(frozen=True)
class Trace:
    """A session, the version of its trace format, and the browser that made it."""

    session: Session
    version: int | None
    browser: str | None


@dataclass(frozen=True)
class _Shot:
    screen: Screen
    tab: str | None


def find_logs(archive: Archive) -> list[str]:
    """The names of the `*.trace` members at the top of an archive."""
    return sorted(name for name in archive.names if name.endswith(".trace") and "/" not in name)


def holds_trace(path: Path) -> bool:
    """Whether a zip archive is a Playwright trace, by the first line of its logs; also one to be refused."""
    try:
        with open_archive(path) as archive:
            for name in find_logs(archive)[:MAX_TRACE_FILES]:
                try:
                    start = archive.read_start(name, CONTEXT_BYTES)
                except UnreadableSource:
                    return True
                if is_trace(start.partition(b"\n")[0]):
                    return True
    except UnreadableSource:
        pass
    return False


def read_session(path: Path) -> Session:
    """The session of a trace; raises as `read_trace`."""
    return read_trace(path).session


def read_trace(path: Path) -> Trace:
    """The session of a trace archive with its version and browser.

    Raises `UnreadableSource`: `bad_trace` without the log of a browser context, `no_viewport` when nothing
    tells the size of the page, `too_large`, `too_many`, and as `open_archive` and `Archive.check`.
    """
    with open_archive(path) as archive:
        archive.check()
        names = find_logs(archive)
        if len(names) > MAX_TRACE_FILES:
            raise UnreadableSource("too_many", f"more than {MAX_TRACE_FILES} logs")
        if sum(archive.size(name) for name in names) > TRACE_BYTES:
            raise UnreadableSource("too_large", f"logs of more than {TRACE_BYTES // (1024 * 1024)} MB")
        read = [read_log(archive, name) for name in names]
        logs = [log for log in read if not log.by_runner]
        if not logs:
            raise UnreadableSource("bad_trace", "no log of a browser context")
        notes = [_count("lines that cannot be read", sum(log.bad_lines for log in read))]
        return Trace(
            session=_build_session(archive, logs, notes),
            version=max((log.version for log in logs if log.version is not None), default=None),
            browser=next((name for log in logs if (name := _word(log.context.get("browserName")))), None),
        )


def _build_session(archive: Archive, logs: Sequence[Log], notes: list[str]) -> Session:
    zero_ms, began_at = _start_clock(logs)

    def seconds(time_ms: float) -> float:
        return round((time_ms - zero_ms) / 1000, 6)

    shots, missing = _list_shots(archive, logs, seconds)
    notes.append(_count("pictures that are not there or no JPEG", missing))
    size = next((log.viewport for log in logs if log.viewport), None)
    if size is None:
        raise UnreadableSource("no_viewport", "nothing in the trace tells the size of the page")
    done: list[Done] = []
    appearances: list[Appearance] = []
    for log in logs:
        recorder = Recorder(
            log.snapshots,
            log.address,
            seconds,
            base_url=_word(log.options.get("baseURL")) or "",
            on_mac=log.context.get("platform") == "darwin",
        )
        recorder.record(list(log.calls.values()))
        done += recorder.done
        by_time = sorted(recorder.done, key=lambda item: item.action.start_s)
        appearances += find_appearances(log.snapshots, log.pages, by_time, seconds)
        calls = log.calls.values()
        notes.append(_count("calls that failed", sum(call.failed for call in calls)))
        notes.append(_count("calls that did not end", sum(call.end_ms is None for call in calls)))
        if log.version is None or log.version > NEWEST_VERSION:
            notes.append(f"format {log.version} is not known; read as format {NEWEST_VERSION}")
    done.sort(key=lambda item: (item.action.start_s, item.action.end_s))
    end_s = max((seconds(time) for log in logs for time in log.times), default=0.0)
    exposures = _find_exposures(done, logs, seconds, end_s)
    notes += [f"pictures from {start:.2f} s to {end:.2f} s may show a secret" for start, end in exposures]
    shots = [_withhold(shot, exposures) for shot in shots]
    secrets = _long_secrets(secret for log in logs for secret in log.snapshots.secrets)
    return Session(
        width=size[0],
        height=size[1],
        duration_s=max(0.0, end_s),
        actions=tuple(_without(_show(item, shots), secrets) for item in done),
        screens=tuple(shot.screen for shot in shots),
        task=_strip(_find_task(logs), secrets),
        began_at=began_at,
        notes=tuple(note for note in notes if note),
        appearances=_clean(appearances, secrets),
    )


def _start_clock(logs: Sequence[Log]) -> tuple[float, float | None]:
    """The monotonic milliseconds of second 0, and the wall clock then."""
    stated = [log for log in logs if log.walls and "monotonicTime" in log.context]
    if stated:
        zero_ms, wall_ms = min(log.walls[0] for log in stated)
        return zero_ms, wall_ms / 1000
    zero_ms = min((time for log in logs for time in log.times), default=0.0)
    walls = [wall for log in logs for wall in log.walls]
    if not walls:
        return zero_ms, None
    at_ms, wall_ms = min(walls)
    return zero_ms, (wall_ms - (at_ms - zero_ms)) / 1000


def _list_shots(
    archive: Archive, logs: Sequence[Log], seconds: Callable[[float], float]
) -> tuple[list[_Shot], int]:
    """The pictures by time, and how many are named but cannot be had. A name only ever means a member."""
    shots, missing = {}, 0
    for frame in (frame for log in logs for frame in log.frames):
        name = next((name for name in (frame.name, f"resources/{frame.name}") if name in archive), None)
        head = None
        if name is not None and name not in shots:
            try:
                head = read_header(archive.read_start(name, PICTURE_HEAD_BYTES))
            except UnreadableSource:
                head = None
        if name is not None and head is not None and head.encoding == "jpeg":
            # the log states the size of the page instead, which the pictures of versions up to 8 do not have
            screen = Screen(name=name, time_s=seconds(frame.time_ms), width=head.width, height=head.height)
            shots[name] = _Shot(screen, frame.tab)
        elif name not in shots:
            missing += 1
    return sorted(shots.values(), key=lambda shot: shot.screen.time_s), missing


def _show(item: Done, shots: Sequence[_Shot]) -> Action:
    """The action with the last picture at or before it and the first at or after it, of its own page."""
    own = [shot for shot in shots if shot.tab == item.tab] if item.tab else shots
    times = [shot.screen.time_s for shot in own]
    before = bisect_right(times, item.action.start_s) - 1
    after = bisect_left(times, item.action.end_s)
    return item.action.model_copy(
        update={
            "before": _name_shown(own, before),
            "after": _name_shown(own, after),
        }
    )


def _name_shown(shots: Sequence[_Shot], index: int) -> str | None:
    if not 0 <= index < len(shots) or shots[index].screen.withheld:
        return None
    return shots[index].screen.name


def _find_exposures(
    done: Sequence[Done], logs: Sequence[Log], seconds: Callable[[float], float], end_s: float
) -> list[tuple[float, float]]:
    """From when to when the pictures may show a secret: since it was typed until the page was left."""
    starts = [item.action.start_s for item in done if item.exposes]
    starts += [seconds(time) for log in logs for time in log.snapshots.readable_ms]
    found: list[tuple[float, float]] = []
    until = float("-inf")
    for start in sorted(starts):
        if start < until:
            continue
        on = next((item.action.page for item in reversed(done) if item.action.start_s <= start), None)
        left = (item for item in done if item.action.start_s > start and item.action.page != on)
        until = next((item.action.end_s for item in left), end_s)
        found.append((start, until))
    return found


def _withhold(shot: _Shot, exposures: Sequence[tuple[float, float]]) -> _Shot:
    """The picture, marked where it may show a secret. One taken as the page is left still may."""
    if not any(start <= shot.screen.time_s <= end for start, end in exposures):
        return shot
    return _Shot(shot.screen.model_copy(update={"withheld": True}), shot.tab)


def _long_secrets(found: Iterable[str]) -> list[str]:
    """The secrets to take out of every text, longest first; what a field held on the way to one is not."""
    known = sorted({secret.strip() for secret in found if len(secret.strip()) >= MIN_SECRET_CHARS})
    whole = [
        secret
        for index, secret in enumerate(known)
        if not (index + 1 < len(known) and known[index + 1].startswith(secret))
    ]
    return sorted(whole, key=len, reverse=True)[:MAX_SECRETS]


def _without(action: Action, secrets: Sequence[str]) -> Action:
    target = action.target
    if target is not None:
        target = Target(role=_strip(target.role, secrets), name=_strip(target.name, secrets), box=target.box)
    return action.model_copy(
        update={
            "target": target,
            "value": _strip(action.value, secrets),
            "page": _strip(action.page, secrets),
        }
    )


def _clean(appearances: Sequence[Appearance], secrets: Sequence[str]) -> tuple[Appearance, ...]:
    clean = (
        item.model_copy(update={"name": _strip(item.name, secrets), "page": _strip(item.page, secrets)})
        for item in appearances
    )
    return tuple(sorted(clean, key=lambda item: item.time_s))


def _strip(text: str | None, secrets: Sequence[str]) -> str | None:
    for secret in secrets if text else ():
        text = text.replace(secret, REDACTED) if text else text
    return text


def _find_task(logs: Sequence[Log]) -> str | None:
    """The title under which the trace was recorded, unless it only says where a test stands in its file."""
    titles = [_word(log.context.get("title")) for log in logs]
    return next((redact(title) for title in titles if title and "›" not in title), None)


def _word(value: object) -> str | None:
    return " ".join(value.split())[:200] or None if isinstance(value, str) else None


def _count(what: str, number: int) -> str:
    return f"left out: {what}: {number}" if number else ""
