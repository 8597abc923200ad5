"""A pad with a small sheet, enlarged four times; and a window in which drawing is on."""

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
from sdstudio.ui.draw.sketch_desk import SketchDesk
from tests.ui.conftest import Studio

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


class Desk:
    """A window in which the page to draw on shows.

    Attributes:
        sketch: What is tested.
        drawing: What is drawn on, 128 x 128 pixels.
    """

    def __init__(self, studio: Studio, qtbot) -> None:
        self.studio = studio
        self.qtbot = qtbot
        self.sitting = studio.sitting
        self.sitting.change(strength=0.8, steps=40)
        studio.window.draw.set_on(True)
        self.mode = studio.window.draw
        self.pad = self.mode.page.pad
        self.sketch: SketchDesk = self.mode.sketch
        self.settle()

    @property
    def drawing(self):
        return self.mode.desk.drawing

    def settle(self) -> None:
        """Wait until nothing goes on and nothing is awaited."""
        sketching = self.sketch.sketching
        self.qtbot.waitUntil(
            lambda: not (self.sitting.running or sketching.preparing or sketching.due is not None)
        )
        self.qtbot.wait(20)

    def stroke(self, y: float) -> None:
        """Draw a line across."""
        place = lambda x: self.pad.view.to_pad(QPointF(x, y)).toPoint()  # noqa: E731
        QTest.mousePress(self.pad, Qt.MouseButton.LeftButton, pos=place(20))
        QTest.mouseMove(self.pad, place(60))
        QTest.mouseMove(self.pad, place(100))
        QTest.mouseRelease(self.pad, Qt.MouseButton.LeftButton, pos=place(100))

    def orders(self) -> list:
        """The requests that were answered."""
        return [order.request for order in self.studio.sampler.orders]


@pytest.fixture
def desk(studio: Studio, qtbot) -> Desk:
    return Desk(studio, qtbot)
