from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from sdstudio.engine.problems import Problem
from sdstudio.session.draft import Draft
from sdstudio.session.events import Place
from sdstudio.session.recent_models import RecentModel
from tests.ui.conftest import Studio


def action(studio: Studio, text: str):
    """The entry of the model's menu that begins so."""
    studio.window.models.menu.refill()
    found = [a for a in studio.window.models.menu.actions() if a.text().startswith(text)]
    assert len(found) == 1, [a.text() for a in studio.window.models.menu.actions()]
    return found[0]


def load(studio: Studio, qtbot, path: Path) -> None:
    path.mkdir(exist_ok=True)
    studio.window.models.load(str(path))
    qtbot.waitUntil(lambda: studio.sitting.facts.source == str(path))
    qtbot.wait(10)


def test_ctrl_m_opens_the_menu_and_the_keys_choose(studio: Studio, qtbot, tmp_path: Path) -> None:
    folder = tmp_path / "scenes"
    folder.mkdir()
    studio.draft.add_model(RecentModel(str(folder), "scenes", "SD 1"))
    menu = studio.window.models.menu
    qtbot.keyClick(studio.window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(menu.isVisible)
    while menu.activeAction() is None or menu.activeAction().text() != "scenes":
        qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: studio.sitting.facts.name == "scenes")
    assert studio.sampler.loaded[-1] == str(folder)


def test_the_menu_says_what_is_loaded(studio: Studio) -> None:
    about = studio.window.models.menu.about
    for text in ("Built-in", "SD 1", "24 M", "128 × 128", "bfloat16", "cpu", "epsilon"):
        assert text in about
    assert action(studio, "Built-in").isChecked()


def test_loaded_models_are_remembered_and_the_built_in_is_not(
    studio: Studio, qtbot, tmp_path: Path
) -> None:
    load(studio, qtbot, tmp_path / "one")
    load(studio, qtbot, tmp_path / "two")
    action(studio, "Built-in").trigger()
    qtbot.waitUntil(lambda: studio.sitting.facts.source == "builtin")
    names = [model.name for model in Draft(tmp_path / "data").models]
    assert names == ["two", "one"]


def test_a_missing_model_is_said_to_be_missing_and_can_be_removed(
    studio: Studio, qtbot, tmp_path: Path
) -> None:
    studio.draft.add_model(RecentModel(str(tmp_path / "gone"), "gone", "SD 1"))
    entry = action(studio, "gone")
    assert "not found" in entry.text()
    remove = [a for a in entry.menu().actions() if "Remove" in a.text()]
    remove[0].trigger()
    assert studio.draft.models == ()
    studio.draft.add_model(RecentModel("owner/name", "name", "SD 1"))
    menu = studio.window.models.menu
    menu.setActiveAction(action(studio, "name"))
    qtbot.keyClick(menu, Qt.Key.Key_Delete)
    assert studio.draft.models == ()


def test_a_load_that_is_cancelled_leaves_everything_as_it_was(studio: Studio, qtbot) -> None:
    studio.sitting.change(prompt="a castle")
    studio.run_to_end(qtbot)
    request, runs = studio.sitting.request, len(studio.sitting.tree.nodes)
    studio.sampler.model_gate.clear()
    studio.window.models.load("owner/name")
    button, status = studio.window.models.button, studio.window.status
    qtbot.waitUntil(lambda: "Starting the engine" in status.text)
    assert "name" in button.text()
    cancel = studio.window.actions_.models.cancel
    assert cancel.isVisible()
    cancel.trigger()
    studio.window.models.menu.refresh()
    assert "cancelling" in studio.window.models.menu.about
    banner = studio.window.canvas.banner
    qtbot.waitUntil(banner.isVisible)
    assert banner.kind == "note"
    assert banner.text == "Loading “name” was cancelled. “Built-in” is still in use."
    assert studio.sitting.facts.source == "builtin"
    assert (studio.sitting.request, len(studio.sitting.tree.nodes)) == (request, runs)
    assert button.text().startswith("Built-in")
    studio.sampler.model_gate.set()
    studio.run_to_end(qtbot)
    assert studio.sitting.run.finished


def test_a_load_that_is_cancelled_before_it_begins_is_answered_too(studio: Studio, qtbot) -> None:
    studio.run_to_end(qtbot)
    studio.sampler.picture_gate.clear()
    studio.mailbox.want([Place(studio.sitting.run.number, 0, "next_latents")])
    qtbot.waitUntil(lambda: not studio.mailbox.wants_pictures)
    studio.window.models.load("owner/name")
    studio.window.actions_.models.cancel.trigger()
    studio.sampler.picture_gate.set()
    qtbot.waitUntil(studio.window.canvas.banner.isVisible)
    assert "was cancelled" in studio.window.canvas.banner.text
    assert studio.sampler.loaded == ["builtin"]


