"""The task agents that there are: the built-in ones and those of installed packages."""

from __future__ import annotations

from dataclaw_assets.synthesized_samples.agents.contract import TaskAgent
from dataclaw_assets.synthesized_samples.agents.editing.agent import EditingAgent
from dataclaw_assets.synthesized_samples.agents.generation.agent import GenerationAgent
from dataclaw_assets.synthesized_samples.agents.gui_task.agent import GUITaskAgent
from dataclaw_assets.synthesized_samples.agents.planning.agent import PlanningAgent
from dataclaw_assets.synthesized_samples.agents.robot_recovery.agent import RobotRecoveryAgent
from dataclaw_assets.synthesized_samples.agents.robot_understanding.agent import RobotUnderstandingAgent
from dataclaw_assets.synthesized_samples.agents.temporal_qa.agent import TemporalQAAgent
from dataclaw_assets.synthesized_samples.agents.tutorial.agent import TutorialAgent
from dataclaw_assets.synthesized_samples.agents.tutoring.agent import TutoringAgent
from dataclaw_assets.synthesized_samples.agents.video_qa.agent import VideoQAAgent
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.agent import VisualPuzzleAgent
from dataclaw_assets.synthesized_samples.agents.world_model.agent import WorldModelAgent
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
