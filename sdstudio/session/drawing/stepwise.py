"""What is done to a sheet, stroke by stroke and step by step: who is told, and what is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sdstudio.session.drawing.layers import LAYERS, Sheet
from sdstudio.session.drawing.patches import Patch
from sdstudio.session.drawing.rect import Rect
from sdstudio.session.drawing.stroke import Stroke
from sdstudio.session.drawing.tools import Point, Tool
from sdstudio.session.drawing.undo import BUDGET, Step, Together, UndoHistory, next_serial


class Stepwise:
    """A sheet that changes by strokes and by steps, each of which can be undone.

    Args:
        sheet: What changes.
        undo_budget: Bytes that undo may keep.

    Attributes:
        version: Rises with every change.
    """

    def __init__(self, sheet: Sheet, undo_budget: int = BUDGET) -> None:
        self._sheet = sheet
        self._history = UndoHistory(undo_budget)
        self._observers: list[Callable[[Rect], None]] = []
        self._step_observers: list[Callable[[int], None]] = []
        self._stroke: Stroke | None = None
        self._group: list[Step] | None = None
        self.version = 0

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
        return self._stroke is not None or self._history.last_done is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return self._stroke is None and self._history.last_undone is not None

    @property
    def last_done(self) -> int | None:
        """Serial of the step to take back, None without one; see :func:`undo.next_serial`."""
        return self._history.last_done

    @property
    def last_undone(self) -> int | None:
        """Serial of the step to do again, None without one."""
        return self._history.last_undone

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

    def observe_steps(self, callback: Callable[[int], None]) -> None:
        """Have ``callback`` told the serial of each step that is done here of its own."""
        self._step_observers.append(callback)

    def forget_undone(self) -> None:
        """Let nothing be done again: what was undone lies on a way that was left."""
        self._history.forget_undone()

    def forget_steps(self) -> None:
        """There is nothing to undo or redo any more."""
        self.finish_stroke()
        self._history.clear()

    @contextmanager
    def one_step(self, serial: int | None = None) -> Iterator[None]:
        """All that is done within is undone as one step; the outermost counts.

        Args:
            serial: Of a step elsewhere that it belongs to, None for a step of its own.
        """
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
                self._close_step(steps[0] if len(steps) == 1 else Together(steps), serial)

    def remember(self, step: Step) -> None:
        """Have something beside the layers undone, and done again, as a step or within one."""
        self.finish_stroke()
        self._add(step)

    def _check(self, layer: str) -> None:
        if layer not in LAYERS:
            raise ValueError(f"no layer {layer!r}")

    def _add(self, step: Step) -> None:
        if self._group is not None:
            self._group.append(step)
        else:
            self._close_step(step)

    def _close_step(self, step: Step, serial: int | None = None) -> None:
        own = next_serial() if serial is None else serial
        self._history.add(step, own)
        for callback in tuple(self._step_observers) if serial is None else ():
            callback(own)

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
