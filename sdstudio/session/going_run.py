"""One run from its order to its end, told as events; or a branch, or a family of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any, Protocol

from sdstudio.engine.problems import Problem, StudioError
from sdstudio.engine.request import Edit, Request
from sdstudio.engine.run import replay
from sdstudio.session.events import PreviewKind, RunFinished, RunStarted, RunStopped, StepTaken
from sdstudio.session.grace import Grace
from sdstudio.session.mailbox import Mailbox, Order, Verdict
from sdstudio.session.onlooker import Onlooker
from sdstudio.session.outbox import Outbox
from sdstudio.session.run_store import RunStore
from sdstudio.session.step_record import StepRecord

if TYPE_CHECKING:
    import numpy as np

    from sdstudio.engine.model import Model
    from sdstudio.engine.step import Step

AFFORDABLE = 0.25
"""A preview that costs more than this share of its step waits for a window that keeps up."""


class Denoise(Protocol):
    """The signature of :func:`sdstudio.engine.denoise`, as far as it is used here."""

    def __call__(
        self,
        model: Any,
        request: Request | Sequence[Request],
        *,
        steer: Callable[[int, Request], Edit | None],
        cancelled: Callable[[], bool],
        recorded: Sequence[StepRecord],
    ) -> Iterator[Step]:
        """Yield a step for each network call."""
        ...


class GoingRun:
    """Takes the steps of one order, publishes and records them.

    Of a branch only the steps that it does not share are published and recorded. A family is
    one batch: each of its images is a run of its own.

    Args:
        order: What to make.
        model: What makes it.
        denoise: The sampling loop.
        grace: Kept from run to run: it knows when the canvas was last shown something.
        store: Where the steps go.
        clock: Seconds, rising.
        between_calls: Called after each step with the seconds it took and a question that
            is answered True once the run is unwanted.
    """

    def __init__(
        self,
        order: Order,
        model: Model,
        denoise: Denoise,
        mailbox: Mailbox,
        outbox: Outbox,
        grace: Grace,
        store: RunStore,
        clock: Callable[[], float],
        between_calls: Callable[[float, Callable[[], bool]], None],
    ) -> None:
        self._order = order
        self._requests = (order.request, *order.family)
        self._shared = 0 if order.parent is None else order.parent.shared
        self._between_calls = between_calls
        self._model = model
        self._denoise = denoise
        self._mailbox = mailbox
        self._outbox = outbox
        self._grace = grace
        self._store = store
        self._clock = clock
        self._recorded = replay(order.edits)
        self._edits: list[Edit] = []
        self._kind: PreviewKind = "vae"
        self._preview_is_dear = False
        self._onlooker: Onlooker | None = None

    def __call__(self) -> None:
        """Take all steps, or as many as are wanted.

        Raises:
            StudioError: The request cannot be honoured, the steps a branch shares are not
                kept any more, or the numbers overflowed.
        """
        from sdstudio.engine.cancel import Cancelled

        if self._mailbox.verdict(self._order.run) is Verdict.STOPPED:
            self._tell_stop(0, superseded=False)
            return
        recorded = self._begin()
        began = self._clock()
        taken = self._shared
        last: Step | None = None
        # A family of one is no batch: its picture equals that of a plain run to the bit.
        asked = self._requests[0] if len(self._requests) == 1 else self._requests
        steps = self._denoise(
            self._model,
            asked,
            steer=self._steer,
            cancelled=self._is_unwanted,
            recorded=recorded,
        )
        with ExitStack() as ends:
            if self._mailbox.records_attention:
                onlooker = Onlooker(
                    self._model,
                    self._outbox,
                    self._order.run,
                    self._requests[0],
                    len(self._requests),
                )
                self._onlooker = ends.enter_context(onlooker)
            ends.enter_context(closing(steps))  # type: ignore[type-var]  # it is a generator
            try:
                while (step := self._next(steps)) is not None:
                    last, taken = step, max(taken, step.index + 1)
                    if self._mailbox.verdict(self._order.run) is not Verdict.GO_ON:
                        break
            except Cancelled:
                last = None
        pictures = self._results(last)
        if pictures is None:
            self._stop(taken)
            return
        self._grace.shown()
        self._store.keep("finished")
        seconds = self._clock() - began
        for run, picture in enumerate(pictures, start=self._order.run):
            self._outbox.put(RunFinished(run, picture, tuple(self._edits), seconds))

    def _begin(self) -> Sequence[StepRecord]:
        """Check what is asked, and tell and record that it begins; the steps it shares."""
        order = self._order
        for request in self._requests:
            self._model.check(request)
        recorded: Sequence[StepRecord] = ()
        if order.parent is not None:
            recorded = self._store.steps(order.parent.run, 0, order.parent.shared)
            if len(recorded) < order.parent.shared:
                raise StudioError(Problem.of("record_missing", "run", number=order.parent.run))
        shared = tuple(edit for edit in order.edits if (edit.step or 0) < self._shared)
        for run, request in enumerate(self._requests, start=order.run):
            entry = self._model.entry(request)
            self._outbox.put(
                RunStarted(
                    run,
                    request,
                    entry.count,
                    entry.noise_level,
                    self._model.notes(request),
                    order.parent,
                    shared,
                    order.run if order.family else None,
                )
            )
        self._grace.run_begins()
        self._store.begin(
            order.run,
            order.request,
            self._model.ref.to_dict(),
            parent=order.parent,
            edits=shared,
            family=order.family,
        )
        return recorded

    def _next(self, steps: Iterator[Step]) -> Step | None:
        began = self._clock()
        self._grace.step_begins()
        step = next(steps, None)
        if step is None:
            return None
        if step.edit is not None:
            self._edits.append(step.edit)
        if step.index < self._shared:
            return step
        self._store.add(step)
        if self._onlooker is not None:
            self._onlooker.see(step)
        pictures = [None] * len(self._requests) if self._is_unwanted() else self._previews(step)
        seconds = self._clock() - began
        for run, picture in enumerate(pictures, start=self._order.run):
            self._outbox.put(
                StepTaken(
                    run=run,
                    index=step.index,
                    count=step.count,
                    timestep=step.timestep,
                    noise_level=step.noise_level,
                    picture=picture,
                    kind=self._kind,
                    seconds=seconds,
                    edit=step.edit,
                )
            )
        if pictures[0] is not None:
            self._grace.shown()
        self._grace.step_ends()
        self._between_calls(step.seconds, self._is_unwanted)
        return step

    def _previews(self, step: Step) -> Sequence[np.ndarray | None]:
        """A picture of each image of the batch, or none where the window does not keep up."""
        count = len(self._requests)
        is_last = step.index + 1 == step.count
        if self._preview_is_dear and len(self._outbox) and not is_last:
            return [None] * count
        began = self._clock()
        pictures = []
        for row in range(count):
            # Together they may cost what one may.
            x0, seconds = step.x0[row : row + 1], step.seconds / count
            picture, self._kind = self._model.preview(x0, seconds, self._requests[row])
            pictures.append(picture)
        self._preview_is_dear = self._clock() - began > AFFORDABLE * step.seconds
        return pictures

    def _results(self, last: Step | None) -> list[np.ndarray] | None:
        """The decoded pictures; None when the run did not come to its end or is unwanted."""
        if last is None or last.index + 1 < last.count:
            return None
        if self._mailbox.verdict(self._order.run) is not Verdict.GO_ON:
            return None
        return [
            self._model.decode_array(last.next_latents[row : row + 1], request)[0]
            for row, request in enumerate(self._requests)
        ]

    def _stop(self, taken: int) -> None:
        superseded = self._mailbox.verdict(self._order.run) is Verdict.SUPERSEDED
        if superseded and self._order.live:
            self._store.drop()
        else:
            self._store.keep("stopped")
        self._tell_stop(taken, superseded)

    def _tell_stop(self, taken: int, superseded: bool) -> None:
        for row in range(len(self._requests)):
            self._outbox.put(
                RunStopped(self._order.run + row, taken, tuple(self._edits), superseded=superseded)
            )

    def _steer(self, index: int, request: Request) -> Edit | None:
        wanted = self._recorded(index, request) or Edit()
        if index >= self._shared:
            wanted = wanted.followed_by(self._mailbox.take_edit(self._order.run) or Edit())
        # A slider that came back before the step changed nothing; for the others of a family
        # it may have.
        changes = {
            name: value
            for name, value in wanted.changes.items()
            if self._order.family or getattr(request, name) != value
        }
        if not changes and not wanted.injection:
            return None
        return Edit(**changes, **wanted.injection)

    def _is_unwanted(self) -> bool:
        match self._mailbox.verdict(self._order.run):
            case Verdict.GO_ON:
                return False
            case Verdict.STOPPED:
                return True
            case Verdict.SUPERSEDED:
                return self._grace.must_end()
