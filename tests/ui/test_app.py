from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage

from sdstudio.engine.problems import Problem
from sdstudio.session.crash_log import CrashLog
from sdstudio.session.jobs import ReopenPinned
from sdstudio.ui import app
from sdstudio.ui.log_file import LogFile
from sdstudio.ui.unexpected import UnexpectedErrors
from sdstudio.ui.window import MainWindow
from tests.ui.fake_sampler import FakeSampler


def test_a_screenshot_runs_the_prompt_to_its_end(qapp, tmp_path: Path, home: Path) -> None:
    sampler = FakeSampler()
    path = tmp_path / "window.png"
    assert app.run(["sdstudio"], "a castle", path, sampler=sampler) == 0
    assert sampler.orders[-1].request.prompt == "a castle"
    image = QImage(str(path))
    assert (image.width(), image.height()) == (1440, 900)
    white = [image.pixelColor(x, 400).red() == 255 for x in range(500, 1200)]
    assert any(white), "the finished picture is not in it"
    assert not (home / "data").exists()
    assert not (home / "config").exists()


def test_a_screenshot_that_fails_says_why_in_one_line(qapp, tmp_path, capsys) -> None:
    sampler = FakeSampler()
    sampler.refuse_model = (Problem.of("model_missing", "model", source="nowhere"),)
    assert app.run(["sdstudio"], "a castle", tmp_path / "window.png", sampler=sampler) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("sdstudio: ")
    sampler = FakeSampler()
    assert app.run(["sdstudio"], "x", tmp_path / "no" / "window.png", sampler=sampler) == 1
    sampler = FakeSampler()
    sampler.fail_with = (Problem.of("out_of_memory"),)
    assert app.run(["sdstudio"], "x", tmp_path / "window.png", sampler=sampler) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal to send")
def test_ctrl_c_in_the_terminal_closes_the_window(qapp) -> None:
    class Interrupted(FakeSampler):
        def run(self, mailbox, outbox) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            super().run(mailbox, outbox)

    before = signal.getsignal(signal.SIGINT)
    assert app.run(["sdstudio"], sampler=Interrupted()) == 0
    assert signal.getsignal(signal.SIGINT) is before


def test_pinned_runs_are_read_where_there_are_any(qapp, home: Path) -> None:
    def close_once(sampler: FakeSampler, is_time: Callable[[MainWindow], bool]) -> None:
        for window in qapp.topLevelWidgets():
            if isinstance(window, MainWindow) and is_time(window):
                window.close()
                return
        QTimer.singleShot(5, lambda: close_once(sampler, is_time))

    new = FakeSampler()
    close_once(new, lambda window: window.sitting.facts is not None)
    assert app.run(["sdstudio"], sampler=new) == 0
    assert new.jobs == []
    (home / "data" / "runs").mkdir(parents=True)
    (home / "data" / "runs" / "kept.sdrun").write_bytes(b"")
    later = FakeSampler()
    close_once(later, lambda window: bool(later.jobs))
    assert app.run(["sdstudio"], sampler=later) == 0
    assert later.jobs == [ReopenPinned()]


def test_importing_the_application_imports_no_engine() -> None:
    code = (
        "import sys, sdstudio.ui.app;"
        "slow = {'torch', 'diffusers', 'transformers', 'numpy', 'PIL'} & set(sys.modules);"
        "sys.exit(repr(slow) if slow else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_unexpected_errors_are_logged_and_told(qapp, qtbot, tmp_path: Path) -> None:
    before = sys.excepthook
    errors = UnexpectedErrors(CrashLog(tmp_path))
    errors.install()
    told: list[str] = []
    errors.caught.connect(told.append)
    try:
        try:
            raise ValueError("surprise in the window")
        except ValueError as error:
            sys.excepthook(ValueError, error, error.__traceback__)

        def work() -> None:
            raise KeyError("surprise in a thread")

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: len(told) == 2)
    finally:
        errors.remove()
    assert sys.excepthook is before
    text = (tmp_path / "sdstudio.log").read_text("utf-8")
    assert "surprise in the window" in text
    assert "surprise in a thread" in text
    assert told == [str(tmp_path / "sdstudio.log")] * 2


def test_an_error_that_repeats_does_not_fill_the_disk(qapp, tmp_path: Path) -> None:
    errors = UnexpectedErrors(CrashLog(tmp_path))
    told: list[str] = []
    errors.caught.connect(told.append)
    for _ in range(100):
        errors._take(ValueError, ValueError("again"), None)
    assert 1 <= len(told) <= 20


def test_warnings_go_to_the_log_file_which_is_made_when_needed(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    with LogFile(folder):
        assert not folder.exists()
        logging.getLogger("sdstudio.session.draft").warning("the draft is damaged")
    assert "the draft is damaged" in (folder / "sdstudio.log").read_text("utf-8")
    # Python's own warnings, and what a library says of itself, go there too.
    with LogFile(folder):
        warnings.showwarning("of old", UserWarning, "old.py", 1)
        logging.getLogger("transformers.models").warning("no torchvision")
    written = (folder / "sdstudio.log").read_text("utf-8")
    assert "UserWarning: of old" in written
    assert "no torchvision" in written
    blocked = tmp_path / "file"
    blocked.write_text("")
    with LogFile(blocked / "log"):
        logging.getLogger("sdstudio").warning("nowhere to go")
