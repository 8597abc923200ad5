"""Which file of a part's folder holds its weights: whole, in half precision, or in shards."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sdstudio.engine.problems import ModelError, Problem

STEM = r"(?:diffusion_pytorch_model|pytorch_model|model)"
WHOLE = re.compile(STEM + r"(?:\.(?P<variant>\w+))?\.(?P<kind>safetensors|bin)")
INDEX = re.compile(STEM + r"\.(?P<kind>safetensors|bin)\.index(?:\.(?P<variant>\w+))?\.json")

PREFERRED = ("", "fp16", "bf16")
"""Full precision first, then the half that keeps more digits; others as a last resort."""


@dataclass(frozen=True)
class Weights:
    """Where the weights of a part are.

    Attributes:
        variant: What the file's name says of it: "" as a rule, "fp16", "bf16".
        safe: Whether they are safetensors, not a pickle.
    """

    variant: str
    safe: bool


def find_weights(folder: Path) -> Weights:
    """The best weights in a part's folder.

    Raises:
        ModelError: ``weights_missing``; ``index_outside``: an index of shards names a file
            that is not beside it.
    """
    found: list[Weights] = []
    for file in folder.iterdir():
        whole, index = WHOLE.fullmatch(file.name), INDEX.fullmatch(file.name)
        if index is not None:
            _check_index(file)
        if match := whole or index:
            found.append(Weights(match["variant"] or "", match["kind"] == "safetensors"))
    if not found:
        raise ModelError(Problem.of("weights_missing", name=folder.parent.name, part=folder.name))
    return min(found, key=_rank)


def _rank(weights: Weights) -> tuple[bool, int, str]:
    known = weights.variant in PREFERRED
    order = PREFERRED.index(weights.variant) if known else len(PREFERRED)
    return not weights.safe, order, weights.variant


def _check_index(file: Path) -> None:
    """Refuse an index of shards that leads elsewhere, whichever library would follow it."""
    try:
        names = set(json.loads(file.read_text(encoding="utf-8"))["weight_map"].values())
        outside = [name for name in names if not is_beside(name)]
    except (ValueError, KeyError, AttributeError, TypeError, OSError) as error:
        raise ModelError(
            Problem.of(
                "model_damaged", name=file.parent.parent.name, reason=f"{file.name}: no index"
            )
        ) from error
    if outside:
        raise ModelError(Problem.of("index_outside", name=file.name, file=min(outside)))


def is_beside(name: str) -> bool:
    """Whether a file name stays in the folder it is read from, on any system."""
    plain = PurePosixPath(name.replace("\\", "/"))
    return len(plain.parts) == 1 and plain.name not in ("", "..") and ":" not in name
