"""Runs a prompt in the window to its end and takes a picture of the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from sdstudio.engine.problems import Problem, RequestError
from sdstudio.session.sitting import What
from sdstudio.ui import wording
from sdstudio.ui.window import MainWindow

SETTLE_MS = 250
"""So long the window has to draw what it was told last."""


class Screenshot(QObject):
    """Waits for the model, generates, and closes the window when the picture is taken.

    Attributes:
        error: Why there is no picture; "" once there is one.
    """

    def __init__(self, window: MainWindow, prompt: str, path: Path) -> None:
        super().__init__(window)
        self._window = window
        self._prompt = prompt
        self._path = path
        self._run = 0
        self._over = False
        self.error = self.tr("the window was closed before the picture was finished")
        window.sitting.observe(self._follow)

    def _follow(self, what: What) -> None:
        sitting = self._window.sitting
        if self._over:
            return
        if sitting.model.problems:
            self._fail(sitting.model.problems)
        elif sitting.failure is not None:
            self._fail(sitting.failure.problems)
        elif self._run == 0 and sitting.facts is not None and what == "request":
            self._run = -1
            # Not from within the sitting's own announcement.
            QTimer.singleShot(0, self._begin)
        elif sitting.run is not None and sitting.run.number == self._run and sitting.run.finished:
            self._over = True
            QTimer.singleShot(SETTLE_MS, self._take)

    def _begin(self) -> None:
        sitting = self._window.sitting
        try:
            sitting.change(prompt=self._prompt, mix=0.0)
            self._run = sitting.generate()
        except RequestError as error:
            self._fail(error.problems)

    def _take(self) -> None:
        if self._window.grab().save(str(self._path)):
            self.error = ""
        else:
            self.error = self.tr("{path}: the picture cannot be written").format(path=self._path)
        self._window.close()

    def _fail(self, problems: tuple[Problem, ...]) -> None:
        self._over = True
        self.error = wording.word_all(problems)
        QTimer.singleShot(0, self._window.close)
