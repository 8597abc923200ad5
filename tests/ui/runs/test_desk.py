from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from sdstudio.engine.problems import Problem
from sdstudio.session.jobs import ExportRun, OpenRun, PinRun, SaveRun
from tests.ui.conftest import Studio


@pytest.fixture
def branched(studio: Studio, qtbot) -> Studio:
    """A window with the run A and its branch A.1 from step 5 on; A.1 is chosen."""
    studio.run_to_end(qtbot)
    studio.sitting.park(1, 4)
    studio.sitting.change(guidance_scale=3.0)
    qtbot.waitUntil(lambda: len(studio.sitting.tree) == 2 and not studio.sitting.running)
    qtbot.waitUntil(lambda: studio.window.runs.panel.numbers == (2,))
    return studio


def choose(studio: Studio, *numbers: int) -> None:
    panel = studio.window.runs.panel
    flag = QItemSelectionModel.SelectionFlag
    for place, number in enumerate(numbers):
        panel.tree.selectionModel().select(
            panel.model.index_of(number), flag.Select if place else flag.ClearAndSelect
        )


def test_the_panel_says_what_will_be_here_and_then_shows_it(studio: Studio, qtbot) -> None:
    panel = studio.window.runs.panel
    assert panel.empty.isVisible()
    studio.run_to_end(qtbot)
    qtbot.waitUntil(panel.tree.isVisible)
    assert panel.numbers == (1,)


def test_choosing_a_run_shows_it_and_offers_its_settings(branched: Studio, qtbot) -> None:
    assert branched.sitting.request.guidance_scale == 3.0
    choose(branched, 1)
    assert branched.sitting.playhead.run == 1
    assert branched.sitting.request.guidance_scale == 7.5


def test_keys_rename_pin_and_delete_in_the_tree(branched: Studio, qtbot) -> None:
    tree = branched.window.runs.panel.tree
    tree.setFocus()
    qtbot.keyClick(tree, Qt.Key.Key_F2)
    editor = tree.findChild(QLineEdit)
    assert editor is not None
    qtbot.keyClicks(editor, "softer")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: branched.sitting.tree.node(2).name == "softer")
    tree.setFocus()
    qtbot.keyClick(tree, Qt.Key.Key_P)
    assert branched.sitting.tree.node(2).pinned
    qtbot.waitUntil(lambda: PinRun(2, True, "softer") in branched.sampler.jobs)
    qtbot.keyClick(tree, Qt.Key.Key_P)
    assert not branched.sitting.tree.node(2).pinned
    qtbot.keyClick(tree, Qt.Key.Key_Delete)
    assert 2 not in branched.sitting.tree


def test_a_deletion_is_told_and_undone_with_ctrl_z_in_the_panel(branched: Studio, qtbot) -> None:
    panel = branched.window.runs.panel
    panel.tree.setFocus()
    request = branched.sitting.request
    qtbot.keyClick(panel.tree, Qt.Key.Key_Delete)
    assert panel.undo_line.isVisible()
    assert panel.undo_line.text == "Deleted A.1"
    before = branched.sitting.request
    qtbot.keyClick(panel.tree, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert 2 in branched.sitting.tree
    assert branched.sitting.request in (before, request)
    assert not panel.undo_line.isVisible()


def test_deletions_are_undone_one_after_the_other(branched: Studio, qtbot) -> None:
    panel = branched.window.runs.panel
    for number in (2, 1):
        choose(branched, number)
        panel.delete()
    assert len(branched.sitting.tree) == 0
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(panel.tree, Qt.Key.Key_Z, control)
    assert [node.number for node in branched.sitting.tree.nodes] == [1]
    qtbot.keyClick(panel.tree, Qt.Key.Key_Z, control)
    assert [node.number for node in branched.sitting.tree.nodes] == [1, 2]
    assert not panel.tree.undo_offered


def test_several_are_deleted_and_brought_back_at_once(branched: Studio, qtbot) -> None:
    choose(branched, 1, 2)
    panel = branched.window.runs.panel
    panel.delete()
    assert len(branched.sitting.tree) == 0
    assert panel.undo_line.text == "Deleted 2 runs"
    qtbot.mouseClick(panel.undo_line.button, Qt.MouseButton.LeftButton)
    assert len(branched.sitting.tree) == 2


def test_what_cannot_be_done_is_not_offered(branched: Studio, qtbot) -> None:
    actions = branched.window.actions_.runs
    assert actions.compare.text().replace("&", "") == "Compare with A"
    choose(branched, 1)
    qtbot.waitUntil(lambda: not actions.compare.isEnabled())
    choose(branched, 1, 2)
    qtbot.waitUntil(actions.compare.isEnabled)
    assert not actions.save.isEnabled()
    assert not actions.rename.isEnabled()
    branched.sampler.gate.clear()
    branched.window.generate()
    qtbot.waitUntil(lambda: branched.window.runs.panel.numbers == (3,))
    assert not actions.delete.isEnabled()
    assert not actions.save.isEnabled()


def test_its_settings_can_be_used_again(branched: Studio) -> None:
    choose(branched, 2)
    branched.window.actions_.runs.use.trigger()
    assert branched.sitting.request == branched.sitting.tree.node(2).request
    assert branched.sitting.recorded_edits == branched.sitting.tree.node(2).edits


def test_saving_asks_for_a_file_and_remembers_it(
    branched: Studio, qtbot, tmp_path, monkeypatch
) -> None:
    asked = []

    def ask(*args):
        asked.append(args[2])
        return str(tmp_path / "mine"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    branched.window.actions_.runs.save.trigger()
    path = tmp_path / "mine.sdrun"
    qtbot.waitUntil(lambda: SaveRun(2, path, "") in branched.sampler.jobs)
    qtbot.waitUntil(lambda: "mine.sdrun" in branched.window.status.currentMessage())
    assert asked[0].endswith("a-frog-a.1.sdrun")
    assert branched.draft.recent == (path,)


def test_every_format_can_be_exported(branched: Studio, qtbot, tmp_path, monkeypatch) -> None:
    chosen = {"strip": ".png", "gif": ".gif", "webp": ".webp", "mp4": ".mp4", "npz": ".npz"}
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "film"), ""))
    actions = branched.window.actions_.runs
    assert list(actions.exports) == list(chosen)
    for name, ending in chosen.items():
        actions.exports[name].trigger()
        wanted = ExportRun(2, tmp_path / f"film{ending}", name)
        qtbot.waitUntil(lambda wanted=wanted: wanted in branched.sampler.jobs)
    assert branched.draft.recent == ()


