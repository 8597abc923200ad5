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
    steps = (float(motion.dx).is_integer(), float(motion.dy).is_integer())
    if all(steps) and motion.scale == 1 and motion.angle == 0:
        # By whole pixels nothing is resampled, and every value stays as it is.
        place = rect.moved(int(motion.dx), int(motion.dy))
        inside = place.within(bounds)
        return inside, piece[inside.moved(-place.x, -place.y).slices]
    angle = math.radians(motion.angle)
    c, s = math.cos(angle), math.sin(angle)
    wide, high = rect.width * motion.scale, rect.height * motion.scale
    x = rect.x + rect.width / 2 + motion.dx
    y = rect.y + rect.height / 2 + motion.dy
    half_width = (abs(c) * wide + abs(s) * high) / 2 + 1
    half_height = (abs(s) * wide + abs(c) * high) / 2 + 1
    inside = Rect.around(x - half_width, y - half_height, x + half_width, y + half_height)
    inside = inside.within(bounds)
    if inside.is_empty or rect.is_empty:
        return inside, np.zeros((inside.height, inside.width, *piece.shape[2:]), np.uint8)
    image = _prepared(piece, motion.scale)
    # Pillow asks for the way back: from a pixel of the result to its source. The rim of the
    # source is a pixel wide.
    across, down = (image.width - 2) / wide, (image.height - 2) / high
    left, top = inside.x - x, inside.y - y
    back = (
        *(c * across, s * across, (c * left + s * top) * across + image.width / 2),
        *(-s * down, c * down, (c * top - s * left) * down + image.height / 2),
    )
    size = (inside.width, inside.height)
    # Sharper filters overshoot at an edge, and colours would with them.
    moved = image.transform(size, Image.Transform.AFFINE, back, Image.Resampling.BILINEAR)
    return inside, np.asarray(moved.convert("RGBA") if moved.mode == "RGBa" else moved)


def _prepared(piece: np.ndarray, scale: float) -> Image.Image:
    """A piece, made smaller if it is to be, within a rim of nothing for a smooth edge."""
    image = Image.fromarray(piece)
    # Colours count by their alpha while they are mixed.
    image = image.convert("RGBa") if image.mode == "RGBA" else image
    if scale < 1:
        # The transform itself takes four pixels, however many come to one.
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.BILINEAR)
    page = Image.new(image.mode, (image.width + 2, image.height + 2))
    page.paste(image, (1, 1))
    return page
