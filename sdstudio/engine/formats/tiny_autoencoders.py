"""Tiny autoencoders (TAESD, Ollin Boer Bohan 2023), which show latents quickly."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderTiny

from sdstudio.engine.formats.autoencoders import check_shape, damaged, from_folder
from sdstudio.engine.formats.components import first_line
from sdstudio.engine.formats.hub import fetch_part
from sdstudio.engine.formats.hub_names import TINY, is_hub_name
from sdstudio.engine.formats.ldm import read_tensors
from sdstudio.engine.formats.recognition import KL, TINY_HALVES, TINY_PLAIN
from sdstudio.engine.problems import ModelError, Problem

_ENCODER, _DECODER = TINY_HALVES


def read_tiny(source: str | Path, like: Any, say: Any = lambda download: None) -> Any:
    """A tiny autoencoder for the previews of a model, in float32.

    Args:
        source: A folder of diffusers, a name on the hub, or a file: diffusers' own, or the
            encoder's or the decoder's of TAESD's author, with the other beside it. Of a
            decoder alone the encoder is left without meaning; previews do not ask it.
        like: The model's own autoencoder: its latents must be as many.
        say: Told how far a download has come.

    Raises:
        ModelError: ``vae_not_tiny``, ``tiny_decoder_missing``, ``vae_differs``,
            ``model_missing``, ``weights_missing``, ``file_damaged``, ``pickle_refused``, or
            one of :func:`sdstudio.engine.formats.hub.fetch`.
    """
    is_named = isinstance(source, str) and is_hub_name(source)
    path = fetch_part(str(source), say) if is_named else Path(source).expanduser()
    name = str(source) if is_named else path.name
    tiny = _from_file(path) if path.is_file() else from_folder(path)
    if not isinstance(tiny, AutoencoderTiny):
        raise ModelError(Problem.of("vae_not_tiny", name=name))
    check_shape(tiny, like, name)
    return tiny


def find_tiny(family: str) -> Any:
    """The tiny autoencoder of a family from the hub's cache on this machine, or None."""
    from huggingface_hub import try_to_load_from_cache

    if family not in TINY:
        return None
    config = try_to_load_from_cache(TINY[family], "config.json")
    if not isinstance(config, str):
        return None
    try:
        return from_folder(Path(config).parent)
    except ModelError:
        # Only half of it was downloaded: there are other ways to preview.
        return None


def _from_file(path: Path) -> Any:
    tensors = _named(path)
    if any(name.startswith(KL) for name in tensors):
        raise ModelError(Problem.of("vae_not_tiny", name=path.name))
    if not any(name.startswith(_DECODER) for name in tensors):
        raise ModelError(Problem.of("tiny_decoder_missing", name=path.name))
    try:
        tiny = AutoencoderTiny.from_config(_config(tensors))
        missing, unexpected = tiny.load_state_dict(tensors, strict=False)
    except (KeyError, ValueError, RuntimeError) as error:
        raise damaged(path, first_line(error)) from error
    needed = [name for name in missing if name.startswith(_DECODER)]
    if needed or unexpected:
        raise damaged(path, f"{len(needed) + len(unexpected)} weights are not as expected")
    return tiny.to(torch.float32).eval()


def _named(path: Path) -> dict[str, Any]:
    """The tensors of a file, and of the other half beside it, by diffusers' names."""
    tensors = _renamed(read_tensors(path)[0], path.stem)
    for half, other in (("encoder", "decoder"), ("decoder", "encoder")):
        beside = path.with_name(path.name.replace(half, other))
        is_half = half in path.stem and not any(name.startswith(other) for name in tensors)
        if is_half and beside.is_file():
            tensors |= _renamed(read_tensors(beside)[0], beside.stem)
    return tensors


def _renamed(tensors: Mapping[str, Any], stem: str) -> dict[str, Any]:
    """TAESD's author has two plain sequences, the decoder's behind a layer without weights."""
    found = {}
    for name, tensor in tensors.items():
        plain = TINY_PLAIN.fullmatch(name)
        if plain is None:
            found[name] = tensor
            continue
        is_encoder = "encoder" in (plain[1] or stem)
        number = int(plain[2]) - (0 if is_encoder else 1)
        found[f"{_ENCODER if is_encoder else _DECODER}{number}.{plain[3]}"] = tensor
    return found


def _config(tensors: Mapping[str, Any]) -> dict[str, Any]:
    """What the shapes say; of an encoder that is not there, as if it mirrored the decoder."""
    first = tensors[f"{_DECODER}0.weight"]
    decoder = _blocks(tensors, _DECODER)
    has_encoder = any(name.startswith(_ENCODER) for name in tensors)
    encoder = _blocks(tensors, _ENCODER) if has_encoder else decoder[::-1]
    width = int(first.shape[0])
    before = int(tensors[f"{_ENCODER}0.weight"].shape[0]) if has_encoder else width
    return {
        "latent_channels": int(first.shape[1]),
        "encoder_block_out_channels": (before,) * len(encoder),
        "decoder_block_out_channels": (width,) * len(decoder),
        "num_encoder_blocks": encoder,
        "num_decoder_blocks": decoder,
    }


def _blocks(tensors: Mapping[str, Any], half: str) -> tuple[int, ...]:
    """How many blocks there are of each resolution: convolutions on their own part them."""
    counts = [0]
    names = [name.removeprefix(half) for name in tensors if name.startswith(half)]
    numbers = sorted({int(name.split(".")[0]) for name in names})
    for number in numbers[1:]:
        if f"{number}.weight" in names:
            counts.append(0)
        else:
            counts[-1] += 1
    # Behind the last convolution comes nothing.
    return tuple(counts[:-1])
