"""The truth behind the controls: the request as it stands, and what changing it means."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, assert_never

from sdstudio.engine.problems import RequestError
from sdstudio.engine.request import STEERABLE, Edit, Request
from sdstudio.session.additions import NONE, Additions
from sdstudio.session.draft import Draft
from sdstudio.session.events import (
    Compared,
    Event,
    JobDone,
    JobFailed,
    JobProgress,
    ModelCancelled,
    ModelFacts,
    ModelFailed,
    ModelLoading,
    ModelReady,
    PictureMade,
    RunFailed,
    RunFinished,
    RunOpened,
    RunStarted,
    RunStopped,
    SamplerClosed,
    StepTaken,
)
from sdstudio.session.inquiries import Answer
from sdstudio.session.limits import problems_with
from sdstudio.session.looking import What
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.model_source import settings_foretold
from sdstudio.session.retrying import Retrying
from sdstudio.session.steering import Effect, Going
from sdstudio.session.suggestion import suggestion

__all__ = ["Effect", "Sitting", "What"]

FIRST_REQUEST = Request(prompt="a frog", prompt_b="a rabbit")
"""What the window opens with when there is no draft."""

DRAFT_SECONDS = 1.0
"""In Live a run may start with every move of a slider; the draft is not written that often."""


class Sitting(Retrying):
    """Holds the request, the model's facts, the current run and the recorded ones.

    What a change of the request does is decided in :mod:`sdstudio.session.steering`. Used
    on one thread only.

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
        remembered = draft.request if draft is not None else None
        super().__init__(mailbox, remembered or FIRST_REQUEST, clock)
        self._untouched = remembered is None
        self._draft = draft
        self._saved = remembered
        self._saved_at = -float("inf")
        self._is_switched = False

    @property
    def suggestion(self) -> dict[str, Any]:
        """What a model that has taken another's place works best with; empty for nothing."""
        return suggestion(self._request, self._models.facts) if self._is_switched else {}

    @property
    def live(self) -> bool:
        """Whether every change restarts the run."""
        return self._live

    @property
    def failure(self) -> RunFailed | None:
        """Why the run asked for last failed; None again when another is asked for."""
        return self._runs.failure

    @property
    def pending(self) -> frozenset[str]:
        """Fields whose change "applies to the next run" while one is going."""
        run = self._runs.view
        if run is None or not run.running or self.waiting or run.number == self._beside:
            return frozenset()
        # A family cannot be steered, but it has every mix.
        here = {"mix"} if self._going is Going.FAMILY else STEERABLE
        return self._differences(run.request) - frozenset(here)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to undo."""
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is an undone change to redo."""
        return self._history.can_redo

    def change(self, **changes: Any) -> Effect:
        """Change fields of the request, by the table above.

        Raises:
            RequestError: A value is not allowed; nothing has changed.
        """
        request = replace(self._request, **changes)
        wrong = [p for p in problems_with(request, self._models.facts) if p.field in changes]
        if wrong:
            raise RequestError(wrong)
        changed = self._differences(request)
        if not changed:
            return Effect.UNCHANGED
        self._let_go(changed)
        if not self._history.record(self._request, changed):
            self._of_gesture = None
        before, self._request = self._request, request
        return self._apply(self._meaning(changed, may_branch=True), before, changed)

    def restore(self, request: Request, edits: tuple[Edit, ...] = ()) -> Effect:
        """Take another request whole, as from a file; one step of undo.

        It may have :attr:`problems` with the present model; then only ``generate`` refuses.

        Args:
            request: As it stood when its run began.
            edits: What was changed on the way, to be made again by a run of just this request.
        """
        request = self._with_held(request)
        self._recorded = (request, edits)
        changed = self._differences(request)
        if not changed:
            return Effect.UNCHANGED
        self._adopt(request)
        return self._apply(self._meaning(changed), request, changed)

    def undo(self) -> Effect:
        """Take back the last change; what was steered stays in the run's record."""
        return self._travel(self._history.undo(self._request))

    def redo(self) -> Effect:
        """Do again what was undone last."""
        return self._travel(self._history.redo(self._request))

    def set_live(self, on: bool, *, at_once: bool = True) -> None:
        """Turn Live on or off; turned on, it shows the request as it now stands.

        Args:
            on: Whether every change restarts the run.
            at_once: Turned on, start the run now; False waits for the first change.
        """
        if on == self._live:
            return
        self._live = on
        self._notify("live")
        if on and at_once and not self._is_shown() and not self.problems:
            self._restart()

    def load(self, source: str, dtype: str | None = None, additions: Additions = NONE) -> None:
        """Ask for another model; the present one works until it is ready.

        Args:
            source: "builtin", a folder, a file or a hub name.
            dtype: "float32" is the exact mode; None picks the fastest that passes its check.
            additions: What is laid over it.
        """
        self._mailbox.load(source, dtype, additions)
        self._models.ask(source, additions)
        if self._untouched and self._models.facts is None:
            # A run asked for before the model is there should suit it as well.
            self._request = replace(self._request, **settings_foretold(source))
            self._notify("request")
        self._notify("model")

    def cancel_load(self) -> None:
        """Give up the model on its way; the present one stays."""
        if self._models.cancel():
            self._mailbox.cancel_load()
            self._notify("model")

    def use_suggestion(self) -> None:
        """Change the request to what suits the model, in one step of undo."""
        self.restore(replace(self._request, **self.suggestion))
        self._is_switched = False

    def save_draft(self) -> None:
        """Write the request down if it changed since; cheap enough for a timer."""
        if self._draft is None or self._request == self._saved:
            return
        self._draft.save(self._request)
        self._saved, self._saved_at = self._request, self._clock()

    def handle(self, event: Event) -> None:
        """Take an event of the outbox; observers hear of it before this returns."""
        match event:
            case ModelLoading() | ModelFailed() | ModelCancelled():
                self._models.handle(event)
                self._notify("model")
            case ModelReady():
                before = self._models.facts
                self._models.handle(event)
                self._take_model(event.facts, before)
            case RunStarted() | StepTaken() | RunFinished() | RunStopped() | RunFailed():
                self._handle_run(event)
            case RunOpened():
                self._take_opened(event)
                if not event.pinned:
                    self.select(event.run)
            case PictureMade():
                self._handle_picture(event)
            case Compared():
                self._handle_compared(event)
            case Answer():
                self._handle_answer(event)
            case JobProgress() | JobDone() | JobFailed():
                self._handle_job(event)
            case SamplerClosed():
                self._give_up()
                self._models.end()
                self._notify("run", "model", "tree", "jobs")
            case _:
                assert_never(event)

    def _is_shown(self) -> bool:
        """Whether the canvas shows, or is about to show, what the request asks for."""
        run = self._runs.view
        if run is None or self.waiting or run.state in ("stopped", "failed"):
            return False
        return run.request_now == self._request

    def _travel(self, request: Request | None) -> Effect:
        if request is None:
            return Effect.UNCHANGED
        self._of_gesture = None
        request = self._with_held(request)
        changed = self._differences(request)
        self._request = request
        return self._apply(self._meaning(changed), request, changed)

    def _begin_anew(self) -> None:
        super()._begin_anew()
        self.save_draft()

    def _restart(self) -> Effect:
        if self._clock() - self._saved_at >= DRAFT_SECONDS:
            self.save_draft()
        return super()._restart()

    def _take_model(self, facts: ModelFacts, before: ModelFacts | None) -> None:
        if before is not None and facts.hash != before.hash:
            # The same model with another autoencoder or more words suits what it suited.
            added = facts.source == before.source and facts.additions != before.additions
            self._is_switched = not added
        self._tree.set_model(facts)
        self._pictures.try_again()
        self._answers.clear()
        self._sent.clear()
        if self._untouched and not self._runs.submitted:
            self._request = replace(
                self._request,
                steps=facts.steps,
                guidance_scale=facts.guidance_scale,
                scheduler=facts.scheduler,
            )
        self._look("model", "request", "tree")
        if self._live and before is not None and not self.running and not self.problems:
            changed = (facts.source, facts.hash, facts.dtype) != (
                before.source,
                before.hash,
                before.dtype,
            )
            if changed:
                self._restart()
