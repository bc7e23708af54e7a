"""All facts of a video against plain decoding and against PySceneDetect Adaptive: `make bench-anchors`.

Three runs are taken in turn on each clip, one thread each, five times: (a) every fact of a video as it ships,
without text and sound; (b) a loop over PyAV's `decode`; (c) PySceneDetect Adaptive 0.7.2 with its defaults,
in an environment of its own, held to one core. A ratio is the median over the pairs; it is given on the wall
and of the processor, and a bar is met when both meet it. Bars: 1.00 × decoding for H.264 and HEVC, 1.15 for
other codecs, 0.70 × Adaptive everywhere. Registering the file (its packets' times) is no part of (a).

Clips are painted and encoded in the first run and kept in the temporary folder; files may be named as well
(`make bench-anchors FILES="a.mp4 b.webm"`), and `--text FILE` reads the text of a video, apart.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bench._clips import Recipe, keep_clip, kept_folder
from bench._costs import Cost, Ratio, compare, measure, per_frame_ms, take_turns
from bench._parts import time_parts, wrapping_us
from bench._rival import RELEASE, Rival
from bench._runs import decode_plainly, find_facts
from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.evaluation.measured import describe_video
from dataclaw_assets.records import Source

Clip = tuple[str, Source, Path]
"""Name, source record and file of a video to measure."""

PAIRS = 5
BARS = {"h264": 1.0, "hevc": 1.0}
OTHER_BAR = 1.15
ADAPTIVE_BAR = 0.7

RECIPES = (
    Recipe("h264", 640, 360),
    Recipe("h264", 1280, 720),
    Recipe("h264", 1920, 1080),
    Recipe("hevc", 1280, 720),
    Recipe("hevc", 1920, 1080),
    Recipe("vp8", 1280, 720),
    Recipe("vp9", 1280, 720),
    Recipe("av1", 1280, 720),
    Recipe("mpeg4", 1280, 720),
)
FILTERED_PX = 720
"""Height of the clips whose loop filter is skipped, one for each codec."""

SKIPPED = ("skip_loop_filter=nokey", {"skip_loop_filter": "nokey"}, False)
VECTORS = (
    ("flags2=+export_mvs", {"flags2": "+export_mvs"}, False),
    ("flags2=+export_mvs, read", {"flags2": "+export_mvs"}, True),
)
"""What is printed, the decoder's options, and whether the frames' motion vectors are read."""


def bar_of(codec: str) -> float:
    """How many times plain decoding all facts may take."""
    return BARS.get(codec, OTHER_BAR)


def judge(codec: str, decoding: Ratio, adaptive: Ratio | None) -> str:
    """`met`, or which bars were missed. Without Adaptive its bar is not judged, and the verdict says so."""
    missed = ["decoding"] if decoding.worse > bar_of(codec) else []
    if adaptive is not None and adaptive.worse > ADAPTIVE_BAR:
        missed.append("Adaptive")
    verdict = f"missed: {', '.join(missed)}" if missed else "met"
    return verdict if adaptive is not None else f"{verdict} (no Adaptive)"


def describe_clips() -> list[Clip]:
    """The painted clips that this build can encode, made where they are not kept."""
    import av

    clips: list[Clip] = []
    for recipe in RECIPES:
        try:
            path = keep_clip(recipe)
        except (av.FFmpegError, av.codec.codec.UnknownCodecError) as error:
            print(f"{recipe.codec} {recipe.height}: cannot be encoded here: {error}")
            continue
        clips.append((f"{recipe.codec} {recipe.height}", describe_video(path), path))
    return clips


def describe_files(files: Sequence[Path]) -> list[Clip]:
    """The files that were named and can be read."""
    clips: list[Clip] = []
    for file in files:
        try:
            clips.append((file.name, describe_video(file.resolve()), file.resolve()))
        except UnreadableSource as reason:
            print(f"{file}: {reason}")
    return clips


def print_speed(clips: Sequence[Clip], rival: Rival, pairs: int) -> bool:
    """The table of ratios; gives whether every bar was met."""
    print(f"\nAll facts of a video, one thread: medians of {pairs} pairs")
    print(f"{'':34} {'ms a frame':^24}  {'ours : decoding':^19}  {'ours : Adaptive':^19}")
    print(
        f"{'clip':24} {'':9} {'decode':>7} {'ours':>7} {'Adaptive':>8}  "
        f"{'wall':>6} {'cpu':>6} {'bar':>5}  {'wall':>6} {'cpu':>6} {'bar':>5}  verdict"
    )
    all_met = True
    for name, source, path in clips:
        ours, plain, theirs = take_turns(
            pairs,
            partial(measure, partial(find_facts, source, path)),
            partial(measure, partial(decode_plainly, path)),
            partial(rival.run, path),
        )
        codec, frames = (source.stream.codec, source.stream.frames) if source.stream else ("", 0)
        decoding, adaptive = compare(ours, plain), compare(ours, theirs)
        assert decoding is not None
        verdict = judge(codec, decoding, adaptive)
        all_met = all_met and verdict.startswith("met")
        size = f"{source.width}x{source.height}"
        theirs_ms = f"{per_frame_ms(theirs, frames):8.2f}" if theirs else f"{'-':>8}"
        print(
            f"{name[:24]:24} {size:>9} {per_frame_ms(plain, frames):7.2f} {per_frame_ms(ours, frames):7.2f} "
            f"{theirs_ms}  {_ratio(decoding, bar_of(codec))}  {_ratio(adaptive, ADAPTIVE_BAR)}  {verdict}",
            flush=True,
        )
        if path in rival.unread:
            print(f"{'':34} Adaptive cannot read it: {rival.unread[path]}")
    if rival.failed:
        print(f"No Adaptive: {RELEASE} could not be run: {rival.failed}")
    return all_met


def _ratio(ratio: Ratio | None, bar: float) -> str:
    if ratio is None:
        return f"{'-':>6} {'-':>6} {bar:5.2f}"
    return f"{ratio.wall:6.2f} {ratio.cpu:6.2f} {bar:5.2f}"


def print_parts(name: str, source: Source, path: Path) -> None:
    """The table of what each watcher costs."""
    clock, whole_s = time_parts(source, path)
    frames = source.stream.frames if source.stream else 1
    print(
        f"\nWhere the time goes, {name}, {frames} frames (timing a call costs {wrapping_us():.1f} µs itself)"
    )
    print(f"{'part':30} {'µs a frame':>10} {'calls':>7}")
    for part, seconds in sorted(clock.seconds.items(), key=lambda item: -item[1]):
        print(f"{part:30} {1e6 * seconds / frames:10.1f} {clock.calls[part]:7}")
    rest_s = whole_s - sum(clock.seconds.values())
    print(f"{'decoding and all else':30} {1e6 * rest_s / frames:10.1f}")


def print_decoders(clips: Sequence[Clip], pairs: int) -> None:
    """The table of what the loop filter costs, and what motion vectors would."""
    print(f"\nPlain decoding with other options, against without: medians of {pairs} pairs")
    print(f"{'clip':12} {'option':30} {'wall':>6} {'cpu':>6}")
    for name, source, path in clips:
        if source.height != FILTERED_PX:
            continue
        options = [SKIPPED, *VECTORS] if source.stream and source.stream.codec == "h264" else [SKIPPED]
        runs = [partial(decode_plainly, path, given, vectors=read) for _, given, read in options]
        plain, *others = take_turns(
            pairs, partial(measure, partial(decode_plainly, path)), *(partial(measure, run) for run in runs)
        )
        for (option, _, _), costs in zip(options, others, strict=True):
            ratio = compare(costs, plain)
            assert ratio is not None
            print(f"{name:12} {option:30} {ratio.wall:6.2f} {ratio.cpu:6.2f}", flush=True)


def print_text(file: Path) -> None:
    """What reading the text of one video costs, apart."""
    from dataclaw_assets.factual_anchors.extractors.text import TextExtractor, TextLooker
    from dataclaw_assets.factual_anchors.scan import look_again
    from resources.media import Picture
    from resources.ocr import Line, read_lines

    source = describe_video(file)
    found = find_facts(source, file)
    costs: list[Cost] = []

    def read(picture: Picture) -> list[Line]:
        lines: list[Line] = []
        costs.append(measure(lambda: lines.extend(read_lines(picture))))
        return lines

    extractor = TextExtractor()
    looker = TextLooker(extractor, source, [item for name in extractor.needs for item in found[name]], read)
    whole = measure(partial(look_again, source, file, looker))
    print(
        f"\nText of {file.name}: {looker.read} pictures read, {looker.repeated} the same as one read before"
    )
    if costs:
        read_s = sum(cost.wall_s for cost in costs)
        median_ms = 1000.0 * statistics.median(cost.wall_s for cost in costs)
        cpu_ms = 1000.0 * statistics.median(cost.cpu_s for cost in costs)
        print(
            f"reading a picture: median {median_ms:.0f} ms on the wall, {cpu_ms:.0f} ms of the processor; "
            f"{whole.wall_s:.1f} s in all, of them {whole.wall_s - read_s:.1f} s decoding and comparing"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.anchors", description="Speed of all facts of a video."
    )
    parser.add_argument("files", nargs="*", type=Path, help="videos to measure beside the clips")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="runs of each, taken in turn")
    parser.add_argument("--text", type=Path, help="a video whose text is read as well")
    chosen = parser.parse_args(arguments)
    print(f"{platform.machine()}, Python {platform.python_version()}; Adaptive: {RELEASE}")
    clips = describe_clips()
    print(f"The clips are kept in {kept_folder()}")
    rival = Rival()
    try:
        find_facts(*clips[0][1:])  # imports and first uses are no part of any pair
        rival.run(clips[0][2])
        all_met = print_speed([*clips, *describe_files(chosen.files)], rival, chosen.pairs)
    finally:
        rival.stop()
    print_parts(*next(clip for clip in clips if clip[1].height == FILTERED_PX))
    print_decoders(clips, chosen.pairs)
    if chosen.text:
        print_text(chosen.text.resolve())
    return 0 if all_met else 1


if __name__ == "__main__":
    sys.exit(main())
