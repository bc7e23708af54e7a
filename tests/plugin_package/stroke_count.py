"""Task `stroke_count`: how many strokes a drawing is made of, as the video draws it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.quality.gates.contract import Gate
from dataclaw_assets.records import Claim, Draft, SketchClip, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Payload
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.sketches import make_clip, read_strokes
from dataclaw_assets.task_specs import TaskSpec

SPEC = TaskSpec(
    task_type="stroke_count",
    title="Stroke counting",
    description="how many strokes a drawing is made of",
    synonyms=("count", "strokes"),
    output_schema="StrokeCount",
    needs={"drawing": ("stroke",)},
)


class StrokeCount(Payload):
    """Nothing beside the question and its answer."""


class StrokeCountAgent:
    """One question a drawing."""

    spec = SPEC
    version = "1"
    schema: type[BaseModel] = StrokeCount
    gates: Sequence[tuple[str, Gate]] = ()

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """The whole drawing as a clip, and the number of its strokes."""
        strokes = read_strokes(context)
        if not 2 <= len(strokes) <= 9:
            return
        anchor, value = strokes[0]
        yield Draft(
            task_type="stroke_count",
            template="count",
            source_id=context.source.source_id,
            payload=StrokeCount(
                question="How many strokes does the video draw, one after the other? Answer with a number.",
                answer=str(value.of),
                clock="seconds from the start of the video",
            ).model_dump(mode="json"),
            evidence=(Claim(kind="fact", field="of", value=value.of, anchors=(anchor.anchor_id,)),),
            media=(make_clip(context.source, [stroke.index for _, stroke in strokes]),),
            verifier=Verifier(kind="number", value=float(value.of), tolerance=0.0),
            difficulty={"strokes": value.of},
        )

    def derive(self, draft: Draft) -> Any:
        """As many as the drawing has, if the clip draws them all."""
        clip = draft.media[0]
        if not isinstance(clip, SketchClip) or len(clip.strokes) != draft.evidence[0].value:
            raise ValueError("the clip does not draw every stroke")
        return float(draft.evidence[0].value)
