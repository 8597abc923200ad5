"""Pictures as values: all kinds of files open upright and in 8 bits, or say why not."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sdstudio.engine.picture import Picture
from sdstudio.engine.pixels import as_input, fitted
from sdstudio.engine.problems import PictureError

NOISE = Image.effect_noise((32, 32), 80)
RED = Image.new("RGB", (6, 4), (255, 0, 0))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def test_equal_pixels_are_equal_pictures() -> None:
    assert Picture.of(RED) == Picture.of(np.asarray(RED))
    assert hash(Picture.of(RED)) == hash(Picture.of(saved(RED, "PNG")))
    assert Picture.from_base64(Picture.of(RED).to_base64()) == Picture.of(RED)
    assert Picture.of(RED).size == (6, 4)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "F"])
def test_every_mode_becomes_8_bit(mode: str) -> None:
    # Pillow has no way from RGB to LAB without a colour profile.
    image = Image.new(mode, RED.size) if mode == "LAB" else RED.convert(mode)
    assert Picture.of(image).image.mode in ("RGB", "RGBA", "L")


def test_sixteen_bits_keep_their_shades() -> None:
    deep = Image.fromarray(np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16))
    shades = np.asarray(Picture.of(saved(deep, "PNG")).image)[..., 0]
    assert (shades.min(), shades.max()) == (0, 255)
    assert len(np.unique(shades)) == 256


def test_photographs_stand_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert Picture.of(saved(RED, "JPEG", exif=exif)).size == (4, 6)


def test_of_an_animation_the_first_frame() -> None:
    frames = [Image.new("RGB", (4, 4), color) for color in ("red", "blue")]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert Picture.of(data).image.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", saved(NOISE, "PNG")[:900], saved(NOISE, "JPEG")[:500], b"\x89PNG\r\n\x1a\n"],
)
def test_what_is_no_picture(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(data)
    for source in (data, file):
        with pytest.raises(PictureError) as caught:
            Picture.of(source)
        assert caught.value.problems[0].code == "picture_unreadable"


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="picture_missing"):
        Picture.of(tmp_path / "none.png")


@pytest.mark.parametrize("side", [9_600, 30_000])
def test_a_picture_too_large_is_refused_before_it_is_decoded(side: int) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    with pytest.raises(PictureError) as caught:
        Picture.of(bomb)
    assert caught.value.problems[0].code == "picture_too_large"


def test_transparent_parts_become_white() -> None:
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    assert fitted(clear, 8, 8).getpixel((0, 0)) == (255, 255, 255)
    tensor = as_input(Picture.of(clear), 8, 8)
    assert tensor.shape == (1, 3, 8, 8)
    assert tensor.min() == tensor.max() == 1.0


def test_another_shape_is_covered_and_cropped_about_the_middle() -> None:
    wide = Image.new("RGB", (40, 10), "black")
    wide.paste("white", (15, 0, 25, 10))
    cropped = np.asarray(fitted(wide, 8, 8))
    assert cropped.shape == (8, 8, 3)
    assert cropped.mean() > 250
