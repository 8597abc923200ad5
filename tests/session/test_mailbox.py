from __future__ import annotations

import threading
import time

import pytest

from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import ModelLoading
from sdstudio.session.mailbox import Mailbox, ModelWish, Verdict
from sdstudio.session.outbox import Outbox


def test_newest_request_overwrites_and_supersedes() -> None:
    mailbox = Mailbox()
    first = mailbox.submit(Request(prompt="one"))
    assert mailbox.verdict(first) is Verdict.GO_ON
    second = mailbox.submit(Request(prompt="two"), live=True)
    assert second == first + 1
    assert mailbox.verdict(first) is Verdict.SUPERSEDED
    assert mailbox.newest_is_live
    order = mailbox.take_order()
    assert order is not None
    assert (order.run, order.request.prompt, order.live) == (second, "two", True)
    assert mailbox.take_order() is None


def test_stop_ends_what_was_asked_so_far_and_nothing_later() -> None:
    mailbox = Mailbox()
    first = mailbox.submit(Request())
    mailbox.stop()
    assert mailbox.verdict(first) is Verdict.STOPPED
    second = mailbox.submit(Request())
    assert mailbox.verdict(second) is Verdict.GO_ON
    assert mailbox.verdict(first) is Verdict.STOPPED


def test_edits_merge_and_belong_to_their_run() -> None:
    mailbox = Mailbox()
    first = mailbox.submit(Request())
    mailbox.steer(Edit(guidance_scale=2.0))
    mailbox.steer(Edit(mix=0.5))
    mailbox.steer(Edit(guidance_scale=3.0))
    assert mailbox.take_edit(first) == Edit(guidance_scale=3.0, mix=0.5)
    assert mailbox.take_edit(first) is None
    mailbox.steer(Edit(mix=0.7))
    second = mailbox.submit(Request())
    assert mailbox.take_edit(second) is None


def test_a_wished_model_stops_the_run_and_is_taken_once() -> None:
    mailbox = Mailbox()
    run = mailbox.submit(Request())
    mailbox.load("a")
    mailbox.load("b", "float32")
    assert mailbox.verdict(run) is Verdict.STOPPED
    assert mailbox.load_is_unwanted()
    assert mailbox.take_model() == ModelWish("b", "float32")
    assert mailbox.take_model() is None
    assert not mailbox.load_is_unwanted()


def test_wait_ends_with_work_and_times_out_without() -> None:
    mailbox = Mailbox()
    assert not mailbox.wait(0.01)
    mailbox.wake()
    assert mailbox.wait(0.01)
    assert not mailbox.wait(0.01)
    threading.Timer(0.05, mailbox.close).start()
    started = time.monotonic()
    assert mailbox.wait(10)
    assert time.monotonic() - started < 5
    assert mailbox.closed
    assert mailbox.verdict(mailbox.submit(Request())) is Verdict.STOPPED


def test_outbox_rings_once_until_drained() -> None:
    rings = []
    outbox = Outbox(lambda: rings.append(1))
    events = [ModelLoading("builtin", "weights", n / 10) for n in range(5)]
    for event in events:
        outbox.put(event)
    assert len(rings) == 1
    assert outbox.drain() == events
    assert outbox.drain() == []
    outbox.put(events[0])
    assert len(rings) == 2


def test_outbox_rings_again_for_what_was_not_taken() -> None:
    rings = []
    outbox = Outbox(lambda: rings.append(1), 2)
    events = [ModelLoading("builtin", "weights", n / 10) for n in range(5)]
    for event in events:
        outbox.put(event)
    assert [outbox.drain(), len(rings)] == [events[:2], 2]
    outbox.put(events[0])
    assert [outbox.drain(), len(rings)] == [events[2:4], 3]
    assert [outbox.drain(), len(rings)] == [[events[4], events[0]], 3]
    assert [outbox.drain(), len(rings)] == [[], 3]


@pytest.mark.parametrize("most", [None, 3])
def test_outbox_loses_nothing_between_threads(most: int | None) -> None:
    ring = threading.Event()
    outbox = Outbox(ring.set, most)
    total = 2000

    def fill() -> None:
        for n in range(total):
            outbox.put(ModelLoading("builtin", "weights", float(n)))

    thread = threading.Thread(target=fill)
    thread.start()
    seen: list[float] = []
    while len(seen) < total:
        assert ring.wait(10)
        ring.clear()
        seen += [event.fraction or 0.0 for event in outbox.drain()]  # type: ignore[union-attr]
    thread.join()
    assert seen == [float(n) for n in range(total)]


def test_a_cancelled_load_is_told_once_and_a_newer_wish_overrides_it() -> None:
    mailbox = Mailbox()
    mailbox.load("a")
    mailbox.cancel_load()
    assert mailbox.load_is_unwanted()
    assert mailbox.take_model() is None
    assert mailbox.wait(0.01)
    assert mailbox.take_cancelled_load()
    assert not mailbox.take_cancelled_load()
    assert not mailbox.load_is_unwanted()
    mailbox.cancel_load()
    mailbox.load("b")
    assert not mailbox.take_cancelled_load()
    assert mailbox.take_model() == ModelWish("b", None)
