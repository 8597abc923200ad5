"""What a drawing asks of the sampler: the picture to start from and the mask, of one moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np

from sdstudio.engine.picture import Picture
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.filling import Fill, filled
from sdstudio.session.drawing.layers import WHITE, Colour
from sdstudio.session.drawing.masking import feathered


class Covers(Enum):
    """How much of the picture a mask lets change."""

    UNUSED = "unused"
    """Nothing is painted on it: it is not used, and all may change."""
    NOTHING = "nothing"
    """It is inverted and all of it painted: nothing may change."""
    PART = "part"
    ALL = "all"


@dataclass(frozen=True)
class MaskUse:
    """How the mask layer becomes a request's mask.

    Attributes:
        feather: Radius of its soft edge in pixels.
        invert: Whether what is painted stays, and the rest changes.
        fill: What lies below it before the sampler begins.
        colour: For the fill "colour".
    """

    feather: float = 0.0
    invert: bool = False
    fill: Fill = "original"
    colour: Colour = WHITE


@dataclass(frozen=True)
class Sketch:
    """A drawing as a request takes it.

    Attributes:
        image: What is seen, with the mask filled.
        mask: White changes, black stays; None where no mask is used.
        covers: How much it lets change.
        version: Of the drawing.
    """

    image: Picture
    mask: Picture | None
    covers: Covers
    version: int


def covers(drawing: Drawing, use: MaskUse) -> Covers:
    """How much of a drawing its mask lets change."""
    mask = drawing.pixels("mask")
    if not mask.any():
        return Covers.UNUSED
    if (mask == 255).all():
        return Covers.NOTHING if use.invert else Covers.ALL
    return Covers.PART


def snapshot(drawing: Drawing, use: MaskUse, seed: int = 0) -> Callable[[], Sketch]:
    """Take the pixels now; the answer makes a sketch of them, on any thread.

    A mask that would let nothing change is not used.

    Args:
        drawing: Used here, and not when the answer is called.
        use: How its mask is used.
        seed: Of the fill "noise".
    """
    picture, mask, version = drawing.composite(), drawing.pixels("mask").copy(), drawing.version
    found = covers(drawing, use)

    def make() -> Sketch:
        if found in (Covers.UNUSED, Covers.NOTHING):
            return Sketch(Picture.of(picture), None, found, version)
        edge = feathered(255 - mask if use.invert else mask, use.feather)
        start = filled(picture, edge, use.fill, colour=use.colour, seed=seed)
        return Sketch(Picture.of(start), Picture.of(np.ascontiguousarray(edge)), found, version)

    return make
