"""A hand that draws, and pixels to draw over."""

from __future__ import annotations

import numpy as np

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.tools import Point, Tool


def drawn(
    drawing: Drawing, tool: Tool, *points: tuple[float, ...], layer: str = "paint"
) -> Drawing:
    stroke = drawing.begin(tool, layer, Point(*points[0]))
    for point in points[1:]:
        stroke.move([Point(*point)])
    stroke.end()
    return drawing


def noise(height: int, width: int, channels: int = 4, seed: int = 0) -> np.ndarray:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)
    return pixels[..., 0] if channels == 1 else pixels
