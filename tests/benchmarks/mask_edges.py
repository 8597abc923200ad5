"""Whether one sees where a picture was made anew: the gradient across the mask's edge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from scipy.ndimage import distance_transform_edt

from sdstudio.engine.picture import Picture
from sdstudio.engine.request import Request
from tests.benchmarks.measure import Effort, Row

if TYPE_CHECKING:
    from sdstudio.engine import Model

SCENES = tuple(
    (f"a {first} on a {colour} background", f"a {second} on a {colour} background")
    for first, second, colour in (
        ("frog", "rabbit", "blue"),
        ("rabbit", "frog", "yellow"),
        ("bear", "pig", "red"),
        ("cat", "fox", "green"),
        ("fox", "owl", "white"),
        ("owl", "cat", "orange"),
        ("pig", "bear", "pink"),
        ("lion", "tiger", "blue"),
        ("house", "tree", "yellow"),
        ("tree", "house", "white"),
    )
)
"""What a picture shows, and what is painted into its middle."""

ON_SEAM = 1.5
"""Pixels to either side of the edge that are the seam."""

BESIDE_SEAM = (4.0, 12.0)
"""Pixels to either side of the edge that it is compared with."""


def measure(effort: Effort) -> Iterator[Row]:
    """Paint into the middle of ten scenes, under hard masks and feathered ones."""
    from sdstudio.engine import denoise, load_model

    model = load_model("builtin")
    steps = min(effort.steps, 50)

    def made(request: Request) -> np.ndarray:
        *_, last = denoise(model, request)
        return model.decode_array(last.next_latents, request)[0]

    scenes = [
        made(Request(prompt=before, steps=steps, seed=seed))
        for seed, (before, _) in enumerate(SCENES)
    ]
    for feather in (0.0, 4.0, 8.0):
        mask = _disc(model, feather)
        values = np.asarray(mask)
        results = []
        for seed, ((_, after), scene) in enumerate(zip(SCENES, scenes, strict=True)):
            request = Request(prompt=after, steps=steps, seed=100 + seed, strength=1.0)
            held = replace(request, image=Picture.of(scene), mask=Picture.of(mask))
            results.append(made(held))
        yield _row(feather, values, scenes, results)


def across(picture: np.ndarray, mask: np.ndarray) -> tuple[float, float]:
    """How steep a picture is across the edge of a mask, and beside it.

    The edge is where the mask passes one half; the slope is taken along the edge's normal, as
    a mean over pixels and channels of its size.

    Args:
        picture: (height, width, 3) uint8.
        mask: (height, width) uint8.

    Returns:
        The slope on the seam and that of its surroundings, in levels of 255 a pixel.
    """
    inside = mask >= 128
    distance = np.where(inside, distance_transform_edt(inside), 1 - distance_transform_edt(~inside))
    distance = distance - 0.5
    down, right = np.gradient(distance)
    length = np.maximum(np.hypot(down, right), 1e-6)
    slope_down, slope_right, _ = np.gradient(picture.astype(np.float64))
    slope = np.abs(
        (slope_down * down[..., None] + slope_right * right[..., None]) / length[..., None]
    ).mean(axis=-1)
    away = np.abs(distance)
    on = away <= ON_SEAM
    beside = (away >= BESIDE_SEAM[0]) & (away <= BESIDE_SEAM[1])
    return float(slope[on].mean()), float(slope[beside].mean())


def _disc(model: Model, feather: float) -> Image.Image:
    width, height = model.native_size
    mask = Image.new("L", (width, height))
    edges = (width * 0.27, height * 0.27, width * 0.73, height * 0.73)
    ImageDraw.Draw(mask).ellipse(edges, fill=255)
    return mask.filter(ImageFilter.GaussianBlur(feather)) if feather else mask


def _row(
    feather: float, mask: np.ndarray, scenes: list[np.ndarray], results: list[np.ndarray]
) -> Row:
    slopes = [across(result, mask) for result in results]
    before = [across(scene, mask) for scene in scenes]
    kept = all(
        np.array_equal(result[mask == 0], scene[mask == 0])
        for result, scene in zip(results, scenes, strict=True)
    )
    changed = median(
        float(np.abs(result.astype(int) - scene)[mask == 255].mean())
        for result, scene in zip(results, scenes, strict=True)
    )
    return Row(
        f"slope across a mask's edge over that beside it, {len(results)} scenes, "
        + (f"feathered by {feather:.0f} px" if feather else "hard edge"),
        "as in the scenes themselves",
        f"median {median(on / max(by, 0.1) for on, by in slopes):.2f}, the scenes' own "
        f"{median(on / max(by, 0.1) for on, by in before):.2f}",
        f"on the seam {median(on for on, _ in slopes):.1f} levels a pixel "
        f"(before {median(on for on, _ in before):.1f}), beside it "
        f"{median(by for _, by in slopes):.1f} (before {median(by for _, by in before):.1f}); "
        f"inside changed by {changed:.0f} levels, outside " + ("by none" if kept else "NOT KEPT"),
    )
