"""Three frames through the built-in model, and out as files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence

from sdstudio.engine.picture import Picture
from sdstudio.session.drawing.animating import Animating
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.flicker import difference
from sdstudio.session.drawing.frames import Frames
from sdstudio.session.drawing.masking import feathered
from sdstudio.session.drawing.rect import Rect
from sdstudio.session.drawing.sketch import MaskUse
from sdstudio.session.drawing.tools import Point, Tool
from sdstudio.session.drawing.tween import Motion
from sdstudio.session.events import JobDone
from sdstudio.session.jobs import ExportFrames, FilmFormat
from tests.session.whole import Whole


@pytest.fixture
def desk() -> Iterator[Whole]:
    desk = Whole()
    try:
        desk.sitting.load("builtin")
        desk.until(lambda: desk.sitting.facts is not None, 120)
        yield desk
    finally:
        desk.close()


def ball(desk: Whole) -> Frames:
    """A green ball that is here, there and here again, at the model's own size."""
    assert desk.sitting.facts is not None
    width, height = desk.sitting.facts.native_size
    drawing = Drawing(width, height, (120, 170, 230))
    size = width // 3
    tool = Tool("ellipse", size=4, hardness=1.0, colour=(60, 150, 50), filled=True)
    stroke = drawing.begin(tool, "paint", Point(size / 2, size))
    stroke.move([Point(1.5 * size, 2 * size)])
    stroke.end()
    frames = Frames([drawing])
    whole = Rect(0, 0, width, height)
    frames.tween("paint", whole, Motion(dx=float(size)), 1)
    frames.tween("paint", whole, Motion(dx=-float(size)), 1)
    return frames


def test_a_jumping_ball_is_made_and_exported(desk: Whole, tmp_path: Path) -> None:
    sitting = desk.sitting
    sitting.change(prompt="a frog", steps=10, strength=0.3, seed=4)
    frames = ball(desk)
    animating = Animating(sitting, lambda: list(frames))
    try:
        animating.start()
        desk.until(lambda: not animating.going, 120)
        results = [made for made in animating.results if made is not None]
        assert len(results) == 3
        # Equal frames are made once.
        assert [node.finished for node in sitting.tree.nodes] == [True] * 2
        # Each is what an ordinary run makes of that frame.
        sitting.change(image=Picture.of(frames[1].composite()))
        sitting.generate()
        desk.until(lambda: not sitting.running, 120)
        assert sitting.run is not None
        assert sitting.run.picture is not None
        assert np.array_equal(sitting.run.picture, results[1])
        free = animating.flicker
        animating.start(pull=0.5)
        desk.until(lambda: not animating.going, 120)
        pulled = animating.flicker
        assert free is not None
        assert pulled is not None
        assert pulled.drawings == free.drawings > 0
        # It goes to and fro by less.
        assert pulled.results < 0.8 * free.results
    finally:
        animating.close()

    for kind in ("webp", "gif", "mp4"):
        check(desk, tuple(results), tmp_path / f"ball.{kind}", kind)  # type: ignore[arg-type]


def test_beside_their_masks_results_are_the_frames_own_pixels(desk: Whole) -> None:
    desk.sitting.change(prompt="a frog", steps=4, strength=0.8, seed=4)
    frames = ball(desk)
    side = frames[0].height
    for number in (0, 1):
        frames[number].write("mask", number * 9, 0, np.full((side // 2, side // 2), 255, np.uint8))
    animating = Animating(desk.sitting, lambda: list(frames)[:2], use=lambda: MaskUse(feather=6))
    try:
        for pull in (0.0, 0.5):
            animating.start(pull)
            desk.until(lambda: not animating.going, 120)
            for frame, made in zip(frames, animating.results, strict=False):
                edge = feathered(frame.pixels("mask"), 6)
                assert made is not None
                assert np.array_equal(made[edge == 0], frame.composite()[edge == 0])
                inside = edge == 255
                assert difference(made[inside], frame.composite()[inside]) > 2
    finally:
        animating.close()


def check(desk: Whole, results: tuple[np.ndarray, ...], path: Path, kind: FilmFormat) -> None:
    """Export in the background of the sitting, and open what came."""
    job = ExportFrames(results, path, kind, 8)
    desk.sitting.ask(job)
    desk.until(lambda: desk.sitting.last_job_asked is job, 60)
    assert isinstance(desk.sitting.last_job, JobDone)
    if kind == "mp4":
        with av.open(path) as film:
            found = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
        assert len(found) == 9
        assert max(difference(found[3 * at + 1], results[at]) for at in range(3)) < 8
        return
    with Image.open(path) as image:
        pages = [
            (np.asarray(page.convert("RGB")), page.info["duration"])
            for page in ImageSequence.Iterator(image)
        ]
    assert sum(length for _, length in pages) == pytest.approx(375, abs=10)
    for (found_page, _), result in zip(pages, results, strict=True):
        assert difference(found_page, result) <= (0 if kind == "webp" else 5)


def test_the_recipe_keeps_what_the_frames_do_not_decide(desk: Whole) -> None:
    sitting = desk.sitting
    sitting.change(prompt="a frog", steps=4, strength=0.5)
    frames = ball(desk)
    animating = Animating(sitting, lambda: list(frames)[:1])
    try:
        animating.start()
        desk.until(lambda: not animating.going, 120)
        assert animating.recipe is not None
        made = sitting.tree.nodes[-1].request
        assert made.image == frames[0].picture()
        assert replace(made, image=None) == animating.recipe.request
    finally:
        animating.close()
