"""Pictures larger than a network was trained on, and than fit into memory, in tiles.

The network sees overlapping tiles of the noisy latents, each as large as it knows pictures to
be, and where they overlap its predictions are averaged (MultiDiffusion, Bar-Tal et al. 2023):
that is nearly all of what it is asked, so that each tile is a picture at the network's own
scale and neighbours agree. The autoencoder's tiles are diffusers' own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

from sdstudio.engine.cancel import Cancelled
from sdstudio.engine.problems import ModelError, Problem

if TYPE_CHECKING:
    from sdstudio.engine.family import Family
    from sdstudio.engine.model import Model
    from sdstudio.engine.request import Request
    from sdstudio.engine.text import Conditioning

OVERLAP = 0.5
"""Least share of a tile's side that its neighbour sees as well."""

WHOLE_PIXELS = 1280 * 1280
"""Pictures of up to so many pixels go through the autoencoder in one piece."""

Predict = Callable[[torch.Tensor, torch.Tensor, "Conditioning"], dict[str, torch.Tensor]]


def is_tiled(request: Request, width: int, height: int) -> bool:
    """Whether the network sees less than all of a picture of that size at once."""
    return 0 < request.tile < max(width, height)


def check_whole(model: Model, request: Request) -> None:
    """Raise ModelError, ``seen_in_tiles``, unless the network sees all of a request's picture."""
    if is_tiled(request, *model.size_of(request)):
        raise ModelError(Problem.of("seen_in_tiles", "tile", pixels=request.tile))


def predictor(
    model: Model, request: Request, cancelled: Callable[[], bool] | None = None
) -> Predict:
    """What makes the network's predictions for a request: in one call, or tile by tile.

    Args:
        cancelled: Asked before each tile; True raises Cancelled.
    """
    if not is_tiled(request, *model.size_of(request)):
        return model.predict
    side = request.tile // model.family.scale_factor

    def predict(
        latents: torch.Tensor, timestep: torch.Tensor, conditioning: Conditioning
    ) -> dict[str, torch.Tensor]:
        height, width = latents.shape[-2:]
        window = _window(min(side, height), min(side, width)).to(latents)
        weights = torch.zeros(latents.shape[-2:]).to(latents)
        sums: dict[str, torch.Tensor] = {}
        for rows in _spans(height, side):
            for columns in _spans(width, side):
                if cancelled is not None and cancelled():
                    raise Cancelled
                tile = latents[..., rows, columns].contiguous()
                weights[rows, columns] += window
                for name, out in model.predict(tile, timestep, conditioning).items():
                    if name not in sums:
                        sums[name] = out.new_zeros(*out.shape[:2], height, width)
                    sums[name][..., rows, columns] += window * out
        return {name: summed / weights for name, summed in sums.items()}

    return predict


def tile_problems(request: Request, family: Family) -> Iterator[Problem]:
    """What is wrong with a request's tile: ``out_of_range`` or ``not_a_multiple``."""
    if request.tile == 0:
        return
    low, high = family.size_range
    if not low <= request.tile <= high:
        yield Problem.of("out_of_range", "tile", value=request.tile, low=low, high=high)
    elif request.tile % family.size_multiple:
        yield Problem.of(
            "not_a_multiple", "tile", value=request.tile, multiple=family.size_multiple
        )


def has_tiles(vae: Any, scale_factor: int) -> bool:
    """Whether diffusers' tiles fit an autoencoder."""
    # diffusers takes AutoencoderTiny to have a factor of 8, whatever it has.
    return bool(getattr(vae, "spatial_scale_factor", scale_factor) == scale_factor)


@contextmanager
def tiled_if_large(vae: Any, pixels: int, scale_factor: int, side: int = 0) -> Iterator[None]:
    """While it lasts, the autoencoder takes a picture of more than WHOLE_PIXELS in tiles.

    Args:
        pixels: Of the picture.
        scale_factor: Pixels to a latent along a side.
        side: Above 0 a picture of more than side * side pixels, in tiles of that side.
    """
    if pixels <= (side * side or WHOLE_PIXELS) or not has_tiles(vae, scale_factor):
        yield
        return
    sides = vae.tile_sample_min_size, vae.tile_latent_min_size
    if side:
        vae.tile_sample_min_size, vae.tile_latent_min_size = side, side // scale_factor
    vae.enable_tiling()
    try:
        yield
    finally:
        vae.disable_tiling()
        vae.tile_sample_min_size, vae.tile_latent_min_size = sides


def _spans(length: int, side: int) -> Sequence[slice]:
    """As few overlapping spans of a side as cover a length, evenly spread."""
    if side >= length:
        return [slice(0, length)]
    step = max(1, int(side * (1 - OVERLAP)))
    last = -(-(length - side) // step)
    starts = [round(number * (length - side) / last) for number in range(last + 1)]
    return [slice(start, start + side) for start in starts]


def _window(height: int, width: int) -> torch.Tensor:
    """Weights of a tile's places, which fall off towards its edges and are nowhere zero."""
    down, across = (
        torch.sin(torch.pi * (torch.arange(side) + 0.5) / side).square() for side in (height, width)
    )
    return down[:, None] * across[None, :]
