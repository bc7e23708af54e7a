"""Which files belong together, told by their paths alone: folder datasets, and sidecars with their source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dataclaw_assets.raw_sources.formats.stills import RATE_FILE, find_sequences
from dataclaw_assets.raw_sources.readers import declared, subtitles
from dataclaw_assets.raw_sources.readers.lerobot import INFO, dataset_root
from dataclaw_assets.raw_sources.readers.rlds import FEATURES, SHARD
from dataclaw_assets.raw_sources.readers.rlds import INFO as RLDS_INFO
from dataclaw_assets.raw_sources.readers.stepped import episode_of
from dataclaw_assets.records import Record
from resources.landing import LandingFile, display_name


class Group(Record):
    """Files that must be in one batch. A `dataset` is one thing: it is new when any file of it is."""

    files: tuple[LandingFile, ...]
    dataset: bool = False


def is_sidecar(path: str) -> bool:
    """Whether a path is named like a file that says something about another one."""
    return subtitles.is_subtitles(path) or declared.is_anchors(path)


class Hosts:
    """What sidecars can belong to: things by their path under the landing zone, found by path or stem.

    A folder dataset stands under its folder's path, as well as under that of its recording.
    """

    def __init__(self) -> None:
        self.by_path: dict[str, list[str]] = {}
        self.by_stem: dict[str, list[str]] = {}

    def add(self, path: str, name: str) -> None:
        """Make `name` findable under `path`."""
        self.by_path.setdefault(path, []).append(name)
        folder, slash, last = path.rpartition("/")
        self.by_stem.setdefault(folder + slash + (last.rpartition(".")[0] or last), []).append(name)

    def find(self, sidecar: str) -> tuple[list[str], str | None]:
        """The names that a sidecar belongs to, and the language that its own name states."""
        if declared.is_anchors(sidecar):
            host = declared.host_name(sidecar)
            return self.by_path.get(host) or self.by_stem.get(host, []), None
        for stem, language in subtitles.host_stems(sidecar):
            if stem in self.by_stem:
                return self.by_stem[stem], language
        return [], None


def group_files(files: Iterable[LandingFile]) -> list[Group]:
    """The files in groups, by first path. What looks like a dataset by its paths is kept whole; whether it
    is one is told later, by content."""
    by_path = {file.path: file for file in files}
    names = _name_datasets(by_path)
    hosts = Hosts()
    for root in sorted(set(names.values())):
        hosts.add(root.removeprefix("dataset:"), root)
    for path in by_path:
        if path in names or not is_sidecar(path):
            hosts.add(path, names.setdefault(path, path))
    merged: dict[str, str] = {}
    for path in by_path:
        if path not in names:
            found, _ = hosts.find(path)
            names[path] = found[0] if found else path
            for other in found[1:]:
                _merge(merged, found[0], other)
    members: dict[str, list[LandingFile]] = {}
    for path, name in names.items():
        members.setdefault(_follow(merged, name), []).append(by_path[path])
    datasets = {_follow(merged, name) for name in names.values() if name.startswith("dataset:")}
    groups = [
        Group(files=tuple(sorted(group, key=lambda file: file.path)), dataset=name in datasets)
        for name, group in members.items()
    ]
    return sorted(groups, key=lambda group: group.files[0].path)


def _name_datasets(by_path: Mapping[str, LandingFile]) -> dict[str, str]:
    """The files of what may be a dataset, each with its group's name: `dataset:` and the folder."""
    sessions, trees, records = set(), set(), set()
    for path in by_path:
        folder, slash, name = path.rpartition("/")
        if name == "metadata.json" and f"{folder}{slash}events.jsonl" in by_path:
            sessions.add(folder)
        if name == FEATURES and f"{folder}{slash}{RLDS_INFO}" in by_path:
            records.add(folder)
        if path == INFO or path.endswith(f"/{INFO}"):
            trees.add(path[: -len(INFO)].rstrip("/"))
    episodes = {path: found for path in by_path if (found := episode_of(path, by_path))}
    logs = set(episodes.values())
    sequences = _name_sequences(by_path)
    names = {}
    for path in by_path:
        folder, _, name = path.rpartition("/")
        tree = dataset_root(path, trees)
        in_session = folder in sessions and not is_sidecar(path)
        in_records = folder in records and (name in (FEATURES, RLDS_INFO) or SHARD.fullmatch(name))
        if tree is not None:
            names[path] = f"dataset:{tree}"
        elif in_session or in_records:
            names[path] = f"dataset:{folder}"
        elif path in episodes or path in logs:
            names[path] = f"dataset:{episodes.get(path, path)}"
        elif path in sequences:
            names[path] = f"dataset:{sequences[path]}"
    return names


def _name_sequences(by_path: Mapping[str, LandingFile]) -> dict[str, str]:
    """The numbered stills, and what states their rate, each with its folder, which keeps them together."""
    folders: dict[str, dict[str, str]] = {}
    for path, file in by_path.items():
        folders.setdefault(path.rpartition("/")[0], {})[display_name(file.uri)] = path
    named: dict[str, str] = {}
    for folder, names in folders.items():
        found = [name for sequence in find_sequences(names).values() for name in sequence]
        if found and RATE_FILE in names:
            found.append(RATE_FILE)
        named |= {names[name]: folder for name in found}
    return named


def _follow(merged: Mapping[str, str], name: str) -> str:
    while name in merged:
        name = merged[name]
    return name


def _merge(merged: dict[str, str], first: str, second: str) -> None:
    """Make two names mean one group: a sidecar that two sources share keeps them together."""
    first, second = _follow(merged, first), _follow(merged, second)
    if first != second:
        merged[second] = first
