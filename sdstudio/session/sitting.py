"""The truth behind the controls: the request as it stands, and what changing it means."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import fields, replace
from enum import Enum
from typing import Any, Literal, assert_never

from sdstudio.engine.problems import Problem, RequestError
from sdstudio.engine.request import STEERABLE, Edit, Request
from sdstudio.session.draft import Draft
from sdstudio.session.events import (
    Event,
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
from sdstudio.session.history import History
from sdstudio.session.limits import problems_with
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.run_view import RunView
from sdstudio.session.run_watch import RunWatch

FIRST_REQUEST = Request(prompt="a frog", prompt_b="a rabbit")
"""What the window opens with when there is no draft."""

DRAFT_SECONDS = 1.0
"""In Live a run may start with every move of a slider; the draft is not written that often."""

What = Literal["request", "run", "model", "live", "history"]
_FIELDS = tuple(field.name for field in fields(Request))


class Effect(Enum):
    """What a change of the request did."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    STEERED = "steered"
    RESTARTED = "restarted"
    NEXT_RUN = "next run"


class Sitting:
    """Holds the request, the model's facts and the current run; used on one thread only.

    | when | steerable fields | the others |
    |---|---|---|
    | a run is going, Live off | an Edit from its next step on | the next run |
    | a run is going or done, Live on | it restarts | it restarts |
    | otherwise | the request changes | the request changes |

    A run that waits for its model has no steps to steer: a change replaces its request.

    Args:
        mailbox: Where wishes go.
        draft: Where the request is kept across crashes; None keeps it nowhere.
        clock: Seconds, rising.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        *,
        draft: Draft | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._mailbox = mailbox
        self._draft = draft
        self._clock = clock
        self._history = History(clock)
        self._observers: list[Callable[[What], None]] = []
        remembered = draft.request if draft is not None else None
        self._request = remembered or FIRST_REQUEST
        self._untouched = remembered is None
        self._saved = remembered
        self._saved_at = -float("inf")
        self._live = False
        self._facts: ModelFacts | None = None
        self._loading: ModelLoading | None = None
        self._model_problems: tuple[Problem, ...] = ()
        self._runs = RunWatch()
        self._recorded: tuple[Request, tuple[Edit, ...]] | None = None

    @property
    def request(self) -> Request:
        """The request as it now stands."""
        return self._request

    @property
    def facts(self) -> ModelFacts | None:
        """The model that answers, None before the first is ready."""
        return self._facts

    @property
    def loading(self) -> ModelLoading | None:
        """How far a model on its way has come, None when there is none."""
        return self._loading

    @property
    def model_problems(self) -> tuple[Problem, ...]:
        """Why the last model asked for could not be loaded; empty once one is."""
        return self._model_problems

    @property
    def live(self) -> bool:
        """Whether every change restarts the run."""
        return self._live

    @property
    def running(self) -> bool:
        """Whether a run is going or waits for its model."""
        return self._runs.running

    @property
    def waiting(self) -> bool:
        """Whether a run was asked for and has not begun."""
        return self._runs.waiting

    @property
    def run(self) -> RunView | None:
        """The run that is going, or the last that did."""
        return self._runs.view

    @property
    def failure(self) -> RunFailed | None:
        """Why the run asked for last failed; None again when another is asked for."""
        return self._runs.failure

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps the present request from running on the present model."""
        return problems_with(self._request, self._facts)

    @property
    def pending(self) -> frozenset[str]:
        """Fields whose change "applies to the next run" while one is going."""
        run = self._runs.view
        if run is None or not run.running or self.waiting:
            return frozenset()
        return self._differences(run.request) - frozenset(STEERABLE)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to undo."""
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is an undone change to redo."""
        return self._history.can_redo

    def observe(self, callback: Callable[[What], None]) -> Callable[[], None]:
        """Call ``callback`` with what changed, on the thread that caused it.

        Returns:
            A function that ends the observing.
        """
        self._observers.append(callback)
        return lambda: self._observers.remove(callback)

    def change(self, **changes: Any) -> Effect:
        """Change fields of the request, by the table above.

        Raises:
            RequestError: A value is not allowed; nothing has changed.
        """
        request = replace(self._request, **changes)
        wrong = [p for p in problems_with(request, self._facts) if p.field in changes]
        if wrong:
            raise RequestError(wrong)
        changed = self._differences(request)
        if not changed:
            return Effect.UNCHANGED
        self._history.record(self._request, changed)
        return self._apply(request, changed)

    @property
    def recorded_edits(self) -> tuple[Edit, ...]:
        """Edits of a restored run that the next run makes again; none once a field changed."""
        if self._recorded is None or self._recorded[0] != self._request:
            return ()
        return self._recorded[1]

    def restore(self, request: Request, edits: tuple[Edit, ...] = ()) -> Effect:
        """Take another request whole, as from a file; one step of undo.

        It may have :attr:`problems` with the present model; then only ``generate`` refuses.

        Args:
            request: As it stood when its run began.
            edits: What was changed on the way, to be made again by a run of just this request.
        """
        self._recorded = (request, edits)
        changed = self._differences(request)
        if not changed:
            return Effect.UNCHANGED
        self._history.end_gesture()
        self._history.record(self._request, changed)
        self._history.end_gesture()
        return self._apply(request, changed)

    def undo(self) -> Effect:
        """Take back the last change; what was steered stays in the run's record."""
        return self._travel(self._history.undo(self._request))

    def redo(self) -> Effect:
        """Do again what was undone last."""
        return self._travel(self._history.redo(self._request))

    def generate(self) -> int:
        """Start a run of the present request; the answer is its number.

        Raises:
            RequestError: The present model cannot honour it; nothing has changed.
        """
        if self.problems:
            raise RequestError(self.problems)
        self.save_draft()
        self._history.end_gesture()
        number = self._submit(live=False)
        self._notify("run", "request")
        return number

    def stop(self) -> None:
        """End the going run at the network's next block, or drop a waiting one."""
        if not self.running:
            return
        waiting = self.waiting
        self._mailbox.stop()
        if waiting:
            self._runs.give_up()
            self._notify("run", "request")

    def set_live(self, on: bool) -> None:
        """Turn Live on or off; turned on, it shows the request as it now stands."""
        if on == self._live:
            return
        self._live = on
        self._notify("live")
        if on and not self._is_shown() and not self.problems:
            self._restart()

    def load(self, source: str, dtype: str | None = None) -> None:
        """Ask for another model; the present one works until it is ready.

        Args:
            source: "builtin", a folder, a file or a hub name.
            dtype: "float32" is the exact mode; None picks the fastest that passes its check.
        """
        self._mailbox.load(source, dtype)
        self._loading = ModelLoading(source, "imports")
        self._model_problems = ()
        self._notify("model")

    def save_draft(self) -> None:
        """Write the request down if it changed since; cheap enough for a timer."""
        if self._draft is None or self._request == self._saved:
            return
        self._draft.save(self._request)
        self._saved, self._saved_at = self._request, self._clock()

    def handle(self, event: Event) -> None:
        """Take an event of the outbox; observers hear of it before this returns."""
        match event:
            case ModelLoading():
                self._loading = event
                self._notify("model")
            case ModelReady():
                self._take_model(event.facts)
            case ModelFailed():
                self._loading, self._model_problems = None, event.problems
                self._notify("model")
            case StepTaken():
                self._runs.handle(event)
                self._notify("run")
            case RunStarted() | RunFinished() | RunStopped() | RunFailed():
                self._runs.handle(event)
                self._notify("run", "request")
            case SamplerClosed():
                self._runs.give_up()
                self._loading = None
                self._notify("run", "model")
            case _:
                assert_never(event)

    def _differences(self, request: Request) -> frozenset[str]:
        return frozenset(
            name for name in _FIELDS if getattr(request, name) != getattr(self._request, name)
        )

    def _is_shown(self) -> bool:
        """Whether the canvas shows, or is about to show, what the request asks for."""
        run = self._runs.view
        if run is None or self.waiting or run.state in ("stopped", "failed"):
            return False
        return run.request_now == self._request

    def _notify(self, *topics: What) -> None:
        for what in topics:
            for callback in tuple(self._observers):
                callback(what)

    def _travel(self, request: Request | None) -> Effect:
        if request is None:
            return Effect.UNCHANGED
        return self._apply(request, self._differences(request))

    def _apply(self, request: Request, changed: frozenset[str]) -> Effect:
        self._request = request
        self._untouched = False
        effect = self._act_on(changed)
        self._notify("request", "history")
        return effect

    def _act_on(self, changed: frozenset[str]) -> Effect:
        if self.waiting or (self._live and self._runs.submitted):
            return self._restart() if not self.problems else Effect.CHANGED
        if not self.running:
            return Effect.CHANGED
        steered = {name: getattr(self._request, name) for name in STEERABLE if name in changed}
        if steered:
            self._mailbox.steer(Edit(**steered))
            return Effect.STEERED
        return Effect.NEXT_RUN

    def _restart(self) -> Effect:
        if self._clock() - self._saved_at >= DRAFT_SECONDS:
            self.save_draft()
        self._submit(live=self._live)
        self._notify("run")
        return Effect.RESTARTED

    def _submit(self, *, live: bool) -> int:
        number = self._mailbox.submit(self._request, live=live, edits=self.recorded_edits)
        self._runs.submit(number)
        return number

    def _take_model(self, facts: ModelFacts) -> None:
        before, self._facts = self._facts, facts
        self._loading, self._model_problems = None, ()
        if self._untouched and not self._runs.submitted:
            self._request = replace(
                self._request,
                steps=facts.steps,
                guidance_scale=facts.guidance_scale,
                scheduler=facts.scheduler,
            )
        self._notify("model", "request")
        if self._live and before is not None and not self.running and not self.problems:
            changed = (facts.source, facts.hash, facts.dtype) != (
                before.source,
                before.hash,
                before.dtype,
            )
            if changed:
                self._restart()
