"""What goes wrong on the command line is one line on stderr and a status that is not zero."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sdstudio import paths
from sdstudio.__main__ import main
from sdstudio.cli import display, failure, window
from sdstudio.cli.failure import explained
from sdstudio.cli.wording import sentence
from sdstudio.engine.problems import ModelError, Problem, RequestError
from tests.drives.wrong_files import (
    a_lora,
    cut,
    cut_file,
    in_a_folder,
    pointer,
    without,
    written,
    zipped,
)
from tests.tiny_models import save_tiny


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("models") / "good")


def failing(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str]:
    """The exit status of an order and the one line it leaves on stderr."""
    status = main(argv)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.endswith("\n")
    assert told.err.count("\n") == 1, told.err
    return status, told.err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--no-such-option",), "--no-such-option"),
        (("--screenshot", "window.png"), "needs a prompt"),
        (("--screenshot", "no/such/window.png", "a frog"), "there is no folder no/such"),
        (("render", "a frog"), "-o/--output"),
        (("render", "a frog", "-o", "frog.gif"), ".png"),
        (("render", "a frog", "-o", "no/such/frog.png"), "there is no folder no/such"),
        (("render", "a frog", "-o", "frog.png", "--record", "frog.png"), ".sdrun"),
        (("render", "a frog", "-o", "frog.png", "--record", "no/such/a.sdrun"), "no/such"),
        (("render", "a frog", "-o", "frog.png", "--count", "0"), "at least 1"),
        (("render", "a frog", "-o", "frog.png", "--steps", "0"), "--steps: 0 is not between"),
        (("render", "a frog", "-o", "frog.png", "--mix", "nan"), "--mix: not a number"),
        (("render", "a frog", "-o", "frog.png", "--scheduler", "DDIMM"), "--scheduler"),
        (("render", "a frog", "-o", "frog.png", "--image", "no.png"), "no.png"),
        (("render", "a frog", "-o", "frog.png", "--seed", "9" * 30), "--seed"),
        (
            ("render", "a frog", "-o", "frog.png", "--count", "2", "--seed", str(2**63 - 1)),
            "the seeds would pass",
        ),
    ],
)
def test_a_wrong_order_is_one_line_and_status_2(
    capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], said: str
) -> None:
    status, line = failing(capsys, *argv)
    assert status == 2
    assert line.startswith("sdstudio: ")
    assert said in line


def test_a_text_file_as_picture_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "notes.png"
    path.write_text("not a picture")
    status, line = failing(capsys, "render", "a", "-o", "frog.png", "--image", str(path))
    assert status == 2
    assert "--image: notes.png cannot be read as a picture" in line


def test_several_problems_share_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    _, line = failing(capsys, "render", "a", "-o", "f.png", "--steps", "0", "--eta", "2")
    assert "--steps" in line
    assert "--eta" in line


def test_without_a_display_the_other_ways_are_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    status, line = failing(capsys)
    assert status == 2
    assert "there is no display" in line
    assert "sdstudio render" in line
    assert "sdstudio --screenshot" in line


def test_a_display_that_does_not_answer_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":7654")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(display, "_missing_library", lambda: "")
    monkeypatch.setattr(display, "_answers", lambda: False)
    assert display.missing_display() == "display :7654 does not answer"


def test_a_screenshot_needs_no_display(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(window, "missing_display", lambda: "there is no display")
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    asked = []

    def run(argv: list[str], prompt: str | None, screenshot: Path | None) -> int:
        asked.append((prompt, screenshot, os.environ["QT_QPA_PLATFORM"]))
        return 0

    monkeypatch.setattr("sdstudio.ui.app.run", run)
    path = tmp_path / "window.png"
    assert main(["--screenshot", str(path), "a frog"]) == 0
    assert asked == [("a frog", path, "offscreen")]


def test_an_unexpected_error_leaves_its_traceback_in_the_log(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken() -> int:
        raise ZeroDivisionError("somewhere deep\nwith a second line")

    assert explained(broken, sys.stderr) == failure.FAILED
    line = capsys.readouterr().err
    log = paths.log_dir() / "sdstudio.log"
    assert line == f"sdstudio: unexpected error: somewhere deep (details in {log})\n"
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")


def test_an_interrupt_ends_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert explained(interrupted, sys.stderr) == failure.INTERRUPTED
    assert capsys.readouterr().err == "sdstudio: stopped\n"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RequestError(Problem.of("mask_empty", "mask")), failure.IMPOSSIBLE),
        (ModelError(Problem.of("model_missing", name="nowhere")), failure.FAILED),
    ],
)
def test_expected_errors_are_worded(
    capsys: pytest.CaptureFixture[str], error: Exception, status: int
) -> None:
    def command() -> int:
        raise error

    assert explained(command, sys.stderr) == status
    assert capsys.readouterr().err.count("\n") == 1


def test_a_code_without_words_is_still_a_line() -> None:
    assert sentence(Problem.of("odd_thing", "steps", near=3)) == "--steps: odd thing (near 3)"
    # A sentence whose values are missing falls back as well.
    assert sentence(Problem.of("out_of_range")) == "out of range"
    assert "\n" not in sentence(Problem.of("model_missing", name="a\nb"))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (without("tokenizer"), "sdstudio: the model mine is not complete: tokenizer is missing"),
        (pointer, "only names the file that Git LFS would download"),
        (cut(0.5), "is cut short: its end is missing"),
        (cut_file, "is cut short: its end is missing"),
        (zipped, "is an archive: unpack it first"),
        (a_lora, "is a LoRA; give a model, and it as --lora"),
        (in_a_folder, "is no model folder; the model is the file"),
        (written("mine.gguf"), "is a model in the format GGUF, which only other programs read"),
        (lambda _, place: place / "nothing", "there is no model at"),
    ],
)
def test_a_wrong_model_is_told_as_in_the_window(
    good: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    make: Callable[[Path, Path], Path],
    said: str,
) -> None:
    path = make(good, tmp_path)
    status, line = failing(capsys, "info", "--model", str(path))
    assert status == 1
    assert said in line
    assert "unexpected" not in line
