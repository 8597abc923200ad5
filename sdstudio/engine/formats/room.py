"""Whether the memory holds a model, asked before anything of it is read."""

from __future__ import annotations

import math
from pathlib import Path

import torch

from sdstudio.engine.formats.components import FULL, Dtypes
from sdstudio.engine.formats.folder import KINDS
from sdstudio.engine.formats.ldm import UNET
from sdstudio.engine.formats.weights import PREFERRED, weight_files
from sdstudio.engine.problems import ModelError, Problem

BYTES = {"F16": 2, "BF16": 2, "F64": 8}
"""Of a number that stays as it is in its file; any other takes four."""

UNREAD = ("model_ema.", "model_ema_")
"""Starts of the names of what trainers leave in single files."""


def check_memory(path: Path, name: str, dtypes: Dtypes = FULL) -> None:
    """Raise ModelError ``memory_short`` where a model cannot fit into what is free.

    Args:
        path: A folder in diffusers' layout or a single file.
        name: What the sentence calls it.
        dtypes: What its parts are read in.
    """
    free = available()
    if free is None:
        return
    wanted = needed(path, dtypes)
    if wanted > free:
        gigabytes = {"wanted": f"{wanted / 1e9:.1f} GB", "free": f"{free / 1e9:.1f} GB"}
        raise ModelError(Problem.of("memory_short", name=name, **gigabytes))


def needed(path: Path, dtypes: Dtypes = FULL) -> int:
    """Bytes that the parts of a model take as they are read; unreadable files count 0."""
    if path.is_file():
        return _bytes(path, "", dtypes)
    total = 0
    for part in KINDS:
        folder = path / part
        if folder.is_dir():
            names = weight_files({file.name for file in folder.iterdir()}, PREFERRED)
            total += sum(_bytes(folder / name, part, dtypes) for name in names)
    return total


def available() -> int | None:
    """Bytes that are free, those that can be swapped out included; None where it is not known."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        values = dict(line.split(":", 1) for line in lines)
        kilobytes = [int(values[key].split()[0]) for key in ("MemAvailable", "SwapFree")]
    except (OSError, ValueError, KeyError):
        return None
    return 1024 * sum(kilobytes)


def _dtype_of(part: str, name: str, dtypes: Dtypes) -> torch.dtype | None:
    if part == "unet" or name.startswith(UNET):
        return dtypes.network
    return dtypes.encoders if part.startswith("text_encoder") else torch.float32


def _bytes(file: Path, part: str, dtypes: Dtypes) -> int:
    """What a file's numbers take as they are read; of a pickle, not opened, its size."""
    if file.suffix == ".json":
        return 0
    if file.suffix != ".safetensors":
        return file.stat().st_size
    from safetensors import SafetensorError, safe_open

    total = 0
    try:
        with safe_open(file, framework="pt") as opened:
            for name in opened.keys():  # noqa: SIM118 - it is no dictionary
                if not name.startswith(UNREAD):
                    stored, dtype = opened.get_slice(name), _dtype_of(part, name, dtypes)
                    size = dtype.itemsize if dtype else BYTES.get(stored.get_dtype(), 4)
                    total += size * math.prod(stored.get_shape())
    except (SafetensorError, OSError):
        # What is wrong with it is said where it is read.
        return 0
    return total
