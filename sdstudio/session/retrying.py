"""What the memory was not enough for is tried again with a setting that needs less."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Edit, Request
from sdstudio.session.commissioning import Commissioning
from sdstudio.session.events import JobDone, JobFailed, JobProgress
from sdstudio.session.jobs import SpareMemory
from sdstudio.session.mailbox import Mailbox, Order

SHORT = "out_of_memory"


class Retrying(Commissioning):
    """The part of a sitting that asks once more for what failed for want of memory."""

    def __init__(
        self, mailbox: Mailbox, request: Request, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(mailbox, request, clock)
        self._sparing: int | None = None
        self._retries_run = False
        self._retried: tuple[int, int] | None = None

    @property
    def thriftier(self) -> str:
        """The setting on which the run that failed can be tried again, "" for none.

        It is a rung of :class:`sdstudio.engine.thrift.Ladder`.
        """
        failure = self._runs.failure
        return self.thriftier_for(failure.problems) if failure is not None else ""

    def thriftier_for(self, problems: Iterable[Problem]) -> str:
        """The same of anything that failed for these reasons, such as a panel's inquiry."""
        facts = self._models.facts
        is_short = any(problem.code == SHORT for problem in problems)
        return facts.thriftier if is_short and facts is not None else ""

    @property
    def retried(self) -> tuple[int, int] | None:
        """Numbers of the run that was tried again last, and of that in its place; None without.

        Who waited for the first goes on with the second.
        """
        return self._retried

    def retry_with_less_memory(self) -> None:
        """Take the model to that setting, and then ask for the same run again."""
        if self.thriftier:
            self._retries_run = True
            self._take_a_rung()

    def answer_with_less_memory(self) -> None:
        """Take the model to the next setting, and ask again what could not be answered."""
        self._take_a_rung()

    def _take_a_rung(self) -> None:
        if self._sparing is None:
            self._sparing = self.ask(SpareMemory())

    def _handle_job(self, event: JobProgress | JobDone | JobFailed) -> None:
        super()._handle_job(event)
        if event.job != self._sparing or isinstance(event, JobProgress):
            return
        self._sparing = None
        retries_run, self._retries_run = self._retries_run, False
        if not isinstance(event, JobDone):
            return
        self._answers.ask_again(SHORT)
        self._notify("answers")
        # Whoever has asked for something else by now wants that.
        if retries_run and self._runs.failure is not None:
            self._ask_again()

    def _ask_again(self) -> None:
        order = self._mailbox.last
        if order is None:
            return
        number = self._mailbox.submit(
            order.request,
            live=order.live,
            edits=self._edits_of(order),
            parent=order.parent,
            family=order.family,
        )
        is_beside = self._beside == order.run
        self._expect(number, live=order.live, rows=1 + len(order.family))
        if is_beside:
            self._beside = number
        self._retried = (order.run, number)
        self._notify("run")

    def _edits_of(self, order: Order) -> tuple[Edit, ...]:
        """Those it was ordered with, and in their place what was steered while it went."""
        view = self._runs.view
        if view is None or view.number != order.run or order.family:
            return order.edits
        return (*view.edits, *(edit for edit in order.edits if (edit.step or 0) > view.index))
