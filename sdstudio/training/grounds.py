"""Places drawn by code: what stands behind a subject in place of a plain colour."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

Draw = Callable[[ImageDraw.ImageDraw, int, np.random.Generator], None]


def _park(draw: ImageDraw.ImageDraw, size: int, rng: np.random.Generator) -> None:
    draw.rectangle((0, 0, size, size), fill=(150, 204, 240))
    draw.rectangle((0, 5 * size // 8, size, size), fill=(110, 178, 84))
    for x in (size // 8, 7 * size // 8):
        draw.rectangle((x - size // 48, size // 2, x + size // 48, 11 * size // 16), fill="#7a5236")
        radius = size // 8
        draw.ellipse((x - radius, size // 4, x + radius, 9 * size // 16), fill=(64, 134, 66))


def _beach(draw: ImageDraw.ImageDraw, size: int, rng: np.random.Generator) -> None:
    draw.rectangle((0, 0, size, size), fill=(134, 206, 246))
    draw.rectangle((0, 3 * size // 8, size, size), fill=(44, 134, 200))
    draw.rectangle((0, 5 * size // 8, size, size), fill=(240, 216, 160))


def _snow(draw: ImageDraw.ImageDraw, size: int, rng: np.random.Generator) -> None:
    draw.rectangle((0, 0, size, size), fill=(172, 190, 214))
    draw.rectangle((0, 5 * size // 8, size, size), fill=(244, 248, 252))
    for x, y in rng.integers(0, size, (size // 5, 2)):
        radius = max(1, size // 80)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill="white")


def _night(draw: ImageDraw.ImageDraw, size: int, rng: np.random.Generator) -> None:
    draw.rectangle((0, 0, size, size), fill=(18, 24, 60))
    for x, y in rng.integers(0, size, (size // 5, 2)):
        radius = max(1, size // 96)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(250, 240, 190))


def _stage(draw: ImageDraw.ImageDraw, size: int, rng: np.random.Generator) -> None:
    draw.rectangle((0, 0, size, size), fill=(88, 18, 30))
    for x in range(0, size, size // 8):
        draw.rectangle((x, 0, x + size // 24, 3 * size // 4), fill=(130, 24, 38))
    draw.rectangle((0, 3 * size // 4, size, size), fill=(176, 122, 72))
    draw.rectangle((0, 0, size // 8, 3 * size // 4), fill=(196, 36, 48))
    draw.rectangle((7 * size // 8, 0, size, 3 * size // 4), fill=(196, 36, 48))


def _forest(draw: ImageDraw.ImageDraw, size: int, rng: np.random.Generator) -> None:
    draw.rectangle((0, 0, size, size), fill=(70, 112, 74))
    draw.rectangle((0, 3 * size // 4, size, size), fill=(88, 82, 48))
    for x in range(size // 16, size, size // 8):
        draw.polygon(
            ((x, 0), (x - size // 12, 3 * size // 4), (x + size // 12, 3 * size // 4)),
            fill=(34, 84, 48),
        )
        trunk = (x - size // 64, 3 * size // 4, x + size // 64, 7 * size // 8)
        draw.rectangle(trunk, fill=(66, 46, 30))


def _city(draw: ImageDraw.ImageDraw, size: int, rng: np.random.Generator) -> None:
    draw.rectangle((0, 0, size, size), fill=(244, 186, 140))
    heights = (5, 9, 7, 11, 6, 10, 8, 5)
    for column, height in enumerate(heights):
        left, top = column * size // 8, size - height * size // 16
        draw.rectangle((left, top, left + size // 8 - 1, size), fill=(84, 88, 112))
        for y in range(top + size // 32, size - size // 16, size // 16):
            for x in (left + size // 40, left + size // 14):
                draw.rectangle((x, y, x + size // 48, y + size // 40), fill=(250, 226, 140))


def _sea(draw: ImageDraw.ImageDraw, size: int, rng: np.random.Generator) -> None:
    draw.rectangle((0, 0, size, size), fill=(26, 98, 168))
    for y in range(0, size, size // 8):
        draw.rectangle((0, y, size, y + size // 64), fill=(52, 130, 196))


def _kitchen(draw: ImageDraw.ImageDraw, size: int, rng: np.random.Generator) -> None:
    draw.rectangle((0, 0, size, size), fill=(240, 232, 214))
    for offset in range(0, size, size // 8):
        draw.line((offset, 0, offset, 3 * size // 4), fill=(206, 196, 176))
        draw.line((0, offset, size, offset), fill=(206, 196, 176))
    draw.rectangle((0, 3 * size // 4, size, size), fill=(156, 108, 70))


GROUNDS: dict[str, tuple[Draw, tuple[str, ...]]] = {
    "park": (_park, ("in the park", "in a park", "on the grass")),
    "beach": (_beach, ("on the beach", "at the beach")),
    "snow": (_snow, ("in the snow", "in winter")),
    "night": (_night, ("at night", "under the stars")),
    "stage": (_stage, ("on a stage", "on a stage at the theatre", "at the theatre")),
    "forest": (_forest, ("in the forest", "in a forest")),
    "city": (_city, ("in the city", "in a city")),
    "sea": (_sea, ("in the sea", "under water")),
    "kitchen": (_kitchen, ("in the kitchen", "in a kitchen")),
}
"""Place -> how it is drawn, and the ways to say it."""


def draw_ground(name: str, size: int, seed: int) -> Image.Image:
    """The place as a square picture of that many pixels a side; the seed scatters its flakes."""
    picture = Image.new("RGB", (size, size))
    GROUNDS[name][0](ImageDraw.Draw(picture), size, np.random.default_rng(seed))
    return picture
