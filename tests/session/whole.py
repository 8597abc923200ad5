"""A sitting together with a sampler in a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from sdstudio.session.events import Place
from sdstudio.session.local_sampler import LocalSampler
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.outbox import Outbox
from sdstudio.session.run_node import RunNode
from sdstudio.session.sitting import Sitting


class Whole:
    """A sitting that hears what the sampler says, in this thread."""

    def __init__(self, sampler: LocalSampler | None = None) -> None:
        self.sampler = sampler or LocalSampler()
        self.mailbox = Mailbox()
        self.sitting = Sitting(self.mailbox)
        self._ring = threading.Event()
        self._outbox = Outbox(self._ring.set)
        self._thread = threading.Thread(target=self.sampler.run, args=(self.mailbox, self._outbox))
        self._thread.start()

    def until(self, done: Callable[[], bool], seconds: float = 60) -> None:
        """Hand on what is said until something is so."""
        end = time.monotonic() + seconds
        while not done():
            assert self._ring.wait(end - time.monotonic()), "it never came to be"
            self._ring.clear()
            for event in self._outbox.drain():
                self.sitting.handle(event)

    def finish(self) -> RunNode:
        """Wait for the run that was asked for."""
        self.until(lambda: not self.sitting.running)
        assert self.sitting.failure is None
        node = self.sitting.selected
        assert node is not None
        assert node.finished
        return node

    def picture(self, place: Place) -> np.ndarray:
        """Wait for a picture."""
        self.sitting.want("test", [place])
        self.until(lambda: not self.sitting.pictures.lacks(place))
        found = self.sitting.pictures.get(place)
        assert found is not None, self.sitting.pictures.problems(place)
        return found[0]

    def close(self) -> None:
        self.mailbox.close()
        self._thread.join(20)
        assert not self._thread.is_alive()
