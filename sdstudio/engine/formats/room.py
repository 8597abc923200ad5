"""Whether the memory holds a model, asked before anything of it is read."""

from __future__ import annotations

from pathlib import Path

from sdstudio.engine.formats.folder import KINDS
from sdstudio.engine.formats.weights import PREFERRED, weight_files
from sdstudio.engine.problems import ModelError, Problem

NUMBER = 4
"""Bytes of a float32, in which every part is read."""

UNREAD = ("model_ema.", "model_ema_")
"""Starts of the names of what trainers leave in single files."""


def check_memory(path: Path, name: str) -> None:
    """Raise ModelError ``memory_short`` where a model cannot fit into what is free.

    Args:
        path: A folder in diffusers' layout or a single file.
        name: What the sentence calls it.
    """
    free = available()
    if free is None:
        return
    wanted = needed(path)
    if wanted > free:
        gigabytes = {"wanted": f"{wanted / 1e9:.1f} GB", "free": f"{free / 1e9:.1f} GB"}
        raise ModelError(Problem.of("memory_short", name=name, **gigabytes))


def needed(path: Path) -> int:
    """Bytes that the parts of a model take in float32; files that cannot be read count 0."""
    if path.is_file():
        return _numbers(path)
    total = 0
    for part in KINDS:
        folder = path / part
        if folder.is_dir():
            names = weight_files({file.name for file in folder.iterdir()}, PREFERRED)
            total += sum(_numbers(folder / name) for name in names)
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


def _numbers(file: Path) -> int:
    """Bytes of a file's numbers in float32; of a pickle, which is not opened, its size."""
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
                    count = 1
                    for side in opened.get_slice(name).get_shape():
                        count *= side
                    total += NUMBER * count
    except (SafetensorError, OSError):
        # What is wrong with it is said where it is read.
        return 0
    return total
