"""A model and a sampling loop that make grey squares, under the test's control."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from sdstudio.engine.cancel import Cancelled
from sdstudio.engine.problems import ModelError, Problem, RequestError
from sdstudio.engine.request import Edit, Request
from sdstudio.engine.step import Step
from sdstudio.engine.x0 import Level
from sdstudio.session.events import Event, SamplerClosed
from sdstudio.session.local_sampler import LocalSampler
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.outbox import Outbox
from sdstudio.session.step_record import StepRecord

BLOCKS = 5


class Ref(SimpleNamespace):
    def to_dict(self) -> dict[str, Any]:
        return dict(vars(self))


class FakeLadder:
    """Two rungs; the model's remarks say which were taken."""

    def __init__(self, model: FakeModel) -> None:
        self._model = model
        self._left = ["autoencoder", "rows"]

    @property
    def next(self) -> str | None:
        return self._left[0] if self._left else None

    def descend(self) -> None:
        if not self._left:
            raise ModelError(Problem.of("memory_spared_all"))
        said = Problem.of("memory_spared", reason=self._left.pop(0))
        self._model.remarks = (*self._model.remarks, said)


class FakeModel:
    def __init__(self, source: str = "builtin", dtype: str | None = None) -> None:
        self.ref = Ref(
            source=source, name=source, hash="ab" * 32, dtype=dtype or "bfloat16", device="cpu"
        )
        self.device = "cpu"
        self.family = SimpleNamespace(name="SD 1")
        self.engine = "torch"
        self.parameters = 10
        self.prediction_type = "epsilon"
        self.weight_bytes = 40
        self.remarks: tuple[Problem, ...] = ()
        self.added_words: tuple[str, ...] = ()
        self.ladder = FakeLadder(self)
        self.precision = Problem.of("precision", reason="asked")
        self.has_tiny = False
        self.native_size = (16, 16)
        self.size_range = (16, 256)
        self.size_multiple = 8
        self.max_tokens = 16
        self.words = None
        self.recommended = SimpleNamespace(
            steps=4, guidance_scale=2.0, scheduler="DDIM", examples=["a frog"]
        )
        self.decoded = 0
        self.previewed = 0
        self.optimising = threading.Event()
        self.may_finish_optimising = threading.Event()
        self.optimises_to = True

    def check(self, request: Request) -> None:
        if request.width is not None and request.width % 8:
            raise RequestError(Problem.of("not_a_multiple", "width", value=request.width))

    def entry(self, request: Request) -> Any:
        return SimpleNamespace(first=0, steps=request.steps, count=request.steps, noise_level=1.0)

    def notes(self, request: Request) -> tuple[Problem, ...]:
        return ()

    def preview(
        self, x0: torch.Tensor, step_seconds: float, *requests: Request
    ) -> tuple[np.ndarray, str]:
        self.previewed += 1
        return np.zeros((16, 16, 3), np.uint8), "linear"

    def decode_array(self, latents: torch.Tensor, *requests: Request) -> np.ndarray:
        self.decoded += 1
        return np.zeros((len(latents), 16, 16, 3), np.uint8)

    def optimise(self, progress: Callable[..., None]) -> bool:
        self.optimising.set()
        for _ in range(1000):
            progress("optimising", 0.5)
            if self.may_finish_optimising.wait(0.01):
                return self.optimises_to
        return False

    def swap(self) -> None:
        self.engine = "openvino"


class FakeDenoise:
    """Steps of ``BLOCKS`` blocks; ``at_block(step, block)`` runs at each, on the sampler's thread.

    Attributes:
        blocks: All blocks begun: what went on after Stop can be counted.
        seen: The (first) requests as they stood at each step that was not replayed.
        replayed: Recorded steps it was given.
    """

    def __init__(self, at_block: Callable[[int, int], None] = lambda step, block: None) -> None:
        self.at_block = at_block
        self.blocks = 0
        self.seen: list[Request] = []
        self.replayed = 0

    def __call__(
        self,
        model: Any,
        request: Request | Sequence[Request],
        *,
        steer: Callable[[int, Request], Edit | None],
        cancelled: Callable[[], bool],
        recorded: Sequence[StepRecord] = (),
    ) -> Iterator[Any]:
        requests = [request] if isinstance(request, Request) else list(request)
        now = requests[0]
        self.replayed += len(recorded)
        for index in range(now.steps):
            edit = steer(index, now)
            if edit is not None:
                edit = replace(edit, step=index)
                now = now.with_edit(edit)
            if index < len(recorded):
                yield fake_step(index, now.steps, edit, rows=len(requests))
                continue
            for block in range(BLOCKS):
                if cancelled():
                    raise Cancelled
                self.blocks += 1
                self.at_block(index, block)
            self.seen.append(now)
            yield fake_step(index, now.steps, edit, rows=len(requests))


def fake_step(
    index: int, count: int, edit: Edit | None = None, side: int = 2, rows: int = 1
) -> Step:
    """Latents of ``index`` everywhere; the rows of a batch are tenths apart."""
    tenths = torch.arange(rows).view(rows, 1, 1, 1) / 10
    latents = torch.full((rows, 4, side, side), float(index)) + tenths
    both = torch.cat([latents, latents])
    uncond, cond = both.chunk(2)
    return Step(
        index=index,
        count=count,
        timestep=999.0 - index,
        level=Level.of_sigma(1.0),
        latents=latents,
        network_input=latents,
        predictions={"cond": cond, "uncond": uncond},
        prediction=cond,
        prediction_type="epsilon",
        next_latents=torch.full((rows, 4, side, side), float(index + 1)) + tenths,
        requests=(Request(),) * rows,
        edit=edit,
        seconds=0.01,
    )


def fake_load(source: str, dtype: str | None = None, *, progress: Callable[..., None]) -> Any:
    progress("weights", 0.5)
    if source == "missing":
        raise ModelError(Problem.of("model_missing", name=source))
    if source == "strange":
        raise ZeroDivisionError("nobody expected this")
    progress("check", None)
    return FakeModel(source, dtype)


class Lab:
    """A sampler in a thread, and what it said."""

    def __init__(self, sampler: LocalSampler) -> None:
        self.sampler = sampler
        self.mailbox = Mailbox()
        self._ring = threading.Event()
        self.outbox = Outbox(self._ring.set)
        self.events: list[Event] = []
        self._thread = threading.Thread(target=sampler.run, args=(self.mailbox, self.outbox))
        self._thread.start()

    def until(self, kind: type, count: int = 1, seconds: float = 20.0) -> Any:
        """Drain until ``count`` events of a kind have come in all; the last of them."""
        while len(self.of(kind)) < count:
            assert self._ring.wait(seconds), f"no {kind.__name__} among {self.events}"
            self._ring.clear()
            self.events += self.outbox.drain()
        return self.of(kind)[count - 1]

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def close(self, seconds: float = 20.0) -> None:
        self.mailbox.close()
        self._thread.join(seconds)
        assert not self._thread.is_alive()
        self.events += self.outbox.drain()
        assert isinstance(self.events[-1], SamplerClosed)


Make = Callable[..., Lab]
"""Makes a lab; it takes a loop, and what a local sampler takes."""


class Gate:
    """Holds the sampler at one block until the test lets it go."""

    def __init__(self, step: int, block: int = 2) -> None:
        self._place = (step, block)
        self.reached = threading.Event()
        self.open = threading.Event()

    def __call__(self, step: int, block: int) -> None:
        if (step, block) == self._place and not self.reached.is_set():
            self.reached.set()
            assert self.open.wait(20)
