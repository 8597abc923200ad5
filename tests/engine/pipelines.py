"""diffusers' own pipelines and this project's loop, called for the same picture."""

from __future__ import annotations

from typing import Any

import diffusers
import torch

from sdstudio.engine import Model, Request, denoise
from sdstudio.engine.schedulers import TABLE

SEED = 4


def prepared(pipeline: Any, name: str, config: Any) -> Any:
    """The pipeline with the scheduler that the table names, made diffusers' own way."""
    recipe = TABLE[name]
    extra = {"noise_sampler_seed": SEED} if name == "DPM++ SDE" else {}
    kind = getattr(diffusers, recipe.class_name)
    pipeline.scheduler = kind.from_config(dict(config), **recipe.overrides, **extra)
    return pipeline


def final(model: Model, request: Request) -> torch.Tensor:
    *_, last = denoise(model, request)
    assert last.index == last.count - 1
    return last.next_latents


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(SEED)
