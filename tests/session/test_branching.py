"""What a change means while the playhead is parked, by the design's table."""

from __future__ import annotations

from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import Parent, Place
from sdstudio.session.jobs import ForgetRun
from sdstudio.session.sitting import Effect
from tests.session.stage import Stage
from tests.session.standins import opened


def test_a_change_on_a_parked_step_branches_from_it(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    sitting.park(run, 2)
    assert sitting.branch_point == Place(run, 2)
    assert sitting.change(guidance_scale=3.0) is Effect.BRANCHED
    order = stage.order()
    assert order.parent == Parent(run, 2)
    assert order.edits == (Edit(step=2, guidance_scale=3.0),)
    assert order.request.guidance_scale == 5.0
    branch = stage.play(order)
    node = sitting.tree.node(branch)
    assert node is not None
    assert (node.label, node.shared, len(node.steps)) == ("A.1", 2, 4)
    assert node.request_now == sitting.request
    assert sitting.playhead.run == branch
    assert sitting.playhead.following
    assert [change.field for change in node.own_changes] == ["guidance_scale"]


def test_every_steerable_field_branches_and_no_other(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    sitting.park(run, 1)
    for changes in ({"steps": 3}, {"seed": 5}, {"scheduler": "DDIM"}, {"width": 128}):
        assert sitting.change(**changes) is Effect.CHANGED
        assert stage.mailbox.take_order() is None
    for changes in (
        {"guidance_scale": 1.5},
        {"guidance_rescale": 0.5},
        {"mix": 0.5},
        {"blend": "spherical"},
        {"prompt": "a toad"},
        {"prompt_b": "a hare"},
        {"negative_prompt": "blurred"},
        {"eta": 0.5},
    ):
        sitting.park(run, 1)
        stage.clock.pass_(5)
        assert sitting.change(**changes) is Effect.BRANCHED, changes
        order = stage.order()
        assert order.request == sitting.tree.node(run).request  # type: ignore[union-attr]
        (edit,) = order.edits
        assert changes.items() <= edit.changes.items()
        stage.play(order)
        sitting.select(run)


def test_at_the_end_of_a_run_only_the_request_changes(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    assert sitting.change(mix=0.5) is Effect.CHANGED
    sitting.park(run, 3)
    assert sitting.playhead.following
    assert sitting.change(mix=0.6) is Effect.CHANGED
    assert stage.mailbox.take_order() is None
    assert sitting.branch_point is None


def test_a_stopped_run_branches_from_any_of_its_steps(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.generate()
    run = stage.play(upto=3)
    sitting.stop()
    stage.stopped(run, 3)
    assert sitting.change(mix=0.5) is Effect.CHANGED
    sitting.undo()
    sitting.park(run, 2)
    assert sitting.change(mix=0.5) is Effect.BRANCHED
    assert stage.order().parent == Parent(run, 2)


def test_one_gesture_leaves_one_branch_however_fast_the_model(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    sitting.park(run, 2)
    for tick in range(5):
        assert sitting.change(guidance_scale=float(tick)) is Effect.BRANCHED
        order = stage.order()
        assert order.parent == Parent(run, 2)
        assert order.edits == (Edit(step=2, guidance_scale=float(tick)),)
        last = stage.play(order)
        stage.clock.pass_(0.1)
    assert stage.labels() == ["A", "A.1"]
    assert sitting.playhead.run == last
    forgotten = [job.run for job in stage.jobs() if isinstance(job, ForgetRun)]
    assert forgotten == [last - 4, last - 3, last - 2, last - 1]


def test_one_gesture_leaves_one_branch_however_slow_the_model(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    sitting.park(run, 2)
    sitting.change(guidance_scale=1.0)
    going = stage.begin()
    stage.step(going, 2)
    for tick in range(3):
        assert sitting.change(guidance_scale=2.0 + tick) is Effect.BRANCHED
        stage.stopped(going, 3, superseded=True)
        going = stage.begin()
        stage.step(going, 2)
    stage.step(going, 3)
    stage.finish(going)
    assert stage.labels() == ["A", "A.1"]
    assert sitting.playhead.run == going


def test_a_branch_that_was_replaced_after_its_end_was_told_late_goes_too(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    sitting.park(run, 2)
    sitting.change(guidance_scale=1.0)
    first = stage.begin()
    sitting.change(guidance_scale=2.0)
    stage.step(first, 2)
    stage.step(first, 3)
    stage.finish(first)
    assert first in sitting.tree
    second = stage.play()
    assert first not in sitting.tree
    assert stage.jobs() == [ForgetRun(first)]
    assert sitting.tree.node(second).label == "A.1"  # type: ignore[union-attr]


def test_after_a_pause_a_going_branch_is_steered_and_a_done_one_gets_a_sibling(
    stage: Stage,
) -> None:
    sitting = stage.sitting
    run = stage.generate()
    sitting.park(run, 1)
    sitting.change(guidance_scale=3.0)
    branch = stage.begin()
    stage.step(branch, 1)
    stage.clock.pass_(5)
    assert sitting.change(guidance_scale=4.0) is Effect.STEERED
    edit = Edit(step=2, guidance_scale=4.0)
    stage.step(branch, 2, edit)
    stage.step(branch, 3)
    stage.finish(branch, (edit,))
    stage.clock.pass_(5)
    assert sitting.branch_point == Place(run, 1)
    assert sitting.change(mix=0.5) is Effect.BRANCHED
    order = stage.order()
    assert order.parent == Parent(run, 1)
    assert order.edits == (Edit(step=1, guidance_scale=4.0, mix=0.5),)
    stage.play(order)
    assert stage.labels() == ["A", "A.1", "A.2"]


def test_going_to_the_end_or_generating_ends_the_branching(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    for leave in (sitting.follow, lambda: sitting.select(run), lambda: stage.generate()):
        sitting.park(run, 1)
        stage.clock.pass_(5)
        assert sitting.change(mix=0.5) is Effect.BRANCHED
        stage.play()
        leave()
        stage.clock.pass_(5)
        assert sitting.change(mix=0.25) is Effect.CHANGED
        sitting.select(run)


def test_going_back_goes_back_to_what_held_there(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.generate()
    run = stage.begin()
    edit = Edit(step=2, guidance_scale=2.0)
    for index in range(4):
        stage.step(run, index, edit if index == 2 else None)
    stage.finish(run, (edit,))
    sitting.select(run)
    assert sitting.request.guidance_scale == 2.0
    sitting.park(run, 1)
    sitting.change(mix=0.5)
    order = stage.order()
    assert order.edits == (Edit(step=1, mix=0.5),)
    assert sitting.request.guidance_scale == 5.0
    branch = stage.play(order)
    assert sitting.tree.node(branch).request_now == sitting.request  # type: ignore[union-attr]
    # At the step of the edit the edit counts, and after it it is shared.
    sitting.select(run)
    sitting.park(run, 2)
    sitting.change(mix=0.5)
    order = stage.order()
    assert order.edits == (Edit(step=2, guidance_scale=2.0, mix=0.5),)
    stage.play(order)
    sitting.select(run)
    sitting.park(run, 3)
    assert sitting.playhead.following


def test_what_was_set_for_the_next_run_counts_in_the_branch(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    sitting.change(prompt="a toad", seed=9)
    sitting.park(run, 1)
    sitting.change(mix=0.5)
    order = stage.order()
    assert order.edits == (Edit(step=1, prompt="a toad", mix=0.5),)
    assert order.request.seed == 0
    assert sitting.request.seed == 9


def test_a_branch_from_a_shared_step_grows_from_the_run_that_made_it(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    sitting.park(run, 2)
    sitting.change(mix=0.5)
    branch = stage.play()
    sitting.park(branch, 1)
    sitting.change(guidance_scale=2.0)
    order = stage.order()
    assert order.parent == Parent(run, 1)
    assert order.edits == (Edit(step=1, guidance_scale=2.0),)
    stage.play(order)
    assert stage.labels() == ["A", "A.1", "A.2"]
    sitting.select(branch)
    sitting.park(branch, 2)
    sitting.change(guidance_scale=2.0)
    order = stage.order()
    assert order.parent == Parent(branch, 2)
    assert order.edits == (Edit(step=2, mix=0.5, guidance_scale=2.0),)
    stage.play(order)
    assert stage.labels() == ["A", "A.1", "A.2", "A.1.1"]


def test_fresh_noise_branches_from_the_parked_step(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    assert not sitting.can_inject_noise
    assert sitting.inject_noise(0.3) is Effect.UNCHANGED
    sitting.park(run, 2)
    assert sitting.can_inject_noise
    assert sitting.inject_noise(0.3, seed=7) is Effect.BRANCHED
    order = stage.order()
    assert order.parent == Parent(run, 2)
    assert order.edits == (Edit(step=2, fresh_noise=0.3, noise_seed=7),)
    first = stage.play(order)
    # Again, with other noise: a sibling; and a slider keeps the noise that is looked at.
    assert sitting.inject_noise(0.3, seed=8) is Effect.BRANCHED
    stage.play()
    stage.clock.pass_(5)
    assert sitting.change(mix=0.5) is Effect.BRANCHED
    order = stage.order()
    assert order.edits == (Edit(step=2, mix=0.5, fresh_noise=0.3, noise_seed=8),)
    stage.play(order)
    assert stage.labels() == ["A", "A.1", "A.2", "A.3"]
    node = sitting.tree.node(first)
    assert node is not None
    assert [(c.field, c.before, c.after) for c in node.own_changes] == [("fresh_noise", 0.0, 0.3)]


def test_fresh_noise_draws_another_seed_each_time(stage: Stage) -> None:
    run = stage.generate()
    seeds = set()
    for _ in range(3):
        stage.sitting.park(run, 1)
        stage.sitting.inject_noise(0.5)
        order = stage.order()
        seeds.add(order.edits[0].noise_seed)
        stage.play(order)
    assert len(seeds) == 3


def test_fresh_noise_steers_the_run_that_is_followed(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.generate()
    run = stage.play(upto=2)
    assert sitting.inject_noise(0.3, seed=7) is Effect.STEERED
    assert stage.mailbox.take_edit(run) == Edit(fresh_noise=0.3, noise_seed=7)
    sitting.park(run, 0)
    assert not sitting.can_inject_noise
    assert sitting.inject_noise(0.3) is Effect.UNCHANGED


def test_undo_and_restoring_never_branch(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    sitting.change(mix=0.5)
    sitting.park(run, 2)
    assert sitting.undo() is Effect.CHANGED
    assert sitting.redo() is Effect.CHANGED
    assert sitting.restore(sitting.request.with_edit(Edit(mix=0.7))) is Effect.CHANGED
    assert stage.mailbox.take_order() is None


def test_undoing_a_branch_leaves_it_and_the_next_change_grows_another(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    sitting.park(run, 2)
    sitting.change(mix=0.5)
    stage.play()
    assert sitting.undo() is Effect.CHANGED
    assert sitting.request.mix == 0.0
    assert sitting.change(mix=0.25) is Effect.BRANCHED
    assert stage.order().edits == (Edit(step=2, mix=0.25),)


def test_turning_live_on_ends_the_branching(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    sitting.park(run, 2)
    sitting.change(mix=0.5)
    stage.play()
    sitting.set_live(True)
    sitting.change(mix=0.75)
    stage.play()
    sitting.set_live(False)
    assert sitting.branch_point is None
    assert sitting.change(mix=0.8) is Effect.CHANGED


def test_a_branch_that_was_replaced_before_its_beginning_was_told_goes_too(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    sitting.park(run, 2)
    sitting.change(mix=0.5)
    early = stage.order()
    sitting.change(mix=0.6)
    first = stage.begin(early)
    stage.step(first, 2)
    stage.stopped(first, 3, superseded=True)
    second = stage.play()
    assert [node.number for node in sitting.tree.nodes] == [run, second]


def test_a_run_that_goes_is_steered_wherever_the_playhead_is(stage: Stage) -> None:
    sitting = stage.sitting
    first = stage.generate()
    sitting.generate()
    going = stage.play(upto=2)
    for run, step in ((first, 1), (going, 0)):
        sitting.park(run, step)
        assert not sitting.playhead.following
        stage.clock.pass_(5)
        assert sitting.change(mix=sitting.request.mix + 0.1) is Effect.STEERED
        assert stage.mailbox.take_edit(going) is not None


def test_live_restarts_even_when_parked_and_one_gesture_leaves_one_run(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    sitting.set_live(True)
    sitting.park(run, 1)
    assert sitting.branch_point is None
    for tick in range(4):
        assert sitting.change(guidance_scale=float(tick)) is Effect.RESTARTED
        order = stage.order()
        assert order.parent is None
        stage.play(order)
        stage.clock.pass_(0.1)
    assert stage.labels() == ["A", "B"]
    stage.clock.pass_(5)
    sitting.change(guidance_scale=9.0)
    stage.play()
    assert stage.labels() == ["A", "B", "C"]


def test_a_branch_that_waits_is_asked_for_anew(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    sitting.park(run, 2)
    sitting.change(mix=0.5)
    stage.clock.pass_(5)
    assert sitting.change(guidance_scale=2.0) is Effect.BRANCHED
    assert sitting.change(seed=4) is Effect.NEXT_RUN
    order = stage.order()
    assert order.parent == Parent(run, 2)
    assert order.edits == (Edit(step=2, mix=0.5, guidance_scale=2.0),)
    stage.play(order)
    assert stage.labels() == ["A", "A.1"]


def test_what_the_model_refuses_does_not_branch(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.handle(opened(9, request=Request(width=1024, height=1024)))
    sitting.park(9, 1)
    assert sitting.change(mix=0.5) is Effect.CHANGED
    assert sitting.inject_noise(0.5) is Effect.UNCHANGED
    assert stage.mailbox.take_order() is None
    assert not sitting.running


def test_an_opened_run_can_be_branched(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.handle(opened(9, request=Request(prompt="a castle")))
    assert sitting.request.prompt == "a castle"
    sitting.park(9, 1)
    assert sitting.change(mix=0.5) is Effect.BRANCHED
    assert stage.order().parent == Parent(9, 1)


def test_a_family_is_one_order_and_follows_its_first_run(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.change(mix=0.3)
    number = sitting.explore_mix(3)
    order = stage.order()
    assert order.run == number
    assert [request.mix for request in (order.request, *order.family)] == [0.0, 0.5, 1.0]
    stage.begin(order)
    assert stage.labels() == ["A1", "A2", "A3"]
    assert sitting.playhead.run == number
    assert sitting.change(guidance_scale=2.0) is Effect.NEXT_RUN
    assert sitting.pending == {"guidance_scale"}
    for row in range(3):
        stage.step(number + row, 0)
    assert sitting.run is not None
    assert (sitting.run.number, sitting.run.index) == (number, 0)
    for row in range(3):
        stage.finish(number + row)
        assert sitting.running == (row < 2)
    assert [node.number for node in sitting.tree.family(number + 1)] == [1, 2, 3]
    assert stage.generate() == number + 3
    assert stage.labels() == ["A1", "A2", "A3", "B"]
