"""Tiny models written as one file with the names of the original layout (Rombach et al. 2022)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

Tensors = dict[str, torch.Tensor]

_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "time_emb_proj": "emb_layers.1",
    "conv_shortcut": "skip_connection",
}
_UNET = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
_VAE_ATTENTION = {
    "group_norm": "norm",
    "to_q": "q",
    "to_k": "k",
    "to_v": "v",
    "to_out.0": "proj_out",
}
_OPEN_CLIP = {
    "embeddings.position_embedding.weight": "positional_embedding",
    "embeddings.token_embedding.weight": "token_embedding.weight",
    "final_layer_norm": "ln_final",
    "encoder.layers.": "transformer.resblocks.",
    "layer_norm1": "ln_1",
    "layer_norm2": "ln_2",
    "mlp.fc1": "mlp.c_fc",
    "mlp.fc2": "mlp.c_proj",
    "self_attn.out_proj": "attn.out_proj",
}


def ldm_tensors(pipeline: Any) -> Tensors:
    """A pipeline's weights by their original names, in half precision."""
    parts = {
        "model.diffusion_model.": _unet(pipeline.unet),
        "first_stage_model.": _vae(pipeline.vae),
        **_texts(pipeline),
    }
    return {
        prefix + name: weight.detach().half().contiguous().clone()
        for prefix, part in parts.items()
        for name, weight in part
    }


def save_ldm(pipeline: Any, path: Path, metadata: dict[str, str] | None = None) -> Path:
    """Write a pipeline as one .safetensors file."""
    save_file(ldm_tensors(pipeline), path, metadata=metadata)
    return path


def save_config(pipeline: Any, folder: Path) -> Path:
    """Write a pipeline's configurations and tokenizers, without any weights."""
    pipeline.save_pretrained(folder)
    for file in folder.glob("*/*.safetensors"):
        file.unlink()
    return folder


Named = Iterator[tuple[str, torch.Tensor]]


def _texts(pipeline: Any) -> dict[str, Named]:
    first, second = pipeline.text_encoder, getattr(pipeline, "text_encoder_2", None)
    if second is None:
        if first.config.hidden_act == "gelu":
            return {"cond_stage_model.model.": _open_clip(first)}
        return {"cond_stage_model.transformer.text_model.": _clip(first)}
    if first is None:
        return {"conditioner.embedders.0.model.": _open_clip(second)}
    return {
        "conditioner.embedders.0.transformer.text_model.": _clip(first),
        "conditioner.embedders.1.model.": _open_clip(second),
    }


def _clip(encoder: Any) -> Named:
    for name, weight in encoder.state_dict().items():
        yield name.removeprefix("text_model."), weight


def _open_clip(encoder: Any) -> Named:
    weights = dict(_clip(encoder))
    if "text_projection.weight" in weights:
        yield "text_projection", weights.pop("text_projection.weight").T
    for name, weight in weights.items():
        if ".self_attn.q_proj." in name:
            # The three are one matrix.
            three = [weights[name.replace("q_proj", f"{each}_proj")] for each in "qkv"]
            joined = name.replace("self_attn.q_proj.", "attn.in_proj_")
            yield _renamed(joined, _OPEN_CLIP), torch.cat(three)
        elif ".k_proj." not in name and ".v_proj." not in name:
            yield _renamed(name, _OPEN_CLIP), weight


def _unet(unet: Any) -> Named:
    layers = unet.config.layers_per_block
    for name, weight in unet.state_dict().items():
        part = re.match(r"(down_blocks|up_blocks)\.(\d+)\.(\w+)\.(\d+)\.(.*)", name)
        middle = re.match(r"mid_block\.(\w+)\.(\d+)\.(.*)", name)
        if part:
            side, block, kind, number = part[1], int(part[2]), part[3], int(part[4])
            rest = _renamed(part[5], _RESNET) if kind == "resnets" else part[5]
            first = block * (layers + 1)
            if side == "down_blocks":
                if kind == "downsamplers":
                    yield f"input_blocks.{first + layers + 1}.0.op.{rest[5:]}", weight
                else:
                    place = 0 if kind == "resnets" else 1
                    yield f"input_blocks.{first + 1 + number}.{place}.{rest}", weight
            elif kind == "upsamplers":
                place = 2 if hasattr(unet.up_blocks[block], "attentions") else 1
                yield f"output_blocks.{first + layers}.{place}.{rest}", weight
            else:
                place = 0 if kind == "resnets" else 1
                yield f"output_blocks.{first + number}.{place}.{rest}", weight
        elif middle:
            if middle[1] == "resnets":
                yield f"middle_block.{2 * int(middle[2])}.{_renamed(middle[3], _RESNET)}", weight
            else:
                yield f"middle_block.1.{middle[3]}", weight
        else:
            yield _renamed(name, _UNET), weight


def _vae(vae: Any) -> Named:
    last = len(vae.config.block_out_channels) - 1
    for name, weight in vae.state_dict().items():
        new = name.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")
        if "mid_block.attentions" in new:
            new = _renamed(new.replace("mid_block.attentions.0", "mid.attn_1"), _VAE_ATTENTION)
            # They were convolutions of one pixel.
            weight = weight[:, :, None, None] if weight.ndim == 2 else weight
        new = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", new)
        new = re.sub(r"down_blocks\.(\d)\.resnets", r"down.\1.block", new)
        new = re.sub(r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample", new)
        new = re.sub(r"up_blocks\.(\d)\.resnets", lambda m: f"up.{last - int(m[1])}.block", new)
        new = re.sub(
            r"up_blocks\.(\d)\.upsamplers\.0",
            lambda m: f"up.{last - int(m[1])}.upsample",
            new,
        )
        yield new, weight


def _renamed(name: str, by: dict[str, str]) -> str:
    for old, new in by.items():
        name = name.replace(old, new)
    return name
