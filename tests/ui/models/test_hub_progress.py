"""What the window says while a model of the hub is downloaded, and when that fails."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from sdstudio.engine.formats.hub_names import Download
from sdstudio.engine.problems import Problem
from sdstudio.session.events import ModelLoading
from sdstudio.ui.models.hub_dialog import HubDialog
from sdstudio.ui.models.telling import downloaded
from tests.ui.conftest import Studio

NAME = "owner/model"
UNET = "unet/diffusion_pytorch_model.fp16.safetensors"


@pytest.mark.parametrize(
    ("done", "total", "words"),
    [
        (1_240_000_000, 3_440_000_000, "1.2 of 3.4 GB"),
        (0, 1_000_000_000, "0.0 of 1.0 GB"),
        (12_400_000, 96_000_000, "12 of 96 MB"),
        (10, 20, "0 of 1 MB"),
    ],
)
def test_bytes_in_words(done: int, total: int, words: str) -> None:
    assert downloaded(Download(done, total, "x")) == words


def test_share_bytes_and_file_are_said(studio: Studio, qtbot) -> None:
    studio.sampler.model_gate.clear()
    models = studio.window.models
    models.load(NAME)
    qtbot.waitUntil(lambda: "Starting the engine" in studio.window.status.text)
    download = Download(1_240_000_000, 3_440_000_000, UNET)
    studio.sitting.handle(ModelLoading(NAME, "download", download.share, download))
    qtbot.waitUntil(lambda: "36 %" in studio.window.status.text)
    for text in (studio.window.status.text, models.button.toolTip()):
        assert f"1.2 of 3.4 GB  ·  Downloading {UNET}" in text
    assert models.button.whole == "model   36 %"
    models.menu.refresh()
    for text in ("36 %  ·  1.2 of 3.4 GB", "Downloading unet/"):
        assert text in models.menu.about
    studio.window.actions_.models.cancel.trigger()
    qtbot.waitUntil(lambda: not studio.sitting.model.is_loading)
    assert "cancelled" in studio.window.canvas.banner.text
    studio.sampler.model_gate.set()


def test_a_name_with_a_typo_can_be_mended(studio: Studio, qtbot) -> None:
    studio.sampler.refuse_model = (Problem.of("hub_unknown", name="owner/modle"),)
    studio.window.models.load("owner/modle")
    banner = studio.window.canvas.banner
    qtbot.waitUntil(banner.isVisible)
    assert banner.text == (
        "The hub has no model “owner/modle”, or it is private. Check how its page spells it. "
        "“Built-in” is still in use."
    )
    assert banner.accept.text() == "Another name …"
    banner.accept.click()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, HubDialog)
    assert dialog.name == "owner/modle"
    studio.sampler.refuse_model = ()
    dialog.field.setText(NAME)
    dialog.accept()
    qtbot.waitUntil(lambda: studio.sampler.loaded[-1] == NAME)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (Problem.of("hub_unreachable", name=NAME), "Check the name and the connection."),
        (Problem.of("hub_failed", name=NAME, status=503), "(503). Try later."),
        (Problem.of("hub_gated", name=NAME), "accept its terms on its page"),
        (Problem.of("hub_corrupt", name=NAME, file=UNET), "arrived damaged"),
        (
            Problem.of("hub_no_room", name=NAME, wanted="3.4 GB", free="1.0 GB", folder="/x"),
            "needs 3.4 GB, and the disk of /x has 1.0 GB left. Make room there",
        ),
    ],
)
def test_what_may_pass_can_be_tried_again(
    problem: Problem, words: str, studio: Studio, qtbot
) -> None:
    studio.sampler.refuse_model = (problem,)
    studio.window.models.load(NAME)
    banner = studio.window.canvas.banner
    qtbot.waitUntil(banner.isVisible)
    assert words in banner.text
    assert banner.accept.text() == "Try again"
    studio.sampler.refuse_model = ()
    banner.accept.click()
    qtbot.waitUntil(lambda: studio.sampler.loaded[-1] == NAME)
