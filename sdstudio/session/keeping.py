"""What is done with recorded runs: named, pinned, deleted, compared, saved."""

from __future__ import annotations

import time
from collections.abc import Callable

from sdstudio.engine.problems import Problem
from sdstudio.session.events import Compared, JobDone, JobFailed, JobProgress
from sdstudio.session.job_list import JobList, JobView
from sdstudio.session.jobs import CompareRuns, ForgetRun, Job, PinRun, ReopenPinned
from sdstudio.session.looking import Looking
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.run_node import RunNode


class Keeping(Looking):
    """The part of a sitting that keeps recorded runs and has jobs done on them."""

    def __init__(self, mailbox: Mailbox, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(mailbox, clock)
        self._jobs = JobList(clock)
        self._leaving: dict[int, bool] = {}
        self._compared: dict[tuple[int, int], Compared] = {}
        self._measured: dict[tuple[int, int], tuple[int, int]] = {}

    @property
    def jobs(self) -> tuple[JobView, ...]:
        """Jobs that are going or wait for their turn."""
        return self._jobs.views

    @property
    def last_job(self) -> JobDone | JobFailed | None:
        """How the last job ended, None before the first."""
        return self._jobs.last

    @property
    def last_job_asked(self) -> Job | None:
        """Which job :attr:`last_job` is about."""
        return self._jobs.last_job

    def ask(self, job: Job) -> int:
        """Ask for a job on recorded runs, such as saving one; the answer is its number."""
        number = self._mailbox.ask(job)
        self._jobs.add(number, job)
        self._notify("jobs")
        return number

    def reopen_pinned(self) -> None:
        """Ask for the runs that earlier sittings pinned."""
        self.ask(ReopenPinned())

    def rename(self, run: int, name: str) -> None:
        """Give a run a name, or with "" none."""
        node = self._tree.node(run)
        if node is None or node.name == name:
            return
        self._tree.rename(run, name)
        if node.pinned:
            self.ask(PinRun(run, True, name))
        self._look("tree")

    def pin(self, run: int, pinned: bool = True) -> None:
        """Keep a run for the sittings to come, or no longer."""
        node = self._tree.node(run)
        if node is None or node.pinned == pinned:
            return
        self._tree.pin(run, pinned)
        self.ask(PinRun(run, pinned, node.name))
        self._look("tree")

    def delete(self, run: int) -> None:
        """Take a run out of the tree; its branches stay, and :meth:`undo_delete` undoes it.

        One that is going is stopped and is gone for good; so is one that leaves anyway.
        """
        node = self._tree.node(run)
        if node is None:
            return
        if node.running or run in self._leaving:
            self.forget(run)
            return
        self._hand_down(node)
        self._leave(node)
        for gone in self._tree.delete(run):
            self._forget(gone)
        if node.pinned:
            self.ask(PinRun(run, False, node.name))
        self._look("tree", "playhead")

    def undo_delete(self) -> RunNode | None:
        """Bring back the run that was deleted last; None when there is none."""
        node = self._tree.undo_delete()
        if node is not None:
            if node.pinned:
                self.ask(PinRun(node.number, True, node.name))
            self._look("tree")
        return node

    def forget(self, run: int) -> None:
        """Drop a run for good; one that is going is stopped first."""
        node = self._tree.node(run)
        if node is None:
            return
        if node.running:
            self._leaving[run] = True
            if run >= self._runs.submitted:
                self._mailbox.stop()
            return
        if node.pinned:
            self.ask(PinRun(run, False, node.name))
        self._drop(node, tell_sampler=self._leaving.pop(run, True))
        self._look("tree", "playhead")

    def compare(self, first: int, second: int) -> None:
        """Have the distance between two runs measured; :meth:`distances` then has it."""
        nodes = self._tree.node(first), self._tree.node(second)
        if nodes[0] is None or nodes[1] is None:
            return
        lengths = len(nodes[0].steps), len(nodes[1].steps)
        if self._measured.get((first, second)) == lengths:
            return
        self._measured[first, second] = lengths
        self.ask(CompareRuns(first, second))

    def distances(self, first: int, second: int) -> tuple[float, ...] | None:
        """Distance between the x0 of two runs by step, as far as both go; None until known."""
        known = self._compared_as(first, second)
        return None if known is None or known.problems else known.distances

    def compare_problems(self, first: int, second: int) -> tuple[Problem, ...]:
        """Why two runs could not be compared."""
        known = self._compared_as(first, second)
        return () if known is None else known.problems

    def _compared_as(self, first: int, second: int) -> Compared | None:
        return self._compared.get((first, second)) or self._compared.get((second, first))

    def _handle_compared(self, event: Compared) -> None:
        self._compared[event.first, event.second] = event
        self._notify("jobs")

    def _handle_job(self, event: JobProgress | JobDone | JobFailed) -> None:
        job = self._jobs.handle(event)
        if isinstance(event, JobFailed):
            if isinstance(job, PinRun) and job.run in self._tree:
                self._tree.pin(job.run, not job.pinned)
                self._notify("tree")
            elif isinstance(job, CompareRuns):
                self._measured.pop((job.first, job.second), None)
        self._notify("jobs")

    def _drop(self, node: RunNode, *, tell_sampler: bool, quietly: bool = False) -> None:
        self._hand_down(node)
        self._leave(node)
        self._tree.drop(node.number, quietly=quietly)
        if tell_sampler:
            self._forget(node.number)
        else:
            self._pictures.forget(node.number)
            self._answers.forget(node.number)

    def _forget(self, run: int) -> None:
        self._pictures.forget(run)
        self._answers.forget(run)
        for pair in [pair for pair in self._measured if run in pair]:
            del self._measured[pair]
            self._compared.pop(pair, None)
        self.ask(ForgetRun(run))

    def _hand_down(self, node: RunNode) -> None:
        for branch in self._tree.children(node.number):
            steps = range(node.shared, branch.shared)
            self._pictures.hand_down(node.number, steps, branch.number)
