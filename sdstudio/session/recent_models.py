"""The models a person has used, so that they are found again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sdstudio.session.additions import NONE, Additions, is_gone
from sdstudio.session.events import ModelFacts

Loras = tuple[tuple[str, float], ...]

MOST = 8
"""So many are remembered."""


@dataclass(frozen=True)
class RecentModel:
    """A model that was loaded once.

    Attributes:
        source: What to load: a folder, a file or a hub name.
        name: What it is called.
        family: "SD 1", …
        additions: What was laid over it.
        loras: The sources and weights of those that its last run had.
    """

    source: str
    name: str
    family: str
    additions: Additions = NONE
    loras: Loras = ()

    @classmethod
    def of(cls, facts: ModelFacts, loras: Loras = ()) -> RecentModel:
        """What is remembered of a loaded model."""
        return cls(facts.source, facts.name, facts.family, facts.additions, loras)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> RecentModel:
        """As :meth:`to_dict` made it, now or before it had additions.

        Raises:
            KeyError: Nothing says what model it is.
            TypeError: What says so is no text.
        """
        values = [plain[name] for name in ("source", "name", "family")]
        if not all(isinstance(value, str) for value in values):
            raise TypeError("a recent model is made of texts")
        additions = plain.get("additions")
        return cls(
            str(plain["source"]),
            str(plain["name"]),
            str(plain["family"]),
            Additions.from_dict(additions) if isinstance(additions, Mapping) else NONE,
            _loras(plain.get("loras")),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @property
    def is_missing(self) -> bool:
        """Whether its folder or file is not there; of a hub name nobody knows."""
        return is_gone(self.source)

    @property
    def present_loras(self) -> Loras:
        """Those of its LoRAs that are still there."""
        return tuple((source, weight) for source, weight in self.loras if not is_gone(source))


def _loras(plain: Any) -> Loras:
    pairs = plain if isinstance(plain, (list, tuple)) else ()
    return tuple(
        (pair[0], float(pair[1]))
        for pair in pairs
        if isinstance(pair, (list, tuple))
        and len(pair) == 2
        and isinstance(pair[0], str)
        and isinstance(pair[1], (int, float))
    )


def with_newest(models: tuple[RecentModel, ...], newest: RecentModel) -> tuple[RecentModel, ...]:
    """The models with one put first, each once, no more than :data:`MOST`."""
    others = (each for each in models if each.source != newest.source)
    return (newest, *others)[:MOST]
