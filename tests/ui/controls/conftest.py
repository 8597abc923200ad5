"""A panel on a real sitting, whose sampler never answers unless a test does so itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from sdstudio.session.events import ModelFacts, ModelReady, RunStarted
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.sitting import Sitting
from sdstudio.ui import theme
from sdstudio.ui.controls import ControlsPanel
from tests.session import standins

WORDS = frozenset(
    [
        "a",
        "an",
        "frog",
        "rabbit",
        "on",
        "stilts",
        "stage",
        "car",
        "carrot",
        "cat",
        "forest",
        "fox",
        "the",
    ]
)


@pytest.fixture
def facts() -> ModelFacts:
    return standins.facts(
        parameters=18_000_000,
        native_size=(128, 128),
        size_range=(64, 256),
        steps=40,
        guidance_scale=6.0,
        scheduler="Euler",
        words=WORDS,
    )


@pytest.fixture
def sitting() -> Sitting:
    return Sitting(Mailbox())


@pytest.fixture
def panel(qtbot: QtBot, sitting: Sitting, facts: ModelFacts) -> Iterator[ControlsPanel]:
    """The panel in a window that is high enough to show all of it, the model ready."""
    theme.current()
    sitting.handle(ModelReady(facts))
    window = QMainWindow()
    panel = ControlsPanel(sitting)
    window.setCentralWidget(panel)
    window.resize(340, 1500)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    yield panel
    window.close()


def start_run(sitting: Sitting, notes: tuple = (), level: float = 1.0) -> int:
    """Begin a run of the sitting's request, as the sampler would say it."""
    number = sitting.generate()
    request = sitting.request
    sitting.handle(RunStarted(number, request, request.steps, level, notes))
    return number
