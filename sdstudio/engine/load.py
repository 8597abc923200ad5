"""Finding a model and getting it ready."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from sdstudio import paths
from sdstudio.engine.device import default_device
from sdstudio.engine.fast import QUICK_PARAMETERS
from sdstudio.engine.formats.folder import digest, read_folder
from sdstudio.engine.formats.single_file import file_digest, read_single_file
from sdstudio.engine.model import Model, ModelRef
from sdstudio.engine.precision import put
from sdstudio.engine.problems import ModelError, Problem
from sdstudio.engine.versions import versions

BUILTIN = "builtin"
Progress = Callable[[str, float | None], None]


def load_model(
    source: str | Path = BUILTIN,
    dtype: torch.dtype | str | None = None,
    device: torch.device | str | None = None,
    *,
    config: str | Path | None = None,
    progress: Progress | None = None,
) -> Model:
    """Load a model. Nothing that comes with it is executed.

    Args:
        source: "builtin"; a folder in diffusers' layout, its weights whole, in half precision
            or in shards; or a .safetensors, .ckpt or .pt file in the original layout of SD 1,
            SD 2, SDXL or its refiner.
        dtype: The network's precision, as a torch dtype or its name. None picks the fastest
            that passes its self-check; ``torch.float32`` is the exact mode.
        device: Where to run; None picks CUDA, MPS, then the CPU.
        config: For a single file, a folder in diffusers' layout whose configurations and
            tokenizer are taken instead of those found on the machine.
        progress: Told the stage ("weights", "check") and its share done, or None; what it
            raises ends the loading.

    Raises:
        ModelError: ``model_missing``, ``model_damaged``, ``model_unsupported``,
            ``weights_missing``, ``index_outside``, ``pickle_refused``, ``file_damaged``,
            ``not_a_checkpoint``, ``tokenizer_missing``, ``unknown_dtype`` or
            ``device_missing``.
    """
    say = progress or (lambda stage, fraction: None)
    wanted = _dtype(dtype)
    where = _device(device)
    place = paths.builtin_model() if source == BUILTIN else Path(source).expanduser()
    reading = partial(say, "weights")
    if place.is_file():
        own = None if config is None else Path(config).expanduser()
        components, name = read_single_file(place, own, reading), place.stem
    else:
        components, name = read_folder(place, reading), place.resolve().name
    say("check", None)
    placed = put(components, where, wanted)
    ref = ModelRef(
        source=str(source),
        name="Built-in" if source == BUILTIN else name,
        hash=file_digest(place) if place.is_file() else digest(place),
        dtype=str(placed).removeprefix("torch."),
        device=str(where),
        engine="torch",
        versions=versions(),
    )
    model = Model(components, ref)
    # A large network is left to whoever has the seconds that compiling it takes.
    if wanted is None and model.parameters <= QUICK_PARAMETERS and model.optimise():
        model.swap()
    return model


def _dtype(dtype: torch.dtype | str | None) -> torch.dtype | None:
    if dtype is None or isinstance(dtype, torch.dtype):
        return dtype
    found = getattr(torch, dtype, None)
    if found not in (torch.float32, torch.bfloat16, torch.float16):
        raise ModelError(Problem.of("unknown_dtype", name=dtype))
    return found


def _device(device: torch.device | str | None) -> torch.device:
    if device is None:
        return default_device()
    try:
        where = torch.device(device)
        torch.empty(0, device=where)
    except (RuntimeError, AssertionError) as error:
        raise ModelError(Problem.of("device_missing", name=str(device))) from error
    return where
