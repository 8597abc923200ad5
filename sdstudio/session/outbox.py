"""What the sampler has to say, waiting for the window to fetch it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sdstudio.session.events import Event


class Outbox:
    """A queue of events that rings when it goes from empty to non-empty.

    One ring for many events keeps a busy window from working off one signal per step.

    Args:
        wake: Called on the sampler's thread, or by :meth:`drain`; it must return at once and
            may not drain.
        most: Events to be taken in one go; it rings again for those that are left. None for all.
    """

    def __init__(self, wake: Callable[[], None] = lambda: None, most: int | None = None) -> None:
        self._wake = wake
        self._most = most
        self._lock = threading.Lock()
        self._events: list[Event] = []

    def put(self, event: Event) -> None:
        """Add an event; rings when it is the first that waits."""
        with self._lock:
            self._events.append(event)
            first = len(self._events) == 1
        if first:
            self._wake()

    def drain(self) -> list[Event]:
        """Take the events, or as many as may be taken in one go; oldest first."""
        with self._lock:
            most = len(self._events) if self._most is None else self._most
            events, self._events = self._events[:most], self._events[most:]
            left = bool(self._events)
        if left:
            self._wake()
        return events

    def __len__(self) -> int:
        return len(self._events)
