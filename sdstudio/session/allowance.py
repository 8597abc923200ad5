"""A share of a going run's time, saved up until it pays for what is to be done."""

from __future__ import annotations


class Allowance:
    """What something may take of a run, by the seconds that the run and it have taken so far.

    What was done last tells the price of what comes next; the first of all is not known before
    it is done, and what it took too much has to be earned afterwards.

    Args:
        share: Of the run's time, 0 to 1.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._saved = 0.0
        self._price = 0.0

    @property
    def suffices(self) -> bool:
        """Whether there is enough for another turn."""
        return self._saved >= self._price

    def earn(self, seconds: float) -> None:
        """The run took so long; beside that no more is saved than the next turn costs."""
        self._saved = min(self._saved, self._price) + self._share * seconds

    def spend(self, seconds: float) -> None:
        """A turn took so long."""
        self._saved -= seconds
        self._price = seconds
