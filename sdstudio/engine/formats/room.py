"""Whether the memory holds a model, asked before anything of it is read."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import torch

from sdstudio.engine.device import has_own_memory
from sdstudio.engine.formats.components import FULL, Dtypes
from sdstudio.engine.formats.folder import KINDS
from sdstudio.engine.formats.ldm import UNET
from sdstudio.engine.formats.weights import PREFERRED, weight_files
from sdstudio.engine.problems import ModelError, Problem

BYTES = {"F16": 2, "BF16": 2, "F64": 8}
"""Of a number that stays as it is in its file; any other takes four."""

WORKING = 1 << 30
"""Bytes a run takes over the weights, about: decoding 512 x 512 pixels in float32 was seen to take
1,009 MB, and a call of SD 1.5's network with guidance 525."""

CPU = torch.device("cpu")

UNREAD = ("model_ema.", "model_ema_")
"""Starts of the names of what trainers leave in single files."""


def check_memory(path: Path, name: str, dtypes: Dtypes = FULL, device: torch.device = CPU) -> bool:
    """Raise ModelError ``memory_short`` where a model cannot fit into what is free.

    Where it would with its network in bfloat16, the problem says so: ``half_fits``.

    Args:
        path: A folder in diffusers' layout or a single file.
        name: What the sentence calls it.
        dtypes: What its parts are read in.
        device: Where they are to run.

    Returns:
        Whether the device has too little for all parts at once, so that they must take turns.
    """
    parts = needed_by_part(path, dtypes)
    wanted = sum(parts.values())
    free = available()
    if free is not None and wanted > free:
        halved = needed(path, replace(dtypes, network=torch.bfloat16))
        fits = {"reason": "half_fits", "halved": _gigabytes(halved)} if halved <= free else {}
        raise _short(name, wanted, free, **fits)
    on_device = available_on(device)
    if on_device is None or wanted + WORKING <= on_device:
        return False
    largest = max(parts.values(), default=0)
    if largest > on_device:
        raise _short(name, largest, on_device, device=device.type)
    return True


def needed(path: Path, dtypes: Dtypes = FULL) -> int:
    """Bytes that the parts of a model take as they are read; unreadable files count 0."""
    return sum(needed_by_part(path, dtypes).values())


def needed_by_part(path: Path, dtypes: Dtypes = FULL) -> dict[str, int]:
    """The same by part; of a pickle, which is not opened, all of it is one."""
    if path.is_file():
        return _bytes(path, "", dtypes)
    total: dict[str, int] = {}
    for part in KINDS:
        folder = path / part
        if folder.is_dir():
            names = weight_files({file.name for file in folder.iterdir()}, PREFERRED)
            sizes = [_bytes(folder / name, part, dtypes) for name in names]
            total[part] = sum(sum(each.values()) for each in sizes)
    return total


def _short(name: str, wanted: int, free: int, **more: str) -> ModelError:
    gigabytes = {"wanted": _gigabytes(wanted), "free": _gigabytes(free)}
    return ModelError(Problem.of("memory_short", name=name, **gigabytes, **more))


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"


def available() -> int | None:
    """Bytes that are free, those that can be swapped out included; None where it is not known."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        values = dict(line.split(":", 1) for line in lines)
        kilobytes = [int(values[key].split()[0]) for key in ("MemAvailable", "SwapFree")]
    except (OSError, ValueError, KeyError):
        return None
    return 1024 * sum(kilobytes)


def available_on(device: torch.device) -> int | None:
    """Bytes free on an accelerator; None where it has none of its own, or does not say."""
    if not has_own_memory(device):
        return None
    try:
        free, _ = torch.accelerator.get_memory_info(device)
        # What torch keeps for itself, it hands out again.
        kept = torch.accelerator.memory_reserved(device)
        return int(free + kept - torch.accelerator.memory_allocated(device))
    except RuntimeError:
        # Not every accelerator can say it.
        return None


def _dtype_of(part: str, name: str, dtypes: Dtypes) -> torch.dtype | None:
    if part == "unet" or name.startswith(UNET):
        return dtypes.network
    return dtypes.encoders if part.startswith("text_encoder") else torch.float32


def _bytes(file: Path, part: str, dtypes: Dtypes) -> dict[str, int]:
    """What a file's numbers take as they are read, by part; of a pickle, not opened, its size."""
    if file.suffix == ".json":
        return {}
    if file.suffix != ".safetensors":
        return {part: file.stat().st_size}
    from safetensors import SafetensorError, safe_open

    total: dict[str, int] = {}
    try:
        with safe_open(file, framework="pt") as opened:
            for name in opened.keys():  # noqa: SIM118 - it is no dictionary
                if not name.startswith(UNREAD):
                    stored, dtype = opened.get_slice(name), _dtype_of(part, name, dtypes)
                    size = dtype.itemsize if dtype else BYTES.get(stored.get_dtype(), 4)
                    # In a single file a part's names begin alike.
                    own = part or name.split(".")[0]
                    total[own] = total.get(own, 0) + size * math.prod(stored.get_shape())
    except (SafetensorError, OSError):
        # What is wrong with it is said where it is read.
        return {}
    return total
