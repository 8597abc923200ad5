"""The steps of a drawing, taken back and done again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from sdstudio.session.drawing.layers import Colour, Sheet
from sdstudio.session.drawing.rect import EMPTY, Rect

BUDGET = 256 << 20
"""Bytes that the steps of one drawing may keep; the oldest are forgotten beyond it.

A stroke of a 64 px brush across 1024 x 1024 painted pixels keeps 0.5 MB, from corner to corner
0.8 MB, and less once it is compressed: several hundred fit."""

MAX_STEPS = 1000


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
        self._size = (sheet.width, sheet.height)
        self._pixels: dict[str, np.ndarray] = dict(sheet.pixels)

    @property
    def nbytes(self) -> int:
        """What it keeps in memory."""
        return sum(pixels.nbytes for pixels in self._pixels.values())

    def pack(self) -> None:
        """Growing and cropping is rare; what it keeps stays as it is."""

    def swap(self, sheet: Sheet) -> Rect:
        """Exchange them with the sheet's."""
        size, pixels = (sheet.width, sheet.height), dict(sheet.pixels)
        (sheet.width, sheet.height), sheet.pixels = self._size, self._pixels
        self._size, self._pixels = size, pixels
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

    Args:
        budget: Bytes that all may keep together.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._next_to_pack = 0

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return bool(self._undone)

    @property
    def nbytes(self) -> int:
        """What all steps keep in memory."""
        return sum(step.nbytes for step in (*self._done, *self._undone))

    def add(self, step: Step) -> None:
        """A step was done; what was undone before it is forgotten."""
        self._undone.clear()
        self._done.append(step)
        self._keep_within_budget()

    def undo(self, sheet: Sheet) -> Rect | None:
        """Take the last step back; the answer is what changed, None without a step."""
        return self._swap(self._done, self._undone, sheet)

    def redo(self, sheet: Sheet) -> Rect | None:
        """Do the step again that was last undone."""
        return self._swap(self._undone, self._done, sheet)

    def clear(self) -> None:
        """Forget all steps."""
        self._done.clear()
        self._undone.clear()
        self._next_to_pack = 0

    def _swap(self, source: list[Step], target: list[Step], sheet: Sheet) -> Rect | None:
        if not source:
            return None
        step = source.pop()
        changed = step.swap(sheet)
        target.append(step)
        return changed

    def _keep_within_budget(self) -> None:
        if len(self._done) > MAX_STEPS:
            self._forget_oldest()
        size = self.nbytes
        self._next_to_pack = min(self._next_to_pack, len(self._done))
        # Compressing takes time: not before there is need, and the oldest, wanted last, first.
        while size > self._budget and self._next_to_pack < len(self._done):
            step = self._done[self._next_to_pack]
            size -= step.nbytes
            step.pack()
            size += step.nbytes
            self._next_to_pack += 1
        while size > self._budget and len(self._done) > 1:
            size -= self._done[0].nbytes
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        del self._done[0]
        self._next_to_pack = max(0, self._next_to_pack - 1)
