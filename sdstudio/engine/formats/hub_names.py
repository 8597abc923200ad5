"""Names of models on the Hugging Face hub, and how far the download of one has come."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_PART = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?"
_NAME = re.compile(rf"{_PART}/{_PART}")

TINY = {
    "SD 1": "madebyollin/taesd",
    "SD 2": "madebyollin/taesd",
    "SDXL": "madebyollin/taesdxl",
    "SDXL refiner": "madebyollin/taesdxl",
}
"""Repositories of the tiny autoencoder (TAESD) of each family's latents."""

LONGEST = 96
"""Characters of a name, by the hub's rules."""


@dataclass(frozen=True)
class Download:
    """How far a download has come.

    Attributes:
        done: Bytes that are here.
        total: Bytes there are in all.
        file: The file under way, by its place in the repository.
    """

    done: int
    total: int
    file: str

    @property
    def share(self) -> float:
        """What is here of all, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0


def is_name(text: str) -> bool:
    """Whether a text is written as ``owner/name``.

    The rules are the hub's own: letters, digits, ``.``, ``_`` and ``-``, none of the last
    three at an end, no ``..`` and ``--``, and no ``.git`` at the end.
    """
    if not _NAME.fullmatch(text) or ".." in text or "--" in text or len(text) > LONGEST:
        return False
    return not text.endswith(".git")


def is_hub_name(source: str) -> bool:
    """Whether a source can be a name on the hub: nothing of that name lies on the disk."""
    return is_name(source) and not Path(source).exists()
