"""The application: builds the parts, opens the window, runs until it is closed."""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from sdstudio import __version__, paths
from sdstudio.session.draft import Draft
from sdstudio.session.local_sampler import LocalSampler
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.pinned import PinnedRuns
from sdstudio.session.sampler import Sampler
from sdstudio.session.sitting import Sitting
from sdstudio.ui.log_file import LogFile
from sdstudio.ui.plots.preload import preload_when_ready
from sdstudio.ui.screenshot import Screenshot
from sdstudio.ui.settings import open_settings
from sdstudio.ui.unexpected import UnexpectedErrors
from sdstudio.ui.window import MainWindow
from sdstudio.ui.worker import SamplerThread

_log = logging.getLogger(__name__)

SCREENSHOT_SIZE = QSize(1440, 900)
_PULSE_MS = 250
_INTERRUPTED = 130
_CLIPBOARDS = ("xcb", "wayland", "windows", "cocoa")
_UNPAINTED_MS = 1000
"""A window that starts minimised is never painted; its model is loaded all the same."""


def run(
    argv: Sequence[str],
    prompt: str | None = None,
    screenshot: Path | None = None,
    *,
    sampler: Sampler | None = None,
) -> int:
    """Open the window and stay until it is closed.

    The sampler's thread, which imports the engine, starts only when the window has been
    painted.

    Args:
        argv: The process's arguments, for Qt.
        prompt: A prompt to begin with.
        screenshot: Run ``prompt`` to its end, save a picture of the window there, and close.
        sampler: In place of the local one, for tests.

    Returns:
        The exit status, 0 for success.
    """
    application = QApplication.instance() or QApplication(list(argv) or ["sdstudio"])
    assert isinstance(application, QApplication)
    application.setApplicationName("sdstudio")
    application.setApplicationDisplayName("sdstudio")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("sdstudio")
    errors = UnexpectedErrors()
    errors.install()
    try:
        with LogFile(), _Interrupts() as interrupts:
            sampler = sampler or LocalSampler()
            return _run(application, errors, interrupts, prompt, screenshot, sampler)
    finally:
        errors.remove()
        _drop_clipboard()


class _Interrupts:
    """Lets Ctrl+C in the terminal close the window, as its close button would.

    Python's own handler would raise KeyboardInterrupt in whatever Qt is just calling.

    Attributes:
        window: What to close; before there is one, the process simply ends.
    """

    def __init__(self) -> None:
        self.window: MainWindow | None = None
        self._before: Any = None
        # Python looks at signals only when it runs, which in Qt's loop it may not for long.
        self._pulse = QTimer(interval=_PULSE_MS)
        self._pulse.timeout.connect(lambda: None)

    def __enter__(self) -> _Interrupts:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._take)
            self._pulse.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._pulse.stop()
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _take(self, *_: object) -> None:
        if self.window is None:
            os._exit(_INTERRUPTED)
        QTimer.singleShot(0, self.window.close)


def _run(
    application: QApplication,
    errors: UnexpectedErrors,
    interrupts: _Interrupts,
    prompt: str | None,
    screenshot: Path | None,
    sampler: Sampler,
) -> int:
    mailbox = Mailbox()
    thread = SamplerThread(sampler, mailbox)
    with tempfile.TemporaryDirectory(prefix="sdstudio-") as aside:
        # A screenshot shows the window as it is when new, and leaves nothing behind.
        draft = Draft(paths.data_dir()) if screenshot is None else None
        settings = open_settings(None if screenshot is None else Path(aside))
        sitting = Sitting(mailbox, draft=draft)
        preload_when_ready(sitting)
        window = MainWindow(sitting, mailbox, thread, settings, draft)
        errors.caught.connect(window.show_unexpected)
        sitting.load("builtin")
        shot = None
        if screenshot is not None:
            window.resize(SCREENSHOT_SIZE)
            shot = Screenshot(window, prompt or "", screenshot)
        elif prompt is not None:
            sitting.change(prompt=prompt, mix=0.0)
            sitting.generate()
        if screenshot is None and PinnedRuns().found():
            sitting.reopen_pinned()
        start = QTimer(window)
        start.setSingleShot(True)
        # Due before the window was closed, it may come after that: the thread must not begin
        # again then, which would be taken for one that did not end.
        start.timeout.connect(lambda: None if mailbox.closed else thread.start())
        window.painted.connect(lambda: start.start(0))
        start.start(_UNPAINTED_MS)
        window.show()
        interrupts.window = window
        status = application.exec()
        if thread.isRunning():
            # A thread that cannot be ended must not outlive what it talks to.
            _log.critical("leaving with the sampler still at work")
            os._exit(status or 1)
        # Not left to the garbage collector, which may run in any thread.
        shiboken6.delete(window)
        if shot is not None and shot.error:
            sys.stderr.write(f"sdstudio: {shot.error}\n")
            return 1
        return status


def _drop_clipboard() -> None:
    """Where Qt stands in for a clipboard, it would drop what it holds after Python is gone."""
    if QGuiApplication.platformName() not in _CLIPBOARDS:
        QGuiApplication.clipboard().clear()
