"""What the window asks of the sampler: only the newest wish of each kind is kept."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import reduce

from sdstudio.engine.request import Edit, Request
from sdstudio.session.additions import NONE, Additions
from sdstudio.session.events import Parent, Place
from sdstudio.session.inquiries import COSTS, Cost, Inquiry, kind_of
from sdstudio.session.jobs import Job


@dataclass(frozen=True)
class Order:
    """A request with the number of the run that is to answer it.

    Attributes:
        run: Number of the run, rising from 1.
        live: Asked by a moved control, in Live or parked on a step, not by Generate:
            once superseded, nobody misses its run.
        edits: Recorded edits to make again, each at its step.
        parent: The run it branches from and how many steps they share; ``edits`` then
            holds those of the parent up to there and what is changed at the first new one.
        family: The other requests of a batch; their runs have the numbers after ``run``.
    """

    run: int
    request: Request
    live: bool
    edits: tuple[Edit, ...] = ()
    parent: Parent | None = None
    family: tuple[Request, ...] = ()


@dataclass(frozen=True)
class ModelWish:
    """A model to load; ``dtype`` None picks the fastest that passes its check."""

    source: str
    dtype: str | None
    additions: Additions = NONE


class Verdict(Enum):
    """What a going run should do."""

    GO_ON = "go on"
    SUPERSEDED = "superseded"
    STOPPED = "stopped"


class Mailbox:
    """The way in to the sampler, safe from any thread; no call of the window's side blocks.

    A newer request overwrites one that has not begun and supersedes one that is going.
    The first group of methods is the window's, the second the sampler's.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._number = 0
        self._newest = 0
        self._jobs: deque[tuple[int, Job]] = deque()
        self._jobs_asked = 0
        self._wanted: list[Place] = []
        self._inquiries: list[Inquiry] = []
        self._inquiry: Inquiry | None = None
        self._order: Order | None = None
        self._last: Order | None = None
        self._newest_is_live = False
        self._stopped_through = 0
        self._edits: list[tuple[int, Edit]] = []
        self._model: ModelWish | None = None
        self._load_is_cancelled = False
        self._wants_optimising = False
        self._records_attention = False
        self._woken = False
        self._closed = False

    def submit(
        self,
        request: Request,
        *,
        live: bool = False,
        edits: tuple[Edit, ...] = (),
        parent: Parent | None = None,
        family: Sequence[Request] = (),
    ) -> int:
        """Ask for a run; the answer is its number, which the events will carry.

        Args:
            request: What to make; of a branch, the request its parent began with.
            live: Whether a moved control asks, rather than Generate.
            edits: Recorded edits to make again, each at its step.
            parent: Where to branch from a recorded run.
            family: Other requests, made with ``request`` as one batch; their runs get the
                numbers after this one's.
        """
        with self._changed:
            number = self._number + 1
            self._number = number + len(family)
            self._order = Order(number, request, live, edits, parent, tuple(family))
            self._last = self._order
            self._newest = number
            self._newest_is_live = live
            self._edits.clear()
            self._changed.notify_all()
            return number

    @property
    def last(self) -> Order | None:
        """What was asked for last, whatever became of it; None before the first."""
        return self._last

    def new_number(self) -> int:
        """A number for a run that comes out of a file."""
        with self._changed:
            self._number += 1
            return self._number

    def ask(self, job: Job) -> int:
        """Ask for a job on recorded runs, after those asked before; the answer is its number."""
        with self._changed:
            self._jobs_asked += 1
            self._jobs.append((self._jobs_asked, job))
            self._changed.notify_all()
            return self._jobs_asked

    def want(self, places: Sequence[Place]) -> None:
        """Say which pictures of recorded steps are wanted now, the most wanted first.

        What was wanted before and is not in ``places`` is wanted no more.
        """
        with self._changed:
            self._wanted = list(places)
            self._changed.notify_all()

    def inquire(self, inquiries: Sequence[Inquiry]) -> None:
        """Say what panels want to know now, the most wanted first.

        What was asked before and is not among ``inquiries`` is not asked any more; one that
        is being answered and is among them is not begun anew.
        """
        with self._changed:
            if self._inquiry not in inquiries:
                self._inquiry = None
            self._inquiries = [each for each in inquiries if each != self._inquiry]
            self._changed.notify_all()

    def steer(self, edit: Edit) -> None:
        """Change the newest run from its next step on; too late for it, it is dropped."""
        with self._changed:
            self._edits.append((self._newest, edit))

    def stop(self) -> None:
        """End the going run at the next block of the network, and drop a waiting one."""
        with self._changed:
            self._stopped_through = self._newest
            self._changed.notify_all()

    def load(self, source: str, dtype: str | None = None, additions: Additions = NONE) -> None:
        """Load a model in place of the present one; a going run is stopped for it.

        Args:
            source: "builtin", a folder, a file or a hub name.
            dtype: "float32" is the exact mode; None picks the fastest that passes its check.
            additions: What is laid over it.
        """
        with self._changed:
            self._model = ModelWish(source, dtype, additions)
            self._load_is_cancelled = False
            self._changed.notify_all()

    def cancel_load(self) -> None:
        """Give up the model that waits or is being loaded; the one before it stays.

        The sampler answers with ``ModelCancelled``, unless another model is asked for first.
        """
        with self._changed:
            self._model = None
            self._load_is_cancelled = True
            self._changed.notify_all()

    def optimise(self) -> None:
        """Convert the model to a faster runtime once the sampler is idle."""
        with self._changed:
            self._wants_optimising = True
            self._changed.notify_all()

    def record_attention(self, on: bool) -> None:
        """Have runs that begin from now on tell where the network looks, or no longer."""
        self._records_attention = on

    @property
    def records_attention(self) -> bool:
        """Whether runs tell where the network looks."""
        return self._records_attention

    def close(self) -> None:
        """End the going run and the sampler's loop. May be called again."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` has been called."""
        return self._closed

    def wait(self, timeout: float | None = None) -> bool:
        """Sleep until there is something to do; False when ``timeout`` seconds passed first."""
        with self._changed:
            found = self._changed.wait_for(self._has_work, timeout)
            self._woken = False
            return found

    def wake(self) -> None:
        """End the sampler's present or next :meth:`wait`."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def take_model(self) -> ModelWish | None:
        """The newest model wish, once."""
        with self._changed:
            wish, self._model = self._model, None
            return wish

    def take_order(self) -> Order | None:
        """The newest request, once."""
        with self._changed:
            order, self._order = self._order, None
            return order

    def take_job(self, kind: type[Job] | None = None) -> tuple[int, Job] | None:
        """The job asked for first and its number, once; None if it is not of that kind."""
        with self._changed:
            if not self._jobs or not isinstance(self._jobs[0][1], kind or object):
                return None
            return self._jobs.popleft()

    def take_wanted(self) -> Place | None:
        """The picture wanted most, once."""
        with self._changed:
            return self._wanted.pop(0) if self._wanted else None

    @property
    def wants_pictures(self) -> bool:
        """Whether there is a picture to make."""
        return bool(self._wanted)

    def take_inquiry(self, costs: Collection[Cost] = COSTS) -> Inquiry | None:
        """The inquiry wanted most, once, and no other until :meth:`settle`.

        Args:
            costs: Pass over those that cost something else.
        """
        with self._changed:
            for inquiry in self._inquiries:
                if kind_of(inquiry).cost in costs:
                    self._inquiries.remove(inquiry)
                    self._inquiry = inquiry
                    return inquiry
            return None

    def should_wait(self) -> bool:
        """Whether the inquiry being answered should give way to something else."""
        with self._changed:
            return self._inquiry is None or self._has_errand()

    def settle(self, *, answered: bool) -> None:
        """The inquiry taken last was answered; or it gave way, and waits for its turn again."""
        with self._changed:
            inquiry, self._inquiry = self._inquiry, None
            if inquiry is not None and not answered:
                self._inquiries.insert(0, inquiry)

    @property
    def has_inquiries(self) -> bool:
        """Whether there is an inquiry to answer."""
        return bool(self._inquiries)

    def take_optimising(self) -> bool:
        """Whether optimising was asked for since the last time."""
        with self._changed:
            wanted, self._wants_optimising = self._wants_optimising, False
            return wanted

    def take_edit(self, run: int) -> Edit | None:
        """The edits for ``run`` since the last time, as one; later ones win."""
        with self._changed:
            mine = [edit for number, edit in self._edits if number == run]
            self._edits.clear()
        return reduce(Edit.followed_by, mine, Edit()) if mine else None

    def verdict(self, run: int) -> Verdict:
        """What the going run should do now."""
        with self._changed:
            if self._closed or run <= self._stopped_through or self._model is not None:
                return Verdict.STOPPED
            return Verdict.GO_ON if run == self._newest else Verdict.SUPERSEDED

    def load_is_unwanted(self) -> bool:
        """Whether a model being loaded is no longer wanted."""
        with self._changed:
            return self._closed or self._model is not None or self._load_is_cancelled

    def take_cancelled_load(self) -> bool:
        """Whether a load was cancelled since the last time, and no other model asked for."""
        with self._changed:
            cancelled, self._load_is_cancelled = self._load_is_cancelled, False
            return cancelled

    @property
    def newest_is_live(self) -> bool:
        """Whether the newest request came from a moved control in Live."""
        return self._newest_is_live

    def _has_work(self) -> bool:
        return self._has_errand() or self._woken or self._wants_optimising or bool(self._inquiries)

    def _has_errand(self) -> bool:
        return (
            self._closed
            or self._order is not None
            or self._model is not None
            or self._load_is_cancelled
            or bool(self._jobs)
            or bool(self._wanted)
        )
