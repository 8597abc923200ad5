"""A stroke while the hand makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from sdstudio.session.drawing.blending import erased, painted
from sdstudio.session.drawing.brush import coverage, pieces, reach
from sdstudio.session.drawing.layers import Sheet
from sdstudio.session.drawing.patches import Before, Patch
from sdstudio.session.drawing.rect import EMPTY, Rect
from sdstudio.session.drawing.shapes import interior, outline, segments
from sdstudio.session.drawing.tools import SHAPES, Point, Tool


class Stroke:
    """From pen down to pen up: one step of undo. Made by ``Drawing.begin``.

    What the stroke covers is gathered apart from the layer and laid over the layer as it was
    before, so that a stroke that crosses itself gets no denser.

    Args:
        sheet: The drawing's.
        tool: What with.
        layer: Where on.
        point: Where the pen went down; it is painted at once.
        changed: Told each rectangle that changed.
        finished: Told the step, None when nothing changed, once it is over.
    """

    def __init__(
        self,
        sheet: Sheet,
        tool: Tool,
        layer: str,
        point: Point,
        changed: Callable[[Rect], None],
        finished: Callable[[Patch | None], None],
    ) -> None:
        self._sheet = sheet
        self._tool = tool
        self._layer = layer
        self._changed = changed
        self._finished = finished
        self._before = Before(sheet, layer)
        self._covered = np.zeros((sheet.height, sheet.width), np.float32)
        self._images = tuple(tool.symmetry.images(sheet.width, sheet.height))
        self._start = self._last = point
        self._drawn: list[Rect] = []
        self.is_going = True
        self._draw([point])

    def move(self, points: Iterable[Point]) -> None:
        """The pen went through these points."""
        points = list(points)
        if self.is_going and points:
            self._draw(points)

    def end(self) -> None:
        """The pen went up."""
        if self.is_going:
            self.is_going = False
            self._finished(self._before.patch())

    def cancel(self) -> None:
        """Take it back, and keep nothing of it."""
        if self.is_going:
            self.is_going = False
            changed = self._before.restore_all()
            self._finished(None)
            self._changed(changed)

    def _draw(self, points: list[Point]) -> None:
        if self._tool.kind in SHAPES:
            self._draw_shape(points[-1])
        else:
            self._draw_way(points)

    def _draw_way(self, points: list[Point]) -> None:
        changed = EMPTY
        for point in points:
            for image in self._images:
                for start, end in pieces(self._tool, image(self._last), image(point)):
                    changed = changed.joined(self._cover_piece(start, end))
            self._last = point
        self._changed(changed)

    def _draw_shape(self, point: Point) -> None:
        changed = EMPTY
        for rect in self._drawn:
            self._covered[rect.slices] = 0
            self._before.restore(rect)
            changed = changed.joined(rect)
        self._drawn = []
        corners = outline(self._tool, self._start, point)
        for image in self._images:
            if self._tool.filled and self._tool.kind != "line":
                rect, covered = interior(corners, image, self._sheet.bounds)
                self._cover(rect, covered)
                continue
            for first, last in segments(corners):
                for start, end in pieces(self._tool, image(first), image(last)):
                    self._cover_piece(start, end)
        for rect in self._drawn:
            changed = changed.joined(rect)
        self._last = point
        self._changed(changed)

    def _cover_piece(self, start: Point, end: Point) -> Rect:
        rect = reach(self._tool, start, end).within(self._sheet.bounds)
        if not rect.is_empty:
            self._cover(rect, coverage(self._tool, start, end, rect))
        return rect

    def _cover(self, rect: Rect, covered: np.ndarray) -> None:
        """Add to what the stroke covers, and show it."""
        if rect.is_empty:
            return
        gathered = self._covered[rect.slices]
        np.maximum(gathered, covered, out=gathered)
        self._before.touch(rect)
        below = self._before.pixels[rect.slices]
        dense = (gathered * np.float32(255 * self._tool.opacity) + np.float32(0.5)).astype(np.uint8)
        if self._tool.kind == "eraser":
            result = erased(below, dense)
        else:
            result = painted(below, dense, self._tool.colour)
        self._sheet.pixels[self._layer][rect.slices] = result
        if self._tool.kind in SHAPES:
            self._drawn.append(rect)
