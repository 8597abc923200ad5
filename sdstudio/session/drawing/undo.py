"""The steps of a drawing, taken back and done again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Protocol

import numpy as np

from sdstudio.session.drawing.layers import Colour, Sheet
from sdstudio.session.drawing.rect import EMPTY, Rect

BUDGET = 256 << 20
"""Bytes that the steps of one drawing may keep; the oldest are forgotten beyond it.

A stroke of a 64 px brush across 1024 x 1024 painted pixels keeps 0.5 MB, from corner to corner
0.8 MB, and less once it is compressed: several hundred fit."""

MAX_STEPS = 1000

_serials = count(1)


def next_serial() -> int:
    """A number for something that is done now: higher than that of all done before it.

    By it what was done last is found among several histories.
    """
    return next(_serials)


class Step(Protocol):
    """Something that was done: exchanging what it keeps with the sheet undoes and redoes it."""

    @property
    def nbytes(self) -> int:
        """What it keeps in memory."""

    def pack(self) -> None:
        """Keep it in fewer bytes, if that can be."""

    def swap(self, sheet: Sheet) -> Rect:
        """Exchange it with the sheet; the answer is what changed."""


class Settings:
    """Paper, visibility and opacity as they were."""

    nbytes = 512

    def __init__(self, sheet: Sheet) -> None:
        self._kept: tuple[Colour, dict[str, bool], dict[str, float]]
        self._kept = (sheet.paper, dict(sheet.visible), dict(sheet.opacity))

    def pack(self) -> None:
        """There is little to keep."""

    def swap(self, sheet: Sheet) -> Rect:
        """Exchange them with the sheet's."""
        now = (sheet.paper, dict(sheet.visible), dict(sheet.opacity))
        sheet.paper, sheet.visible, sheet.opacity = self._kept
        self._kept = now
        return sheet.bounds


class WholeLayers:
    """All pixels as they were, and the size: for a canvas that got another one."""

    def __init__(self, sheet: Sheet) -> None:
        self._place = (sheet.width, sheet.height, sheet.origin)
        self._pixels: dict[str, np.ndarray] = dict(sheet.pixels)

    @property
    def nbytes(self) -> int:
        """What it keeps in memory."""
        return sum(pixels.nbytes for pixels in self._pixels.values())

    def pack(self) -> None:
        """Cropping is rare; what it keeps stays as it is."""

    def swap(self, sheet: Sheet) -> Rect:
        """Exchange them with the sheet's."""
        place, pixels = (sheet.width, sheet.height, sheet.origin), dict(sheet.pixels)
        (sheet.width, sheet.height, sheet.origin), sheet.pixels = self._place, self._pixels
        self._place, self._pixels = place, pixels
        return sheet.bounds


class Grown:
    """Edges that moved outward: what is new was blank, so that nothing need be kept.

    Args:
        left: By how many pixels the left edge moved, at least 0.
        top: The same of the upper edge.
        right: Of the right one.
        bottom: Of the lower one.
    """

    nbytes = 128

    def __init__(self, left: int, top: int, right: int, bottom: int) -> None:
        self._back = (-left, -top, -right, -bottom)

    def pack(self) -> None:
        """There is little to keep."""

    def swap(self, sheet: Sheet) -> Rect:
        """Move them back, or out again."""
        left, top, right, bottom = self._back
        sheet.move_edges(left, top, right, bottom)
        self._back = (-left, -top, -right, -bottom)
        return sheet.bounds


class Together:
    """Several steps as one."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = tuple(steps)

    @property
    def nbytes(self) -> int:
        """What they keep in memory."""
        return sum(step.nbytes for step in self._steps)

    def pack(self) -> None:
        """Each of them."""
        for step in self._steps:
            step.pack()

    def swap(self, sheet: Sheet) -> Rect:
        """Each of them, the last first; the next time the other way round."""
        changed = EMPTY
        for step in reversed(self._steps):
            changed = changed.joined(step.swap(sheet))
        self._steps = self._steps[::-1]
        return changed.within(sheet.bounds)


class UndoHistory:
    """Steps that were done, and those that were undone.

    Steps of one serial are undone and done again together.

    Args:
        budget: Bytes that all may keep together.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._done: list[tuple[int, Step]] = []
        self._undone: list[tuple[int, Step]] = []
        self._next_to_pack = 0

    @property
    def last_done(self) -> int | None:
        """Serial of the step to take back, None without one."""
        return self._done[-1][0] if self._done else None

    @property
    def last_undone(self) -> int | None:
        """Serial of the step to do again, None without one."""
        return self._undone[-1][0] if self._undone else None

    @property
    def nbytes(self) -> int:
        """What all steps keep in memory."""
        return sum(step.nbytes for _, step in (*self._done, *self._undone))

    def add(self, step: Step, serial: int) -> None:
        """A step was done; what was undone before it is forgotten.

        Args:
            step: Which.
            serial: Of :func:`next_serial`; that of a step elsewhere to which this one belongs.
        """
        self._undone.clear()
        self._done.append((serial, step))
        self._keep_within_budget()

    def undo(self, sheet: Sheet) -> Rect | None:
        """Take the last step back; the answer is what changed, None without a step."""
        return self._swap(self._done, self._undone, sheet)

    def redo(self, sheet: Sheet) -> Rect | None:
        """Do the step again that was last undone."""
        return self._swap(self._undone, self._done, sheet)

    def forget_undone(self) -> None:
        """Let nothing be done again."""
        self._undone.clear()

    def clear(self) -> None:
        """Forget all steps."""
        self._done.clear()
        self._undone.clear()
        self._next_to_pack = 0

    def _swap(
        self, source: list[tuple[int, Step]], target: list[tuple[int, Step]], sheet: Sheet
    ) -> Rect | None:
        if not source:
            return None
        serial, changed = source[-1][0], EMPTY
        while source and source[-1][0] == serial:
            _, step = source.pop()
            changed = changed.joined(step.swap(sheet))
            target.append((serial, step))
        return changed.within(sheet.bounds)

    def _keep_within_budget(self) -> None:
        if len(self._done) > MAX_STEPS:
            self._forget_oldest()
        size = self.nbytes
        self._next_to_pack = min(self._next_to_pack, len(self._done))
        # Compressing takes time: not before there is need, and the oldest, wanted last, first.
        while size > self._budget and self._next_to_pack < len(self._done):
            _, step = self._done[self._next_to_pack]
            size -= step.nbytes
            step.pack()
            size += step.nbytes
            self._next_to_pack += 1
        while size > self._budget and len(self._done) > 1:
            size -= self._done[0][1].nbytes
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        del self._done[0]
        self._next_to_pack = max(0, self._next_to_pack - 1)
