"""Ending a run inside the network, not after it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn


class Cancelled(Exception):
    """A run was ended on request; nothing is wrong."""


@contextmanager
def cancellable(network: Any, cancelled: Callable[[], bool] | None) -> Iterator[None]:
    """While it lasts, ask ``cancelled`` before every block of the network.

    Args:
        network: A UNet of diffusers; anything that is not a torch module is left alone.
        cancelled: Answers True to have :class:`Cancelled` raised; None never asks.
    """
    if cancelled is None or not isinstance(network, nn.Module):
        yield
        return

    def check(*_: Any) -> None:
        if cancelled():
            raise Cancelled

    names = re.compile(r"(down_blocks|up_blocks)\.\d+|mid_block")
    blocks = [block for name, block in network.named_modules() if names.fullmatch(name)]
    handles = [block.register_forward_pre_hook(check) for block in blocks]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
