"""Exported frames, opened again: what is seen and for how long."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence

from sdstudio.session.files.atomic import FileError
from sdstudio.session.files.export_frames import export_frames, film_rate
from sdstudio.session.jobs import ExportFrames


def scene(left: int, width: int = 64, height: int = 48) -> np.ndarray:
    """A disc on a sky that darkens downwards: many colours, soft edges."""
    y, x = np.mgrid[:height, :width]
    sky = np.stack([90 + y, 120 + y // 2 + x // 4, 230 - y], -1).astype(float)
    inside = np.clip(12.5 - np.hypot(x - left, y - height / 2), 0, 1)[..., None]
    return np.rint(sky * (1 - inside) + np.array([220, 60, 40]) * inside).astype(np.uint8)


FRAMES = tuple(scene(left) for left in (16, 24, 32, 40, 48))


def error(one: np.ndarray, other: np.ndarray) -> float:
    """Mean absolute difference, of 255."""
    return float(np.abs(one.astype(int) - other).mean())


def opened(path: Path) -> tuple[list[np.ndarray], list[int], int]:
    """Frames, their milliseconds and how often it plays, 0 for over and over."""
    with Image.open(path) as image:
        frames, lengths = [], []
        for frame in ImageSequence.Iterator(image):
            frames.append(np.asarray(frame.convert("RGB")))
            lengths.append(int(frame.info["duration"]))
        return frames, lengths, image.info["loop"]


def test_a_webp_has_every_pixel(tmp_path: Path) -> None:
    said: list[float] = []
    export_frames(ExportFrames(FRAMES, tmp_path / "a.webp", "webp", 12), said.append)
    frames, lengths, loop = opened(tmp_path / "a.webp")
    assert len(frames) == 5
    assert all(map(np.array_equal, frames, FRAMES))
    assert lengths == [83, 84, 83, 83, 84]
    assert loop == 0
    assert said == [0.2, 0.4, 0.6, 0.8, 1.0]


def test_a_gif_differs_by_its_palette_alone(tmp_path: Path) -> None:
    export_frames(ExportFrames(FRAMES, tmp_path / "a.gif", "gif", 8), lambda share: None)
    frames, lengths, loop = opened(tmp_path / "a.gif")
    assert len(frames) == 5
    for frame, wanted in zip(frames, FRAMES, strict=True):
        assert error(frame, wanted) < 3
        assert min(error(frame, other) for other in FRAMES) == error(frame, wanted)
    assert sum(lengths) == 620
    assert set(lengths) <= {120, 130}
    assert loop == 0


@pytest.mark.parametrize(("per_second", "rate"), [(1, 24), (8, 24), (10, 30), (12, 24), (25, 25)])
def test_a_film_shows_every_frame_equally_long(tmp_path: Path, per_second: int, rate: int) -> None:
    export_frames(ExportFrames(FRAMES, tmp_path / "a.mp4", "mp4", per_second), lambda share: None)
    with av.open(tmp_path / "a.mp4") as film:
        stream = film.streams.video[0]
        assert stream.average_rate == film_rate(per_second) == rate
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(stream)]
    times = rate // per_second
    assert len(frames) == 5 * times
    for number, frame in enumerate(frames):
        # The codec halves the resolution of colour, which tells at the disc's edge.
        assert error(frame, FRAMES[number // times]) < 5, number


def test_frames_that_stand_still_last_as_long_as_they_should(tmp_path: Path) -> None:
    still = (FRAMES[0], FRAMES[0], FRAMES[1])
    for kind in ("gif", "webp"):
        path = tmp_path / f"a.{kind}"
        export_frames(ExportFrames(still, path, kind, 10), lambda share: None)  # type: ignore[arg-type]
        _, lengths, _ = opened(path)
        assert sum(lengths) == 300, kind
        assert lengths[-1] == 100


def test_one_frame_is_an_animation_too(tmp_path: Path) -> None:
    for kind in ("gif", "webp", "mp4"):
        path = tmp_path / f"a.{kind}"
        export_frames(ExportFrames(FRAMES[:1], path, kind, 10), lambda share: None)  # type: ignore[arg-type]
        assert path.stat().st_size > 100


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileError) as raised:
        export_frames(
            ExportFrames(FRAMES, tmp_path / "none" / "a.gif", "gif", 10), lambda share: None
        )
    assert [problem.code for problem in raised.value.problems] == ["folder_missing"]
    assert list(tmp_path.iterdir()) == []
