"""Pictures that carry what they were made of."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdstudio import __version__
from sdstudio.engine.request import Edit, Request
from sdstudio.engine.versions import versions as versions_here
from sdstudio.session.events import ModelFacts
from sdstudio.session.files.a1111 import format_parameters
from sdstudio.session.files.atomic import write_atomic
from sdstudio.session.files.png_text import A1111_KEY, STUDIO_KEY
from sdstudio.session.files.restore import Restored, read_png

if TYPE_CHECKING:
    import numpy as np

    from sdstudio.engine.model_ref import ModelRef

__all__ = ["Restored", "encode_png", "read_png", "write_png"]

FORMAT = 1
_REFERENCE = ("source", "name", "hash", "dtype", "device", "engine")


def encode_png(
    picture: np.ndarray,
    request: Request,
    edits: Iterable[Edit] = (),
    model: ModelRef | ModelFacts | Mapping[str, Any] | None = None,
    versions: Mapping[str, str] | None = None,
) -> bytes:
    """A PNG with A1111's ``parameters`` text and everything as JSON in ``sdstudio``.

    Args:
        picture: (height, width, 3) uint8.
        request: As it stood when the run began.
        edits: What was changed on the way.
        model: What made it.
        versions: Of what decides a pixel; None takes those that are installed.
    """
    from PIL import Image, PngImagePlugin

    reference = _reference_of(model)
    height, width = picture.shape[:2]
    parameters = format_parameters(
        request,
        width,
        height,
        model_name=str(reference.get("name", "")),
        model_hash=str(reference.get("hash", "")),
        version=f"sdstudio {__version__}",
    )
    plain = {
        "format": FORMAT,
        "request": request.to_dict(),
        "edits": [edit.to_dict() for edit in edits],
        "model": reference,
        "versions": dict(versions or reference.pop("versions", None) or versions_here()),
        "size": [width, height],
    }
    info = PngImagePlugin.PngInfo()
    # Pillow writes latin-1 as tEXt, as A1111 does, and the rest as iTXt.
    info.add_text(A1111_KEY, _encodable(parameters))
    info.add_itxt(STUDIO_KEY, json.dumps(plain))
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format="PNG", pnginfo=info)
    return buffer.getvalue()


def write_png(
    path: Path,
    picture: np.ndarray,
    request: Request,
    edits: Iterable[Edit] = (),
    model: ModelRef | ModelFacts | Mapping[str, Any] | None = None,
    versions: Mapping[str, str] | None = None,
) -> None:
    """Save :func:`encode_png` whole or not at all.

    Raises:
        FileError: ``disk_full``, ``read_only``, ``folder_missing`` or ``not_writable``; what
            was at ``path`` before is still there.
    """
    data = encode_png(picture, request, edits, model, versions)
    write_atomic(path, lambda file: file.write(data))


def _reference_of(model: ModelRef | ModelFacts | Mapping[str, Any] | None) -> dict[str, Any]:
    if model is None:
        return {}
    if isinstance(model, Mapping):
        return dict(model)
    if isinstance(model, ModelFacts):
        return {name: getattr(model, name) for name in _REFERENCE}
    return model.to_dict()


def _encodable(text: str) -> str:
    """The text without NUL, which ends a PNG text, and without halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
