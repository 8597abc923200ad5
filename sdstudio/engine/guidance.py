"""Classifier-free guidance (Ho and Salimans 2022) over a batch of requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from sdstudio.engine.request import Request


def guide(uncond: torch.Tensor, cond: torch.Tensor, requests: Sequence[Request]) -> torch.Tensor:
    """Combine the two predictions: ``uncond + scale * (cond - uncond)``.

    Args:
        uncond: Prediction without the text, or with the negative prompt, (B, C, h, w).
        cond: Prediction with the text, the same shape.
        requests: One for each image. A request without guidance keeps its ``cond``.
    """
    scale = _per_image([request.guidance_scale for request in requests], cond)
    guided = uncond + scale * (cond - uncond)
    rescale = [request.guidance_rescale for request in requests]
    if any(rescale):
        guided = _rescaled(guided, cond, rescale)
    if all(request.uses_guidance for request in requests):
        return guided
    off = torch.tensor([not request.uses_guidance for request in requests], device=cond.device)
    return torch.where(off.view(-1, 1, 1, 1), cond, guided)


def _rescaled(guided: torch.Tensor, cond: torch.Tensor, rescale: Sequence[float]) -> torch.Tensor:
    from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import rescale_noise_cfg

    if len(set(rescale)) == 1:
        return rescale_noise_cfg(guided, cond, guidance_rescale=rescale[0])
    parts = [
        rescale_noise_cfg(guided[i : i + 1], cond[i : i + 1], guidance_rescale=share)
        if share
        else guided[i : i + 1]
        for i, share in enumerate(rescale)
    ]
    return torch.cat(parts)


def _per_image(values: list[float], like: torch.Tensor) -> float | torch.Tensor:
    """One number where all agree: a scalar gives the very bits of the diffusers pipelines."""
    if len(set(values)) == 1:
        return values[0]
    return torch.tensor(values, dtype=like.dtype, device=like.device).view(-1, 1, 1, 1)
