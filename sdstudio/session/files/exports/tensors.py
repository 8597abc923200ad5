"""A run's tensors as ``.npz``, for notebooks: ``numpy.load`` opens it without pickles."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO

from sdstudio.engine.request import Edit, Request

if TYPE_CHECKING:
    import numpy as np
    import torch

    from sdstudio.engine.step import Step


def write_npz(
    file: BinaryIO,
    steps: Sequence[Step],
    request: Request,
    edits: Sequence[Edit],
    model: Mapping[str, Any],
    say: Callable[[float], None],
) -> None:
    """Write one array after the other; no more than one of them is in memory.

    The arrays, with N steps and latents of (C, h, w):

    - ``latents``, ``x0``, ``cond``, ``uncond``: (N, C, h, w) float32; ``uncond`` only with
      guidance, and not-a-number at the steps without
    - ``result``: (C, h, w) float32, the latents after the last step
    - ``timesteps``, ``sigmas``, ``noise_levels``, ``seconds``: (N,) float64
    - ``image``, ``mask``: (height, width) or (height, width, 3 or 4) uint8, if there are any
    - ``prediction_type``: what ``cond`` and ``uncond`` are
    - ``request``, ``edits``, ``model``: JSON texts

    Args:
        file: Open for writing and seeking.
        steps: All of them.
        request: As it stood when the run began.
        edits: What was changed on the way.
        model: ``ModelRef.to_dict()`` of what made it.
        say: Told the share done.
    """
    import numpy as np

    named = list(_arrays(steps, request, edits, model))
    with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
        for number, (name, make) in enumerate(named):
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, make(), allow_pickle=False)
            say((number + 1) / len(named))


def _arrays(
    steps: Sequence[Step], request: Request, edits: Sequence[Edit], model: Mapping[str, Any]
) -> Iterator[tuple[str, Callable[[], np.ndarray]]]:
    import numpy as np

    def text(plain: Any) -> Callable[[], np.ndarray]:
        return lambda: np.array(json.dumps(plain))

    def numbers(name: str) -> Callable[[], np.ndarray]:
        return lambda: np.array([getattr(step, name) for step in steps], np.float64)

    yield "request", text(replace(request, image=None, mask=None).to_dict())
    yield "edits", text([edit.to_dict() for edit in edits])
    yield "model", text(dict(model))
    yield "prediction_type", lambda: np.array(steps[0].prediction_type)
    for name, attribute in (
        ("timesteps", "timestep"),
        ("sigmas", "sigma"),
        ("noise_levels", "noise_level"),
        ("seconds", "seconds"),
    ):
        yield name, numbers(attribute)
    yield "latents", lambda: _stacked([step.latents for step in steps])
    yield "x0", lambda: _stacked([step.x0 for step in steps])
    yield "cond", lambda: _stacked([step.predictions["cond"] for step in steps])
    if any("uncond" in step.predictions for step in steps):
        yield "uncond", lambda: _stacked([step.predictions.get("uncond") for step in steps])
    yield "result", lambda: _stacked([steps[-1].next_latents])[0]
    for name in ("image", "mask"):
        picture = getattr(request, name)
        if picture is not None:
            yield name, lambda picture=picture: np.asarray(picture.image)  # type: ignore[misc]


def _stacked(tensors: Sequence[torch.Tensor | None]) -> np.ndarray:
    """Tensors (1, C, h, w) as (N, C, h, w); None becomes not-a-number."""
    import numpy as np

    shape = next(tensor.shape[1:] for tensor in tensors if tensor is not None)
    array = np.full((len(tensors), *shape), np.nan, np.float32)
    for row, tensor in zip(array, tensors, strict=True):
        if tensor is not None:
            row[...] = tensor[0].numpy()
    return array
