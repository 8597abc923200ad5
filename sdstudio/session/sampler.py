"""What the window needs of whoever makes the pictures."""

from __future__ import annotations

from typing import Protocol

from sdstudio.session.mailbox import Mailbox
from sdstudio.session.outbox import Outbox


class Sampler(Protocol):
    """Answers the mailbox through the outbox until the mailbox is closed."""

    def run(self, mailbox: Mailbox, outbox: Outbox) -> None:
        """Serve; returns after ``mailbox.close()``, with ``SamplerClosed`` as the last event."""
        ...
