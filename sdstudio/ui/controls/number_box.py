"""A box for one number that never swallows what is typed."""

from __future__ import annotations

import math
import re

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QSizePolicy, QWidget

from sdstudio.ui import theme
from sdstudio.ui.controls.wheel import guard_wheel

_LONGEST = 100
"""Characters the box takes; more are no number that anything here wants."""

_UNDO_KEYS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)

StepEnabled = QAbstractSpinBox.StepEnabledFlag


class NumberBox(QAbstractSpinBox):
    """Shows a number, takes another from the keyboard, the arrow keys or the wheel.

    Whatever is typed is handed on when Enter is pressed or the focus leaves: a number by
    :attr:`edited`, anything else as the text by :attr:`refused`; whoever listens decides and
    says what is wrong. Integers may have any number of digits.

    Args:
        low: Least number the arrows reach.
        high: Greatest number the arrows reach.
        step: What an arrow key adds; :attr:`step` may be changed later.
        decimals: Digits after the point; 0 makes the number an int.
        digits: Digits and signs that the box is wide enough for.
        suffix: Shown after the number, such as " %".
        stretches: Whether it takes more width where there is some.
        optional: Whether an emptied box means None, for a number somebody else picks.
    """

    edited = Signal(object)
    """A number that a person entered."""

    refused = Signal(str)
    """What a person entered when it is no number."""

    def __init__(
        self,
        low: float,
        high: float,
        step: float = 1,
        *,
        decimals: int = 0,
        digits: int = 5,
        suffix: str = "",
        stretches: bool = False,
        optional: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.low, self.high, self.step, self.decimals = low, high, step, decimals
        self._suffix = suffix
        self._digits = digits
        self._optional = optional
        self._stretches = stretches
        self._number: float | None = None
        self._stand_in: float = low
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft if stretches else Qt.AlignmentFlag.AlignRight)
        self.setAccelerated(True)
        guard_wheel(self)
        self.setSizePolicy(
            QSizePolicy.Policy.Expanding if stretches else QSizePolicy.Policy.Fixed,
            QSizePolicy.Policy.Fixed,
        )
        self._fit()
        self.lineEdit().setMaxLength(_LONGEST)
        self.editingFinished.connect(self._finish)
        # The line edit's own undo would hide the window's, which undoes the request.
        self.lineEdit().installEventFilter(self)

    @property
    def number(self) -> float | None:
        """The number shown; None where a stand-in is shown in its place."""
        return self._number

    def set_number(self, number: float | None, stand_in: float | None = None) -> None:
        """Show a number without telling anybody.

        Args:
            number: What to show; None shows ``stand_in`` as a placeholder.
            stand_in: What the arrows start from when there is no number.
        """
        self._number = number
        if stand_in is not None:
            self._stand_in = stand_in
        with QSignalBlocker(self.lineEdit()):
            self.lineEdit().setText(self._text())
            self.lineEdit().setPlaceholderText("" if stand_in is None else self._format(stand_in))

    def stepBy(self, steps: int) -> None:
        """Arrow keys and the wheel: by the step, within the range."""
        start = self._typed()
        if start is None or not math.isfinite(start):
            start = self._stand_in if self._number is None else self._number
        number = min(max(start + steps * self.step, self.low), self.high)
        self._offer(round(number, self.decimals) if self.decimals else int(number))
        self.selectAll()

    def stepEnabled(self) -> StepEnabled:
        """Both ways always; at an end nothing changes."""
        return StepEnabled.StepUpEnabled | StepEnabled.StepDownEnabled

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        """Everything may be typed: what is no number is answered in words, not ignored."""
        return QValidator.State.Acceptable, text, pos

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Leave undo to the window unless there is typing to undo."""
        if (
            watched is self.lineEdit()
            and event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and not self.lineEdit().isModified()
            and any(event.matches(key) for key in _UNDO_KEYS)
        ):
            event.ignore()
            return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def changeEvent(self, event: QEvent) -> None:
        """Keep the width right when the text size changes."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the text the whole box."""
        super().resizeEvent(event)
        self._place_text()

    def _fit(self) -> None:
        """One width for every number, so that nothing moves when it changes."""
        text = "0" * self._digits + self._suffix
        width = self.fontMetrics().horizontalAdvance(text) + 2 * theme.current().px(8) + 4
        if self._stretches:
            self.setMinimumWidth(width)
        else:
            self.setFixedWidth(width)
        self._place_text()

    def _place_text(self) -> None:
        """Style sheets leave one pixel of a box without arrows to its text: take it all."""
        side = theme.current().px(8) - 2  # a line edit keeps two pixels of its own
        self.lineEdit().setGeometry(self.rect().adjusted(side, 2, -side, -2))

    def _finish(self) -> None:
        text = self.lineEdit().text()
        if text == self._text():
            return
        typed = self._typed()
        if self._optional and not text.strip():
            self._offer(None)
        elif typed is None:
            self.lineEdit().setText(self._text())
            self.refused.emit(text)
        else:
            self._offer(typed)

    def _offer(self, number: float | None) -> None:
        """Hand a number on; the listener answers by :meth:`set_number` with what now holds."""
        before = self._number
        self.edited.emit(number)
        if self._number == before:
            self.lineEdit().setText(self._text())

    def _typed(self) -> float | None:
        """What the text says; None when that is no number."""
        text = self.lineEdit().text().replace(self._suffix.strip() or "\0", "").strip()
        if re.fullmatch(r"[+-]?\d+", text):
            return int(text)
        if self.decimals:
            text = text.replace(",", ".")  # the decimal comma of half the world
        try:
            number = float(text)
        except ValueError:
            return None
        # A whole number is wanted and another was typed: the listener refuses it by name.
        return int(number) if self.decimals == 0 and number.is_integer() else number

    def _text(self) -> str:
        return "" if self._number is None else self._format(self._number)

    def _format(self, number: float) -> str:
        digits = f"{number:.{self.decimals}f}" if self.decimals else str(number)
        return digits + self._suffix
