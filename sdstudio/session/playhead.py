"""Where the person looks, and what the canvas shows there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sdstudio.engine.problems import Problem
from sdstudio.session.events import Place, PreviewKind, StepNote, View
from sdstudio.session.run_node import RunNode

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Playhead:
    """The run and the step that are looked at.

    Attributes:
        run: The selected run, None before the first.
        step: Its step, None before its first own one.
        view: Which picture of the step.
        following: Whether it goes with the newest step, or stands at the end of a run that
            is over; a playhead that does not is parked: changes then branch from its step.
    """

    run: int | None = None
    step: int | None = None
    view: View = "x0"
    following: bool = True


@dataclass(frozen=True, eq=False)
class Shown:
    """What the canvas shows now.

    Attributes:
        array: (height, width, 3) uint8; None before there is anything.
        kind: How it was made.
        node: The selected run.
        note: The playhead's step, None before the first.
        place: The playhead's place; its view is "next_latents" for a result.
        is_playhead: Whether ``array`` is of the playhead's step and view; if not, it is the
            picture that was there before, until that one is made.
        is_result: Whether it is the picture that the run ended with.
        problems: Why the playhead's picture cannot be made.
    """

    array: np.ndarray | None = None
    kind: PreviewKind = "vae"
    node: RunNode | None = None
    note: StepNote | None = None
    place: Place | None = None
    is_playhead: bool = False
    is_result: bool = False
    problems: tuple[Problem, ...] = ()
