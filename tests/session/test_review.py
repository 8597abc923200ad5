"""What is shown, wished for, kept and thrown away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import (
    Compared,
    JobDone,
    JobFailed,
    JobProgress,
    Parent,
    PictureMade,
    Place,
    RunFailed,
    SamplerClosed,
)
from sdstudio.session.jobs import CompareRuns, ForgetRun, PinRun, ReopenPinned, SaveRun
from sdstudio.session.run_graph import LIMIT
from sdstudio.session.sitting import Effect
from tests.session.stage import PICTURE, Stage
from tests.session.standins import HandClock, opened

MADE = np.full((16, 16, 3), 7, np.uint8)


def wishes(stage: Stage) -> list[Place]:
    """Take what the mailbox holds."""
    found: list[Place] = []
    while (place := stage.mailbox.take_wanted()) is not None:
        found.append(place)
    return found


def branch(stage: Stage, run: int, step: int, **changes: float) -> int:
    """A branch of a run, made to its end."""
    stage.sitting.select(run)
    stage.sitting.park(run, step)
    stage.clock.pass_(5)
    assert stage.sitting.change(**changes) is Effect.BRANCHED
    return stage.play()


def test_nothing_is_shown_before_the_first_run(stage: Stage) -> None:
    shown = stage.sitting.shown
    assert (shown.array, shown.node, shown.is_playhead) == (None, None, False)
    assert stage.sitting.selected is None


def test_the_playhead_goes_with_the_run_and_ends_on_the_result(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.generate()
    run = stage.begin()
    assert (sitting.playhead.run, sitting.playhead.step) == (run, None)
    stage.heard.clear()
    stage.step(run, 0)
    assert {"run", "playhead", "pictures"} <= set(stage.heard)
    assert "tree" not in stage.heard
    assert sitting.playhead.step == 0
    shown = sitting.shown
    assert shown.array is PICTURE
    assert (shown.kind, shown.is_playhead, shown.is_result) == ("linear", True, False)
    for index in (1, 2, 3):
        stage.step(run, index)
    stage.finish(run)
    shown = sitting.shown
    assert (shown.kind, shown.is_playhead, shown.is_result) == ("vae", True, True)
    assert shown.note is not None
    assert shown.note.index == 3


def test_a_parked_playhead_stays_while_the_run_goes_on_and_follows_again(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.generate()
    run = stage.play(upto=3)
    sitting.park(run, 1)
    stage.step(run, 3)
    assert (sitting.playhead.step, sitting.playhead.following) == (1, False)
    sitting.follow()
    assert (sitting.playhead.step, sitting.playhead.following) == (3, True)
    stage.finish(run)
    sitting.park(run, 99)
    assert (sitting.playhead.step, sitting.playhead.following) == (3, True)
    sitting.park(run, -5)
    assert (sitting.playhead.step, sitting.playhead.following) == (0, False)
    sitting.park(77, 1)
    sitting.select(77)
    assert sitting.playhead.run == run


def test_the_next_run_is_shown_from_its_beginning(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    sitting.park(run, 1)
    sitting.generate()
    assert sitting.playhead.run == run
    second = stage.begin()
    assert (sitting.playhead.run, sitting.playhead.step) == (second, None)
    # The canvas does not go blank in between.
    assert sitting.shown.array is not None
    assert not sitting.shown.is_playhead


def test_selecting_takes_over_the_settings_as_one_undo_and_steers_nothing(stage: Stage) -> None:
    sitting = stage.sitting
    first = stage.generate()
    sitting.change(prompt="a toad", seed=4)
    second = stage.generate()
    sitting.set_live(True)
    assert stage.mailbox.take_order() is None
    sitting.select(first)
    assert (sitting.request.prompt, sitting.request.seed) == ("a frog", 0)
    assert stage.mailbox.take_order() is None
    sitting.set_live(False)
    sitting.undo()
    assert sitting.request.prompt == "a toad"
    sitting.generate()
    going = stage.begin()
    sitting.select(first)
    assert stage.mailbox.take_edit(going) is None
    assert sitting.playhead.run == first
    sitting.park(second, 1)
    assert sitting.request.prompt == "a toad"


def test_selecting_offers_the_request_with_its_edits(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    other = branch(stage, run, 2, mix=0.5)
    sitting.select(run)
    assert sitting.request.mix == 0.0
    sitting.select(other)
    assert sitting.request.mix == 0.5


def test_wishes_are_sent_once_and_what_came_is_shown(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    wishes(stage)
    sitting.park(run, 1)
    assert wishes(stage) == [Place(run, index) for index in (1, 0, 2, 3)]
    sitting.set_visible(range(4))
    sitting.handle(PictureMade(Place(run, 1), MADE, "vae"))
    assert wishes(stage) == []
    assert sitting.shown.array is MADE
    sitting.set_view("noise")
    assert sitting.playhead.view == "noise"
    assert sitting.shown.array is MADE
    assert not sitting.shown.is_playhead
    assert wishes(stage)[0] == Place(run, 1, "noise")
    problem = Problem.of("record_missing", "run", number=run)
    sitting.handle(PictureMade(Place(run, 1, "noise"), None, "vae", (problem,)))
    assert sitting.shown.problems == (problem,)
    sitting.set_view("x0")
    sitting.set_view("noise")
    assert Place(run, 1, "noise") not in wishes(stage)


def test_other_views_may_wish_too(stage: Stage) -> None:
    sitting = stage.sitting
    first, second = stage.generate(), stage.generate()
    sitting.select(first)
    sitting.park(first, 2)
    wishes(stage)
    sitting.want("compare", [Place(second, 2)])
    assert wishes(stage)[:2] == [Place(first, 2), Place(second, 2)]
    sitting.want("compare", [])
    assert Place(second, 2) not in wishes(stage)


def test_a_going_run_is_not_slowed_down_by_wishes(stage: Stage) -> None:
    sitting = stage.sitting
    stage.generate()
    wishes(stage)
    sitting.set_visible(range(4))
    sitting.generate()
    stage.play(upto=3)
    assert wishes(stage) == []


def test_deleting_can_be_undone_until_it_is_for_good(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    child = branch(stage, run, 2, mix=0.5)
    sitting.rename(child, "half a rabbit")
    stage.jobs()
    sitting.delete(run)
    assert stage.labels() == ["A.1"]
    assert stage.jobs() == []
    assert sitting.tree.last_deleted is not None
    assert sitting.pictures.thumbnail(child, 0) is not None
    node = sitting.undo_delete()
    assert node is not None
    assert node.number == run
    assert stage.labels() == ["A", "A.1"]
    assert sitting.undo_delete() is None
    for _ in range(25):
        sitting.delete(stage.generate())
    assert stage.jobs() == [ForgetRun(number) for number in range(child + 1, child + 6)]


def test_the_playhead_leaves_a_run_that_goes(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    child = branch(stage, run, 2, mix=0.5)
    sitting.delete(child)
    assert (sitting.playhead.run, sitting.playhead.step) == (run, 2)
    sitting.delete(run)
    assert sitting.playhead.run is None
    assert sitting.selected is None
    other = stage.generate()
    newest = stage.generate()
    sitting.delete(newest)
    assert (sitting.playhead.run, sitting.playhead.following) == (other, True)


def test_forgetting_tells_the_sampler_and_drops_the_pictures(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    sitting.forget(run)
    assert stage.jobs() == [ForgetRun(run)]
    assert sitting.pictures.nbytes == 0
    assert sitting.jobs == ()
    sitting.forget(run)
    sitting.delete(run)
    assert stage.jobs() == []


def test_deleting_a_going_run_stops_it(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.generate()
    run = stage.play(upto=2)
    sitting.delete(run)
    assert run in sitting.tree
    stage.stopped(run, 2)
    assert run not in sitting.tree
    assert stage.jobs() == [ForgetRun(run)]
    assert sitting.undo_delete() is None


def test_superseded_runs_stay_if_generate_asked_for_them_and_go_if_a_moved_control_did(
    stage: Stage,
) -> None:
    sitting = stage.sitting
    sitting.generate()
    first = stage.play(upto=2)
    sitting.generate()
    stage.stopped(first, 2, superseded=True)
    second = stage.play(upto=2)
    sitting.set_live(True)
    sitting.change(mix=0.5)
    stage.stopped(second, 2, superseded=True)
    third = stage.play(upto=2)
    assert [node.number for node in sitting.tree.nodes] == [first, second, third]
    sitting.generate()
    stage.stopped(third, 2, superseded=True)
    fourth = stage.play()
    assert [node.number for node in sitting.tree.nodes] == [first, second, fourth]
    assert stage.jobs() == []


def test_a_branch_that_fails_leads_back_to_where_it_grew(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    stage.generate()
    sitting.select(run)
    sitting.park(run, 2)
    sitting.change(mix=0.5)
    going = stage.begin()
    sitting.handle(RunFailed(going, (Problem.of("out_of_memory"),)))
    assert stage.labels() == ["A", "B"]
    assert (sitting.playhead.run, sitting.playhead.step) == (run, 2)
    assert sitting.branch_point == Place(run, 2)
    assert sitting.failure is not None


def test_pins_are_jobs_and_a_failed_one_is_taken_back(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    sitting.rename(run, "frog")
    assert stage.jobs() == []
    sitting.pin(run)
    sitting.rename(run, "toad")
    sitting.pin(run)
    assert stage.jobs() == [PinRun(run, True, "frog"), PinRun(run, True, "toad")]
    sitting.delete(run)
    sitting.undo_delete()
    assert stage.jobs() == [PinRun(run, False, "toad"), PinRun(run, True, "toad")]
    problem = Problem.of("disk_full")
    sitting.handle(JobFailed(sitting.jobs[-1].number, (problem,)))
    assert not sitting.tree.node(run).pinned  # type: ignore[union-attr]
    assert sitting.last_job == JobFailed(4, (problem,))
    assert isinstance(sitting.last_job_asked, PinRun)


def test_jobs_tell_how_far_they_are(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    save = SaveRun(run, Path("a.sdrun"))
    number = sitting.ask(save)
    stage.heard.clear()
    sitting.handle(JobProgress(number, 0.0))
    stage.clock.pass_(2)
    sitting.handle(JobProgress(number, 0.25))
    (view,) = sitting.jobs
    assert (view.job, view.fraction, view.seconds_left) == (save, 0.25, pytest.approx(6.0))
    sitting.handle(JobDone(number, "a.sdrun"))
    assert sitting.jobs == ()
    assert sitting.last_job == JobDone(number, "a.sdrun")
    assert stage.heard == ["jobs"] * 3
    sitting.handle(JobDone(99))
    sitting.reopen_pinned()
    assert stage.jobs() == [save, ReopenPinned()]


def test_opened_runs_are_shown_and_pinned_ones_only_stand_there(stage: Stage) -> None:
    sitting = stage.sitting
    stage.generate()
    before = sitting.playhead
    sitting.handle(opened(8, pinned=True, request=Request(prompt="a swan")))
    assert sitting.playhead == before
    edits = (Edit(step=2, mix=0.5),)
    sitting.handle(opened(9, request=Request(prompt="a castle"), edits=edits, name="castle"))
    assert stage.labels() == ["A", "B", "C"]
    assert sitting.playhead.run == 9
    assert (sitting.request.prompt, sitting.request.mix) == ("a castle", 0.5)
    assert wishes(stage)[0] == Place(9, 3, "next_latents")
    sitting.handle(PictureMade(Place(9, 3, "next_latents"), MADE, "vae"))
    assert sitting.shown.array is MADE
    assert sitting.shown.is_result


def test_distances_are_measured_once_and_again_when_a_run_went_on(stage: Stage) -> None:
    sitting = stage.sitting
    first = stage.generate()
    sitting.generate()
    second = stage.play(upto=2)
    sitting.compare(first, second)
    sitting.compare(first, second)
    assert stage.jobs() == [CompareRuns(first, second)]
    assert sitting.distances(first, second) is None
    sitting.handle(Compared(first, second, (0.0, 0.1)))
    assert sitting.distances(second, first) == (0.0, 0.1)
    stage.step(second, 2)
    sitting.compare(first, second)
    assert stage.jobs() == [CompareRuns(first, second)]
    problem = Problem.of("record_missing", "run", number=first)
    sitting.handle(Compared(first, second, (), (problem,)))
    assert sitting.distances(first, second) is None
    assert sitting.compare_problems(first, second) == (problem,)
    sitting.compare(first, 99)
    assert stage.jobs() == []


def test_a_closed_sampler_leaves_nothing_going(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.generate()
    run = stage.play(upto=2)
    sitting.ask(SaveRun(run, Path("a.sdrun")))
    sitting.handle(SamplerClosed())
    assert sitting.jobs == ()
    assert not sitting.running
    assert [node.state for node in sitting.tree.nodes] == ["stopped"]


def test_the_branch_of_a_deleted_parent_keeps_growing_from_what_is_left(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    child = branch(stage, run, 2, mix=0.5)
    sitting.delete(run)
    sitting.park(child, 1)
    stage.clock.pass_(5)
    assert sitting.change(guidance_scale=2.0) is Effect.BRANCHED
    assert stage.order().parent == Parent(child, 1)


def test_nothing_flickers_while_a_slow_models_runs_are_superseded(stage: Stage) -> None:
    sitting = stage.sitting
    stage.generate()
    second = stage.generate()
    sitting.set_live(True)
    for tick in range(3):
        sitting.change(guidance_scale=1.0 + tick)
        run = stage.begin()
        assert sitting.playhead.run == run
        sitting.change(guidance_scale=1.5 + tick)
        stage.stopped(run, 0, superseded=True)
        assert sitting.playhead.run == run
        assert sitting.shown.array is PICTURE
    assert len(sitting.tree) == 3
    run = stage.play()
    assert [node.number for node in sitting.tree.nodes] == [second - 1, second, run]


def test_a_run_that_was_to_be_replaced_stays_when_nothing_came_instead(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    for end in (
        lambda number: sitting.stop(),
        lambda number: sitting.handle(RunFailed(number, (Problem.of("out_of_memory"),))),
        lambda number: sitting.handle(SamplerClosed()),
    ):
        sitting.select(run)
        sitting.park(run, 2)
        stage.clock.pass_(5)
        sitting.change(mix=0.25)
        branch = stage.play()
        sitting.change(mix=0.5)
        order = stage.order()
        end(order.run)
        assert branch in sitting.tree
        assert not sitting.running
        assert sitting.playhead.run == branch


def test_what_never_took_a_step_leaves(stage: Stage) -> None:
    sitting = stage.sitting
    run = stage.generate()
    sitting.park(run, 2)
    sitting.change(mix=0.5)
    branch = stage.begin()
    sitting.stop()
    stage.stopped(branch, 2)
    assert stage.labels() == ["A"]
    assert (sitting.playhead.run, sitting.playhead.step) == (run, 2)
    sitting.explore_mix(3)
    sitting.handle(RunFailed(stage.begin(), (Problem.of("out_of_memory"),)))
    assert stage.labels() == ["A"]
    assert not sitting.running


def test_the_tree_keeps_so_many_runs(clock: HandClock) -> None:
    stage = Stage(clock)
    stage.ready()
    for number in range(1, LIMIT + 4):
        stage.sitting.handle(opened(number, pinned=number == 1, count=1))
    assert len(stage.sitting.tree) == LIMIT + 1
    assert stage.jobs() == [ForgetRun(2), ForgetRun(3)]


def test_once_all_is_gone_nothing_is_shown(stage: Stage) -> None:
    stage.sitting.delete(stage.generate())
    assert stage.sitting.shown.array is None
