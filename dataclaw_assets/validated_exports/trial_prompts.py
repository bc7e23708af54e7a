"""What a trial shows a model: the files of a sample as a trainee would see them, then its question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.quality.clock import sampled_times
from dataclaw_assets.records import Sample, Stream
from dataclaw_assets.validated_exports.artifacts import Artifact, Exported
from dataclaw_assets.validated_exports.writers.tags import escape_tags
from resources.home import Home
from resources.inference.contract import Image, Part
from resources.inference.quoting import defuse
from resources.media import fit_size, read_image, resize
from resources.sampling import sample_frames
from resources.settings import Settings

SYSTEM = "You are a helpful assistant."
"""What the template `qwen2_vl` of LLaMA-Factory 0.9.5, which the exports name, begins with."""

PICTURE_BYTES = 500_000_000
"""Of pictures held together. A clip of 128 frames of 256 × 144 px is 14 MB."""

Pictures = tuple[tuple[float | None, Image], ...]
"""What a trainee sees of a file: pictures, with the second of the clip they are from; None of a still."""


def split_waves(exported: Sequence[Exported], settings: Settings) -> Iterator[list[Exported]]:
    """The samples in their order, in parts whose pictures are at most `PICTURE_BYTES`, or one sample's."""
    wave: list[Exported] = []
    held: dict[str, int] = {}
    for item in exported:
        own = {artifact.sha256: _count_bytes(artifact, settings) for artifact in _list_inputs(item)}
        if wave and sum((held | own).values()) > PICTURE_BYTES:
            yield wave
            wave, held = [], {}
        wave.append(item)
        held |= own
    if wave:
        yield wave


def show_files(home: Home, wave: Sequence[Exported]) -> dict[str, Pictures | UnreadableSource]:
    """What a trainee sees of each input file of some samples, or why nothing, by the file's sha256.

    Clips are sampled as the gate `visible` does it: `consumer_fps`, fewer where there would be more than
    `consumer_frames`, the longer side at most `consumer_video_px`; stills at most `consumer_image_px`.
    """
    files = {artifact.sha256: artifact for item in wave for artifact in _list_inputs(item)}
    # decoding releases the interpreter, so threads share the work; the files are our own encoder's
    with ThreadPoolExecutor(home.settings.workers) as pool:
        shown = pool.map(lambda artifact: _look_at(home, artifact), files.values())
        return dict(zip(files, shown, strict=True))


def compose_parts(item: Exported, shown: Mapping[str, Pictures | UnreadableSource]) -> tuple[Part, ...]:
    """The media under their labels, as in the exported rows, each frame of a clip after its second; then the
    question. The same sample gives the same parts. Raises `UnreadableSource` when a file shows nothing.
    """
    parts: list[Part] = []
    text = ""
    for artifact in _list_inputs(item):
        if artifact.label is not None:
            text += f"{'Clip' if artifact.moving else 'Picture'} {defuse(escape_tags(artifact.label))}: "
        pictures = shown[artifact.sha256]
        if isinstance(pictures, UnreadableSource):
            raise pictures
        for time_s, image in pictures:
            text += "" if time_s is None else f"<{round(time_s, 2):g} s>"
            parts += [text, image] if text else [image]
            text = ""
        text += "\n"
    return (*parts, text + read_question(item.sample))


def read_question(sample: Sample) -> str:
    """A sample's question, with nothing in it that a model could take for a tag or a special token."""
    return defuse(escape_tags(str(sample.payload["question"])))


def _list_inputs(item: Exported) -> list[Artifact]:
    return [artifact for artifact in item.artifacts if artifact.side == "input"]


def _fit(artifact: Artifact, settings: Settings) -> tuple[int, int]:
    side = settings.consumer_video_px if artifact.moving else settings.consumer_image_px
    return fit_size(artifact.width, artifact.height, side)


def _count_bytes(artifact: Artifact, settings: Settings) -> int:
    width, height = _fit(artifact, settings)
    frames = 1 if artifact.duration_s is None else len(sampled_times(artifact.duration_s, settings))
    return 3 * width * height * frames


def _look_at(home: Home, artifact: Artifact) -> Pictures | UnreadableSource:
    path, settings = home.store.fetch(artifact.key), home.settings
    try:
        if artifact.duration_s is None:
            return ((None, Image(resize(read_image(path), *_fit(artifact, settings)))),)
        stream = Stream(
            uri="",
            origin_s=0.0,
            duration_s=artifact.duration_s,
            fps=settings.clip_fps,
            frames=artifact.frames or 0,
            codec="h264",
        )
        times = sampled_times(artifact.duration_s, settings)
        frames = sample_frames(path, stream, times, settings.consumer_video_px)
    except UnreadableSource as error:
        return error
    return tuple((time_s, Image(frame.picture)) for time_s, frame in zip(times, frames, strict=True))
