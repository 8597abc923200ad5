"""A sitting with a mailbox whose other side the test plays."""

from __future__ import annotations

import numpy as np

from sdstudio.engine.request import Edit
from sdstudio.session.events import (
    ModelReady,
    RunFinished,
    RunStarted,
    RunStopped,
    StepTaken,
)
from sdstudio.session.jobs import Job
from sdstudio.session.mailbox import Mailbox, Order
from sdstudio.session.sitting import Sitting
from tests.session.standins import HandClock, facts

PICTURE = np.zeros((8, 8, 3), np.uint8)
COUNT = 4


class Stage:
    """A sitting with a mailbox whose other side the test plays; its runs have four steps.

    Attributes:
        heard: The topics that were told.
    """

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.mailbox = Mailbox()
        self.sitting = Sitting(self.mailbox, clock=clock)
        self.heard: list[str] = []
        self.sitting.observe(self.heard.append)

    def ready(self) -> None:
        """The model is loaded."""
        self.sitting.handle(ModelReady(facts()))

    def order(self) -> Order:
        """Take the order that waits."""
        order = self.mailbox.take_order()
        assert order is not None
        return order

    def begin(self, order: Order | None = None) -> int:
        """Begin the run that was asked for; of a family all."""
        order = order or self.order()
        shared = 0 if order.parent is None else order.parent.shared
        edits = tuple(edit for edit in order.edits if (edit.step or 0) < shared)
        family = order.run if order.family else None
        for row, request in enumerate((order.request, *order.family)):
            self.sitting.handle(
                RunStarted(order.run + row, request, COUNT, 1.0, (), order.parent, edits, family)
            )
        return order.run

    def step(self, run: int, index: int, edit: Edit | None = None, seconds: float = 0.5) -> None:
        """A step is done."""
        self.sitting.handle(
            StepTaken(run, index, COUNT, 900.0 - index, 0.9, PICTURE, "linear", seconds, edit)
        )

    def finish(self, run: int, edits: tuple[Edit, ...] = ()) -> None:
        """The run came to its end."""
        self.sitting.handle(RunFinished(run, PICTURE, edits, 2.0))

    def stopped(self, run: int, steps: int, *, superseded: bool = False) -> None:
        """The run was ended early."""
        self.sitting.handle(RunStopped(run, steps, (), superseded))

    def play(self, order: Order | None = None, upto: int = COUNT) -> int:
        """Begin the run that was asked for and take its steps; all of them finish it."""
        order = order or self.order()
        run = self.begin(order)
        first = 0 if order.parent is None else order.parent.shared
        edits = {edit.step: edit for edit in order.edits}
        for index in range(first, upto):
            self.step(run, index, edits.get(index))
        if upto == COUNT:
            self.finish(run, order.edits)
        return run

    def generate(self) -> int:
        """Make a picture of the request, from the first step to the last."""
        self.sitting.generate()
        return self.play()

    def jobs(self) -> list[Job]:
        """Take the jobs that were asked for."""
        found: list[Job] = []
        while (job := self.mailbox.take_job()) is not None:
            found.append(job[1])
        return found

    def labels(self) -> list[str]:
        """What the runs in the tree are called."""
        return [node.label for node in self.sitting.tree.nodes]
