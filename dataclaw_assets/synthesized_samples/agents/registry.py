"""The task agents that there are: the built-in ones and those of installed packages."""

from __future__ import annotations

from dataclaw_assets.synthesized_samples.agents.contract import TaskAgent
from dataclaw_assets.synthesized_samples.agents.editing import EditingAgent
from dataclaw_assets.synthesized_samples.agents.generation import GenerationAgent
from dataclaw_assets.synthesized_samples.agents.gui_task import GUITaskAgent
from dataclaw_assets.synthesized_samples.agents.planning import PlanningAgent
from dataclaw_assets.synthesized_samples.agents.robot_recovery import RobotRecoveryAgent
from dataclaw_assets.synthesized_samples.agents.robot_understanding import RobotUnderstandingAgent
from dataclaw_assets.synthesized_samples.agents.temporal_qa import TemporalQAAgent
from dataclaw_assets.synthesized_samples.agents.tutorial import TutorialAgent
from dataclaw_assets.synthesized_samples.agents.tutoring import TutoringAgent
from dataclaw_assets.synthesized_samples.agents.video_qa import VideoQAAgent
from dataclaw_assets.synthesized_samples.agents.visual_puzzle import VisualPuzzleAgent
from dataclaw_assets.synthesized_samples.agents.world_model import WorldModelAgent
from dataclaw_assets.tasks import find_spec, load_plugins

BUILT_IN: tuple[TaskAgent, ...] = (
    VisualPuzzleAgent(),
    TemporalQAAgent(),
    VideoQAAgent(),
    TutorialAgent(),
    TutoringAgent(),
    GUITaskAgent(),
    RobotRecoveryAgent(),
    RobotUnderstandingAgent(),
    WorldModelAgent(),
    GenerationAgent(),
    PlanningAgent(),
    EditingAgent(),
)


def find_agent(task_type: str) -> TaskAgent:
    """The agent of a registered task; `InputError` names the known tasks."""
    find_spec(task_type)
    agents: dict[str, TaskAgent] = load_plugins() | {agent.spec.task_type: agent for agent in BUILT_IN}
    return agents[task_type]
