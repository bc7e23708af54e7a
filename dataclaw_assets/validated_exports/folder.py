"""Writing an export folder to the store: texts, media, and the manifest last."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dataclaw_assets.records import Json, Source
from dataclaw_assets.validated_exports.artifacts import Exported
from dataclaw_assets.validated_exports.manifest import (
    MANIFEST,
    ListedFile,
    encode_json,
    encode_lines,
    export_settings,
    list_generators,
    list_texts,
    write_manifest,
)
from dataclaw_assets.validated_exports.readme import write_readme
from dataclaw_assets.validated_exports.writers import dataclaw, llama_factory, ms_swift, trl, verifiers
from resources.home import Home
from resources.progress import OnProgress, ignore


@dataclass(frozen=True)
class Folder:
    """An export folder in the store: its key, its files and their bytes in all."""

    root: str
    files: int
    bytes: int

    @property
    def manifest(self) -> str:
        """Key of the manifest."""
        return f"{self.root}/{MANIFEST}"


def write_folder(
    home: Home,
    prefix: str,
    title: str,
    dataset: str,
    exported: Sequence[Exported],
    sources: Mapping[str, Source],
    about: Json,
    rejected: Mapping[str, int],
    notes: Sequence[str] = (),
    on_progress: OnProgress = ignore,
) -> Folder:
    """Write samples and media under `<prefix>/<first 12 digits of the manifest's sha256>/`.

    The name follows from the content, and nothing points there before the ledger does: a folder left half
    written by a killed process is completed by the next attempt or never seen. `about` heads the manifest.
    """
    samples = [item.sample for item in exported]
    generators = list_generators(samples)
    readme = write_readme(title, dataset, exported, rejected, generators, home.settings, notes)
    texts = {
        "README.md": readme.encode("utf-8", "replace"),
        dataclaw.SAMPLES: encode_lines(dataclaw.write_samples(exported, sources)),
        dataclaw.ARTIFACTS: encode_lines(dataclaw.write_artifacts(exported)),
        llama_factory.ROWS: encode_json(llama_factory.write_rows(exported)),
        llama_factory.INFO: encode_json(llama_factory.write_info(dataset)),
        llama_factory.CONFIG: llama_factory.write_config(dataset, home.settings).encode(),
        verifiers.REWARDS: verifiers.write_rewards(),
        ms_swift.ROWS: encode_lines(ms_swift.write_rows(exported)),
        ms_swift.COMMAND: ms_swift.write_command(home.settings).encode(),
        trl.ROWS: encode_lines(trl.write_rows(exported)),
        trl.SCRIPT: trl.write_script(),
    }
    media = {artifact.path: artifact for item in exported for artifact in item.artifacts}
    listed = list_texts(texts)
    listed += [ListedFile(path=path, sha256=a.sha256, bytes=a.bytes) for path, a in media.items()]
    manifest = write_manifest(
        {
            **about,
            "dataset": dataset,
            "samples": len(samples),
            "rejected": dict(rejected),
            "notes": list(notes),
            "generators": generators,
            "settings": export_settings(home.settings),
            "sources": _list_sources(exported, sources),
        },
        listed,
    )
    root = f"{prefix}/{hashlib.sha256(manifest).hexdigest()[:12]}"
    for done, (path, artifact) in enumerate(sorted(media.items()), 1):
        home.store.copy(artifact.key, f"{root}/{path}")
        on_progress("placing media", done, len(media))
    for path, data in texts.items():
        home.store.write(f"{root}/{path}", data)
    home.store.write(f"{root}/{MANIFEST}", manifest)
    return Folder(root, len(listed) + 1, sum(file.bytes for file in listed) + len(manifest))


def _list_sources(exported: Sequence[Exported], sources: Mapping[str, Source]) -> list[Json]:
    counts: dict[str, int] = {}
    for item in exported:
        counts[item.sample.source_id] = counts.get(item.sample.source_id, 0) + 1
    listed = []
    for source_id, count in sorted(counts.items()):
        source = sources.get(source_id)
        facts = (
            source.model_dump(mode="json", include={"kind", "name", "member", "licence"}) if source else {}
        )
        listed.append({"source_id": source_id, **facts, "samples": count})
    return listed
