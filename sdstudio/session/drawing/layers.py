"""The layers of a drawing and how they lie over one another."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from sdstudio.session.drawing.rect import Rect

LAYERS = ("background", "paint", "mask")
"""From the lowest to the highest; the mask is never part of the picture."""

COLOURED = ("background", "paint")
"""The layers of colours: (H, W, 4) uint8, straight alpha. The mask is (H, W) uint8."""

MAX_SIDE = 16_384
MAX_PIXELS = 64_000_000
"""A drawing's limits: those of the pictures a request takes."""

Colour = tuple[int, int, int]
"""Red, green, blue; each 0 to 255."""

WHITE: Colour = (255, 255, 255)


def blank(layer: str, width: int, height: int) -> np.ndarray:
    """An untouched layer: transparent, or a mask under which nothing changes."""
    shape = (height, width, 4) if layer in COLOURED else (height, width)
    return np.zeros(shape, np.uint8)


@dataclass
class Sheet:
    """All that a drawing shows; undo steps exchange parts of it.

    Attributes:
        width: In pixels.
        height: In pixels.
        paper: The colour below all layers.
        pixels: Of each layer.
        visible: Whether each layer is shown; for the mask, whether the pad tints it.
        opacity: Of each layer, 0 to 1.
        origin: Column and row, in this canvas, of what was the upper left corner of the first:
            as far as its edges were moved out on the left and above.
    """

    width: int
    height: int
    paper: Colour = WHITE
    pixels: dict[str, np.ndarray] = field(default_factory=dict)
    visible: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(LAYERS, True))
    opacity: dict[str, float] = field(default_factory=lambda: dict.fromkeys(LAYERS, 1.0))
    origin: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        sides = (self.width, self.height)
        if not all(1 <= side <= MAX_SIDE for side in sides) or np.prod(sides) > MAX_PIXELS:
            raise ValueError(f"a drawing of {self.width} x {self.height} pixels")
        for layer in LAYERS:
            self.pixels.setdefault(layer, blank(layer, self.width, self.height))

    @property
    def bounds(self) -> Rect:
        """The whole of it."""
        return Rect(0, 0, self.width, self.height)

    def move_edges(self, left: int, top: int, right: int, bottom: int) -> None:
        """Move the edges outward by so many pixels, inward where negative.

        What is new is transparent.

        Raises:
            ValueError: Nothing would be left, or it would be larger than can be.
        """
        moved = Sheet(self.width + left + right, self.height + top + bottom)
        kept = Rect(left, top, self.width, self.height).within(moved.bounds)
        for layer, pixels in self.pixels.items():
            moved.pixels[layer][kept.slices] = pixels[kept.moved(-left, -top).slices]
        self.width, self.height, self.pixels = moved.width, moved.height, moved.pixels
        self.origin = (self.origin[0] + left, self.origin[1] + top)

    def composite(self, rect: Rect, layers: tuple[str, ...] = COLOURED) -> np.ndarray:
        """The visible layers of ``layers`` over the paper, (height, width, 3) uint8.

        Args:
            rect: Which part; it must lie within the bounds.
            layers: Of :data:`COLOURED`, in any order.
        """
        page = Image.new("RGB", (rect.width, rect.height), self.paper)
        for layer in COLOURED:
            if layer in layers and self.visible[layer] and self.opacity[layer] > 0:
                part = self.pixels[layer][rect.slices]
                page.paste(*over(part, self.opacity[layer]))
        return np.array(page)


def over(pixels: np.ndarray, opacity: float) -> tuple[Image.Image, tuple[int, int], Image.Image]:
    """What ``Image.paste`` takes to lay (H, W, 4) pixels over an opaque picture."""
    image = Image.fromarray(pixels)
    if opacity >= 1:
        return image, (0, 0), image
    alpha = image.getchannel("A").point([round(value * opacity) for value in range(256)])
    return image, (0, 0), alpha
