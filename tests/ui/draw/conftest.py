"""A pad with a small sheet, enlarged four times."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.ui.draw.hand import Hand
from sdstudio.ui.draw.pad import Pad
from sdstudio.ui.draw.sheet_canvas import MARGIN

SIDE = 64
SCALE = 4


class Easel:
    """A shown pad, and a pointer over it."""

    def __init__(self, qtbot, side: int = SIDE) -> None:
        self.hand = Hand()
        self.pad = Pad(self.hand)
        qtbot.addWidget(self.pad)
        self.pad.resize(SCALE * side + 2 * MARGIN, SCALE * side + 2 * MARGIN)
        self.drawing = Drawing(side, side)
        self.pad.set_drawing(self.drawing)
        self.hand.change(size=6, hardness=1.0)
        self.pad.show()
        self.pad.setFocus()

    def at(self, x: float, y: float) -> QPoint:
        """A place of the sheet in the pad, as the mouse would be there."""
        return self.pad.view.to_pad(QPointF(x, y)).toPoint()

    def drag(
        self,
        *places: tuple[float, float],
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
        keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Press at the first place, go along the others, let go at the last."""
        QTest.mousePress(self.pad, button, keys, self.at(*places[0]))
        for place in places[1:]:
            self.move(*place, button=button, keys=keys)
        QTest.mouseRelease(self.pad, button, keys, self.at(*places[-1]))

    def move(
        self,
        x: float,
        y: float,
        *,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
        keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Move the pressed pointer; QTest's own move knows no keys."""
        place = QPointF(self.at(x, y))
        none = Qt.MouseButton.NoButton
        event = QMouseEvent(QEvent.Type.MouseMove, place, place, none, button, keys)
        QApplication.sendEvent(self.pad, event)

    def key(
        self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """Press a key while the pad has the focus."""
        QTest.keyClick(self.pad, key, modifiers)

    def colour(self, x: int, y: int) -> tuple[int, int, int]:
        """What is seen of the drawing at a pixel."""
        return self.drawing.pick(x, y)


@pytest.fixture
def easel(qtbot) -> Easel:
    return Easel(qtbot)
