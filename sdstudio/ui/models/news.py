"""Says once what became of a model that was asked for, and what is worth knowing of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from sdstudio.engine.problems import Problem
from sdstudio.session.events import ModelFacts
from sdstudio.session.model_watch import GivenUp
from sdstudio.session.sitting import Sitting
from sdstudio.ui import wording
from sdstudio.ui.canvas import Canvas
from sdstudio.ui.canvas.banner import Offer
from sdstudio.ui.models import failing, telling


class ModelNews(QObject):
    """Compares the sitting's model with what was said last.

    Args:
        sitting: Knows the model in use and why another did not come.
        canvas: Where messages show.
        tell: Called with a short text of success.
        remedy: What to offer when a model did not load.
        parent: The window's side of models.
    """

    def __init__(
        self,
        sitting: Sitting,
        canvas: Canvas,
        tell: Callable[[str], None],
        remedy: Callable[[], Offer],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._canvas = canvas
        self._tell = tell
        self._remedy = remedy
        self._facts: ModelFacts | None = None
        self._problems: tuple[Problem, ...] = ()
        self._given_up: GivenUp | None = None

    def tell(self) -> None:
        """Say what has not been said yet."""
        watch = self._sitting.model
        if watch.problems is not self._problems:
            self._problems = watch.problems
            if watch.problems:
                said = failing.failure(watch)
                self._canvas.say(said, "error", _log_of(watch.problems), offer=self._remedy())
        if watch.given_up is not self._given_up:
            self._given_up = watch.given_up
            if watch.given_up is not None:
                self._canvas.say(failing.cancelled(watch.given_up.source, watch.facts), "note")
        before, self._facts = self._facts, watch.facts
        if watch.facts is not None and watch.facts is not before:
            self._welcome(watch.facts, before)

    def _welcome(self, facts: ModelFacts, before: ModelFacts | None) -> None:
        known = before.remarks if before is not None and before.source == facts.source else ()
        said = wording.word_all(remark for remark in facts.remarks if remark not in known)
        changes: dict[str, Any] = {}
        offer = None
        if before is not None and facts.hash != before.hash:
            self._tell(telling.ready(facts))
            changes = self._sitting.suggestion
        if changes:
            said = f"{said} {telling.advice(facts.name, changes, facts)}".lstrip()
            offer = Offer(self.tr("Use"), self._sitting.use_suggestion)
        if said:
            self._canvas.say(said, "note", offer=offer)


def _log_of(problems: tuple[Problem, ...]) -> str:
    """The log file that one of the problems names, "" when none does."""
    for problem in problems:
        log = problem.by_name.get("log")
        if log and Path(str(log)).is_file():
            return str(log)
    return ""
