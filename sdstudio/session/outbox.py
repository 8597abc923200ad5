"""What the sampler has to say, waiting for the window to fetch it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sdstudio.session.events import Event


class Outbox:
    """A queue of events that rings once, when it goes from empty to non-empty.

    One ring for many events keeps a busy window from working off one signal per step.

    Args:
        wake: Called on the sampler's thread; it must return at once and may not drain.
    """

    def __init__(self, wake: Callable[[], None] = lambda: None) -> None:
        self._wake = wake
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
        """Take all events, oldest first."""
        with self._lock:
            events, self._events = self._events, []
        return events

    def __len__(self) -> int:
        return len(self._events)
