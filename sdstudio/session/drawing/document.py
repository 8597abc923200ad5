"""The document beneath a drawing: what it shows, who is told, and what can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Self

import numpy as np

from sdstudio.session.drawing.layers import LAYERS, WHITE, Colour, Sheet
from sdstudio.session.drawing.patches import Before, Patch
from sdstudio.session.drawing.rect import Rect
from sdstudio.session.drawing.stroke import Stroke
from sdstudio.session.drawing.tools import Point, Tool
from sdstudio.session.drawing.undo import BUDGET, Settings, Step, Together, UndoHistory, WholeLayers


class Document:
    """Layers that change by strokes and by steps, each of which can be undone.

    Args:
        width: In pixels.
        height: In pixels.
        paper: The colour below all layers.
        undo_budget: Bytes that undo may keep.

    Attributes:
        version: Rises with every change.

    Raises:
        ValueError: A size of 0, or beyond the limits in ``layers``.
    """

    def __init__(
        self, width: int, height: int, paper: Colour = WHITE, *, undo_budget: int = BUDGET
    ) -> None:
        self._sheet = Sheet(width, height, paper)
        self._history = UndoHistory(undo_budget)
        self._observers: list[Callable[[Rect], None]] = []
        self._stroke: Stroke | None = None
        self._group: list[Step] | None = None
        self.version = 0

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
        return Sheet(sheet.width, sheet.height, sheet.paper, pixels, visible, opacity)

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

    def observe(self, callback: Callable[[Rect], None]) -> Callable[[], None]:
        """Have ``callback`` told each rectangle that changes; the answer stops that.

        After a change of the size the rectangle is the whole drawing.
        """
        self._observers.append(callback)

        def stop() -> None:
            if callback in self._observers:
                self._observers.remove(callback)

        return stop

    def begin(self, tool: Tool, layer: str, point: Point) -> Stroke:
        """Put the pen down; a stroke still going ends."""
        self._check(layer)
        self.finish_stroke()
        self._stroke = Stroke(self._sheet, tool, layer, self._changed, self._end_stroke)
        self._stroke.move([point])
        return self._stroke

    @property
    def is_being_drawn(self) -> bool:
        """Whether a stroke is going."""
        return self._stroke is not None

    def finish_stroke(self) -> None:
        """End the stroke that is going, if one is."""
        if self._stroke is not None:
            self._stroke.end()

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._stroke is not None or self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return self._stroke is None and self._history.can_redo

    def undo(self) -> bool:
        """Take the last step back, or the stroke that is going; False without one."""
        if self._stroke is not None:
            self._stroke.cancel()
            return True
        return self._told(self._history.undo(self._sheet))

    def redo(self) -> bool:
        """Do the step again that was last undone; False without one."""
        return self._stroke is None and self._told(self._history.redo(self._sheet))

    @property
    def undo_bytes(self) -> int:
        """What the steps that can be undone and redone keep in memory."""
        return self._history.nbytes

    def forget_steps(self) -> None:
        """There is nothing to undo or redo any more."""
        self.finish_stroke()
        self._history.clear()

    @contextmanager
    def one_step(self) -> Iterator[None]:
        """All that is done within is undone as one step; the outermost counts."""
        self.finish_stroke()
        if self._group is not None:
            yield
            return
        self._group = []
        try:
            yield
        finally:
            self.finish_stroke()
            steps, self._group = self._group, None
            if steps:
                self._history.add(steps[0] if len(steps) == 1 else Together(steps))

    def remember(self, step: Step) -> None:
        """Have something beside the layers undone, and done again, as a step or within one."""
        self.finish_stroke()
        self._add(step)

    def become(self, sheet: Sheet) -> None:
        """Show what a sheet shows, size and all; the sheet is the drawing's from then on."""
        with self.one_step():
            self._add(Settings(self._sheet))
            self._add(WholeLayers(self._sheet))
            mine = self._sheet
            mine.width, mine.height, mine.paper = sheet.width, sheet.height, sheet.paper
            mine.pixels, mine.visible, mine.opacity = sheet.pixels, sheet.visible, sheet.opacity
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

    def _check(self, layer: str) -> None:
        if layer not in LAYERS:
            raise ValueError(f"no layer {layer!r}")

    def _add(self, step: Step) -> None:
        if self._group is not None:
            self._group.append(step)
        else:
            self._history.add(step)

    def _end_stroke(self, patch: Patch | None) -> None:
        self._stroke = None
        if patch is not None:
            self._add(patch)

    def _told(self, changed: Rect | None) -> bool:
        if changed is not None:
            self._changed(changed)
        return changed is not None

    def _changed(self, rect: Rect) -> None:
        if rect.is_empty:
            return
        self.version += 1
        for callback in tuple(self._observers):
            callback(rect)
