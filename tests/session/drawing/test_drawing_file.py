"""Drawings and frames as bytes: equal when read again, refused in words when damaged."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sdstudio.engine.problems import PictureError
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.drawing_file import from_bytes, to_bytes
from sdstudio.session.drawing.frames import Frames
from sdstudio.session.drawing.frames_file import frames_from_bytes, frames_to_bytes
from sdstudio.session.drawing.layers import LAYERS
from sdstudio.session.drawing.tools import Tool
from tests.session.drawing.hand import drawn, noise


def full(width: int = 37, height: int = 21) -> Drawing:
    drawing = Drawing(width, height, (200, 10, 99))
    drawing.write("background", 0, 0, noise(height, width))
    drawn(drawing, Tool(), (5, 5), (30, 18))
    drawing.write("mask", 3, 3, noise(9, 9, 1))
    drawing.set_visible("mask", False)
    drawing.set_opacity("paint", 0.625)
    return drawing


def animation() -> Frames:
    frames = Frames([full(), full(), Drawing(37, 21)])
    frames.select(1)
    return frames


DRAWING, ANIMATION = to_bytes(full()), frames_to_bytes(animation())


def test_all_comes_back_but_the_undo_steps() -> None:
    drawing, again = full(), from_bytes(DRAWING)
    for layer in LAYERS:
        assert np.array_equal(again.pixels(layer), drawing.pixels(layer))
        assert again.visible[layer] == drawing.visible[layer]
        assert again.opacity[layer] == drawing.opacity[layer]
    assert again.paper == drawing.paper
    assert not again.can_undo
    assert to_bytes(again) == DRAWING
    again.clear("paint")
    assert to_bytes(again) != DRAWING


def test_colours_below_transparent_pixels_are_kept() -> None:
    pixels = noise(8, 8)
    pixels[..., 3] = 0
    pixels[0, 0, 3] = 1
    drawing = Drawing(8, 8)
    drawing.write("paint", 0, 0, pixels)
    assert np.array_equal(from_bytes(to_bytes(drawing)).pixels("paint"), pixels)


def test_an_empty_drawing_is_small_and_other_programs_open_the_layers() -> None:
    assert len(to_bytes(Drawing(4000, 4000))) < 1000
    with zipfile.ZipFile(io.BytesIO(DRAWING)) as archive:
        assert archive.testzip() is None
        image = Image.open(archive.open("background.png"))
        assert np.array_equal(np.asarray(image), noise(21, 37))


def test_frames_come_back_in_order() -> None:
    again = frames_from_bytes(ANIMATION)
    assert (len(again), again.index) == (3, 1)
    assert [to_bytes(frame) for frame in again] == [to_bytes(frame) for frame in animation()]


def archive(*entries: tuple[str, bytes], compress: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compress) as made:
        for name, data in entries:
            made.writestr(name, data)
    return file.getvalue()


def header(**changes: object) -> bytes:
    plain: dict[str, object] = {
        "format": 1,
        "width": 4,
        "height": 4,
        "paper": [1, 2, 3],
        "visible": dict.fromkeys(LAYERS, True),
        "opacity": dict.fromkeys(LAYERS, 1.0),
    }
    plain |= changes
    return json.dumps({k: v for k, v in plain.items() if v is not None}).encode()


def png(mode: str, width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new(mode, (width, height)).save(file, "PNG")
    return file.getvalue()


def gif() -> bytes:
    file = io.BytesIO()
    Image.new("P", (4, 4)).save(file, "GIF")
    return file.getvalue()


def test_the_header_of_these_tests_is_a_good_one() -> None:
    assert from_bytes(archive(("drawing.json", header()))).width == 4


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x05\x06",
        DRAWING[:-30],
        DRAWING[50:],
        archive(),
        archive(("drawing.json", header()), compress=zipfile.ZIP_DEFLATED),
        archive(("drawing.json", header()), ("../evil.png", b"")),
        archive(("drawing.json", header(format=2))),
        archive(("drawing.json", header(width=0))),
        archive(("drawing.json", header(width=10**9))),
        archive(("drawing.json", header(width=16_000, height=16_000))),
        archive(("drawing.json", header(width=True))),
        archive(("drawing.json", header(width="4"))),
        archive(("drawing.json", header(paper=[1, 2]))),
        archive(("drawing.json", header(paper=[1, 2, 300]))),
        archive(("drawing.json", header(paper=None))),
        archive(("drawing.json", header(more=1))),
        archive(("drawing.json", header(opacity={**dict.fromkeys(LAYERS, 1.0), "mask": 2}))),
        archive(("drawing.json", header(opacity={**dict.fromkeys(LAYERS, 1.0), "sky": 1}))),
        archive(("drawing.json", header(visible=dict.fromkeys(LAYERS, 1)))),
        archive(("drawing.json", header(visible=[]))),
        archive(("drawing.json", b"[" * 50_000)),
        archive(("drawing.json", header() + b" " * 100_000)),
        archive(("drawing.json", b"\xff\xfe")),
        archive(("drawing.json", header()), ("paint.png", b"")),
        archive(("drawing.json", header()), ("paint.png", png("RGBA", 5, 4))),
        archive(("drawing.json", header()), ("paint.png", png("RGBA", 9000, 9000))),
        archive(("drawing.json", header()), ("paint.png", png("RGB", 4, 4))),
        archive(("drawing.json", header()), ("mask.png", png("RGBA", 4, 4))),
        archive(("drawing.json", header()), ("mask.png", gif())),
        archive(("drawing.json", header()), ("paint.png", png("RGBA", 4, 4)[:-30])),
    ],
    ids=range(31),
)
def test_what_is_no_drawing_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(PictureError) as caught:
        from_bytes(data)
    problem = caught.value.problems[0]
    assert problem.code == "drawing_unreadable"
    assert problem.by_name["reason"]


@pytest.mark.parametrize(
    "plain",
    [
        {"format": 1, "count": 2, "index": 0},
        {"format": 1, "count": 0, "index": 0},
        {"format": 1, "count": 1, "index": 1},
        {"format": 1, "count": 10**9, "index": 0},
        {"format": 1, "count": 1, "index": True},
        {"format": 9, "count": 1, "index": 0},
        {"count": 1},
    ],
)
def test_what_are_no_frames_is_refused(plain: dict[str, object]) -> None:
    described = json.dumps(plain).encode()
    with pytest.raises(PictureError):
        frames_from_bytes(archive(("frames.json", described), ("0000.drawing", DRAWING)))


def test_frames_that_would_not_fit_into_memory_are_refused() -> None:
    described = json.dumps({"format": 1, "count": 5, "index": 0}).encode()
    large = to_bytes(Drawing(8000, 8000))
    entries = ((f"{number:04}.drawing", large) for number in range(5))
    with pytest.raises(PictureError, match="memory"):
        frames_from_bytes(archive(("frames.json", described), *entries))


@pytest.mark.parametrize(
    ("whole", "read"), [(DRAWING, from_bytes), (ANIMATION, frames_from_bytes)], ids=["one", "many"]
)
@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_damaged_bytes_are_read_or_refused_and_nothing_else(
    whole: bytes, read: Callable[[bytes], object], data: st.DataObject
) -> None:
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del damaged[data.draw(st.integers(0, len(damaged))) :]
    try:
        read(bytes(damaged))
    except PictureError as error:
        assert error.problems[0].code == "drawing_unreadable"


@settings(deadline=None, max_examples=80)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(PictureError):
        from_bytes(data)
    with pytest.raises(PictureError):
        frames_from_bytes(b"PK\x03\x04" + data)
