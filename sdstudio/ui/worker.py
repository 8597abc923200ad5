"""The one thread that owns the model: it creates, uses and drops every tensor."""

from __future__ import annotations

import logging
import os
import sys

from PySide6.QtCore import QObject, Qt, QThread, Signal

from sdstudio.session.mailbox import Mailbox
from sdstudio.session.outbox import Outbox
from sdstudio.session.sampler import Sampler
from sdstudio.ui import pacing

_log = logging.getLogger(__name__)

NICENESS = 5
"""How much lower than the window's its priority is, where a thread can have its own."""

EVENTS = 8
"""Events handled in one go: some milliseconds, after which a pen that draws has its turn."""


class SamplerThread(QThread):
    """Runs a sampler until the mailbox is closed.

    ``ready`` carries nothing: it says that the outbox is no longer empty. Its slot drains
    what it is given, so a busy window falls behind by one slot and never by a queue of signals.
    While a stroke is drawn it is put off, see :mod:`sdstudio.ui.pacing`.
    ``broke`` says that the sampler itself failed, which it never should; the log has it.
    """

    ready = Signal()
    broke = Signal(str)
    _rang = Signal()

    def __init__(self, sampler: Sampler, mailbox: Mailbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sampler")
        self._sampler = sampler
        self._mailbox = mailbox
        self._rang.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)
        self.outbox = Outbox(self._rang.emit, EVENTS)

    def run(self) -> None:
        """The thread's body."""
        _stand_back()
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

    def _pass_on(self) -> None:
        """On the window's thread."""
        pacing.current().when_free(self.ready.emit)


def _stand_back() -> None:
    """Let the window's thread go first, before this one and those that it begins, as torch's do.

    Linux alone knows priorities of threads that need no rights.
    """
    if sys.platform != "linux":
        return
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    try:
        os.setpriority(os.PRIO_PROCESS, 0, min(19, mine + NICENESS))
    except OSError as error:
        _log.warning("the sampler runs at the window's priority: %s", error)
