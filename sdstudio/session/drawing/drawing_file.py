"""A drawing as bytes, and back, without trusting a byte of it.

A ZIP archive, as OpenRaster is one: ``drawing.json`` says what it is, and each layer is a PNG
of its own, so that other programs can take it apart.
"""

from __future__ import annotations

import io
import zlib
from typing import Any

import numpy as np
from PIL import Image

from sdstudio.session.drawing.archive import (
    MAX_BYTES,
    MAX_HEADER,
    UNREADABLE,
    read_entry,
    stored_archive,
    unreadable,
    written,
)
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.layers import COLOURED, LAYERS, Sheet
from sdstudio.session.files.strict_json import parse_json

FORMAT = 1
_HEADER = "drawing.json"


def to_bytes(drawing: Drawing) -> bytes:
    """All of a drawing but its undo steps; equal drawings give equal bytes."""
    return sheet_bytes(drawing.snapshot())


def sheet_bytes(sheet: Sheet) -> bytes:
    """The same of a snapshot, on any thread."""
    header = {
        "format": FORMAT,
        "width": sheet.width,
        "height": sheet.height,
        "paper": list(sheet.paper),
        "visible": sheet.visible,
        "opacity": sheet.opacity,
    }
    painted = [layer for layer in LAYERS if sheet.pixels[layer].any()]
    return written(_HEADER, header, ((_entry(it), _png(sheet.pixels[it])) for it in painted))


def from_bytes(data: bytes) -> Drawing:
    """Read what :func:`to_bytes` wrote.

    Raises:
        PictureError: ``drawing_unreadable``, with a ``reason``.
    """
    try:
        return Drawing.of_sheet(_read(data))
    except UNREADABLE as error:
        raise unreadable(error) from error


def _read(data: bytes) -> Sheet:
    with stored_archive(data) as archive:
        if not set(archive.namelist()) <= {_HEADER, *map(_entry, LAYERS)}:
            raise ValueError("it holds what no drawing holds")
        header = read_entry(archive, _HEADER, MAX_HEADER)
        sheet = _sheet(parse_json(header.decode("utf-8")))
        for layer in LAYERS:
            if _entry(layer) in archive.namelist():
                data = read_entry(archive, _entry(layer), MAX_BYTES)
                sheet.pixels[layer][...] = _pixels(data, layer, sheet)
    return sheet


def _entry(layer: str) -> str:
    return f"{layer}.png"


def _sheet(plain: dict[str, Any]) -> Sheet:
    if set(plain) != {"format", "width", "height", "paper", "visible", "opacity"}:
        raise ValueError("its description names other things")
    if plain["format"] != FORMAT:
        raise ValueError(f"format {plain['format']!r}")
    paper = plain["paper"]
    numbers = (plain["width"], plain["height"], *paper)
    if any(type(number) is not int for number in numbers) or len(paper) != 3:
        raise ValueError("its size or paper is not in whole numbers")
    if not all(0 <= value <= 255 for value in paper):
        raise ValueError("its paper has no colour")
    sheet = Sheet(plain["width"], plain["height"], (paper[0], paper[1], paper[2]))
    for layer in LAYERS:
        visible, opacity = plain["visible"][layer], plain["opacity"][layer]
        if type(visible) is not bool or type(opacity) not in (int, float):
            raise ValueError("a layer is not described")
        if not 0 <= opacity <= 1:
            raise ValueError(f"an opacity of {opacity}")
        sheet.visible[layer], sheet.opacity[layer] = visible, float(opacity)
    if len(plain["visible"]) != len(LAYERS) or len(plain["opacity"]) != len(LAYERS):
        raise ValueError("it has other layers")
    return sheet


def _png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    # Of zlib's ways the one that is done soonest, and the smallest too behind PNG's filters.
    Image.fromarray(pixels).save(file, format="PNG", compress_type=zlib.Z_RLE)
    return file.getvalue()


def _pixels(data: bytes, layer: str, sheet: Sheet) -> np.ndarray:
    with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
        # Looked at before it is decoded: a small file may claim to be huge.
        if image.size != (sheet.width, sheet.height):
            raise ValueError("a layer has another size")
        if image.mode != ("RGBA" if layer in COLOURED else "L"):
            raise ValueError("a layer is of another kind")
        return np.asarray(image)
