from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.tools import Point, Tool
from sdstudio.ui.draw.surface import Surface


def pixels(image: QImage) -> np.ndarray:
    """(H, W, 3) red, green, blue of an RGB32 image."""
    rows = np.frombuffer(image.constBits(), np.uint8)
    return rows.reshape(image.height(), image.width(), 4)[..., 2::-1].copy()


def shown(drawing: Drawing) -> Surface:
    surface = Surface()
    surface.show(drawing)
    return surface


def dot(drawing: Drawing, x: float, y: float, layer: str = "paint", size: float = 9) -> None:
    tool = Tool(size=size, hardness=0.5, colour=(200, 40, 90))
    drawing.begin(tool, layer, Point(x, y)).end()


def test_it_is_what_the_drawing_composes_after_every_stroke() -> None:
    drawing = Drawing(90, 50)
    surface = shown(drawing)
    for x, y in ((5, 5), (60, 30), (88, 49), (40, 2)):
        dot(drawing, x, y)
        assert np.array_equal(pixels(surface.image(1.0)), drawing.composite())
    drawing.undo()
    drawing.set_opacity("paint", 0.5)
    assert np.array_equal(pixels(surface.image(1.0)), drawing.composite())


def test_a_stroke_composes_only_its_own_rectangle(monkeypatch) -> None:
    drawing = Drawing(256, 256)
    surface = shown(drawing)
    surface.image(1.0)
    asked = []
    compose = drawing.composite
    monkeypatch.setattr(drawing, "composite", lambda rect: asked.append(rect) or compose(rect))
    dot(drawing, 100, 100, size=8)
    surface.image(1.0)
    surface.image(1.0)
    assert sum(rect.width * rect.height for rect in asked) <= 12 * 12


def test_many_moves_are_composed_once() -> None:
    drawing = Drawing(64, 64)
    surface = shown(drawing)
    seen = []
    surface.changed.connect(seen.append)
    stroke = drawing.begin(Tool(size=4), "paint", Point(5, 5))
    for step in range(20):
        stroke.move([Point(5 + step, 5)])
    stroke.end()
    assert len(seen) >= 20
    assert np.array_equal(pixels(surface.image(1.0)), drawing.composite())


def test_reduced_it_is_the_mean_of_two_by_two_and_follows_strokes() -> None:
    drawing = Drawing(101, 75)
    surface = shown(drawing)
    surface.image(0.25)
    dot(drawing, 33, 41, size=21)
    half, quarter = pixels(surface.image(0.5)), pixels(surface.image(0.25))
    whole = drawing.composite()[:74, :100].astype(float)
    expected = whole.reshape(37, 2, 50, 2, 3).mean((1, 3))
    assert half.shape == (37, 50, 3)
    assert np.abs(half - expected).max() < 1
    expected = expected[:36].reshape(18, 2, 25, 2, 3).mean((1, 3))
    assert quarter.shape == (18, 25, 3)
    assert np.abs(quarter - expected).max() < 2


def test_the_mask_is_there_while_it_holds_something_and_is_seen() -> None:
    drawing = Drawing(40, 40)
    surface = shown(drawing)
    assert surface.mask() is None
    dot(drawing, 20, 20, "mask", size=10)
    mask = surface.mask()
    assert mask is not None
    assert mask.pixelColor(20, 20).alpha() == 255
    assert mask.pixelColor(2, 2).alpha() == 0
    dot(drawing, 35, 35, "paint")
    assert surface.mask() is not None
    drawing.set_visible("mask", False)
    assert surface.mask() is None
    drawing.set_visible("mask", True)
    drawing.clear("mask")
    assert surface.mask() is None


def test_another_size_is_told_and_shown() -> None:
    drawing = Drawing(40, 30)
    surface = shown(drawing)
    told = []
    surface.resized.connect(lambda: told.append(surface.size.toTuple()))
    drawing.resize_canvas(10, 0, 6, 4)
    assert told == [(56, 34)]
    assert np.array_equal(pixels(surface.image(1.0)), drawing.composite())
    drawing.undo()
    assert told[-1] == (40, 30)


def test_a_drawing_that_went_is_not_listened_to() -> None:
    old, new = Drawing(20, 20), Drawing(30, 30)
    surface = shown(old)
    surface.show(new)
    told = []
    surface.changed.connect(told.append)
    dot(old, 10, 10)
    assert told == []
    surface.show(None)
    assert surface.size.isEmpty()
