"""A LeRobot v3 dataset in the `lerobot` package itself: what a trainer gets is what our reader says is there.

The package runs in an environment and a process of its own (`environment.py`, `check_dataset.py`).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from dataclaw_assets.demo_footage import arm, arm_simulation
from dataclaw_assets.factual_anchors.extractors.robot_episodes import read_source
from dataclaw_assets.raw_sources.formats.robot.episode import Episode
from dataclaw_assets.raw_sources.register import read_path
from dataclaw_assets.records import Source
from resources.landing import local_path
from resources.media import Picture
from resources.sampling import sample_frames
from resources.settings import Settings
from tests.lerobot_env.environment import LEROBOT

pytestmark = pytest.mark.lerobot

SCRIPT = Path(__file__).with_name("check_dataset.py")
EVERY = 3
"""lerobot decodes from the last key frame for each picture; all of them would take three times as long."""
LONGEST_S = 300.0
DEMO = "made by the demo"
ROUNDING = 0.5
"""How far pictures of one frame may lie apart, in levels on average: what two conversions from YUV to RGB can
differ by. Both were equal to the bit."""
MOTION = 1.0
"""A frame whose neighbours both differ by so many levels on average shows motion: some 300 pixels changed by
all there is."""
BETWEEN = 0.25
"""How far from what was drawn for its row towards the drawing of a neighbour a picture may lie; the codec
comes to 0.20 at most, a shift by a frame to more than 0.5."""


@dataclass(frozen=True)
class Loaded:
    """One dataset, read twice."""

    lerobot: dict[str, npt.NDArray[Any]]
    """What `check_dataset.py` writes."""
    sources: list[Source]
    episodes: list[Episode]
    scratch: Path

    def rows(self, number: int) -> npt.NDArray[Any]:
        """The numbers of an episode's frames in lerobot's table."""
        return np.flatnonzero(self.lerobot["episode_index"] == number)

    def looked_at(self, number: int) -> Iterator[tuple[int, int]]:
        """The frames of an episode that have a picture: place in `pictures`, place in the episode."""
        rows = self.rows(number).tolist()
        for place, row in enumerate(self.lerobot["looked"].tolist()):
            if row in rows:
                yield place, rows.index(row)


@pytest.fixture(scope="module", params=[DEMO, "real"])
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    if not LEROBOT.is_ready:
        pytest.skip("the lerobot package has no environment here: `make test-lerobot` makes one")
    folder = tmp_path_factory.mktemp("lerobot")
    if request.param == "real":
        shared: Path = request.getfixturevalue("shared_footage")
        return load(shared / "robot" / "fetch_pick_place_lerobot_v3", folder, LEROBOT.python)
    return load(arm.render_arm(folder), folder, LEROBOT.python)


def load(dataset: Path, folder: Path, python: Path) -> Loaded:
    """Read a dataset by the package, with its Python, and by our reader."""
    sources = read_path(dataset, folder / "scratch", Settings(workers=1))
    camera = sources[0].tags[0].removeprefix("camera:")
    out = folder / "lerobot.npz"
    done = subprocess.run(
        (python, SCRIPT, dataset, camera, str(EVERY), out),
        env=os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "hub")},
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with np.load(out) as arrays:
        found = dict(arrays)
    episodes = [read_source(source, lambda uri: local_path(uri, folder / "scratch")) for source in sources]
    return Loaded(found, sources, episodes, folder / "scratch")


@pytest.fixture(scope="module")
def apart(loaded: Loaded) -> npt.NDArray[Any]:
    """For each picture of lerobot's that has neighbours: how far it lies from our frame and from those before
    and after it, and how far these lie from our frame; levels on average, n × 5."""
    found = []
    for number, (source, episode) in enumerate(zip(loaded.sources, loaded.episodes, strict=True)):
        assert source.stream is not None
        path = local_path(source.stream.uri, loaded.scratch)
        ours = [shown.picture for shown in sample_frames(path, source.stream, episode.times.tolist())]
        for place, k in loaded.looked_at(number):
            theirs = loaded.lerobot["pictures"][place]
            before, after = ours[max(k - 1, 0)], ours[min(k + 1, len(ours) - 1)]
            pairs = (
                (theirs, ours[k]),
                (theirs, before),
                (theirs, after),
                (ours[k], before),
                (ours[k], after),
            )
            found.append([float(cv2.absdiff(*pair).mean()) for pair in pairs])
    return np.array(found)


def test_it_holds_the_episodes_and_frames_of_our_sources(loaded: Loaded) -> None:
    lengths = [source.stream.frames for source in loaded.sources if source.stream]
    assert [len(loaded.rows(number)) for number in range(loaded.lerobot["episodes"])] == lengths
    assert loaded.lerobot["frames"] == sum(lengths)


def test_its_rate_is_that_of_our_streams(loaded: Loaded) -> None:
    assert {source.stream.fps for source in loaded.sources if source.stream} == {float(loaded.lerobot["fps"])}


def test_it_gives_each_frame_the_instruction_that_we_read(loaded: Loaded) -> None:
    for number, episode in enumerate(loaded.episodes):
        told = {str(loaded.lerobot["tasks"][place]) for place, _ in loaded.looked_at(number)}
        assert told == {span.text for span in episode.instructions}


def test_its_states_and_actions_are_ours(loaded: Loaded) -> None:
    for number, episode in enumerate(loaded.episodes):
        rows = loaded.rows(number)
        assert episode.state is not None
        assert episode.action is not None
        np.testing.assert_array_equal(loaded.lerobot["state"][rows], episode.state.values)
        np.testing.assert_array_equal(loaded.lerobot["action"][rows], episode.action.values)


def test_its_times_are_ours_in_single_precision(loaded: Loaded) -> None:
    for number, episode in enumerate(loaded.episodes):
        theirs = loaded.lerobot["timestamp"][loaded.rows(number)]
        np.testing.assert_array_equal(theirs, episode.times.astype(np.float32))


def test_its_pictures_are_the_frames_on_screen_at_our_times(apart: npt.NDArray[Any]) -> None:
    assert apart[:, 0].max() <= ROUNDING


def test_frames_one_earlier_or_later_fit_clearly_worse(apart: npt.NDArray[Any]) -> None:
    moving = apart[apart[:, 3:].min(axis=1) >= MOTION]
    assert len(moving) >= len(apart) / 4
    assert (moving[:, 1:3].min(axis=1) >= 4 * moving[:, 0] + ROUNDING).all()


@pytest.mark.parametrize("loaded", [DEMO], indirect=True)
def test_its_pictures_show_what_was_drawn_for_their_rows(loaded: Loaded) -> None:
    compared = 0
    for number, job in enumerate(arm.JOBS):
        drawn = list(arm_simulation.draw(job, arm_simulation.simulate(job)))
        for place, k in loaded.looked_at(number):
            for other in drawn[max(k - 1, 0) : k] + drawn[k + 1 : k + 2]:
                if (share := place_between(loaded.lerobot["pictures"][place], drawn[k], other)) is not None:
                    compared += 1
                    assert share < BETWEEN, f"episode {number}, frame {k}"
    assert compared > len(loaded.lerobot["looked"]) / 2


def place_between(shown: Picture, drawn: Picture, other: Picture) -> float | None:
    """Where a picture lies between two that were drawn, 0 at the first and 1 at the second, looking only
    where they differ; None where they differ too little to outweigh what the codec loses."""
    differs = cv2.absdiff(drawn, other).max(axis=2) > 80
    if differs.sum() < 100:
        return None
    mine = float(cv2.absdiff(shown, drawn)[differs].mean())
    return mine / (mine + float(cv2.absdiff(shown, other)[differs].mean()))


def test_every_requirement_of_its_environment_is_pinned() -> None:
    lines = LEROBOT.requirements.read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#") and line.count("==") != 1] == []
