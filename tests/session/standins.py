"""Stand-ins: a clock that is turned by hand and the facts of a small model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sdstudio.engine.request import Request
from sdstudio.session.events import ModelFacts, RunOpened, StepNote

FACTS = ModelFacts(
    source="builtin",
    name="Built-in",
    family="SD 1",
    hash="0123456789",
    device="cpu",
    dtype="float32",
    engine="torch",
    parameters=1000,
    native_size=(64, 64),
    size_range=(32, 256),
    size_multiple=8,
    max_tokens=32,
    steps=20,
    guidance_scale=5.0,
    scheduler="DPM++ 2M",
    words=frozenset({"frog", "rabbit"}),
    examples=("a frog",),
)


class HandClock:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += seconds


def facts(**changes: Any) -> ModelFacts:
    return replace(FACTS, **changes)


def opened(run: int, count: int = 4, request: Request | None = None, **changes: Any) -> RunOpened:
    """A finished run out of a file, of the model of :func:`facts`."""
    event = RunOpened(
        run=run,
        name="",
        request=request or Request(),
        edits=(),
        steps=tuple(StepNote(i, 900.0 - i, 1 - i / count, 0.5) for i in range(count)),
        count=count,
        entry_noise_level=1.0,
        model={"name": FACTS.name, "hash": FACTS.hash},
        foreign=False,
        finished=True,
        pinned=False,
        path="run.sdrun",
    )
    return replace(event, **changes)
