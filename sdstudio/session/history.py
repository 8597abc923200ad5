"""Undo and redo of the request."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from sdstudio.engine.request import Request


class History:
    """The requests before the present one, and those that were undone.

    Changes of the same fields in quick succession, as a dragged slider or typing makes,
    are one entry.

    Args:
        clock: Seconds, rising.
        pause: Seconds without a change after which the next one is an entry of its own.
        depth: How many entries are kept.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        pause: float = 0.8,
        depth: int = 200,
    ) -> None:
        self._clock = clock
        self._pause = pause
        self._past: deque[Request] = deque(maxlen=depth)
        self._future: list[Request] = []
        self._last_fields: frozenset[str] = frozenset()
        self._last_time = -float("inf")

    def record(self, before: Request, fields: frozenset[str]) -> bool:
        """Remember the request as it was before ``fields`` changed.

        Returns:
            Whether the change goes on with the one before, as part of the same gesture.
        """
        now = self._clock()
        same_gesture = fields == self._last_fields and now - self._last_time < self._pause
        if not (same_gesture and self._past):
            self._past.append(before)
        self._last_fields, self._last_time = fields, now
        self._future.clear()
        return same_gesture

    def end_gesture(self) -> None:
        """Let the next change be an entry of its own, whatever it is."""
        self._last_fields = frozenset()

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier request."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether something was undone and nothing changed since."""
        return bool(self._future)

    def undo(self, present: Request) -> Request | None:
        """The request before the last change, or None."""
        if not self._past:
            return None
        self._future.append(present)
        self.end_gesture()
        return self._past.pop()

    def redo(self, present: Request) -> Request | None:
        """The request that the last undo left, or None."""
        if not self._future:
            return None
        self._past.append(present)
        self.end_gesture()
        return self._future.pop()
