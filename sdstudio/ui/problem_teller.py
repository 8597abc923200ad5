"""Puts what goes wrong, and what is worth saying, at the place it concerns."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from sdstudio.engine.problems import Problem
from sdstudio.session.events import RunFailed
from sdstudio.session.sitting import Sitting
from sdstudio.ui import wording
from sdstudio.ui.canvas import Canvas
from sdstudio.ui.canvas.banner import Offer
from sdstudio.ui.controls import ControlsPanel

_SHOWN_ELSEWHERE = frozenset({"unknown_words", "prompt_truncated"})
"""Notes on a run that the controls show at their fields."""


class ProblemTeller:
    """Follows a sitting's failures and notes; each is told once.

    Args:
        sitting: What may fail.
        controls: Where problems of a field are shown.
        canvas: Where all others are.
    """

    def __init__(self, sitting: Sitting, controls: ControlsPanel, canvas: Canvas) -> None:
        self._sitting = sitting
        self._controls = controls
        self._canvas = canvas
        self._failure: object = None
        self._notes: tuple[Problem, ...] = ()

    def tell(self, problems: Iterable[Problem], log: str = "") -> None:
        """Word problems at their fields, and at the canvas those without one."""
        rest = self._controls.show_problems(problems)
        if rest:
            self._canvas.say(wording.word_all(rest), "error", log)

    def _tell_failure(self, failure: RunFailed) -> None:
        """Word why a run failed; where memory was short, offer what takes less."""
        rung = self._sitting.thriftier
        if not rung:
            self.tell(failure.problems, failure.log)
            return
        said = wording.word_all((*failure.problems, Problem.of("less_memory", reason=rung)))
        label = QCoreApplication.translate("ProblemTeller", "Try again with less memory")
        offer = Offer(label, self._sitting.retry_with_less_memory)
        self._canvas.say(said, "error", failure.log, offer=offer)

    def refresh(self) -> None:
        """Tell what is new."""
        failure = self._sitting.failure
        if failure is not self._failure:
            self._failure = failure
            # In Live a run that failed is soon followed by one that does not.
            self._canvas.banner.put_away()
            if failure is not None:
                self._tell_failure(failure)
        run = self._sitting.run
        if run is not None and run.notes != self._notes:
            self._notes = run.notes
            notes = [note for note in run.notes if note.code not in _SHOWN_ELSEWHERE]
            if notes:
                self._canvas.say(wording.word_all(notes), "note")
