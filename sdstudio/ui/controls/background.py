"""Work that would stall the window, such as decoding a large picture, done beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThreadPool, Signal

from sdstudio.engine.problems import StudioError


class Background(QObject):
    """Runs one piece of work at a time; the answer of an older one is dropped.

    It has no parent on purpose: the work under way keeps it alive, whatever is closed.
    """

    finished = Signal(object)
    """What the newest work returned."""

    failed = Signal(object)
    """The problems of the newest work."""

    _answered = Signal(int, bool, object)

    def __init__(self) -> None:
        super().__init__()
        self._newest = 0
        self._answered.connect(self._take)

    def start(self, work: Callable[[], Any]) -> None:
        """Begin; only :class:`StudioError` is an expected failure."""
        self._newest += 1
        number = self._newest

        def run() -> None:
            try:
                answer = work()
            except StudioError as error:
                self._answered.emit(number, False, error.problems)
            else:
                self._answered.emit(number, True, answer)

        QThreadPool.globalInstance().start(run)

    def forget(self) -> None:
        """Drop the answer of what is under way."""
        self._newest += 1

    def _take(self, number: int, good: bool, answer: Any) -> None:
        if number == self._newest:
            (self.finished if good else self.failed).emit(answer)
