"""What the panels want to know, and what has been answered, within a budget of bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any

from sdstudio.session.inquiries import Answer, Inquiry
from sdstudio.session.mailbox import Mailbox

BUDGET = 96 << 20
"""Bytes of answers; the ones looked at longest ago go first."""

LEAST = 256
"""What an answer weighs beside its arrays."""


class Answers:
    """Asks the sampler what panels want to know and keeps what it answers.

    Args:
        mailbox: Where inquiries go.
        budget: Bytes of answers.
    """

    def __init__(self, mailbox: Mailbox, budget: int = BUDGET) -> None:
        self._mailbox = mailbox
        self._budget = budget
        self._wishes: dict[str, tuple[Inquiry, ...]] = {}
        self._sent: list[Inquiry] = []
        self._known: OrderedDict[Inquiry, Answer] = OrderedDict()
        self.nbytes = 0

    def get(self, inquiry: Inquiry) -> Answer | None:
        """What an inquiry was answered, None as long as that is not known."""
        answer = self._known.get(inquiry)
        if answer is not None:
            self._known.move_to_end(inquiry)
        return answer

    def value(self, inquiry: Inquiry) -> Any:
        """The value of an answer, None while there is none or where it failed."""
        answer = self.get(inquiry)
        return None if answer is None else answer.value

    def ask(self, who: str, inquiries: Iterable[Inquiry]) -> None:
        """Say what a panel wants to know now, the most wanted first; nothing takes it back.

        Args:
            who: Who asks; what it asked before is forgotten.
            inquiries: What; those that are answered are passed over.
        """
        self._wishes[who] = tuple(inquiries)
        self._send()

    def handle(self, answer: Answer) -> None:
        """Keep what came of the sampler."""
        inquiry = answer.inquiry
        if inquiry in self._sent:
            self._sent.remove(inquiry)
        self._remove(inquiry)
        self._known[inquiry] = answer
        self.nbytes += nbytes_of(answer.value)
        while self.nbytes > self._budget and len(self._known) > 1:
            self._remove(next(iter(self._known)))

    def forget(self, run: int) -> None:
        """Drop what is known of a run that is gone."""
        for inquiry in [inquiry for inquiry in self._known if inquiry.run == run]:
            self._remove(inquiry)

    def ask_again(self, code: str) -> None:
        """Ask again what could not be answered for a reason that is gone."""
        for inquiry, answer in list(self._known.items()):
            if any(problem.code == code for problem in answer.problems):
                self._remove(inquiry)
        self._send()

    def clear(self) -> None:
        """Forget all answers and ask again: another model may answer otherwise."""
        self._known.clear()
        self.nbytes = 0
        self._sent.clear()
        self._send()

    def _send(self) -> None:
        wanted = dict.fromkeys(each for wishes in self._wishes.values() for each in wishes)
        lacking = [inquiry for inquiry in wanted if inquiry not in self._known]
        if lacking != self._sent:
            self._sent = lacking
            self._mailbox.inquire(lacking)

    def _remove(self, inquiry: Inquiry) -> None:
        answer = self._known.pop(inquiry, None)
        if answer is not None:
            self.nbytes -= nbytes_of(answer.value)


def nbytes_of(value: Any) -> int:
    """Bytes of the arrays in an answer's value, and a little for the rest."""
    if hasattr(value, "nbytes"):
        return int(value.nbytes)
    if is_dataclass(value):
        return LEAST + sum(nbytes_of(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, dict):
        return LEAST + sum(map(nbytes_of, value.values()))
    if isinstance(value, list | tuple):
        return LEAST + sum(map(nbytes_of, value))
    return 8
