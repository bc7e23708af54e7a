"""What a task is, and which ones there are: the built-in specs and those of installed plug-ins."""

from __future__ import annotations

import functools
import warnings
from importlib import metadata
from typing import Any

from dataclaw_assets.errors import InputError
from dataclaw_assets.records import Record, SourceKind

ENTRY_POINTS = "dataclaw.task_agents"


class TaskSpec(Record):
    """One class of trainable output, known before any footage is read.

    `needs` says, for each kind of source that the task can serve, which kinds of anchor it composes from
    (every one of them); a source that lacks one is infeasible. `needs_model` says, for a kind of source,
    why a model must look before anything can be said. A kind in neither cannot be served at all.
    """

    task_type: str
    title: str
    description: str
    synonyms: tuple[str, ...]
    output_schema: str
    needs: dict[SourceKind, tuple[str, ...]]
    needs_model: dict[SourceKind, str] = {}
    refusals: dict[SourceKind, str] = {}


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


VISUAL_PUZZLE = TaskSpec(
    task_type="visual_puzzle",
    title="Visual puzzles",
    description=(
        "puzzles over pictures and clips whose answer a machine can check: put stills in the order of the "
        "video, find the moment of a picture, locate a stretch that was rotated or frozen"
    ),
    synonyms=_words(
        "puzzle jigsaw visual order ordering sequence arrange sort shuffle temporal locate find "
        "moment picture anomaly rotated frozen freeze grounding self-supervised verifiable reward rl "
        "grpo"
    ),
    output_schema="VisualPuzzle",
    needs={
        "video": ("still_unique",),
        "gui_trace": ("still_unique",),
        "robot_demo": ("still_unique",),
        "drawing": ("stroke",),
    },
    refusals={"image": "a single picture has no order and no moment"},
)

TEMPORAL_QA = TaskSpec(
    task_type="temporal_qa",
    title="Temporal question answering",
    description=(
        "questions about time in the footage: what comes next, how long, when a thing happens, "
        "which line is spoken with which picture"
    ),
    synonyms=_words(
        "temporal time question questions qa answer when before after next order ordering duration "
        "long localisation localization event events reasoning speech subtitle said stop"
    ),
    output_schema="TemporalQA",
    needs={
        "video": ("still_unique",),
        "gui_trace": ("still_unique",),
        "robot_demo": ("still_unique",),
        "drawing": ("stroke",),
    },
    refusals={"image": "a single picture has no time"},
)

TUTORIAL = TaskSpec(
    task_type="tutorial",
    title="Interleaved tutorials",
    description=(
        "step-by-step lessons in which each step pairs a picture with the words or the stroke that "
        "belong to it"
    ),
    synonyms=_words(
        "tutorial tutorials step steps step-by-step lesson lessons guide how-to howto instructions "
        "teach learn walkthrough procedure interleaved course explain"
    ),
    output_schema="Tutorial",
    needs={"video": ("still_unique", "subtitle"), "drawing": ("stroke",)},
    needs_model={
        "gui_trace": "the log's labels are claims that no pixel reading has confirmed yet",
        "robot_demo": "what each phase is for must be seen and put into words",
    },
    refusals={"image": "a single picture shows no steps"},
)

BUILT_IN = (VISUAL_PUZZLE, TEMPORAL_QA, TUTORIAL)


@functools.cache
def load_plugins() -> dict[str, Any]:
    """Agents that installed packages add under the entry-point group, by task type.

    A plug-in that fails to import, or takes a name that exists, is named in a warning and left out.
    """
    agents: dict[str, Any] = {}
    taken = {spec.task_type for spec in BUILT_IN}
    for point in sorted(metadata.entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        try:
            agent = point.load()()
            task_type = agent.spec.task_type
        except Exception as error:
            warnings.warn(f"task agent {point.name} ({point.value}) does not load: {error}", stacklevel=2)
            continue
        if task_type in taken:
            warnings.warn(f"task agent {point.name}: {task_type} exists already", stacklevel=2)
            continue
        taken.add(task_type)
        agents[task_type] = agent
    return agents


def list_specs() -> tuple[TaskSpec, ...]:
    """Every registered task, built-in ones first."""
    return (*BUILT_IN, *(agent.spec for agent in load_plugins().values()))


def find_spec(task_type: str) -> TaskSpec:
    """The spec of a task; `InputError` names the known ones."""
    specs = {spec.task_type: spec for spec in list_specs()}
    if task_type not in specs:
        raise InputError(f"unknown task {task_type!r}; known tasks: {', '.join(specs)}")
    return specs[task_type]
