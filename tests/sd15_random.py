"""A model of random weights in the true configuration of Stable Diffusion 1.5."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import AutoencoderKL, PNDMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel

from tests.sd15_shaped import CONFIG
from tests.tiny_models import tiny_pipeline


def save_sd15(folder: Path, width: int = 320) -> Path:
    """Write it as a diffusers folder in float16, 2.1 GB; the tokenizer knows letters only.

    Args:
        width: Of the network's first block, a multiple of 32; half of it is a quarter of its
            weights.
    """
    words = tiny_pipeline().tokenizer
    words.model_max_length = 77
    with torch.device("meta"):
        unet = UNet2DConditionModel(
            sample_size=64,
            block_out_channels=(width, 2 * width, 4 * width, 4 * width),
            down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
            up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
            cross_attention_dim=768,
            attention_head_dim=8,
        )
        vae = AutoencoderKL(
            block_out_channels=(128, 256, 512, 512),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=2,
            sample_size=512,
        )
    text = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=49408,
            hidden_size=768,
            intermediate_size=3072,
            num_hidden_layers=12,
            num_attention_heads=12,
            bos_token_id=words.bos_token_id,
            eos_token_id=words.eos_token_id,
            pad_token_id=words.pad_token_id,
        )
    )
    StableDiffusionPipeline(
        vae=_random(vae),
        text_encoder=text.half(),
        tokenizer=words,
        unet=_random(unet),
        scheduler=PNDMScheduler.from_config({**CONFIG, "skip_prk_steps": True}),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(folder)
    return folder


def _random(module: nn.Module) -> nn.Module:
    """Weights that keep the numbers of a call finite; drawing them otherwise takes a minute."""
    module.to_empty(device="cpu")
    generator = torch.Generator().manual_seed(0)
    for name, weight in module.named_parameters():
        if weight.ndim > 1:
            fan = weight[0].numel()
            weight.data.normal_(0, fan**-0.5, generator=generator)
        else:
            weight.data.fill_(float(name.endswith("weight")))
    return module.half().eval()
