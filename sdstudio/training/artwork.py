"""Emoji artwork on disk -> square RGBA drawings in memory.

The artwork folder is laid out like the upstream checkouts (see the model card for their
addresses and licences); an artist whose folder is missing is simply not drawn.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import resvg_py
from PIL import Image
from tqdm import tqdm

DRAWING_SIZE = 160
"""Side of a cached drawing in pixels: a little above the model's 128, so scenes only shrink."""

_ARTISTS = {
    "noto": ("noto-emoji/png/512", "*.png", r"emoji_u([0-9a-f_]+)\.png"),
    "blob": ("blobmoji/svg", "*.svg", r"emoji_u([0-9a-f_]+)\.svg"),
    "two": ("emojitwo/png/512", "*.png", r"([0-9a-f-]+)\.png"),
    "fx": ("fxemoji/svgs", "*/*.svg", r"u((?:[0-9A-Fa-f]{4,6}-?)+)-.*\.svg"),
}
"""Artist -> folder, pattern of its files, and where a file's name holds the code points."""


@dataclass(frozen=True)
class Drawing:
    """One artist's drawing of one emoji."""

    artist: str
    codepoints: str
    """Hexadecimal, joined by hyphens: `1f438`, `1f9d1-200d-1f680`."""
    path: Path


def find_drawings(data: Path) -> list[Drawing]:
    """All drawings under `data`, in a fixed order."""
    return sorted(_drawings(data), key=lambda d: (d.codepoints, d.artist))


def _drawings(data: Path) -> Iterator[Drawing]:
    for artist, (folder, pattern, name) in _ARTISTS.items():
        for path in (data / folder).glob(pattern):
            if match := re.fullmatch(name, path.name):
                codepoints = match[1].lower().replace("_", "-").strip("-")
                yield Drawing(artist, codepoints, path)


def render(path: Path, size: int = DRAWING_SIZE) -> np.ndarray:
    """The drawing cut to what is not transparent and centred: (size, size, 4) uint8."""
    if path.suffix == ".svg":
        # Twice the size and then shrunk: the margin to be cut away costs no sharpness.
        svg = path.read_text(encoding="utf-8")
        png = resvg_py.svg_to_bytes(svg_string=svg, width=2 * size, height=2 * size)
        image = Image.open(io.BytesIO(bytes(png))).convert("RGBA")
    else:
        image = Image.open(path).convert("RGBA")
    box = image.getchannel("A").point(lambda a: 255 if a > 8 else 0).getbbox()
    if box is None:
        raise ValueError(f"{path.name} draws nothing")
    image = image.crop(box)
    scale = size / max(image.size)
    shape = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    image = image.resize(shape, Image.Resampling.LANCZOS)
    square = Image.new("RGBA", (size, size))
    square.paste(image, ((size - shape[0]) // 2, (size - shape[1]) // 2))
    return np.asarray(square)


def load_drawings(data: Path, cache: Path) -> tuple[list[Drawing], np.ndarray]:
    """Every drawing that can be rendered, and its pixels (N, DRAWING_SIZE, DRAWING_SIZE, 4).

    The pixels are kept in `cache` (a .npy file, opened as a memory map) with the names beside.
    """
    names = cache.with_suffix(".txt")
    if not cache.exists():
        kept, pixels = [], []
        for drawing in tqdm(find_drawings(data), desc="rendering the artwork"):
            try:
                pixels.append(render(drawing.path))
            except ValueError as problem:
                tqdm.write(f"left out: {problem}")
                continue
            kept.append(f"{drawing.artist}\t{drawing.codepoints}\t{drawing.path.relative_to(data)}")
        if not kept:
            raise FileNotFoundError(f"no artwork under {data}")
        cache.parent.mkdir(parents=True, exist_ok=True)
        names.write_text("\n".join(kept), encoding="utf-8")
        np.save(cache, np.stack(pixels))
    rows = (line.split("\t") for line in names.read_text(encoding="utf-8").splitlines())
    return [Drawing(a, c, data / p) for a, c, p in rows], np.load(cache, mmap_mode="r")