def test_a_load_that_fails_says_why_and_what_to_do(studio: Studio, qtbot, tmp_path) -> None:
    studio.sampler.refuse_model = (
        Problem.of("model_damaged", name="half", reason="vae is missing"),
    )
    studio.window.models.load(str(tmp_path / "half"))
    banner = studio.window.canvas.banner
    qtbot.waitUntil(banner.isVisible)
    assert banner.kind == "error"
    assert banner.text == (
        "The model “half” is damaged: vae is missing. Copying or downloading it again may help. "
        "“Built-in” is still in use."
    )
    banner.accept.click()
    qtbot.waitUntil(studio.window.models.menu.isVisible)
    assert not banner.isVisible()
    studio.window.models.menu.close()


def test_half_precision_is_offered_where_only_that_fits(studio: Studio, qtbot, tmp_path) -> None:
    studio.sampler.refuse_model = (
        Problem.of(
            "memory_short",
            name="xl",
            wanted="13.9 GB",
            free="9.0 GB",
            reason="half_fits",
            halved="8.8 GB",
        ),
    )
    source = str(tmp_path / "xl")
    exact = studio.window.actions_.models.exact
    exact.setChecked(True)
    studio.window.models.load(source)
    banner = studio.window.canvas.banner
    qtbot.waitUntil(banner.isVisible)
    assert "needs 13.9 GB of memory, and 9.0 GB is free." in banner.text
    assert "half precision it needs 8.8 GB" in banner.text
    studio.sampler.refuse_model = ()
    banner.accept.click()
    qtbot.waitUntil(lambda: studio.sitting.facts.source == source)
    assert studio.sitting.facts.dtype == "bfloat16"
    assert not exact.isChecked()


def test_the_exact_mode_stays_off_when_it_could_not_be_loaded(studio: Studio, qtbot) -> None:
    studio.sampler.refuse_model = (Problem.of("model_too_large"),)
    studio.window.actions_.models.exact.trigger()
    qtbot.waitUntil(studio.window.canvas.banner.isVisible)
    assert not studio.window.actions_.models.exact.isChecked()


def test_time_goes_on_showing_while_nothing_is_said(studio: Studio, qtbot, monkeypatch) -> None:
    studio.sampler.model_gate.clear()
    studio.window.models._timer.setInterval(5)
    studio.window.models.load("owner/name")
    qtbot.waitUntil(lambda: "Starting the engine" in studio.window.status.text)
    qtbot.wait(20)
    watch = studio.sitting.model
    monkeypatch.setattr(watch, "_clock", lambda: watch._since + 75)
    qtbot.waitUntil(lambda: "1 min 15 s" in studio.window.status.text)
    assert "1 min 15 s" in studio.window.models.button.toolTip()
    studio.sampler.model_gate.set()
    qtbot.waitUntil(lambda: not studio.sitting.model.is_loading)
    assert not studio.window.models._timer.isActive()


def test_family_defaults_are_offered_and_one_click_is_one_step_of_undo(
    studio: Studio, qtbot, tmp_path: Path
) -> None:
    studio.sitting.change(prompt="a castle", steps=33)
    before = studio.sitting.request
    load(studio, qtbot, tmp_path / "scenes")
    assert studio.sitting.request == before
    banner = studio.window.canvas.banner
    qtbot.waitUntil(banner.isVisible)
    assert banner.kind == "note"
    assert banner.text == "“scenes” works best with 10 steps."
    banner.accept.click()
    assert studio.sitting.request.steps == 10
    studio.sitting.undo()
    assert studio.sitting.request == before


def test_remarks_on_how_it_was_loaded_are_told(studio: Studio, qtbot, tmp_path: Path) -> None:
    remark = Problem.of("scheduler_assumed", name="scenes", prediction="epsilon")
    studio.sampler.facts = replace(studio.sampler.facts, remarks=(remark,))
    load(studio, qtbot, tmp_path / "scenes")
    banner = studio.window.canvas.banner
    qtbot.waitUntil(banner.isVisible)
    assert banner.kind == "note"
    assert "scheduler" in banner.text
    assert not banner.accept.isVisible()


def test_no_advice_where_the_request_fits(studio: Studio, qtbot, tmp_path: Path) -> None:
    load(studio, qtbot, tmp_path / "scenes")
    assert not studio.window.canvas.banner.isVisible()


def test_browsing_loads_what_is_chosen(studio: Studio, qtbot, tmp_path, monkeypatch) -> None:
    folder = tmp_path / "scenes"
    folder.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    studio.window.actions_.models.open_folder.trigger()
    qtbot.waitUntil(lambda: studio.sitting.facts.source == str(folder))
    file = tmp_path / "one.safetensors"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    studio.window.actions_.models.open_file.trigger()
    qtbot.waitUntil(lambda: studio.sitting.facts.source == str(file))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    studio.window.actions_.models.open_folder.trigger()
    assert not studio.sitting.model.is_loading


def test_details_can_be_copied(studio: Studio, qtbot) -> None:
    studio.window.actions_.models.details.trigger()
    dialog = QApplication.activeModalWidget()
    dialog.copy.click()
    text = QApplication.clipboard().text()
    for line in ("Family: SD 1", "Prediction: epsilon", "Precision: bfloat16", "Device: cpu"):
        assert line in text.splitlines()
    assert "Parameters: 24\u202f300\u202f000" in text
    dialog.reject()
