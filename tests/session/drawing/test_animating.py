"""Frames made one after the other by a sampler whose engine tells what it was given."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from sdstudio.engine.problems import Problem, RequestError
from sdstudio.engine.request import Request
from sdstudio.session.drawing.animating import Animating
from sdstudio.session.drawing.desk import DrawingDesk
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.frames import Frames
from sdstudio.session.drawing.rect import Rect
from sdstudio.session.drawing.results import Results
from sdstudio.session.drawing.sketch import MaskUse
from sdstudio.session.local_sampler import LocalSampler
from sdstudio.session.steering import Effect
from tests.session.fake_engine import FakeDenoise, FakeModel
from tests.session.whole import Whole

SIDE = 16


class Negative(FakeModel):
    """Decodes latents to one grey, their mean."""

    def decode_array(self, latents: torch.Tensor, *requests: Request) -> np.ndarray:
        greys = latents.mean((1, 2, 3)).round().to(torch.uint8).numpy()
        return np.broadcast_to(greys[:, None, None, None], (len(latents), SIDE, SIDE, 3)).copy()


class Negating(FakeDenoise):
    """Makes 255 less the mean of the picture it is given.

    Attributes:
        given: The requests, in order.
        gate: Cleared, it holds the engine within a step.
        fails: Requests that fail, by how many came before.
        short: Those that fail for want of memory.
    """

    def __init__(self) -> None:
        super().__init__(self._hold)
        self.given: list[Request] = []
        self.gate = threading.Event()
        self.gate.set()
        self.fails: set[int] = set()
        self.short: set[int] = set()
        self.inside = threading.Event()

    def _hold(self, step: int, block: int) -> None:
        self.inside.set()
        self.gate.wait(20)

    def __call__(self, model: Any, request: Request | Sequence[Request], **others: Any) -> Any:
        assert isinstance(request, Request)
        self.given.append(request)
        if len(self.given) - 1 in self.fails:
            raise RequestError(Problem.of("not_a_picture", "image"))
        if len(self.given) - 1 in self.short:
            raise MemoryError
        assert request.image is not None
        result = 255.0 - float(np.asarray(request.image.image).mean())
        for step in super().__call__(model, request, **others):
            yield replace(step, next_latents=torch.full_like(step.next_latents, result))


def load(source: str, dtype: str | None = None, **others: Any) -> Any:
    return Negative(source, dtype)


def grey(shade: int) -> Drawing:
    return Drawing(SIDE, SIDE, (shade, shade, shade))


class Studio(Whole):
    """Frames of one grey each, and what animates them."""

    def __init__(self, folder: Path | None = None, shades: Sequence[int] = (10, 50, 200)) -> None:
        self.denoise = Negating()
        super().__init__(LocalSampler(load, self.denoise))
        self.frames = Frames([grey(shade) for shade in shades])
        self.use = MaskUse()
        self.animating = Animating(
            self.sitting, lambda: list(self.frames), Results(folder), use=lambda: self.use
        )
        self.sitting.load("builtin")
        self.until(lambda: self.sitting.facts is not None)
        self.sitting.change(prompt="a frog", steps=3, seed=7, strength=0.5)

    def animate(self, pull: float = 0.0) -> list[Request]:
        """Make what is to be made; the requests that took."""
        before = len(self.denoise.given)
        self.animating.start(pull)
        self.until(lambda: not self.animating.going)
        return self.denoise.given[before:]

    @property
    def shades(self) -> list[int | None]:
        """The results, each by its grey."""
        return [None if made is None else int(made[0, 0, 0]) for made in self.animating.results]

    def close(self) -> None:
        self.denoise.gate.set()
        self.animating.close()
        super().close()


@pytest.fixture
def studio() -> Iterator[Studio]:
    studio = Studio()
    yield studio
    studio.close()


def shade_of(request: Request) -> float:
    assert request.image is not None
    return float(np.asarray(request.image.image).mean())


def test_every_frame_is_made_with_one_seed_and_one_prompt(studio: Studio) -> None:
    assert studio.shades == [None, None, None]
    asked = studio.animate()
    assert studio.animating.problems == ()
    assert studio.shades == [245, 205, 55]
    assert [shade_of(request) for request in asked] == [10, 50, 200]
    assert {(each.prompt, each.seed, each.strength, each.mask) for each in asked} == {
        ("a frog", 7, 0.5, None)
    }
    assert len({replace(request, image=None) for request in asked}) == 1
    # They are runs like any other, and the controls stay as they are.
    assert [node.state for node in studio.sitting.tree.nodes] == ["finished"] * 3
    assert studio.sitting.request.image is None
    assert studio.animating.lacking == 0


def test_only_what_changed_is_made_again(studio: Studio) -> None:
    studio.animate()
    assert studio.animate() == []
    studio.frames[1].set_paper((60, 60, 60))
    assert studio.shades == [245, None, 55]
    assert studio.animating.would_make(0.0) == 1
    assert [shade_of(each) for each in studio.animate()] == [60]
    assert studio.shades == [245, 195, 55]
    # What was before is known still: undone, nothing is to be made.
    studio.frames[1].undo()
    assert studio.shades == [245, 205, 55]
    assert studio.animate() == []


def test_equal_frames_are_made_once_and_moved_ones_not_again(studio: Studio) -> None:
    studio.animate()
    studio.frames.select(0)
    studio.frames.duplicate()
    studio.frames.move(0, 3)
    assert studio.shades == [245, 205, 55, 245]
    assert studio.animate() == []
    studio.frames.select(3)
    for _ in range(2):
        studio.frames.add().set_paper((100, 100, 100))
    assert [shade_of(each) for each in studio.animate()] == [100]
    assert studio.shades[-2:] == [155, 155]


def test_other_settings_make_everything_anew(studio: Studio) -> None:
    studio.animate()
    studio.sitting.change(seed=8)
    # What is there is still of the settings it was made with.
    assert studio.shades == [245, 205, 55]
    assert studio.animating.would_make(0.0) == 3
    assert {each.seed for each in studio.animate()} == {8}
    studio.sitting.change(seed=7)
    assert studio.animate() == []


def test_a_frame_is_pulled_towards_the_result_before_it(studio: Studio) -> None:
    asked = studio.animate(pull=0.25)
    # The first result of a drawing alone is only what the first frame is pulled towards.
    wanted = [10.0]
    results = [245]
    for shade in (10, 50, 200):
        wanted.append(np.rint(0.75 * shade + 0.25 * results[-1]))
        results.append(round(255 - wanted[-1]))
    assert [shade_of(each) for each in asked] == wanted
    assert studio.shades == results[1:]
    assert studio.animating.pull == 0.25
    # What follows a changed frame depends on it; what is before does not.
    studio.frames[1].set_paper((90, 90, 90))
    assert studio.shades == [results[1], None, None]
    assert len(studio.animate(pull=0.25)) == 2
    # Without a pull the first is the one that was made before all.
    assert [shade_of(each) for each in studio.animate(pull=0.0)] == [90, 200]


def test_a_larger_drawing_is_pulled_at_the_results_size(studio: Studio) -> None:
    studio.frames = Frames([Drawing(64, 64, (shade,) * 3) for shade in (10, 50)])
    asked = studio.animate(pull=0.5)
    sizes = [each.image.size for each in asked if each.image is not None]
    assert sizes == [(64, 64), (SIDE, SIDE), (SIDE, SIDE)]
    assert shade_of(asked[1]) == np.rint((10 + 245) / 2)


def masked(frame: Drawing) -> Drawing:
    """A frame with the mask over its left half."""
    frame.write("mask", 0, 0, np.full((SIDE, SIDE // 2), 255, np.uint8))
    return frame


def test_a_frame_with_a_mask_is_asked_for_with_it(studio: Studio) -> None:
    masked(studio.frames[1])
    asked = studio.animate()
    assert [request.mask is None for request in asked] == [True, False, True]
    mask = np.asarray(asked[1].mask.image)  # type: ignore[union-attr]
    assert (mask[:, : SIDE // 2] == 255).all()
    assert (mask[:, SIDE // 2 :] == 0).all()
    # A mask that is moved makes another result; other frames stay.
    studio.frames[1].move("mask", Rect(0, 0, SIDE // 2, SIDE), 2, 0)
    assert [made is None for made in studio.shades] == [False, True, False]
    assert len(studio.animate()) == 1
    studio.frames[1].clear("mask")
    assert [request.mask for request in studio.animate()] == [None]


def test_masks_are_used_as_the_controls_say(studio: Studio) -> None:
    masked(studio.frames[1])
    studio.animate()
    studio.use = MaskUse(invert=True, fill="colour", colour=(90, 0, 0))
    # Frames without a mask are made the same way whatever is done with masks.
    assert studio.animating.would_make(0.0) == 1
    (asked,) = studio.animate()
    assert asked.image is not None
    picture = np.asarray(asked.image.image)
    assert (picture[:, : SIDE // 2] == 50).all()
    assert (picture[:, SIDE // 2 :] == (90, 0, 0)).all()
    assert (np.asarray(asked.mask.image)[:, SIDE // 2 :] == 255).all()  # type: ignore[union-attr]
    studio.use = MaskUse()
    assert studio.animate() == []


def test_beside_the_mask_no_frame_is_pulled(studio: Studio) -> None:
    for frame in studio.frames:
        masked(frame)
    for request, shade in zip(studio.animate(pull=0.5)[1:], (10, 50, 200), strict=True):
        assert request.image is not None
        picture = np.asarray(request.image.image)
        assert (picture[:, SIDE // 2 :] == shade).all()
        assert (picture[:, : SIDE // 2] != shade).all()


def test_stopped_it_keeps_what_is_made_and_goes_on_from_there(studio: Studio) -> None:
    animating = studio.animating
    animating.observe(lambda: animating.stop() if animating.at == 1 else None)
    studio.animating.start()
    studio.until(lambda: not animating.going and not studio.sitting.running)
    assert studio.shades == [245, None, None]
    assert animating.lacking == 2
    animating._observers.clear()
    assert [shade_of(each) for each in studio.animate()] == [50, 200]
    assert studio.shades == [245, 205, 55]


def test_stop_in_the_middle_of_a_frame_ends_the_engine(studio: Studio) -> None:
    studio.denoise.gate.clear()
    studio.animating.start()
    assert studio.denoise.inside.wait(20)
    studio.animating.stop()
    assert not studio.animating.going
    studio.denoise.gate.set()
    studio.until(lambda: not studio.sitting.running)
    assert studio.denoise.blocks == 1
    assert studio.shades == [None] * 3
    assert studio.animating.problems == ()


def test_the_stop_button_of_the_window_stops_it_too(studio: Studio) -> None:
    studio.denoise.gate.clear()
    studio.animating.start()
    assert studio.denoise.inside.wait(20)
    studio.sitting.stop()
    studio.denoise.gate.set()
    studio.until(lambda: not studio.animating.going)
    assert len(studio.denoise.given) == 1


def test_what_else_is_asked_goes_first_and_ends_it(studio: Studio) -> None:
    studio.denoise.gate.clear()
    studio.animating.start()
    assert studio.denoise.inside.wait(20)
    studio.sitting.commission(replace(studio.sitting.request, image=grey(99).picture()))
    studio.denoise.gate.set()
    studio.until(lambda: not studio.sitting.running)
    assert not studio.animating.going
    assert shade_of(studio.denoise.given[-1]) == 99
    assert len(studio.denoise.given) == 2
    studio.animate()
    assert studio.shades == [245, 205, 55]


def test_controls_moved_meanwhile_are_for_the_next_time(studio: Studio) -> None:
    studio.denoise.gate.clear()
    studio.animating.start()
    assert studio.sitting.change(guidance_scale=9.0) is Effect.NEXT_RUN
    assert studio.denoise.inside.wait(20)
    studio.until(lambda: studio.animating.at == 0 and not studio.sitting.waiting)
    assert studio.sitting.change(guidance_scale=11.0) is Effect.NEXT_RUN
    assert not studio.sitting.can_inject_noise
    studio.denoise.gate.set()
    studio.until(lambda: not studio.animating.going)
    assert [shade_of(each) for each in studio.denoise.given] == [10, 50, 200]
    assert {each.guidance_scale for each in studio.denoise.given} == {2.0}
    assert {each.guidance_scale for each in studio.animate()} == {11.0}


def test_a_frame_that_cannot_be_made_says_why(studio: Studio) -> None:
    studio.denoise.fails = {1}
    studio.animate()
    assert [problem.code for problem in studio.animating.problems] == ["not_a_picture"]
    assert studio.shades == [245, None, None]
    studio.animate()
    assert studio.animating.problems == ()
    assert studio.shades == [245, 205, 55]


def test_tried_again_with_less_memory_it_goes_on(studio: Studio) -> None:
    studio.denoise.short = {1}
    studio.animate()
    assert [problem.code for problem in studio.animating.problems] == ["out_of_memory"]
    assert studio.shades == [245, None, None]
    studio.sitting.retry_with_less_memory()
    studio.until(lambda: studio.animating.lacking == 0)
    assert studio.shades == [245, 205, 55]
    assert studio.animating.problems == ()


def test_settings_that_cannot_run_change_nothing(studio: Studio) -> None:
    studio.animate()
    studio.sitting.restore(replace(studio.sitting.request, width=4096))
    with pytest.raises(RequestError):
        studio.animating.start()
    assert not studio.animating.going
    assert studio.shades == [245, 205, 55]


def test_what_is_drawn_meanwhile_counts(studio: Studio) -> None:
    animating = studio.animating
    done = []

    def draw() -> None:
        if animating.at == 2 and not done:
            done.append(True)
            studio.frames[0].set_paper((20, 20, 20))

    animating.observe(draw)
    assert [shade_of(each) for each in studio.animate()] == [10, 50, 200, 20]
    assert studio.shades == [235, 205, 55]


def test_the_time_left_is_that_of_the_frames_before(studio: Studio) -> None:
    now = [100.0]
    studio.animating._clock = lambda: now[0]
    told: dict[int, float | None] = {}

    def follow() -> None:
        at = studio.animating.at
        if at is not None and at not in told:
            told[at] = studio.animating.seconds_left
            now[0] += 4.0

    studio.animating.observe(follow)
    studio.animate()
    # The first is unknown; then two frames of 4 s are left, then one.
    assert told == {0: None, 1: 8.0, 2: 4.0}
    assert studio.animating.seconds_left is None


def test_flicker_compares_the_results_with_the_drawings(studio: Studio) -> None:
    assert studio.animating.flicker is None
    studio.animate()
    found = studio.animating.flicker
    assert found is not None
    assert (found.drawings, found.results, found.pairs) == ((40 + 150) / 2, (40 + 150) / 2, 2)
    assert found.ratio == 1.0
    studio.animate(pull=0.5)
    calmer = studio.animating.flicker
    assert calmer is not None
    made = [made for made in studio.shades if made is not None]
    assert calmer.results == (abs(made[0] - made[1]) + abs(made[1] - made[2])) / 2
    assert calmer.drawings == found.drawings


def test_after_a_crash_nothing_is_made_again(tmp_path: Path) -> None:
    first = Studio(tmp_path / "results")
    try:
        first.animate(pull=0.25)
        shades = first.shades
    finally:
        first.close()
    second = Studio(tmp_path / "results")
    try:
        assert second.shades == shades
        assert second.animating.pull == 0.25
        assert second.animate(pull=0.25) == []
    finally:
        second.close()


def test_frames_and_results_outlive_a_sitting_that_ends_without_notice(tmp_path: Path) -> None:
    desk = DrawingDesk(tmp_path / "drawings", (SIDE, SIDE))
    for shade in (30, 140):
        desk.frames.add().set_paper((shade, shade, shade))
    assert desk.flush()
    first = Studio(tmp_path / "results")
    try:
        first.frames = desk.frames
        first.animate()
        shades = first.shades
    finally:
        first.close()
    # The first desk is never closed.
    found = DrawingDesk(tmp_path / "drawings")
    second = Studio(tmp_path / "results")
    try:
        second.frames = found.frames
        assert [frame.paper[0] for frame in found.frames] == [255, 30, 140]
        assert second.shades == shades == [0, 225, 115]
        assert second.animate() == []
    finally:
        second.close()
        desk.close()
        found.close()
