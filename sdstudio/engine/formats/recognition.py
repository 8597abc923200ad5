"""What people bring, told before anything of it is read: a model, a LoRA, or something else."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sdstudio.engine.formats.heads import PICKLES, Shapes, read_head
from sdstudio.engine.problems import ModelError, Problem

FIRST = "model.diffusion_model.input_blocks.0.0.weight"
"""The first weight of a network in the original layout."""

WIDTHS = {768: "SD 1", 1024: "SD 2", 2048: "SDXL", 1280: "SDXL refiner"}
"""Families by the width of the text that their cross-attention reads."""

ARCHIVES = frozenset({".zip", ".7z", ".rar", ".tar", ".gz"})
"""Endings of what has to be unpacked first."""

FOREIGN = {".gguf": "GGUF", ".onnx": "ONNX", ".engine": "TensorRT", ".mlmodel": "Core ML"}
"""Formats of other programs, by ending."""

_OTHERS = {
    "lora_unet_": "a LoRA",
    "lora_te": "a LoRA",
    "unet.down_blocks.": "a LoRA",
    "double_blocks.": "Flux",
    "model.diffusion_model.double_blocks.": "Flux",
    "joint_blocks.": "Stable Diffusion 3",
    "model.diffusion_model.joint_blocks.": "Stable Diffusion 3",
    "control_model.": "a ControlNet",
    "emb_params": "a textual inversion",
    "string_to_param": "a textual inversion",
    "first_stage_model.": "an autoencoder alone",
    "encoder.down.": "an autoencoder alone",
    "down_blocks.": "a part of a diffusers folder",
    "model.layers.": "a language model",
    "transformer.h.": "a language model",
}
"""What else people have in files, by the start of a tensor's name."""

_ELSEWHERE = {
    "double_blocks": "Flux",
    "single_transformer_blocks": "Flux",
    "joint_blocks": "Stable Diffusion 3",
    "joint_transformer_blocks": "Stable Diffusion 3",
}
"""Other families that LoRAs are made for, by a part of their layers' names."""

_LORA = ("lora_unet_", "lora_te", "base_model.model.")
_LORA_PARTS = (".lora_", ".lora.", "_lora.")
_INVERSIONS = ("emb_params", "string_to_param")

KL = ("first_stage_model.", "encoder.down", "decoder.up", "decoder.mid")
"""Starts of the names of an autoencoder of the full kind."""

TINY_HALVES = ("encoder.layers.", "decoder.layers.")
"""Starts of the names of a tiny autoencoder, in diffusers' layout."""

TINY_PLAIN = re.compile(r"(?:taesd\w*_(encoder|decoder)\.)?(\d+)\.(.+)")
"""Its names in the layout of TAESD's author: two plain sequences."""

WEIGHTS = PICKLES | {".safetensors"}
"""Endings of files with weights."""

_RATHER_NOT = PICKLES | ARCHIVES | set(FOREIGN)
"""Endings of what is looked at only where no .safetensors file is."""

Kind = Literal["model", "lora", "inversion", "vae", "tiny"]

AUTOENCODERS: dict[str, Kind] = {"AutoencoderKL": "vae", "AutoencoderTiny": "tiny"}
_PARTS = ("UNet2DConditionModel", "CLIPTextModel", "CLIPTextModelWithProjection")


@dataclass(frozen=True)
class Found:
    """Something that can be used.

    Attributes:
        kind: What it is.
        path: What to open: of a folder around one file, that file.
        made_for: Of a LoRA, its family, or the width of the text it reads; "" unknown.
    """

    kind: Kind
    path: Path
    made_for: str = ""


def recognise(path: Path) -> Found:
    """What a file or folder is, from names and heads alone.

    Raises:
        ModelError: As :func:`read_head`; ``not_a_checkpoint``, ``format_of_others`` or
            ``lora_pickled``: it is something else; ``not_a_model``: a folder that no model is
            in; ``several_models``: one with more than one file of weights.
    """
    try:
        return _folder(path) if path.is_dir() else _file(path)
    except PermissionError as error:
        reason = error.strerror or str(error)
        raise ModelError(Problem.of("model_unreadable", name=path.name, reason=reason)) from error


