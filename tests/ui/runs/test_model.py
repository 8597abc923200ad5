from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import Parent, RunFinished, RunStarted, StepTaken
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.sitting import Sitting
from sdstudio.ui.runs.model import Role, RunModel
from tests.ui.fake_sampler import FakeSampler


class Runs:
    """A sitting that hears of runs, and a model of them under Qt's own tester."""

    def __init__(self) -> None:
        self.mailbox = Mailbox()
        self.sitting = Sitting(self.mailbox)
        self.sitting.observe(lambda what: self.model.refresh() if what == "tree" else None)
        self.model = RunModel(self.sitting)
        mode = QAbstractItemModelTester.FailureReportingMode.Fatal
        self.tester = QAbstractItemModelTester(self.model, mode)

    def run(self, parent: Parent | None = None, steps: int = 4, edits=()) -> int:
        number = self.mailbox.submit(Request(prompt="a frog", steps=steps), parent=parent)
        self.sitting._runs.submit(number)
        start = 0 if parent is None else parent.shared
        request = Request(prompt="a frog", steps=steps)
        self.sitting.handle(RunStarted(number, request, steps, 1.0, (), parent, edits))
        picture = FakeSampler().picture(1, 2)
        for index in range(start, steps):
            edit = next((edit for edit in edits if edit.step == index), None)
            self.sitting.handle(
                StepTaken(number, index, steps, 500, 0.5, picture, "vae", 0.1, edit)
            )
        self.sitting.handle(RunFinished(number, picture, edits, 0.4))
        return number

    def shape(self, parent: QModelIndex | None = None) -> list:
        """The model's tree as nested lists of labels."""
        parent = parent or QModelIndex()
        found = []
        for row in range(self.model.rowCount(parent)):
            index = self.model.index(row, 0, parent)
            node = self.model.node(index)
            assert node is not None
            below = self.shape(index)
            found.append([node.label, *below] if below else node.label)
        return found


@pytest.fixture
def runs(qapp) -> Runs:
    return Runs()


def test_branches_stand_below_their_parents(runs: Runs) -> None:
    first = runs.run()
    branch = runs.run(Parent(first, 2), edits=(Edit(step=2, guidance_scale=3.0),))
    runs.run(Parent(branch, 3))
    runs.run()
    assert runs.shape() == [["A", ["A.1", "A.1.1"]], "B"]


def test_a_row_tells_what_it_is(runs: Runs) -> None:
    first = runs.run()
    branch = runs.run(Parent(first, 2), edits=(Edit(step=2, guidance_scale=3.0),))
    index = runs.model.index_of(branch)
    assert index.data(Role.ORIGIN) == "guidance 7.5 → 3 from step 3"
    assert "guidance 7.5 → 3" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert index.data(Role.THUMBNAIL).width() <= 64
    assert index.parent() == runs.model.index_of(first)


def test_deleting_lets_branches_move_up_and_undo_brings_them_back(runs: Runs) -> None:
    first = runs.run()
    branch = runs.run(Parent(first, 2))
    runs.run(Parent(branch, 3))
    before = runs.shape()
    runs.sitting.delete(branch)
    assert runs.shape() == [["A", "A.1.1"]]
    runs.sitting.undo_delete()
    assert runs.shape() == before


def test_rows_that_stay_are_not_told_anew(runs: Runs) -> None:
    first = runs.run()
    runs.run()
    resets = []
    runs.model.modelReset.connect(lambda: resets.append(True))
    index = runs.model.index_of(first)
    from PySide6.QtCore import QPersistentModelIndex

    kept = QPersistentModelIndex(index)
    runs.run(Parent(first, 2))
    runs.sitting.delete(2)
    assert kept.isValid()
    assert kept.data(Role.NUMBER) == first
    assert not resets


def test_renaming_goes_to_the_sitting(runs: Runs) -> None:
    first = runs.run()
    assert runs.model.setData(runs.model.index_of(first), "  the\n good one ")
    assert runs.sitting.tree.node(first).name == "the good one"
    assert runs.model.index_of(first).data() == "A  the good one"


def test_any_order_of_births_and_deletions_keeps_the_model_sound(runs: Runs) -> None:
    # Qt's tester fails the test when a row is told wrongly.
    dice = random.Random(7)
    for _ in range(60):
        nodes = runs.sitting.tree.nodes
        if nodes and dice.random() < 0.3:
            runs.sitting.delete(dice.choice(nodes).number)
        elif nodes and dice.random() < 0.3:
            runs.sitting.undo_delete()
        else:
            parent = dice.choice(nodes) if nodes and dice.random() < 0.7 else None
            runs.run(Parent(parent.number, 2) if parent is not None else None)
    assert len(runs.sitting.tree) == sum(1 for _ in _flat(runs.shape()))


def _flat(shape: list | str):
    if isinstance(shape, str):
        yield shape
    else:
        for part in shape:
            yield from _flat(part)
