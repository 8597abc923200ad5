"""Frames of an animation: drawings of one size, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.layers import COLOURED, Colour, over
from sdstudio.session.drawing.rect import Rect
from sdstudio.session.drawing.tween import Motion, carried

MAX_FRAMES = 1000


class Frames:
    """Drawings one after the other, one of them the current one; there is always at least one.

    They are of one size; where one was made larger by itself, the others follow when another
    frame is chosen, and by :meth:`even_out`.

    Args:
        drawings: The frames.

    Attributes:
        index: Of the current frame.

    Raises:
        ValueError: There is none, or they are too many.
    """

    def __init__(self, drawings: Sequence[Drawing]) -> None:
        if not 1 <= len(drawings) <= MAX_FRAMES:
            raise ValueError(f"{len(drawings)} frames")
        self._drawings = list(drawings)
        self.index = 0
        self.even_out()

    def __len__(self) -> int:
        return len(self._drawings)

    def __getitem__(self, index: int) -> Drawing:
        return self._drawings[index]

    def __iter__(self) -> Iterator[Drawing]:
        return iter(self._drawings)

    @property
    def current(self) -> Drawing:
        """The frame that is being drawn."""
        return self._drawings[self.index]

    def select(self, index: int) -> Drawing:
        """Make a frame the current one; beyond the ends, the nearest."""
        self.even_out()
        self.index = min(len(self) - 1, max(0, index))
        return self.current

    def even_out(self) -> None:
        """Grow each frame on the right and below to the size of the largest."""
        width = max(drawing.width for drawing in self._drawings)
        height = max(drawing.height for drawing in self._drawings)
        for drawing in self._drawings:
            drawing.resize_canvas(0, 0, width - drawing.width, height - drawing.height)

    def add(self) -> Drawing:
        """A blank frame after the current one, which it becomes.

        Raises:
            ValueError: There are :data:`MAX_FRAMES`.
        """
        current = self.current
        return self._insert(Drawing(current.width, current.height, current.paper))

    def duplicate(self) -> Drawing:
        """A copy of the current frame after it, which it becomes.

        Raises:
            ValueError: There are :data:`MAX_FRAMES`.
        """
        return self._insert(self.current.copy())

    def insert(self, index: int, drawing: Drawing) -> None:
        """Put a frame of the same size in a place, and make it the current one.

        Raises:
            ValueError: It has another size, or there are :data:`MAX_FRAMES`.
        """
        if (drawing.width, drawing.height) != (self.current.width, self.current.height):
            raise ValueError("frames are drawings of one size")
        self.index = min(len(self), max(0, index)) - 1
        self._insert(drawing)

    def remove(self, index: int | None = None) -> None:
        """Take a frame out, the current one where none is named; the last one stays."""
        if len(self) > 1:
            index = self.index if index is None else index
            del self._drawings[index]
            if index < self.index or self.index == len(self):
                self.index -= 1

    def move(self, index: int, to: int) -> None:
        """Put a frame in another place; the current frame stays the current one."""
        current = self.current
        self._drawings.insert(min(len(self) - 1, max(0, to)), self._drawings.pop(index))
        self.index = self._drawings.index(current)

    def resize_canvas(self, left: int, top: int, right: int, bottom: int) -> None:
        """Move the edges of all frames, as :meth:`Drawing.resize_canvas` does.

        Raises:
            ValueError: Nothing would be left, or it would be larger than can be.
        """
        for drawing in self._drawings:
            drawing.resize_canvas(left, top, right, bottom)

    def onion(
        self,
        before: int = 1,
        after: int = 0,
        *,
        rect: Rect | None = None,
        strength: float = 0.35,
        tints: tuple[Colour, Colour] | None = None,
    ) -> np.ndarray:
        """The current frame with its neighbours shining through, below its paint.

        Args:
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
        self.even_out()
        current = self.current
        rect = current.bounds if rect is None else Rect(*rect).within(current.bounds)
        page = Image.fromarray(current.composite(rect, layers=("background",)))
        for distance in range(max(before, after), 0, -1):
            share = strength * 0.5 ** (distance - 1)
            sides = ((self.index - distance, before, 0), (self.index + distance, after, 1))
            for index, count, side in sides:
                if distance <= count and 0 <= index < len(self):
                    tint = None if tints is None else tints[side]
                    self._shine(page, self._drawings[index], rect, share, tint)
        if current.visible["paint"]:
            page.paste(*over(current.pixels("paint")[rect.slices], current.opacity["paint"]))
        return np.array(page)

    def _shine(
        self, page: Image.Image, other: Drawing, rect: Rect, share: float, tint: Colour | None
    ) -> None:
        """Lay a neighbour's layers over a page, faintly."""
        for layer in COLOURED:
            pixels = other.pixels(layer)[rect.slices]
            # A background that both have in common would only grow denser.
            if layer == "background" and np.array_equal(
                pixels, self.current.pixels(layer)[rect.slices]
            ):
                continue
            if other.visible[layer]:
                if layer == "paint" and tint is not None:
                    pixels = pixels.copy()
                    pixels[..., :3] = (pixels[..., :3].astype(np.uint16) + tint) // 2
                page.paste(*over(pixels, other.opacity[layer] * share))

    def tween(self, layer: str, rect: Rect, motion: Motion, count: int) -> None:
        """Add frames in which what a rectangle holds goes its way.

        Args:
            layer: Whose pixels.
            rect: What moves, in the current frame.
            motion: Where it is in the last of the new frames.
            count: How many frames are added after the current one.

        Raises:
            ValueError: There would be more than :data:`MAX_FRAMES`.
        """
        if len(self) + count > MAX_FRAMES:
            raise ValueError(f"more than {MAX_FRAMES} frames")
        first = self.current
        rect = Rect(*rect).within(first.bounds)
        piece = first.pixels(layer)[rect.slices].copy()
        for number in range(1, count + 1):
            frame = first.copy()
            place, pixels = carried(piece, rect, motion.at(number / count), frame.bounds)
            frame.write(layer, rect.x, rect.y, np.zeros_like(piece))
            frame.lay(layer, place.x, place.y, pixels)
            frame.forget_steps()
            self._insert(frame)

    def _insert(self, drawing: Drawing) -> Drawing:
        if len(self) >= MAX_FRAMES:
            raise ValueError(f"more than {MAX_FRAMES} frames")
        self.index += 1
        self._drawings.insert(self.index, drawing)
        return drawing
