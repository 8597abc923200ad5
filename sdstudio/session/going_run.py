"""One run from its order to its end, told as events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any, Protocol

from sdstudio.engine.request import Edit, Request
from sdstudio.engine.run import replay
from sdstudio.session.events import PreviewKind, RunFinished, RunStarted, RunStopped, StepTaken
from sdstudio.session.grace import Grace
from sdstudio.session.mailbox import Mailbox, Order, Verdict
from sdstudio.session.outbox import Outbox
from sdstudio.session.run_store import RunStore

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
        request: Request,
        *,
        steer: Callable[[int, Request], Edit | None],
        cancelled: Callable[[], bool],
    ) -> Iterator[Step]:
        """Yield a step for each network call."""
        ...


class GoingRun:
    """Takes the steps of one order, publishes and records them.

    Args:
        order: What to make.
        model: What makes it.
        denoise: The sampling loop.
        grace: Kept from run to run: it knows when the canvas was last shown something.
        store: Where the steps go.
        clock: Seconds, rising.
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
    ) -> None:
        self._order = order
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

    def __call__(self) -> None:
        """Take all steps, or as many as are wanted.

        Raises:
            StudioError: The request cannot be honoured, or the numbers overflowed.
        """
        from sdstudio.engine.cancel import Cancelled

        order, request = self._order, self._order.request
        if self._mailbox.verdict(order.run) is Verdict.STOPPED:
            self._outbox.put(RunStopped(order.run, 0, (), superseded=False))
            return
        self._model.check(request)
        entry = self._model.entry(request)
        notes = self._model.notes(request)
        self._outbox.put(RunStarted(order.run, request, entry.count, entry.noise_level, notes))
        began = self._clock()
        self._grace.run_begins()
        self._store.begin(order.run, request, self._model.ref.to_dict())
        taken = 0
        last: Step | None = None
        steps = self._denoise(self._model, request, steer=self._steer, cancelled=self._is_unwanted)
        with closing(steps):  # type: ignore[type-var]  # a generator, which Iterator hides
            try:
                while (step := self._next(steps)) is not None:
                    last, taken = step, taken + 1
                    if self._mailbox.verdict(order.run) is not Verdict.GO_ON:
                        break
            except Cancelled:
                last = None
        picture = self._result(last)
        if picture is None:
            self._stop(taken)
            return
        self._grace.shown()
        self._store.keep("finished")
        self._outbox.put(RunFinished(order.run, picture, tuple(self._edits), self._clock() - began))

    def _next(self, steps: Iterator[Step]) -> Step | None:
        began = self._clock()
        self._grace.step_begins()
        step = next(steps, None)
        if step is None:
            return None
        if step.edit is not None:
            self._edits.append(step.edit)
        self._store.add(step)
        picture = None if self._is_unwanted() else self._preview(step)
        self._outbox.put(
            StepTaken(
                run=self._order.run,
                index=step.index,
                count=step.count,
                timestep=step.timestep,
                noise_level=step.noise_level,
                picture=picture,
                kind=self._kind,
                seconds=self._clock() - began,
                edit=step.edit,
            )
        )
        if picture is not None:
            self._grace.shown()
        self._grace.step_ends()
        return step

    def _preview(self, step: Step) -> np.ndarray | None:
        is_last = step.index + 1 == step.count
        if self._preview_is_dear and len(self._outbox) and not is_last:
            return None
        began = self._clock()
        picture, self._kind = self._model.preview(step.x0, step.seconds)
        self._preview_is_dear = self._clock() - began > AFFORDABLE * step.seconds
        return picture

    def _result(self, last: Step | None) -> np.ndarray | None:
        """The decoded picture; None when the run did not come to its end or is unwanted."""
        if last is None or last.index + 1 < last.count:
            return None
        if self._mailbox.verdict(self._order.run) is not Verdict.GO_ON:
            return None
        picture: np.ndarray = self._model.decode_array(last.next_latents)[0]
        return picture

    def _stop(self, taken: int) -> None:
        superseded = self._mailbox.verdict(self._order.run) is Verdict.SUPERSEDED
        if superseded and self._mailbox.newest_is_live:
            self._store.drop()
        else:
            self._store.keep("stopped")
        self._outbox.put(
            RunStopped(self._order.run, taken, tuple(self._edits), superseded=superseded)
        )

    def _steer(self, index: int, request: Request) -> Edit | None:
        wanted: dict[str, Any] = {}
        for edit in (self._recorded(index, request), self._mailbox.take_edit(self._order.run)):
            if edit is not None:
                wanted |= edit.changes
        # A slider that came back before the step changed nothing.
        changes = {name: value for name, value in wanted.items() if getattr(request, name) != value}
        return Edit(**changes) if changes else None

    def _is_unwanted(self) -> bool:
        match self._mailbox.verdict(self._order.run):
            case Verdict.GO_ON:
                return False
            case Verdict.STOPPED:
                return True
            case Verdict.SUPERSEDED:
                return self._grace.must_end()
