"""The hand comes first: what can wait, waits while a stroke is being drawn."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

REST_MS = 40
"""A pen that rests so long has let the window catch up; moves come every 4 to 16 ms."""

MOST_MS = 5000
"""A stroke without a rest keeps what waits for no longer. What waits is about the drawing as it
was before the stroke, and showing it costs some moves of the pen more than 16 ms: so seldom,
they are fewer than one in a hundred."""


class Pacing(QObject):
    """Puts off the window's other work until the pen rests or goes up.

    A stroke that goes on lets it through too, now and then, right after the pad was painted:
    then the longest time is left until the next move.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: Callable[[], None] | None = None
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._let_go)
        self._most = QTimer(self, singleShot=True, interval=MOST_MS)

    @property
    def is_stroke_moving(self) -> bool:
        """Whether a pen is down and has moved just now."""
        return self._rest.isActive()

    def stroke_moved(self) -> None:
        """A pen that is down goes on."""
        self._rest.start()

    def stroke_painted(self) -> None:
        """What it drew is on the screen."""
        if self._waiting is not None and not self._most.isActive():
            QTimer.singleShot(0, self, self._let_go)

    def stroke_over(self) -> None:
        """The pen is up."""
        self._rest.stop()
        self._let_go()

    def when_free(self, work: Callable[[], None]) -> None:
        """Do it now, or once the pen lets it; of what waits only the newest is done."""
        if not self.is_stroke_moving:
            work()
            return
        if self._waiting is None:
            self._most.start()
        self._waiting = work

    def _let_go(self) -> None:
        work, self._waiting = self._waiting, None
        self._most.stop()
        if work is not None:
            work()


_pacing: Pacing | None = None


def current() -> Pacing:
    """The application's, made when first asked for, on the window's thread."""
    global _pacing
    app = QApplication.instance()
    if _pacing is None or _pacing.parent() is not app:
        _pacing = Pacing(app)
    return _pacing
