"""Plots, imported before the first one is wanted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module

from sdstudio.session.sitting import Sitting, What


def preload_when_ready(sitting: Sitting) -> None:
    """Import the plotting library once the first model is there, in a thread of its own.

    It takes half a second, which the first plot would otherwise hold the window up for, and
    before there is a model it would only delay that.
    """
    stop: list[Callable[[], None]] = []

    def follow(what: What) -> None:
        if what == "model" and sitting.facts is not None and stop:
            stop.pop()()
            # No part of pyqtgraph that is made on import belongs to a thread. The process's end
            # waits for it: an import must not go on while Python is taken down.
            threading.Thread(
                target=import_module, args=("sdstudio.ui.plots.plot",), name="preload"
            ).start()

    stop.append(sitting.observe(follow))
