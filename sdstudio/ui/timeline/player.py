"""Plays the steps of a run, or the frames of a film, at a pace."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

SPEEDS = (2, 5, 10, 20, 50, 100)
"""Steps per second that may be chosen."""

FRAME_MS = 16
"""No more often than this is a step shown; faster speeds leave some out."""


class Player(QObject):
    """Moves a playhead along; when the window is late it leaves steps out, not slows down.

    Attributes:
        speed: Steps per second.
        loops: Whether it begins anew at the end, rather than stops.

    Signals:
        reached: The step (0-based) that is to be shown now.
        changed: It plays, or no longer.
    """

    reached = Signal(int)
    changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.speed = 10
        self.loops = False
        self._from = 0
        self._at = 0
        self._last = 0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self._timer.isActive()

    def play(self, index: int, last: int) -> None:
        """Play from the step after ``index`` to ``last``; from the first when at the end."""
        if last < 1:
            return
        at_end = index >= last
        self._from = self._at = 0 if at_end else max(0, index)
        self._last = last
        self._clock.start()
        self._timer.start(max(FRAME_MS, 1000 // self.speed // 2))
        self.changed.emit(True)
        if at_end:
            self.reached.emit(0)

    def stretch(self, last: int) -> None:
        """There are more steps now; one that plays goes on to the newest."""
        self._last = max(self._last, last)

    def set_speed(self, speed: int) -> None:
        """Choose the steps per second; takes hold at once."""
        self.speed = speed
        if self.playing:
            self._from = self._at
            self._clock.restart()
            self._timer.start(max(FRAME_MS, 1000 // speed // 2))

    def stop(self) -> None:
        """Stay where it is."""
        if self.playing:
            self._timer.stop()
            self.changed.emit(False)

    def _tick(self) -> None:
        index = self._from + int(self._clock.elapsed() * self.speed / 1000)
        index = index % (self._last + 1) if self.loops else min(self._last, index)
        if index != self._at:
            self._at = index
            self.reached.emit(index)
        if index >= self._last and not self.loops:
            self.stop()
