"""Branches in the store: they share their parent's steps, and keep them when it goes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from sdstudio.engine.problems import StudioError
from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import Parent
from sdstudio.session.run_record import RunRecord
from sdstudio.session.run_store import RunStore
from tests.session.fake_engine import fake_step

SIDE = 16
COUNT = 6
STEP_BYTES = 3 * 4 * 4 * SIDE * SIDE


def make(
    store: RunStore,
    number: int,
    parent: Parent | None = None,
    edit: Edit | None = None,
    until: int = COUNT,
) -> None:
    """A run whose own steps have latents of ``index + number / 100``."""
    shared = 0 if parent is None else parent.shared
    store.begin(number, Request(seed=number), {"name": "fake"}, parent=parent)
    for index in range(shared, until):
        step = fake_step(index, COUNT, edit if index == shared else None, SIDE)
        offset = number / 100
        latents, following = step.latents + offset, step.next_latents + offset
        store.add(replace(step, latents=latents, network_input=latents, next_latents=following))
    store.keep("finished" if until == COUNT else "stopped")


def makers(store: RunStore, number: int) -> list[int]:
    """Which run made each step of a run, by its latents."""
    steps = store.steps(number)
    assert [step.index for step in steps] == list(range(len(steps)))
    values = [float(step.latents.mean()) - step.index for step in steps]
    return [round(100 * value) for value in values]


@pytest.fixture(params=[1, 1 << 30], ids=["on disk", "in memory"])
def store(request: Any, tmp_path: Path) -> RunStore:
    return RunStore(budget=request.param, folder=tmp_path)


def test_a_branch_has_its_parents_first_steps(store: RunStore) -> None:
    make(store, 1)
    make(store, 2, Parent(1, 4))
    make(store, 3, Parent(2, 5))
    make(store, 4, Parent(3, 2))
    assert makers(store, 1) == [1] * 6
    assert makers(store, 2) == [1] * 4 + [2] * 2
    assert makers(store, 3) == [1] * 4 + [2, 3]
    assert makers(store, 4) == [1, 1, 4, 4, 4, 4]
    assert [step.index for step in store.steps(3, 2, 5)] == [2, 3, 4]
    assert store.record(3).length == COUNT


def test_a_branch_holds_only_its_own_steps(tmp_path: Path) -> None:
    store = RunStore(folder=tmp_path)
    make(store, 1)
    before = store.nbytes
    make(store, 2, Parent(1, 4))
    assert store.nbytes - before == 2 * STEP_BYTES + STEP_BYTES // 3


@pytest.mark.parametrize("gone", [[1], [2], [1, 2], [2, 1], [1, 2, 3], [3, 2, 1]])
def test_when_parents_go_their_branches_stay_whole(store: RunStore, gone: list[int]) -> None:
    make(store, 1)
    make(store, 2, Parent(1, 3))
    make(store, 3, Parent(2, 5))
    make(store, 4, Parent(2, 4))
    make(store, 5, Parent(2, 2))
    make(store, 6, Parent(1, 1))
    expected = {number: makers(store, number) for number in store.numbers}
    for number in gone:
        store.forget(number)
        for left in store.numbers:
            assert makers(store, left) == expected[left]
    assert store.numbers == tuple(n for n in range(1, 7) if n not in gone)
    held = {
        id(t): t.nbytes
        for n in store.numbers
        for s in store.record(n).steps
        for t in s.tensors.values()
    }
    assert store.nbytes == sum(step.nbytes for n in store.numbers for step in store.record(n).steps)
    assert sum(held.values()) <= store.nbytes
    for number in store.numbers:
        store.forget(number)
    assert store.nbytes == 0


def test_the_next_latents_are_those_of_the_run_that_made_the_step(store: RunStore) -> None:
    make(store, 1)
    make(store, 2, Parent(1, 3), Edit(step=3, fresh_noise=0.5))
    at_seam = store.step(2, 2)
    assert torch.equal(at_seam.next_latents, store.steps(1)[3].latents)
    full = store.record(2).full_steps(store.steps(2))
    assert torch.equal(full[2].next_latents, at_seam.next_latents)
    assert not torch.equal(full[2].next_latents, full[3].latents)
    store.forget(1)
    assert torch.equal(store.step(2, 2).next_latents, at_seam.next_latents)


def test_requests_follow_the_edits(store: RunStore) -> None:
    make(store, 1, edit=Edit(step=0, mix=0.25))
    shared = tuple(store.record(1).edits)
    store.begin(2, Request(seed=1), {}, parent=Parent(1, 2), edits=shared)
    store.add(fake_step(2, COUNT, Edit(step=2, guidance_scale=3.0), SIDE))
    store.keep("stopped")
    assert store.step(2, 1).request == Request(seed=1, mix=0.25)
    assert store.step(2, 2).request == Request(seed=1, mix=0.25, guidance_scale=3.0)
    with pytest.raises(StudioError, match="record_missing"):
        store.step(2, 3)
    with pytest.raises(StudioError, match="record_missing"):
        store.step(7, 0)


def test_a_branch_of_a_stopped_run_and_one_without_a_step(store: RunStore) -> None:
    make(store, 1, until=3)
    make(store, 2, Parent(1, 3))
    assert makers(store, 2) == [1, 1, 1, 2, 2, 2]
    make(store, 3, Parent(2, 4), until=4)
    assert store.numbers == (1, 2)


def test_the_disks_share_takes_a_parent_and_leaves_its_branch(tmp_path: Path) -> None:
    store = RunStore(budget=STEP_BYTES, disk=40 * STEP_BYTES, folder=tmp_path)
    make(store, 1)
    make(store, 2, Parent(1, 4))
    store.pin(2)
    for number in range(3, 30):
        make(store, number)
    assert 1 not in store.numbers
    assert makers(store, 2) == [1] * 4 + [2] * 2
    assert store.nbytes <= STEP_BYTES
    assert sum(path.stat().st_size for path in tmp_path.glob("*/*")) <= 44 * STEP_BYTES
    store.close()
    assert list(tmp_path.iterdir()) == []


def test_a_parent_may_go_while_its_branch_is_made(store: RunStore) -> None:
    make(store, 1)
    store.begin(2, Request(), {}, parent=Parent(1, 3))
    store.add(fake_step(3, COUNT, None, SIDE))
    store.forget(1)
    store.add(fake_step(4, COUNT, None, SIDE))
    store.keep("stopped")
    assert makers(store, 2) == [1, 1, 1, 0, 0]


def test_a_family_is_recorded_row_by_row(tmp_path: Path) -> None:
    store = RunStore(folder=tmp_path)
    others = (Request(mix=0.5), Request(mix=1.0))
    store.begin(5, Request(), {}, family=others)
    for index in range(2):
        store.add(fake_step(index, 2, None, SIDE, rows=3))
    store.keep("finished")
    assert store.numbers == (5, 6, 7)
    assert store.record(7).request == others[1]
    for row in range(3):
        steps = store.steps(5 + row)
        assert [round(float(step.latents.mean()), 3) for step in steps] == [row / 10, 1 + row / 10]
        for tensor in steps[0].tensors.values():
            assert tensor.shape == (1, 4, SIDE, SIDE)
            assert tensor.untyped_storage().nbytes() == tensor.nbytes
    store.drop()
    store.close()


def test_a_run_out_of_a_file_is_kept_like_others(store: RunStore) -> None:
    make(store, 1)
    steps = store.steps(1)
    store.forget(1)
    store.adopt(RunRecord(9, Request(seed=1), {}, "finished", steps=steps))
    make(store, 10, Parent(9, 2))
    assert makers(store, 10) == [1, 1] + [10] * 4
    assert store.record(9).count == COUNT
