"""Which precision a model's parts run in, and what to do when it does not hold."""

from __future__ import annotations

import copy
from typing import Any

import torch

from sdstudio.engine.device import fast_dtype
from sdstudio.engine.family import added_shapes
from sdstudio.engine.formats.components import Components
from sdstudio.engine.problems import ModelError, Problem
from sdstudio.engine.text import Conditioning

TOLERANCE = 0.03
"""Largest relative error (norm) of a network call in a faster precision against float32."""


def put(components: Components, device: torch.device, dtype: torch.dtype | None) -> torch.dtype:
    """Move the parts to their device, the network in the fastest precision that holds.

    The text encoder and the autoencoder stay in float32 on the CPU: they are called once a
    prompt and once a picture, and set the colours.

    Args:
        dtype: The network's precision; None takes the fastest that passes the self-check.

    Returns:
        The network's precision.
    """
    encoders = [encoder for _, encoder in components.encoders]
    for part in (*encoders, components.vae, components.network):
        part.to(device).eval().requires_grad_(False)
    wanted = fast_dtype(device) if dtype is None else dtype
    if wanted == torch.float32:
        return wanted
    if dtype is None and error_of(components.network, wanted) > TOLERANCE:
        return torch.float32
    components.network.to(dtype=wanted, memory_format=torch.channels_last)
    return wanted


@torch.no_grad()
def error_of(network: Any, dtype: torch.dtype) -> float:
    """The self-check: relative error of one call in a precision against float32."""
    config = network.config
    side = config.sample_size if isinstance(config.sample_size, int) else config.sample_size[0]
    generator = torch.Generator().manual_seed(0)
    sample = torch.randn((1, config.in_channels, side, side), generator=generator)
    text = torch.randn((1, 8, config.cross_attention_dim), generator=generator)
    scale = None
    if config.get("time_cond_proj_dim") is not None:
        scale = torch.randn((1, config.time_cond_proj_dim), generator=generator)
    added = {
        name: torch.rand((1, *size), generator=generator)
        for name, size in added_shapes(config).items()
    }
    told = Conditioning(text, False, scale, added).to(network.device)
    exact = network(sample.to(network.device), 500, **told.inputs(torch.float32)).sample.float()
    other = copy.deepcopy(network).to(dtype)
    tried = other(sample.to(network.device, dtype), 500, **told.inputs(dtype)).sample.float()
    error = ((tried - exact).norm() / exact.norm()).item()
    return error if error == error else float("inf")


def decode_finite(vae: Any, latents: torch.Tensor) -> torch.Tensor:
    """Decode, and once more in float32 where a half-precision autoencoder overflows.

    Raises:
        ModelError: ``decode_not_finite``.
    """
    images = vae.decode(latents.to(vae.device, vae.dtype), return_dict=False)[0]
    if torch.isfinite(images).all():
        return images
    if vae.dtype != torch.float32:
        vae.to(torch.float32)
        images = vae.decode(latents.to(vae.device), return_dict=False)[0]
        if torch.isfinite(images).all():
            return images
    raise ModelError(Problem.of("decode_not_finite"))
