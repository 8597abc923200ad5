"""Between pictures and latents: the autoencoder, whole or in tiles, and the tiny one beside it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import torch
from diffusers import AutoencoderTiny

from sdstudio.engine.formats.components import quiet
from sdstudio.engine.pixels import as_pixels
from sdstudio.engine.problems import ModelError, Problem
from sdstudio.engine.tiles import tiled_if_large

if TYPE_CHECKING:
    import numpy as np

    from sdstudio.engine.fast.runtime import FastDecoder


class Autoencoder:
    """A model's autoencoder where it runs. Takes and gives float32, whatever it runs in.

    Args:
        vae: AutoencoderKL or AutoencoderTiny of diffusers.
        device: Where it runs; its weights may be elsewhere meanwhile.
        scale_factor: Pixels to a latent along a side.

    Attributes:
        vae: What it was made of.
        tiny: A tiny one of the same latents, or None.
        fast: A faster runtime's decoder, which takes pictures whole; None for torch's.
        was_upcast: Whether numbers overflowed in half precision, and it runs in float32 since.
        tile: Side in pixels of the tiles that larger pictures go through it in, to spare memory;
            0 leaves that to very large ones.
    """

    def __init__(self, vae: Any, device: torch.device, scale_factor: int) -> None:
        self.vae = vae
        self.tiny: Any = None
        self.fast: FastDecoder | None = None
        self.was_upcast = False
        self.tile = 0
        self._device = device
        self._scale_factor = scale_factor

    @property
    def samples_latents(self) -> bool:
        """Whether it draws a picture's latents with a generator, as KL ones do."""
        return not isinstance(self.vae, AutoencoderTiny)

    @torch.no_grad()
    def decode(self, latents: torch.Tensor) -> np.ndarray:
        """Clean latents (B, C, h, w) as (B, height, width, 3) uint8.

        Raises:
            ModelError: ``decode_not_finite``: not even float32 holds the numbers.
        """
        scaled = latents / self.vae.config.scaling_factor
        if self.fast is not None:
            images = self.fast(scaled)
            if torch.isfinite(images).all():
                return as_pixels(images)

        def decoded() -> torch.Tensor:
            images: torch.Tensor = self.vae.decode(self._put(scaled), return_dict=False)[0]
            return images

        with self._tiled(scaled[0, 0].numel() * self._scale_factor**2):
            return as_pixels(self._finite(decoded, Problem.of("decode_not_finite")))

    @torch.no_grad()
    def decode_tiny(self, latents: torch.Tensor) -> np.ndarray | None:
        """As :meth:`decode` by the tiny autoencoder; None where there is none."""
        if self.tiny is None:
            return None
        scaled = latents / self.tiny.config.scaling_factor
        scaled = scaled.to(self._device, self.tiny.dtype)
        return as_pixels(self.tiny.decode(scaled, return_dict=False)[0])

    @torch.no_grad()
    def encode(
        self, pixels: torch.Tensor, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """Images (B, 3, H, W) of -1 to 1 as clean latents, float32.

        Args:
            generator: Draws the sample of a KL autoencoder; None takes its mean.

        Raises:
            ModelError: ``encode_not_finite``: not even float32 holds the numbers.
        """
        found: list[Any] = []

        def encoded() -> torch.Tensor:
            found[:] = [self.vae.encode(self._put(pixels))]
            numbers: torch.Tensor = (
                found[0].latent_dist.parameters if self.samples_latents else found[0].latents
            )
            return numbers

        with self._tiled(pixels[0, 0].numel()):
            latents = self._finite(encoded, Problem.of("encode_not_finite"))
        if self.samples_latents:
            drawn = found[0].latent_dist
            latents = drawn.mode() if generator is None else drawn.sample(generator)
        scaled: torch.Tensor = self.vae.config.scaling_factor * latents.float()
        return scaled

    def _tiled(self, pixels: int) -> AbstractContextManager[None]:
        return tiled_if_large(self.vae, pixels, self._scale_factor, self.tile)

    def _put(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor.to(self._device, self.vae.dtype)

    def _finite(self, call: Callable[[], torch.Tensor], otherwise: Problem) -> torch.Tensor:
        """What a call gives; from float32 where half precision overflows, and from then on."""
        numbers = call()
        if torch.isfinite(numbers).all():
            return numbers
        if self.vae.dtype != torch.float32:
            # diffusers warns of parts to be kept in float32, of which there are none.
            with quiet():
                self.vae.to(torch.float32)
            numbers = call()
            if torch.isfinite(numbers).all():
                self.was_upcast = True
                return numbers
        raise ModelError(otherwise)
