"""LoRAs as rows: by slider and by box, muted, dropped, in the request's order."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from sdstudio.engine.request import Request
from sdstudio.session.sitting import Sitting
from sdstudio.ui import theme
from sdstudio.ui.controls import ControlsPanel
from sdstudio.ui.controls.lora_row import LoraRow
from sdstudio.ui.controls.loras import LoraList
from tests.ui.controls.conftest import start_run

OIL, INK = "/models/oil.safetensors", "/models/ink.safetensors"


@pytest.fixture
def loras(panel: ControlsPanel, sitting: Sitting) -> LoraList:
    """Two LoRAs of a sitting's request, in sight."""
    panel.more.set_open(True)
    sitting.change(loras=((OIL, 0.8), (INK, 1.0)))
    QApplication.processEvents()
    return panel.loras


def press(row: LoraRow, number: float) -> None:
    """Click the groove where a number is."""
    place = QPoint(row.slider.place_of(number), row.slider.height() // 2)
    QTest.mouseClick(row.slider, Qt.MouseButton.LeftButton, pos=place)


def weights(sitting: Sitting) -> dict[str, float]:
    return dict(sitting.request.loras)


@pytest.mark.parametrize("number", [-1.0, -0.5, 0.0, 0.35, 1.0, 2.0])
def test_the_slider_weighs_its_own_lora(loras: LoraList, sitting: Sitting, number: float) -> None:
    press(loras.rows[0], number)
    got = weights(sitting)
    # A pixel of this slider is about a hundredth, a step of it five.
    assert got[OIL] == pytest.approx(number, abs=0.051)
    assert round(got[OIL] / 0.05) * 0.05 == pytest.approx(got[OIL])
    assert list(got) == [OIL, INK]
    assert got[INK] == 1.0
    assert loras.rows[0].box.number == got[OIL]


def test_the_box_goes_further_than_the_slider(
    qtbot: QtBot, loras: LoraList, sitting: Sitting
) -> None:
    row = loras.rows[1]
    row.box.setFocus()
    row.box.selectAll()
    qtbot.keyClicks(row.box, "-3.25")
    qtbot.keyClick(row.box, Qt.Key.Key_Return)
    assert weights(sitting)[INK] == -3.25
    assert row.slider.number == -3.25
    assert row.slider.value() == row.slider.minimum()
    qtbot.keyClick(row.slider, Qt.Key.Key_Right)
    assert weights(sitting)[INK] == -1.0  # the nearest that the slider has


@pytest.mark.parametrize("part", ["slider", "label"])
def test_a_double_click_goes_back_to_as_trained(
    qtbot: QtBot, loras: LoraList, sitting: Sitting, part: str
) -> None:
    qtbot.mouseDClick(getattr(loras.rows[0], part), Qt.MouseButton.LeftButton)
    assert weights(sitting) == {OIL: 1.0, INK: 1.0}


def test_a_muted_lora_keeps_its_place_and_its_weight(loras: LoraList, sitting: Sitting) -> None:
    loras.rows[0].used.click()
    assert sitting.request.loras == ((OIL, 0.0), (INK, 1.0))
    assert not loras.rows[0].used.isChecked()
    loras.add("/models/third.safetensors")  # the rows are made anew
    loras.rows[0].used.click()
    assert sitting.request.loras[0] == (OIL, 0.8)
    assert loras.rows[0].used.isChecked()


def test_one_that_was_muted_before_the_window_opened_comes_back_as_trained(
    loras: LoraList, sitting: Sitting
) -> None:
    sitting.change(loras=((OIL, 0.0),))
    assert not loras.rows[0].used.isChecked()
    loras.rows[0].used.click()
    assert sitting.request.loras == ((OIL, 1.0),)


def test_muting_is_one_step_of_undo(loras: LoraList, sitting: Sitting) -> None:
    sitting.change(steps=30)  # what came before is a gesture of its own
    loras.rows[0].used.click()
    sitting.undo()
    assert weights(sitting)[OIL] == 0.8
    assert loras.rows[0].used.isChecked()


def test_the_request_comes_back_from_its_file_form(loras: LoraList, sitting: Sitting) -> None:
    press(loras.rows[0], -0.5)
    loras.rows[1].used.click()
    again = Request.from_dict(sitting.request.to_dict())
    assert again == sitting.request
    assert [source for source, _ in again.loras] == [OIL, INK]


def dragged(*names: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(name) for name in names])
    return data


def dragged_over(loras: LoraList, data: QMimeData) -> bool:
    """Whether the list would take what is dragged over it."""
    enter = QDragEnterEvent(
        QPoint(4, 4),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter.ignore()
    QApplication.sendEvent(loras, enter)
    return enter.isAccepted()


def test_dropped_files_are_added_in_their_order(loras: LoraList, sitting: Sitting) -> None:
    data = dragged("/models/b.safetensors", OIL, "/models/a.safetensors", "/models/readme.txt")
    assert dragged_over(loras, data)
    accent = theme.current().color("accent")
    assert QColor(loras.grab().toImage().pixel(1, loras.height() // 2)) == QColor(accent)
    drop = QDropEvent(
        QPointF(4, 4),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(loras, drop)
    assert sitting.request.loras == (
        (OIL, 0.8),
        (INK, 1.0),
        ("/models/b.safetensors", 1.0),
        ("/models/a.safetensors", 1.0),
    )


def test_what_is_no_lora_is_left_to_the_window(loras: LoraList) -> None:
    assert not dragged_over(loras, dragged("/pictures/frog.png"))


def test_the_dialog_takes_several(loras: LoraList, sitting: Sitting, monkeypatch) -> None:
    asked: list[str] = []
    files = ["/loras/x.safetensors", "/loras/y.safetensors"]

    def ask(parent, title, folder, kinds):
        asked.append(folder)
        return files, ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", ask)
    loras.browse.click()
    loras.browse.click()
    assert list(weights(sitting)) == [OIL, INK, *files]
    assert asked == ["", str(Path("/loras"))]


def test_marks_stand_where_the_handle_is_for_off_and_as_trained(loras: LoraList) -> None:
    row = loras.rows[0]
    row.show_value(2.0)  # the handle out of the way
    image = row.slider.grab().toImage()
    outline = QColor(theme.current().color("outline"))
    # Beside the groove, where nothing but a mark is.
    high = row.slider.height() // 2 - 6
    marked = [x for x in range(image.width() - 20) if QColor(image.pixel(x, high)) == outline]
    assert marked == [row.slider.place_of(0), row.slider.place_of(1)]
    width = row.slider.width()
    assert marked == pytest.approx([width / 3, 2 * width / 3], abs=8)


def test_it_says_from_when_on_a_weight_acts(loras: LoraList, sitting: Sitting) -> None:
    assert "from the next run on" in loras.rows[0].slider.toolTip()
    start_run(sitting)
    press(loras.rows[0], -1.0)
    assert loras.note.text() == "applies to the next run"


def test_keys_go_through_a_row_before_the_next(qtbot: QtBot, loras: LoraList) -> None:
    first, second = loras.rows
    wanted = [*first.operated, *second.operated, loras.name, loras.browse]
    assert [each.accessibleName() for each in first.operated] == [
        "Use oil",
        "Weight of oil",
        "Weight of oil",
        "Remove oil",
    ]
    wanted[0].setFocus()
    for before, after in pairwise(wanted):
        qtbot.keyClick(before, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is after
