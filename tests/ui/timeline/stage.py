"""A sitting with finished runs and a branch, and pictures that tell themselves apart."""

from __future__ import annotations

import numpy as np

from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import ModelReady, Parent, RunFinished, RunStarted, StepTaken
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.sitting import Sitting
from tests.ui.fake_sampler import FACTS

COUNT = 10


def sitting() -> Sitting:
    """A sitting whose model is ready."""
    made = Sitting(Mailbox())
    made.handle(ModelReady(FACTS))
    return made


def picture(run: int, index: int) -> np.ndarray:
    """The picture of a step: one colour that no other step has."""
    return np.full((16, 16, 3), (run, index, 0), np.uint8)


def play(
    made: Sitting,
    run: int,
    *,
    parent: Parent | None = None,
    edit: Edit | None = None,
    steps: int = COUNT,
    request: Request | None = None,
    family: int | None = None,
) -> int:
    """Let a run take ``steps`` steps, and finish when these are all."""
    request = request or Request(prompt="a frog", prompt_b="a rabbit", steps=COUNT)
    made.handle(RunStarted(run, request, COUNT, 1.0, parent=parent, family=family))
    first = parent.shared if parent is not None else 0
    for index in range(first, steps):
        step_edit = edit if edit is not None and edit.step == index else None
        level, seconds = 1 - index / COUNT, 0.01 + index / 1000
        made.handle(
            StepTaken(
                run,
                index,
                COUNT,
                999.0 - index,
                level,
                picture(run, index),
                "vae",
                seconds,
                step_edit,
            )
        )
    if steps == COUNT:
        edits = (edit,) if edit is not None else ()
        made.handle(RunFinished(run, picture(run, 200), edits, 2.0))
    return run
