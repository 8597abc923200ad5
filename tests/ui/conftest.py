"""A window on a sampler that needs no engine."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from sdstudio.session.draft import Draft
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.sitting import Sitting
from sdstudio.ui import theme
from sdstudio.ui.settings import open_settings
from sdstudio.ui.window import MainWindow
from sdstudio.ui.worker import SamplerThread
from tests.ui.fake_sampler import FakeSampler


@pytest.fixture(autouse=True)
def collected() -> None:
    """Take away what the test before left, here in the GUI's thread.

    A collection that comes by itself in the sampler's thread would destroy its widgets there,
    which Qt does not survive. What stays is frozen, so that this is quick with torch loaded.
    """
    gc.collect()
    gc.freeze()


class Studio:
    """The parts of a running application."""

    def __init__(self, folder: Path) -> None:
        self.sampler = FakeSampler()
        self.mailbox = Mailbox()
        self.thread = SamplerThread(self.sampler, self.mailbox)
        self.draft = Draft(folder / "data")
        self.sitting = Sitting(self.mailbox, draft=self.draft)
        self.settings = open_settings(folder / "config")
        self.window = MainWindow(self.sitting, self.mailbox, self.thread, self.settings, self.draft)

    def start(self, qtbot) -> None:
        """Show the window and load the model."""
        self.window.show()
        self.sitting.load("builtin")
        self.thread.start()
        qtbot.waitUntil(lambda: self.sitting.facts is not None)

    def run_to_end(self, qtbot) -> None:
        """Generate, and wait until the picture is finished and drawn."""
        self.window.generate()
        qtbot.waitUntil(lambda: not self.sitting.running)
        qtbot.wait(10)


@pytest.fixture
def studio(qtbot, tmp_path: Path) -> Iterator[Studio]:
    """A window that is open and ready to generate."""
    parts = Studio(tmp_path)
    qtbot.addWidget(parts.window)
    parts.start(qtbot)
    yield parts
    parts.sampler.gate.set()
    parts.sampler.model_gate.set()
    parts.window.close()
    # The offscreen platform would drop it after Python is gone.
    QGuiApplication.clipboard().clear()


class WindowWatch(QObject):
    """Notes every widget that shows as a window, however shortly."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[QWidget] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.append(watched)
        return False


@pytest.fixture
def shown_windows(qapp) -> Iterator[list[QWidget]]:
    """The windows shown since the test began.

    A widget that is shown before it has its place flashes up as a window and takes the
    activity away from the one that is being used.
    """
    watch = WindowWatch()
    qapp.installEventFilter(watch)
    yield watch.windows
    qapp.removeEventFilter(watch)


@pytest.fixture(autouse=True)
def plain_theme(qapp) -> Iterator[None]:
    """Each test begins and ends with the theme as it is when new."""
    yield
    theme.current().set_mode("system")
    theme.current().set_percent(100)
