"""A piece of a layer on its way: moved, turned and scaled by fractions of a pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from sdstudio.session.drawing.rect import Rect


@dataclass(frozen=True)
class Motion:
    """Where something moves over some frames.

    Attributes:
        dx: Pixels to the right, from the first frame to the last.
        dy: Pixels down.
        scale: Its size in the last frame, of that in the first; above 0.
        angle: Degrees that it turns about its middle, clockwise.
    """

    dx: float = 0.0
    dy: float = 0.0
    scale: float = 1.0
    angle: float = 0.0

    def at(self, share: float) -> Motion:
        """That share of the way; sizes grow by equal factors."""
        return Motion(self.dx * share, self.dy * share, self.scale**share, self.angle * share)


def carried(piece: np.ndarray, rect: Rect, motion: Motion, bounds: Rect) -> tuple[Rect, np.ndarray]:
    """A piece after a motion.

    Args:
        piece: (h, w, 4) or (h, w) uint8, what ``rect`` held.
        rect: Where it was.
        motion: The whole of the way it went.
        bounds: What of it is wanted.

    Returns:
        Where it is now, within ``bounds``, and its pixels.
    """
    whole = (motion.dx.is_integer(), motion.dy.is_integer(), motion.scale == 1, motion.angle == 0)
    if all(whole):
        # By whole pixels nothing is resampled, and every value stays as it is.
        place = rect.moved(int(motion.dx), int(motion.dy))
        inside = place.within(bounds)
        return inside, piece[inside.moved(-place.x, -place.y).slices]
    angle = math.radians(motion.angle)
    c, s = math.cos(angle) * motion.scale, math.sin(angle) * motion.scale
    x = rect.x + rect.width / 2 + motion.dx
    y = rect.y + rect.height / 2 + motion.dy
    half_width = (abs(c) * rect.width + abs(s) * rect.height) / 2 + 1
    half_height = (abs(s) * rect.width + abs(c) * rect.height) / 2 + 1
    inside = Rect.around(x - half_width, y - half_height, x + half_width, y + half_height)
    inside = inside.within(bounds)
    if inside.is_empty:
        return inside, np.zeros((0, 0, *piece.shape[2:]), np.uint8)
    # Pillow asks for the way back: from a pixel of the result to its source.
    a, b = c / motion.scale**2, s / motion.scale**2
    left, top = inside.x - x, inside.y - y
    back = (
        a,
        b,
        a * left + b * top + rect.width / 2 + 1,
        -b,
        a,
        -b * left + a * top + rect.height / 2 + 1,
    )
    # Colours weighted by alpha while they are mixed; a rim of nothing, for a smooth edge.
    padding = ((1, 1), (1, 1)) + ((0, 0),) * (piece.ndim - 2)
    image = Image.fromarray(np.pad(piece, padding))
    weighted = image.convert("RGBa") if image.mode == "RGBA" else image
    bicubic = Image.Resampling.BICUBIC
    size = (inside.width, inside.height)
    result = weighted.transform(size, Image.Transform.AFFINE, back, bicubic)
    return inside, np.asarray(result.convert(image.mode))
