"""All that decides a pixel, without a window: also the Python API of the project.

Names are imported when they are first used (PEP 562), so that importing this package,
or its torch-free modules, does not import torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sdstudio.engine.attention import record_attention
    from sdstudio.engine.cancel import Cancelled
    from sdstudio.engine.denoise import denoise
    from sdstudio.engine.load import load_model
    from sdstudio.engine.model import Model
    from sdstudio.engine.model_ref import ModelRef
    from sdstudio.engine.picture import Picture
    from sdstudio.engine.problems import (
        ModelError,
        PictureError,
        Problem,
        RequestError,
        StudioError,
    )
    from sdstudio.engine.request import Edit, Request
    from sdstudio.engine.run import Run, replay
    from sdstudio.engine.step import Step

_HOMES = {
    "record_attention": "attention",
    "Cancelled": "cancel",
    "denoise": "denoise",
    "Model": "model",
    "ModelRef": "model_ref",
    "load_model": "load",
    "Picture": "picture",
    "ModelError": "problems",
    "PictureError": "problems",
    "Problem": "problems",
    "RequestError": "problems",
    "StudioError": "problems",
    "Edit": "request",
    "Request": "request",
    "Run": "run",
    "replay": "run",
    "Step": "step",
}

__all__ = [
    "Cancelled",
    "Edit",
    "Model",
    "ModelError",
    "ModelRef",
    "Picture",
    "PictureError",
    "Problem",
    "Request",
    "RequestError",
    "Run",
    "Step",
    "StudioError",
    "denoise",
    "load_model",
    "record_attention",
    "replay",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # A function and its module may share a name (denoise): the function wins from now on.
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
