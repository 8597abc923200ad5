"""Styles: filters over a whole composed picture, and the ways to ask for them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageChops, ImageFilter, ImageOps


def _pencil(picture: Image.Image) -> Image.Image:
    grey = ImageOps.grayscale(picture)
    soft = ImageOps.invert(grey).filter(ImageFilter.GaussianBlur(3))
    bright = np.asarray(soft, np.float32)
    lines = np.asarray(grey, np.float32) / np.maximum(1.0, 255.0 - bright) * 255.0
    drawn = Image.fromarray(np.clip(lines * 0.96, 0, 250).astype(np.uint8))
    return Image.merge("RGB", (drawn, drawn, drawn))


def _wood(picture: Image.Image) -> Image.Image:
    relief = ImageOps.grayscale(picture).filter(ImageFilter.EMBOSS)
    depth = np.asarray(relief, np.float32) / 128.0
    shade = 0.6 + 0.4 * np.asarray(ImageOps.grayscale(picture), np.float32) / 255.0
    rows = np.arange(picture.height)[:, None] / 6.0
    grain = 1.0 + 0.05 * np.sin(rows + 2.0 * np.sin(np.arange(picture.width) / 21.0))
    carved = np.array([176.0, 122.0, 74.0]) * (depth * shade * grain)[..., None]
    return Image.fromarray(np.clip(carved, 0, 255).astype(np.uint8))


def _oil(picture: Image.Image) -> Image.Image:
    """Strokes that follow a slow swirl, thick enough to throw light and shade, on a warm canvas."""
    wide, high = np.meshgrid(np.arange(picture.width), np.arange(picture.height))
    angle = 0.6 * np.sin(wide / 41.0) + 0.6 * np.sin(high / 37.0)
    along = np.sin(0.4 * (np.cos(angle) * high + np.sin(angle) * wide))
    shift = np.clip(high + np.round(3 * along).astype(int), 0, picture.height - 1)
    swept = np.asarray(picture.filter(ImageFilter.ModeFilter(5)), np.float32)[shift, wide]
    stroke = (along * 26.0)[..., None]
    return Image.fromarray(
        np.clip(swept * np.array([1.0, 0.92, 0.78]) + stroke, 0, 255).astype(np.uint8)
    )


def _pixel(picture: Image.Image) -> Image.Image:
    small = picture.resize((16, 16), Image.Resampling.BOX)
    return small.quantize(24).convert("RGB").resize(picture.size, Image.Resampling.NEAREST)


def _neon(picture: Image.Image) -> Image.Image:
    edges = picture.filter(ImageFilter.FIND_EDGES).filter(ImageFilter.MaxFilter(3))
    edges = ImageOps.crop(edges, 2).resize(picture.size)
    bright = ImageOps.autocontrast(edges)
    glow = bright.filter(ImageFilter.GaussianBlur(4))
    return ImageChops.add(ImageChops.add(bright, glow), Image.new("RGB", picture.size, (14, 8, 30)))


def _negative(picture: Image.Image) -> Image.Image:
    return ImageOps.invert(picture)


STYLES: dict[str, tuple[Callable[[Image.Image], Image.Image], tuple[str, ...]]] = {
    "pencil": (_pencil, ("a pencil sketch of {}", "a drawing of {}", "{}, pencil sketch")),
    "wood": (_wood, ("a wooden carving of {}", "a wood carving of {}", "{} carved in wood")),
    "oil": (_oil, ("an oil painting of {}", "{}, oil painting")),
    "pixel": (_pixel, ("pixel art of {}", "{}, pixel art")),
    "neon": (_neon, ("a neon sign of {}", "{} in neon")),
    "negative": (_negative, ("a negative of {}", "{}, inverted colours")),
}
"""Style -> its filter and the ways to say it."""


def apply_style(name: str, picture: Image.Image) -> Image.Image:
    """The picture in that style, of the same size."""
    return STYLES[name][0](picture)
