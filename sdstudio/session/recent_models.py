"""The models a person has used, so that they are found again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sdstudio.session.events import ModelFacts

MOST = 8
"""So many are remembered."""


@dataclass(frozen=True)
class RecentModel:
    """A model that was loaded once.

    Attributes:
        source: What to load: a folder, a file or a hub name.
        name: What it is called.
        family: "SD 1", …
    """

    source: str
    name: str
    family: str

    @classmethod
    def of(cls, facts: ModelFacts) -> RecentModel:
        """What is remembered of a loaded model."""
        return cls(facts.source, facts.name, facts.family)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> RecentModel:
        """As :meth:`to_dict` made it; KeyError or TypeError for anything else."""
        values = [plain[name] for name in ("source", "name", "family")]
        if not all(isinstance(value, str) for value in values):
            raise TypeError("a recent model is made of texts")
        return cls(*values)

    def to_dict(self) -> dict[str, str]:
        """Plain values for JSON."""
        return asdict(self)

    @property
    def is_missing(self) -> bool:
        """Whether its folder or file is not there; of a hub name nobody knows."""
        path = Path(self.source)
        try:
            return path.is_absolute() and not path.exists()
        except OSError:
            # Where nobody may look, it may well be; loading it will say so.
            return False


def with_newest(models: tuple[RecentModel, ...], newest: RecentModel) -> tuple[RecentModel, ...]:
    """The models with one put first, each once, no more than :data:`MOST`."""
    others = (each for each in models if each.source != newest.source)
    return (newest, *others)[:MOST]
