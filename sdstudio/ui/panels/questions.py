"""Has a panel's questions asked, and says for which step it may show the answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from sdstudio.session.inquiries import Inquiry, kind_of
from sdstudio.session.playhead import Playhead
from sdstudio.session.sitting import Sitting
from sdstudio.ui.panels.panel import Panel


class Glance:
    """The sitting itself, but for the playhead, which stays where it was.

    For reading only, and for as long as the run is selected.
    """

    def __init__(self, sitting: Sitting, playhead: Playhead) -> None:
        self._sitting = sitting
        self.playhead = playhead

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sitting, name)


class Questions:
    """Asks for one panel at a time.

    What is asked of a going run's newest step is answered when there are newer ones: the panel
    then shows the step that it asked about, all of its parts the same one, and asks about the
    newest. Elsewhere it shows and asks about the step of the playhead.

    Args:
        sitting: Whom it asks.
        who: As whom.
    """

    def __init__(self, sitting: Sitting, who: str) -> None:
        self._sitting = sitting
        self._who = who
        self._asked_at: Playhead | None = None

    @property
    def watches(self) -> bool:
        """Whether the playhead goes with a run that is going."""
        return self._sitting.running and self._sitting.playhead.following

    def forget(self) -> None:
        """Show the step of the playhead next, whatever was asked."""
        self._asked_at = None

    def withdraw(self) -> None:
        """Ask nothing any more."""
        self.forget()
        self._sitting.inquire(self._who, ())

    def ask(self, panel: Panel) -> Sitting | None:
        """Ask what a panel wants to know now.

        Returns:
            The sitting to show; None while what was asked before is not answered: to ask about
            each new step instead would leave all of them unanswered.
        """
        asked = panel.inquiries(self._sitting)
        shown = self._sitting
        if self.watches and self._lacks(asked) and (before := self._before()) is not None:
            if self._lacks(panel.inquiries(before)):
                return None
            shown = before
        self._asked_at = self._sitting.playhead
        self._sitting.inquire(self._who, asked)
        return shown

    def _before(self) -> Sitting | None:
        """The sitting as it was when it asked last, of the same run; None if it was not."""
        at, now = self._asked_at, self._sitting.playhead
        if at is None or (at.run, at.following) != (now.run, now.following):
            return None
        return cast(Sitting, Glance(self._sitting, at))

    def _lacks(self, inquiries: Iterable[Inquiry]) -> bool:
        """Whether any of these is not answered yet that will be while a run goes on."""
        known = self._sitting.answers
        return any(kind_of(e).cost != "network" and known.get(e) is None for e in inquiries)
