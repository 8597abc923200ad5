"""A stroke while the hand makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

import numpy as np

from sdstudio.session.drawing.blending import erased, painted
from sdstudio.session.drawing.brush import coverage, pieces, reach
from sdstudio.session.drawing.layers import Sheet
from sdstudio.session.drawing.patches import Before, Patch
from sdstudio.session.drawing.rect import Rect, grouped
from sdstudio.session.drawing.shapes import interior, outline
from sdstudio.session.drawing.tools import SHAPES, Point, Tool


class Stroke:
    """From pen down to pen up: one step of undo. Made by ``Drawing.begin``.

    What the stroke covers is gathered apart from the layer and laid over the layer as it was
    before, so that a stroke that crosses itself gets no denser.

    Args:
        sheet: The drawing's.
        tool: What with.
        layer: Where on.
        changed: Told each rectangle that changed.
        finished: Told the step, None when nothing changed, once it is over.
    """

    def __init__(
        self,
        sheet: Sheet,
        tool: Tool,
        layer: str,
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
        self._start: Point | None = None
        self._last: Point | None = None
        self._drawn: list[Rect] = []
        self.is_going = True

    def move(self, points: Iterable[Point]) -> None:
        """The pen went through these points; the first ever is where it went down."""
        points = list(points)
        if not self.is_going or not points:
            return
        if self._start is None:
            self._start = self._last = points[0]
        if self._tool.kind in SHAPES:
            self._draw_shape(self._start, points[-1])
        else:
            self._draw_way(points)

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

    def _draw_way(self, points: list[Point]) -> None:
        covered: list[Rect] = []
        for image in self._images:
            way = [self._last or points[0], *points]
            for first, last in pairwise(image(point) for point in way):
                covered += self._cover(first, last)
        self._last = points[-1]
        self._show(covered)

    def _draw_shape(self, start: Point, end: Point) -> None:
        for rect in self._drawn:
            self._covered[rect.slices] = 0
        corners = outline(self._tool, start, end)
        covered: list[Rect] = []
        for image in self._images:
            placed = [image(corner) for corner in corners]
            if self._tool.filled and self._tool.kind != "line":
                covered += self._cover_inside(placed)
            else:
                for first, last in pairwise(placed):
                    covered += self._cover(first, last)
        # Where the shape was and is no more, what was below shows again.
        gone, self._drawn = self._drawn, grouped(covered)
        self._show([*gone, *self._drawn])

    def _cover(self, first: Point, last: Point) -> Iterator[Rect]:
        """Add a straight way to what the stroke covers."""
        for start, end in pieces(self._tool, first, last):
            rect = reach(self._tool, start, end).within(self._sheet.bounds)
            if not rect.is_empty:
                gathered = self._covered[rect.slices]
                np.maximum(gathered, coverage(self._tool, start, end, rect), out=gathered)
                yield rect

    def _cover_inside(self, corners: list[Point]) -> Iterator[Rect]:
        """Add what corners enclose."""
        rect, inside = interior(corners, self._sheet.bounds)
        if not rect.is_empty:
            gathered = self._covered[rect.slices]
            np.maximum(gathered, inside, out=gathered)
            yield rect

    def _show(self, rects: Iterable[Rect]) -> None:
        """Lay what is covered over the layer as it was."""
        strength = np.float32(255 * self._tool.opacity)
        for rect in grouped(rects):
            self._before.touch(rect)
            below = self._before.pixels[rect.slices]
            dense = (self._covered[rect.slices] * strength + np.float32(0.5)).astype(np.uint8)
            if self._tool.kind == "eraser":
                result = erased(below, dense)
            else:
                result = painted(below, dense, self._tool.colour)
            self._sheet.pixels[self._layer][rect.slices] = result
            # One by one: mirrored strokes lie far apart, and what is between has not changed.
            self._changed(rect)
