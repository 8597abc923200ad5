"""An autoencoder on its own: in place of a model's, or a tiny one for its previews."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from sdstudio.engine.formats.components import first_line, quiet
from sdstudio.engine.formats.ldm import read_tensors
from sdstudio.engine.formats.weights import find_weights
from sdstudio.engine.problems import ModelError, Problem

_TINY = {
    "SD 1": "madebyollin/taesd",
    "SD 2": "madebyollin/taesd",
    "SDXL": "madebyollin/taesdxl",
    "SDXL refiner": "madebyollin/taesdxl",
}
"""Repositories of the tiny autoencoder (TAESD) of each family's latents."""


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
        vae = _from_folder(path / "vae" if (path / "vae").is_dir() else path)
    mine, wanted = _shape(vae), _shape(like)
    if mine != wanted:
        raise ModelError(Problem.of("vae_differs", name=path.name, channels=mine[0], scale=mine[1]))
    return vae


def find_tiny(family: str) -> Any:
    """The tiny autoencoder of a family from the hub's cache on this machine, or None."""
    from huggingface_hub import try_to_load_from_cache

    if family not in _TINY:
        return None
    config = try_to_load_from_cache(_TINY[family], "config.json")
    if not isinstance(config, str):
        return None
    try:
        return _from_folder(Path(config).parent)
    except ModelError:
        # Only half of it was downloaded: there are other ways to preview.
        return None


def _shape(vae: Any) -> tuple[int, int]:
    """Channels of the latents, and pixels to one along a side."""
    blocks = vae.config.get("block_out_channels") or vae.config["encoder_block_out_channels"]
    return int(vae.config.latent_channels), 2 ** (len(blocks) - 1)


def _from_folder(folder: Path) -> Any:
    import diffusers

    file = folder / "config.json"
    if not file.is_file():
        raise ModelError(Problem.of("model_missing", name=str(folder)))
    weights = find_weights(folder)
    if not weights.safe:
        raise ModelError(Problem.of("weights_missing", name=folder.name, part="safetensors"))
    try:
        kind = json.loads(file.read_text(encoding="utf-8"))["_class_name"]
        if kind not in ("AutoencoderKL", "AutoencoderTiny"):
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
        raise _damaged(folder, first_line(error)) from error
    if missing := info["missing_keys"]:
        raise _damaged(folder, f"{len(missing)} weights are missing")
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
        raise _damaged(path, first_line(error)) from error
    if missing:
        raise _damaged(path, f"{len(missing)} weights are missing")
    return vae.to(torch.float32).eval()


def _damaged(path: Path, reason: str) -> ModelError:
    return ModelError(Problem.of("file_damaged", name=path.name, reason=reason))
