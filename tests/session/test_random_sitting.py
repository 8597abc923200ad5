"""Random sittings: whatever a person does, the tree and the sampler's store hold the same runs."""

from __future__ import annotations

import random

import numpy as np
import pytest

from sdstudio.engine.request import Edit
from sdstudio.session.events import (
    JobDone,
    JobFailed,
    ModelReady,
    PictureMade,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStopped,
    StepTaken,
)
from sdstudio.session.jobs import ForgetRun
from sdstudio.session.mailbox import Mailbox, Order, Verdict
from sdstudio.session.sitting import Sitting
from tests.session.standins import HandClock, facts

COUNT = 4
PICTURE = np.zeros((8, 8, 3), np.uint8)


class Puppet:
    """A sampler that goes on when told, one thing at a time; it says things when told too."""

    def __init__(self, sitting: Sitting, mailbox: Mailbox, dice: random.Random) -> None:
        self.sitting = sitting
        self.mailbox = mailbox
        self.dice = dice
        self.kept: set[int] = set()
        self._outbox: list = []
        self._order: Order | None = None
        self._index = 0

    def say(self, most: int = 1000) -> None:
        """Hand on some of what was said."""
        for _ in range(min(most, len(self._outbox))):
            self.sitting.handle(self._outbox.pop(0))

    def go_on(self) -> bool:
        """Do the next thing; False when there is nothing to do."""
        if self._order is not None:
            self._step(self._order)
        elif (order := self.mailbox.take_order()) is not None:
            self._begin(order)
        elif (job := self.mailbox.take_job()) is not None:
            self._do(*job)
        elif (place := self.mailbox.take_wanted()) is not None:
            picture = PICTURE if self.dice.random() < 0.8 else None
            self._outbox.append(PictureMade(place, picture, "vae"))
        else:
            return False
        return True

    def _rows(self, order: Order) -> range:
        return range(order.run, order.run + 1 + len(order.family))

    def _begin(self, order: Order) -> None:
        if self.mailbox.verdict(order.run) is Verdict.STOPPED:
            self._outbox += [RunStopped(run, 0, (), False) for run in self._rows(order)]
            return
        if order.parent is not None and order.parent.run not in self.kept:
            pytest.fail(f"{order} branches from a run that is gone")
        if self.dice.random() < 0.05:
            self._outbox += [RunFailed(run, ()) for run in self._rows(order)]
            return
        self._index = 0 if order.parent is None else order.parent.shared
        edits = tuple(edit for edit in order.edits if (edit.step or 0) < self._index)
        family = order.run if order.family else None
        requests = (order.request, *order.family)
        for run, request in zip(self._rows(order), requests, strict=True):
            self._outbox.append(
                RunStarted(run, request, COUNT, 1.0, (), order.parent, edits, family)
            )
        self._order = order

    def _step(self, order: Order) -> None:
        rows = self._rows(order)
        shared = 0 if order.parent is None else order.parent.shared
        verdict = self.mailbox.verdict(order.run)
        if verdict is not Verdict.GO_ON:
            superseded = verdict is Verdict.SUPERSEDED
            if self._index > shared and not (superseded and order.live):
                self.kept |= set(rows)
            self._outbox += [RunStopped(run, self._index, (), superseded) for run in rows]
            self._order = None
        elif self._index < COUNT:
            if self.dice.random() < 0.02:
                self._outbox += [RunFailed(run, ()) for run in rows]
                self._order = None
                return
            at = {edit.step: edit for edit in order.edits}
            edit = at.get(self._index)
            steered = self.mailbox.take_edit(order.run)
            if steered is not None:
                edit = Edit(
                    **{**(edit.changes if edit else {}), **steered.changes, "step": self._index}
                )
            for run in rows:
                self._outbox.append(
                    StepTaken(run, self._index, COUNT, 9.0, 0.5, PICTURE, "linear", 0.1, edit)
                )
            self._index += 1
        else:
            self.kept |= set(rows)
            self._outbox += [RunFinished(run, PICTURE, order.edits, 1.0) for run in rows]
            self._order = None

    def _do(self, number: int, job: object) -> None:
        if not isinstance(job, ForgetRun):
            self._outbox.append(JobDone(number))
        elif job.run in self.kept:
            self.kept.remove(job.run)
            self._outbox.append(JobDone(number))
        else:
            self._outbox.append(JobFailed(number, ()))


def act(sitting: Sitting, clock: HandClock, dice: random.Random) -> None:
    """Something a person might do."""
    tree = sitting.tree
    run = dice.choice([node.number for node in tree.nodes] or [0])
    match dice.randrange(16):
        case 0 | 1 | 2:
            sitting.change(guidance_scale=float(dice.randrange(10)))
        case 3:
            sitting.change(mix=dice.randrange(10) / 10)
        case 4:
            sitting.change(seed=dice.randrange(10))
        case 5 | 6 | 7:
            sitting.park(run, dice.randrange(-1, COUNT + 1))
        case 8:
            sitting.select(run)
        case 9:
            sitting.generate()
        case 10:
            sitting.set_live(dice.random() < 0.3)
        case 11:
            sitting.delete(run) if dice.random() < 0.5 else sitting.forget(run)
        case 12:
            sitting.undo_delete()
        case 13:
            sitting.undo() if dice.random() < 0.5 else sitting.redo()
        case 14:
            sitting.inject_noise(0.5)
        case 15:
            dice.choice((sitting.stop, sitting.follow, lambda: sitting.explore_mix(3)))()
    clock.pass_(dice.choice((0.1, 0.1, 5.0)))


def check(sitting: Sitting) -> None:
    """What always holds."""
    tree = sitting.tree
    labels = [node.label for node in tree.nodes]
    assert len(set(labels)) == len(labels)
    for node in tree.nodes:
        assert node.parent is None or node.parent.run in tree
        assert node.parent is None or node.parent.run < node.number
        assert [step.index for step in node.steps] == list(range(len(node.steps)))
    head = sitting.playhead
    assert head.run is None or head.run in tree
    if head.step is not None:
        assert sitting.selected is not None
        assert 0 <= head.step < len(sitting.selected.steps)
    assert sitting.shown.node is sitting.selected


@pytest.mark.parametrize("seed", range(300))
def test_the_tree_and_the_store_hold_the_same_runs(seed: int) -> None:
    dice = random.Random(seed)
    clock, mailbox = HandClock(), Mailbox()
    sitting = Sitting(mailbox, clock=clock)
    sitting.handle(ModelReady(facts()))
    puppet = Puppet(sitting, mailbox, dice)
    haste = dice.randrange(1, 12)
    for _ in range(80):
        act(sitting, clock, dice)
        check(sitting)
        for _ in range(dice.randrange(haste)):
            puppet.go_on()
        if dice.random() < 0.7:
            puppet.say(dice.randrange(1, 20))
        check(sitting)
    puppet.say()
    while puppet.go_on():
        puppet.say()
    check(sitting)
    assert not sitting.running
    deleted = set()
    while (node := sitting.undo_delete()) is not None:
        deleted.add(node.number)
        check(sitting)
    assert {node.number for node in sitting.tree.nodes} == puppet.kept
    assert not any(node.running for node in sitting.tree.nodes)
