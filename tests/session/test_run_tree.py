from __future__ import annotations

from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import (
    Parent,
    Place,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStopped,
    StepTaken,
)
from sdstudio.session.run_differences import Course
from sdstudio.session.run_graph import UNDOABLE
from sdstudio.session.run_labels import letters
from sdstudio.session.run_tree import RunTree
from tests.session.stage import PICTURE
from tests.session.standins import facts, opened


def grow(
    tree: RunTree,
    number: int,
    parent: Parent | None = None,
    edits: tuple[Edit, ...] = (),
    request: Request | None = None,
    steps: int = 4,
) -> None:
    """A run comes, with its steps, and ends."""
    request = request or Request()
    shared = 0 if parent is None else parent.shared
    begun = tuple(edit for edit in edits if (edit.step or 0) < shared)
    tree.handle(RunStarted(number, request, 4, 1.0, (), parent, begun))
    at = {edit.step: edit for edit in edits}
    for index in range(shared, steps):
        tree.handle(StepTaken(number, index, 4, 9.0, 0.5, PICTURE, "vae", 0.1, at.get(index)))
    if steps == 4:
        tree.handle(RunFinished(number, PICTURE, edits, 1.0))
    else:
        tree.handle(RunStopped(number, steps, edits, superseded=False))


def family_tree() -> RunTree:
    """1, its branch 2 from step 2, and the branch 3 of that from step 3."""
    tree = RunTree()
    grow(tree, 1)
    grow(tree, 2, Parent(1, 2), (Edit(step=2, mix=0.5),))
    grow(tree, 3, Parent(2, 3), (Edit(step=2, mix=0.5), Edit(step=3, mix=1.0)))
    return tree


def labels(tree: RunTree) -> list[str]:
    return [node.label for node in tree.nodes]


def test_runs_stand_where_they_branched() -> None:
    tree = family_tree()
    assert labels(tree) == ["A", "A.1", "A.1.1"]
    assert [node.number for node in tree.roots] == [1]
    assert [node.number for node in tree.children(1)] == [2]
    assert [node.number for node in tree.lineage(3)] == [1, 2, 3]
    assert tree.lineage(99) == ()
    branch = tree.node(3)
    assert branch is not None
    assert [step.index for step in branch.steps] == [0, 1, 2, 3]
    assert branch.edits == (Edit(step=2, mix=0.5), Edit(step=3, mix=1.0))
    assert [change.step for change in branch.own_changes] == [3]
    assert [(c.before, c.after) for c in branch.changes] == [(0.0, 0.5), (0.5, 1.0)]
    assert [branch.request_at(step).mix for step in range(4)] == [0.0, 0.0, 0.5, 1.0]
    assert branch.request_before(3).mix == 0.5


def test_shared_steps_are_where_they_were_made() -> None:
    tree = family_tree()
    for index, run in enumerate((1, 1, 2, 3)):
        assert tree.resolve(Place(3, index, "noise")) == Place(run, index, "noise")
    assert tree.resolve(Place(99, 0)) == Place(99, 0)


def test_edits_of_a_branch_count_once_whether_or_not_its_end_tells_the_shared_ones() -> None:
    for told in ((Edit(step=1, mix=0.5), Edit(step=3, mix=1.0)), (Edit(step=3, mix=1.0),)):
        tree = RunTree()
        grow(tree, 1, edits=(Edit(step=1, mix=0.5),))
        tree.handle(RunStarted(2, Request(), 4, 1.0, (), Parent(1, 2), (Edit(step=1, mix=0.5),)))
        tree.handle(RunFinished(2, PICTURE, told, 1.0))
        node = tree.node(2)
        assert node is not None
        assert node.edits == (Edit(step=1, mix=0.5), Edit(step=3, mix=1.0))


def test_labels_count_like_columns() -> None:
    assert [letters(index) for index in (1, 26, 27, 52, 53, 703)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "AAA",
    ]


def test_what_leaves_quietly_gives_its_label_back_and_what_is_deleted_does_not() -> None:
    tree = RunTree()
    grow(tree, 1)
    grow(tree, 2)
    tree.drop(2, quietly=True)
    grow(tree, 3)
    assert labels(tree) == ["A", "B"]
    tree.delete(3)
    grow(tree, 4)
    assert labels(tree) == ["A", "C"]


def test_runs_without_a_step_of_their_own_are_told_apart() -> None:
    tree = RunTree()
    grow(tree, 1)
    tree.handle(RunStarted(2, Request(), 4, 1.0))
    tree.handle(RunFailed(2, (Problem.of("out_of_memory"),)))
    tree.handle(RunStarted(3, Request(), 4, 1.0, (), Parent(1, 2)))
    tree.handle(RunStopped(3, 2, (), superseded=False))
    grow(tree, 4, steps=2)
    tree.handle(RunFailed(77, ()))
    assert [(node.state, node.is_empty) for node in tree.nodes] == [
        ("finished", False),
        ("failed", True),
        ("stopped", True),
        ("stopped", False),
    ]


def test_a_family_fails_whole() -> None:
    tree = RunTree()
    for row in range(3):
        tree.handle(RunStarted(5 + row, Request(), 4, 1.0, family=5))
    assert [node.number for node in tree.family(6)] == [5, 6, 7]
    tree.handle(RunFailed(5, ()))
    assert [node.state for node in tree.nodes] == ["failed"] * 3


def test_a_family_keeps_its_letter_while_one_of_it_is_left() -> None:
    tree = RunTree()
    for row in range(2):
        tree.handle(RunStarted(1 + row, Request(), 4, 1.0, family=1))
    tree.drop(1, quietly=True)
    grow(tree, 3)
    assert labels(tree) == ["A2", "B"]
    tree.drop(2, quietly=True)
    tree.drop(3, quietly=True)
    grow(tree, 4)
    assert labels(tree) == ["A"]


