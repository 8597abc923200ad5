"""How sharp the seam of a grown canvas is, against the picture on both sides of it."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import numpy as np

from sdstudio.engine import Model, Request, denoise, load_model
from sdstudio.engine.masks import with_kept_pixels
from sdstudio.session.drawing.margins import Edge, half, margin
from sdstudio.session.drawing.outpainting import OVERLAP, STRENGTH, window_request
from sdstudio.session.local_sampler import facts_of
from tests.benchmarks.measure import Effort, Row

SCENES = (
    "a frog on a blue background",
    "a castle",
    "a sunflower on a green background",
    "a rocket on a black background",
    "a hamburger on a turquoise background",
    "a tiger on a green background",
)
AROUND = 32
"""Columns on each side that the seam is held against."""


def made(model: Model, request: Request) -> np.ndarray:
    """The picture of a request, as a run keeps it."""
    for step in denoise(model, request):
        last = step
    return with_kept_pixels(model.decode_array(last.next_latents), [request])[0]


def grown(model: Model, picture: np.ndarray, request: Request) -> np.ndarray:
    """A picture that has grown to the right by half of the model's size."""
    height, width = picture.shape[:2]
    facts = facts_of(model)
    found = margin(width, height, half(Edge.RIGHT, facts), facts)
    canvas = np.zeros((found.size[1], found.size[0], 3), np.uint8)
    known = np.zeros(canvas.shape[:2], bool)
    canvas[found.known.slices], known[found.known.slices] = picture, True
    for rect in found.windows:
        wanted = window_request(request, canvas[rect.slices], known[rect.slices], OVERLAP)
        canvas[rect.slices] = made(model, wanted)
        known[rect.slices] = True
    return canvas


def sharpness(canvas: np.ndarray, edge: int) -> tuple[float, float]:
    """Steps from column to column at a seam, against the mean of those around it.

    Args:
        canvas: (H, W, 3) uint8.
        edge: The first column that is new.

    Returns:
        At the edge of what was known; and the steepest column of the fade.
    """
    steps = np.abs(np.diff(canvas.astype(np.float64), axis=1)).mean((0, 2))
    first = edge - OVERLAP - 1
    around = np.concatenate([steps[first - AROUND : first], steps[edge : edge + AROUND]]).mean()
    return float(steps[edge - 1] / around), float(steps[first:edge].max() / around)


def measure(effort: Effort) -> Iterator[Row]:
    """Grow scenes that the built-in model made itself."""
    model = load_model("builtin")
    at_edge, steepest = [], []
    for number, prompt in enumerate(SCENES):
        request = Request(
            prompt=prompt, steps=effort.steps, seed=10 + number, scheduler="DDIM", guidance_scale=3
        )
        picture = made(model, request)
        further = Request(
            prompt=prompt,
            steps=effort.steps,
            seed=110 + number,
            scheduler="DDIM",
            guidance_scale=3,
            strength=STRENGTH,
        )
        edge, most = sharpness(grown(model, picture, further), picture.shape[1])
        at_edge.append(edge)
        steepest.append(most)
    yield Row(
        what="the step across a grown canvas's seam, against the steps around it",
        bar="1.2x",
        measured=f"{median(at_edge):.2f}x",
        detail=", ".join(f"{value:.2f}" for value in at_edge),
    )
    yield Row(
        what="the steepest column of its fade, objects of the scene included",
        bar="",
        measured=f"{median(steepest):.2f}x",
        detail=", ".join(f"{value:.2f}" for value in steepest),
    )
