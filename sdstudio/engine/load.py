"""Finding a model and getting it ready."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import torch

from sdstudio import paths
from sdstudio.engine.device import default_device
from sdstudio.engine.fast import QUICK_PARAMETERS
from sdstudio.engine.formats.autoencoders import read_vae
from sdstudio.engine.formats.components import FULL, Components, Dtypes
from sdstudio.engine.formats.embeddings import put_in
from sdstudio.engine.formats.folder import digest, read_folder
from sdstudio.engine.formats.hub import fetch
from sdstudio.engine.formats.hub_names import Download, is_hub_name
from sdstudio.engine.formats.room import check_memory
from sdstudio.engine.formats.single_file import file_digest, read_single_file
from sdstudio.engine.formats.tiny_autoencoders import find_tiny, read_tiny
from sdstudio.engine.model import Model
from sdstudio.engine.model_ref import ModelRef
from sdstudio.engine.precision import plan_of, put
from sdstudio.engine.problems import ModelError, Problem
from sdstudio.engine.versions import versions

BUILTIN = "builtin"
Progress = Callable[..., None]
"""Called with a stage and its share done or None; of a download with a ``Download`` too."""


def load_model(
    source: str | Path = BUILTIN,
    dtype: torch.dtype | str | None = None,
    device: torch.device | str | None = None,
    *,
    config: str | Path | None = None,
    vae: str | Path | None = None,
    tiny_vae: str | Path | None = None,
    embeddings: Sequence[str | Path] = (),
    progress: Progress | None = None,
) -> Model:
    """Load a model. Nothing that comes with it is executed.

    Args:
        source: "builtin"; a folder in diffusers' layout, its weights whole, in half precision
            or in shards; or a .safetensors, .ckpt or .pt file in the original layout of SD 1,
            SD 2, SDXL or its refiner; or a name on the hub, "owner/model", which is
            downloaded once.
        dtype: The network's precision, as a torch dtype or its name. None picks the fastest
            that passes its self-check, of the built-in model on the CPU float32;
            ``torch.float32`` is the exact mode.
        device: Where to run; None picks CUDA, MPS, then the CPU.
        config: For a single file, a folder in diffusers' layout whose configurations and
            tokenizer are taken instead of those found on the machine.
        vae: An autoencoder to take in place of the model's own: a folder or a file.
        tiny_vae: A tiny one (AutoencoderTiny) for previews, never for results: a folder, a
            file in diffusers' layout or that of TAESD's author, or a name on the hub. None
            takes TAESD where the hub's cache has it.
        embeddings: Files of textual inversions, in the layouts of diffusers and of the
            AUTOMATIC1111 web interface; each adds a word for prompts.
        progress: Told the stage ("download", "weights", "check") and its share done, or None;
            of a download also a :class:`~sdstudio.engine.formats.hub_names.Download`. What it
            raises ends the loading.

    Raises:
        ModelError: ``model_missing``, ``model_damaged``, ``model_unsupported``,
            ``part_missing``, ``weights_missing``, ``vae_not_tiny``, ``tiny_decoder_missing``,
            ``index_outside``, ``pickle_refused``, ``file_damaged``, ``not_a_checkpoint``,
            ``tokenizer_missing``, ``vae_differs``, ``file_missing``, ``not_an_inversion``,
            ``inversion_family``, ``inversion_known``, ``memory_short``, ``unknown_dtype``,
            ``device_missing``, or one of
            :func:`sdstudio.engine.formats.hub.fetch`.
    """
    say = progress or (lambda *told: None)

    def downloading(download: Download) -> None:
        say("download", download.share, download)

    wanted = _dtype(dtype)
    where = _device(device)
    place = paths.builtin_model() if source == BUILTIN else Path(source).expanduser()
    named = source if isinstance(source, str) and is_hub_name(source) else None
    if named is not None:
        place = fetch(named, downloading)
    plan = plan_of(where, wanted, stays_full=source == BUILTIN)
    in_turns = check_memory(place, named or place.name, plan.read, where)
    additions = [Path(each).expanduser() for each in (*([vae] if vae else []), *embeddings)]

    def read(dtypes: Dtypes) -> tuple[Components, str]:
        reading = partial(say, "weights")
        if place.is_file():
            own = None if config is None else Path(config).expanduser()
            found, name = read_single_file(place, own, reading, dtypes), place.stem
        else:
            found, name = read_folder(place, reading, dtypes), place.resolve().name
        if vae is not None:
            found.vae = read_vae(Path(vae).expanduser(), found.vae)
        if tiny_vae is not None:
            found.tiny_vae = read_tiny(tiny_vae, found.vae, downloading)
        for embedding in embeddings:
            put_in(found, Path(embedding).expanduser())
        say("check", None)
        return found, name

    components, name = read(plan.read)
    refused = put(components, where, plan, in_turns=in_turns)
    if refused is not None:
        if plan.read.network is not None:
            # What half precision has cut off is still in the file.
            reason = components.precision
            del components
            components, name = read(FULL)
            put(components, where, plan_of(where, torch.float32), in_turns=in_turns)
            components.precision = reason
        components.remarks = (*components.remarks, refused)
    ref = ModelRef(
        source=str(source),
        name="Built-in" if source == BUILTIN else named or name,
        hash=_hash(place, additions),
        dtype=str(components.network.dtype).removeprefix("torch."),
        device=str(where),
        engine="torch",
        versions=versions(),
    )
    model = Model(components, ref)
    if tiny_vae is None:
        model.preview_with(find_tiny(model.family.name))
    if in_turns:
        model.ladder.take("offload")
    # A large network is left to whoever has the seconds that compiling it takes.
    if wanted is None and model.parameters <= QUICK_PARAMETERS and model.optimise():
        model.swap()
    return model


def _hash(place: Path, additions: Sequence[Path]) -> str:
    """Of the model's weights; with additions, of theirs and those of the additions."""
    every = (place, *additions)
    hashes = [file_digest(path) if path.is_file() else digest(path) for path in every]
    if len(hashes) == 1:
        return hashes[0]
    return hashlib.sha256("".join(hashes).encode()).hexdigest()


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
