"""The built-in tasks: what each makes, of which footage and facts, and in which words it is asked for."""

from __future__ import annotations

from dataclaw_assets.records import Record, SourceKind


class TaskSpec(Record):
    """One class of trainable output, known before any footage is read.

    `needs` says, for each kind of source that the task can serve, which kinds of anchor it composes from
    (every one of them, of `a|b` one or the other); a source that lacks one is infeasible. `needs_model` says,
    for a kind of source, why a model must look before anything can be said; what `needs` names besides is
    what its words must rest on. A kind in neither cannot be served at all.
    """

    task_type: str
    title: str
    description: str
    synonyms: tuple[str, ...]
    output_schema: str
    needs: dict[SourceKind, tuple[str, ...]]
    needs_model: dict[SourceKind, str] = {}
    refusals: dict[SourceKind, str] = {}

    def list_kinds(self, kind: SourceKind | None) -> tuple[str, ...]:
        """Every kind of anchor that the task may compose from in a kind of source."""
        needs = self.needs.get(kind, ()) if kind else ()
        return tuple(name for need in needs for name in split_need(need))


def split_need(name: str) -> tuple[str, ...]:
    """The kinds of anchor any one of which a need is met by."""
    return tuple(name.split("|"))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


VISUAL_PUZZLE = TaskSpec(
    task_type="visual_puzzle",
    title="Visual puzzles",
    description=(
        "puzzles over pictures and clips whose answer a machine can check: put stills in the order of the "
        "video, find the moment of a picture, locate a stretch that was rotated, frozen, mirrored, sped up "
        "or taken from elsewhere, count overlaid shapes, put the tiles of a picture back"
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
        "image": ("picture",),
    },
)

TEMPORAL_QA = TaskSpec(
    task_type="temporal_qa",
    title="Temporal question answering",
    description=(
        "questions about time in the footage: what comes next, how long, when a thing happens, what changes, "
        "in which direction, how fast, what is shown or said at the same time"
    ),
    synonyms=_words(
        "temporal time question questions qa answer when before after next order ordering duration "
        "long localisation localization event events reasoning stop"
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
        "belong to it; the key concepts of a lecture, matched with its slides"
    ),
    synonyms=_words(
        "tutorial tutorials step steps step-by-step lesson lessons guide how-to howto instructions "
        "teach learn walkthrough procedure interleaved course explain lecture slides education concepts"
    ),
    output_schema="Tutorial",
    needs={
        "video": ("still_unique", "subtitle|text_line"),
        "gui_trace": ("action", "target_read", "stable"),
        "drawing": ("stroke",),
    },
    needs_model={
        "gui_trace": "what is done on each screen must be put into words",
        "robot_demo": "what each phase is for must be seen and put into words",
    },
    refusals={"image": "a single picture shows no steps"},
)

VIDEO_QA = TaskSpec(
    task_type="video_qa",
    title="Cross-modal question answering",
    description=(
        "questions that point at a moment by what is said, shown or written there, and are answered from "
        "another modality: what stands on the screen, what is said, how the camera moves"
    ),
    synonyms=_words(
        "video question questions qa vqa answer multimodal cross-modal ocr reading text printed written "
        "caption captions speech subtitle said motion camera benchmark longvideobench video-mme motionbench "
        "understanding"
    ),
    output_schema="VideoQA",
    needs={
        "video": ("still_unique", "motion|subtitle|text_line"),
        "gui_trace": ("text_line", "still_unique"),
        "image": ("text_line",),
    },
    refusals={
        "robot_demo": "nothing is said or written in it that could point at a moment",
        "drawing": "nothing is said or written in it that could point at a moment",
    },
)

TUTORING = TaskSpec(
    task_type="tutoring",
    title="Tutoring dialogues",
    description=(
        "a learner who is stuck at one step of a lesson asks in their own words, and the tutor answers from "
        "what is shown and said there"
    ),
    synonyms=_words(
        "tutoring tutor tutors learner learners student students stuck dialogue dialogues conversation help "
        "hint hints coach coaching homework"
    ),
    output_schema="Tutoring",
    needs={
        "video": ("still_unique", "subtitle"),
        "gui_trace": ("action", "target_read", "stable"),
    },
    needs_model={
        "video": "a learner's own words must be written",
        "gui_trace": "a learner's own words must be written",
    },
    refusals={
        "image": "a single picture shows no steps",
        "drawing": "nothing is said or written at its strokes that a learner could ask about",
        "robot_demo": "nobody learns a lesson from it step by step",
    },
)