def test_a_branch_has_its_parents_steps_even_if_that_is_gone_when_it_begins() -> None:
    tree = RunTree()
    grow(tree, 1)
    tree_steps = tree.nodes[0].steps[:2]
    tree.expect(2, tree_steps)
    tree.drop(1)
    tree.handle(RunStarted(2, Request(), 4, 1.0, (), Parent(1, 2)))
    assert tree.nodes[0].is_empty
    tree.drop(2)
    tree.expect(2, tree_steps)
    grow(tree, 2, Parent(1, 2))
    (node,) = tree.nodes
    assert (node.parent, [step.index for step in node.steps]) == (None, [0, 1, 2, 3])


def test_branches_of_a_deleted_run_move_up_and_come_back() -> None:
    tree = family_tree()
    tree.delete(2)
    branch = tree.node(3)
    assert branch is not None
    assert branch.parent == Parent(1, 2)
    assert len(branch.steps) == 4
    assert tree.resolve(Place(3, 2)) == Place(3, 2)
    assert tree.last_deleted is not None
    tree.delete(1)
    assert tree.node(3).parent is None  # type: ignore[union-attr]
    assert tree.undo_delete().number == 1  # type: ignore[union-attr]
    assert tree.undo_delete().number == 2  # type: ignore[union-attr]
    assert tree.undo_delete() is None
    assert [node.number for node in tree.nodes] == [1, 2, 3]
    assert [node.number for node in tree.lineage(3)] == [1, 2, 3]
    assert labels(tree) == ["A", "A.1", "A.1.1"]


def test_a_deleted_run_comes_back_under_what_is_left_of_its_parents() -> None:
    tree = family_tree()
    tree.delete(3)
    tree.drop(2)
    tree.undo_delete()
    assert tree.node(3).parent == Parent(1, 2)  # type: ignore[union-attr]


def test_a_branch_of_a_run_that_was_deleted_meanwhile_keeps_its_steps() -> None:
    tree = family_tree()
    tree.delete(2)
    grow(tree, 4, Parent(2, 3))
    node = tree.node(4)
    assert node is not None
    assert node.parent == Parent(1, 2)
    assert [step.index for step in node.steps] == [0, 1, 2, 3]


def test_deletions_beyond_the_undoable_are_for_good() -> None:
    tree = RunTree()
    gone: list[int] = []
    for number in range(1, UNDOABLE + 4):
        grow(tree, number)
        gone += tree.delete(number)
    assert gone == [1, 2, 3]
    brought_back = 0
    while tree.undo_delete() is not None:
        brought_back += 1
    assert brought_back == UNDOABLE


def test_surplus_spares_pinned_going_and_named_runs() -> None:
    tree = RunTree(limit=3)
    for number in range(1, 7):
        grow(tree, number)
    tree.pin(1, True)
    tree.handle(RunStarted(7, Request(), 4, 1.0))
    assert tree.surplus({2}) == (3, 4, 5)
    tree.pin(3, True)
    assert tree.surplus({2}) == (4, 5)
    assert RunTree().surplus() == ()


def test_names_pins_and_models() -> None:
    tree = RunTree()
    tree.set_model(facts())
    grow(tree, 1)
    tree.handle(opened(2, foreign=True, model={"name": "Other", "hash": "f" * 64}, name="castle"))
    tree.handle(opened(3, pinned=True, finished=False))
    tree.rename(1, "frog")
    tree.pin(1, True)
    own, other, stopped = tree.nodes
    assert (own.name, own.pinned, own.foreign, own.model.name) == ("frog", True, False, "Built-in")
    assert (other.name, other.foreign, other.model.hash) == ("castle", True, "f" * 10)
    assert (stopped.state, stopped.pinned, stopped.label) == ("stopped", True, "C")
    tree.set_model(facts(hash="f" * 10))
    assert [node.foreign for node in tree.nodes] == [True, False, True]


def test_nothing_more_comes() -> None:
    tree = RunTree()
    tree.handle(RunStarted(1, Request(), 4, 1.0))
    tree.handle(StepTaken(1, 0, 4, 9.0, 0.5, PICTURE, "vae", 0.1))
    tree.handle(RunStarted(2, Request(), 4, 1.0))
    tree.give_up()
    assert [node.state for node in tree.nodes] == ["stopped", "stopped"]


def test_differences_name_fields_edits_and_model() -> None:
    tree = RunTree()
    tree.set_model(facts())
    grow(tree, 1)
    grow(tree, 2, Parent(1, 2), (Edit(step=2, guidance_scale=3.0),))
    grow(tree, 3, request=Request(seed=4, mix=0.5), edits=(Edit(step=0, guidance_scale=2.0),))
    grow(tree, 4, Parent(1, 1), (Edit(step=1, fresh_noise=0.25, noise_seed=9),))
    tree.handle(opened(5, model={"name": "Other", "hash": "f" * 64}))
    assert tree.differences(1, 1) == []
    assert tree.differences(1, 2) == [("guidance_scale", 7.5, Course(((0, 7.5), (2, 3.0))))]
    assert tree.differences(3, 1) == [
        ("mix", 0.5, 0.0),
        ("guidance_scale", 2.0, 7.5),
        ("seed", 4, 0),
    ]
    assert tree.differences(1, 4) == [
        ("fresh_noise", Course(()), Course(((1, 0.25),))),
        ("noise_seed", Course(()), Course(((1, 9),))),
    ]
    assert tree.differences(1, 5) == [("model", "Built-in", "Other")]
    assert tree.differences(1, 99) == []
