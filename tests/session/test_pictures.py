from __future__ import annotations

import numpy as np
import pytest

from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Request
from sdstudio.session.events import (
    Parent,
    PictureMade,
    Place,
    PreviewKind,
    RunFinished,
    RunStarted,
    StepTaken,
)
from sdstudio.session.pictures import Pictures
from sdstudio.session.playhead import Playhead
from sdstudio.session.run_tree import RunTree
from sdstudio.session.thumbnail import thumbnail
from sdstudio.session.wanted import MOST, NEAR, place_of, wanted


def flat(shade: int, side: int = 128) -> np.ndarray:
    return np.full((side, side, 3), shade, np.uint8)


class Shelf:
    """A tree and its pictures, of runs of ten steps."""

    def __init__(self, budget: int = 1 << 24, thumbnails: int = 1 << 24) -> None:
        self.tree = RunTree()
        self.pictures = Pictures(self.tree, budget, thumbnails)

    def step(
        self, run: int, index: int, kind: PreviewKind = "vae", shade: int = 9, side: int = 128
    ) -> None:
        event = StepTaken(run, index, 10, 9.0, 0.5, flat(shade, side), kind, 0.1)
        self.tree.handle(event)
        self.pictures.handle(event)

    def grow(self, run: int, parent: Parent | None = None, kind: PreviewKind = "vae") -> None:
        self.tree.handle(RunStarted(run, Request(), 10, 1.0, (), parent))
        for index in range(parent.shared if parent else 0, 10):
            self.step(run, index, kind, shade=(10 * run + index) % 256)
        self.finish(run)

    def finish(self, run: int) -> None:
        event = RunFinished(run, flat(200 + run), (), 1.0)
        self.tree.handle(event)
        self.pictures.handle(event)

    def made(self, place: Place, kind: PreviewKind = "vae", shade: int = 99) -> None:
        self.pictures.handle(PictureMade(place, flat(shade), kind), asked=True)

    def shade(self, place: Place) -> int | None:
        found = self.pictures.get(place)
        return None if found is None else int(found[0][0, 0, 0])


def test_steps_and_results_are_at_hand() -> None:
    shelf = Shelf()
    shelf.grow(1)
    assert shelf.shade(Place(1, 3)) == 13
    assert shelf.shade(Place(1, 9, "next_latents")) == 201
    assert shelf.shade(Place(1, 3, "noise")) is None
    small = shelf.pictures.thumbnail(1, 3)
    assert small is not None
    assert small.shape == (64, 64, 3)
    assert (small == 13).all()


def test_shared_steps_have_the_parents_pictures() -> None:
    shelf = Shelf()
    shelf.grow(1)
    shelf.grow(2, Parent(1, 4))
    assert [shelf.shade(Place(2, index)) for index in (3, 4)] == [13, 24]
    assert (shelf.pictures.thumbnail(2, 3) == 13).all()
    shelf.made(Place(2, 3, "noise"))
    assert shelf.shade(Place(1, 3, "noise")) == 99


def test_a_better_picture_takes_the_place_of_a_rough_one_and_never_the_other_way() -> None:
    shelf = Shelf()
    shelf.grow(1, kind="linear")
    place = Place(1, 5)
    assert shelf.pictures.lacks(place)
    assert shelf.pictures.lacks(place, at_its_best=False)
    shelf.made(place, "tiny", 50)
    assert not shelf.pictures.lacks(place)
    assert (shelf.pictures.thumbnail(1, 5) == 50).all()
    shelf.pictures.handle(PictureMade(place, flat(60), "linear"))
    assert shelf.shade(place) == 50
    shelf.pictures.handle(PictureMade(place, flat(70), "vae"))
    assert shelf.shade(place) == 70


def test_a_tiny_decode_is_good_enough_beside_the_playhead_only() -> None:
    shelf = Shelf()
    shelf.grow(1, kind="tiny")
    assert shelf.pictures.lacks(Place(1, 5))
    assert not shelf.pictures.lacks(Place(1, 5), at_its_best=False)


def test_what_was_looked_at_longest_ago_goes_first() -> None:
    each = flat(0).nbytes
    shelf = Shelf(budget=4 * each)
    shelf.tree.handle(RunStarted(1, Request(), 10, 1.0))
    for index in range(4):
        shelf.step(1, index)
    shelf.pictures.get(Place(1, 0))
    shelf.step(1, 4)
    assert [shelf.shade(Place(1, index)) is not None for index in range(5)] == [
        True,
        False,
        True,
        True,
        True,
    ]
    # The thumbnails stay.
    assert all(shelf.pictures.thumbnail(1, index) is not None for index in range(5))


def test_the_bytes_stay_within_both_budgets() -> None:
    shelf = Shelf(budget=10 * flat(0).nbytes, thumbnails=20 * flat(0, 64).nbytes)
    for run in range(1, 30):
        shelf.grow(run)
        assert shelf.pictures.nbytes <= 10 * flat(0).nbytes + 20 * flat(0, 64).nbytes
    shelf.pictures.forget(29)
    assert shelf.pictures.get(Place(29, 9)) is None


def test_forgetting_gives_every_byte_back() -> None:
    shelf = Shelf()
    shelf.grow(1)
    shelf.grow(2, Parent(1, 4))
    shelf.made(Place(2, 2, "noise"))
    for run in (1, 2):
        shelf.pictures.forget(run)
    assert shelf.pictures.nbytes == 0


