"""A model's parts as one of diffusers' pipelines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sdstudio.engine.family import Family
    from sdstudio.engine.formats.components import Components


def pipeline_of(parts: Components, family: Family) -> Any:
    """A diffusers pipeline over the same parts: its LoRA loader is what people's files fit."""
    from diffusers import DDIMScheduler, StableDiffusionPipeline, StableDiffusionXLPipeline

    shared = {
        "vae": parts.vae,
        "text_encoder": parts.text_encoder,
        "tokenizer": parts.tokenizer,
        "unet": parts.network,
        "scheduler": DDIMScheduler.from_config(dict(parts.scheduler_config)),
    }
    if family.micro != "none":
        return StableDiffusionXLPipeline(
            **shared,
            text_encoder_2=parts.text_encoder_2,
            tokenizer_2=parts.tokenizer_2,
            add_watermarker=False,
        )
    return StableDiffusionPipeline(
        **shared,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
