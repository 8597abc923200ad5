"""Which model, where and how precisely: the same options for every command that loads one."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sdstudio.engine.problems import ModelError, StudioError
from sdstudio.session.additions import Additions
from sdstudio.session.loading_reasons import reasons_of

if TYPE_CHECKING:
    from sdstudio.engine.model import Model


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add --model, --device, --dtype and --exact."""
    group = parser.add_argument_group("what makes it")
    group.add_argument(
        "--model",
        default="builtin",
        metavar="SOURCE",
        help='"builtin" (the default), a folder in the layout of diffusers, a '
        ".safetensors or .ckpt file, or a name on the hub (owner/model)",
    )
    group.add_argument(
        "--model-config",
        type=Path,
        metavar="FOLDER",
        help="for a file: a folder of diffusers whose configurations and tokenizer to take",
    )
    group.add_argument(
        "--vae", type=Path, metavar="PATH", help="an autoencoder in place of the model's own"
    )
    group.add_argument(
        "--embedding",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a textual inversion, whose word may then stand in prompts; may be repeated",
    )
    group.add_argument("--device", metavar="NAME", help="cpu, cuda, mps (default: the fastest)")
    precision = group.add_mutually_exclusive_group()
    precision.add_argument(
        "--dtype",
        metavar="NAME",
        help="float32, bfloat16 or float16 (default: the fastest that passes its self-check)",
    )
    precision.add_argument(
        "--exact",
        dest="dtype",
        action="store_const",
        const="float32",
        help="the same as --dtype float32",
    )


def load(arguments: argparse.Namespace, progress: Callable[..., None] | None = None) -> Model:
    """The model the options name; imports torch.

    Raises:
        StudioError: There is none that can be loaded, and why.
    """
    from sdstudio.engine import load_model
    from sdstudio.engine.library_logs import off_the_terminal

    off_the_terminal()
    try:
        return load_model(
            arguments.model,
            arguments.dtype,
            arguments.device,
            config=arguments.model_config,
            vae=arguments.vae,
            embeddings=arguments.embedding,
            progress=progress,
        )
    except (StudioError, OSError) as error:
        additions = Additions(
            vae=str(arguments.vae or ""), embeddings=tuple(map(str, arguments.embedding))
        )
        if told := reasons_of(error, arguments.model, additions):
            raise ModelError(told) from error
        raise
