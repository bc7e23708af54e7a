"""Whether twins are twins, by their files' pixels: `python -m dataclaw_assets.evaluation.twins HOME`."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dataclaw_assets.quality.clock import sampled_times
from dataclaw_assets.records import Stream
from dataclaw_assets.validated_exports.artifacts import Artifact, Exported
from dataclaw_assets.validated_exports.trials import read_exported
from resources.home import Home, open_home
from resources.media import Picture

Blocks = npt.NDArray[np.float32]
BLOCKS = 32
SEEN = 0.08
"""Difference of the mean of one of `BLOCKS` × `BLOCKS` parts of a picture, 0-1, from which it is seen: a thin
stroke makes 0.1 to 0.4, re-encoding 0.03."""


def main(arguments: Sequence[str]) -> int:
    """Print, for each task and template, how many pairs of twins there are, of how many the right answers
    differ, and of how many the shipped media do, with all other media alike. 1 when one is no twin."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m dataclaw_assets.evaluation.twins HOME\n")
        return 2
    home = open_home(arguments[0])
    groups: dict[tuple[str, str], list[Exported]] = defaultdict(list)
    for key in home.ledger.partitions("validated_exports"):
        entry = home.ledger.published("validated_exports", key)
        for item in read_exported(home, entry) if entry else ():
            if item.sample.twin_key:
                groups[item.sample.task_type, item.sample.twin_key].append(item)
    table: dict[tuple[str, str], list[tuple[bool, bool]]] = defaultdict(list)
    for (task, _), twins in sorted(groups.items()):
        template = twins[0].sample.template
        for first, second in pairwise(twins):
            flips = first.sample.verifier.value != second.sample.verifier.value
            table[task, template].append((flips, differ(home, first, second)))
    bad = 0
    sys.stdout.write(f"{'task':20} {'template':20} {'pairs':>6} {'answer flips':>13} {'media differ':>13}\n")
    for (task, template), pairs in table.items():
        flipped, differing = (sum(pair[place] for pair in pairs) for place in (0, 1))
        bad += 2 * len(pairs) - flipped - differing
        sys.stdout.write(f"{task:20} {template:20} {len(pairs):6} {flipped:13} {differing:13}\n")
    return 1 if bad else 0


def differ(home: Home, first: Exported, second: Exported) -> bool:
    """Whether some input of two twins shows something else, as a trainer samples it."""
    mine, its = (_list_inputs(item) for item in (first, second))
    if len(mine) != len(its):
        return False
    return any(
        a.sha256 != b.sha256 and (a.label != b.label or _look_different(home, a, b))
        for a, b in zip(mine, its, strict=True)
    )


def _list_inputs(item: Exported) -> list[Artifact]:
    return [artifact for artifact in item.artifacts if artifact.side == "input"]


def _look_different(home: Home, first: Artifact, second: Artifact) -> bool:
    shown = [_look_at(home.store.fetch(artifact.key), artifact, home) for artifact in (first, second)]
    return len(shown[0]) != len(shown[1]) or any(
        float(np.abs(a - b).max()) > SEEN for a, b in zip(*shown, strict=True)
    )


def _look_at(path: Path, artifact: Artifact, home: Home) -> list[Blocks]:
    """The blocks of a still, or of what a trainer samples of a clip."""
    from resources.media import read_image
    from resources.sampling import sample_frames

    if artifact.duration_s is None:
        return [_shrink(read_image(path))]
    stream = Stream(
        uri="", origin_s=0.0, duration_s=artifact.duration_s, fps=home.settings.clip_fps,
        frames=artifact.frames or 0, codec="h264",
    )  # fmt: skip
    times = sampled_times(artifact.duration_s, home.settings)
    frames = sample_frames(path, stream, times, home.settings.consumer_video_px)
    return [_shrink(frame.picture) for frame in frames]


def _shrink(picture: Picture) -> Blocks:
    from resources.media import resize

    return resize(picture, BLOCKS, BLOCKS).astype(np.float32) / 255.0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
