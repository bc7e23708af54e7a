"""The rows that trainers read, from samples and artifacts made by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from dataclaw_assets.quality.rewards import dataclaw_reward
from dataclaw_assets.records import Media, Piece, Sample, SketchStill, Source, Verifier
from dataclaw_assets.validated_exports.artifacts import Exported, list_artifacts
from dataclaw_assets.validated_exports.cut import CutFile
from dataclaw_assets.validated_exports.writers import dataclaw, llama_factory, ms_swift, trl
from resources.settings import Settings
from tests.builders import make_source
from tests.validated_exports.builders import clip, sample, still

SOURCE: Source = make_source()
"""At 25 frames a second."""


def export(made: Sample) -> Exported:
    """The sample with a file for each medium."""
    cuts = []
    for number, medium in enumerate(made.media):
        moving = medium.form == "clip"
        name = f"{number}" * 64
        cuts.append(
            CutFile(
                key=f"media/{name}.{'mp4' if moving else 'jpg'}",
                sha256=name,
                bytes=10,
                width=8,
                height=8,
                duration_s=1.0 if moving else None,
                frames=12 if moving else None,
            )
        )
    return Exported(sample=made, artifacts=list_artifacts(made, cuts))


def test_one_line_a_medium_then_the_question() -> None:
    media: list[Media] = [
        clip(SOURCE, (0.0, 4.0)),
        still(SOURCE, 1.0, label="A"),
        still(SOURCE, 2.0),
        clip(SOURCE, (5.0, 6.0), label="B"),
    ]
    (row,) = llama_factory.write_rows([export(sample(media, question="Which <image> fits?"))])
    assert row["messages"] == [
        {
            "role": "user",
            "content": "<video>\nPicture A: <image>\n<image>\nClip B: <video>\nWhich ‹image› fits?",
        },
        {"role": "assistant", "content": "At 1.0 s"},
    ]
    assert row["videos"] == [f"videos/input/{'0' * 24}.mp4", f"videos/input/{'3' * 24}.mp4"]
    assert row["images"] == [f"images/input/{'1' * 24}.jpg", f"images/input/{'2' * 24}.jpg"]


def test_media_of_the_answer_are_no_input() -> None:
    output = still(SOURCE, 1.0).model_copy(update={"side": "output"})
    item = export(sample([clip(SOURCE, (0.0, 4.0)), output]))
    (row,) = llama_factory.write_rows([item])
    (paths,) = dataclaw.write_artifacts([item])
    assert row["images"] == []
    assert paths["output_image_path"] == f"images/output/{'1' * 24}.jpg"
    assert paths["input_image_paths"] == []


def test_the_description_names_the_columns_of_the_rows() -> None:
    info = llama_factory.write_info("mine")["mine"]
    (row,) = llama_factory.write_rows([export(sample([still(SOURCE, 1.0)]))])
    assert set(info["columns"].values()) <= set(row)
    assert {info["tags"]["role_tag"], info["tags"]["content_tag"]} == set(row["messages"][0])


def test_the_training_config_samples_as_the_gates_do() -> None:
    config = yaml.safe_load(
        llama_factory.write_config("mine", Settings(consumer_fps=1.5, consumer_video_px=100))
    )
    assert (config["dataset"], config["dataset_dir"], config["media_dir"]) == ("mine", ".", ".")
    assert (config["video_fps"], config["video_max_pixels"], config["learning_rate"]) == (1.5, 10_000, 1e-4)


@pytest.mark.parametrize(
    ("media", "video", "image"),
    [
        ([clip(SOURCE, (1.0, 3.0))], [25, 75], None),
        ([clip(SOURCE, (1.0, 3.0), (4.0, 5.0))], [25, 125], None),
        ([clip(SOURCE, (0.0, 1.0)), clip(SOURCE, (2.0, 3.0))], None, None),
        ([still(SOURCE, 2.0), still(SOURCE, 0.039)], None, [50, 0]),
        ([still(SOURCE, None)], None, None),
        ([SketchStill(source_id=SOURCE.source_id, strokes=(0,))], None, None),
    ],
    ids=["one piece", "two pieces", "two clips", "stills", "an image", "a sketch"],
)
def test_frame_numbers_of_the_source(media: list[Media], video: object, image: object) -> None:
    (row,) = dataclaw.write_samples([export(sample(media))], {SOURCE.source_id: SOURCE})
    assert (row["input_video"], row["input_image"]) == (video, image)
    assert (row["output_video"], row["output_image"]) == (None, None)


def test_a_frozen_clip_is_made_of_the_stretch_that_it_replaces_too() -> None:
    moving = clip(SOURCE, (1.0, 2.0))
    changed = moving.model_copy(
        update={"pieces": (*moving.pieces, Piece(op="freeze", start_s=2.0, end_s=3.0))}
    )
    (row,) = dataclaw.write_samples([export(sample([changed]))], {SOURCE.source_id: SOURCE})
    assert row["input_video"] == [25, 75]


def test_the_paper_s_fields_come_with_ours() -> None:
    (row,) = dataclaw.write_samples([export(sample([clip(SOURCE, (0.0, 4.0))]))], {SOURCE.source_id: SOURCE})
    assert (row["data_type"], row["task_family"]) == ("temporal_qa", "moment")
    assert row["verifier"] == {"kind": "number", "value": 1.0, "tolerance": 0.5}
    assert row["clock"] == {"unit": "seconds", "zero": "start of the clip", "media": [0]}
    assert row["generator"] == {"backend": "rules", "model": None, "revision": "1"}


def pose(answer: str, **verifier: Any) -> Exported:
    """A sample over a clip and two stills, a tag in its question, with an answer and its verifier."""
    media: list[Media] = [clip(SOURCE, (0.0, 4.0)), still(SOURCE, 1.0, label="A"), still(SOURCE, 2.0)]
    made = sample(media, question="When is <image> on screen?", answer=answer, twin_key="t")
    return export(made.model_copy(update={"verifier": Verifier(**verifier), "twin_of": "t-1"}))


POSED = [
    pose("2.0-4.5", kind="interval", value=[2.0, 4.5], tolerance=0.5),
    pose("not shown", kind="interval", value=None, tolerance=0.5),
    pose("C, A, B", kind="permutation", value=["C", "A", "B"]),
    pose("(0.972, 0.970)", kind="point", value=[0.9, 0.9, 1.0, 1.0]),
]


def test_a_prompt_of_ms_swift_is_llama_factory_s_without_the_answer() -> None:
    for row, trained in zip(ms_swift.write_rows(POSED), llama_factory.write_rows(POSED), strict=True):
        assert row["messages"] == trained["messages"][:1]
        assert (row["images"], row["videos"]) == (trained["images"], trained["videos"])


def test_a_prompt_of_trl_has_a_part_for_each_medium() -> None:
    (row,) = trl.write_rows(POSED[:1])
    (message,) = row["prompt"]
    assert [part["text"] or part["type"] for part in message["content"]] == [
        "video",
        "\nPicture A: ",
        "image",
        "\n",
        "image",
        "\nWhen is ‹image› on screen?",
    ]
    assert (len(row["images"]), len(row["videos"])) == (2, 1)


@pytest.mark.parametrize("write_rows", [ms_swift.write_rows, trl.write_rows])
def test_the_columns_give_each_sample_s_own_answer_the_whole_reward(write_rows: Any) -> None:
    rows = write_rows(POSED)
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    answers = [item.sample.payload["answer"] for item in POSED]
    assert dataclaw_reward(answers, **columns) == [1.0] * len(POSED)
    assert (columns["sample_id"][0], columns["twin_of"][0]) == (POSED[0].sample.sample_id, "t-1")


@pytest.mark.parametrize("write_rows", [ms_swift.write_rows, trl.write_rows])
def test_no_answer_is_in_a_prompt_or_a_path(write_rows: Any) -> None:
    for row, item in zip(write_rows(POSED), POSED, strict=True):
        shown = {name: value for name, value in row.items() if not name.startswith("verifier")}
        assert item.sample.payload["answer"] not in json.dumps(shown, ensure_ascii=False)


def test_the_command_of_ms_swift_samples_as_the_gates_do() -> None:
    command = ms_swift.write_command(Settings(consumer_fps=1.5, consumer_frames=7, consumer_video_px=100))
    assert "VIDEO_MAX_PIXELS=10000\nexport FPS=1.5 FPS_MAX_FRAMES=7\n" in command
    assert f"--dataset {ms_swift.ROWS} " in command
