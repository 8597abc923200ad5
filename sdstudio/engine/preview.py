"""Latents to RGB while a run goes on, at a price the run can afford."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch

from sdstudio.engine.pixels import as_pixels

if TYPE_CHECKING:
    from sdstudio.engine.model import Model

Kind = Literal["vae", "tiny", "linear"]

AFFORDABLE = 0.25
"""A decode may cost this share of a step."""

FRAME = 1 / 60
"""Or as long as a screen takes to show it, however fast the steps are, in seconds."""


class Previewer:
    """Chooses between autoencoders and a linear map by what they cost against a step."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._linear: tuple[torch.Tensor, torch.Tensor] | None = None
        self._seconds: dict[Kind, float] = {}
        self._pixels = 0

    def __call__(self, x0: torch.Tensor, step_seconds: float) -> tuple[np.ndarray, Kind]:
        """A picture of the first image of the batch.

        Args:
            x0: Clean latents, (B, C, h, w).
            step_seconds: Wall time of the step they came of.

        Returns:
            (height, width, 3) uint8 and how it was made.
        """
        x0 = x0[:1]
        if x0.shape[-1] * x0.shape[-2] != self._pixels:
            self._pixels = x0.shape[-1] * x0.shape[-2]
            self._seconds.clear()
        allowed = max(AFFORDABLE * step_seconds, FRAME)
        ways: tuple[tuple[Kind, Callable[[torch.Tensor], np.ndarray | None]], ...] = (
            ("vae", self._model.decode_array),
            ("tiny", self._model.autoencoder.decode_tiny),
        )
        for kind, decode in ways:
            if self._seconds.get(kind, 0.0) > allowed:
                continue
            started = time.perf_counter()
            pictures = decode(x0)
            if pictures is not None:
                took = time.perf_counter() - started
                # The first decode at a size also warms it up: the least seen is the price.
                self._seconds[kind] = min(took, self._seconds.get(kind, took))
                return pictures[0], kind
        return self.linear(x0), "linear"

    def forget_prices(self) -> None:
        """What a decode costs has changed."""
        self._seconds.clear()

    def linear(self, x0: torch.Tensor) -> np.ndarray:
        """The picture by a linear map from latents to RGB, (height, width, 3) uint8."""
        if self._linear is None:
            self._linear = fit_linear(self._model)
        weight, bias = self._linear
        rgb = torch.einsum("bchw,cr->brhw", x0.float().cpu(), weight) + bias.view(1, 3, 1, 1)
        rgb = torch.nn.functional.interpolate(
            rgb, scale_factor=self._model.family.scale_factor, mode="bicubic"
        )
        return as_pixels(rgb)[0]


@torch.no_grad()
def fit_linear(model: Model) -> tuple[torch.Tensor, torch.Tensor]:
    """The least-squares map from latents to RGB, fitted to the model's own autoencoder.

    Smooth random colour fields are encoded, and each latent is regressed on the mean colour
    of the pixels it covers, so that any family has a map without a table of constants.

    Returns:
        Weight (C, 3) and bias (3), for colours of -1 to 1.
    """
    generator = torch.Generator().manual_seed(0)
    side = 32 * model.family.scale_factor
    coarse = torch.rand((2, 3, 8, 8), generator=generator) * 2.4 - 1.2
    pixels = torch.nn.functional.interpolate(coarse, size=(side, side), mode="bicubic")
    pixels = pixels.clamp(-1, 1)
    latents = model.encode_pixels(pixels).cpu()
    colours = torch.nn.functional.avg_pool2d(pixels, model.family.scale_factor)
    inputs = latents.permute(0, 2, 3, 1).flatten(0, 2)
    inputs = torch.cat([inputs, torch.ones_like(inputs[:, :1])], dim=1)
    targets = colours.permute(0, 2, 3, 1).flatten(0, 2)
    # Singular values: the channels of an autoencoder may hang together.
    solution = torch.linalg.lstsq(inputs, targets, rcond=1e-4, driver="gelsd").solution
    return solution[:-1], solution[-1]
