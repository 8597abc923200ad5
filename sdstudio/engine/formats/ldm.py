"""What a single file holds, told from the names and shapes of its tensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sdstudio.engine.formats.components import first_line
from sdstudio.engine.formats.heads import PICKLES
from sdstudio.engine.formats.pickles import read_pickle
from sdstudio.engine.formats.recognition import FIRST, WIDTHS, what_of
from sdstudio.engine.problems import ModelError, Problem

UNET = "model.diffusion_model."

_TEXT = {
    "conditioner.embedders.1.model.": "sdxl",
    "conditioner.embedders.0.model.": "sdxl-refiner",
    "cond_stage_model.model.": "sd2",
    "cond_stage_model.transformer.": "sd1",
}
"""The text encoder's names by family; a file with SDXL's two has the first."""

_FAMILIES = {"SD 1": "sd1", "SD 2": "sd2", "SDXL": "sdxl", "SDXL refiner": "sdxl-refiner"}
"""Folders in ``resources/configs`` by family."""


@dataclass(frozen=True)
class Kind:
    """What a single file is.

    Attributes:
        family: A folder's name in ``resources/configs``.
        channels: That the network takes: 4, or 9 for inpainting.
    """

    family: str
    channels: int


def read_tensors(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """The tensors of a .safetensors file or a pickle, by name, and the file's metadata.

    Raises:
        ModelError: ``file_damaged``, ``pickle_refused`` or ``model_unsupported``.
    """
    if path.suffix.lower() in PICKLES:
        found = read_pickle(path)
        # Trainers wrap the weights up with their own notes.
        plain = found.get("state_dict", found) if isinstance(found, dict) else {}
        return {name: each for name, each in plain.items() if hasattr(each, "shape")}, {}
    if path.suffix.lower() != ".safetensors":
        raise ModelError(Problem.of("model_unsupported", kind=path.suffix, part="file"))
    from safetensors import safe_open

    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except Exception as error:
        raise ModelError(
            Problem.of("file_damaged", name=path.name, reason=first_line(error))
        ) from error


def kind_of(tensors: Mapping[str, Any], name: str) -> Kind:
    """What the tensors are of.

    Args:
        tensors: Anything with a ``shape``, by name.
        name: The file's, for the sentence.

    Raises:
        ModelError: ``not_a_checkpoint``: they are something else; ``weights_missing``: there
            is neither a text encoder nor a width of text that is known.
    """
    if FIRST not in tensors:
        raise ModelError(Problem.of("not_a_checkpoint", name=name, what=what_of(tensors)))
    channels = int(tensors[FIRST].shape[1])
    for start, family in _TEXT.items():
        if _any(tensors, start):
            return Kind(family, channels)
    for key, tensor in tensors.items():
        if key.startswith(UNET) and key.endswith("attn2.to_k.weight"):
            width = int(tensor.shape[1])
            if width in WIDTHS:
                return Kind(_FAMILIES[WIDTHS[width]], channels)
    raise ModelError(Problem.of("weights_missing", name=name, part="text_encoder"))


def _any(tensors: Mapping[str, Any], start: str) -> bool:
    return any(name.startswith(start) for name in tensors)
