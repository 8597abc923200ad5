"""A model in diffusers' own layout: a folder with model_index.json and a folder per part."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from sdstudio.engine.family import usual_scheduler
from sdstudio.engine.formats.components import FULL, Components, Dtypes, first_line, quiet
from sdstudio.engine.formats.pickles import read_pickle
from sdstudio.engine.formats.tokenizers import is_tokenizer
from sdstudio.engine.formats.weights import find_weights, stored_dtype
from sdstudio.engine.problems import ModelError, Problem

KINDS = {
    "unet": ("UNet2DConditionModel",),
    "vae": ("AutoencoderKL", "AutoencoderTiny"),
    "text_encoder": ("CLIPTextModel",),
    "text_encoder_2": ("CLIPTextModelWithProjection",),
}
"""The classes each part may be of."""

Say = Callable[[float], None]


def read_folder(folder: Path, say: Say = lambda share: None, dtypes: Dtypes = FULL) -> Components:
    """Load every part of a folder.

    Nothing in the folder is executed: weights are safetensors, or pickles of which only
    tensors are taken, and the classes are taken from the two libraries by a fixed list.

    Args:
        say: Told the share done, before each part; what it raises ends the loading.
        dtypes: What precision each part is read in.

    Raises:
        ModelError: ``model_missing``, ``model_damaged``, ``model_unsupported``,
            ``part_missing``, ``weights_missing``, ``index_outside``, ``pickle_refused`` or
            ``file_damaged``.
    """
    index = _index(folder)
    parts = {part: index[part][1] for part in KINDS if has_part(index, part)}
    for part, kind in parts.items():
        if kind not in KINDS[part]:
            raise ModelError(Problem.of("model_unsupported", kind=kind, part=part))
    tokenizers = [part.replace("text_encoder", "tokenizer") for part in parts if "text" in part]
    for part in (*parts, *tokenizers):
        if not (folder / part).is_dir() or (part in tokenizers and not is_tokenizer(folder / part)):
            raise ModelError(Problem.of("part_missing", name=folder.name, part=part))
    read: dict[str, Any] = {}
    with quiet():
        for number, (part, kind) in enumerate(parts.items()):
            say(number / len(parts))
            read[part] = _read_part(folder, part, kind, dtypes)
        for part in tokenizers:
            read[part] = _read_tokenizer(folder, part)
    scheduler = _scheduler(folder)
    remarks: tuple[Problem, ...] = ()
    if scheduler is None:
        scheduler = usual_scheduler(read["unet"])
        kind = scheduler["prediction_type"]
        remarks = (Problem.of("scheduler_assumed", name=folder.name, prediction=kind),)
    return Components(
        network=read["unet"],
        vae=read["vae"],
        text_encoder=read.get("text_encoder"),
        tokenizer=read.get("tokenizer"),
        text_encoder_2=read.get("text_encoder_2"),
        tokenizer_2=read.get("tokenizer_2"),
        scheduler_class=scheduler.get("_class_name", ""),
        scheduler_config={k: v for k, v in scheduler.items() if not k.startswith("_")},
        zero_negative=bool(index.get("force_zeros_for_empty_prompt", False)),
        extras={name: _extra(folder / f"{name}.json") for name in ("words", "recommended")},
        remarks=remarks,
    )


def _read_part(folder: Path, part: str, kind: str, dtypes: Dtypes) -> Any:
    import diffusers
    import transformers

    place = folder / part
    _check_config(place)
    weights = find_weights(place)
    if not weights.safe:
        for file in place.glob("*.bin"):
            # Said in words here; the libraries read it the same careful way.
            read_pickle(file)
    given: dict[str, Any] = {
        "local_files_only": True,
        "use_safetensors": weights.safe,
        "variant": weights.variant or None,
        "output_loading_info": True,
    }
    try:
        if part.startswith("text_encoder"):
            kinds: Any = getattr(transformers, kind)
            model, info = kinds.from_pretrained(place, dtype=dtypes.encoders, **given)
        else:
            dtype = torch.float32
            if part == "unet":
                dtype = dtypes.network or stored_dtype(place, weights)
            kinds = getattr(diffusers, kind)
            model, info = kinds.from_pretrained(place, torch_dtype=dtype, **given)
    except Exception as error:
        # The loaders raise whatever their parsers do.
        raise _damaged(folder, f"{part}: {first_line(error)}") from error
    if missing := info["missing_keys"]:
        # They would be random numbers.
        raise _damaged(folder, f"{part}: {len(missing)} weights are missing")
    return model


def _check_config(place: Path) -> None:
    """Say in few words what the libraries say in many, of a part's configuration."""
    try:
        json.loads((place / "config.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise _damaged(place.parent, f"{place.name}/config.json is missing") from error
    except ValueError as error:
        raise _damaged(place.parent, f"{place.name}/config.json cannot be read") from error


def _read_tokenizer(folder: Path, part: str) -> Any:
    from transformers import CLIPTokenizer

    try:
        return CLIPTokenizer.from_pretrained(folder / part, local_files_only=True)
    except Exception as error:
        raise _damaged(folder, f"{part}: {first_line(error)}") from error


def digest(folder: Path) -> str:
    """SHA-256 over the weights of every part, or of a part alone, hexadecimal."""
    sha = hashlib.sha256()
    patterns = ("*/*.safetensors", "*/*.bin", "*.safetensors", "*.bin")
    files = next((files for each in patterns if (files := sorted(folder.glob(each)))), [])
    for file in files:
        sha.update(file.relative_to(folder).as_posix().encode())
        add_file(sha, file)
    return sha.hexdigest()


def add_file(sha: Any, file: Path) -> None:
    """Add a file's bytes to a hash."""
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            sha.update(block)


def _index(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise ModelError(Problem.of("model_missing", name=str(folder)))
    path = folder / "model_index.json"
    if not path.is_file():
        raise _damaged(folder, "model_index.json is missing")
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
        known = {part: index[part] for part in KINDS if index.get(part) is not None}
    except (ValueError, AttributeError, OSError) as error:
        raise _damaged(folder, f"model_index.json: {first_line(error)}") from error
    for part, entry in known.items():
        if not isinstance(entry, list) or len(entry) != 2:
            raise _damaged(folder, f"model_index.json: {part} has no library and class")
    for part in ("unet", "vae"):
        if not has_part(index, part):
            raise _damaged(folder, f"model_index.json: no {part}")
    if not has_part(index, "text_encoder") and not has_part(index, "text_encoder_2"):
        raise _damaged(folder, "model_index.json: no text_encoder")
    return index


def has_part(index: Mapping[str, Any], part: str) -> bool:
    """Whether a model_index.json names a part; the refiner's names a null."""
    return index.get(part) is not None and index[part][1] is not None


def _scheduler(folder: Path) -> dict[str, Any] | None:
    """The scheduler's configuration; None where the folder has none."""
    path = folder / "scheduler" / "scheduler_config.json"
    if not path.is_file():
        return None
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
        return dict(config)
    except (ValueError, TypeError, OSError) as error:
        raise _damaged(folder, f"scheduler: {first_line(error)}") from error


def _extra(path: Path) -> Any:
    if not path.is_file():
        return {}
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, OSError) as error:
        raise _damaged(path.parent, f"{path.name}: {first_line(error)}") from error


def _damaged(folder: Path, reason: str) -> ModelError:
    return ModelError(Problem.of("model_damaged", name=folder.name, reason=reason))
