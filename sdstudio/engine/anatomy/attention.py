"""Where in the picture the network looked for each token (Hertz et al. 2022; Tang et al. 2022)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from sdstudio.engine.attention import record_attention
from sdstudio.engine.cancel import Cancelled
from sdstudio.engine.inpaint import seen_with_mask
from sdstudio.engine.tiles import check_whole

if TYPE_CHECKING:
    from sdstudio.engine.model import Model
    from sdstudio.engine.step import Step

MIDDLE_BLOCK = "mid_block"
"""Of UNet2DConditionModel, how its layers' names begin. Its few places see the whole picture at
once and say little of where; daam (Tang et al. 2022) leaves it out of a word's map too."""


@dataclass(frozen=True, eq=False)
class Attention:
    """How much each place of a picture looked at each token, with the text.

    Attributes:
        maps: By height and width of the layers they come of, the finest first:
            (tokens, height, width) float32, averaged over heads and those layers, and over the
            steps. At each place the tokens, padding included, sum to 1.
        together: All layers but the middle block's as one, laid over each other at the finest
            size.
        layers: How many layers there were of each size.
        steps: How many steps were averaged.
    """

    maps: dict[tuple[int, int], np.ndarray]
    together: np.ndarray
    layers: dict[tuple[int, int], int]
    steps: int = 1


def attention_of(
    recorded: Mapping[str, torch.Tensor], height: int, width: int, row: int
) -> Attention:
    """What a network call left in the recorder, layers of a size taken together.

    Args:
        recorded: By layer, (B, pixels, tokens).
        height: Of the latents.
        width: Of the latents.
        row: Which of the batch.
    """
    sizes: dict[int, tuple[int, int]] = {}
    side = height, width
    while side not in sizes.values():
        sizes[side[0] * side[1]] = side
        side = -(-side[0] // 2), -(-side[1] // 2)
    own = {
        name: layer[row].float().cpu().numpy().T.reshape(-1, *sizes[layer.shape[1]])
        for name, layer in recorded.items()
    }
    found = _by_size(own.values())
    outer = _by_size(maps for name, maps in own.items() if not name.startswith(MIDDLE_BLOCK))
    return Attention(
        maps={size: layers.mean(axis=0) for size, layers in found.items()},
        together=_laid_over(outer or found),
        layers={size: len(layers) for size, layers in found.items()},
    )


def mean_of(parts: Sequence[Attention]) -> Attention:
    """The average over steps of one run."""
    steps = sum(part.steps for part in parts)
    shares = [np.float32(part.steps / steps) for part in parts]

    def mean(arrays: Iterable[np.ndarray]) -> np.ndarray:
        return np.sum([share * array for share, array in zip(shares, arrays, strict=True)], axis=0)

    return Attention(
        maps={size: mean(part.maps[size] for part in parts) for size in parts[0].maps},
        together=mean(part.together for part in parts),
        layers=parts[0].layers,
        steps=steps,
    )


def _by_size(layers: Iterable[np.ndarray]) -> dict[tuple[int, int], np.ndarray]:
    """Layers' maps (tokens, height, width), those of a size stacked, the finest first."""
    found: dict[tuple[int, int], list[np.ndarray]] = {}
    for maps in layers:
        found.setdefault((maps.shape[1], maps.shape[2]), []).append(maps)
    order = sorted(found, key=lambda size: -size[0] * size[1])
    return {size: np.stack(found[size]) for size in order}


def _laid_over(found: dict[tuple[int, int], np.ndarray]) -> np.ndarray:
    finest, count = next(iter(found)), sum(map(len, found.values()))
    summed = np.zeros(next(iter(found.values())).shape[1:], np.float32)
    for layers in found.values():
        # Linear, so that the tokens still sum to 1 at each place.
        enlarged = torch.nn.functional.interpolate(
            torch.from_numpy(layers.mean(axis=0))[None],
            finest,
            mode="bilinear",
            align_corners=False,
        )[0]
        summed += np.float32(len(layers) / count) * enlarged.numpy()
    return summed


@torch.no_grad()
def attention_at(
    model: Model, step: Step, cancelled: Callable[[], bool] | None = None
) -> Attention:
    """The attention of a recorded step, by making its network call once more.

    Raises:
        ModelError: ``attention_hidden`` when the network has no attention of a known kind,
            ``seen_in_tiles`` when it never saw all of the picture.
        Cancelled: ``cancelled`` said so.
    """
    if cancelled is not None and cancelled():
        raise Cancelled
    check_whole(model, step.request)
    model.use_loras(step.request.loras)
    conditioning = model.condition(step.requests[:1])
    timestep = torch.tensor(step.timestep, device=model.torch_device)
    network_input = step.network_input[:1].to(model.torch_device)
    with record_attention(model) as recorder:
        seen = seen_with_mask(model, step.request, network_input)
        model.predict(seen, timestep, conditioning)
    height, width = network_input.shape[-2:]
    return attention_of(recorder.maps, height, width, row=-1)


def attention_over(
    model: Model, steps: Sequence[Step], cancelled: Callable[[], bool] | None = None
) -> Attention:
    """The average over recorded steps; as many network calls, and the same errors."""
    return mean_of([attention_at(model, step, cancelled) for step in steps])
