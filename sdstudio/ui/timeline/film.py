"""What the filmstrip shows, as plain values: rows of steps that grow out of one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sdstudio.session.events import StepNote


@dataclass(frozen=True)
class Mark:
    """Something was changed before step ``index`` (0-based); ``text`` says what."""

    index: int
    text: str


@dataclass(frozen=True)
class Row:
    """One run.

    Attributes:
        run: Its number.
        label: What it is called: its name, or else "A", "A.1", …
        about: What it is, in a few words; "" for nothing worth saying.
        first: The first step (0-based) that is its own; those before are of another row.
        count: Steps of the whole run.
        steps: What is known of those taken, the shared ones included.
        marks: What was changed on the way.
        going: Whether it goes on.
        joint: The row it grows out of, None for a run of its own.
    """

    run: int
    label: str
    about: str
    first: int
    count: int
    steps: Sequence[StepNote]
    marks: tuple[Mark, ...] = ()
    going: bool = False
    joint: int | None = None

    @property
    def taken(self) -> int:
        """Steps taken, the shared ones included."""
        return self.steps[-1].index + 1 if self.steps else 0

    def note(self, index: int) -> StepNote | None:
        """What is known of a step; None for one that was not taken."""
        at = index - self.steps[0].index if self.steps else -1
        return self.steps[at] if 0 <= at < len(self.steps) else None


@dataclass(frozen=True)
class Film:
    """All rows, parents before their branches."""

    rows: tuple[Row, ...] = ()

    @property
    def columns(self) -> int:
        """Steps of the longest run."""
        return max((row.count for row in self.rows), default=0)

    def row_of(self, run: int | None) -> int | None:
        """The row of a run, None where it is not shown."""
        return next((i for i, row in enumerate(self.rows) if row.run == run), None)

    def owner(self, row: int, index: int) -> int:
        """The row whose own step ``index`` is, for a step that row may share."""
        joint = self.rows[row].joint
        while index < self.rows[row].first and joint is not None:
            row, joint = joint, self.rows[joint].joint
        return row


def grown(before: Film, after: Film) -> range | None:
    """The steps that were added, where that is all in which two films differ; else None."""
    if len(before.rows) != len(after.rows):
        return None
    first, last = after.columns, 0
    for old, new in zip(before.rows, after.rows, strict=True):
        if old is new or old == new:
            continue
        if replace(old, steps=new.steps) != new or new.steps[: len(old.steps)] != old.steps:
            return None
        first, last = min(first, old.taken), max(last, new.taken)
    return range(min(first, last), last)
