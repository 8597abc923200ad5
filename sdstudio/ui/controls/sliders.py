"""The request's numbers that have a slider: their ranges, steps and explanations."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from sdstudio.engine.request import MAX_STEPS
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.slider_row import SliderRow
from sdstudio.ui.wording import label

translate = QCoreApplication.translate


@dataclass(frozen=True)
class Spec:
    """What a slider row is made of.

    Attributes:
        scale: The numbers of the slider.
        explanation: The idea in a sentence, with units and range.
        most: Greatest number of the box, where it goes beyond the slider.
        note_lines: Lines kept free below.
    """

    scale: Scale
    explanation: str
    most: float | None = None
    note_lines: int = 1


def specs() -> dict[str, Spec]:
    """The slider rows by request field."""
    return {
        "guidance_scale": Spec(
            Scale(0, 30, 0.1, 1, decimals=1),
            translate(
                "controls",
                "How strongly the words pull: the network guesses the noise with and without them, "
                "and the difference is amplified this many times. 0 to 30, in the box to 100; at 1 "
                "and below guidance is off.",
            ),
            most=100,
        ),
        "steps": Spec(
            # Half of the slider for the first 50: there each step shows.
            Scale(1, 150, 1, 10, power=1.6),
            translate(
                "controls",
                "In how many steps noise becomes a picture: more are finer and slower, and beyond "
                "some 50 little changes. 1 to 150, in the box to 1000.",
            ),
            most=MAX_STEPS,
        ),
        "strength": Spec(
            Scale(0, 1, 0.01, 0.1, decimals=2),
            translate(
                "controls",
                "How far the picture is taken back into noise: 0 leaves it as it is, 1 leaves "
                "nothing of it. Only that share of the steps runs. 0 to 1.",
            ),
            note_lines=2,
        ),
        "guidance_rescale": Spec(
            Scale(0, 1, 0.05, 0.1, decimals=2),
            translate(
                "controls",
                "Takes back the harsh contrast that strong guidance brings, by this share of the "
                "rescaling of Lin et al. 2023. 0 to 1; 0.7 is usual where it is needed.",
            ),
        ),
        "eta": Spec(
            Scale(0, 1, 0.05, 0.1, decimals=2),
            translate(
                "controls",
                "How much fresh noise each step adds: 0 is none and always goes the same way, 1 is "
                "as much as DDPM. 0 to 1; only DDIM and TCD use it.",
            ),
        ),
        "clip_skip": Spec(
            Scale(0, 11, 1, 1),
            translate(
                "controls",
                "How many of the text encoder's last layers are left out: the words are taken more "
                "loosely. 0 to 11, and fewer than the encoder has.",
            ),
            most=23,
        ),
    }


def slider_row(field: str, spec: Spec) -> SliderRow:
    """The slider row of a request field."""
    return SliderRow(
        label(field),
        spec.scale,
        most=spec.most,
        explanation=spec.explanation,
        note_lines=spec.note_lines,
    )
