"""Request fields and the controls that show them, bound both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject

from sdstudio.engine.problems import Problem, RequestError
from sdstudio.engine.request import Request
from sdstudio.session.sitting import Effect, Sitting
from sdstudio.ui.controls.note import Kind, NoteLine
from sdstudio.ui.wording import word

MARK_MILLISECONDS = 4000
"""How long "from step 12" stays."""


@dataclass(frozen=True)
class Property:
    """One request field and where it is shown.

    Attributes:
        field: A field of :class:`~sdstudio.engine.request.Request`.
        show: Shows a value without telling anybody.
        note: The line that takes the field's errors and marks.
        reveal: Brings the control to light, for an error in a folded section.
    """

    field: str
    show: Callable[[Any], None]
    note: NoteLine
    reveal: Callable[[], None] | None = None


class Bindings(QObject):
    """Keeps controls and the sitting's request equal, and says at each field what happened.

    The request is the truth: a control's change goes to the sitting, and what the control
    shows afterwards comes from there. A refused change leaves the request alone, puts the
    control back and is worded below it.
    """

    def __init__(self, sitting: Sitting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._properties: dict[str, Property] = {}
        self._shown: dict[str, Any] = {}
        self._run: int | None = None
        self._edits_seen = 0
        self._steered: set[str] = set()

    @property
    def fields(self) -> tuple[str, ...]:
        """The request fields that are bound."""
        return tuple(self._properties)

    def add(self, new: Property) -> None:
        """Bind a field."""
        self._properties[new.field] = new

    def change(self, **changes: Any) -> bool:
        """Ask the sitting for a change; whether it was taken."""
        for name in changes:
            self._properties[name].note.clear_errors(name)
        try:
            effect = self._sitting.change(**changes)
        except RequestError as error:
            self.show_problems(error.problems, fallback=next(iter(changes)))
            self._show_again(changes)
            return False
        self._show_again(changes)
        if effect is Effect.STEERED:
            for name in changes:
                self._steered.add(name)
                self._mark(name, self.tr("from the next step"), MARK_MILLISECONDS)
        elif effect is Effect.BRANCHED and self._sitting.branching_step is not None:
            text = self.tr("a branch from step {number}")
            text = text.format(number=self._sitting.branching_step + 1)
            for name in changes:
                self._mark(name, text, MARK_MILLISECONDS)
        return True

    def refuse(self, problem: Problem) -> None:
        """Say what is wrong with what was entered, and show the request's value again."""
        self.show_problems([problem])
        self._show_again([problem.field])

    def show_problems(self, problems: Iterable[Problem], fallback: str = "") -> tuple[Problem, ...]:
        """Word problems at their fields; the answer is those that belong to none of them.

        Args:
            problems: What is wrong.
            fallback: The field that takes those without a known one; "" for none.
        """
        homeless: list[Problem] = []
        words: dict[str, list[str]] = {}
        for problem in problems:
            field = problem.field if problem.field in self._properties else fallback
            if field in self._properties:
                words.setdefault(field, []).append(word(problem))
            else:
                homeless.append(problem)
        for field, sentences in words.items():
            bound = self._properties[field]
            bound.note.set_note(field, Kind.ERROR, " ".join(dict.fromkeys(sentences)))
            if bound.reveal is not None:
                bound.reveal()
        return tuple(homeless)

    def show_standing(self, problems: Iterable[Problem]) -> None:
        """Word what keeps the present request from running, for as long as it does."""
        words: dict[str, list[str]] = {}
        for problem in problems:
            words.setdefault(problem.field, []).append(word(problem))
        for field, bound in self._properties.items():
            text = " ".join(dict.fromkeys(words.get(field, ())))
            bound.note.set_note(f"{field} stands", Kind.ERROR, text)

    def refresh(self) -> None:
        """Show what has changed in the request since it was shown last."""
        request: Request = self._sitting.request
        for field, bound in self._properties.items():
            value = getattr(request, field)
            if field not in self._shown or self._shown[field] != value:
                self._shown[field] = value
                bound.show(value)
                bound.note.clear_errors(field)
        self.refresh_marks()

    def refresh_marks(self) -> None:
        """Mark what waits for the next run, and from which step on an edit holds."""
        pending = self._sitting.pending
        waiting = self.tr("applies to the next run")
        for field in self._properties:
            if field in pending:
                self._mark(field, waiting)
            elif self._properties[field].note.note(field, Kind.MARK) == waiting:
                self._mark(field, "")
        self._mark_edits()

    def _mark_edits(self) -> None:
        run = self._sitting.run
        if run is None:
            return
        if run.number != self._run:
            self._run, self._edits_seen = run.number, 0
            self._steered.clear()
        for edit in run.edits[self._edits_seen :]:
            for field in edit.changes:
                if field in self._steered and edit.step is not None:
                    self._steered.discard(field)
                    text = self.tr("from step {number}").format(number=edit.step + 1)
                    self._mark(field, text, MARK_MILLISECONDS)
        self._edits_seen = len(run.edits)

    def _mark(self, field: str, text: str, milliseconds: int = 0) -> None:
        self._properties[field].note.set_note(field, Kind.MARK, text, milliseconds)

    def _show_again(self, fields: Iterable[str]) -> None:
        """Show the request's values, also where the control shows something else by now."""
        for field in fields:
            value = getattr(self._sitting.request, field)
            self._shown[field] = value
            self._properties[field].show(value)
