"""The numbers of a run's steps, asked for in stretches so that a going run costs little."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdstudio.session.inquiries import Inquiry
from sdstudio.session.sitting import Sitting

if TYPE_CHECKING:
    from sdstudio.engine.anatomy.numbers import Numbers

STRETCH = 32
"""Steps of one inquiry: those of a full stretch are never asked about again."""


def inquiries(sitting: Sitting) -> list[Inquiry]:
    """What to ask for all steps that the selected run has, as far as the playhead goes with it."""
    node, at = sitting.selected, sitting.playhead
    if node is None or node.last is None:
        return []
    end = 1 + (at.step if node.running and at.following and at.step is not None else node.last)
    return [
        Inquiry.of("numbers", node.number, first, until=min(first + STRETCH, end))
        for first in range(0, end, STRETCH)
    ]


class RunNumbers:
    """What is known of a run's numbers; of a going one perhaps not yet the newest steps."""

    def __init__(self) -> None:
        self._run: int | None = None
        self._parts: dict[int, Numbers] = {}

    def of(self, sitting: Sitting) -> Numbers | None:
        """The numbers of the selected run as far as they are known."""
        node = sitting.selected
        if node is None or node.number != self._run:
            self._run = None if node is None else node.number
            self._parts = {}
        for inquiry in inquiries(sitting):
            part = sitting.answers.value(inquiry)
            if part is not None:
                self._parts[inquiry.index or 0] = part
        if not self._parts:
            return None
        parts = [self._parts[first] for first in sorted(self._parts)]
        # Its class came with the answer: importing it here would bring torch to the window.
        return type(parts[0]).joined(parts)
