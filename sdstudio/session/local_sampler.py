"""The sampler that runs the engine in a thread of this process."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from sdstudio.engine.problems import Problem, StudioError
from sdstudio.session.additions import NONE, Additions
from sdstudio.session.crash_log import CrashLog
from sdstudio.session.engine_import import import_engine
from sdstudio.session.errands import Errands
from sdstudio.session.events import (
    ModelCancelled,
    ModelFailed,
    ModelLoading,
    ModelReady,
    RunFailed,
    SamplerClosed,
)
from sdstudio.session.failures import problems_of
from sdstudio.session.going_run import Denoise, GoingRun
from sdstudio.session.grace import Grace
from sdstudio.session.loading import bring, facts_of
from sdstudio.session.mailbox import Mailbox, ModelWish, Order
from sdstudio.session.optimiser import Optimiser
from sdstudio.session.outbox import Outbox
from sdstudio.session.run_store import RunStore

if TYPE_CHECKING:
    from sdstudio.engine.model import Model
    from sdstudio.session.pinned import PinnedRuns

IDLE_SECONDS = 1.0
"""Without a wish for so long, the sampler is idle and may optimise."""

CLOSING_SECONDS = 0.2
"""How long closing waits for an optimisation under way."""

EXACT = "float32"
"""The precision of the exact mode, which is never optimised."""


class LocalSampler:
    """Answers a mailbox with the engine; its thread makes, uses and drops every tensor.

    The engine is imported when the first model is loaded, on the sampler's thread.

    Args:
        load: In place of :func:`sdstudio.engine.load_model`, for tests.
        denoise: In place of :func:`sdstudio.engine.denoise`, for tests.
        store: Where finished and stopped runs are kept.
        pinned: The runs that outlive a sitting; None takes those in ``paths.data_dir()``.
        optimise: Convert each model to a faster runtime when idle.
        clock: Seconds, rising.
        log: Where unexpected errors go.
    """

    def __init__(
        self,
        load: Callable[..., Model] | None = None,
        denoise: Denoise | None = None,
        *,
        store: RunStore | None = None,
        pinned: PinnedRuns | None = None,
        optimise: bool = False,
        clock: Callable[[], float] = time.perf_counter,
        log: CrashLog | None = None,
    ) -> None:
        self._load_model = load
        self._denoise = denoise
        self._clock = clock
        self._log = log or CrashLog()
        self.store = store or RunStore()
        self._pinned = pinned
        self._always_optimises = optimise
        self._wants_optimising = optimise
        self._grace = Grace(clock)
        self._model: Model | None = None
        self._is_exact = False
        self._additions: Additions = NONE
        self._remarks: tuple[Problem, ...] = ()
        self._optimiser: Optimiser | None = None

    def run(self, mailbox: Mailbox, outbox: Outbox) -> None:
        """Serve until the mailbox is closed; ``SamplerClosed`` is the last event."""
        errands = Errands(mailbox, outbox, self.store, self._log, self._pinned, self._clock)
        try:
            while True:
                found = mailbox.wait(IDLE_SECONDS if self._may_optimise() else None)
                if mailbox.closed:
                    return
                self._swap_if_ready(outbox)
                errands.model = self._model
                if mailbox.take_optimising():
                    self._wants_optimising = True
                if mailbox.take_cancelled_load():
                    outbox.put(ModelCancelled())
                if (wish := mailbox.take_model()) is not None:
                    errands.model = None
                    self._load(wish, mailbox, outbox)
                elif (order := mailbox.take_order()) is not None:
                    self._answer(order, mailbox, outbox, errands)
                elif not found and self._may_optimise():
                    self._start_optimising(mailbox, outbox)
                elif found:
                    errands.do_one()
                self._tell_new_remarks(outbox)
        finally:
            errands.model = None
            self._close()
            outbox.put(SamplerClosed())

    def _load(self, wish: ModelWish, mailbox: Mailbox, outbox: Outbox) -> None:
        outbox.put(ModelLoading(wish.source, "imports"))
        try:
            load = self._load_model or self._import_engine()
        except Exception as error:  # noqa: BLE001 - told and logged
            problems, _ = problems_of(error, self._log, "importing the engine")
            outbox.put(ModelFailed(wish.source, problems))
            return
        model = bring(wish, load, mailbox, outbox, self._log)
        if model is None:
            # What was read of it may be gigabytes, held in cycles.
            self._free_memory()
            gc.freeze()
            return
        self._drop_model()
        self._model = model
        self._is_exact = wish.dtype == EXACT
        self._additions = wish.additions
        self._wants_optimising = self._always_optimises
        gc.freeze()
        self._tell(model, outbox)

    def _import_engine(self) -> Callable[..., Model]:
        load, denoise = import_engine()
        self._denoise = self._denoise or denoise
        return load

    def _answer(self, order: Order, mailbox: Mailbox, outbox: Outbox, errands: Errands) -> None:
        if self._model is None or self._denoise is None:
            outbox.put(RunFailed(order.run, (Problem.of("no_model"),)))
            return
        run = GoingRun(
            order,
            self._model,
            self._denoise,
            mailbox,
            outbox,
            self._grace,
            self.store,
            self._clock,
            errands.between_calls,
        )
        is_unexpected = False
        try:
            run()
        except Exception as error:  # noqa: BLE001 - told, and logged when unexpected
            self.store.drop()
            problems, log = problems_of(error, self._log, f"run {order.run}")
            for row in range(1 + len(order.family)):
                outbox.put(RunFailed(order.run + row, problems, log))
            is_unexpected = not isinstance(error, StudioError)
        if is_unexpected:
            # Not before the error is gone: it holds the frames it came through, and their tensors.
            self._free_memory()

    def _may_optimise(self) -> bool:
        return (
            self._wants_optimising
            and self._model is not None
            and self._optimiser is None
            and not self._is_exact
        )

    def _start_optimising(self, mailbox: Mailbox, outbox: Outbox) -> None:
        assert self._model is not None
        source = self._model.ref.source

        def say(fraction: float | None) -> None:
            outbox.put(ModelLoading(source, "optimising", fraction))

        say(None)
        self._wants_optimising = False
        self._optimiser = Optimiser(self._model, say, mailbox.wake, self._log)

    def _swap_if_ready(self, outbox: Outbox) -> None:
        optimiser = self._optimiser
        if optimiser is None or not optimiser.ended:
            return
        self._optimiser = None
        if optimiser.succeeded:
            optimiser.model.swap()
        self._tell(optimiser.model, outbox, swapped=True)

    def _tell(self, model: Model, outbox: Outbox, *, swapped: bool = False) -> None:
        self._remarks = model.remarks
        outbox.put(ModelReady(facts_of(model, self._additions), swapped))

    def _tell_new_remarks(self, outbox: Outbox) -> None:
        """What came up while it worked, such as an overflow in its autoencoder."""
        if self._model is not None and self._model.remarks != self._remarks:
            self._tell(self._model, outbox, swapped=True)

    def _drop_model(self) -> None:
        if self._optimiser is not None:
            self._optimiser.abandon(CLOSING_SECONDS)
            self._optimiser = None
        if self._model is not None:
            self._model = None
            self._free_memory()

    def _free_memory(self) -> None:
        # Models hold themselves in cycles, and torch keeps the accelerator's memory.
        gc.unfreeze()
        gc.collect()
        torch = sys.modules.get("torch")
        if torch is not None and torch.cuda.is_initialized():
            torch.cuda.empty_cache()

    def _close(self) -> None:
        self._drop_model()
        self.store.close()
