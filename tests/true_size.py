"""Models of random weights in the true configurations of Stable Diffusion 1.5 and SDXL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import diffusers
import torch
import transformers
from diffusers import DiffusionPipeline
from torch import nn
from transformers import CLIPTextConfig, CLIPTokenizer

from sdstudio.paths import resources
from tests.tiny_models import tiny_tokenizer

TOKENS = 77


def save_true_size(family: Literal["sd1", "sdxl"], folder: Path, width: int = 0) -> Path:
    """Write one as a diffusers folder in float16, 2.1 and 6.9 GB; it knows letters only.

    Args:
        family: The configuration, one of those that are shipped for single files.
        folder: Where to.
        width: Of the first block of SD 1.5's network in place of its 320, a multiple of 32;
            half of it is a quarter of the network's weights.
    """
    configs = resources() / "configs" / family
    index = json.loads((configs / "model_index.json").read_text("utf-8"))
    words = tiny_tokenizer()
    words.model_max_length = TOKENS
    parts: dict[str, Any] = {}
    for name, value in index.items():
        if isinstance(value, list):
            library, kind = value
            changed = {"block_out_channels": [width * times for times in (1, 2, 4, 4)]}
            parts[name] = _part(
                configs / name, library, kind, words, changed if width and name == "unet" else {}
            )
    if family == "sd1":
        parts |= dict.fromkeys(("safety_checker", "feature_extractor"))
        parts["requires_safety_checker"] = False
    pipeline: DiffusionPipeline = getattr(diffusers, index["_class_name"])(**parts)
    pipeline.save_pretrained(folder)
    return folder


def _part(
    folder: Path, library: str, kind: str, words: CLIPTokenizer, changed: dict[str, Any]
) -> Any:
    if kind == "CLIPTokenizer":
        return words
    if kind.endswith("Scheduler"):
        return getattr(diffusers, kind).from_pretrained(folder)
    config = json.loads((folder / "config.json").read_text("utf-8")) | changed
    if library == "transformers":
        for end in ("bos", "eos", "pad"):
            config[f"{end}_token_id"] = getattr(words, f"{end}_token_id")
        made = getattr(transformers, kind)(CLIPTextConfig.from_dict(config))
        return made.half().eval()
    with torch.device("meta"):
        model = getattr(diffusers, kind).from_config(config)
    return _random(model)


def _random(module: nn.Module) -> nn.Module:
    """Weights that keep the numbers of a call finite; drawing them otherwise takes a minute."""
    module.half().to_empty(device="cpu")
    generator = torch.Generator().manual_seed(0)
    for name, weight in module.named_parameters():
        if weight.ndim > 1:
            fan = weight[0].numel()
            weight.data.normal_(0, fan**-0.5, generator=generator)
        else:
            weight.data.fill_(float(name.endswith("weight")))
    return module.eval()
