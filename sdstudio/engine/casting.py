"""A network in another precision than its weights are kept in, without a copy of them all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn


@contextmanager
def running_in(network: nn.Module, dtype: torch.dtype) -> Iterator[None]:
    """While it lasts, every layer computes in a precision, to the bit as if it were cast.

    A layer's weights are cast for its own call and put back after it, so that one layer is all
    that is ever there twice. Inputs are the caller's to cast. For calls without a gradient.
    """
    kept: dict[nn.Module, list[tuple[torch.Tensor, torch.Tensor]]] = {}

    def cast(layer: nn.Module, _: Any) -> None:
        kept[layer] = [(weight, weight.data) for weight in _weights_of(layer)]
        for weight, plain in kept[layer]:
            weight.data = plain.to(dtype)

    def put_back(layer: nn.Module, *_: Any) -> None:
        for weight, plain in kept.pop(layer, ()):
            weight.data = plain

    hooks = []
    for layer in network.modules():
        if _weights_of(layer):
            hooks += [
                layer.register_forward_pre_hook(cast),
                layer.register_forward_hook(put_back),
            ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
        # A layer that raised has not put its own back.
        for layer in list(kept):
            put_back(layer)


def _weights_of(layer: nn.Module) -> list[torch.Tensor]:
    """A layer's own numbers, those of the layers in it left out."""
    own = (*layer.parameters(recurse=False), *layer.buffers(recurse=False))
    return [weight for weight in own if weight.is_floating_point()]
