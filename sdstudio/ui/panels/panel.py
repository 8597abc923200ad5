"""What every panel of the anatomy is: a page that asks about the playhead's step and shows it."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from sdstudio.engine.problems import Problem
from sdstudio.session.inquiries import Inquiry
from sdstudio.session.sitting import Sitting
from sdstudio.ui import theme


class Panel(QWidget):
    """One way to look at a step; made when it first has something to show.

    A panel is one file: it says what it is, what it wants to know for the playhead as it is,
    and shows what ``sitting.answers`` has. It computes nothing itself. It puts its pictures,
    plots and numbers, in this order, into :attr:`column`; the dock scrolls it, explains it,
    and asks for it only while it can be seen. Its title stands in the list of panels.

    Attributes:
        key: What settings remember it by.
        column: Where its parts go, 16 pixels apart, without margins of its own.

    Signals:
        asking: One of its own controls was moved: it wants to know something else.
        step_wanted: The person wants to look at another step of the selected run.
    """

    key: ClassVar[str]
    asking = Signal()
    step_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Narrower than its parts would like, it is still as high as its width makes it.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        theme.current().changed.connect(self._space)
        self._space()

    def lay(self, *parts: QWidget) -> None:
        """Put parts into the column, from top to bottom."""
        for part in parts:
            self.column.addWidget(part)

    @classmethod
    def explanation(cls) -> str:
        """What can be seen here and what it means, in one plain paragraph."""
        raise NotImplementedError

    @classmethod
    def empty(cls, sitting: Sitting) -> str:
        """What to say in place of the panel, "" where it has something to show.

        Usually there must be a step; a panel that shows something without one overrides this.
        """
        if sitting.selected is None or sitting.playhead.step is None:
            return _tr("Make a picture, and what happens in each of its steps can be seen here.")
        return ""

    def inquiries(self, sitting: Sitting) -> list[Inquiry]:
        """What it wants to know for the playhead as it is, the most wanted first."""
        raise NotImplementedError

    def refresh(self, sitting: Sitting) -> None:
        """Show what is known; what is not yet may stay as it was before.

        Called whenever the playhead or the answers have changed, and not while
        :meth:`empty` says something.
        """
        raise NotImplementedError

    def problems(self, sitting: Sitting) -> tuple[Problem, ...]:
        """Why what it asked for cannot be answered; the dock words it above the panel."""
        for inquiry in self.inquiries(sitting):
            answer = sitting.answers.get(inquiry)
            if answer is not None and answer.problems:
                return answer.problems
        return ()

    def _space(self) -> None:
        self.column.setSpacing(theme.current().px(16))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Panel", text)
