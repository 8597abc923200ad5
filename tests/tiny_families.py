"""Tiny random models of the families beside SD 1, in the layouts of the real ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    DDIMScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    LCMScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLImg2ImgPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
)

from tests.tiny_models import tiny_kl, tiny_tokenizer

WIDTH = 32
SCHEDULE = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "num_train_timesteps": 1000,
    "steps_offset": 1,
}
BLOCKS: dict[str, Any] = {
    "sample_size": 8,
    "in_channels": 4,
    "out_channels": 4,
    "block_out_channels": (WIDTH, 2 * WIDTH),
    "layers_per_block": 1,
    "norm_num_groups": 8,
}


def tiny_text(tokenizer: CLIPTokenizer, width: int, *, projected: bool = False) -> Any:
    """A text encoder of three layers."""
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=3,
        num_attention_heads=2,
        max_position_embeddings=16,
        projection_dim=24,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        hidden_act="gelu" if projected else "quick_gelu",
    )
    return (CLIPTextModelWithProjection if projected else CLIPTextModel)(config).eval()


def tiny_sd2(channels: int = 4, **scheduler: Any) -> StableDiffusionPipeline:
    """SD 2.1: linear projections, heads of one width, v-prediction at zero terminal SNR.

    Args:
        channels: That the network takes; 9 for one for inpainting.
        scheduler: Laid over its scheduler's configuration.
    """
    torch.manual_seed(1)
    tokenizer = tiny_tokenizer()
    unet = UNet2DConditionModel(
        **{**BLOCKS, "in_channels": channels},
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=WIDTH,
        attention_head_dim=(2, 4),
        use_linear_projection=True,
    )
    config = {
        **SCHEDULE,
        "clip_sample": False,
        "set_alpha_to_one": False,
        "prediction_type": "v_prediction",
        "rescale_betas_zero_snr": True,
        "timestep_spacing": "trailing",
        **scheduler,
    }
    return _plain(unet, tiny_text(tokenizer, WIDTH), tokenizer, DDIMScheduler(**config))


def tiny_lcm() -> StableDiffusionPipeline:
    """An LCM, whose network takes the guidance scale (``timestep_cond``)."""
    torch.manual_seed(2)
    tokenizer = tiny_tokenizer()
    unet = UNet2DConditionModel(
        **BLOCKS,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=WIDTH,
        attention_head_dim=2,
        time_cond_proj_dim=16,
    )
    scheduler = LCMScheduler(**SCHEDULE, clip_sample=False)
    return _plain(unet, tiny_text(tokenizer, WIDTH), tokenizer, scheduler)


def tiny_turbo() -> StableDiffusionPipeline:
    """SD-Turbo: one step of Euler's method, trailing."""
    pipeline = tiny_sd2()
    pipeline.scheduler = EulerDiscreteScheduler(**SCHEDULE, timestep_spacing="trailing")
    return pipeline


def tiny_sdxl(
    *, refiner: bool = False, turbo: bool = False, zeros: bool = True, channels: int = 4
) -> StableDiffusionXLPipeline | StableDiffusionXLImg2ImgPipeline:
    """SDXL: two text encoders, a pooled vector and the picture's sizes.

    Args:
        refiner: The refiner: the second encoder alone, and a score for the target size.
        turbo: With the scheduler of SDXL-Turbo.
        zeros: Whether no negative prompt means zeros.
        channels: That the network takes; 9 for one for inpainting.
    """
    torch.manual_seed(3)
    tokenizer = tiny_tokenizer()
    second = tiny_text(tokenizer, WIDTH + 8, projected=True)
    unet = UNet2DConditionModel(
        **{**BLOCKS, "in_channels": channels},
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=WIDTH + 8 if refiner else 2 * WIDTH + 8,
        attention_head_dim=(2, 4),
        transformer_layers_per_block=(1, 2),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=24 + (5 if refiner else 6) * 8,
    )
    kind = EulerAncestralDiscreteScheduler if turbo else EulerDiscreteScheduler
    spacing = "trailing" if turbo else "leading"
    parts = {
        "vae": tiny_kl(),
        "text_encoder": None if refiner else tiny_text(tokenizer, WIDTH),
        "text_encoder_2": second,
        "tokenizer": None if refiner else tokenizer,
        "tokenizer_2": tokenizer,
        "unet": unet.eval(),
        "scheduler": kind(**SCHEDULE, timestep_spacing=spacing),
        "force_zeros_for_empty_prompt": zeros,
        "add_watermarker": False,
    }
    if refiner:
        return StableDiffusionXLImg2ImgPipeline(**parts, requires_aesthetics_score=True)
    return StableDiffusionXLPipeline(**parts)


FAMILIES = {
    "sd2": tiny_sd2,
    "lcm": tiny_lcm,
    "turbo": tiny_turbo,
    "sdxl": tiny_sdxl,
    "sdxl-turbo": lambda: tiny_sdxl(turbo=True),
    "sdxl-words": lambda: tiny_sdxl(zeros=False),
    "sd2-inpainting": lambda: tiny_sd2(channels=9),
    "sdxl-inpainting": lambda: tiny_sdxl(channels=9),
    "refiner": lambda: tiny_sdxl(refiner=True),
}


def save_family(name: str, folder: Path) -> Path:
    """Write one of :data:`FAMILIES` as a diffusers folder."""
    FAMILIES[name]().save_pretrained(folder)
    # The real files name what only other schedulers than their own take.
    file = folder / "scheduler" / "scheduler_config.json"
    config = {"clip_sample": False, "set_alpha_to_one": False, **json.loads(file.read_text())}
    file.write_text(json.dumps(config))
    return folder


def _plain(unet: Any, text: Any, tokenizer: Any, scheduler: Any) -> StableDiffusionPipeline:
    return StableDiffusionPipeline(
        vae=tiny_kl(),
        text_encoder=text,
        tokenizer=tokenizer,
        unet=unet.eval(),
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
