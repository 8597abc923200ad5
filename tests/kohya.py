"""Random LoRAs in the layout of Kohya's trainer, which most of those on the web have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

LAYERS = (
    *("to_q", "to_k", "to_v", "to_out.0"),
    *("q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"),
)
"""What the trainer covers, in the network and in the text encoders."""

RANK = 2
ALPHA = 1.0


def save_kohya(pipeline: Any, path: Path, seed: int) -> dict[str, torch.Tensor]:
    """Write a LoRA for every attention layer of the network and of the text encoders.

    Returns:
        What it adds to each weight at weight 1, by part and name, "unet.….weight".
    """
    generator = torch.Generator().manual_seed(seed)
    second = getattr(pipeline, "text_encoder_2", None)
    parts = {"unet": ("lora_unet", pipeline.unet)}
    parts["text_encoder"] = ("lora_te1" if second else "lora_te", pipeline.text_encoder)
    if second is not None:
        parts["text_encoder_2"] = ("lora_te2", second)
    tensors: dict[str, torch.Tensor] = {}
    added: dict[str, torch.Tensor] = {}
    for part, (prefix, model) in parts.items():
        for name, module in model.named_modules():
            if not name.endswith(LAYERS):
                continue
            long = (
                name if part == "unet" or name.startswith("text_model.") else f"text_model.{name}"
            )
            key = f"{prefix}_{long.replace('.', '_')}"
            out, inside = module.weight.shape
            down = torch.randn((RANK, inside), generator=generator) * 0.3
            up = torch.randn((out, RANK), generator=generator) * 0.3
            tensors[f"{key}.lora_down.weight"] = down
            tensors[f"{key}.lora_up.weight"] = up
            tensors[f"{key}.alpha"] = torch.tensor(ALPHA)
            added[f"{part}.{name}.weight"] = ALPHA / RANK * up @ down
    save_file(tensors, path)
    return added
