"""Frames of an animation: drawings of one size, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from weakref import WeakSet

import numpy as np

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.film_history import FilmHistory, Order
from sdstudio.session.drawing.layers import Sheet
from sdstudio.session.drawing.rect import EMPTY, Rect
from sdstudio.session.drawing.tween import Motion, carried
from sdstudio.session.drawing.undo import next_serial

MAX_FRAMES = 1000


class Frames:
    """Drawings one after the other, one of them the current one; there is always at least one.

    They are of one size: where one grows by itself, the others grow at the same edges, so that
    what lay over one another still does. What is done to frames and what is drawn on any of
    them is taken back in the order in which it was done.

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
        self._history = FilmHistory()
        self._followed: WeakSet[Drawing] = WeakSet()
        self._even_out(next_serial())
        for drawing in self._drawings:
            self._follow(drawing)

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
        self.index = min(len(self) - 1, max(0, index))
        return self.current

    @property
    def can_undo(self) -> bool:
        """Whether something was done that can be taken back."""
        return self.current.is_being_drawn or self._history.can_undo(self._order)

    @property
    def can_redo(self) -> bool:
        """Whether something was taken back that can be done again."""
        return not self.current.is_being_drawn and self._history.can_redo(self._order)

    def undo(self) -> bool:
        """Take back what was done last, wherever; False without anything.

        The frame that it concerns becomes the current one.
        """
        if self.current.is_being_drawn:
            return self.current.undo()
        return self._go(self._history.undo(self._order))

    def redo(self) -> bool:
        """Do again what was taken back last; False without anything."""
        return not self.current.is_being_drawn and self._go(self._history.redo(self._order))

    def add(self) -> Drawing:
        """A blank frame after the current one, which it becomes.

        Raises:
            ValueError: There are :data:`MAX_FRAMES`.
        """
        x, y, width, height = self.current.place
        sheet = Sheet(width, height, self.current.paper, origin=(-x, -y))
        return self._insert(Drawing.of_sheet(sheet))

    def duplicate(self) -> Drawing:
        """A copy of the current frame after it, which it becomes.

        Raises:
            ValueError: There are :data:`MAX_FRAMES`.
        """
        return self._insert(self.current.copy())

    def insert(self, index: int, drawing: Drawing) -> None:
        """Put a frame in a place, and make it the current one.

        Of one that lies otherwise than the others do by now, a copy with their edges is taken.

        Raises:
            ValueError: There are :data:`MAX_FRAMES`.
        """
        if drawing.place != self.current.place:
            drawing = drawing.copy()
            drawing.resize_canvas(*_edges(drawing.place, self.current.place))
            drawing.forget_steps()
        self._insert(drawing, min(len(self), max(0, index)))

    def remove(self, index: int | None = None) -> None:
        """Take a frame out, the current one where none is named; the last one stays."""
        if len(self) > 1:
            index = self.index if index is None else index
            with self._one_edit():
                del self._drawings[index]
                if index < self.index or self.index == len(self):
                    self.index -= 1

    def move(self, index: int, to: int) -> None:
        """Put a frame in another place; the current frame stays the current one."""
        current = self.current
        with self._one_edit():
            self._drawings.insert(min(len(self) - 1, max(0, to)), self._drawings.pop(index))
            self.index = self._drawings.index(current)

    def resize_canvas(self, left: int, top: int, right: int, bottom: int) -> None:
        """Move the edges of all frames, as :meth:`Drawing.resize_canvas` does.

        Raises:
            ValueError: Nothing would be left, or it would be larger than can be.
        """
        serial = next_serial()
        self._history.forget_undone(self._drawings)
        for drawing in self._drawings:
            with drawing.one_step(serial):
                drawing.resize_canvas(left, top, right, bottom)

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
        with self._one_edit():
            for number in range(1, count + 1):
                frame = first.copy()
                place, pixels = carried(piece, rect, motion.at(number / count), frame.bounds)
                frame.write(layer, rect.x, rect.y, np.zeros_like(piece))
                frame.lay(layer, place.x, place.y, pixels)
                frame.forget_steps()
                self._put(frame, self.index + 1)

    @property
    def _order(self) -> Order:
        return Order(tuple(self._drawings), self.index)

    def _go(self, order: Order | None) -> bool:
        if order is None:
            return False
        self._drawings, self.index = list(order.drawings), order.current
        # A frame may have forgotten that it grew with the others.
        self._even_out(next_serial())
        return True

    @contextmanager
    def _one_edit(self) -> Iterator[None]:
        """What is done to the frames within is undone as one step."""
        before = self._order
        yield
        self._history.add(before, self._order)

    def _insert(self, drawing: Drawing, index: int | None = None) -> Drawing:
        if len(self) >= MAX_FRAMES:
            raise ValueError(f"more than {MAX_FRAMES} frames")
        with self._one_edit():
            self._put(drawing, self.index + 1 if index is None else index)
        return drawing

    def _put(self, drawing: Drawing, index: int) -> None:
        self._drawings.insert(index, drawing)
        self.index = index
        self._follow(drawing)

    def _follow(self, drawing: Drawing) -> None:
        if drawing not in self._followed:
            self._followed.add(drawing)
            drawing.observe_steps(lambda serial: self._stepped(drawing, serial))

    def _stepped(self, drawing: Drawing, serial: int) -> None:
        """Something was done to a frame alone."""
        # The others lie alike: one of them says where, of however many there are.
        if drawing.place != self._drawings[0 if drawing is not self._drawings[0] else -1].place:
            self._even_out(serial)
        self._history.forget_undone(self._drawings)

    def _even_out(self, serial: int) -> None:
        """Grow frames to the edges of those that reach farther, as part of the step's doing."""
        whole = EMPTY
        for drawing in self._drawings:
            whole = whole.joined(drawing.place)
        for drawing in self._drawings:
            if drawing.place != whole:
                with drawing.one_step(serial):
                    drawing.resize_canvas(*_edges(drawing.place, whole))


def _edges(place: Rect, goal: Rect) -> tuple[int, int, int, int]:
    """How far left, upper, right and lower edge move outward from one place to another."""
    return (
        place.x - goal.x,
        place.y - goal.y,
        goal.right - place.right,
        goal.bottom - place.bottom,
    )
