"""Which tasks there are: the built-in ones and those of installed plug-ins."""

from __future__ import annotations

import functools
import os
import warnings
from importlib import metadata
from typing import Any

from dataclaw_assets.errors import InputError
from dataclaw_assets.task_specs import (
    EDITING,
    GENERATION,
    GUI_TASK,
    PLANNING,
    ROBOT_RECOVERY,
    ROBOT_UNDERSTANDING,
    TEMPORAL_QA,
    TUTORIAL,
    TUTORING,
    VIDEO_QA,
    VISUAL_PUZZLE,
    WORLD_MODEL,
    TaskSpec,
)

ENTRY_POINTS = "dataclaw.task_agents"
VARIABLE = "DATACLAW_TASKS"
"""Names the tasks of a deployment, separated by commas; all where it is not set."""


BUILT_IN = (
    VISUAL_PUZZLE,
    TEMPORAL_QA,
    VIDEO_QA,
    TUTORIAL,
    TUTORING,
    GUI_TASK,
    ROBOT_RECOVERY,
    ROBOT_UNDERSTANDING,
    WORLD_MODEL,
    GENERATION,
    PLANNING,
    EDITING,
)


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
    """Every registered task, built-in ones first; where `DATACLAW_TASKS` names some, these, in its order.

    Raises `InputError` for a name that is none.
    """
    specs = {spec.task_type: spec for spec in BUILT_IN}
    specs |= {task_type: agent.spec for task_type, agent in load_plugins().items()}
    wanted = [name.strip() for name in os.environ.get(VARIABLE, "").split(",") if name.strip()]
    for name in wanted:
        if name not in specs:
            raise InputError(f"{VARIABLE}: unknown task {name!r}; known tasks: {', '.join(specs)}")
    return tuple(specs[name] for name in dict.fromkeys(wanted or specs))


def find_spec(task_type: str) -> TaskSpec:
    """The spec of a task; `InputError` names the known ones."""
    specs = {spec.task_type: spec for spec in list_specs()}
    if task_type not in specs:
        raise InputError(f"unknown task {task_type!r}; known tasks: {', '.join(specs)}")
    return specs[task_type]
