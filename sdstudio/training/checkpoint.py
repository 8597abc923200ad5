"""The file from which an interrupted stage goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import torch

from .budget import Budget


class Stateful(Protocol):
    """A module, an optimizer or an average of weights."""

    def state_dict(self) -> Any:
        """What there is to keep."""

    def load_state_dict(self, state: Any) -> Any:
        """Take that up again."""


class Checkpoint:
    """What a stage has learnt and how long it took; `WORK/STAGE.pt`.

    Args:
        path: Of the file. Where there is one, the parts take up their states from it.
        minutes: Training time in all, earlier sittings included.
        parts: What learns, by the names in the file.

    Attributes:
        budget: The minutes, of which those of earlier sittings are spent.
        noted: What `save` was given besides; empty at the beginning.
    """

    def __init__(self, path: Path, minutes: float, **parts: Stateful) -> None:
        self._path = path
        self._parts = parts
        saved = torch.load(path, weights_only=True) if path.exists() else {}
        for name, part in parts.items():
            if name in saved:
                part.load_state_dict(saved[name])
        self.budget = Budget(path.stem, minutes, **saved.get("budget", {}))
        self.noted = {name: saved[name] for name in saved.keys() - parts.keys() - {"budget"}}

    def save(self, **noted: Any) -> None:
        """Write the file, whole or not at all."""
        states = {name: part.state_dict() for name, part in self._parts.items()}
        unfinished = self._path.with_suffix(".part")
        torch.save({**states, "budget": self.budget.state(), **noted}, unfinished)
        unfinished.replace(self._path)
