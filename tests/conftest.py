"""What every test gets: its own home folder, no display, few threads, and no leftovers."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

# Set before Qt, torch or a subprocess reads them.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["HF_HUB_OFFLINE"] = "1"
# Tiny models gain nothing from threads, and two test processes on two cores lose much.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Threads of libraries that live as long as the process, by the start of their names.
LASTING_THREADS = ("pytest_timeout", "ThreadPoolExecutor", "asyncio_", "tqdm")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own for everything the studio writes."""
    folder = tmp_path / "home"
    monkeypatch.setenv("SDSTUDIO_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def no_thread_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread running, Python's or Qt's."""
    before = set(threading.enumerate())
    yield
    left = _wait_for_end(before)
    assert not left, f"threads left running: {left}"
    # Only a test with an application can have started one, and the search is slow.
    if "qapp" in request.fixturenames:
        running = _running_qthreads()
        assert not running, f"QThreads left running: {running}"


def _wait_for_end(before: set[threading.Thread]) -> list[str]:
    deadline = time.monotonic() + 2.0
    while True:
        left = [
            thread.name
            for thread in threading.enumerate()
            # Dummy threads are Qt's own, seen from Python; the check on QThreads covers them.
            if thread not in before
            and not isinstance(thread, threading._DummyThread)
            and not thread.name.startswith(LASTING_THREADS)
        ]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.01)


def _running_qthreads() -> list[str]:
    """The QThreads that Python knows of and that still run, the GUI thread aside."""
    core = sys.modules.get("PySide6.QtCore")
    if core is None:
        return []
    import gc

    main = core.QCoreApplication.instance() and core.QCoreApplication.instance().thread()
    return [
        repr(thing)
        for thing in gc.get_objects()
        if issubclass(type(thing), core.QThread)
        and _alive(thing)
        and thing is not main
        and thing.isRunning()
    ]


def _alive(thing: object) -> bool:
    import shiboken6

    return bool(shiboken6.isValid(thing))
