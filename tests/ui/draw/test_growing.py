"""In the window: the canvas grows by arrows and by its edges, dragged or moved by keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from sdstudio.session.drawing.margins import Edge, Growth
from tests.ui.draw.conftest import Desk

LEFT = Qt.MouseButton.LeftButton


class Edges:
    """A desk whose sheet's edges are dragged: 128 x 128 pixels."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.pad = desk, desk.pad
        self.growing = desk.sketch.growing
        self.overlay = self.growing.edges
        # Windows are counted here, not steps: few, or a busy machine needs seconds for them.
        desk.sitting.change(steps=5)
        self.growing.tools.drag.trigger()

    def at(self, x: float, y: float) -> QPoint:
        return self.pad.view.to_pad(QPointF(x, y)).toPoint()

    def take(self, x: float, y: float, *to: tuple[float, float]) -> None:
        QTest.mousePress(self.pad, LEFT, pos=self.at(x, y))
        for place in to:
            QTest.mouseMove(self.pad, self.at(*place))
        self.desk.qtbot.wait(10)

    def let_go(self, x: float, y: float) -> None:
        QTest.mouseRelease(self.pad, LEFT, pos=self.at(x, y))


@pytest.fixture
def edges(desk: Desk) -> Edges:
    return Edges(desk)


def test_the_sheet_leaves_room_for_what_is_dragged_out(edges: Edges) -> None:
    fitted = edges.pad.view.scale
    assert edges.pad.hasFocus()
    edges.growing.tools.drag.trigger()
    assert edges.pad.view.fits
    assert fitted == pytest.approx(edges.pad.view.scale / 2)


def test_an_edge_is_dragged_out_by_whole_multiples(edges: Edges) -> None:
    before = edges.desk.drawing.composite()
    made = len(edges.desk.orders())
    edges.take(128, 64, (140, 70), (163, 80))
    assert edges.overlay.growth == Growth(right=32)
    # What is going to be made is hatched, and the sheet below it is as it was.
    assert edges.desk.drawing.width == 128
    edges.let_go(163, 80)
    edges.desk.qtbot.waitUntil(lambda: edges.desk.drawing.width == 160)
    edges.desk.settle()
    window = edges.desk.orders()[made]
    assert len(edges.desk.orders()) == made + 1
    assert (window.width, window.height) == (128, 128)
    mask = np.asarray(window.mask.image)
    # Three quarters of it are known, all but the fade to the bit.
    assert (mask[:, 96:] == 255).all()
    assert (mask[:, :60] == 0).all()
    edges.desk.mode.undo()
    assert (edges.desk.drawing.composite() == before).all()


def test_over_a_handle_the_nib_has_no_outline(edges: Edges) -> None:
    edges.desk.mode.page.hand.change(tool="brush", size=40)
    edges.pad.show_pointer(QPointF(edges.at(64, 64)))
    edges.pad.update_pointer()
    middle = edges.pad.grab().toImage()
    assert edges.pad.cursor().shape() == Qt.CursorShape.BlankCursor
    QTest.mouseMove(edges.pad, edges.at(128, 64))
    edges.desk.qtbot.waitUntil(lambda: edges.pad.cursor().shape() == Qt.CursorShape.SizeHorCursor)
    bare = edges.pad.grab().toImage()
    assert bare != middle
    edges.pad.show_pointer(None)
    assert edges.pad.grab().toImage() == bare
    # A touch of the edge that is still held draws no outline either.
    edges.take(128, 64, (140, 64))
    assert edges.pad.outline_radius == 0
    QTest.keyClick(edges.pad, Qt.Key.Key_Escape)
    edges.let_go(140, 64)


def test_a_corner_grows_both_ways_and_the_far_side_in_parts(edges: Edges) -> None:
    made = len(edges.desk.orders())
    edges.take(0, 0, (-40, -10), (-95, -41))
    assert edges.overlay.growth == Growth(left=96, top=40)
    edges.let_go(-95, -41)
    edges.desk.qtbot.waitUntil(lambda: edges.desk.drawing.height == 168, timeout=20_000)
    edges.desk.settle()
    assert edges.desk.drawing.width == 224
    orders = edges.desk.orders()[made:]
    # Two to the left, then three along the wider top, half of each known.
    assert [(order.width, order.height) for order in orders[:5]] == [(128, 128)] * 5
    assert all((np.asarray(order.mask.image) == 255).mean() <= 0.5 for order in orders[:5])
    edges.desk.mode.undo()
    assert (edges.desk.drawing.width, edges.desk.drawing.height) == (128, 128)


