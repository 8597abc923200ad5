"""What a panel asks about a step, a run or the model, and what it is answered.

A panel's question is a value; what answers it is a function of the engine, named here in one
table. The function runs on the sampler's thread and hands back a frozen dataclass of numpy
arrays and plain values, which is kept as long as there is room for it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any, Literal, get_args

from sdstudio.engine.problems import Problem


@dataclass(frozen=True)
class Inquiry:
    """A question; equal ones have equal answers.

    Attributes:
        kind: Which of :data:`KINDS`.
        run: The run's number; None where no run is asked about.
        index: 0-based step; of an inquiry about several, the first.
        options: What else its function takes, as pairs of name and hashable value. ``until``
            is not handed on: it is the index after the last step of an inquiry about several,
            without which the answer of a going run would not stay true.
    """

    kind: str
    run: int | None = None
    index: int | None = None
    options: tuple[tuple[str, Hashable], ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"there is no inquiry of the kind {self.kind!r}")

    @classmethod
    def of(
        cls, kind: str, run: int | None = None, index: int | None = None, **options: Hashable
    ) -> Inquiry:
        """An inquiry with its options by name, in whatever order."""
        return cls(kind, run, index, tuple(sorted(options.items())))

    @property
    def by_name(self) -> MappingProxyType[str, Any]:
        """The options as a read-only mapping."""
        return MappingProxyType(dict(self.options))


@dataclass(frozen=True, eq=False)
class Answer:
    """What became of an inquiry: the value its function gave, or why there is none."""

    inquiry: Inquiry
    value: Any = None
    problems: tuple[Problem, ...] = ()


Cost = Literal["cheap", "decode", "network"]
"""A cheap one is answered between the network calls of a going run, and so is one that decodes
pictures, each within its share of the run's time; one as dear as a call of the network waits
until no run is going, and gives way to all else."""

COSTS: tuple[Cost, ...] = get_args(Cost)
"""All of them."""

Takes = Literal["model", "step", "steps"]


@dataclass(frozen=True)
class Kind:
    """How inquiries of a kind are answered.

    Attributes:
        answer: Its function, as ``package.module:name``. By ``takes`` it is called with
            ``(model, **options)``, ``(model, step, **options)`` or
            ``(model, steps, **options)``; one that costs network calls is also given
            ``cancelled``, a question it should ask before each call; while it runs, the torch
            network asks that before every block of its own accord. True is to raise
            :class:`sdstudio.engine.cancel.Cancelled`.
        takes: What it is about.
        cost: What it costs.
        needs_model: Whether it is only true of the model that made the run.
    """

    answer: str
    takes: Takes = "step"
    cost: Cost = "cheap"
    needs_model: bool = True

    @property
    def function(self) -> Callable[..., Any]:
        """The function itself; imports the engine."""
        module, name = self.answer.split(":")
        found: Callable[..., Any] = getattr(import_module(module), name)
        return found


KINDS: dict[str, Kind] = {
    "guidance": Kind("sdstudio.engine.anatomy.guidance:guidance_at", cost="decode"),
    "guided": Kind("sdstudio.engine.anatomy.guidance:guided_at", cost="decode"),
    "latents": Kind("sdstudio.engine.anatomy.latents:latents_at", needs_model=False),
    "round trip": Kind("sdstudio.engine.anatomy.latents:round_trip_at", cost="network"),
    "round trip of": Kind("sdstudio.engine.anatomy.latents:round_trip_of", "model", "network"),
    "schedule": Kind("sdstudio.engine.anatomy.schedule:timetable", "model"),
    "noised": Kind("sdstudio.engine.anatomy.noising:noised", cost="decode"),
    "noise guess": Kind("sdstudio.engine.anatomy.noising:guess", cost="network"),
    "noise errors": Kind("sdstudio.engine.anatomy.noising:errors_by_timestep", cost="network"),
    "told errors": Kind("sdstudio.engine.anatomy.noising:errors_by_told", cost="network"),
    "update": Kind("sdstudio.engine.anatomy.update:update_at", cost="decode"),
    "rule": Kind("sdstudio.engine.anatomy.update:rule_run", "steps", "network"),
    "likeness": Kind("sdstudio.engine.likeness:likeness_at"),
    "likeness by clip": Kind("sdstudio.engine.likeness:likeness_at", cost="network"),
    "tokens": Kind("sdstudio.engine.anatomy.tokens:tokens_of", "model"),
    "neighbours": Kind("sdstudio.engine.anatomy.neighbours:neighbours_of", "model", "network"),
    "attention": Kind("sdstudio.engine.anatomy.attention:attention_at", cost="network"),
    "attention run": Kind("sdstudio.engine.anatomy.attention:attention_over", "steps", "network"),
    "network": Kind("sdstudio.engine.anatomy.network:network_of", "model", "network"),
    "features": Kind("sdstudio.engine.anatomy.features:features_at", cost="network"),
    "numbers": Kind("sdstudio.engine.anatomy.numbers:numbers_of", "steps", needs_model=False),
}
"""All kinds of inquiry by name."""


def kind_of(inquiry: Inquiry) -> Kind:
    """How an inquiry is answered."""
    return KINDS[inquiry.kind]
