"""A model's network on a faster runtime than torch: OpenVINO, where it is installed.

The graphs are written out from the torch modules (``network``, ``decoder``), compiled for
the shapes that are asked for (``runtime``), and used only if they compute what torch does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from sdstudio.engine.fast.runtime import FastDecoder, FastNetwork

Progress = Callable[[str, float | None], None]

TOLERANCE = {torch.float32: 1e-3, torch.bfloat16: 0.03}
"""Largest relative error (norm) of a call against torch in the same precision."""

QUICK_PARAMETERS = 100_000_000
"""A network of at most so many is compiled in about a second: soon enough while loading."""


@dataclass(frozen=True, eq=False)
class Fast:
    """What runs in torch's place.

    Attributes:
        network: Called as the UNet is.
        decoder: From unscaled latents to images, or None for an autoencoder that stays
            with torch.
    """

    network: FastNetwork
    decoder: FastDecoder | None


@torch.no_grad()
def prepare(network: Any, vae: Any, side: int, progress: Progress | None = None) -> Fast | None:
    """Compile a network and its decoder for OpenVINO, and check both against torch.

    Touches neither of them, so that runs may go on meanwhile in another thread.

    Args:
        network: The UNet, on the CPU.
        vae: The autoencoder.
        side: Of the latents that come first; other sizes are compiled when they come.
        progress: Told the stage, "optimising", and its share done.

    Returns:
        None where OpenVINO is missing, or the network is of a kind, in a precision or on a
        device that it is not used for, or the results differ.
    """
    if network.device.type != "cpu" or network.dtype not in TOLERANCE:
        return None
    try:
        from sdstudio.engine.fast.layers import UnsupportedLayerError
        from sdstudio.engine.fast.runtime import FastDecoder, FastNetwork
    except (ImportError, OSError):
        # Not installed, or not for this machine: torch does as well, and slower.
        return None

    say = progress or (lambda stage, fraction: None)
    say("optimising", 0.0)
    threads = torch.get_num_threads()
    own = twin(network)
    try:
        fast_network = FastNetwork(own, threads)
        error = _network_error(own, fast_network, side)
    except UnsupportedLayerError:
        return None
    if not error <= TOLERANCE[network.dtype]:
        return None
    say("optimising", 0.8)
    decoder = FastDecoder(vae, threads)
    try:
        error = _decoder_error(vae, decoder, side)
    except UnsupportedLayerError:
        return Fast(fast_network, None)
    say("optimising", 1.0)
    return Fast(fast_network, decoder if error <= TOLERANCE[torch.float32] else None)


def twin(network: Any) -> Any:
    """A network of the same weights, in the same memory, without hooks and LoRAs."""
    with torch.device("meta"):
        other = type(network).from_config(network.config)
    weights = {
        name.replace(".base_layer.", "."): weight
        for name, weight in network.state_dict().items()
        if ".lora_" not in name
    }
    other.load_state_dict(weights, assign=True)
    return other.eval().requires_grad_(False)


def _network_error(network: Any, fast: FastNetwork, side: int) -> float:
    """Relative error of a guided call on noise."""
    generator = torch.Generator().manual_seed(0)
    config = network.config
    sample = torch.randn((1, config.in_channels, side, side), generator=generator)
    sample = torch.cat([sample] * 2).to(network.dtype)
    text = torch.randn((2, 8, config.cross_attention_dim), generator=generator).to(network.dtype)
    wanted = network(sample, 500, text, return_dict=False)[0]
    return _relative_error(fast(sample, 500, text)[0], wanted)


def _decoder_error(vae: Any, fast: FastDecoder, side: int) -> float:
    """Relative error of a picture of noise."""
    generator = torch.Generator().manual_seed(0)
    latents = torch.randn((1, vae.config.latent_channels, side, side), generator=generator)
    return _relative_error(fast(latents), vae.decode(latents, return_dict=False)[0])


def _relative_error(found: torch.Tensor, wanted: torch.Tensor) -> float:
    return ((found.float() - wanted.float()).norm() / wanted.float().norm()).item()
