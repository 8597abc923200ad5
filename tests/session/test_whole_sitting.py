"""A sitting and the sampler with the real engine, on a tiny random model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sdstudio.session.events import Place
from sdstudio.session.run_node import RunNode
from sdstudio.session.sitting import Effect
from tests.session.whole import Whole

STEPS = 6


class Desk(Whole):
    """Knows how many steps its runs have."""

    def result(self, node: RunNode) -> np.ndarray:
        """The picture that a run ended with."""
        return self.picture(Place(node.number, STEPS - 1, "next_latents"))


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    desk = Desk()
    try:
        desk.sitting.load(str(folder), "float32")
        desk.until(lambda: desk.sitting.facts is not None, 120)
        desk.sitting.change(steps=STEPS, scheduler="Euler a", guidance_scale=5.0, seed=4)
        yield desk
    finally:
        desk.close()


def test_a_branch_shares_its_beginning_and_goes_its_own_way(desk: Desk) -> None:
    sitting = desk.sitting
    sitting.generate()
    root = desk.finish()
    sitting.park(root.number, 3)
    assert sitting.change(guidance_scale=9.0) is Effect.BRANCHED
    branch = desk.finish()
    assert (branch.label, branch.shared, len(branch.steps)) == ("A.1", 3, STEPS)
    assert not np.array_equal(desk.result(root), desk.result(branch))
    # The whole made at once is the same: a branch is the run steered at that step.
    assert branch.request_at(2).guidance_scale == 5.0
    assert branch.request_now.guidance_scale == 9.0
    # Dragged back, the branch is its parent to the bit.
    assert sitting.change(guidance_scale=5.0) is Effect.BRANCHED
    again = desk.finish()
    assert again.own_changes == ()
    assert np.array_equal(desk.result(root), desk.result(again))
    assert [node.label for node in sitting.tree.nodes] == ["A", "A.1"]


def test_fresh_noise_is_the_same_for_the_same_seed(desk: Desk) -> None:
    sitting = desk.sitting
    sitting.generate()
    root = desk.finish()
    found = []
    for seed in (1, 1, 2):
        sitting.park(root.number, 2)
        assert sitting.inject_noise(0.5, seed) is Effect.BRANCHED
        found.append(desk.result(desk.finish()))
    assert np.array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])
    assert not np.array_equal(found[0], desk.result(root))


def test_every_view_of_every_step_can_be_seen(desk: Desk) -> None:
    sitting = desk.sitting
    sitting.generate()
    root = desk.finish()
    sitting.park(root.number, 2)
    sitting.change(mix=0.5)
    branch = desk.finish()
    for view in ("x0", "latents", "next_latents", "noise", "noise_cond", "noise_difference"):
        for index in (1, 4):
            sitting.park(branch.number, index)
            sitting.set_view(view)
            desk.until(lambda: sitting.shown.is_playhead)
            assert sitting.shown.array is not None
            assert sitting.shown.place == Place(branch.number, index, view)
    assert np.array_equal(
        desk.picture(Place(branch.number, 1, "noise")),
        desk.picture(Place(root.number, 1, "noise")),
    )


def test_a_branch_outlives_its_parent(desk: Desk) -> None:
    sitting = desk.sitting
    sitting.generate()
    root = desk.finish()
    sitting.park(root.number, 3)
    sitting.change(mix=0.5)
    branch = desk.finish()
    sitting.forget(root.number)
    desk.until(lambda: root.number not in desk.sampler.store.numbers)
    assert desk.picture(Place(branch.number, 0, "latents")).shape[-1] == 3
    sitting.park(branch.number, 1)
    sitting.change(guidance_scale=2.0)
    grown = desk.finish()
    assert [node.number for node in sitting.tree.lineage(grown.number)] == [
        branch.number,
        grown.number,
    ]


def test_a_family_is_compared(desk: Desk) -> None:
    sitting = desk.sitting
    first = sitting.explore_mix(3)
    desk.finish()
    assert [node.request.mix for node in sitting.tree.family(first)] == [0.0, 0.5, 1.0]
    assert all(node.finished for node in sitting.tree.family(first))
    sitting.compare(first, first + 2)
    desk.until(lambda: sitting.distances(first, first + 2) is not None)
    distances = sitting.distances(first, first + 2)
    assert distances is not None
    assert len(distances) == STEPS
    assert distances[-1] > 0
