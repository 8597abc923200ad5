"""Follows the models that were asked for, from the events of the sampler."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sdstudio.engine.problems import Problem
from sdstudio.session.additions import NONE, Additions
from sdstudio.session.events import (
    ModelCancelled,
    ModelFacts,
    ModelFailed,
    ModelLoading,
    ModelReady,
)

ModelEvent = ModelLoading | ModelReady | ModelFailed | ModelCancelled

BESIDE_RUNS = "optimising"
"""The stage that goes on in the background, with a model that works already."""


@dataclass(frozen=True, eq=False)
class GivenUp:
    """A model that was given up on its way; each time is another."""

    source: str


class ModelWatch:
    """Knows which model answers, which one is on its way, and why one did not come.

    Args:
        clock: Seconds, rising.

    Attributes:
        facts: The model that answers, None before the first.
        loading: How far the one on its way has come; a faster engine being prepared too.
        cancelling: Whether it was given up, and the sampler has still to hear of it.
        given_up: What was given up last, None once another is asked for.
        failed: The source that could not be loaded last, "" once another is asked for.
        additions: What was to be laid over the model that was asked for last.
        problems: Why it could not.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._since = 0.0
        self._asked = ""
        self.facts: ModelFacts | None = None
        self.loading: ModelLoading | None = None
        self.cancelling = False
        self.given_up: GivenUp | None = None
        self.failed = ""
        self.additions = NONE
        self.problems: tuple[Problem, ...] = ()

    @property
    def is_loading(self) -> bool:
        """Whether a model is on its way; not so while one only gets a faster engine."""
        return bool(self._asked)

    @property
    def asked(self) -> str:
        """The source of the model on its way, "" when there is none."""
        return self._asked

    @property
    def seconds(self) -> float:
        """How long it has been on its way, 0 when there is none."""
        return self._clock() - self._since if self._asked else 0.0

    def ask(self, source: str, additions: Additions = NONE) -> None:
        """Another model was asked for, in place of any on its way."""
        self.additions = additions
        self._asked, self._since = source, self._clock()
        self.loading = ModelLoading(source, "imports")
        self.cancelling = False
        self.given_up = None
        self.failed, self.problems = "", ()

    def cancel(self) -> bool:
        """The model on its way is wanted no more; False when there is none."""
        if not self._asked or self.cancelling:
            return False
        self.cancelling = True
        return True

    def handle(self, event: ModelEvent) -> None:
        """Take an event about a model."""
        match event:
            case ModelLoading():
                self._follow(event)
            case ModelReady():
                self.facts = event.facts
                if not event.swapped:
                    self.problems = ()
                if not event.swapped or not self._asked:
                    self.end()
            case ModelFailed():
                # Nobody minds that one failed which another was asked for instead of.
                if self._asked in ("", event.source):
                    self.failed, self.problems = event.source, event.problems
                    self.end()
            case ModelCancelled():
                # Too late, when it was ready by then.
                self.given_up = GivenUp(self._asked) if self._asked else None
                self.end()

    def _follow(self, event: ModelLoading) -> None:
        if event.stage == BESIDE_RUNS:
            if not self._asked:
                self.loading = event
        elif not self._asked:
            self.ask(event.source)
            self.loading = event
        elif event.source == self._asked:
            self.loading = event

    def end(self) -> None:
        """Nothing is on its way any more."""
        self._asked, self.loading, self.cancelling = "", None, False
