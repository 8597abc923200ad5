"""How often a going run is followed: as often as the window can afford."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

SHARE = 0.02
"""Following a run, with all that is painted for it, may take this share of the window's thread:
what the window computes, the sampler cannot."""

LEAST_MS = 200
"""However little it takes, nobody reads faster."""

MOST_MS = 2000
"""However much it took, what shows is no older: a first painting costs more than those after."""


class Pace(QObject):
    """Makes whoever follows a run pause, the longer the more it cost.

    Args:
        clock: Seconds of processor time that this thread has had, rising.

    Signals:
        over: The pause is over.
    """

    over = Signal()

    def __init__(
        self, clock: Callable[[], float] = time.thread_time, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._began = 0.0
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self.over)
        # What was changed is painted before the event loop comes to its timers.
        self._painted = QTimer(self, singleShot=True, interval=0)
        self._painted.timeout.connect(self._start)

    @property
    def is_pausing(self) -> bool:
        """Whether it is too soon to follow again."""
        return self._painted.isActive() or self._pause.isActive()

    @property
    def milliseconds(self) -> int:
        """How long the present or last pause is."""
        return self._pause.interval()

    def begin(self) -> None:
        """Say that what is done from now on, until it is painted, is to be paid for."""
        self._pause.stop()
        self._began = self._clock()
        self._painted.start()

    def stop(self) -> None:
        """End the pause, quietly."""
        self._painted.stop()
        self._pause.stop()

    def _start(self) -> None:
        cost = self._clock() - self._began
        self._pause.start(min(MOST_MS, max(LEAST_MS, round(1000 * cost / SHARE))))
