"""The latents of a step channel by channel, and what the autoencoder keeps of a picture."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from sdstudio.engine.cancel import Cancelled
from sdstudio.engine.pixels import as_input, as_pixels

if TYPE_CHECKING:
    from sdstudio.engine.model import Model
    from sdstudio.engine.picture import Picture
    from sdstudio.engine.step import Step

Which = Literal["x0", "latents", "noise"]

BINS = 48
LIMIT = 4.0
"""Histograms reach from minus to plus this; what lies beyond counts in the outermost bins."""


@dataclass(frozen=True, eq=False)
class Latents:
    """One tensor of a step, channel by channel.

    Attributes:
        channels: The numbers, (C, h, w) float32.
        mean: Of each channel, (C,).
        deviation: Standard deviation of each channel, (C,).
        low: Least number of each channel, (C,).
        high: Greatest number of each channel, (C,).
        centres: Middles of the histograms' bins, (BINS,).
        density: Share of a channel's numbers in each bin over its width, (C, BINS); each row
            integrates to 1.
    """

    channels: NDArray[np.float32]
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    centres: NDArray[np.float64]
    density: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RoundTrip:
    """A picture through encoder and decoder.

    Attributes:
        before: (height, width, 3) uint8.
        after: The same shape.
        error: Mean over red, green and blue of the absolute difference, (height, width)
            float32, in levels of 0 to 255.
        psnr: Peak signal-to-noise ratio in dB; infinite where nothing was lost.
        shape: Of the latents: (C, h, w).
    """

    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    error: NDArray[np.float32]
    psnr: float
    shape: tuple[int, int, int]

    @property
    def pixels(self) -> int:
        """Numbers in the picture: height times width times 3."""
        return self.before.size

    @property
    def latents(self) -> int:
        """Numbers in the latents."""
        return math.prod(self.shape)

    @property
    def ratio(self) -> float:
        """How many times fewer numbers the latents are; 48 for Stable Diffusion."""
        return self.pixels / self.latents


def latents_at(model: Model | None, step: Step, *, which: Which = "x0") -> Latents:
    """A tensor of a step of one image; nothing is decoded.

    Args:
        model: Not asked.
        step: The step.
        which: The estimate, x_t as the network sees it, or the guided noise.
    """
    tensor = {"x0": step.x0, "latents": step.network_input, "noise": step.noise}[which]
    channels = tensor[0].float().cpu().numpy()
    flat = channels.reshape(len(channels), -1).astype(np.float64)
    edges = np.linspace(-LIMIT, LIMIT, BINS + 1)
    clipped = np.clip(flat, -LIMIT, LIMIT)
    counts = np.stack([np.histogram(channel, edges)[0] for channel in clipped])
    return Latents(
        channels=channels,
        mean=flat.mean(1),
        deviation=flat.std(1),
        low=flat.min(1),
        high=flat.max(1),
        centres=(edges[1:] + edges[:-1]) / 2,
        density=counts / flat.shape[1] / (edges[1] - edges[0]),
    )


@torch.no_grad()
def round_trip_at(model: Model, step: Step, *, cancelled: Callable[[], bool]) -> RoundTrip:
    """The decoded estimate of a step, encoded and decoded once more.

    Raises:
        Cancelled: ``cancelled`` said so.
    """
    before = model.decode_array(step.x0.to(model.device))[0]
    return _round_trip(model, before, cancelled)


@torch.no_grad()
def round_trip_of(
    model: Model, *, picture: Picture, width: int, height: int, cancelled: Callable[[], bool]
) -> RoundTrip:
    """A picture through the autoencoder, covered and cropped to a size in pixels.

    Raises:
        Cancelled: ``cancelled`` said so.
    """
    return _round_trip(model, as_pixels(as_input(picture, width, height))[0], cancelled)


def _round_trip(
    model: Model, before: NDArray[np.uint8], cancelled: Callable[[], bool]
) -> RoundTrip:
    if cancelled():
        raise Cancelled
    pixels = torch.from_numpy(before).permute(2, 0, 1)[None].float() / 127.5 - 1.0
    latents = model.encode_pixels(pixels)
    if cancelled():
        raise Cancelled
    after = model.decode_array(latents)[0]
    apart = before.astype(np.float64) - after.astype(np.float64)
    return RoundTrip(
        before=before,
        after=after,
        error=np.abs(apart).mean(-1).astype(np.float32),
        psnr=psnr(before, after),
        shape=(latents.shape[1], latents.shape[2], latents.shape[3]),
    )


def psnr(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Peak signal-to-noise ratio of two pictures in dB; infinite where they are equal."""
    error = float(np.square(one.astype(np.float64) - other.astype(np.float64)).mean())
    return math.inf if error == 0.0 else 10.0 * math.log10(255.0**2 / error)
