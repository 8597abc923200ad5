from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.draw.conftest import SCALE, Easel

BLACK, WHITE, RED = (0, 0, 0), (255, 255, 255), (255, 0, 0)
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def inked(easel: Easel) -> np.ndarray:
    """(H, W) bool: where the sheet is dark."""
    return easel.drawing.composite().max(-1) < 128


def test_the_sheet_fits_and_a_stroke_goes_where_the_pointer_goes(easel: Easel) -> None:
    assert easel.pad.view.scale == SCALE
    easel.drag((10, 20), (30, 20), (50, 20))
    rows, columns = np.nonzero(inked(easel))
    assert (columns.min(), columns.max()) == (7, 52)
    assert (rows.min(), rows.max()) == (17, 22)


@pytest.mark.parametrize("angle", [0, 45, 90])
def test_it_does_so_in_a_view_that_is_turned_and_enlarged(easel: Easel, angle: float) -> None:
    easel.pad.turn(angle)
    easel.pad.zoom(2.0)
    easel.drag((24, 32), (32, 32), (40, 32))
    rows, columns = np.nonzero(inked(easel))
    assert abs(columns.mean() - 31.5) < 0.6
    assert abs(rows.mean() - 31.5) < 0.6
    assert rows.max() - rows.min() <= 7


def test_moves_that_come_in_a_heap_are_all_drawn(easel: Easel) -> None:
    QTest.mousePress(easel.pad, Qt.MouseButton.LeftButton, pos=easel.at(5, 5))
    for place in ((60, 5), (60, 60), (5, 60)):
        easel.move(*place)
    QTest.mouseRelease(easel.pad, Qt.MouseButton.LeftButton, pos=easel.at(5, 60))
    for x, y in ((30, 5), (60, 30), (30, 60)):
        assert easel.colour(x, y) == BLACK
    assert easel.colour(30, 30) == WHITE


def test_a_stroke_is_painted_before_it_ends_and_told_when_it_does(easel: Easel, qtbot) -> None:
    ended, paused = [], []
    easel.pad.stroke_ended.connect(lambda: ended.append(True))
    easel.pad.stroke_paused.connect(lambda: paused.append(True))
    QTest.mousePress(easel.pad, Qt.MouseButton.LeftButton, pos=easel.at(10, 10))
    easel.move(40, 10)
    qtbot.waitUntil(lambda: easel.colour(30, 10) == BLACK)
    middle = easel.at(30, 10)
    qtbot.waitUntil(lambda: easel.pad.grab().toImage().pixelColor(middle).lightness() < 40)
    qtbot.waitUntil(lambda: paused == [True])
    assert ended == []
    QTest.mouseRelease(easel.pad, Qt.MouseButton.LeftButton, pos=easel.at(40, 10))
    assert ended == [True]
    assert easel.drawing.can_undo


@pytest.mark.parametrize("angle", [4, 28, 62, 100])
def test_shift_keeps_a_line_at_steps_of_fifteen_degrees(easel: Easel, angle: float) -> None:
    easel.hand.take("line")
    easel.hand.change(size=2)
    turn = np.radians(angle)
    end = (32 + 25 * np.cos(turn), 32 + 25 * np.sin(turn))
    easel.drag((32, 32), end, keys=SHIFT)
    rows, columns = np.nonzero(inked(easel))
    far = np.argmax(np.hypot(rows - 31.5, columns - 31.5))
    found = np.degrees(np.arctan2(rows[far] - 31.5, columns[far] - 31.5))
    assert abs(found - 15 * round(angle / 15)) < 3


@pytest.mark.parametrize("tool", ["rectangle", "ellipse"])
def test_shift_makes_squares_and_circles(easel: Easel, tool: str) -> None:
    easel.hand.take(tool)
    easel.drag((10, 10), (50, 26), keys=SHIFT)
    rows, columns = np.nonzero(inked(easel))
    wide, high = np.ptp(columns) + 1, np.ptp(rows) + 1
    assert abs(wide - high) <= 1
    assert abs(wide - 40) <= 2


