"""When a drawing is made into a picture again: at once coarsely, finely when the hand rests."""

from __future__ import annotations

import math
from dataclasses import replace

from sdstudio.engine.request import Request

PAUSE_SECONDS = 0.15
"""A stroke that stands still for so long is tried out before it ends."""

REST_SECONDS = 0.4
"""A hand that rests for so long wants the whole number of steps."""

COARSE_CALLS = 8
"""About so many network calls make a coarse picture."""


class Rhythm:
    """Turns what the hand does into moments; seconds come from outside.

    Attributes:
        touched_at: When the drawing last changed.
    """

    def __init__(self) -> None:
        self.touched_at = -math.inf
        self._untried = False
        self._unrefined = False

    def touch(self, now: float) -> None:
        """The drawing changed."""
        self.touched_at = now
        self._untried = True

    def tried(self) -> None:
        """A run of the drawing as it is was asked for; it may want to be refined."""
        self._untried, self._unrefined = False, True

    def refined(self) -> None:
        """Nothing finer is to be asked for until the next trial."""
        self._unrefined = False

    def forget(self) -> None:
        """Nothing is to be asked for until the drawing changes."""
        self._untried = self._unrefined = False

    def wants_trying(self, now: float) -> bool:
        """Whether the hand has paused over something new."""
        return self._untried and now - self.touched_at >= PAUSE_SECONDS

    def wants_refining(self, now: float) -> bool:
        """Whether the hand rests and the newest run was a coarse one."""
        return self._unrefined and not self._untried and now - self.touched_at >= REST_SECONDS

    def due(self, now: float, *, refines: bool) -> float | None:
        """Seconds until one of them is so, None when only a change can bring that.

        Args:
            now: Seconds.
            refines: Whether refining is possible.
        """
        if self._untried:
            return max(0.0, PAUSE_SECONDS - (now - self.touched_at))
        if self._unrefined and refines:
            return max(0.0, REST_SECONDS - (now - self.touched_at))
        return None


def coarse(request: Request) -> Request:
    """The same in few steps: as many as leave about :data:`COARSE_CALLS` to be run.

    With a picture only the share ``strength`` of the steps runs, so that a weak one asks for
    more of them. A request that makes no more calls than that anyhow is given back as it is.
    """
    share = request.strength if request.image is not None else 1.0
    if int(request.steps * share) <= COARSE_CALLS or share <= 0:
        return request
    # Products such as 0.8 * 10 must not fall below the whole number they are meant to be.
    steps = math.ceil(round(COARSE_CALLS / share, 6))
    return replace(request, steps=min(request.steps, steps))
