"""What can go wrong, as data.

Nothing below the window writes sentences for people: an error carries a code and the
values that belong to it, and the window words them in the person's language.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, or worth saying.

    Attributes:
        code: A stable name, such as ``"out_of_range"``.
        field: The request field (or place) it concerns, "" when there is none.
        values: What a sentence about it needs, by name; plain Python values only.
    """

    code: str
    field: str = ""
    values: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, code: str, field: str = "", **values: Any) -> Problem:
        """Build a problem with its values given by name."""
        return cls(code, field, tuple(values.items()))

    @property
    def by_name(self) -> MappingProxyType[str, Any]:
        """The values as a read-only mapping."""
        return MappingProxyType(dict(self.values))

    def __str__(self) -> str:
        place = f"{self.field}: " if self.field else ""
        details = ", ".join(f"{name}={value!r}" for name, value in self.values)
        return f"{place}{self.code}" + (f" ({details})" if details else "")


class StudioError(Exception):
    """An expected failure, with the problems that caused it."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


class RequestError(StudioError):
    """A request that cannot be honoured; each problem names its field."""


class PictureError(StudioError):
    """A picture file that cannot be opened or used."""


class ModelError(StudioError):
    """A model that cannot be found, read or run."""