def test_a_branch_inherits_the_pictures_of_a_parent_that_goes() -> None:
    shelf = Shelf()
    shelf.grow(1)
    shelf.grow(2, Parent(1, 4))
    shelf.pictures.hand_down(1, range(4), 2)
    shelf.tree.drop(1)
    shelf.pictures.forget(1)
    assert [shelf.shade(Place(2, index)) for index in range(5)] == [10, 11, 12, 13, 24]
    assert (shelf.pictures.thumbnail(2, 0) == 10).all()


def test_what_cannot_be_made_is_not_wanted_until_there_is_another_model() -> None:
    shelf = Shelf()
    shelf.grow(1, kind="linear")
    place = Place(1, 5, "noise")
    problem = Problem.of("record_missing", "run", number=1)
    shelf.pictures.handle(PictureMade(place, None, "vae", (problem,)), asked=True)
    assert not shelf.pictures.lacks(place)
    assert shelf.pictures.problems(place) == (problem,)
    shelf.pictures.try_again()
    assert shelf.pictures.lacks(place)
    assert shelf.pictures.problems(place) == ()


@pytest.mark.parametrize("shape", [(512, 512), (512, 256), (97, 640), (64, 64), (8, 16), (1, 500)])
def test_thumbnails_keep_the_shape_and_the_mean(shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (*shape, 3)).astype(np.uint8)
    small = thumbnail(picture)
    assert small.dtype == np.uint8
    assert max(small.shape[:2]) == min(64, max(shape))
    assert small.shape[0] / small.shape[1] == pytest.approx(shape[0] / shape[1], rel=0.2, abs=0.02)
    assert small.mean() == pytest.approx(picture.mean(), abs=3)


def test_the_end_of_a_finished_run_stands_for_its_result() -> None:
    shelf = Shelf()
    shelf.grow(1)
    assert place_of(Playhead(1, 9), shelf.tree) == Place(1, 9, "next_latents")
    assert place_of(Playhead(1, 9, "noise"), shelf.tree) == Place(1, 9, "noise")
    assert place_of(Playhead(1, 4, following=False), shelf.tree) == Place(1, 4)
    assert place_of(Playhead(1, None), shelf.tree) is None
    assert place_of(Playhead(7, 1), shelf.tree) is None


def test_the_nearest_steps_are_wanted_first() -> None:
    shelf = Shelf()
    shelf.grow(1, kind="linear")
    parked = Playhead(1, 5, following=False)
    places = wanted(parked, shelf.tree, shelf.pictures)
    assert [place.index for place in places] == [5, 4, 6, 3, 7, 2, 8, 1, 9, 0]
    shelf.made(Place(1, 5))
    shelf.made(Place(1, 6))
    places = wanted(parked, shelf.tree, shelf.pictures)
    assert [place.index for place in places] == [4, 3, 7, 2, 8, 1, 9, 0]
    at_noise = wanted(Playhead(1, 0, "noise", following=False), shelf.tree, shelf.pictures)
    assert at_noise[:2] == [Place(1, 0, "noise"), Place(1, 1, "noise")]


def test_a_long_run_is_wanted_near_the_playhead_only_and_where_thumbnails_are_seen() -> None:
    shelf = Shelf()
    shelf.tree.handle(RunStarted(1, Request(), 1000, 1.0))
    for index in range(1000):
        shelf.tree.handle(StepTaken(1, index, 1000, 9.0, 0.5, None, "vae", 0.1))
    shelf.tree.handle(RunFinished(1, flat(1), (), 1.0))
    parked = Playhead(1, 500, following=False)
    near = wanted(parked, shelf.tree, shelf.pictures)
    assert {place.index for place in near} == set(range(500 - NEAR, 500 + NEAR))
    seen = wanted(parked, shelf.tree, shelf.pictures, range(480, 1000))
    assert seen[: len(near)] == near
    assert len(seen) == MOST
    assert min(place.index for place in seen) == 480


@pytest.mark.parametrize(("side", "is_coarse"), [(128, True), (512, False)])
def test_coarse_thumbnails_are_made_anew_once_the_run_is_over(side: int, is_coarse: bool) -> None:
    shelf = Shelf()
    shelf.tree.handle(RunStarted(1, Request(), 10, 1.0))
    for index in range(10):
        shelf.step(1, index, "vae" if index < 6 else "linear", side=side)
    following = Playhead(1, 9)
    assert wanted(following, shelf.tree, shelf.pictures, range(10)) == []
    shelf.finish(1)
    places = wanted(following, shelf.tree, shelf.pictures, range(10))
    assert places == ([Place(1, index) for index in (9, 8, 7, 6)] if is_coarse else [])
    for place in places:
        # All that is left of a run of another model.
        shelf.made(place, "linear")
    assert wanted(following, shelf.tree, shelf.pictures, range(10)) == []


def test_watching_a_run_asks_for_nothing_but_another_view() -> None:
    shelf = Shelf()
    shelf.tree.handle(RunStarted(1, Request(), 10, 1.0))
    for index in range(4):
        shelf.step(1, index, "linear")
    following = Playhead(1, 3)
    assert wanted(following, shelf.tree, shelf.pictures, range(10)) == []
    noise = Playhead(1, 3, "noise")
    assert wanted(noise, shelf.tree, shelf.pictures, range(10)) == [Place(1, 3, "noise")]
    others = [Place(1, 0), Place(1, 1)]
    assert wanted(following, shelf.tree, shelf.pictures, range(10), others) == others


def test_wishes_name_the_run_that_made_the_step() -> None:
    shelf = Shelf()
    shelf.grow(1, kind="linear")
    shelf.grow(2, Parent(1, 4), kind="linear")
    places = wanted(Playhead(2, 4, following=False), shelf.tree, shelf.pictures)
    assert places[:3] == [Place(2, 4), Place(1, 3), Place(2, 5)]