def what_of(names: Collection[str]) -> str | None:
    """What a file without a network of ours is, by its tensors' names; None for unknown."""
    return next((what for start, what in _OTHERS.items() if _any(names, (start,))), None)


def lora_made_for(shapes: Shapes) -> str:
    """The family a LoRA was made for, or the width of its text; "" where nothing tells.

    In every layout the matrix that goes down from the text in cross-attention is as wide as
    the text.
    """
    for name, shape in shapes.items():
        for mark, family in _ELSEWHERE.items():
            if mark in name:
                return family
        if "attn2" in name and "to_k" in name and _goes_down(name) and len(shape) > 1:
            return WIDTHS.get(shape[1], str(shape[1]))
    return ""


def _goes_down(name: str) -> bool:
    return name.endswith((".lora_down.weight", ".lora_A.weight", ".lora.down.weight"))


def _file(path: Path) -> Found:
    ending = path.suffix.lower()
    if ending in FOREIGN:
        format_ = FOREIGN[ending]
        raise ModelError(Problem.of("format_of_others", name=path.name, format=format_))
    if ending in ARCHIVES:
        raise ModelError(Problem.of("not_weights", name=path.name, reason="archive"))
    if ending not in WEIGHTS:
        raise _other(path, None)
    shapes = read_head(path)
    if FIRST in shapes:
        return Found("model", path)
    if _any(shapes, _LORA) or any(part in name for name in shapes for part in _LORA_PARTS):
        if ending in PICKLES:
            # A request names its LoRAs by file; those are read without unpickling anything.
            raise ModelError(Problem.of("lora_pickled", name=path.name))
        return Found("lora", path, lora_made_for(shapes))
    if _any(shapes, KL):
        return Found("vae", path)
    if shapes and all(map(_is_tiny, shapes)):
        return Found("tiny", path)
    what = what_of(shapes)
    if _any(shapes, _INVERSIONS) or (what is None and _is_inversion(shapes)):
        return Found("inversion", path)
    raise _other(path, what)


def _any(names: Collection[str], starts: tuple[str, ...]) -> bool:
    return any(name.startswith(starts) for name in names)


def _is_tiny(name: str) -> bool:
    return name.startswith(TINY_HALVES) or TINY_PLAIN.fullmatch(name) is not None


def _is_inversion(shapes: Shapes) -> bool:
    """Whether it is a word and its vectors, or one for each of SDXL's encoders."""
    if set(shapes) == {"clip_l", "clip_g"}:
        return True
    return len(shapes) == 1 and all(len(shape) <= 2 for shape in shapes.values())


def _folder(folder: Path) -> Found:
    if (index := folder / "model_index.json").is_file():
        pipeline = _json(index)
        if pipeline and "unet" not in pipeline:
            raise _other(folder, f"a model of another kind ({pipeline.get('_class_name', '?')})")
        return Found("model", folder)
    config = _json(folder / "config.json")
    kind = str(config.get("_class_name") or (config.get("architectures") or [""])[0])
    if kind in AUTOENCODERS:
        return Found(AUTOENCODERS[kind], folder)
    if kind in _PARTS:
        raise _other(folder, "a part of a diffusers folder")
    if kind and "Lora" not in kind:
        told = str(config.get("model_type") or kind)
        text = kind.endswith(("ForCausalLM", "LMHeadModel", "ForConditionalGeneration"))
        raise _other(folder, f"a {'language model' if text else 'model of another kind'} ({told})")
    inside = sorted(folder.iterdir())
    files = [each for each in inside if each.suffix.lower() == ".safetensors"]
    files = files or [each for each in inside if each.suffix.lower() in _RATHER_NOT]
    if len(files) == 1:
        return _file(files[0])
    if files:
        raise ModelError(Problem.of("several_models", name=folder.name, count=len(files)))
    raise ModelError(Problem.of("not_a_model", name=folder.name))


def _other(path: Path, what: str | None) -> ModelError:
    return ModelError(Problem.of("not_a_checkpoint", name=path.name, what=what))


def _json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}
