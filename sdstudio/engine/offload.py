"""The parts of a model take turns on an accelerator, the others waiting in the machine's memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from accelerate.hooks import CpuOffload, add_hook_to_module, remove_hook_from_module
from accelerate.utils.memory import clear_device_cache
from torch import nn


class Offload:
    """Keeps at most one of some parts on the accelerator: whichever was called last.

    Other than in diffusers' ``enable_model_cpu_offload``, parts may be called in any order: a
    run decodes previews between the network's calls, and reads new prompts.

    Args:
        parts: The modules; those of diffusers come in for ``encode`` and ``decode`` as well.
        device: Where they run.
    """

    def __init__(self, parts: Sequence[nn.Module], device: torch.device) -> None:
        self._parts = tuple(parts)
        # With its number, as the device of a tensor there has it.
        self._device = torch.empty(0, device=device).device
        self._hook()

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """While it lasts, parts stay where they are, without hooks, and may be changed."""
        self.end()
        try:
            yield
        finally:
            self._hook()

    def end(self) -> None:
        """Leave the parts where they are."""
        for part in self._parts:
            remove_hook_from_module(part)

    def _hook(self) -> None:
        for part in self._parts:
            # As it is hooked a part goes to the machine's memory.
            add_hook_to_module(part, _Turn(self._device, self._parts))


class _Turn(CpuOffload):
    """Sends all other parts away before a part is called."""

    def __init__(self, device: torch.device, parts: Sequence[nn.Module]) -> None:
        super().__init__(device)
        self._parts = parts

    def pre_forward(self, module: nn.Module, *args: Any, **kwargs: Any) -> Any:
        """Called by accelerate, with the arguments of the call."""
        others = [part for part in self._parts if part is not module and _is_away(part)]
        for other in others:
            other.to("cpu")
        if others:
            clear_device_cache()
        return super().pre_forward(module, *args, **kwargs)


def _is_away(part: nn.Module) -> bool:
    return next(part.parameters()).device.type != "cpu"
