"""The real window with its real sampler, driven from a benchmark."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from sdstudio.session.local_sampler import LocalSampler
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.run_store import RunStore
from sdstudio.session.sitting import Sitting
from sdstudio.ui.settings import open_settings
from sdstudio.ui.window import MainWindow
from sdstudio.ui.worker import SamplerThread

PATIENCE = 600.0
"""Seconds after which a benchmark gives up waiting."""


@dataclass
class Studio:
    """An open window and what is behind it."""

    application: QApplication
    window: MainWindow
    sitting: Sitting
    mailbox: Mailbox
    thread: SamplerThread

    def load(self) -> None:
        """Load the built-in model, and wait until it is ready."""
        self.sitting.load("builtin")
        self.thread.start()
        self.wait_for(lambda: self.sitting.facts is not None)

    def finish_run(self) -> None:
        """Generate, and wait for the end."""
        number = self.sitting.generate()
        self.wait_for(lambda: self._is_over(number))

    def wait_for(self, happened: Callable[[], object]) -> float:
        """Let the event loop run until that is true; returns the time it was seen.

        The condition is asked whenever the window has handled what the sampler said and
        whenever something was painted, so that waiting itself takes no time of the loop.
        """
        if happened():
            return time.perf_counter()
        loop = QEventLoop()
        watch = _Watch(happened, loop.quit)
        giving_up = QTimer(singleShot=True, interval=int(1000 * PATIENCE))
        giving_up.timeout.connect(loop.quit)
        giving_up.start()
        stop_observing = self.sitting.observe(lambda what: watch.ask())
        self.window.canvas.view.installEventFilter(watch)
        loop.exec()
        self.window.canvas.view.removeEventFilter(watch)
        stop_observing()
        if watch.seen is None:
            raise TimeoutError(f"nothing happened within {PATIENCE} s")
        return watch.seen

    def wait_for_seconds(self, seconds: float) -> None:
        """Let the event loop run for so long."""
        loop = QEventLoop()
        QTimer.singleShot(int(1000 * seconds), loop.quit)
        loop.exec()

    def canvas_is_painted(self) -> bool:
        """Whether the canvas has been painted since its picture changed."""
        return self.window.canvas.view._pixmap is not None

    def _is_over(self, number: int) -> bool:
        run = self.sitting.run
        return run is not None and run.number == number and not run.running


class _Watch(QObject):
    """Asks a question when told to, and after each paint of what it filters."""

    def __init__(self, happened: Callable[[], object], tell: Callable[[], None]) -> None:
        super().__init__()
        self._happened = happened
        self._tell = tell
        self.seen: float | None = None

    def ask(self) -> None:
        if self.seen is None and self._happened():
            self.seen = time.perf_counter()
            self._tell()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            # Once the paint event has been handled.
            QTimer.singleShot(0, self.ask)
        return False


@contextmanager
def studio(record_budget: int | None = None) -> Iterator[Studio]:
    """Open a window; close it and end its thread afterwards."""
    application = QApplication.instance() or QApplication(["benchmark"])
    assert isinstance(application, QApplication)
    store = RunStore() if record_budget is None else RunStore(record_budget)
    mailbox = Mailbox()
    thread = SamplerThread(LocalSampler(store=store), mailbox)
    with TemporaryDirectory(prefix="sdstudio-") as aside:
        sitting = Sitting(mailbox)
        window = MainWindow(sitting, mailbox, thread, open_settings(Path(aside)))
        window.show()
        application.processEvents()
        try:
            yield Studio(application, window, sitting, mailbox, thread)
        finally:
            window.close()
            window.deleteLater()
            application.processEvents()
