"""The runs that the pen asks for in Live: coarse at once, fine when the hand rests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from sdstudio.engine.problems import RequestError
from sdstudio.session.drawing.live import Rhythm, coarse
from sdstudio.session.sitting import Sitting

Busy = Literal["", "coarse", "fine"]


class Trials:
    """Asks a sitting for them and knows which is going.

    Args:
        sitting: What makes them.
        clock: Seconds, rising.
    """

    def __init__(self, sitting: Sitting, clock: Callable[[], float]) -> None:
        self._sitting = sitting
        self._clock = clock
        self._rhythm = Rhythm()
        self._coarse: int | None = None
        self._newest = 0

    @property
    def busy(self) -> Busy:
        """Whether a run that the pen asked for is going or waits."""
        if not self._sitting.running or self._sitting.newest != self._newest:
            return ""
        return "coarse" if self._newest == self._coarse else "fine"

    @property
    def due(self) -> float | None:
        """Seconds until there is something to ask for, None when nothing is awaited."""
        # A coarse run is refined after its end, which is told.
        refines = self._sitting.live and not self._sitting.running
        return self._rhythm.due(self._clock(), refines=refines)

    @property
    def wants_trying(self) -> bool:
        """Whether the hand has paused over something new."""
        return self._rhythm.wants_trying(self._clock())

    @property
    def wants_refining(self) -> bool:
        """Whether the hand rests, and nothing goes on."""
        return self._rhythm.wants_refining(self._clock()) and not self._sitting.running

    def touch(self) -> None:
        """The drawing, or what decides how it is used, changed."""
        self._rhythm.touch(self._clock())

    def forget(self) -> None:
        """Nothing is to be asked for until the drawing changes."""
        self._rhythm.forget()

    def begin(self, *, live: bool) -> None:
        """The drawing is taken as it is; out of Live nothing follows."""
        self._rhythm.tried()
        if not live:
            self._rhythm.forget()

    def refine(self) -> None:
        """Have the coarse picture, if that is what was made last, made finely."""
        self._rhythm.refined()
        run = self._sitting.run
        awaited = self._coarse is not None and self._sitting.newest == self._coarse
        if awaited and run is not None and run.number == self._coarse and run.finished:
            self.ask(fine=True)

    def ask(self, *, fine: bool) -> None:
        """Have the request made as it stands, coarsely or with all its steps."""
        request = self._sitting.request
        quick = request if fine else coarse(request)
        passing = quick != request
        try:
            number = self._sitting.commission(quick, live=True, passing=passing)
        except RequestError:
            # The controls say what is wrong for as long as it is.
            self._rhythm.forget()
            return
        self._newest = number
        self._coarse = number if passing else None
        if not passing:
            self._rhythm.refined()
