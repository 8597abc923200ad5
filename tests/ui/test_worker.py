"""The sampler's thread stands back behind the window's."""

from __future__ import annotations

import os
import sys
import threading
from itertools import chain

import pytest

from sdstudio.session.events import ModelLoading
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.outbox import Outbox
from sdstudio.ui.worker import EVENTS, NICENESS, SamplerThread


class Reporter:
    """A sampler that tells the priorities it and a thread of its own have, and ends."""

    def __init__(self) -> None:
        self.niceness: list[int] = []

    def run(self, mailbox: Mailbox, outbox: Outbox) -> None:
        self._look()
        child = threading.Thread(target=self._look)
        child.start()
        child.join()
        for number in range(3 * EVENTS):
            outbox.put(ModelLoading("builtin", "weights", float(number)))

    def _look(self) -> None:
        self.niceness.append(os.getpriority(os.PRIO_PROCESS, 0))


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priorities of their own")
def test_the_window_goes_first_before_the_sampler_and_its_threads(qtbot) -> None:
    sampler = Reporter()
    before = os.getpriority(os.PRIO_PROCESS, 0)
    thread = SamplerThread(sampler, Mailbox())
    thread.start()
    assert thread.wait(10_000)
    assert sampler.niceness == [min(19, before + NICENESS)] * 2
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priorities of their own")
def test_events_are_handed_over_in_heaps_that_hold_nothing_up(qtbot) -> None:
    thread = SamplerThread(Reporter(), Mailbox())
    heaps: list[list[float | None]] = []
    thread.ready.connect(
        lambda: heaps.append([event.fraction for event in thread.outbox.drain()])  # type: ignore[union-attr]
    )
    thread.start()
    assert thread.wait(10_000)
    qtbot.waitUntil(lambda: sum(map(len, heaps)) == 3 * EVENTS)
    assert list(chain(*heaps)) == [float(number) for number in range(3 * EVENTS)]
    assert max(map(len, heaps)) == EVENTS
