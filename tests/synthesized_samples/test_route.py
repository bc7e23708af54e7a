"""One context for all tasks of a source, and footage that cannot speak to the model as we do."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.anchor_values import (
    InstructionValue,
    PageChangeValue,
    SubtitleValue,
    TextLineValue,
    Value,
)
from dataclaw_assets.records import Anchor, Source
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.digest import estimate_tokens
from dataclaw_assets.synthesized_samples.frames import Shown
from dataclaw_assets.synthesized_samples.route import SharedRoute, ask_for, share
from dataclaw_assets.tasks import list_specs
from resources.inference.contract import Image, Request, Sampling
from resources.inference.quoting import CLOSING, OPENING
from resources.settings import Settings
from tests.builders import make_anchor, make_film, make_source
from tests.fuzzing import TIMES
from tests.synthesized_samples.hostile import HOSTILE

FILM = make_source(duration_s=40.0)
SCREEN = make_source("gui_trace", name="session.zip")
SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}}
HARMLESS = "An ordinary line of text."

SPECIAL = re.compile(
    r"<[|｜]|</?s>|\[/?INST\]|<<SYS>>|<(?:start|end)_of_turn>|<\|?(?:im_(?:start|end)|image_pad|eot_id)"
    r"|\[(?:gMASK|TOOL_CALLS|AVAILABLE_TOOLS)\]|</?(?:image|video|audio|think|tool_call|sop|unk|pad)>"
)
"""Special tokens of ChatML, Llama, Mistral, Gemma, DeepSeek, GLM, Qwen and Phi templates."""


def make_shown(count: int = 4) -> list[Shown]:
    return [Shown(2.5 + 5 * n, np.full((36, 64, 3), 10 * n, np.uint8)) for n in range(count)]


def make_route(
    source: Source, anchors: list[Anchor], budget: int = 4000, remote: bool = False
) -> SharedRoute:
    return share(SourceContext(source, tuple(anchors), Settings()), make_shown(), budget, remote=remote)


def make_request(route: SharedRoute, suffix: str = "Write one question.", key: str = "k") -> Request:
    return ask_for(route, suffix, SCHEMA, Sampling(), key)


def read_prompt(request: Request) -> list[str]:
    """The parts in comparable form, pictures by their ids."""
    return [part if isinstance(part, str) else part.media_id for part in request.parts]


def read_facts(request: Request) -> list[str]:
    """The quoted text of each fact, parsed back from the prompt as it is sent."""
    text = "".join(part for part in request.parts if isinstance(part, str))
    block = text[text.index(OPENING) : text.index(CLOSING)]
    return [json.loads(line[line.index('"') :]) for line in block.split("\n") if re.match(r"F\d+ ", line)]


def speak(text: str) -> dict[str, list[Anchor]]:
    """Anchors that carry a text of the footage, one way each."""
    line = TextLineValue(text=text, order=0, of=1, height_px=20, readable_256=True, confidence=1.0)
    said: dict[str, tuple[str, Value]] = {
        "subtitle": ("subtitle", SubtitleValue(text=text, language="en")),
        "text on screen": ("text_line", line),
        "page title": ("page_change", PageChangeValue(before=text, after=text, last=0, first=1)),
        "logged task": ("instruction", InstructionValue(text=text)),
    }
    found = {}
    for way, (kind, value) in said.items():
        anchor = make_anchor(SCREEN, value, kind, 3.0, 4.0, basis="recorded")
        # One id, so that a text and its harmless twin are in the same place.
        found[way] = [anchor.model_copy(update={"anchor_id": way, "text": f"It says “{text}”."})]
    return found


def test_every_task_of_a_source_has_the_same_prompt_but_for_its_end() -> None:
    route = make_route(FILM, make_film(FILM))
    requests = [make_request(route, f"Task {spec.task_type}", spec.task_type) for spec in list_specs()]
    assert len({request.system for request in requests}) == 1
    assert len({tuple(read_prompt(request)[:-1]) for request in requests}) == 1
    assert len({read_prompt(request)[-1] for request in requests}) == len(requests)


def test_a_context_that_is_built_again_is_the_same_to_the_byte() -> None:
    anchors = make_film(FILM)
    first, again = make_route(FILM, anchors), make_route(FILM, anchors[::-1])
    assert make_request(first).prompt_hash == make_request(again).prompt_hash


def test_further_facts_of_a_task_come_after_what_is_shared() -> None:
    route = make_route(FILM, make_film(FILM), budget=300)
    plain = make_request(route)
    more = ask_for(route, "Write.", SCHEMA, Sampling(), "k", route.further(("subtitle",)))
    assert read_prompt(more)[:-1] == read_prompt(plain)[:-1]
    assert read_prompt(more)[-1].startswith(OPENING)
    assert read_prompt(more)[-1].endswith("Write.")


def test_further_facts_are_of_the_kinds_asked_for_and_labelled_on() -> None:
    route = make_route(FILM, make_film(FILM), budget=400)
    further = route.further(("subtitle",))
    assert {anchor.kind for anchor in further.facts.values()} == {"subtitle"}
    assert min(int(label[1:]) for label in further.facts) == len(route.digest.facts) + 1
    assert len(route.facts(further)) == len(route.digest.facts) + len(further.facts)
    assert estimate_tokens("\n".join(further.lines)) <= 100


def test_each_picture_follows_its_time() -> None:
    parts = make_request(make_route(FILM, [])).parts
    before = [str(parts[n - 1]) for n, part in enumerate(parts) if isinstance(part, Image)]
    assert [text[text.rindex("<") :] for text in before] == ["<2.5 s>", "<7.5 s>", "<12.5 s>", "<17.5 s>"]


def test_a_source_without_pictures_says_so() -> None:
    route = share(SourceContext(FILM, (), Settings()), (), 500, remote=False)
    assert len(route.parts) == 1
    assert "There are no pictures of it." in str(route.parts[0])


def test_the_name_of_the_file_is_not_told() -> None:
    source = make_source(name="it-is-a-cat.mp4")
    assert "cat" not in str(read_prompt(make_request(make_route(source, make_film(source)))))


@pytest.mark.parametrize("way", speak("").keys())
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_changes_its_own_line_and_nothing_else(way: str, text: str) -> None:
    hostile = make_request(make_route(SCREEN, speak(text)[way]))
    harmless = make_request(make_route(SCREEN, speak(HARMLESS)[way]))
    assert (hostile.system, hostile.schema, hostile.sampling, hostile.key) == (
        harmless.system,
        harmless.schema,
        harmless.sampling,
        harmless.key,
    )
    parts, twins = read_prompt(hostile), read_prompt(harmless)
    assert parts[:-2] == twins[:-2]
    assert parts[-1] == twins[-1]
    lines, twin_lines = parts[-2].split("\n"), twins[-2].split("\n")
    changed = [n for n, (line, twin) in enumerate(zip(lines, twin_lines, strict=True)) if line != twin]
    assert [twin_lines[n][:2] for n in changed] == ["F1"]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_forms_no_special_token_and_no_delimiter(text: str) -> None:
    anchors = [anchor for way in speak(text).values() for anchor in way]
    request = make_request(make_route(SCREEN, anchors))
    prompt = "".join(part for part in request.parts if isinstance(part, str))
    assert not SPECIAL.search(prompt)
    assert prompt.count(OPENING) == 1
    assert prompt.count(CLOSING) == 1


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_name_in_the_tasks_own_text_forms_no_special_token(text: str) -> None:
    request = make_request(make_route(FILM, []), f"Make samples from the video {text}.mp4")
    assert not SPECIAL.search(str(request.parts[-1]))


@settings(max_examples=100 * TIMES, deadline=None)
@given(st.lists(st.text(max_size=300), min_size=1, max_size=5))
def test_the_facts_parse_back_from_the_prompt_whatever_they_say(texts: list[str]) -> None:
    anchors = [
        make_anchor(SCREEN, SubtitleValue(text="", language=None), "subtitle", n, n).model_copy(
            update={"anchor_id": f"a-{n}", "text": text}
        )
        for n, text in enumerate(texts)
    ]
    assert read_facts(make_request(make_route(SCREEN, anchors, budget=100_000))) == texts


def make_private() -> list[Anchor]:
    line = TextLineValue(text="x", order=0, of=1, height_px=9, readable_256=True, confidence=1.0)
    anchor = make_anchor(SCREEN, line, "text_line", 2.0, 3.0, region=(0.0, 0.0, 320.0, 180.0))
    return [anchor.model_copy(update={"text": "The line reads “ada@example.org”."})]


def test_for_a_model_elsewhere_private_text_is_taken_out_and_painted_over() -> None:
    request = make_request(make_route(SCREEN, make_private(), remote=True))
    assert "ada" not in str(read_prompt(request))
    assert read_facts(request) == ["The line reads “[redacted]”."]
    pictures = [part.picture for part in request.parts if isinstance(part, Image)]
    assert [bool((picture[:18, :32] == 128).all()) for picture in pictures] == [True, False, False, False]


def test_a_model_on_this_machine_is_told_what_is_there() -> None:
    request = make_request(make_route(SCREEN, make_private()))
    assert read_facts(request) == ["The line reads “ada@example.org”."]
    assert not any(part.picture[0, 0, 0] == 128 for part in request.parts if isinstance(part, Image))


def test_the_task_for_a_model_elsewhere_holds_no_private_text_either() -> None:
    route = make_route(SCREEN, [], remote=True)
    assert "ada" not in str(make_request(route, "From /home/ada/clip.mp4 make one.").parts[-1])


def test_the_anchors_behind_the_labels_are_whole_also_when_their_text_was_not_sent() -> None:
    route = make_route(SCREEN, make_private(), remote=True)
    assert route.facts()["F1"] == make_private()[0]
