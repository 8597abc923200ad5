"""A model in diffusers' own layout: a folder with model_index.json and a folder per part."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from sdstudio.engine.problems import ModelError, Problem

KINDS = {
    "unet": ("UNet2DConditionModel",),
    "vae": ("AutoencoderKL", "AutoencoderTiny"),
    "text_encoder": ("CLIPTextModel",),
}
"""The classes each part may be of."""

PARTS = ("unet", "vae", "text_encoder", "tokenizer", "scheduler")


@dataclass(eq=False)
class Components:
    """The parts of a model, as diffusers and transformers load them, in float32.

    Attributes:
        network: The denoising UNet.
        vae: The autoencoder, KL or tiny.
        text_encoder: The CLIP text model.
        tokenizer: Its tokenizer.
        scheduler_config: Configuration of the scheduler it came with.
        extras: Contents of ``words.json`` and ``recommended.json``, where they exist.
    """

    network: Any
    vae: Any
    text_encoder: Any
    tokenizer: Any
    scheduler_config: Mapping[str, Any]
    extras: Mapping[str, Any]


def read_folder(folder: Path) -> Components:
    """Load every part of a folder.

    Nothing in the folder is executed: weights are read from safetensors only, and the
    classes are taken from the two libraries by a fixed list of names.

    Raises:
        ModelError: ``model_missing``, ``model_damaged`` or ``model_unsupported``.
    """
    index = _index(folder)
    for part, names in KINDS.items():
        if index[part][1] not in names:
            raise ModelError(Problem.of("model_unsupported", kind=index[part][1], part=part))
    with quiet():
        return _read_parts(folder, index)


def _read_parts(folder: Path, index: Mapping[str, Any]) -> Components:
    from diffusers import AutoencoderKL, AutoencoderTiny, UNet2DConditionModel
    from transformers import CLIPTextModel, CLIPTokenizer

    vaes = {"AutoencoderKL": AutoencoderKL, "AutoencoderTiny": AutoencoderTiny}
    weights = {"local_files_only": True, "use_safetensors": True, "torch_dtype": torch.float32}
    try:
        return Components(
            network=UNet2DConditionModel.from_pretrained(folder / "unet", **weights),
            vae=vaes[index["vae"][1]].from_pretrained(folder / "vae", **weights),
            text_encoder=CLIPTextModel.from_pretrained(
                folder / "text_encoder",
                local_files_only=True,
                use_safetensors=True,
                dtype=torch.float32,
            ),
            tokenizer=CLIPTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True),
            scheduler_config=_scheduler_config(folder),
            extras={name: _extra(folder / f"{name}.json") for name in ("words", "recommended")},
        )
    except ModelError:
        raise
    except Exception as error:
        # The loaders raise whatever their parsers do; which part it was is in the message.
        raise ModelError(
            Problem.of("model_damaged", name=folder.name, reason=_first_line(error))
        ) from error


def digest(folder: Path) -> str:
    """SHA-256 over the weights of every part, hexadecimal."""
    sha = hashlib.sha256()
    for file in sorted(folder.glob("*/*.safetensors")):
        sha.update(file.relative_to(folder).as_posix().encode())
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                sha.update(block)
    return sha.hexdigest()


def _index(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise ModelError(Problem.of("model_missing", name=str(folder)))
    path = folder / "model_index.json"
    if not path.is_file():
        raise ModelError(
            Problem.of("model_damaged", name=folder.name, reason="model_index.json is missing")
        )
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
        parts = {part: index[part] for part in PARTS}
        if not all(isinstance(entry, list) and len(entry) == 2 for entry in parts.values()):
            raise ValueError("not a list of a library and a class for each part")
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise ModelError(
            Problem.of(
                "model_damaged", name=folder.name, reason=f"model_index.json: {_first_line(error)}"
            )
        ) from error
    for part in PARTS:
        if not (folder / part).is_dir():
            raise ModelError(
                Problem.of("model_damaged", name=folder.name, reason=f"{part} is missing")
            )
    return index


def _scheduler_config(folder: Path) -> dict[str, Any]:
    path = folder / "scheduler" / "scheduler_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    return {name: value for name, value in config.items() if not name.startswith("_")}


def _extra(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the libraries' own progress bars and remarks off the terminal."""
    from diffusers.utils import logging as of_diffusers
    from transformers.utils import logging as of_transformers

    before = [(library, library.get_verbosity()) for library in (of_diffusers, of_transformers)]
    bars = of_transformers.is_progress_bar_enabled()
    of_transformers.disable_progress_bar()
    for library, _ in before:
        library.set_verbosity_error()
    try:
        yield
    finally:
        for library, verbosity in before:
            library.set_verbosity(verbosity)
        if bars:
            of_transformers.enable_progress_bar()


def _first_line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:200]
