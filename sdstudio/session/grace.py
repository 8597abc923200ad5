"""When a superseded run ends, so that a moving slider neither waits nor starves the canvas."""

from __future__ import annotations

from collections.abc import Callable

QUIET_SECONDS = 0.25
"""A canvas that was shown nothing for so long is owed a picture."""

GRACE_SECONDS = 0.1
"""A superseded run may take so long over one."""


class Grace:
    """Lets a superseded run publish its present step if that is overdue and soon done.

    Args:
        clock: Seconds, rising.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._shown_at = -float("inf")
        self._began = clock()
        self._step_seconds: float | None = None
        self._until: float | None = None

    def run_begins(self) -> None:
        """A run that is not superseded begins."""
        self._until = None

    def step_begins(self) -> None:
        """A network call begins."""
        self._began = self._clock()

    def step_ends(self) -> None:
        """The network call is done; the next is expected to take as long."""
        self._step_seconds = self._clock() - self._began

    def shown(self) -> None:
        """A picture was published."""
        self._shown_at = self._clock()

    def must_end(self) -> bool:
        """Whether the run, which is superseded, ends now; the first answer sets its time."""
        now = self._clock()
        if self._until is None:
            # A first step has no known price: it may try, and the time still ends it.
            expected = self._began + (self._step_seconds or 0.0)
            owed = now - self._shown_at >= QUIET_SECONDS
            soon = expected - now <= GRACE_SECONDS
            self._until = now + GRACE_SECONDS if owed and soon else now
        return now >= self._until
