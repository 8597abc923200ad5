"""Files as cameras, scanners and telephones write them, seen as a person would see them."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from sdstudio.engine.picture import Picture
from sdstudio.engine.pixels import as_input, fitted
from sdstudio.engine.problems import PictureError

CORNERS = Image.new("RGB", (40, 24), "white")
CORNERS.paste((200, 0, 0), (0, 0, 20, 12))
CORNERS.paste((0, 0, 200), (20, 12, 40, 24))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def pixels(source: object) -> np.ndarray:
    return np.asarray(Picture.of(source).image)  # type: ignore[arg-type]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_however_the_camera_was_held_the_picture_is_upright(orientation: int, kind: str) -> None:
    # How each orientation is stored, by the TIFF standard's definition of the tag.
    stored = {
        1: CORNERS,
        2: ImageOps.mirror(CORNERS),
        3: CORNERS.rotate(180),
        4: ImageOps.flip(CORNERS),
        5: CORNERS.transpose(Image.Transpose.TRANSPOSE),
        6: CORNERS.transpose(Image.Transpose.ROTATE_90),
        7: CORNERS.transpose(Image.Transpose.TRANSVERSE),
        8: CORNERS.transpose(Image.Transpose.ROTATE_270),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"quality": 95} if kind in ("JPEG", "WEBP") else {}
    seen = pixels(saved(stored, kind, exif=exif, **options)).astype(int)
    assert seen.shape == (24, 40, 3)
    assert np.abs(seen[6, 10] - (200, 0, 0)).max() < 8
    assert np.abs(seen[18, 30] - (0, 0, 200)).max() < 8
    assert np.abs(seen[18, 10] - 255).max() < 8


def test_sixteen_bits_are_scaled_by_their_range() -> None:
    deep = np.array([[0, 128, 32_768, 65_535]], np.uint16)
    for kind in ("PNG", "TIFF"):
        assert pixels(saved(Image.fromarray(deep), kind))[0, :, 0].tolist() == [0, 0, 128, 255]


def test_a_dark_picture_of_sixteen_bits_stays_dark() -> None:
    deep = np.full((2, 2), 6554, np.uint16)
    assert pixels(saved(Image.fromarray(deep), "PNG")).max() == 26


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),
        ([0.0, 51.0, 255.0], [0, 51, 255]),
        ([0.0, 25_700.0, 65_535.0], [0, 100, 255]),
        ([-5.0, float("nan"), 2e6], [0, 0, 255]),
        ([0.0, 0.0, 0.0], [0, 0, 0]),
    ],
)
def test_floats_are_scaled_by_what_they_seem_to_hold(
    values: list[float], expected: list[int]
) -> None:
    deep = saved(Image.fromarray(np.array([values], np.float32)), "TIFF")
    assert pixels(deep)[0, :, 0].tolist() == expected


def test_cmyk_has_the_colours_it_is_printed_in() -> None:
    for kind in ("JPEG", "TIFF"):
        options = {"quality": 95, "subsampling": 0} if kind == "JPEG" else {}
        seen = pixels(saved(CORNERS.convert("CMYK"), kind, **options)).astype(int)
        assert np.abs(seen[6, 10] - (200, 0, 0)).max() < 8
        assert np.abs(seen[18, 10] - 255).max() < 8


def test_every_kind_of_transparency_becomes_alpha() -> None:
    clear = Image.new("RGBA", (8, 8), (0, 90, 0, 255))
    clear.paste((0, 0, 0, 0), (0, 0, 4, 8))
    keyed = Image.new("RGB", (8, 8), (0, 90, 0))
    keyed.paste((255, 0, 255), (0, 0, 4, 8))
    grey = Image.new("L", (8, 8), 90)
    grey.paste(7, (0, 0, 4, 8))
    files = (
        saved(clear, "PNG"),
        saved(clear, "WEBP", lossless=True),
        saved(clear, "GIF"),
        saved(clear.convert("LA"), "PNG"),
        saved(keyed, "PNG", transparency=(255, 0, 255)),
        saved(grey, "PNG", transparency=7),
    )
    for data in files:
        seen = pixels(data)
        assert seen.shape == (8, 8, 4)
        assert (seen[:, :4, 3] == 0).all()
        assert (seen[:, 4:, 3] == 255).all()
        assert np.asarray(fitted(Picture.of(data).image, 8, 8))[0, 0].tolist() == [255] * 3


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_whatever_moves_or_has_pages_the_first_is_taken(kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "lime")]
    options = {"lossless": True} if kind == "WEBP" else {}
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    seen = Picture.of(data).image.convert("RGB")
    assert seen.size == (8, 8)
    assert seen.getpixel((4, 4)) == (255, 0, 0)


def profile(red: int, green: int, blue: int) -> bytes:
    """An ICC profile (version 2) that is sRGB with its colorants in another order."""

    def fixed(*values: float) -> bytes:
        return struct.pack(f">{len(values)}i", *(round(65_536 * value) for value in values))

    colorants = [
        (0.4360, 0.2225, 0.0139),
        (0.3851, 0.7169, 0.0971),
        (0.1431, 0.0606, 0.7139),
    ]
    gamma = b"curv" + bytes(4) + struct.pack(">IH", 1, round(2.2 * 256)) + bytes(2)
    white = b"XYZ " + bytes(4) + fixed(0.9642, 1.0, 0.8249)
    tags = {b"wtpt": white, b"rTRC": gamma, b"gTRC": gamma, b"bTRC": gamma}
    for name, which in zip((b"rXYZ", b"gXYZ", b"bXYZ"), (red, green, blue), strict=True):
        tags[name] = b"XYZ " + bytes(4) + fixed(*colorants[which])
    text = b"other\0"
    tags[b"desc"] = b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78)
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += struct.pack(">4sII", name, start + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    head = struct.pack(">I4sI4s", start + len(data), bytes(4), 0x02100000, b"mntr")
    head += b"RGB XYZ " + bytes(12) + b"acsp" + bytes(28) + fixed(0.9642, 1.0, 0.8249)
    return head.ljust(128, b"\0") + table + data


def test_a_colour_profile_is_applied_and_not_kept() -> None:
    data = saved(CORNERS, "PNG", icc_profile=profile(1, 2, 0))
    seen = pixels(data).astype(int)
    assert np.abs(seen[6, 10] - (0, 200, 0)).max() < 8
    assert np.abs(seen[18, 30] - (200, 0, 0)).max() < 8
    assert "icc_profile" not in Picture.of(data).image.info
    transparent = CORNERS.convert("RGBA")
    transparent.putalpha(100)
    seen = pixels(saved(transparent, "PNG", icc_profile=profile(1, 2, 0))).astype(int)
    assert np.abs(seen[6, 10] - (0, 200, 0, 100)).max() < 8


@pytest.mark.parametrize("icc", [b"nonsense", profile(0, 1, 2)[:200], profile(0, 1, 2)[:-20]])
def test_a_broken_profile_costs_nothing_but_itself(icc: bytes) -> None:
    seen = pixels(saved(CORNERS, "PNG", icc_profile=icc)).astype(int)
    assert np.abs(seen[6, 10] - (200, 0, 0)).max() < 8


def test_what_stands_beside_the_pixels_makes_no_other_picture() -> None:
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    plain = Picture.of(CORNERS)
    assert Picture.of(saved(CORNERS, "PNG", exif=exif, dpi=(300, 300))) == plain
    assert Picture.of(saved(CORNERS, "TIFF", dpi=(300, 300))) == plain


def test_the_picture_that_was_given_is_left_as_it_is() -> None:
    image = Image.open(io.BytesIO(saved(CORNERS, "PNG", dpi=(300, 300))))
    Picture.of(image)
    assert "dpi" in image.info


@pytest.mark.parametrize("size", [(1, 1), (1, 2000), (2000, 1)])
def test_pictures_a_pixel_wide_can_be_started_from(size: tuple[int, int]) -> None:
    thin = Picture.of(Image.new("RGB", size, (10, 200, 30)))
    assert thin.size == size
    seen = np.asarray(fitted(thin.image, 64, 48))
    assert seen.shape == (48, 64, 3)
    assert (seen == (10, 200, 30)).all()
    assert as_input(thin, 64, 48).shape == (1, 3, 48, 64)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(50), "HEIC"),
        (b"%PDF-1.7\n" + bytes(50), "PDF"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    ],
)
def test_kinds_that_cannot_be_opened_are_named(data: bytes, kind: str, tmp_path: Path) -> None:
    file = tmp_path / "IMG_0001.x"
    file.write_bytes(data)
    for source in (data, file, str(file)):
        with pytest.raises(PictureError) as caught:
            Picture.of(source)
        problem = caught.value.problems[0]
        assert (problem.code, problem.by_name["kind"]) == ("picture_kind", kind)
