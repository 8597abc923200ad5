"""Follows the sampler's events through the tree, the playhead and the pictures."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from sdstudio.session.events import (
    RunFailed,
    RunFinished,
    RunOpened,
    RunStarted,
    RunStopped,
    StepTaken,
)
from sdstudio.session.keeping import Keeping
from sdstudio.session.looking import What
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.run_watch import RunEvent


class Review(Keeping):
    """The part of a sitting that knows which runs come, stay and go."""

    def __init__(self, mailbox: Mailbox, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(mailbox, clock)
        self._orders: dict[int, bool] = {}

    def _handle_run(self, event: RunEvent) -> None:
        if isinstance(event, StepTaken):
            self._take_step(event)
            return
        self._runs.handle(event)
        if isinstance(event, RunStarted):
            self._orders = {n: live for n, live in self._orders.items() if n >= event.run}
            self._settle()
        was_there = event.run in self._tree
        self._tree.handle(event)
        match event:
            case RunStarted() if event.family in (None, event.run):
                self._playhead = replace(self._playhead, run=event.run, step=None, following=True)
            case RunFinished():
                self._pictures.handle(event)
            case RunStopped():
                self._stopped(event)
            case RunFailed():
                self._failed(event)
        self._settle()
        self._trim()
        topics: tuple[What, ...] = ("run", "request", "tree", "playhead", "pictures")
        self._look(*(topics if was_there or event.run in self._tree else topics[:2]))

    def _trim(self) -> None:
        for number in self._tree.surplus({self._playhead.run or 0}):
            node = self._tree.node(number)
            if node is not None:
                self._drop(node, tell_sampler=True)

    def _take_step(self, event: StepTaken) -> None:
        self._runs.handle(event)
        self._tree.handle(event)
        self._pictures.handle(event)
        if self._playhead.following and self._playhead.run == event.run:
            self._playhead = replace(self._playhead, step=event.index)
            self._look("run", "playhead", "pictures")
        else:
            self._look("run", "pictures")

    def _take_opened(self, event: RunOpened) -> None:
        self._tree.handle(event)
        self._trim()
        self._look("tree")

    def _expect(
        self, number: int, *, live: bool, instead_of: int | None = None, rows: int = 1
    ) -> None:
        """A run was asked for; another one may leave the tree once it begins."""
        self._runs.submit(number, rows)
        self._orders[number] = live
        if instead_of is not None:
            self._leaving[instead_of] = True

    def _give_up(self) -> None:
        """Nothing more comes of the sampler."""
        self._runs.give_up()
        self._spare()
        self._tree.give_up()
        self._leaving |= {node.number: False for node in self._tree.nodes if node.is_empty}
        self._settle()
        self._jobs.clear()
        self._look()

    def _stopped(self, event: RunStopped) -> None:
        """Runs without a step leave, and those of a moved control that something superseded.

        The sampler has dropped the latter too.
        """
        node = self._tree.node(event.run)
        if event.superseded and self._orders.get(event.run):
            self._leaving[event.run] = False
        elif node is not None and node.is_empty:
            self._leaving.setdefault(event.run, False)

    def _failed(self, event: RunFailed) -> None:
        if event.run not in self._tree:
            self._spare()
        failed = (node.number for node in self._tree.nodes if node.state == "failed")
        self._leaving |= dict.fromkeys(failed, False)

    def _spare(self) -> None:
        """What was asked for in place of a finished run never came: that stays."""
        for number in list(self._leaving):
            node = self._tree.node(number)
            if node is not None and node.finished:
                del self._leaving[number]

    def _settle(self) -> None:
        """Let go the runs that nobody misses, unless nothing else is there to be shown yet."""
        if self._runs.waiting:
            return
        for number, is_kept in list(self._leaving.items()):
            node = self._tree.node(number)
            if node is not None and node.running:
                continue
            del self._leaving[number]
            if node is not None:
                self._drop(node, tell_sampler=is_kept, quietly=True)
