"""Onion skin: the neighbours of a frame shining through."""

from __future__ import annotations

import numpy as np
from PIL import Image

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.frames import Frames
from sdstudio.session.drawing.layers import COLOURED, Colour, over
from sdstudio.session.drawing.rect import Rect


def onion(
    frames: Frames,
    before: int = 1,
    after: int = 0,
    *,
    rect: Rect | None = None,
    strength: float = 0.35,
    tints: tuple[Colour, Colour] | None = None,
) -> np.ndarray:
    """The current frame with its neighbours shining through, below its paint.

    Args:
        frames: All of them.
        before: How many earlier frames.
        after: How many later ones.
        rect: Which part, None for all; what lies outside is left out.
        strength: How much of the nearest neighbour is seen, 0 to 1; of each one farther
            away half as much.
        tints: Colours that the paint of earlier and of later frames takes on half-way,
            None to leave it as it is.

    Returns:
        (h, w, 3) uint8.
    """
    current = frames.current
    rect = current.bounds if rect is None else Rect(*rect).within(current.bounds)
    page = Image.fromarray(current.composite(rect, layers=("background",)))
    for distance in range(max(before, after), 0, -1):
        share = strength * 0.5 ** (distance - 1)
        sides = ((frames.index - distance, before, 0), (frames.index + distance, after, 1))
        for index, count, side in sides:
            if distance <= count and 0 <= index < len(frames):
                tint = None if tints is None else tints[side]
                _shine(page, current, frames[index], rect, share, tint)
    if current.visible["paint"]:
        page.paste(*over(current.pixels("paint")[rect.slices], current.opacity["paint"]))
    return np.array(page)


def _shine(
    page: Image.Image,
    current: Drawing,
    other: Drawing,
    rect: Rect,
    share: float,
    tint: Colour | None,
) -> None:
    """Lay a neighbour's layers over a page, faintly."""
    # Amid a step that makes one of them larger they are not of one size.
    seen = rect.moved(current.place.x, current.place.y)
    part = seen.within(other.place)
    if part.is_empty:
        return
    place = (part.x - seen.x, part.y - seen.y)
    inside = part.moved(-other.place.x, -other.place.y)
    for layer in COLOURED:
        pixels = other.pixels(layer)[inside.slices]
        # A background that both have in common would only grow denser.
        if layer == "background" and np.array_equal(pixels, current.pixels(layer)[rect.slices]):
            continue
        if other.visible[layer]:
            if layer == "paint" and tint is not None:
                pixels = pixels.copy()
                pixels[..., :3] = (pixels[..., :3].astype(np.uint16) + tint) // 2
            image, _, alpha = over(pixels, other.opacity[layer] * share)
            page.paste(image, place, alpha)
