"""A sampler without an engine: flat pictures, at the test's pace."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np

from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Edit
from sdstudio.session.events import (
    ModelFacts,
    ModelFailed,
    ModelLoading,
    ModelReady,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStopped,
    SamplerClosed,
    StepTaken,
)
from sdstudio.session.mailbox import Mailbox, Order, Verdict
from sdstudio.session.outbox import Outbox

FACTS = ModelFacts(
    source="builtin",
    name="Built-in",
    family="SD 1",
    hash="0123456789",
    device="cpu",
    dtype="bfloat16",
    engine="torch",
    parameters=24_300_000,
    native_size=(128, 128),
    size_range=(64, 512),
    size_multiple=8,
    max_tokens=77,
    steps=10,
    guidance_scale=7.5,
    scheduler="DDIM",
    words=frozenset({"a", "frog", "rabbit"}),
    examples=("a frog", "a rabbit", "a castle"),
)


class FakeSampler:
    """Serves a mailbox as the local sampler does; each step's picture is one shade of grey.

    Attributes:
        gate: Cleared, it holds the sampler before its next step.
        model_gate: Cleared, it holds a model that is being loaded.
        step_seconds: How long a step takes.
        fail_with: Problems that the next run fails with.
        refuse_model: Problems that loading fails with.
        steps: How many steps were taken in all.
        orders: The requests that were answered.
        edits: What was steered.
    """

    def __init__(self, step_seconds: float = 0.0) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.model_gate = threading.Event()
        self.model_gate.set()
        self.step_seconds = step_seconds
        self.fail_with: tuple[Problem, ...] = ()
        self.refuse_model: tuple[Problem, ...] = ()
        self.notes: tuple[Problem, ...] = ()
        self.facts = FACTS
        self.steps = 0
        self.orders: list[Order] = []
        self.edits: list[Edit] = []
        self.breaks = False

    def run(self, mailbox: Mailbox, outbox: Outbox) -> None:
        while True:
            mailbox.wait(None)
            if mailbox.closed:
                break
            if self.breaks:
                raise RuntimeError("broken on purpose")
            if (wish := mailbox.take_model()) is not None:
                outbox.put(ModelLoading(wish.source, "imports"))
                self._hold(self.model_gate, mailbox)
                if self.refuse_model:
                    outbox.put(ModelFailed(wish.source, self.refuse_model))
                else:
                    dtype = wish.dtype or FACTS.dtype
                    outbox.put(ModelReady(replace(self.facts, dtype=dtype)))
            elif (order := mailbox.take_order()) is not None:
                self._answer(order, mailbox, outbox)
            elif mailbox.take_optimising():
                outbox.put(ModelReady(replace(self.facts, engine="openvino")))
        outbox.put(SamplerClosed())

    def picture(self, index: int, count: int) -> np.ndarray:
        return np.full((128, 128, 3), 255 * (index + 1) // count, np.uint8)

    def _hold(self, gate: threading.Event, mailbox: Mailbox) -> None:
        while not gate.wait(0.002) and not mailbox.closed:
            pass

    def _answer(self, order: Order, mailbox: Mailbox, outbox: Outbox) -> None:
        self.orders.append(order)
        count = order.request.steps
        outbox.put(RunStarted(order.run, order.request, count, 1.0, self.notes))
        if self.fail_with:
            outbox.put(RunFailed(order.run, self.fail_with))
            return
        edits: list[Edit] = []
        for index in range(count):
            while not self.gate.wait(0.002):
                if mailbox.verdict(order.run) is not Verdict.GO_ON:
                    break
            verdict = mailbox.verdict(order.run)
            if verdict is not Verdict.GO_ON:
                superseded = verdict is Verdict.SUPERSEDED
                outbox.put(RunStopped(order.run, index, tuple(edits), superseded))
                return
            edit = mailbox.take_edit(order.run)
            if edit is not None:
                edits.append(replace(edit, step=index))
                self.edits.append(edits[-1])
            if self.step_seconds:
                threading.Event().wait(self.step_seconds)
            self.steps += 1
            outbox.put(
                StepTaken(
                    order.run,
                    index,
                    count,
                    1000 * (count - index) / count - 19,
                    1 - index / count,
                    self.picture(index, count),
                    "vae",
                    self.step_seconds or 0.01,
                    edits[-1] if edit is not None else None,
                )
            )
        picture = self.picture(count - 1, count)
        outbox.put(RunFinished(order.run, picture, tuple(edits), 2.14))
