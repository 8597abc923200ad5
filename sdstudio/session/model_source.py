"""What can be asked for as a model: a folder, a file, a name on the hub."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from sdstudio import paths
from sdstudio.engine.formats.hub_names import is_name
from sdstudio.engine.formats.recognition import ARCHIVES, FOREIGN

BUILTIN = "builtin"

FILES = (".safetensors", ".ckpt", ".pt", ".bin")
"""Endings of the files that models come in."""

_ADDRESS = re.compile(r"^(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/", re.IGNORECASE)


def is_model(path: Path) -> bool:
    """Whether a path looks like a model: a folder, or a file with one of their endings.

    Those that only other programs read are meant as one too; what they are is said then.
    """
    return path.is_dir() or path.suffix.lower() in {*FILES, ".pth", *ARCHIVES, *FOREIGN}


def hub_name(text: str) -> str | None:
    """The ``owner/name`` in what a person typed or pasted, None when there is none.

    An address of the hub's pages is taken too; what follows the name in it is dropped.
    """
    name = text.strip()
    if found := _ADDRESS.match(name):
        name = "/".join(re.split(r"[/?#]", name[found.end() :])[:2])
    return name if is_name(name) else None


def hub_folder() -> Path:
    """Where the hub's downloads are kept, shared with other programs that use them."""
    from huggingface_hub.constants import HF_HUB_CACHE

    return Path(HF_HUB_CACHE)


def size_foretold(source: str) -> tuple[int, int]:
    """Width and height in pixels of a model's pictures, before it is loaded.

    The built-in one's own; of any other those of Stable Diffusion 1.
    """
    if source != BUILTIN:
        return 512, 512
    said = _said_of_builtin()
    return int(said["width"]), int(said["height"])


def settings_foretold(source: str) -> dict[str, Any]:
    """What is known to suit a model before it is loaded, by the request's fields.

    The built-in one's steps, guidance scale and scheduler; of any other nothing.
    """
    if source != BUILTIN:
        return {}
    try:
        said = _said_of_builtin()
    except (OSError, ValueError):
        # Loading it will fail too, and say why.
        return {}
    return {name: said[name] for name in ("steps", "guidance_scale", "scheduler")}


def _said_of_builtin() -> dict[str, Any]:
    text = (paths.builtin_model() / "recommended.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def name_of(source: str) -> str:
    """What to call a model before it is loaded; "" for the built-in one."""
    return "" if source == BUILTIN else Path(source).name or source
