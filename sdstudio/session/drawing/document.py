"""The document beneath a drawing: layers over paper, as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Self

import numpy as np

from sdstudio.session.drawing.layers import WHITE, Colour, Sheet
from sdstudio.session.drawing.patches import Before
from sdstudio.session.drawing.rect import Rect
from sdstudio.session.drawing.stepwise import Stepwise
from sdstudio.session.drawing.undo import BUDGET, Settings, WholeLayers


class Document(Stepwise):
    """Layers that change by strokes and by steps, each of which can be undone.

    Args:
        width: In pixels.
        height: In pixels.
        paper: The colour below all layers.
        undo_budget: Bytes that undo may keep.

    Raises:
        ValueError: A size of 0, or beyond the limits in ``layers``.
    """

    def __init__(
        self, width: int, height: int, paper: Colour = WHITE, *, undo_budget: int = BUDGET
    ) -> None:
        super().__init__(Sheet(width, height, paper), undo_budget)

    @classmethod
    def of_sheet(cls, sheet: Sheet) -> Self:
        """One that shows a sheet, which is its own from then on."""
        made = cls(1, 1)
        made._sheet = sheet
        return made

    def snapshot(self) -> Sheet:
        """A copy of all that is shown, for another thread."""
        sheet = self._sheet
        pixels = {layer: pixels.copy() for layer, pixels in sheet.pixels.items()}
        visible, opacity = dict(sheet.visible), dict(sheet.opacity)
        size = (sheet.width, sheet.height)
        return Sheet(*size, sheet.paper, pixels, visible, opacity, sheet.origin)

    def copy(self) -> Self:
        """One that shows the same, without its undo steps."""
        return self.of_sheet(self.snapshot())

    @property
    def width(self) -> int:
        """In pixels."""
        return self._sheet.width

    @property
    def height(self) -> int:
        """In pixels."""
        return self._sheet.height

    @property
    def bounds(self) -> Rect:
        """The whole of it."""
        return self._sheet.bounds

    @property
    def place(self) -> Rect:
        """The whole of it, seen from what was its upper left corner at first."""
        return self.bounds.moved(-self._sheet.origin[0], -self._sheet.origin[1])

    @property
    def paper(self) -> Colour:
        """The colour below all layers."""
        return self._sheet.paper

    @property
    def visible(self) -> Mapping[str, bool]:
        """Whether each layer is shown; for the mask, whether the pad tints it."""
        return MappingProxyType(self._sheet.visible)

    @property
    def opacity(self) -> Mapping[str, float]:
        """Of each layer, 0 to 1."""
        return MappingProxyType(self._sheet.opacity)

    def pixels(self, layer: str) -> np.ndarray:
        """A view of a layer's pixels, not to be written to; it follows until the size changes.

        Returns:
            (H, W, 4) uint8 with straight alpha; of the mask (H, W) uint8, 255 where the
            picture may change.
        """
        self._check(layer)
        view = self._sheet.pixels[layer].view()
        view.flags.writeable = False
        return view

    def become(self, sheet: Sheet) -> None:
        """Show what a sheet shows, size and all; the sheet is the drawing's from then on."""
        with self.one_step():
            self._add(Settings(self._sheet))
            self._add(WholeLayers(self._sheet))
            mine = self._sheet
            mine.width, mine.height, mine.paper = sheet.width, sheet.height, sheet.paper
            mine.pixels, mine.visible, mine.opacity = sheet.pixels, sheet.visible, sheet.opacity
            mine.origin = sheet.origin
        self._changed(self.bounds)

    def write(self, layer: str, x: int, y: int, pixels: np.ndarray) -> None:
        """Put pixels in a layer's place, alpha and all; what sticks out is cut off.

        Args:
            layer: Which.
            x: Column of the pixels' left edge.
            y: Row of their upper edge.
            pixels: (h, w, 4) uint8, or (h, w) for the mask.
        """
        self._check(layer)
        self.finish_stroke()
        rect = Rect(x, y, pixels.shape[1], pixels.shape[0]).within(self.bounds)
        if rect.is_empty:
            return
        before = Before(self._sheet, layer)
        before.touch(rect)
        self._sheet.pixels[layer][rect.slices] = pixels[rect.moved(-x, -y).slices]
        patch = before.patch()
        if patch is not None:
            self._add(patch)
            self._changed(rect)
