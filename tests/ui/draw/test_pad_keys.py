from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest

from tests.ui.draw.conftest import Easel

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.mark.parametrize(
    ("key", "tool"),
    [
        (Key.Key_E, "eraser"),
        (Key.Key_G, "fill"),
        (Key.Key_I, "eyedropper"),
        (Key.Key_L, "line"),
        (Key.Key_U, "rectangle"),
        (Key.Key_V, "move"),
        (Key.Key_M, "mask"),
        (Key.Key_B, "brush"),
    ],
)
def test_keys_take_tools(easel: Easel, key: Qt.Key, tool: str) -> None:
    easel.hand.take("line" if tool != "line" else "brush")
    easel.key(key)
    assert easel.hand.tool == tool


def test_u_goes_between_the_shapes_and_brings_back_the_last(easel: Easel) -> None:
    for tool in ("rectangle", "ellipse", "rectangle"):
        easel.key(Key.Key_U)
        assert easel.hand.tool == tool
    easel.key(Key.Key_U)
    easel.key(Key.Key_B)
    easel.key(Key.Key_U)
    assert easel.hand.tool == "ellipse"


def test_brackets_digits_x_and_d(easel: Easel) -> None:
    hand = easel.hand
    hand.change(size=20)
    easel.key(Key.Key_BracketRight)
    assert hand.nib.size == 24
    easel.key(Key.Key_BracketLeft)
    assert hand.nib.size == 20
    hand.change(size=1)
    easel.key(Key.Key_BracketLeft)
    assert hand.nib.size == 1
    easel.key(Key.Key_BracketRight)
    assert hand.nib.size == 2
    easel.key(Key.Key_BraceLeft, SHIFT)
    assert hand.nib.hardness == pytest.approx(0.9)
    for key, opacity in ((Key.Key_3, 0.3), (Key.Key_9, 0.9), (Key.Key_0, 1.0)):
        easel.key(key)
        assert hand.nib.opacity == pytest.approx(opacity)
    easel.key(Key.Key_X)
    assert (hand.held.colour, hand.held.other) == ("#ffffff", "#000000")
    easel.key(Key.Key_D)
    assert (hand.held.colour, hand.held.other) == ("#000000", "#ffffff")


def test_the_view_turns_and_fits(easel: Easel) -> None:
    easel.key(Key.Key_R)
    easel.key(Key.Key_R)
    easel.key(Key.Key_R, SHIFT)
    assert easel.pad.view.angle == 15
    easel.key(Key.Key_Plus)
    assert not easel.pad.view.fits
    easel.key(Key.Key_F)
    assert easel.pad.view.fits


def test_a_drawing_is_made_with_keys_alone(easel: Easel) -> None:
    said = []
    easel.pad.hovered.connect(lambda place: said.append((int(place.x()), int(place.y()))))
    easel.key(Key.Key_Right)
    assert said == [(32, 32)]
    assert not easel.drawing.can_undo
    easel.key(Key.Key_Return)
    for _ in range(10):
        easel.key(Key.Key_Right)
    easel.key(Key.Key_Space)
    assert said[-1] == (52, 32)
    assert easel.pad.accessibleDescription() == "52, 32"
    ink = easel.drawing.composite().max(-1) < 128
    assert ink[32, 32:52].all()
    assert not ink[32, :28].any()
    for _ in range(5):
        easel.key(Key.Key_Down)
    assert np.array_equal(ink, easel.drawing.composite().max(-1) < 128)
    easel.key(Key.Key_Right, SHIFT)
    assert said[-1] == (53, 42)


def test_the_crosshair_stays_on_the_sheet_and_goes_with_the_mouse(easel: Easel) -> None:
    said = []
    easel.pad.hovered.connect(said.append)
    for _ in range(40):
        easel.key(Key.Key_Up)
    assert said[-1].y() == 0.5
    easel.drag((5, 5))
    easel.key(Key.Key_Down)
    assert (said[-1].x(), said[-1].y()) == (32.5, 32.5)


def test_esc_takes_back_the_stroke_then_the_crosshair_then_nothing(easel: Easel) -> None:
    before = easel.drawing.composite()
    easel.key(Key.Key_Right)
    easel.key(Key.Key_Return)
    easel.key(Key.Key_Right)
    assert not np.array_equal(easel.drawing.composite(), before)
    easel.key(Key.Key_Escape)
    assert np.array_equal(easel.drawing.composite(), before)
    assert not easel.drawing.can_undo
    easel.key(Key.Key_Escape)
    easel.key(Key.Key_Return)
    easel.key(Key.Key_Escape)
    assert not easel.drawing.can_undo


def test_a_stroke_of_the_mouse_is_taken_back_with_esc(easel: Easel) -> None:
    QTest.mousePress(easel.pad, Qt.MouseButton.LeftButton, pos=easel.at(10, 10))
    easel.move(50, 50)
    easel.key(Key.Key_Escape)
    QTest.mouseRelease(easel.pad, Qt.MouseButton.LeftButton, pos=easel.at(50, 50))
    assert (easel.drawing.composite() == 255).all()
    assert not easel.drawing.can_undo


def test_what_is_selected_is_nudged_and_erased(easel: Easel) -> None:
    easel.hand.take("rectangle")
    easel.drag((10, 10), (20, 20))
    easel.key(Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert easel.hand.tool == "move"
    assert easel.pad.selection == QRect(QPoint(0, 0), easel.pad.surface.size)
    easel.pad.select(QRect(8, 8, 16, 16))
    easel.key(Key.Key_Right)
    easel.key(Key.Key_Down, SHIFT)
    assert easel.pad.selection == QRect(9, 16, 16, 16)
    assert easel.colour(16, 12) == (255, 255, 255)
    assert easel.colour(16, 25) == (0, 0, 0)
    easel.key(Key.Key_Delete)
    assert (easel.drawing.composite() == 255).all()
    easel.key(Key.Key_Escape)
    assert easel.pad.selection is None


def test_keys_with_ctrl_or_alt_are_the_windows(easel: Easel) -> None:
    easel.hand.take("brush")
    for modifier in (Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier):
        easel.key(Key.Key_E, modifier)
        easel.key(Key.Key_Right, modifier)
    assert easel.hand.tool == "brush"
    assert easel.pad.accessibleDescription() == ""
