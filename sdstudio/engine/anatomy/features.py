"""What a block of the network hands on at a step: its feature maps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from sdstudio.engine.cancel import Cancelled
from sdstudio.engine.inpaint import seen_with_mask
from sdstudio.engine.tiles import check_whole

if TYPE_CHECKING:
    from sdstudio.engine.model import Model
    from sdstudio.engine.step import Step


@dataclass(frozen=True, eq=False)
class Features:
    """Some channels of what a block handed on, computed with the text.

    Attributes:
        block: The block's name.
        first: Number of the first channel in ``maps``.
        maps: (channels, height, width) float32.
        strength: Root mean square over all channels at each place, (height, width) float32.
        channels: How many channels there are.
        mean: Over all channels and places.
        deviation: Likewise.
    """

    block: str
    first: int
    maps: np.ndarray
    strength: np.ndarray
    channels: int
    mean: float
    deviation: float


@torch.no_grad()
def features_at(
    model: Model,
    step: Step,
    block: str,
    first: int = 0,
    count: int = 24,
    cancelled: Callable[[], bool] | None = None,
) -> Features:
    """Call the network as a recorded step did, and keep what one block hands on.

    Args:
        block: A name of :class:`sdstudio.engine.anatomy.network.Block`.
        first: Number of the first channel.
        count: How many channels, at most.
        cancelled: True raises Cancelled.

    Raises:
        ModelError: ``seen_in_tiles``: the network never saw all of the picture.
        AttributeError: The network has no such block.
    """
    if cancelled is not None and cancelled():
        raise Cancelled
    check_whole(model, step.request)
    model.use_loras(step.request.loras)
    conditioning = model.condition(step.requests[:1]).of_last()
    network: Any = model.torch_network
    kept: list[torch.Tensor] = []

    def keep(module: Any, args: Any, out: Any) -> None:
        # A block of the way down also hands its states across.
        kept.append(out[0] if isinstance(out, tuple) else out)

    seen = seen_with_mask(model, step.request, step.network_input[:1].to(model.torch_device))
    handle = network.get_submodule(block).register_forward_hook(keep)
    try:
        network(
            seen.to(network.dtype),
            torch.tensor(step.timestep, device=model.torch_device),
            **conditioning.inputs(network.dtype),
            return_dict=False,
        )
    finally:
        handle.remove()
    states = kept[0][0].float().cpu()
    return Features(
        block=block,
        first=first,
        maps=states[first : first + count].numpy().copy(),
        strength=states.square().mean(dim=0).sqrt().numpy(),
        channels=len(states),
        mean=states.mean().item(),
        deviation=states.std(correction=0).item(),
    )
