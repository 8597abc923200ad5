"""Which file of a part's folder holds its weights: whole, in half precision, or in shards."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import torch

from sdstudio.engine.problems import ModelError, Problem

STEM = r"(?:diffusion_pytorch_model|pytorch_model|model)"
WHOLE = re.compile(STEM + r"(?:\.(?P<variant>\w+))?\.(?P<kind>safetensors|bin)")
INDEX = re.compile(STEM + r"\.(?P<kind>safetensors|bin)\.index(?:\.(?P<variant>\w+))?\.json")

SHARD = re.compile(
    STEM + r"(?:\.(?P<variant>\w+))?-\d+-of-\d+(?:\.(?P<later>\w+))?\.(?P<kind>safetensors|bin)"
)

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


def stored_dtype(folder: Path, weights: Weights) -> torch.dtype:
    """The precision that a part's weights are stored in; of pickles, which stay shut, float32."""
    files = sorted(folder.glob("*.safetensors")) if weights.safe else []
    for file in files:
        match = WHOLE.fullmatch(file.name) or SHARD.fullmatch(file.name)
        if match is None or (match["variant"] or "") != weights.variant:
            continue
        from safetensors import safe_open

        with safe_open(file, framework="pt") as opened:
            for name in opened.keys():  # noqa: SIM118 - it is no dictionary
                return _STORED.get(opened.get_slice(name).get_dtype(), torch.float32)
    return torch.float32


_STORED = {"F16": torch.float16, "BF16": torch.bfloat16}
"""Precisions as safetensors call them."""

SMALLEST = ("fp16", "bf16", "")
"""Half the bytes where there is a choice."""


def weight_files(names: set[str], preferred: tuple[str, ...] = SMALLEST) -> set[str]:
    """Of the names of a part's files those of its weights, of one variant.

    Args:
        preferred: Variants, the best first: the smallest for downloads.

    Returns:
        One file, or an index and its shards; none where there are no weights.
    """
    by_kind: dict[Weights, set[str]] = {}
    for name in names:
        if match := WHOLE.fullmatch(name) or INDEX.fullmatch(name):
            weights = Weights(match["variant"] or "", match["kind"] == "safetensors")
            by_kind.setdefault(weights, set()).add(name)
    if not by_kind:
        return set()
    best = min(by_kind, key=lambda weights: _rank(weights, preferred))
    whole = {name for name in by_kind[best] if WHOLE.fullmatch(name)}
    if whole:
        return whole
    shards = {
        name
        for name in names
        if (match := SHARD.fullmatch(name))
        and (match["variant"] or match["later"] or "") == best.variant
        and (match["kind"] == "safetensors") == best.safe
    }
    return by_kind[best] | shards


def _rank(weights: Weights, preferred: tuple[str, ...] = PREFERRED) -> tuple[bool, int, str]:
    known = weights.variant in preferred
    order = preferred.index(weights.variant) if known else len(preferred)
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
