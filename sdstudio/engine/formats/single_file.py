"""A model in one file in the original layout (Rombach et al. 2022), opened without a network.

The tensors say what it is; how its parts are built is written in ``resources/configs``, a
folder of configurations for each family; the tokenizer is found on the machine. diffusers
knows which of its own names each of the file's stands for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from sdstudio import paths
from sdstudio.engine.formats.components import FULL, Components, Dtypes, first_line, quiet
from sdstudio.engine.formats.folder import add_file, has_part
from sdstudio.engine.formats.ldm import kind_of, read_tensors
from sdstudio.engine.formats.prediction import Prediction, declared, probed
from sdstudio.engine.formats.tokenizers import find_tokenizer
from sdstudio.engine.problems import ModelError, Problem

Say = Callable[[float], None]
Tensors = dict[str, Any]


def read_single_file(
    path: Path,
    config: Path | None = None,
    say: Say = lambda share: None,
    dtypes: Dtypes = FULL,
) -> Components:
    """Load every part of a single file.

    Args:
        config: A folder in diffusers' layout, whose configurations and tokenizers are taken
            instead of those that ship; it needs no weights.
        say: Told the share done, before each part; what it raises ends the loading.
        dtypes: What precision each part is read in.

    Raises:
        ModelError: ``file_damaged``, ``pickle_refused``, ``not_a_checkpoint``,
            ``weights_missing``, ``tokenizer_missing`` or ``model_unsupported``.
    """
    say(0.0)
    tensors, metadata = read_tensors(path)
    kind = kind_of(tensors, path.name)
    home = config or paths.resources() / "configs" / kind.family
    index = _json(home / "model_index.json")
    # Found first: it is what may be missing, and it is quick to look for.
    tokenizers = {
        part: find_tokenizer(part, _json(home / encoder / "config.json"), path, config)
        for encoder, part in (("text_encoder", "tokenizer"), ("text_encoder_2", "tokenizer_2"))
        if has_part(index, encoder)
    }
    scheduler = _json(home / "scheduler" / "scheduler_config.json")
    stated = declared(tensors, metadata, path)
    unet = _json(home / "unet" / "config.json") | {"in_channels": kind.channels}
    with quiet():
        encoders: dict[str, Any] = {}
        for part in tokenizers:
            say(0.1 if part == "tokenizer" else 0.2)
            encoder = part.replace("tokenizer", "text_encoder")
            encoders[encoder] = _read_encoder(
                tensors, home, encoder, index[encoder][1], path, dtypes.encoders
            )
        say(0.4)
        vae = _read_vae(tensors, _json(home / "vae" / "config.json"), path)
        say(0.5)
        network = _read_unet(tensors, unet, path, dtypes.network)
    remarks: tuple[Problem, ...] = ()
    if stated is None and config is None and kind.family == "sd2":
        say(0.9)
        stated = Prediction(probed(network))
        remarks = (Problem.of("prediction_probed", name=path.name, prediction=stated.kind),)
    if stated is not None:
        scheduler |= stated.settings
        if kind.family == "sd2" and config is None:
            # The 768-pixel model predicts v, the 512-pixel one the noise.
            network.register_to_config(sample_size=96 if stated.kind == "v_prediction" else 64)
    return Components(
        network=network,
        vae=vae,
        text_encoder=encoders.get("text_encoder"),
        tokenizer=tokenizers.get("tokenizer"),
        text_encoder_2=encoders.get("text_encoder_2"),
        tokenizer_2=tokenizers.get("tokenizer_2"),
        scheduler_class=scheduler.get("_class_name", ""),
        scheduler_config={k: v for k, v in scheduler.items() if not k.startswith("_")},
        zero_negative=bool(index.get("force_zeros_for_empty_prompt", False)),
        remarks=remarks,
    )


def file_digest(path: Path) -> str:
    """SHA-256 of the file, hexadecimal: the same that sites show beside a download."""
    sha = hashlib.sha256()
    add_file(sha, path)
    return sha.hexdigest()


def _read_unet(
    tensors: Tensors, config: dict[str, Any], path: Path, dtype: torch.dtype | None
) -> Any:
    from diffusers import UNet2DConditionModel
    from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint

    return _filled(UNet2DConditionModel, config, convert_ldm_unet_checkpoint, tensors, path, dtype)


def _read_vae(tensors: Tensors, config: dict[str, Any], path: Path) -> Any:
    from diffusers import AutoencoderKL
    from diffusers.loaders.single_file_utils import convert_ldm_vae_checkpoint

    if not any(name.startswith(("first_stage_model.", "vae.")) for name in tensors):
        raise ModelError(Problem.of("weights_missing", name=path.name, part="vae"))
    convert = convert_ldm_vae_checkpoint
    return _filled(AutoencoderKL, config, convert, tensors, path, torch.float32)


def _filled(
    kind: Any,
    config: dict[str, Any],
    convert: Callable[..., Any],
    tensors: Tensors,
    path: Path,
    dtype: torch.dtype | None,
) -> Any:
    """A part of diffusers with the file's weights in it, each cast on its own."""
    from accelerate import init_empty_weights

    with init_empty_weights():
        model = kind.from_config(config)
    try:
        weights = convert(tensors, config=dict(model.config))
        missing, _ = model.load_state_dict(weights, strict=False, assign=True)
    except (KeyError, RuntimeError, AttributeError) as error:
        raise ModelError(
            Problem.of("file_damaged", name=path.name, reason=first_line(error))
        ) from error
    _check_complete(model, missing, path)
    # What lies in a file in several precisions runs in one.
    return model.to(dtype or model.dtype).eval()


def _read_encoder(
    tensors: Tensors, home: Path, part: str, kind: str, path: Path, dtype: torch.dtype
) -> Any:
    import transformers
    from diffusers.loaders.single_file_utils import create_diffusers_clip_model_from_ldm

    try:
        model = create_diffusers_clip_model_from_ldm(
            getattr(transformers, kind),
            _with_text_model(tensors),
            subfolder=part,
            config=str(home),
            torch_dtype=dtype,
            local_files_only=True,
        )
    except Exception as error:
        # diffusers raises whatever the shapes and names make it raise; where weights are missing
        # it says that this is no CLIP, or torch that it cannot copy what was never filled.
        if isinstance(error, NotImplementedError) or "valid CLIP" in str(error):
            raise ModelError(Problem.of("weights_missing", name=path.name, part=part)) from error
        raise ModelError(
            Problem.of("file_damaged", name=path.name, reason=first_line(error))
        ) from error
    _check_complete(model, [], path)
    return model.eval()


def _with_text_model(tensors: Tensors) -> Tensors:
    """Names as diffusers knows them: some tools leave a level of the text encoder's out."""
    old = "cond_stage_model.transformer."
    bare = tuple(f"{old}{start}" for start in ("embeddings.", "encoder.", "final_layer_norm."))
    return {
        name.replace(old, f"{old}text_model.") if name.startswith(bare) else name: tensor
        for name, tensor in tensors.items()
    }


def _check_complete(model: Any, missing: list[str], path: Path) -> None:
    hollow = [name for name, weight in model.named_parameters() if weight.is_meta]
    count = len(missing) or len(hollow)
    if count:
        raise ModelError(
            Problem.of("file_damaged", name=path.name, reason=f"{count} weights are missing")
        )


def _json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        name, part = path.parent.parent.name, f"{path.parent.name}/{path.name}"
        raise ModelError(
            Problem.of("model_damaged", name=name, reason=f"{part}: {first_line(error)}")
        ) from error