def test_the_picture_shows_what_will_be_made(edges: Edges) -> None:
    plain = edges.pad.grab().toImage()
    edges.take(128, 64, (140, 70), (160, 64))
    shown = edges.pad.grab().toImage()
    ratio = shown.devicePixelRatio()
    inside, outside = edges.at(60, 60) * ratio, edges.at(190, 60) * ratio
    assert shown.pixel(inside) == plain.pixel(inside)
    assert shown.pixel(outside) == plain.pixel(outside)
    new = [edges.at(x, 20) * ratio for x in np.linspace(132, 156, 60)]
    assert len({shown.pixel(place) for place in new}) > 1
    assert len({plain.pixel(place) for place in new}) == 1


def test_esc_drops_the_drag_then_ends_the_dragging(edges: Edges) -> None:
    made = len(edges.desk.orders())
    edges.take(64, 128, (64, 150), (64, 200))
    assert edges.overlay.growth == Growth(bottom=72)
    QTest.keyClick(edges.pad, Qt.Key.Key_Escape)
    assert edges.overlay.growth == Growth()
    edges.let_go(64, 200)
    edges.desk.settle()
    assert (len(edges.desk.orders()), edges.desk.drawing.height) == (made, 128)
    assert edges.overlay.is_on
    QTest.keyClick(edges.pad, Qt.Key.Key_Escape)
    assert not edges.overlay.is_on
    assert not edges.growing.tools.drag.isChecked()


def test_inwards_nothing_grows_and_no_farther_than_the_model_s_longest_side(edges: Edges) -> None:
    edges.take(0, 64, (20, 64), (40, 64))
    assert edges.overlay.growth == Growth()
    edges.let_go(40, 64)
    edges.take(0, 64, (-200, 64), (-2000, 64))
    assert edges.overlay.growth == Growth(left=384)
    QTest.keyClick(edges.pad, Qt.Key.Key_Escape)
    edges.let_go(-2000, 64)
    assert not edges.growing.going


def test_keys_move_the_edges(edges: Edges) -> None:
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up):
        QTest.keyClick(edges.pad, key)
    QTest.keyClick(edges.pad, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert edges.overlay.growth == Growth(right=16, top=8)
    QTest.keyClick(edges.pad, Qt.Key.Key_Return)
    edges.desk.qtbot.waitUntil(lambda: edges.desk.drawing.height == 136)
    assert edges.desk.drawing.width == 144
    edges.desk.settle()


def test_the_pointer_says_which_way_an_edge_goes(edges: Edges) -> None:
    shape = lambda x, y: edges.overlay.cursor(QPointF(edges.at(x, y)))  # noqa: E731
    assert shape(128, 64) == Qt.CursorShape.SizeHorCursor
    assert shape(64, 0) == Qt.CursorShape.SizeVerCursor
    assert shape(0, 0) == shape(128, 128) == Qt.CursorShape.SizeFDiagCursor
    assert shape(128, 0) == Qt.CursorShape.SizeBDiagCursor
    assert shape(64, 64) is None
    edges.pad.turn(90)
    assert shape(128, 64) == Qt.CursorShape.SizeVerCursor
    edges.overlay.set_on(False)
    assert shape(128, 64) is None


def test_the_sheet_is_drawn_on_as_ever_between_its_edges(edges: Edges) -> None:
    edges.desk.stroke(64)
    assert edges.desk.drawing.pick(60, 64) == (0, 0, 0)


def test_alt_and_an_arrow_grow_the_canvas(desk: Desk) -> None:
    desk.stroke(40)
    desk.settle()
    made = len(desk.orders())
    before = desk.drawing.composite()
    QTest.keyClick(desk.pad, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    desk.qtbot.waitUntil(lambda: desk.drawing.width == 192)
    desk.settle()
    window = desk.orders()[-1]
    assert len(desk.orders()) == made + 1
    assert (window.width, window.height) == (128, 128)
    assert (np.asarray(window.mask.image)[:, 64:] == 255).all()
    assert desk.sitting.request.width == 192
    desk.drawing.undo()
    assert (desk.drawing.composite() == before).all()


def test_growing_can_be_stopped(desk: Desk) -> None:
    desk.studio.sampler.gate.clear()
    desk.sketch.growing.grow(Edge.TOP, 0.8)
    desk.qtbot.waitUntil(lambda: desk.sitting.run is not None and desk.sitting.run.running)
    assert desk.sketch.growing.tools.stop.isEnabled()
    assert desk.sketch.shown.window is not None
    desk.sketch.growing.tools.stop.click()
    desk.studio.sampler.gate.set()
    desk.settle()
    assert desk.drawing.height == 128
    assert not desk.sketch.growing.tools.stop.isEnabled()


def test_a_sheet_that_cannot_grow_says_why(desk: Desk) -> None:
    desk.drawing.resize_canvas(0, 0, 350, 0)
    desk.sketch.growing.grow(Edge.RIGHT, 0.8)
    assert "512" in desk.sketch.growing.tools.note.text()
    assert not desk.sketch.growing.going
