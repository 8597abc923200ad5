"""An autoencoder on its own, in place of a model's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from sdstudio.engine.formats.components import first_line, quiet
from sdstudio.engine.formats.ldm import read_tensors
from sdstudio.engine.formats.recognition import AUTOENCODERS
from sdstudio.engine.formats.weights import find_weights
from sdstudio.engine.problems import ModelError, Problem


def read_vae(path: Path, like: Any) -> Any:
    """An autoencoder in place of a model's, in float32.

    Args:
        path: A folder of diffusers with a config.json, such a model's folder, or a file in
            the original layout, with or without the prefix ``first_stage_model``.
        like: The model's own: a file is built as it is; its latents must be as many.

    Raises:
        ModelError: ``model_missing``, ``file_damaged``, ``weights_missing`` or
            ``vae_differs``.
    """
    if path.is_file():
        vae = _from_file(path, like)
    else:
        vae = from_folder(path / "vae" if (path / "vae").is_dir() else path)
    check_shape(vae, like, path.name)
    return vae


def check_shape(vae: Any, like: Any, name: str) -> None:
    """Raise ModelError ``vae_differs`` where two autoencoders are of other latents."""
    mine = shape_of(vae)
    if mine != shape_of(like):
        raise ModelError(Problem.of("vae_differs", name=name, channels=mine[0], scale=mine[1]))


def shape_of(vae: Any) -> tuple[int, int]:
    """Channels of the latents, and pixels to one along a side."""
    blocks = vae.config.get("block_out_channels") or vae.config["encoder_block_out_channels"]
    return int(vae.config.latent_channels), 2 ** (len(blocks) - 1)


def from_folder(folder: Path) -> Any:
    """An autoencoder from its folder in diffusers' layout, in float32."""
    import diffusers

    file = folder / "config.json"
    if not file.is_file():
        raise ModelError(Problem.of("model_missing", name=str(folder)))
    weights = find_weights(folder)
    if not weights.safe:
        raise ModelError(Problem.of("weights_missing", name=folder.name, part="safetensors"))
    try:
        kind = json.loads(file.read_text(encoding="utf-8"))["_class_name"]
        if kind not in AUTOENCODERS:
            raise ModelError(Problem.of("model_unsupported", kind=str(kind), part="vae"))
        with quiet():
            vae, info = getattr(diffusers, kind).from_pretrained(
                folder,
                local_files_only=True,
                use_safetensors=True,
                variant=weights.variant or None,
                torch_dtype=torch.float32,
                output_loading_info=True,
            )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise damaged(folder, first_line(error)) from error
    if missing := info["missing_keys"]:
        raise damaged(folder, f"{len(missing)} weights are missing")
    return vae.eval()


def _from_file(path: Path, like: Any) -> Any:
    from diffusers.loaders.single_file_utils import convert_ldm_vae_checkpoint

    tensors, _ = read_tensors(path)
    vae = type(like).from_config(dict(like.config))
    try:
        if "decoder.up_blocks.0.resnets.0.conv1.weight" not in tensors:
            tensors = convert_ldm_vae_checkpoint(tensors, dict(like.config))
        missing, _ = vae.load_state_dict(tensors, strict=False)
    except (KeyError, RuntimeError, AttributeError) as error:
        raise damaged(path, first_line(error)) from error
    if missing:
        raise damaged(path, f"{len(missing)} weights are missing")
    return vae.to(torch.float32).eval()


def damaged(path: Path, reason: str) -> ModelError:
    """What is raised where a file cannot be read."""
    return ModelError(Problem.of("file_damaged", name=path.name, reason=reason))