def test_shift_goes_straight_on_from_the_last_stroke(easel: Easel) -> None:
    easel.drag((10, 10), (12, 10))
    easel.drag((50, 50), keys=SHIFT)
    assert easel.colour(31, 30) == BLACK
    assert easel.colour(45, 15) == WHITE


@pytest.mark.parametrize(
    ("button", "keys"),
    [
        (Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier),
        (Qt.MouseButton.LeftButton, ALT),
    ],
)
def test_the_right_button_or_alt_takes_a_colour_and_draws_nothing(
    easel: Easel, button: Qt.MouseButton, keys: Qt.KeyboardModifier
) -> None:
    easel.hand.set_colour(QColor("#ff0000"))
    easel.drag((30, 30))
    easel.hand.set_colour(QColor("#00ff00"))
    version = easel.drawing.version
    picked = []
    easel.pad.colour_picked.connect(lambda colour: picked.append(colour.name()))
    easel.drag((30, 30), button=button, keys=keys)
    assert picked == ["#ff0000"]
    assert easel.hand.rgb == RED
    assert easel.drawing.version == version


def test_space_and_the_middle_button_move_the_view(easel: Easel) -> None:
    for button, space in ((Qt.MouseButton.LeftButton, True), (Qt.MouseButton.MiddleButton, False)):
        easel.pad.fit()
        if space:
            QTest.keyPress(easel.pad, Qt.Key.Key_Space)
        start = easel.at(30, 30)
        target = easel.at(40, 25)
        QTest.mousePress(easel.pad, button, pos=start)
        easel.move(40, 25, button=button)
        QTest.mouseRelease(easel.pad, button, pos=target)
        if space:
            QTest.keyRelease(easel.pad, Qt.Key.Key_Space)
        moved = easel.at(30, 30)
        assert (moved - target).manhattanLength() <= 2
    assert not easel.drawing.can_undo


