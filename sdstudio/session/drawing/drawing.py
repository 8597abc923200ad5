"""The drawing: how it looks, and what can be done to it beside strokes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from sdstudio.engine.picture import Picture
from sdstudio.session.drawing.blending import laid, painted
from sdstudio.session.drawing.document import Document
from sdstudio.session.drawing.fit import Fit, fitted
from sdstudio.session.drawing.flood import flooded, rim
from sdstudio.session.drawing.layers import COLOURED, Colour, blank
from sdstudio.session.drawing.masking import feathered
from sdstudio.session.drawing.rect import Rect
from sdstudio.session.drawing.undo import Grown, Settings, Step, WholeLayers


class Drawing(Document):
    """What a person draws: background, paint and mask over paper. Used on one thread."""

    def composite(
        self, rect: Rect | None = None, *, layers: tuple[str, ...] | None = None
    ) -> np.ndarray:
        """What is seen: the visible layers over the paper, never the mask.

        Args:
            rect: Which part, None for all; what lies outside the drawing is left out.
            layers: Which layers, of those that are visible; None for all.

        Returns:
            (h, w, 3) uint8.
        """
        rect = self.bounds if rect is None else Rect(*rect).within(self.bounds)
        return self._sheet.composite(rect, COLOURED if layers is None else layers)

    def picture(self) -> Picture:
        """What is seen, for a request's ``image``."""
        return Picture.of(self.composite())

    def mask_picture(self, *, feather: float = 0, invert: bool = False) -> Picture | None:
        """The mask, for a request's ``mask``: white changes, black stays.

        Args:
            feather: Radius of its soft edge in pixels.
            invert: Whether what is painted stays, and the rest changes.

        Returns:
            A grey picture, None when nothing is painted on the mask.
        """
        mask = self._sheet.pixels["mask"]
        if not mask.any():
            return None
        return Picture.of(feathered(255 - mask if invert else mask, feather))

    def pick(self, x: float, y: float) -> Colour:
        """The colour that is seen at a place; outside, that of the nearest pixel."""
        column = min(self.width - 1, max(0, math.floor(x)))
        row = min(self.height - 1, max(0, math.floor(y)))
        red, green, blue = self.composite(Rect(column, row, 1, 1))[0, 0].tolist()
        return red, green, blue

    def set_visible(self, layer: str, visible: bool) -> None:
        """Show or hide a layer."""
        self._check(layer)
        if self._sheet.visible[layer] != visible:
            with self._settings():
                self._sheet.visible[layer] = visible

    def set_opacity(self, layer: str, opacity: float) -> None:
        """Of a layer, 0 to 1."""
        self._check(layer)
        opacity = min(1.0, max(0.0, float(opacity)))
        if self._sheet.opacity[layer] != opacity:
            with self._settings():
                self._sheet.opacity[layer] = opacity

    def set_paper(self, colour: Colour) -> None:
        """The colour below all layers."""
        red, green, blue = (min(255, max(0, int(value))) for value in colour)
        if self._sheet.paper != (red, green, blue):
            with self._settings():
                self._sheet.paper = (red, green, blue)

    def fill(
        self,
        layer: str,
        x: float,
        y: float,
        colour: Colour,
        tolerance: float = 32,
        *,
        of_layer: bool = False,
        opacity: float = 1.0,
    ) -> None:
        """Fill what hangs together with a pixel and looks like it; outside, do nothing.

        Args:
            layer: What is painted on.
            x: In pixels from the left edge.
            y: In pixels from the upper edge.
            colour: Red, green, blue; ignored on the mask.
            tolerance: By how much each channel may differ, 0 to 255.
            of_layer: Look at the layer alone, not at what is seen.
            opacity: Of the colour, 0 to 1.
        """
        self._check(layer)
        column, row = math.floor(x), math.floor(y)
        if not (0 <= column < self.width and 0 <= row < self.height):
            return
        # What is being drawn is part of what is seen.
        self.finish_stroke()
        seen = self._sheet.pixels[layer] if of_layer else self.composite()
        rect, inside = flooded(seen, column, row, tolerance)
        wide = Rect(rect.x - 1, rect.y - 1, rect.width + 2, rect.height + 2).within(self.bounds)
        inside = np.pad(inside, 1)[wide.moved(1 - rect.x, 1 - rect.y).slices]
        covered = inside * np.uint8(round(255 * opacity))
        below = self._sheet.pixels[layer][wide.slices]
        result = painted(below, covered, colour)
        if layer in COLOURED:
            # Below the smooth edge of what is around, or the paper would shine through it.
            edge = rim(inside) & (below[..., 3] > 0)
            sheet = painted(np.zeros_like(below), edge * np.uint8(round(255 * opacity)), colour)
            result = np.where(edge[..., None], laid(sheet, below), result)
        self.write(layer, wide.x, wide.y, result)

    def clear(self, layer: str) -> None:
        """Make a layer transparent, or let nothing be masked."""
        self.write(layer, 0, 0, blank(layer, self.width, self.height))

    def put(self, picture: Picture, fit: Fit = Fit.CROPPED, ground: Colour | None = None) -> None:
        """Make a picture the background.

        Args:
            picture: In any shape.
            fit: What gives way where its shape is another.
            ground: The colour under its transparent parts, None to leave them transparent.
        """
        self.write("background", 0, 0, fitted(picture, self.width, self.height, fit, ground))

    def lay(self, layer: str, x: int, y: int, pixels: np.ndarray) -> None:
        """Lay pixels over a layer, rather than in its place; masks join."""
        self._check(layer)
        self.finish_stroke()
        rect = Rect(x, y, pixels.shape[1], pixels.shape[0]).within(self.bounds)
        if not rect.is_empty:
            below = self._sheet.pixels[layer][rect.slices]
            self.write(layer, rect.x, rect.y, laid(below, pixels[rect.moved(-x, -y).slices]))

    def move(self, layer: str, rect: Rect, dx: int, dy: int) -> None:
        """Move what a rectangle of a layer holds; what it leaves is blank."""
        self._check(layer)
        with self.one_step():
            rect = Rect(*rect).within(self.bounds)
            taken = self._sheet.pixels[layer][rect.slices].copy()
            self.write(layer, rect.x, rect.y, np.zeros_like(taken))
            self.lay(layer, rect.x + dx, rect.y + dy, taken)

    def resize_canvas(self, left: int, top: int, right: int, bottom: int) -> None:
        """Move the edges outward by so many pixels, inward where negative.

        What is new is transparent.

        Raises:
            ValueError: Nothing would be left, or it would be larger than can be.
        """
        if not any((left, top, right, bottom)):
            return
        self.finish_stroke()
        step: Step
        if min(left, top, right, bottom) < 0:
            step = WholeLayers(self._sheet)
        else:
            step = Grown(left, top, right, bottom)
        self._sheet.move_edges(left, top, right, bottom)
        self._add(step)
        self._changed(self.bounds)

    @contextmanager
    def _settings(self) -> Iterator[None]:
        self.finish_stroke()
        step = Settings(self._sheet)
        yield
        self._add(step)
        self._changed(self.bounds)
