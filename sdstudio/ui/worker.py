"""The one thread that owns the model: it creates, uses and drops every tensor."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, QThread, Signal

from sdstudio.session.mailbox import Mailbox
from sdstudio.session.outbox import Outbox
from sdstudio.session.sampler import Sampler

_log = logging.getLogger(__name__)


class SamplerThread(QThread):
    """Runs a sampler until the mailbox is closed.

    ``ready`` carries nothing: it says that the outbox is no longer empty. Its slot drains
    all there is, so a busy window falls behind by one slot and never by a queue of signals.
    ``broke`` says that the sampler itself failed, which it never should; the log has it.
    """

    ready = Signal()
    broke = Signal(str)

    def __init__(self, sampler: Sampler, mailbox: Mailbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sampler")
        self._sampler = sampler
        self._mailbox = mailbox
        self.outbox = Outbox(self.ready.emit)

    def run(self) -> None:
        """The thread's body."""
        try:
            self._sampler.run(self._mailbox, self.outbox)
        except Exception as error:  # noqa: BLE001 - the last place that can say so
            _log.exception("the sampler broke")
            self.broke.emit(f"{type(error).__name__}: {error}")

    def close(self, milliseconds: int = 10_000) -> bool:
        """End the going run and the thread, and wait; False when it did not end in time.

        The network is asked to stop at its next block, so the wait is far under a second
        unless a model is being read. The thread is never terminated.
        """
        self._mailbox.close()
        return self.wait(milliseconds) if self.isRunning() else True
