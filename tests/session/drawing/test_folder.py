"""The folder of drawings: what is seen of them without opening them."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from sdstudio.engine.problems import PictureError
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.folder import DeskEntry, DrawingFolder
from sdstudio.session.drawing.frames import Frames
from sdstudio.session.drawing.frames_file import frames_to_bytes


def film(*shades: int, size: tuple[int, int] = (40, 20)) -> Frames:
    return Frames([Drawing(*size, (shade, 0, 0)) for shade in shades])


def test_a_glance_shows_the_current_frame_small(tmp_path: Path) -> None:
    folder = DrawingFolder(tmp_path)
    frames = film(10, 20, 30)
    frames.select(1)
    folder.file("a").write_bytes(frames_to_bytes(frames))
    (entry,) = folder.entries
    glance = folder.look(entry, 8)
    assert (glance.size, glance.frames, glance.picture.shape) == ((40, 20), 3, (4, 8, 3))
    assert (glance.picture == np.array([20, 0, 0])).all()
    assert entry.nbytes == folder.file("a").stat().st_size


def test_only_the_current_frame_is_decoded(tmp_path: Path) -> None:
    folder = DrawingFolder(tmp_path)
    frames = film(10, 20)
    data = frames_to_bytes(frames)
    # The other frame's bytes are spoiled: what is looked at is whole.
    at = data.index(b"0001.drawing") + 40
    spoiled = data[:at] + b"??" + data[at + 2 :]
    folder.file("a").write_bytes(spoiled)
    assert folder.look(folder.entries[0], 8).frames == 2
    assert folder.read("a") is None
    assert folder.set_aside == ["a"]


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04 half"])
def test_looking_at_what_cannot_be_read_changes_nothing(tmp_path: Path, data: bytes) -> None:
    folder = DrawingFolder(tmp_path)
    folder.file("a").write_bytes(data)
    with pytest.raises(PictureError) as caught:
        folder.look(folder.entries[0], 8)
    assert caught.value.problems[0].code == "drawing_unreadable"
    assert folder.file("a").read_bytes() == data
    assert folder.set_aside == []


def test_one_that_is_gone_meanwhile_is_told_as_well(tmp_path: Path) -> None:
    with pytest.raises(PictureError):
        DrawingFolder(tmp_path).look(DeskEntry("gone", 0.0, 0), 8)


def test_one_put_first_is_first_even_where_the_clock_stands_still(tmp_path: Path) -> None:
    folder = DrawingFolder(tmp_path)
    date = time.time() + 60
    for name in ("a", "b", "c"):
        folder.file(name).write_bytes(b"")
        os.utime(folder.file(name), (date, date))
    for name in ("c", "b", "c", "a", "b"):
        folder.put_first(name)
        assert folder.entries[0].name == name
