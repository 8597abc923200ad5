"""What is laid over a model: a tokenizer's folder, another autoencoder, more words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog

from sdstudio.engine.problems import Problem
from sdstudio.session.additions import NONE, Additions
from sdstudio.session.events import ModelReady
from sdstudio.ui.models.details import ModelDetails
from sdstudio.ui.models.hub_dialog import HubDialog
from sdstudio.ui.models.inversions import InversionsDialog
from sdstudio.ui.models.telling import details
from tests.session.standins import FACTS
from tests.ui.conftest import Studio

ASSUMED = Problem.of("scheduler_assumed", name="tiny", prediction="epsilon")
SAID = "“tiny” came without a scheduler; the one of its family was taken (epsilon)."
UPCAST = Problem.of("vae_upcast", name="tiny")


def added(studio: Studio, qtbot, count: int) -> Additions:
    """What came along with the latest of so many loads."""
    qtbot.waitUntil(
        lambda: len(studio.sampler.added) == count and not studio.sitting.model.is_loading
    )
    qtbot.wait(10)
    return studio.sampler.added[-1]


def test_remarks_are_said_once_and_listed(studio: Studio, qtbot) -> None:
    banner = studio.window.canvas.banner
    studio.sampler.facts = replace(studio.sampler.facts, remarks=(ASSUMED,))
    studio.window.models.load("/models/tiny")
    qtbot.waitUntil(banner.isVisible)
    assert banner.kind == "note"
    assert banner.text.startswith(SAID)
    banner.put_away()
    studio.window.actions_.models.reload.trigger()
    added(studio, qtbot, 3)
    assert not banner.isVisible()
    # One that comes up while it works is said alone.
    facts = replace(studio.sitting.facts, remarks=(ASSUMED, UPCAST))
    studio.sitting.handle(ModelReady(facts, swapped=True))
    qtbot.waitUntil(banner.isVisible)
    assert banner.text.startswith("The numbers of the picture overflowed in half precision")
    studio.sitting.handle(ModelReady(replace(facts, engine="openvino"), swapped=True))
    details = ModelDetails(facts, studio.window)
    qtbot.addWidget(details)
    assert f"Worth knowing: {SAID}" in details.text
    assert details.text.count("Worth knowing") == 2


def test_a_file_without_a_tokenizer_asks_for_its_folder(studio: Studio, qtbot, monkeypatch) -> None:
    studio.sampler.refuse_model = (Problem.of("tokenizer_missing", name="x.safetensors"),)
    studio.window.models.load("/models/x.safetensors", Additions(vae="/models/vae.pt"))
    banner = studio.window.canvas.banner
    qtbot.waitUntil(banner.isVisible)
    assert banner.accept.text() == "Choose a folder with the tokenizer …"
    studio.sampler.refuse_model = ()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: "/models/clip")
    banner.accept.click()
    wanted = Additions(config="/models/clip", vae="/models/vae.pt")
    assert added(studio, qtbot, 2) == wanted
    assert studio.sampler.loaded[-1] == "/models/x.safetensors"


@pytest.mark.parametrize("ending", ["*.safetensors", "*.ckpt", "*.pt", "*.bin"])
def test_the_dialog_shows_the_files_models_come_in(
    ending: str, studio: Studio, monkeypatch
) -> None:
    shown: list[str] = []

    def ask(parent, title, folder, kinds):
        shown.append(kinds)
        return "", ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", ask)
    studio.window.models.ask_for_file()
    assert ending in shown[0].split(";;")[0]


def test_another_autoencoder_stays_until_it_is_taken_back(
    studio: Studio, qtbot, monkeypatch
) -> None:
    actions = studio.window.actions_.models
    assert not actions.own_autoencoder.isVisible()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: ("/models/vae.pt", ""))
    actions.autoencoder.trigger()
    assert added(studio, qtbot, 2) == Additions(vae="/models/vae.pt")
    assert "Autoencoder: vae.pt" in studio.window.models.menu.about
    assert studio.sitting.suggestion == {}
    actions.reload.trigger()
    assert added(studio, qtbot, 3) == Additions(vae="/models/vae.pt")
    actions.own_autoencoder.trigger()
    assert added(studio, qtbot, 4) == NONE
    assert not actions.own_autoencoder.isVisible()


def test_a_tiny_autoencoder_for_previews(studio: Studio, qtbot, monkeypatch) -> None:
    actions, menu = studio.window.actions_.models, studio.window.models.menu
    menu.refill()
    assert menu.tiny.menuAction() in menu.actions()
    assert not actions.no_tiny.isVisible()
    for action in actions.of_tiny:
        assert "The finished picture is never made with it" in action.toolTip()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: ("/models/taesd.pt", ""))
    actions.tiny_file.trigger()
    assert added(studio, qtbot, 2) == Additions(tiny_vae="/models/taesd.pt")
    assert "Tiny autoencoder: taesd.pt" in menu.about
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: "/models/taesd")
    actions.tiny_folder.trigger()
    assert added(studio, qtbot, 3) == Additions(tiny_vae="/models/taesd")
    actions.tiny_from_hub.trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, HubDialog)
    # The one that fits the family stands there already.
    assert dialog.name == "madebyollin/taesd"
    dialog.accept()
    assert added(studio, qtbot, 4) == Additions(tiny_vae="madebyollin/taesd")
    actions.no_tiny.trigger()
    assert added(studio, qtbot, 5) == NONE


def test_details_say_why_previews_are_rough_and_what_the_precision_rests_on() -> None:
    checked = Problem.of("precision", reason="checked", error="0.4%", most="3%")
    rough = dict(details(replace(FACTS, precision=checked)))
    assert rough["Why so"] == (
        "The fastest here; in a check, the answers differed by 0.4% from those in full precision "
        "(at most 3% is allowed)."
    )
    assert rough["Previews"].endswith(
        "a linear map of the latents, which is rough. A tiny autoencoder would be sharper."
    )
    sharp = dict(details(replace(FACTS, has_tiny=True)))
    assert sharp["Previews"].endswith("else by a tiny one.")
    assert "Why so" not in sharp
    for reason in ("asked", "builtin", "processor", "refused"):
        said = dict(details(replace(FACTS, precision=Problem.of("precision", reason=reason))))
        assert said["Why so"] != "Nobody says why."


def test_a_model_chosen_again_has_what_it_had(studio: Studio, qtbot, tmp_path) -> None:
    window, menu = studio.window, studio.window.models.menu
    vae, lora, first, second = (tmp_path / name for name in ("v.pt", "l.safetensors", "a", "b"))
    for path in (vae, lora, first, second):
        path.touch()
    gone = str(tmp_path / "gone.pt")
    laid = Additions(vae=str(vae), tiny_vae="owner/taesd", embeddings=(gone,))
    window.models.load(str(first), laid)
    assert added(studio, qtbot, 2) == laid
    studio.sitting.change(loras=((str(lora), 0.5),))
    studio.run_to_end(qtbot)
    window.models.load(str(second))
    assert added(studio, qtbot, 3) == NONE
    studio.sitting.change(loras=())
    studio.run_to_end(qtbot)
    menu.refill()
    (action,) = [each for each in menu.actions() if each.data() == str(first)]
    assert action.toolTip().splitlines()[1:] == [
        "with v.pt, taesd, gone.pt",
        "LoRAs: l.safetensors 0.5",
    ]
    action.trigger()
    assert window.canvas.banner.text == "Not there any more, and left out: gone.pt."
    assert added(studio, qtbot, 4) == Additions(vae=str(vae), tiny_vae="owner/taesd")
    qtbot.waitUntil(lambda: studio.sitting.request.loras == ((str(lora), 0.5),))
    # The other one's last run had none.
    assert [(each.name, each.loras) for each in studio.draft.models] == [
        ("a", ((str(lora), 0.5),)),
        ("b", ()),
    ]


def test_one_that_does_not_fit_leaves_the_model_as_it_was(
    studio: Studio, qtbot, monkeypatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: ("/models/vae.pt", ""))
    studio.sampler.refuse_model = (Problem.of("vae_differs", name="vae.pt", channels=16, scale=8),)
    studio.window.actions_.models.autoencoder.trigger()
    banner = studio.window.canvas.banner
    qtbot.waitUntil(banner.isVisible)
    assert banner.text == (
        "The autoencoder “vae.pt” has 16 channels of latents and shrinks 8-fold: it does not fit "
        "this model. “Built-in” is still in use."
    )
    assert studio.sitting.facts.additions == NONE


def test_inversions_are_added_and_removed(studio: Studio, qtbot, monkeypatch) -> None:
    action = studio.window.actions_.models.inversions
    files = ["/models/frog-toy.pt", "/models/oil.safetensors"]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *args: (files, ""))
    action.trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, InversionsDialog)
    assert not dialog.load.isEnabled()
    dialog.add()
    dialog.add()
    dialog.accept()
    assert added(studio, qtbot, 2).embeddings == tuple(files)
    assert "Added words: <frog-toy>, <oil>" in studio.window.models.menu.about

    action.trigger()
    dialog = QApplication.activeModalWidget()
    assert dialog.list.item(0).text() == "<frog-toy>  —  frog-toy.pt"
    dialog.list.item(0).setSelected(True)
    dialog.remove_selected()
    dialog.accept()
    assert added(studio, qtbot, 3).embeddings == (files[1],)
    studio.window.models.load("/models/other")
    assert added(studio, qtbot, 4) == NONE


def test_a_lora_of_another_family_ends_in_a_sentence_in_sight(studio: Studio, qtbot) -> None:
    controls = studio.window.controls
    controls.more.set_open(False)
    studio.sampler.fail_with = (
        Problem.of("lora_family", "loras", name="oil-xl.safetensors", made_for="SDXL"),
    )
    studio.sitting.change(loras=(("/models/a.safetensors", 0.5), ("/models/oil-xl.safetensors", 1)))
    assert len(controls.loras.rows) == 2
    studio.window.generate()
    note = controls.loras.note
    qtbot.waitUntil(note.isVisible)
    assert note.text() == ("The LoRA “oil-xl.safetensors” was made for SDXL, not for this model.")
    qtbot.waitUntil(lambda: not note.visibleRegion().isEmpty())