def drop_file(studio: Studio, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(200, 200),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    studio.window.canvas.dropEvent(event)


def test_a_dropped_run_file_is_opened_and_shown(studio: Studio, qtbot, tmp_path) -> None:
    drop_file(studio, tmp_path / "Castle.SDRUN")
    qtbot.waitUntil(lambda: studio.sitting.selected is not None)
    assert OpenRun(tmp_path / "Castle.SDRUN") in studio.sampler.jobs
    assert studio.sitting.request.prompt == "a castle"
    assert studio.draft.recent == (tmp_path / "Castle.SDRUN",)
    qtbot.waitUntil(lambda: studio.window.canvas.image is not None)


def test_a_run_of_another_model_says_so(studio: Studio, qtbot, tmp_path) -> None:
    studio.sampler.foreign = True
    studio.window.runs.take(tmp_path / "other.sdrun")
    banner = studio.window.canvas.banner
    qtbot.waitUntil(banner.isVisible)
    assert banner.kind == "note"
    assert "another model (Another)" in banner.text


def test_a_job_that_fails_is_told_and_changes_nothing(studio: Studio, qtbot, tmp_path) -> None:
    studio.sampler.refuse_jobs = (Problem.of("disk_full", "path", path="x"),)
    studio.window.runs.take(tmp_path / "other.sdrun")
    banner = studio.window.canvas.banner
    qtbot.waitUntil(banner.isVisible)
    assert banner.kind == "error"
    assert len(studio.sitting.tree) == 0
    assert studio.draft.recent == ()


def test_a_recent_run_file_is_opened_as_one(studio: Studio, qtbot, tmp_path) -> None:
    studio.draft.add_recent(tmp_path / "old.sdrun")
    studio.window._recent.refill()
    studio.window._recent.actions()[0].trigger()
    qtbot.waitUntil(lambda: OpenRun(tmp_path / "old.sdrun") in studio.sampler.jobs)


def test_a_job_shows_in_the_status_bar_only_when_it_takes_long(studio: Studio, qtbot) -> None:
    from sdstudio.ui.runs.job_line import JobLine

    now = [0.0]
    line = JobLine(studio.sitting, clock=lambda: now[0])
    qtbot.addWidget(line)
    studio.thread.close()
    studio.sitting.ask(SaveRun(1, Path("frog.sdrun")))
    line.refresh()
    assert line.text == ""
    now[0] = 1.1
    line.refresh()
    assert line.text.startswith("Saving frog.sdrun")


def test_the_panel_stands_500_runs(studio: Studio, qtbot) -> None:
    import time

    from sdstudio.engine.request import Request
    from sdstudio.session.events import RunFinished, RunStarted, StepTaken

    picture = studio.sampler.picture(0, 1)
    request = Request(prompt="a frog", steps=1)
    for number in range(1000, 1500):
        studio.sitting.handle(RunStarted(number, request, 1, 1.0))
        studio.sitting.handle(StepTaken(number, 0, 1, 500, 0.5, picture, "vae", 0.1))
        studio.sitting.handle(RunFinished(number, picture, (), 0.1))
    panel = studio.window.runs.panel
    panel.refresh({"tree", "playhead"})
    QApplication.processEvents()
    assert panel.model.rowCount() == 500
    started = time.thread_time()
    panel.refresh({"tree", "playhead"})
    panel.tree.scrollToTop()
    panel.tree.viewport().repaint()
    assert time.thread_time() - started < 0.25
