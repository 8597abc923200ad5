"""The truth behind the controls: the request as it stands, and what changing it means."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, assert_never

from sdstudio.engine.problems import Problem, RequestError
from sdstudio.engine.request import STEERABLE, Edit, Request
from sdstudio.session.branching import Branch, BranchPoint, FreshNoise
from sdstudio.session.draft import Draft
from sdstudio.session.events import (
    Compared,
    Event,
    JobDone,
    JobFailed,
    JobProgress,
    ModelFacts,
    ModelFailed,
    ModelLoading,
    ModelReady,
    PictureMade,
    Place,
    RunFailed,
    RunFinished,
    RunOpened,
    RunStarted,
    RunStopped,
    SamplerClosed,
    StepTaken,
)
from sdstudio.session.history import History
from sdstudio.session.limits import problems_with
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.review import Review, What
from sdstudio.session.run_node import RunNode
from sdstudio.session.run_view import RunView
from sdstudio.session.steering import Effect, Going, effect_of

__all__ = ["Effect", "Sitting", "What"]

FIRST_REQUEST = Request(prompt="a frog", prompt_b="a rabbit")
"""What the window opens with when there is no draft."""

DRAFT_SECONDS = 1.0
"""In Live a run may start with every move of a slider; the draft is not written that often."""

_FIELDS = tuple(field.name for field in fields(Request))


class Sitting(Review):
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
        super().__init__(mailbox, clock)
        self._draft = draft
        self._history = History(clock)
        remembered = draft.request if draft is not None else None
        self._request = remembered or FIRST_REQUEST
        self._untouched = remembered is None
        self._saved = remembered
        self._saved_at = -float("inf")
        self._live = False
        self._facts: ModelFacts | None = None
        self._loading: ModelLoading | None = None
        self._model_problems: tuple[Problem, ...] = ()
        self._going = Going.RUN
        self._point: BranchPoint | None = None
        self._noise: FreshNoise | None = None
        self._of_gesture: int | None = None
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
        wrong = [p for p in problems_with(request, self._facts) if p.field in changes]
        if wrong:
            raise RequestError(wrong)
        changed = self._differences(request)
        if not changed:
            return Effect.UNCHANGED
        if not self._history.record(self._request, changed):
            self._of_gesture = None
        before, self._request = self._request, request
        return self._apply(self._meaning(changed, may_branch=True), before, changed)

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
        self._adopt(request)
        return self._apply(self._meaning(changed), request, changed)

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
        self._begin_anew()
        number = self._submit(live=False)
        self._notify("run", "request")
        return number

    def explore_mix(self, stops: int) -> int:
        """Start a family of runs along the mix, from 0 to 1, as one batch.

        Args:
            stops: How many, 2 or more.

        Returns:
            The first one's number; the others follow it.

        Raises:
            RequestError: The present model cannot honour the request; nothing has changed.
        """
        self._begin_anew()
        family = [replace(self._request, mix=stop / (stops - 1)) for stop in range(stops)]
        number = self._mailbox.submit(family[0], family=family[1:])
        self._expect(number, live=False, rows=stops)
        self._going = Going.FAMILY
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
            self._settle()
            self._look("run", "request", "tree", "playhead")

    def select(self, run: int) -> None:
        """Show a run at its end, and take over its settings as one step of undo.

        Nothing is started or steered by that.
        """
        node = self._tree.node(run)
        if node is None:
            return
        self._point = None
        self._take_over(node)
        self._look_at_end(run)

    def park(self, run: int, step: int) -> None:
        """Put the playhead on a step; changes then branch from it, once its run is over.

        On the last step of a finished run, or the newest of a going one, it goes with the
        run instead. Another run than the selected one offers its settings, as by ``select``.
        """
        node = self._tree.node(run)
        if node is None:
            return
        self._point = None
        if run != self._playhead.run:
            self._take_over(node)
        self._look_at(run, step)

    def follow(self) -> None:
        """Go with the going run's newest step, or to the end of the selected run."""
        self._point = None
        super().follow()

    @property
    def branch_point(self) -> Place | None:
        """The step that a change of a steerable field would branch from, None for none."""
        if self._live or self.running:
            return None
        point = self._point_here()
        return None if point is None else Place(point.owner, point.step)

    @property
    def can_inject_noise(self) -> bool:
        """Whether :meth:`inject_noise` would do something."""
        return self._steers or self._point_here() is not None

    def inject_noise(self, share: float, seed: int | None = None) -> Effect:
        """Replace a part of the noise: from the parked step in a branch, or in the going run.

        Args:
            share: How much of it, above 0 to 1.
            seed: What it is drawn from; None draws that too.
        """
        noise = FreshNoise(share, random.getrandbits(31) if seed is None else seed)
        self._history.end_gesture()
        self._of_gesture = None
        if self._steers:
            self._mailbox.steer(Edit(fresh_noise=noise.share, noise_seed=noise.seed))
            return Effect.STEERED
        point = self._point_here()
        if point is None:
            return Effect.UNCHANGED
        before, self._noise = self._noise, noise
        effect = self._branch(point, self._request, frozenset(), live=False)
        if effect is not Effect.BRANCHED:
            self._noise = before
        return effect

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
            case JobProgress() | JobDone() | JobFailed():
                self._handle_job(event)
            case SamplerClosed():
                self._give_up()
                self._loading = None
                self._notify("run", "model", "tree", "jobs")
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

    @property
    def _steers(self) -> bool:
        """Whether the playhead goes with a run that can be steered."""
        return (
            self.running
            and not self.waiting
            and self._going is not Going.FAMILY
            and self._playhead.following
            and self._playhead.run == self._runs.submitted
        )

    def _travel(self, request: Request | None) -> Effect:
        if request is None:
            return Effect.UNCHANGED
        changed = self._differences(request)
        self._request = request
        return self._apply(self._meaning(changed), request, changed)

    def _adopt(self, request: Request) -> None:
        """Take a request whole, as one step of undo."""
        self._history.end_gesture()
        self._history.record(self._request, self._differences(request))
        self._history.end_gesture()
        self._request = request

    def _take_over(self, node: RunNode) -> None:
        self._of_gesture = None
        request = node.request_now
        if request != self._request:
            self._adopt(request)
            self._untouched = False
            self._notify("request", "history")

    def _begin_anew(self) -> None:
        if self.problems:
            raise RequestError(self.problems)
        self.save_draft()
        self._history.end_gesture()
        self._point = None
        self._of_gesture = None

    def _meaning(self, changed: frozenset[str], *, may_branch: bool = False) -> Effect:
        return effect_of(
            changed,
            live=self._live and self._runs.submitted > 0,
            going=self._going if self.running else Going.NOTHING,
            waiting=self.waiting,
            parked=may_branch and self._point_here() is not None,
            same_gesture=self._point is not None and self._of_gesture is not None,
        )

    def _apply(self, effect: Effect, before: Request, changed: frozenset[str]) -> Effect:
        self._untouched = False
        match effect:
            case Effect.RESTARTED:
                effect = self._restart() if not self.problems else Effect.CHANGED
            case Effect.BRANCHED:
                point = self._point or self._point_here()
                if point is not None:
                    effect = self._branch(point, before, changed, live=True)
            case Effect.STEERED:
                fields = [name for name in STEERABLE if name in changed]
                self._mailbox.steer(Edit(**{n: getattr(self._request, n) for n in fields}))
        self._notify("request", "history")
        return effect

    def _point_here(self) -> BranchPoint | None:
        """Where a change branches from: the parked step, or where the shown branch grew."""
        at, node = self._playhead, self.selected
        if node is None or node.running or at.step is None:
            return None
        if not at.following:
            owner = self._tree.resolve(Place(node.number, at.step)).run
            return BranchPoint(node, at.step, owner)
        if self._point is not None and node.number == self._runs.submitted:
            return self._point
        return None

    def _branch(
        self, point: BranchPoint, before: Request, changed: frozenset[str], *, live: bool
    ) -> Effect:
        if point is self._point:
            # The controls have shown the branch since it began.
            changed = frozenset(STEERABLE)
        elif live:
            self._noise = None
        branch = point.branch(before, self._request, changed, self._noise)
        if self._is_refused(branch):
            return Effect.CHANGED if changed else Effect.UNCHANGED
        self._request, self._point = branch.controls, point
        number = self._mailbox.submit(
            branch.request, live=live, edits=branch.edits, parent=branch.parent
        )
        self._expect(number, live=live, instead_of=self._of_gesture)
        self._going = Going.BRANCH
        self._of_gesture = number
        self._notify("run")
        return Effect.BRANCHED

    def _is_refused(self, branch: Branch) -> bool:
        request = branch.request
        for edit in branch.edits:
            request = request.with_edit(edit)
        return bool(problems_with(request, self._facts))

    def _restart(self) -> Effect:
        if self._clock() - self._saved_at >= DRAFT_SECONDS:
            self.save_draft()
        self._submit(live=self._live)
        self._notify("run")
        return Effect.RESTARTED

    def _submit(self, *, live: bool) -> int:
        number = self._mailbox.submit(self._request, live=live, edits=self.recorded_edits)
        self._expect(number, live=live, instead_of=self._of_gesture)
        self._going = Going.RUN
        self._of_gesture = number if live else None
        return number

    def _take_model(self, facts: ModelFacts) -> None:
        before, self._facts = self._facts, facts
        self._loading, self._model_problems = None, ()
        self._tree.set_model(facts)
        self._pictures.try_again()
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
