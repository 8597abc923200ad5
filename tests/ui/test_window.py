from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QWidget

from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Edit
from sdstudio.session.files.png import write_png
from sdstudio.session.files.restore import read_png
from sdstudio.session.jobs import SpareMemory
from sdstudio.ui import theme
from sdstudio.ui.docks import LAYOUT
from sdstudio.ui.settings import open_settings
from tests.ui.conftest import Studio


def drop(studio: Studio, data: QMimeData) -> None:
    event = QDropEvent(
        QPointF(200, 200),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    studio.window.canvas.dropEvent(event)


def drop_file(studio: Studio, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    drop(studio, data)


def test_the_empty_window_invites_and_an_example_runs(studio: Studio, qtbot) -> None:
    empty = studio.window.canvas.empty
    assert empty.isVisible()
    assert [b.text() for b in empty.buttons if not b.isHidden()] == [
        "a frog",
        "a rabbit",
        "a castle",
    ]
    qtbot.mouseClick(empty.buttons[2], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not studio.sitting.running)
    assert studio.sampler.orders[-1].request.prompt == "a castle"
    qtbot.waitUntil(lambda: not empty.isVisible())
    assert studio.window.canvas.image is not None


def test_pictures_stream_and_the_caption_ends_with_the_time(studio: Studio, qtbot) -> None:
    shown = []
    studio.window.canvas.view.moved.connect(lambda: shown.append(True))
    studio.sampler.step_seconds = 0.02
    studio.run_to_end(qtbot)
    caption = studio.window.canvas.caption
    assert len(shown) >= 5
    assert caption.statement == "finished in 2.1 s"
    assert caption.figures.startswith("step 10 of 10")
    assert "bfloat16" in studio.window.status.text


def test_many_events_are_drawn_once_with_the_newest_picture(studio: Studio, qtbot) -> None:
    view = studio.window.canvas.view
    drawn = []
    original = view.show_image
    view.show_image = lambda image, size=None: (drawn.append(image), original(image, size))
    studio.sitting.change(steps=200)
    studio.window.generate()
    time.sleep(0.5)  # The event loop is busy meanwhile, as in a long slot.
    began = time.perf_counter()
    qtbot.waitUntil(lambda: not studio.sitting.running, timeout=20_000)
    qtbot.wait(10)
    seconds = time.perf_counter() - began
    assert studio.sampler.steps == 200
    # Ten times a second while it catches up, and at the end.
    assert len(drawn) <= 10 * seconds + 2 < 100
    assert drawn[-1].pixelColor(0, 0).red() == 255


def test_ctrl_enter_generates_and_esc_stops(studio: Studio, qtbot) -> None:
    studio.sampler.gate.clear()
    qtbot.keyClick(studio.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: studio.sitting.run is not None)
    qtbot.waitUntil(studio.window.actions_.stop.isEnabled)
    qtbot.keyClick(studio.window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not studio.sitting.running)
    assert studio.sitting.run.state == "stopped"


def test_ctrl_enter_works_from_within_the_prompt(studio: Studio, qtbot) -> None:
    focus = QApplication.focusWidget() or studio.window.controls.prompts.prompt.edit
    qtbot.keyClicks(focus, " on a log")
    qtbot.keyClick(focus, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(studio.sampler.orders) and not studio.sitting.running)
    assert "\n" not in studio.sampler.orders[-1].request.prompt
    assert studio.sampler.orders[-1].request.prompt.endswith("on a log")


def test_ctrl_l_is_live(studio: Studio, qtbot) -> None:
    qtbot.keyClick(studio.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert studio.sitting.live
    qtbot.waitUntil(lambda: bool(studio.sampler.orders) and not studio.sitting.running)
    studio.sitting.change(guidance_scale=3.0)
    qtbot.waitUntil(lambda: len(studio.sampler.orders) == 2)
    qtbot.waitUntil(studio.window.top_bar.live.isChecked)


def test_undo_and_redo(studio: Studio, qtbot) -> None:
    studio.sitting.change(steps=33)
    qtbot.waitUntil(studio.window.actions_.undo.isEnabled)
    studio.window.actions_.undo.trigger()
    assert studio.sitting.request.steps == 10
    qtbot.waitUntil(studio.window.actions_.redo.isEnabled)
    studio.window.actions_.redo.trigger()
    assert studio.sitting.request.steps == 33


def test_closing_in_mid_run_ends_the_thread_within_a_second(studio: Studio, qtbot) -> None:
    studio.sampler.gate.clear()
    studio.window.generate()
    qtbot.waitUntil(lambda: bool(studio.sampler.orders))
    started = time.monotonic()
    studio.window.close()
    assert time.monotonic() - started < 1
    assert not studio.thread.isRunning()


def test_the_window_can_be_used_while_the_model_loads(qtbot, tmp_path: Path) -> None:
    parts = Studio(tmp_path)
    qtbot.addWidget(parts.window)
    parts.sampler.model_gate.clear()
    parts.window.show()
    parts.sitting.load("builtin")
    parts.thread.start()
    qtbot.waitUntil(lambda: parts.window.canvas.empty.loading_text.strip() != "")
    assert "engine" in parts.window.canvas.empty.loading_text
    empty = parts.window.canvas.empty
    assert empty.buttons[0].isVisible()
    parts.window.generate()
    qtbot.waitUntil(lambda: "waiting" in parts.window.canvas.caption.statement)
    # How far the model has come is still to be seen; what cannot be had now is not.
    assert empty.isVisible()
    assert empty.height() >= empty.sizeHint().height()
    assert "engine" in empty.loading_text
    assert not any(button.isVisible() for button in (*empty.buttons, empty.tour))
    parts.sampler.model_gate.set()
    qtbot.waitUntil(lambda: parts.sitting.run is not None and parts.sitting.run.finished)
    qtbot.waitUntil(lambda: not empty.isVisible())
    parts.window.close()


def test_a_failed_run_is_told_at_the_canvas_and_the_window_goes_on(studio: Studio, qtbot) -> None:
    studio.sampler.fail_with = (Problem.of("out_of_memory"),)
    studio.run_to_end(qtbot)
    banner = studio.window.canvas.banner
    assert banner.isVisible()
    assert banner.kind == "error"
    assert "memory" in banner.text.lower()
    qtbot.keyClick(studio.window.canvas.view, Qt.Key.Key_Escape)
    assert not banner.isVisible()
    studio.sampler.fail_with = ()
    studio.run_to_end(qtbot)
    assert studio.sitting.run.finished


def test_a_run_is_tried_again_with_less_memory(studio: Studio, qtbot) -> None:
    sampler, banner = studio.sampler, studio.window.canvas.banner
    sampler.facts = replace(studio.sitting.facts, thriftier="autoencoder")
    studio.window.actions_.models.reload.trigger()
    qtbot.waitUntil(lambda: studio.sitting.facts.thriftier != "")
    sampler.fail_with = (Problem.of("out_of_memory"),)
    studio.window.generate()
    qtbot.waitUntil(banner.isVisible)
    assert "in tiles" in banner.text
    failed, said = sampler.orders[-1], banner.accept.text()
    sampler.fail_with = ()
    banner.accept.click()
    qtbot.waitUntil(lambda: studio.sitting.run.finished)
    assert said == "Try again with less memory"
    assert sampler.orders[-1] == replace(failed, run=failed.run + 1)
    assert sampler.jobs == [SpareMemory()]
    # What it does from now on is said, and the message of the failure is gone.
    qtbot.waitUntil(banner.isVisible)
    assert banner.kind == "note"
    assert banner.text.startswith("To spare memory, pictures are decoded")
    # There is no rung left, and so no offer.
    sampler.fail_with = (Problem.of("out_of_memory"),)
    studio.window.generate()
    qtbot.waitUntil(lambda: banner.isVisible() and banner.kind == "error")
    assert not banner.accept.isVisible()


def test_a_model_that_cannot_be_loaded_is_told(studio: Studio, qtbot) -> None:
    studio.sampler.refuse_model = (Problem.of("model_missing", "model", source="x"),)
    studio.window.actions_.models.reload.trigger()
    qtbot.waitUntil(studio.window.canvas.banner.isVisible)
    assert studio.sitting.facts is not None


def test_the_exact_mode_is_one_switch_away(studio: Studio, qtbot) -> None:
    studio.window.actions_.models.exact.trigger()
    qtbot.waitUntil(lambda: studio.sitting.facts.dtype == "float32")
    qtbot.waitUntil(lambda: "float32" in studio.window.status.text)


def test_a_sampler_that_breaks_is_told(studio: Studio, qtbot) -> None:
    studio.sampler.breaks = True
    studio.window.generate()
    qtbot.waitUntil(studio.window.canvas.banner.isVisible)
    assert "broken on purpose" in studio.window.canvas.banner.text


def test_saving_writes_what_can_be_restored(studio: Studio, qtbot, tmp_path, monkeypatch) -> None:
    studio.sitting.change(prompt="Ein Frosch / auf Stelzen", seed=7)
    studio.run_to_end(qtbot)
    assert (
        studio.window.files.keepsake.name
        == f"ein-frosch-auf-stelzen-{studio.sitting.run.request.seed}.png"
    )
    path = tmp_path / "frog"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    studio.window.actions_.save.trigger()
    saved = tmp_path / "frog.png"
    assert read_png(saved).request == studio.sitting.run.request
    assert studio.draft.recent == (saved,)
    assert "frog.png" in studio.window.status.currentMessage()


def test_recent_files_take_up_their_settings(studio: Studio, qtbot, tmp_path: Path) -> None:
    studio.sitting.change(prompt="a castle", seed=5)
    studio.run_to_end(qtbot)
    seed = studio.sitting.run.request.seed
    studio.window.files.save(tmp_path / "castle & moat.png")
    studio.sitting.change(prompt="a rabbit")
    menu = studio.window._recent
    menu.refill()
    assert [action.text() for action in menu.actions()] == ["castle && moat.png"]
    menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: studio.sitting.request.prompt == "a castle")
    assert studio.sitting.request.seed == seed


def test_in_live_a_later_success_puts_an_error_away(studio: Studio, qtbot) -> None:
    studio.sampler.fail_with = (Problem.of("out_of_memory"),)
    studio.window.actions_.live.trigger()
    qtbot.waitUntil(studio.window.canvas.banner.isVisible)
    studio.sampler.fail_with = ()
    studio.sitting.change(guidance_scale=3.0)
    qtbot.waitUntil(lambda: not studio.window.canvas.banner.isVisible())


def test_a_save_that_fails_is_told_at_the_canvas(studio: Studio, qtbot, tmp_path: Path) -> None:
    studio.run_to_end(qtbot)
    before = studio.sitting.request
    assert not studio.window.files.save(tmp_path / "no" / "such" / "folder.png")
    banner = studio.window.canvas.banner
    assert banner.isVisible()
    assert "folder" in banner.text
    assert studio.sitting.request == before


def test_what_is_saved_belongs_to_the_picture_that_shows(studio: Studio, qtbot) -> None:
    studio.sitting.change(prompt="a frog", seed=1)
    studio.run_to_end(qtbot)
    studio.sampler.gate.clear()
    studio.sitting.change(prompt="a rabbit")
    studio.window.generate()
    qtbot.waitUntil(lambda: studio.sitting.run.number == 2)
    qtbot.wait(10)
    assert studio.window.files.keepsake.run.request.prompt == "a frog"
    assert studio.window.canvas.caption.statement.startswith("finished")


def test_dropping_a_saved_picture_restores_its_request(studio: Studio, qtbot, tmp_path) -> None:
    studio.sitting.change(prompt="a castle", guidance_scale=4.0, seed=99)
    studio.run_to_end(qtbot)
    request = studio.sitting.run.request
    studio.window.files.save(tmp_path / "castle.png")
    studio.sitting.change(prompt="a rabbit", guidance_scale=9.0, seed=1)
    drop_file(studio, tmp_path / "castle.png")
    qtbot.waitUntil(lambda: studio.sitting.request == request)
    studio.sitting.undo()
    assert studio.sitting.request.prompt == "a rabbit"


def test_dropping_a_steered_picture_restores_its_edits(studio: Studio, qtbot, tmp_path) -> None:
    studio.run_to_end(qtbot)
    run = studio.sitting.run
    edits = (Edit(step=1, guidance_scale=3.0),)
    write_png(tmp_path / "steered.png", run.picture, run.request, edits, None)
    studio.sitting.change(prompt="a rabbit")
    drop_file(studio, tmp_path / "steered.png")
    qtbot.waitUntil(lambda: studio.sitting.request == run.request)
    assert studio.sitting.recorded_edits == edits
    studio.window.controls.before_generate()
    assert studio.sitting.recorded_edits == edits


def test_dropping_any_other_picture_starts_from_it(studio: Studio, qtbot, tmp_path) -> None:
    path = tmp_path / "photo.png"
    image = QImage(32, 16, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    image.save(str(path))
    drop_file(studio, path)
    qtbot.waitUntil(lambda: studio.sitting.request.image is not None)
    assert studio.sitting.request.image.size == (32, 16)
    studio.sitting.undo()
    data = QMimeData()
    data.setImageData(image)
    drop(studio, data)
    qtbot.waitUntil(lambda: studio.sitting.request.image is not None)


@pytest.mark.parametrize("content", [b"just text", b"\x89PNG\r\n\x1a\n broken"])
def test_dropping_no_picture_is_told_and_changes_nothing(studio, qtbot, tmp_path, content) -> None:
    path = tmp_path / "notes.png"
    path.write_bytes(content)
    before = studio.sitting.request
    drop_file(studio, path)
    qtbot.waitUntil(studio.window.canvas.banner.isVisible)
    assert studio.window.canvas.banner.kind == "error"
    assert studio.sitting.request == before


def test_copying_puts_pixels_and_settings_on_the_clipboard(studio, qtbot, tmp_path) -> None:
    studio.run_to_end(qtbot)
    studio.window.canvas.view.setFocus()
    studio.window.actions_.copy.trigger()
    data = QApplication.clipboard().mimeData()
    assert data.hasImage()
    pasted = tmp_path / "pasted.png"
    pasted.write_bytes(bytes(data.data("image/png").data()))
    assert read_png(pasted).request == studio.sitting.run.request


def test_panels_are_as_wide_again_when_the_text_is_as_large_again(studio: Studio, qtbot) -> None:
    window = studio.window
    window.resize(1600, 900)
    qtbot.wait(20)
    sides = (window.docks.controls, window.docks.runs)
    before = [dock.width() for dock in sides]
    for percent in (150, 100):
        window.actions_.text_size_actions[str(percent)].trigger()
        qtbot.wait(50)
        if percent == 150:
            wider = zip(sides, before, strict=True)
            assert all(dock.width() > 1.3 * width for dock, width in wider)
    assert [dock.width() for dock in sides] == pytest.approx(before, abs=4)


def test_layout_theme_and_text_size_are_remembered(studio: Studio, tmp_path: Path) -> None:
    actions = studio.window.actions_
    actions.mode_actions["light"].trigger()
    actions.text_size_actions["130"].trigger()
    studio.window.docks.controls.close()
    studio.window.save_layout()
    theme.current().set_mode("dark")
    theme.current().set_percent(100)
    settings = open_settings(tmp_path / "config")
    assert settings.value("theme") == "light"
    theme.current().restore(settings)
    assert theme.current().percent == 130
    studio.window.docks.controls.show()
    studio.window.restoreState(settings.value("layout"), LAYOUT)
    assert studio.window.docks.controls.isHidden()


def test_the_last_request_survives(studio: Studio, tmp_path: Path) -> None:
    from sdstudio.session.draft import Draft

    studio.sitting.change(prompt="a lighthouse")
    studio.window.close()
    assert Draft(tmp_path / "data").request.prompt == "a lighthouse"


def test_every_control_has_an_accessible_name(studio: Studio) -> None:
    nameless = [
        widget
        for widget in studio.window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not widget.accessibleName()
        # The field inside a number box answers with the box's name.
        and widget.objectName() != "qt_spinbox_lineedit"
        and not (isinstance(widget, QAbstractButton) and widget.text())
    ]
    assert not nameless, nameless


def test_tab_reaches_the_run_buttons_and_the_canvas(studio: Studio, qtbot) -> None:
    reached: list[QWidget | None] = []
    studio.window.activateWindow()
    studio.window.controls.focus_prompt()
    for _ in range(80):
        QApplication.focusWidget() and qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    bar = studio.window.top_bar
    assert {bar.model, bar.live, bar.generate, studio.window.canvas.view} <= set(reached)


def test_notes_that_the_controls_do_not_show_are_told(studio: Studio, qtbot) -> None:
    studio.sampler.notes = (
        Problem.of("unknown_words", "prompt", words=("wug",)),
        Problem.of("decoded_exactly"),
    )
    studio.run_to_end(qtbot)
    assert studio.window.canvas.banner.kind == "note"
    assert "wug" not in studio.window.canvas.banner.text
