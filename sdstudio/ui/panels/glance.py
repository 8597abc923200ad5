"""A sitting as a panel saw it when it asked, while the run has gone on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sdstudio.session.answers import Answers
from sdstudio.session.inquiries import Inquiry, kind_of
from sdstudio.session.playhead import Playhead
from sdstudio.session.sitting import Sitting


class Glance:
    """The sitting itself, but for the playhead, which stays where it was.

    What a panel asks of a going run's newest step is answered when there are newer ones; it is
    shown for the step that it is about. For reading only, and for as long as the run is selected.
    """

    def __init__(self, sitting: Sitting, playhead: Playhead) -> None:
        self._sitting = sitting
        self.playhead = playhead

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sitting, name)


def lacks(answers: Answers, inquiries: Iterable[Inquiry]) -> bool:
    """Whether any of these is not answered yet that will be while a run goes on."""
    return any(kind_of(e).cost != "network" and answers.get(e) is None for e in inquiries)
