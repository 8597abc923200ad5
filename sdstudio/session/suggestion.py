"""What a model works best with, where the request asks for something else."""

from __future__ import annotations

from typing import Any

from sdstudio.engine.request import Request
from sdstudio.session.events import ModelFacts


def suggestion(request: Request, facts: ModelFacts | None) -> dict[str, Any]:
    """Changes that would bring a request to what a model recommends; empty for none.

    A size that the request leaves to the model is the model's own already. A picture to start
    from keeps its size: it was chosen for it.
    """
    if facts is None:
        return {}
    best: dict[str, Any] = {
        "steps": facts.steps,
        "guidance_scale": facts.guidance_scale,
        "scheduler": facts.scheduler,
    }
    changes = {name: value for name, value in best.items() if getattr(request, name) != value}
    width, height = facts.native_size
    size = (request.width or width, request.height or height)
    if size != (width, height) and request.image is None:
        changes |= {"width": None, "height": None}
    return changes