GUI_TASK = TaskSpec(
    task_type="gui_task",
    title="GUI agent tasks",
    description=(
        "what to do next on a screen and where, as a normalised point; the actions of a session; fragments "
        "of sessions to be put in order, and the task behind them"
    ),
    synonyms=_words(
        "gui ui agent agents computer-use desktop browser web mobile app click clicks tap typing action "
        "actions next-action point pointing coordinates grounding trajectory trajectories fragment fragments "
        "long-horizon workflow operate operation"
    ),
    output_schema="GUITask",
    needs={"gui_trace": ("action", "text_line")},
    refusals={
        "video": "no log says what was done on the screen",
        "image": "no log says what was done on the screen",
        "robot_demo": "it shows no screen",
        "drawing": "it shows no screen",
    },
)

ROBOT_RECOVERY = TaskSpec(
    task_type="robot_recovery",
    title="Robot fault and recovery",
    description=(
        "demonstrations with a fault that we made, such as hesitation, an unstable grasp or early "
        "stagnation, with the picture where it begins and the clip that recovers from it"
    ),
    synonyms=_words(
        "robot robotic manipulation embodied failure failures fault faults recovery recover recovering stall "
        "stuck hesitation unstable grasp stagnation freeze error correction diagnosis"
    ),
    output_schema="RobotRecovery",
    needs={"robot_demo": ("phase", "still_unique")},
    refusals={
        "video": "no log says how the arm moves",
        "image": "no log says how an arm moves",
        "gui_trace": "it shows no robot",
        "drawing": "it shows no robot",
    },
)

ROBOT_UNDERSTANDING = TaskSpec(
    task_type="robot_understanding",
    title="Robot demonstration understanding",
    description=(
        "what a robot's demonstration shows: its phases, when the gripper begins to close and to open, and "
        "for how long it holds"
    ),
    synonyms=_words(
        "robot robotic manipulation embodied arm gripper subtask subtasks phase phases progress instruction "
        "instructions policy vla next demonstration understanding"
    ),
    output_schema="RobotUnderstanding",
    needs={"robot_demo": ("phase", "still_unique")},
    refusals={
        "video": "no log says how the arm moves",
        "image": "no log says how an arm moves",
        "gui_trace": "it shows no robot",
        "drawing": "it shows no robot",
    },
)

WORLD_MODEL = TaskSpec(
    task_type="world_model",
    title="World model transitions",
    description=(
        "frames before, the action or movement in between, and the frames that truly follow, for models that "
        "predict what happens"
    ),
    synonyms=_words(
        "world model world-model dynamics transition transitions future frames frame prediction predict "
        "action-conditioned conditioned simulator simulation rollout next-frame"
    ),
    output_schema="WorldModel",
    needs={
        "video": ("motion",),
        "gui_trace": ("action", "target_read", "screen_state_change", "text"),
        "robot_demo": ("phase", "still_unique"),
        "drawing": ("stroke",),
    },
    refusals={"image": "a single picture has no future"},
)

GENERATION = TaskSpec(
    task_type="generation",
    title="Video generation segments",
    description=(
        "segments worth training a video generator on, chosen by motion, stability and cleanliness, with a "
        "motion plan and evidence frames"
    ),
    synonyms=_words(
        "generation generate generator generative text-to-video t2v image-to-video i2v diffusion aigc "
        "segment segments clip selection curation motion plan camera aesthetic prompt prompts"
    ),
    output_schema="Generation",
    needs={"video": ("motion",)},
    refusals={
        "image": "a single picture has no motion",
        "gui_trace": "a screen is not what a video generator is to learn",
        "robot_demo": "its transitions belong to the task world_model",
        "drawing": "it has no camera and no scene",
    },
)

PLANNING = TaskSpec(
    task_type="planning",
    title="Driving and navigation planning",
    description="what to do next on the way, and why, seen from a moving vehicle or a walking person",
    synonyms=_words(
        "planning plan driving drive autonomous vehicle car road traffic navigation navigate navigating vln "
        "route egocentric walking steering waypoint waypoints"
    ),
    output_schema="Planning",
    needs={},
    needs_model={"video": "what is on the way, and what to do about it, must be seen and put into words"},
    refusals={
        "image": "a single picture shows no way",
        "gui_trace": "a screen shows no way",
        "robot_demo": "an arm on a table goes no way",
        "drawing": "a drawing shows no way",
    },
)

EDITING = TaskSpec(
    task_type="editing",
    title="Editing triplets",
    description=(
        "a picture before, the instruction in words, and the picture after: real changes of screens and "
        "drawings, and edits of images with their exact recipe"
    ),
    synonyms=_words(
        "edit edits editing image-editing before after instruction triplet triplets inpainting retouch "
        "change transformation instructpix2pix"
    ),
    output_schema="Editing",
    needs={
        "gui_trace": ("screen_state_change",),
        "drawing": ("stroke",),
        "image": ("picture",),
        "video": ("state_before", "state_after"),
    },
    refusals={"robot_demo": "its changes belong to the task world_model"},
)
