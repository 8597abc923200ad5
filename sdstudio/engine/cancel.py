"""Ending a run inside the network, not after it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn

_PART = re.compile(
    r"(.*\.)?((resnets|attentions|transformer_blocks|downsamplers|upsamplers|down_blocks|up_blocks)"
    r"\.\d+|mid_block|conv_norm_out)"
)


class Cancelled(Exception):
    """A run was ended on request; nothing is wrong."""


@contextmanager
def cancellable(network: Any, cancelled: Callable[[], bool] | None) -> Iterator[None]:
    """While it lasts, ask ``cancelled`` before every part of the network.

    A part is a residual block, a transformer block or a change of resolution: of Stable
    Diffusion 1.5 at 512 x 512 the longest takes 7% of a call.

    Args:
        network: A UNet of diffusers, or a faster one with an attribute ``cancelled``, which it
            asks by itself; anything else is left alone.
        cancelled: Answers True to have :class:`Cancelled` raised; None never asks.
    """
    if cancelled is None or network is None:
        yield
        return
    if not isinstance(network, nn.Module):
        network.cancelled = cancelled
        try:
            yield
        finally:
            network.cancelled = None
        return

    def check(*_: Any) -> None:
        if cancelled():
            raise Cancelled

    parts = [part for name, part in network.named_modules() if _PART.fullmatch(name)]
    handles = [part.register_forward_pre_hook(check) for part in parts]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
