"""What the sampler does besides runs: wanted pictures, inquiries, comparisons, and files."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from sdstudio.engine.problems import Problem, StudioError
from sdstudio.session.allowance import Allowance
from sdstudio.session.answering import GaveWay, answer
from sdstudio.session.compare import distances
from sdstudio.session.crash_log import CrashLog
from sdstudio.session.events import (
    Compared,
    Event,
    JobDone,
    JobFailed,
    JobProgress,
    PictureMade,
    Place,
    PreviewKind,
)
from sdstudio.session.failures import problems_of
from sdstudio.session.files.filed import is_foreign, kept_pictures
from sdstudio.session.inquiries import COSTS, Answer, Cost
from sdstudio.session.jobs import CompareRuns, ForgetRun, Job, SpareMemory
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.outbox import Outbox
from sdstudio.session.run_store import RunStore
from sdstudio.session.views import latents_of, requests_of

if TYPE_CHECKING:
    import numpy as np

    from sdstudio.engine.model import Model
    from sdstudio.session.pinned import PinnedRuns

SHARE = 0.25
"""Wanted pictures and comparisons may take this share of a going run's step."""

FRAME = 1 / 60
"""Or as long as a screen takes to show it, however fast the steps are, in seconds."""

SHARES: dict[Cost, float] = {"cheap": 0.01, "decode": 0.05}
"""What answering inquiries may take of a going run's time, by what they cost: somebody who
watches a run did not ask for a slower one. Those that need the network wait for its end."""

WHOLE_PERCENT = 100


class Errands:
    """Does what the mailbox holds besides orders; for the sampler's thread alone.

    Args:
        store: The recorded runs.
        pinned: The runs that outlive a sitting; None takes those in ``paths.data_dir()``.
        clock: Seconds, rising.

    Attributes:
        model: What decodes; None before one is loaded.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        outbox: Outbox,
        store: RunStore,
        log: CrashLog,
        pinned: PinnedRuns | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.model: Model | None = None
        self._mailbox = mailbox
        self._outbox = outbox
        self._store = store
        self._log = log
        self._pinned = pinned
        self._clock = clock
        self._price = 0.0
        self._credit = 0.0
        self._allowances = {cost: Allowance(share) for cost, share in SHARES.items()}
        self._is_pictures_turn = False

    def do_one(self) -> None:
        """Do what is quick, or else the oldest job, or else what needs the network."""
        if self._serve():
            return
        if (asked := self._mailbox.take_job()) is not None:
            self._do(*asked)
        else:
            self._inform(COSTS)

    def between_calls(self, step_seconds: float, is_unwanted: Callable[[], bool]) -> None:
        """Do what a going run can afford after a step that took so long.

        What a picture costs more than that is saved up over the steps to come, so that the
        share holds on the whole and a dear picture still has its turn; so it is with answers,
        within :data:`SHARES`.
        """
        allowed = max(SHARE * step_seconds, FRAME)
        self._credit = min(self._credit + allowed, max(self._price, allowed))
        while self._credit >= self._price and not is_unwanted():
            began = self._clock()
            if self._make_wanted():
                self._price = self._clock() - began
            elif (asked := self._mailbox.take_job(CompareRuns)) is not None:
                self._do(*asked)
            else:
                break
            self._credit -= self._clock() - began
        for cost, allowance in self._allowances.items():
            allowance.earn(step_seconds)
            while allowance.suffices and not is_unwanted():
                began = self._clock()
                if not self._inform((cost,)):
                    break
                allowance.spend(self._clock() - began)

    def _serve(self) -> bool:
        """Make the most wanted picture or answer the most wanted quick inquiry, by turns."""
        self._is_pictures_turn = not self._is_pictures_turn
        if self._is_pictures_turn:
            return self._make_wanted() or self._inform(tuple(SHARES))
        return self._inform(tuple(SHARES)) or self._make_wanted()

    def _inform(self, costs: Collection[Cost]) -> bool:
        """Answer the inquiry wanted most among those of such costs, if there is any."""
        if not self._mailbox.has_inquiries:
            return False
        inquiry = self._mailbox.take_inquiry(costs)
        if inquiry is None:
            return False
        try:
            value = answer(inquiry, self.model, self._store, self._mailbox.should_wait)
            told = Answer(inquiry, value)
        except GaveWay:
            self._mailbox.settle(answered=False)
            return True
        except Exception as error:  # noqa: BLE001 - told, and logged when unexpected
            problems, _ = problems_of(error, self._log, f"the inquiry {inquiry}")
            told = Answer(inquiry, None, problems)
        self._mailbox.settle(answered=True)
        self._outbox.put(told)
        return True

    def _make_wanted(self) -> bool:
        place = self._mailbox.take_wanted() if self._mailbox.wants_pictures else None
        if place is None:
            return False
        try:
            picture, kind = self._picture(place)
            made = PictureMade(place, picture, kind)
        except Exception as error:  # noqa: BLE001 - told, and logged when unexpected
            problems, _ = problems_of(error, self._log, f"a picture of {place}")
            made = PictureMade(place, None, "vae", problems)
        self._outbox.put(made)
        return True

    def _picture(self, place: Place) -> tuple[np.ndarray, PreviewKind]:
        record = self._store.record(place.run)
        if self.model is not None and not is_foreign(record.model, self.model):
            step = self._store.step(place.run, place.index)
            latents = latents_of(step, place.view).to(self.model.device)
            masked = requests_of(step, place.view)
            return self.model.decode_array(latents, *masked)[0], "vae"
        if place.view == "x0" and (kept := kept_pictures(record, [place.index])):
            return kept[place.index], "linear"
        if self.model is None:
            raise StudioError(Problem.of("no_model"))
        name = str(record.model.get("name", ""))
        raise StudioError(Problem.of("model_differs", name=name, present=self.model.ref.name))

    def _do(self, number: int, job: Job) -> None:
        try:
            events, path, left_out = self._answer(number, job)
        except _Closed:
            return
        except Exception as error:  # noqa: BLE001 - told, and logged when unexpected
            problems, log = problems_of(error, self._log, f"job {job}")
            if isinstance(job, CompareRuns):
                self._outbox.put(Compared(job.first, job.second, (), problems))
            self._outbox.put(JobFailed(number, problems, log))
            return
        for event in events:
            self._outbox.put(event)
        self._outbox.put(JobFailed(number, left_out) if left_out else JobDone(number, path))

    def _answer(self, number: int, job: Job) -> tuple[list[Event], str, tuple[Problem, ...]]:
        match job:
            case CompareRuns():
                apart = distances(self._store, job.first, job.second)
                return [Compared(job.first, job.second, apart)], "", ()
            case ForgetRun():
                self._store.forget(job.run)
                return [], "", ()
            case SpareMemory():
                if self.model is None:
                    raise StudioError(Problem.of("no_model"))
                self.model.ladder.descend()
                return [], "", ()
        from sdstudio.session.files.run_job import do_job
        from sdstudio.session.pinned import PinnedRuns

        self._pinned = self._pinned or PinnedRuns()
        told = 0

        def say(fraction: float) -> None:
            nonlocal told
            if self._mailbox.closed:
                raise _Closed
            percent = int(fraction * WHOLE_PERCENT)
            if percent > told:
                told = percent
                self._outbox.put(JobProgress(number, fraction))
            # A long job does not keep a person who scrubs meanwhile waiting.
            self._serve()

        return do_job(job, self._store, self._pinned, self.model, say, self._mailbox.new_number)


class _Closed(Exception):
    """The sampler closes; nobody waits for the job any more."""
