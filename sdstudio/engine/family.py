"""What differs between families of models, read off their configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sdstudio.engine.problems import ModelError, Problem

_NAMES = {768: "SD 1", 1024: "SD 2"}


@dataclass(frozen=True)
class Family:
    """What the loop and the window need to know about a kind of model.

    Attributes:
        name: "SD 1", "SD 2", or "SD-shaped" for other widths of the same design.
        scale_factor: Pixels to a latent, along a side.
        latent_channels: Channels of the latents.
        native_size: Width and height in pixels that the model was trained on.
        takes_mask: Whether the network is one for inpainting, told of a mask beside the latents.
    """

    name: str
    scale_factor: int
    latent_channels: int
    native_size: tuple[int, int]
    takes_mask: bool = False

    @property
    def size_multiple(self) -> int:
        """Sides are multiples of this many pixels, as diffusers' pipelines ask."""
        return max(8, self.scale_factor)

    @property
    def size_range(self) -> tuple[int, int]:
        """Least and most pixels a side may have."""
        return 8 * self.scale_factor, 16 * max(self.native_size)


def family_of(network: Any, vae: Any) -> Family:
    """Read the family off a UNet and an autoencoder of diffusers.

    Raises:
        ModelError: ``model_unsupported`` for a network with other inputs than latents, or
            latents, a mask and the latents of a masked picture.
    """
    channels = network.config.in_channels
    latents = vae.config.latent_channels
    takes_mask = channels == 2 * latents + 1
    if channels != latents and not takes_mask:
        kind = f"{channels} channels"
        raise ModelError(Problem.of("model_unsupported", part="network", kind=kind))
    scale = 2 ** (len(vae.config.block_out_channels) - 1)
    size = network.config.sample_size
    height, width = (size, size) if isinstance(size, int) else size
    name = _NAMES.get(network.config.cross_attention_dim, "SD-shaped")
    return Family(name, scale, latents, (width * scale, height * scale), takes_mask)
