"""Undo over a film: what was done last, to a frame or to the frames' order, goes first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.layers import LAYERS
from sdstudio.session.drawing.undo import BUDGET, next_serial

MAX_EDITS = 200
"""Changes of the frames' order that can be taken back."""


class Order(NamedTuple):
    """The frames, one after the other, and the index of the current one."""

    drawings: tuple[Drawing, ...]
    current: int


class _Edit(NamedTuple):
    """A change of the order, which keeps alive the frames that it took out."""

    serial: int
    before: Order
    after: Order

    @property
    def nbytes(self) -> int:
        gone = set(self.before.drawings) - set(self.after.drawings)
        return sum(
            each.undo_bytes + sum(each.pixels(layer).nbytes for layer in LAYERS) for each in gone
        )


class FilmHistory:
    """Changes of the order, between the steps that each frame keeps of itself.

    All have serials of one count: of what is done the highest is undone first, of what is
    undone the lowest is done again first. Steps of frames with one serial go together.

    Args:
        budget: Bytes of frames that were taken out and can be brought back; the oldest are
            forgotten beyond it.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._done: list[_Edit] = []
        self._undone: list[_Edit] = []

    def add(self, before: Order, after: Order) -> None:
        """The order was changed; what was undone before it is forgotten."""
        if before.drawings == after.drawings:
            return
        self.forget_undone((*before.drawings, *after.drawings))
        self._done.append(_Edit(next_serial(), before, after))
        size = sum(edit.nbytes for edit in self._done)
        while len(self._done) > 1 and (size > self._budget or len(self._done) > MAX_EDITS):
            size -= self._done.pop(0).nbytes

    def forget_undone(self, drawings: Iterable[Drawing]) -> None:
        """Something new was done: there is nothing to do again, in these frames either."""
        self._undone.clear()
        for drawing in drawings:
            drawing.forget_undone()

    def can_undo(self, order: Order) -> bool:
        """Whether something can be taken back."""
        return bool(self._done) or any(each.can_undo for each in order.drawings)

    def can_redo(self, order: Order) -> bool:
        """Whether something can be done again."""
        return bool(self._undone) or any(each.can_redo for each in order.drawings)

    def undo(self, order: Order) -> Order | None:
        """Take back what was done last; the answer is how the frames lie then, None without."""
        serials = [each.last_done or 0 for each in order.drawings]
        last = max(serials)
        if self._done and self._done[-1].serial > last:
            self._undone.append(self._done.pop())
            return self._undone[-1].before
        return _stepped(order, serials, last, Drawing.undo) if last else None

    def redo(self, order: Order) -> Order | None:
        """Do again what was taken back last; the answer is as of :meth:`undo`."""
        serials = [each.last_undone or 0 for each in order.drawings]
        first = min(filter(None, serials), default=0)
        if self._undone and (not first or self._undone[-1].serial < first):
            self._done.append(self._undone.pop())
            return self._done[-1].after
        return _stepped(order, serials, first, Drawing.redo) if first else None


def _stepped(order: Order, serials: list[int], serial: int, go: Callable[[Drawing], bool]) -> Order:
    """Have all frames go whose step has that serial; one of them is the current one then."""
    concerned = [index for index, each in enumerate(serials) if each == serial]
    for index in concerned:
        go(order.drawings[index])
    return order if order.current in concerned else order._replace(current=concerned[0])
