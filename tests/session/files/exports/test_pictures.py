"""Strip, GIF, WebP and MP4: what is written is read back by the same libraries others use."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sdstudio.session.files.atomic import FileError, write_atomic
from sdstudio.session.files.exports import animation, film, strip
from sdstudio.session.files.exports.animation import write_animation
from sdstudio.session.files.exports.film import write_film
from sdstudio.session.files.exports.strip import GAP, draw_strip, grid_for
from sdstudio.session.files.exports.timing import chosen_steps, durations


def flat(colour: tuple[int, int, int], width: int = 64, height: int = 48) -> np.ndarray:
    return np.full((height, width, 3), colour, np.uint8)


def colours(count: int, width: int = 64, height: int = 48) -> Iterator[np.ndarray]:
    """Pictures that can be told apart: red falls, blue rises."""
    for index in range(count):
        share = index / max(1, count - 1)
        yield flat((round(230 * (1 - share)), 60, round(230 * share)), width, height)


@given(st.integers(1, 2000), st.floats(0.1, 60), st.sampled_from([30.0, 50.0]))
def test_chosen_steps_go_from_the_first_to_the_last(
    count: int, seconds: float, per_second: float
) -> None:
    chosen = chosen_steps(count, seconds, per_second)
    assert chosen[0] == 0
    assert chosen[-1] == count - 1
    assert chosen == sorted(set(chosen))
    assert len(chosen) <= max(2, seconds * per_second)


@given(st.integers(1, 500), st.floats(0.5, 60), st.sampled_from([1, 10]))
def test_durations_add_up(frames: int, seconds: float, unit: int) -> None:
    lengths = durations(frames, seconds, unit)
    assert len(lengths) == frames
    assert min(lengths) >= unit
    assert all(length % unit == 0 for length in lengths)
    if 1000 * seconds / frames > unit:
        assert abs(sum(lengths) - 1000 * (seconds + 1)) <= 2 * unit


@pytest.mark.parametrize(("kind", "near"), [("gif", 8), ("webp", 12)])
def test_an_animation_has_every_step_and_holds_the_last(kind: str, near: int) -> None:
    file = io.BytesIO()
    write_animation(file, kind, colours(7), 7, 2.1)  # type: ignore[arg-type]
    with Image.open(file) as image:
        assert image.n_frames == 7
        assert image.info.get("loop") == 0
        lengths = []
        for index, wanted in enumerate(colours(7)):
            image.seek(index)
            shown = np.asarray(image.convert("RGB"))
            assert np.abs(shown.astype(int) - wanted).max() <= near
            lengths.append(image.info["duration"])
    assert lengths == [300] * 6 + [1300]


def test_a_large_gif_keeps_its_colours() -> None:
    """Its palette is chosen by a sample, and its pixels by a table."""
    across, down = np.meshgrid(np.linspace(0, 255, 300), np.linspace(0, 255, 200))
    smooth = np.stack([across, down, 255 - across], -1).astype(np.uint8)
    file = io.BytesIO()
    write_animation(file, "gif", iter([smooth, smooth[::-1]]), 2, 1.0)
    with Image.open(file) as image:
        shown = np.asarray(image.convert("RGB")).astype(int)
    assert np.abs(shown - smooth).mean() < 6
    assert np.abs(shown - smooth).max() < 40


def test_one_step_is_an_animation_too() -> None:
    for kind in ("gif", "webp"):
        file = io.BytesIO()
        write_animation(file, kind, colours(1), 1, 2.0)  # type: ignore[arg-type]
        assert Image.open(file).size == (64, 48)


def test_a_gif_is_no_larger_than_its_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(animation, "GIF_PIXELS", 5 * 32 * 24)
    file = io.BytesIO()
    write_animation(file, "gif", colours(5), 5, 1.0)
    assert Image.open(file).size == (32, 24)


def frames_of(file: io.BytesIO) -> tuple[str, list[np.ndarray]]:
    file.seek(0)
    with av.open(file) as container:
        stream = container.streams.video[0]
        assert stream.pix_fmt == "yuv420p"
        assert stream.average_rate == film.RATE
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        return stream.codec_context.name, frames


@pytest.mark.parametrize("count", [1, 4, 200])
def test_a_film_shows_the_steps_evenly_and_holds_the_last(count: int) -> None:
    file = io.BytesIO()
    write_film(file, colours(count), count, 2.0)
    codec, frames = frames_of(file)
    assert codec == "h264"
    assert len(frames) == 3 * film.RATE
    wanted = list(colours(count))
    for time in (0, 20, 40, 59, 89):
        index = min(count - 1, int(time * count / 60))
        assert np.abs(frames[time].astype(int) - wanted[index]).max() <= 14, time


def test_a_film_of_an_odd_size_loses_a_row() -> None:
    file = io.BytesIO()
    write_film(file, colours(3, 65, 49), 3, 0.5)
    _, frames = frames_of(file)
    assert frames[0].shape == (48, 64, 3)


def test_a_film_without_h264_is_mpeg4(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(av, "codecs_available", {"mpeg4"})
    file = io.BytesIO()
    write_film(file, colours(3), 3, 0.5)
    codec, frames = frames_of(file)
    assert codec == "mpeg4"
    assert len(frames) == 45


class Full(io.BytesIO):
    """A disk that is full after some bytes."""

    def write(self, data) -> int:  # type: ignore[no-untyped-def, override]
        if self.tell() + len(data) > 2000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(data)


@pytest.mark.parametrize("kind", ["gif", "webp", "film"])
def test_a_full_disk_is_an_os_error(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (6, 64, 64, 3)).astype(np.uint8)
    file = Full()
    with pytest.raises(OSError, match="space") as raised:
        _ = (
            write_film(file, iter(noise), 6, 1.0)
            if kind == "film"
            else write_animation(file, kind, iter(noise), 6, 1.0)  # type: ignore[arg-type]
        )
    assert raised.value.errno == errno.ENOSPC


def test_a_step_that_cannot_be_decoded_leaves_no_film(tmp_path: Path) -> None:
    def pictures() -> Iterator[np.ndarray]:
        yield flat((1, 2, 3))
        raise OSError(errno.EIO, "the store is gone")

    with pytest.raises(FileError):
        write_atomic(tmp_path / "a.mp4", lambda file: write_film(file, pictures(), 3, 1.0))
    assert list(tmp_path.iterdir()) == []


def test_the_strip_shows_every_step_and_its_number() -> None:
    drawn = draw_strip(colours(5), 5)
    grid = grid_for(5, 64, 48)
    assert drawn.shape[:2] == grid.size[::-1]
    assert (grid.columns, grid.rows) == (5, 1)
    for index, wanted in enumerate(colours(5)):
        left, top = grid.place(index)
        assert np.array_equal(drawn[top : top + 48, left : left + 64], wanted)
        number = drawn[top + 48 : top + 48 + grid.line, left : left + 64]
        assert (number.min(axis=2) < 200).any()
    assert (drawn[:, :GAP] == strip.PAPER).all()


@given(st.integers(1, 2016), st.integers(8, 4096), st.integers(8, 4096))
def test_a_strip_is_never_too_large_to_open(count: int, width: int, height: int) -> None:
    grid = grid_for(count, width, height)
    across, down = grid.size
    assert across <= strip.MAX_SIDE
    assert down <= strip.MAX_SIDE
    assert across * down <= strip.MAX_PIXELS
    assert grid.columns * grid.rows >= count
    assert grid.columns * (grid.rows - 1) < count


def test_fifty_steps_stand_in_one_row() -> None:
    grid = grid_for(50, 512, 512)
    assert (grid.columns, grid.width, grid.height) == (50, 256, 256)