def test_the_wheel_zooms_to_the_pointer(easel: Easel) -> None:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QWheelEvent

    place = QPointF(easel.at(50, 12))
    event = QWheelEvent(
        place,
        easel.pad.mapToGlobal(place),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(easel.pad, event)
    assert easel.pad.view.scale == pytest.approx(SCALE * 1.25**2)
    under = easel.pad.view.to_sheet(place)
    assert abs(under.x() - 50) < 0.5
    assert abs(under.y() - 12) < 0.5


def test_filling_and_its_tolerance(easel: Easel) -> None:
    easel.hand.take("rectangle")
    easel.drag((20, 20), (40, 40))
    easel.hand.take("fill")
    easel.hand.set_colour(QColor("#ff0000"))
    easel.drag((5, 5))
    assert easel.colour(60, 60) == RED
    assert easel.colour(30, 30) == BLACK
    easel.drawing.undo()
    easel.hand.change(tolerance=255)
    easel.drag((5, 5))
    assert easel.colour(30, 30) == RED


def test_a_hidden_layer_is_not_drawn_on(easel: Easel) -> None:
    refused = []
    easel.pad.refused.connect(refused.append)
    easel.drawing.set_visible("paint", False)
    version = easel.drawing.version
    easel.drag((10, 10), (40, 40))
    assert refused == ["hidden_layer"]
    assert easel.drawing.version == version


def test_the_mask_brush_paints_the_mask_and_is_hatched(easel: Easel) -> None:
    easel.hand.take("mask")
    easel.hand.change(size=20)
    easel.drag((32, 32), (33, 32))
    assert easel.drawing.pixels("mask")[32, 32] == 255
    assert (easel.drawing.composite() == 255).all()
    image = easel.pad.grab().toImage()
    middle = easel.at(32, 32)
    around = [
        image.pixelColor(middle.x() + dx, middle.y() + dy).lightness()
        for dx in range(-8, 9)
        for dy in range(-8, 9)
    ]
    # A tint alone would be one colour.
    assert max(around) - min(around) > 20
    assert image.pixelColor(easel.at(5, 5)) == QColor("white")


def pen(easel: Easel, kind: QEvent.Type, place, pressure: float, *, eraser: bool = False) -> None:
    pointer = QPointingDevice.PointerType.Eraser if eraser else QPointingDevice.PointerType.Pen
    capability = QPointingDevice.Capability.Position | QPointingDevice.Capability.Pressure
    stylus = QPointingDevice.DeviceType.Stylus
    device = QPointingDevice("pen", 1, stylus, pointer, capability, 1, 1)
    spot = QPointF(easel.at(*place))
    none = Qt.KeyboardModifier.NoModifier
    left = Qt.MouseButton.LeftButton
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletMove else left
    event = QTabletEvent(
        kind, device, spot, spot, pressure, 0.0, 0.0, 0.0, 0.0, 0.0, none, button, left
    )
    QApplication.sendEvent(easel.pad, event)


def test_a_pen_that_presses_lightly_draws_thinly_and_upside_down_it_erases(easel: Easel) -> None:
    easel.hand.change(size=16)
    for y, pressure in ((14, 1.0), (44, 0.3)):
        pen(easel, QEvent.Type.TabletPress, (10, y), pressure)
        pen(easel, QEvent.Type.TabletMove, (54, y), pressure)
        pen(easel, QEvent.Type.TabletRelease, (54, y), 0.0)
    ink = inked(easel)
    strong, light = ink[:29, 32].sum(), ink[29:, 32].sum()
    assert strong == pytest.approx(16, abs=1)
    assert light == pytest.approx(16 * 0.3, abs=1.5)
    pen(easel, QEvent.Type.TabletPress, (10, 14), 1.0, eraser=True)
    pen(easel, QEvent.Type.TabletMove, (54, 14), 1.0, eraser=True)
    pen(easel, QEvent.Type.TabletRelease, (54, 14), 0.0, eraser=True)
    assert easel.hand.tool == "brush"
    assert easel.colour(32, 14) == WHITE


def test_a_selection_is_dragged_elsewhere(easel: Easel) -> None:
    easel.hand.take("rectangle")
    easel.drag((10, 10), (20, 20))
    easel.hand.take("move")
    told = []
    easel.pad.selection_changed.connect(lambda: told.append(easel.pad.selection))
    easel.drag((8.5, 8.5), (22.5, 22.5))
    assert easel.pad.selection == QRect(8, 8, 15, 15)
    easel.drag((15.5, 15.5), (35.5, 40.5))
    assert easel.pad.selection == QRect(28, 33, 15, 15)
    assert easel.colour(15, 15) == WHITE
    assert easel.colour(35, 40) == BLACK
    assert told[-1] == easel.pad.selection
    easel.drawing.undo()
    assert easel.colour(15, 15) == BLACK
    easel.drag((60, 60))
    assert easel.pad.selection is None


def test_where_the_pointer_is_is_told(easel: Easel) -> None:
    told = []
    easel.pad.hovered.connect(told.append)
    QTest.mouseMove(easel.pad, easel.at(12, 30))
    QApplication.processEvents()
    assert (int(told[-1].x()), int(told[-1].y())) == (12, 30)
    QApplication.sendEvent(easel.pad, QEvent(QEvent.Type.Leave))
    assert told[-1] is None


def test_an_overlay_is_painted_on_the_sheet_and_another_takes_the_pointer(easel: Easel) -> None:
    easel.pad.set_overlay(lambda painter, whole: painter.fillRect(whole, QColor("#0000ff")))
    assert easel.pad.grab().toImage().pixelColor(easel.at(5, 5)) == QColor("#0000ff")
    easel.pad.set_overlay(None)
    handle = _Handle()
    easel.pad.add_overlay(handle)
    easel.drag((2, 2), (20, 20))
    assert handle.heard == ["press", "move", "release"]
    assert not easel.drawing.can_undo
    easel.drag((40, 40))
    assert easel.drawing.can_undo


class _Handle:
    """Something to take hold of in the sheet's upper left corner."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def paint(self, painter, view) -> None:
        pass

    def press(self, place: QPointF) -> bool:
        if place.x() < 60 and place.y() < 60:
            self.heard.append("press")
            return True
        return False

    def move(self, place: QPointF) -> None:
        self.heard.append("move")

    def release(self, place: QPointF) -> None:
        self.heard.append("release")

    def cursor(self, place: QPointF) -> None:
        return None
