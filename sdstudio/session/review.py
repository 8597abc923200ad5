"""What a person looks at: the runs, the playhead, the pictures, and jobs on them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Literal

from sdstudio.engine.problems import Problem
from sdstudio.session.events import (
    Compared,
    JobDone,
    JobFailed,
    JobProgress,
    Parent,
    PictureMade,
    Place,
    RunFinished,
    RunOpened,
    RunStarted,
    RunStopped,
    StepTaken,
    View,
)
from sdstudio.session.job_list import JobList, JobView
from sdstudio.session.jobs import CompareRuns, ForgetRun, Job, PinRun, ReopenPinned
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.pictures import Pictures
from sdstudio.session.playhead import Playhead, Shown
from sdstudio.session.run_node import RunNode
from sdstudio.session.run_tree import RunTree
from sdstudio.session.run_watch import RunEvent, RunWatch
from sdstudio.session.wanted import place_of, wanted

What = Literal["request", "run", "model", "live", "history", "tree", "playhead", "pictures", "jobs"]
"""What changed. "tree" is told when runs come, go, begin, end or get another name; that a
going run has one more step is told as "run", with "playhead" if that moved with it."""


class Review:
    """The part of a sitting that looks at recorded runs; used on one thread only.

    Args:
        mailbox: Where wishes go.
        clock: Seconds, rising.
    """

    def __init__(self, mailbox: Mailbox, clock: Callable[[], float] = time.monotonic) -> None:
        self._mailbox = mailbox
        self._clock = clock
        self._observers: list[Callable[[What], None]] = []
        self._runs = RunWatch()
        self._tree = RunTree()
        self._pictures = Pictures(self._tree)
        self._playhead = Playhead()
        self._shown = Shown()
        self._jobs = JobList(clock)
        self._visible = range(0)
        self._wishes: dict[str, tuple[Place, ...]] = {}
        self._sent: list[Place] = []
        self._orders: dict[int, bool] = {}
        self._leaving: dict[int, bool] = {}
        self._compared: dict[tuple[int, int], Compared] = {}
        self._measured: dict[tuple[int, int], tuple[int, int]] = {}

    @property
    def tree(self) -> RunTree:
        """The runs; to be looked at only."""
        return self._tree

    @property
    def playhead(self) -> Playhead:
        """Where the person looks."""
        return self._playhead

    @property
    def pictures(self) -> Pictures:
        """The pictures that are at hand; to be looked at only."""
        return self._pictures

    @property
    def selected(self) -> RunNode | None:
        """The run of the playhead."""
        return self._tree.node(self._playhead.run)

    @property
    def shown(self) -> Shown:
        """What the canvas shows."""
        return self._shown

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

    def observe(self, callback: Callable[[What], None]) -> Callable[[], None]:
        """Call ``callback`` with what changed, on the thread that caused it.

        Returns:
            A function that ends the observing.
        """
        self._observers.append(callback)
        return lambda: self._observers.remove(callback)

    def follow(self) -> None:
        """Go with the going run's newest step, or to the end of the selected run."""
        going = self._runs.view
        if going is not None and going.running and going.number in self._tree:
            self._look_at_end(going.number)
        elif self._playhead.run is not None:
            self._look_at_end(self._playhead.run)

    def set_view(self, view: View) -> None:
        """Show another picture of each step."""
        self._move(replace(self._playhead, view=view))

    def set_visible(self, steps: range) -> None:
        """Say which steps' thumbnails of the selected run can be seen."""
        if steps != self._visible:
            self._visible = steps
            self._look()

    def want(self, who: str, places: Iterable[Place]) -> None:
        """Say which pictures another view wants, the most wanted first; none takes it back.

        Args:
            who: Whose wish it is; the one before of the same is forgotten.
            places: Which; those that are at hand or cannot be made are passed over.
        """
        self._wishes[who] = tuple(places)
        self._look()

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

        One that is going is stopped and is gone for good.
        """
        node = self._tree.node(run)
        if node is None:
            return
        if node.running:
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
            self._mailbox.stop()
            return
        if node.pinned:
            self.ask(PinRun(run, False, node.name))
        self._drop(node, tell_sampler=True)
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

    def _handle_run(self, event: RunEvent) -> None:
        self._runs.handle(event)
        if isinstance(event, RunStarted):
            self._settle()
        was_there = event.run in self._tree
        gone = self._tree.handle(event)
        match event:
            case RunStarted() if event.family in (None, event.run):
                self._playhead = replace(self._playhead, run=event.run, step=None, following=True)
            case StepTaken():
                self._pictures.handle(event)
                if self._playhead.following and self._playhead.run == event.run:
                    self._playhead = replace(self._playhead, step=event.index)
                    self._look("run", "playhead", "pictures")
                else:
                    self._look("run", "pictures")
                return
            case RunFinished():
                self._pictures.handle(event)
            case RunStopped() if event.superseded:
                self._superseded(event.run)
            case _:
                pass
        for number in gone:
            self._pictures.forget(number)
        if not self._runs.waiting:
            self._settle()
        self._stay_in_tree(parent=None)
        for number in self._tree.surplus({self._playhead.run or 0}):
            node = self._tree.node(number)
            if node is not None:
                self._drop(node, tell_sampler=True)
        topics: tuple[What, ...] = ("run", "request", "tree", "playhead", "pictures")
        self._look(*(topics if was_there or event.run in self._tree else topics[:2]))

    def _handle_picture(self, event: PictureMade) -> None:
        place = self._tree.resolve(event.place)
        asked = place in self._sent
        if asked:
            self._sent.remove(place)
        self._pictures.handle(event, asked)
        self._look("pictures")

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

    def _take_opened(self, event: RunOpened) -> None:
        self._tree.handle(event)
        self._look("tree")

    def _expect(
        self, number: int, *, live: bool, instead_of: int | None = None, rows: int = 1
    ) -> None:
        """A run was asked for; another one may leave the tree once it begins."""
        self._runs.submit(number, rows)
        open_orders = {n: was for n, was in self._orders.items() if n > self._runs.ended}
        self._orders = {**open_orders, number: live}
        if instead_of is not None:
            self._leaving[instead_of] = True

    def _give_up(self) -> None:
        self._runs.give_up()
        for number in self._tree.give_up():
            self._pictures.forget(number)
        self._jobs.clear()
        self._stay_in_tree(parent=None)
        self._look()

    def _superseded(self, run: int) -> None:
        """The sampler keeps what was superseded by Generate, and drops it for a moved control."""
        later = [live for number, live in self._orders.items() if number > run]
        if any(later):
            self._leaving.setdefault(run, not all(later))

    def _settle(self) -> None:
        """Let go the runs that nobody misses, now that something else is shown."""
        for number, is_kept in list(self._leaving.items()):
            node = self._tree.node(number)
            if node is not None and node.running:
                continue
            del self._leaving[number]
            if node is not None:
                self._drop(node, tell_sampler=is_kept, quietly=True)

    def _drop(self, node: RunNode, *, tell_sampler: bool, quietly: bool = False) -> None:
        self._hand_down(node)
        self._leave(node)
        self._tree.drop(node.number, quietly=quietly)
        if tell_sampler:
            self._forget(node.number)
        else:
            self._pictures.forget(node.number)

    def _forget(self, run: int) -> None:
        self._pictures.forget(run)
        self.ask(ForgetRun(run))

    def _hand_down(self, node: RunNode) -> None:
        for branch in self._tree.children(node.number):
            steps = range(node.shared, branch.shared)
            self._pictures.hand_down(node.number, steps, branch.number)

    def _leave(self, node: RunNode) -> None:
        """The playhead goes elsewhere before its run does."""
        if self._playhead.run == node.number:
            self._stay_in_tree(parent=node.parent, without=node.number)

    def _stay_in_tree(self, parent: Parent | None, without: int | None = None) -> None:
        at = self._playhead
        if at.run is None or (at.run != without and at.run in self._tree):
            return
        if parent is not None and parent.run in self._tree:
            self._playhead = replace(at, run=parent.run, step=parent.shared, following=False)
            return
        others = [node.number for node in self._tree.nodes if node.number != without]
        if others:
            self._playhead = self._end_of(others[-1])
        else:
            self._playhead = Playhead(view=at.view)

    def _end_of(self, run: int) -> Playhead:
        node = self._tree.node(run)
        step = None if node is None else node.last
        if node is not None and node.running and step is not None and step < node.shared:
            step = None
        return replace(self._playhead, run=run, step=step, following=True)

    def _look_at_end(self, run: int) -> None:
        self._move(self._end_of(run))

    def _look_at(self, run: int, step: int) -> None:
        """Put the playhead on a step; on the newest or last one it goes with the run."""
        node = self._tree.node(run)
        if node is None or not node.steps:
            return
        first, last = node.steps[0].index, node.steps[-1].index
        step = min(max(step, first), last)
        follows = step == last and node.state != "stopped"
        self._move(replace(self._playhead, run=run, step=step, following=follows))

    def _move(self, playhead: Playhead) -> None:
        if playhead != self._playhead:
            self._playhead = playhead
            self._look("playhead")

    def _look(self, *topics: What) -> None:
        """Work out what is shown and what is wanted, and tell what changed."""
        self._shown = self._show()
        others = [place for places in self._wishes.values() for place in places]
        places = wanted(self._playhead, self._tree, self._pictures, self._visible, others)
        if places != self._sent:
            self._sent = places
            self._mailbox.want(places)
        self._notify(*topics)

    def _show(self) -> Shown:
        node, at, before = self.selected, self._playhead, self._shown
        if node is None:
            return Shown(before.array, before.kind)
        note = next((note for note in reversed(node.steps) if note.index == at.step), None)
        place = place_of(at, self._tree)
        found = None if place is None else self._pictures.get(place)
        if place is not None and found is not None:
            is_result = place.view == "next_latents" and at.view != "next_latents"
            return Shown(*found, node, note, place, is_playhead=True, is_result=is_result)
        stand_in = before.array, before.kind
        if place is not None and at.step is not None and not (at.following and node.running):
            small = self._pictures.thumbnail(node.number, at.step)
            estimate = self._pictures.get(Place(node.number, at.step))
            if estimate is not None:
                stand_in = estimate
            elif small is not None:
                stand_in = small, "linear"
        problems = () if place is None else self._pictures.problems(place)
        return Shown(*stand_in, node, note, place, problems=problems)

    def _notify(self, *topics: What) -> None:
        for what in topics:
            for callback in tuple(self._observers):
                callback(what)
