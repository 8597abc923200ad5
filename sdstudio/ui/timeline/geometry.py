"""Where the parts of the filmstrip lie. Pure geometry, in widget pixels."""

from __future__ import annotations

import math

LEAST_FRAME = 20.0
"""Narrowest slice of a picture, in pixels before scaling; below it frames stand for several."""

_STEPS_OF_RULER = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500)


class Geometry:
    """Maps steps and rows to pixels.

    While it fits, all columns have room side by side, as slices of their pictures if need
    be; zoomed in, they scroll. Set the attributes, then ask; what is set is kept in bounds.

    Attributes:
        width: Of the whole strip.
        height: Of the whole strip.
        gutter: Width of the labels on the left.
        margin: Free space on the right.
        top: Height of the ruler and the curves above the rows.
        gap: Height above each row's frames, for the marks.
        side: Height of a frame.
        aspect: Width of a whole frame by its height.
        least: Narrowest slice of a frame.
        columns: Steps of the longest run.
        rows: Number of rows.
    """

    def __init__(self) -> None:
        self.width = 1.0
        self.height = 1.0
        self.gutter = 96.0
        self.margin = 16.0
        self.top = 40.0
        self.gap = 8.0
        self.side = 48.0
        self.aspect = 1.0
        self.least = LEAST_FRAME
        self.columns = 0
        self.rows = 0
        self._pitch: float | None = None
        self._left = 0.0
        self._above = 0.0

    @property
    def frame(self) -> float:
        """Width of a whole frame."""
        return max(8.0, self.side * self.aspect)

    @property
    def room(self) -> float:
        """Pixels for the columns."""
        return max(1.0, self.width - self.gutter - self.margin)

    @property
    def fits(self) -> bool:
        """Whether all columns are kept in sight."""
        return self._pitch is None

    @property
    def fit_pitch(self) -> float:
        """The pitch at which all columns are in sight."""
        return min(self._most, self.room / max(1, self.columns))

    @property
    def pitch(self) -> float:
        """Pixels from one step to the next."""
        if self._pitch is None:
            return self.fit_pitch
        return min(self._most, max(self.fit_pitch, self._pitch))

    @property
    def _most(self) -> float:
        return self.frame + 2.0

    @property
    def stride(self) -> int:
        """Steps that one frame stands for."""
        return max(1, math.ceil(self.least / self.pitch))

    @property
    def row_height(self) -> float:
        """Pixels from one row to the next."""
        return self.gap + self.side

    @property
    def left(self) -> float:
        """Pixels scrolled out of sight on the left."""
        return min(self._left, self.most_left)

    @property
    def most_left(self) -> float:
        """How far it may be scrolled to the side."""
        return max(0.0, self.columns * self.pitch - self.room)

    @property
    def above(self) -> float:
        """Pixels scrolled out of sight above."""
        return min(self._above, self.most_above)

    @property
    def most_above(self) -> float:
        """How far it may be scrolled down: by whole rows, so that the upper one is whole."""
        hidden = self.rows * self.row_height - self.room_for_rows
        return max(0, math.ceil(hidden / self.row_height)) * self.row_height

    @property
    def room_for_rows(self) -> float:
        """Pixels for the rows."""
        return max(1.0, self.height - self.top)

    def scroll_to(self, left: float | None = None, above: float | None = None) -> None:
        """Scroll, as far as there is something."""
        if left is not None:
            self._left = min(max(0.0, left), self.most_left)
        if above is not None:
            rows = round(above / self.row_height)
            self._above = min(max(0.0, rows * self.row_height), self.most_above)

    def show(self, row: int, index: int) -> None:
        """Scroll just so far that a frame is in sight."""
        x = index * self.pitch
        if x < self.left:
            self.scroll_to(left=x)
        elif x + self.pitch > self.left + self.room:
            self.scroll_to(left=x + self.pitch - self.room)
        y = row * self.row_height
        if y < self.above:
            self.scroll_to(above=y)
        elif y + self.row_height > self.above + self.room_for_rows:
            over = y + self.row_height - self.room_for_rows
            self.scroll_to(above=math.ceil(over / self.row_height) * self.row_height)

    def fit(self) -> None:
        """Keep all columns in sight."""
        self._pitch = None
        self._left = 0.0

    def zoom(self, factor: float, about: float) -> None:
        """Spread the columns, leaving the one at ``about`` where it is; fits when it can."""
        step = (about - self.gutter + self.left) / self.pitch
        wanted = self.pitch * factor
        if wanted <= self.fit_pitch:
            self.fit()
            return
        self._pitch = min(self._most, wanted)
        self.scroll_to(left=step * self.pitch - (about - self.gutter))

    def x(self, index: float) -> float:
        """Left edge of a step."""
        return self.gutter + index * self.pitch - self.left

    def y(self, row: int) -> float:
        """Upper edge of a row's frames."""
        return self.top + row * self.row_height + self.gap - self.above

    def index_at(self, x: float) -> int:
        """The step below an x, the nearest one beyond the ends."""
        index = math.floor((x - self.gutter + self.left) / self.pitch)
        return min(max(0, index), max(0, self.columns - 1))

    def row_at(self, y: float) -> int | None:
        """The row below a y, None above the first and below the last."""
        row = math.floor((y - self.top + self.above) / self.row_height)
        return row if y >= self.top and 0 <= row < self.rows else None

    def columns_between(self, x0: float, x1: float) -> range:
        """Steps that have a part between two x."""
        first, last = self.index_at(x0), self.index_at(x1)
        return range(first, min(last + 1, self.columns))

    def rows_between(self, y0: float, y1: float) -> range:
        """Rows that have a part between two y."""
        first = math.floor((max(y0, self.top) - self.top + self.above) / self.row_height)
        last = math.floor((y1 - self.top + self.above) / self.row_height)
        return range(max(0, first), min(self.rows, last + 1))

    @property
    def visible(self) -> range:
        """Steps in sight."""
        return self.columns_between(self.gutter, self.width - self.margin)

    def ruler(self, label: float) -> list[int]:
        """The steps (1-based) that are numbered, when a number takes ``label`` pixels."""
        every = next((n for n in _STEPS_OF_RULER if n * self.pitch >= label), _STEPS_OF_RULER[-1])
        seen = self.visible
        first = (seen.start // every) * every
        numbers = [n for n in range(first, seen.stop + 1, every) if n > 0]
        begin = 0 in seen and every > 1 and (every - 1) * self.pitch >= label
        return [1, *numbers] if begin else numbers
