from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QColorDialog,
    QFileDialog,
    QScrollBar,
    QWidget,
)

from sdstudio.engine.picture import Picture
from sdstudio.session.drawing.fit import Fit
from sdstudio.ui.draw.fit_dialog import FitDialog
from sdstudio.ui.draw.new_dialog import NewDialog
from sdstudio.ui.draw.older_dialog import OlderDialog
from sdstudio.ui.draw.page import DrawPage
from tests.ui.conftest import Studio
from tests.ui.fake_sampler import FACTS

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(studio: Studio, qtbot) -> DrawPage:
    """The drawing page of a window that has just switched to it."""
    studio.window.activateWindow()
    studio.window.draw.set_on(True)
    qtbot.waitUntil(studio.window.draw.page.pad.hasFocus)
    return studio.window.draw.page


def stroke(page: DrawPage, *places: tuple[float, float]) -> None:
    """Draw along places that are shares of the sheet's sides."""
    pad, size = page.pad, page.pad.view.size
    points = [
        pad.view.to_pad(QPointF(x * size.width(), y * size.height())).toPoint() for x, y in places
    ]
    QTest.mousePress(pad, LEFT, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(pad, point)
    QTest.mouseRelease(pad, LEFT, pos=points[-1])


def dialog(studio: Studio, kind: type[QWidget], qtbot) -> QWidget:
    qtbot.waitUntil(lambda: bool(studio.window.findChildren(kind)))
    return studio.window.findChildren(kind)[-1]


def picture_file(folder: Path, width: int, height: int) -> Path:
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2] = (200, 30, 30)
    path = folder / f"{width}x{height}.png"
    Image.fromarray(pixels).save(path)
    return path


def test_a_window_that_starts_knows_nothing_of_drawings() -> None:
    code = (
        "import sys, sdstudio.ui.window;"
        "print([name for name in sys.modules if name.startswith('sdstudio.session.drawing')"
        " or name in ('sdstudio.ui.draw.page', 'sdstudio.ui.draw.pad')])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_ctrl_shift_d_goes_to_the_sheet_and_back(studio: Studio, qtbot) -> None:
    draw, bar = studio.window.draw, studio.window.top_bar
    assert not draw.is_on
    QTest.keyClick(studio.window, Qt.Key.Key_D, CTRL | SHIFT)
    assert draw.is_on
    assert [button.isChecked() for button in bar.modes] == [False, True]
    assert not studio.window.canvas.view.isVisible()
    assert studio.window.docks.drawing.isVisible()
    QTest.keyClick(studio.window, Qt.Key.Key_D, CTRL | SHIFT)
    assert not draw.is_on
    assert [button.isChecked() for button in bar.modes] == [True, False]
    assert studio.window.canvas.view.isVisible()
    assert not studio.window.docks.drawing.isVisible()
    qtbot.mouseClick(bar.modes[1], LEFT)
    assert draw.is_on
    qtbot.mouseClick(bar.modes[0], LEFT)
    assert not draw.is_on


def test_the_sheet_is_as_large_as_the_picture_would_be(page: DrawPage, studio: Studio) -> None:
    facts = studio.sitting.facts
    assert facts is not None
    assert (page.drawing.width, page.drawing.height) == facts.native_size


def test_a_blank_sheet_made_before_the_model_was_there_takes_its_size(
    tmp_path: Path, qtbot
) -> None:
    parts = Studio(tmp_path)
    qtbot.addWidget(parts.window, before_close_func=lambda window: window.close())
    parts.window.show()
    parts.window.draw.set_on(True)
    page = parts.window.draw.page
    before = page.drawing.width
    parts.start(qtbot)
    qtbot.waitUntil(lambda: (page.drawing.width, page.drawing.height) == FACTS.native_size)
    assert before != FACTS.native_size[0]


def test_what_is_drawn_before_the_built_in_model_is_there_fits_it(tmp_path: Path, qtbot) -> None:
    parts = Studio(tmp_path)
    qtbot.addWidget(parts.window, before_close_func=lambda window: window.close())
    parts.window.show()
    parts.sitting.load("builtin")  # nobody does yet
    parts.window.draw.set_on(True)
    drawing = parts.window.draw.page.drawing
    stroke(parts.window.draw.page, (0.2, 0.2), (0.8, 0.8))
    assert drawing.version > 0
    assert (drawing.width, drawing.height) == (128, 128)


def test_undo_is_the_drawings_while_it_is_drawn_and_the_requests_else(
    page: DrawPage, studio: Studio, qtbot
) -> None:
    window, drawing = studio.window, page.drawing
    studio.sitting.change(steps=33)
    stroke(page, (0.2, 0.2), (0.8, 0.8))
    stroke(page, (0.2, 0.8), (0.8, 0.2))
    QTest.keyClick(page.pad, Qt.Key.Key_Z, CTRL)
    assert drawing.can_redo
    assert studio.sitting.request.steps == 33
    window.actions_.undo.trigger()
    assert not drawing.can_undo
    qtbot.waitUntil(lambda: not window.actions_.undo.isEnabled())
    QTest.keyClick(page.pad, Qt.Key.Key_Y, CTRL)
    assert drawing.can_undo
    window.controls.focus_prompt()
    qtbot.waitUntil(lambda: window.draw.steps is None)
    window.actions_.undo.trigger()
    assert studio.sitting.request.steps == 10
    assert drawing.can_undo
    page.pad.setFocus()
    qtbot.waitUntil(lambda: window.draw.steps is window.draw.desk.frames)


def test_undo_takes_back_what_was_done_last_stroke_or_frame(page: DrawPage, studio: Studio) -> None:
    mode, film = studio.window.draw, studio.window.draw.film
    frames = mode.desk.frames
    stroke(page, (0.2, 0.2), (0.8, 0.8))
    first = frames.current
    film.do("add")
    second = frames.current
    stroke(page, (0.2, 0.8), (0.8, 0.2))
    film.do("remove")
    assert page.drawing is first
    seen = []
    for _ in range(4):
        QTest.keyClick(page.pad, Qt.Key.Key_Z, CTRL)
        painted = [bool(frame.pixels("paint").any()) for frame in frames]
        seen.append((page.drawing is first, painted, film.strip.maximum()))
    assert seen == [
        (False, [True, True], 1),
        (False, [True, False], 1),
        (True, [True], 0),
        (True, [False], 0),
    ]
    assert not studio.window.actions_.undo.isEnabled()
    for _ in range(3):
        QTest.keyClick(page.pad, Qt.Key.Key_Z, CTRL | SHIFT)
    assert page.drawing is second
    assert second.pixels("paint").any()
    # A frame that undo brought back is not to be brought back a second time.
    film.do("remove")
    assert film.tools.restore.isEnabled()
    QTest.keyClick(page.pad, Qt.Key.Key_Z, CTRL)
    assert not film.tools.restore.isEnabled()


def test_undoing_tells_as_a_stroke_does(page: DrawPage, studio: Studio) -> None:
    stroke(page, (0.2, 0.2), (0.8, 0.8))
    told = []
    page.pad.stroke_ended.connect(lambda: told.append(True))
    studio.window.actions_.undo.trigger()
    assert told == [True]


def test_painters_letters_are_letters_in_the_prompt(page: DrawPage, studio: Studio, qtbot) -> None:
    studio.window.controls.focus_prompt()
    edit = studio.window.controls.prompts.prompt.edit
    qtbot.waitUntil(edit.hasFocus)
    QTest.keyClicks(edit, " be big 12")
    assert edit.toPlainText().endswith(" be big 12")
    assert page.hand.tool == "brush"
    assert page.hand.nib.opacity == 1


def test_zooming_is_the_sheets_while_it_shows(page: DrawPage, studio: Studio) -> None:
    before, canvas = page.pad.view.scale, studio.window.canvas.view.viewport.scale
    for action in studio.window.actions_.of_a_view:
        assert action.isEnabled()
    studio.window.actions_.zoom_in.trigger()
    assert page.pad.view.scale == pytest.approx(1.25 * before)
    assert studio.window.canvas.view.viewport.scale == canvas
    studio.window.actions_.fit.trigger()
    assert page.pad.view.fits
    studio.window.draw.set_on(False)
    assert not studio.window.actions_.zoom_in.isEnabled()


def test_an_unfinished_drawing_is_there_the_next_time(tmp_path: Path, qtbot) -> None:
    first = Studio(tmp_path)
    qtbot.addWidget(first.window, before_close_func=lambda window: window.close())
    first.start(qtbot)
    first.window.draw.set_on(True)
    first.window.draw.page.hand.change(size=21)
    stroke(first.window.draw.page, (0.2, 0.3), (0.8, 0.6))
    drawn = first.window.draw.page.drawing.composite()
    first.window.close()
    assert (drawn < 128).any()

    second = Studio(tmp_path)
    qtbot.addWidget(second.window, before_close_func=lambda window: window.close())
    second.start(qtbot)
    assert not second.window.docks.drawing.isVisible()
    second.window.draw.set_on(True)
    assert np.array_equal(second.window.draw.page.drawing.composite(), drawn)
    assert second.window.draw.page.hand.nib.size == 21


def test_a_sheet_in_a_low_window_has_the_timelines_height_until_asked(
    tmp_path: Path, qtbot
) -> None:
    first = Studio(tmp_path)
    qtbot.addWidget(first.window, before_close_func=lambda window: window.close())
    first.start(qtbot)
    draw, timeline = first.window.draw, first.window.docks.timeline
    first.window.resize(1280, 800)
    assert timeline.isVisible()
    draw.set_on(True)
    assert not timeline.isVisible()
    draw.set_on(False)
    assert timeline.isVisible()
    draw.set_on(True)
    timeline.toggleViewAction().trigger()
    draw.set_on(False)
    timeline.toggleViewAction().trigger()
    draw.set_on(True)
    assert timeline.isVisible()
    first.window.close()

    second = Studio(tmp_path)
    qtbot.addWidget(second.window, before_close_func=lambda window: window.close())
    second.start(qtbot)
    assert not second.window.docks.timeline.isVisible()
    second.window.draw.set_on(True)
    assert second.window.docks.timeline.isVisible()


def test_a_sheet_in_a_high_window_leaves_the_timeline_where_it_is(studio: Studio) -> None:
    studio.window.resize(1600, 1200)
    studio.window.draw.set_on(True)
    assert studio.window.docks.timeline.isVisible()


def test_a_new_drawing_of_another_size(page: DrawPage, studio: Studio, qtbot) -> None:
    stroke(page, (0.2, 0.2), (0.8, 0.8))
    studio.window.actions_.draw.new.trigger()
    asked = dialog(studio, NewDialog, qtbot)
    size = (256, 256)
    qtbot.mouseClick(asked.buttons[size], LEFT)
    qtbot.mouseClick(asked.create_button, LEFT)
    assert (page.drawing.width, page.drawing.height) == size
    assert page.pad.view.size.toTuple() == size
    assert (page.drawing.composite() == 255).all()
    assert not page.drawing.can_undo
    assert len(studio.window.draw.desk.entries) == 1
    stroke(page, (0.2, 0.2), (0.8, 0.8))
    studio.window.actions_.draw.older.trigger()
    older = dialog(studio, OlderDialog, qtbot)
    qtbot.waitUntil(older.open_button.isEnabled)
    QTest.keyClick(older.list, Qt.Key.Key_Return)
    assert page.drawing is studio.window.draw.desk.drawing
    assert page.drawing.pixels("paint").any()
    assert page.pad.view.size.toTuple() != size
    assert len(studio.window.draw.desk.entries) == 2


def test_a_picture_of_the_sheets_shape_goes_onto_it_at_once(
    page: DrawPage, studio: Studio, qtbot, tmp_path: Path
) -> None:
    side = 2 * page.drawing.width
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(picture_file(tmp_path, side, side)))])
    drop(page.pad, data)
    qtbot.waitUntil(lambda: page.drawing.can_undo)
    assert not studio.window.findChildren(FitDialog)
    assert page.drawing.pick(2, 2) == (200, 30, 30)
    assert studio.sitting.request.image is None or page.drawing is not None


@pytest.mark.parametrize("fit", list(Fit))
def test_one_of_another_shape_asks_how(
    page: DrawPage, studio: Studio, qtbot, tmp_path: Path, fit: Fit
) -> None:
    path = picture_file(tmp_path, 90, 30)
    studio.window.draw.bench.files.open(path)
    asked = dialog(studio, FitDialog, qtbot)
    qtbot.mouseClick(asked.buttons[fit], LEFT)
    assert page.drawing.can_undo
    width, height = page.drawing.width, page.drawing.height
    expected = type(page.drawing)(width, height)
    expected.put(Picture.of(path), fit)
    assert np.array_equal(page.drawing.composite(), expected.composite())
    bars = page.drawing.pick(2, 2)
    assert bars == ((255, 255, 255) if fit is Fit.LETTERBOXED else (200, 30, 30))


def drop(widget: QWidget, data: QMimeData) -> None:
    place, none = QPointF(50, 50), Qt.KeyboardModifier.NoModifier
    widget.dropEvent(QDropEvent(place, Qt.DropAction.CopyAction, data, LEFT, none))


def test_pasting_and_what_cannot_be_pasted(page: DrawPage, studio: Studio, qtbot) -> None:
    image = QImage(page.drawing.width, page.drawing.height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.blue)
    QGuiApplication.clipboard().setImage(image)
    QTest.keyClick(page.pad, Qt.Key.Key_V, CTRL)
    qtbot.waitUntil(lambda: page.drawing.can_undo)
    assert page.drawing.pick(5, 5) == (0, 0, 255)
    QGuiApplication.clipboard().setText("words")
    QTest.keyClick(page.pad, Qt.Key.Key_V, CTRL)
    banner = studio.window.canvas.banner
    assert banner.isVisible()
    assert banner.kind == "error"
    version = page.drawing.version
    studio.window.draw.bench.files.open(Path("no-such.png"))
    qtbot.waitUntil(lambda: "no-such.png" in banner.text)
    assert page.drawing.version == version


def test_the_export_is_what_is_seen(
    page: DrawPage, studio: Studio, tmp_path: Path, monkeypatch
) -> None:
    stroke(page, (0.2, 0.3), (0.8, 0.6))
    page.hand.take("mask")
    stroke(page, (0.5, 0.5), (0.6, 0.6))
    path = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    studio.window.actions_.draw.export.trigger()
    with Image.open(tmp_path / "mine.png") as written:
        assert np.array_equal(np.asarray(written.convert("RGB")), page.drawing.composite())


def test_layers_are_hidden_faded_cleared_and_undone(page: DrawPage, studio: Studio) -> None:
    stroke(page, (0.2, 0.5), (0.8, 0.5))
    drawing, rows = page.drawing, page.side.layers.rows
    inked = drawing.composite()
    rows["paint"].eye.click()
    assert not drawing.visible["paint"]
    assert rows["paint"].eye.accessibleName() == "Show Paint"
    drawing.undo()
    assert rows["paint"].eye.accessibleName() == "Hide Paint"
    slider = rows["paint"].opacity
    slider.setSliderDown(True)
    for number in (700, 500, 300):
        slider.setValue(number)
    slider.setSliderDown(False)
    assert drawing.opacity["paint"] == pytest.approx(0.3)
    drawing.undo()
    assert drawing.opacity["paint"] == 1
    assert np.array_equal(drawing.composite(), inked)
    rows["paint"].clear.click()
    assert (drawing.composite() == 255).all()
    rows["mask"].name.click()
    assert page.hand.layer == "mask"


def test_the_paper_has_a_colour(page: DrawPage, studio: Studio, qtbot) -> None:
    page.side.layers.paper.click()
    asked = page.side.layers.findChildren(QColorDialog)[-1]
    asked.colorSelected.emit(Qt.GlobalColor.yellow)
    asked.reject()
    assert page.drawing.paper == (255, 255, 0)
    assert page.drawing.pick(3, 3) == (255, 255, 0)


def test_a_swatch_is_taken_and_ringed(page: DrawPage) -> None:
    swatch = page.side.palette_.swatches[9]
    swatch.click()
    assert page.hand.held.colour == swatch.colour.name()
    assert swatch.accessibleDescription()
    assert not page.side.palette_.swatches[0].accessibleDescription()


def test_a_hidden_layer_is_said(page: DrawPage, studio: Studio) -> None:
    page.drawing.set_visible("paint", False)
    stroke(page, (0.2, 0.2), (0.8, 0.8))
    assert "hidden" in studio.window.canvas.banner.text


def test_everything_has_a_name_and_an_explanation(page: DrawPage) -> None:
    kinds = (QAbstractButton, QAbstractSlider, QAbstractSpinBox)
    parts = (page.strip, page.options, page.foot, page.side.layers, page.side.palette_)
    found = [
        widget
        for part in parts
        for widget in part.findChildren(QWidget)
        if isinstance(widget, kinds) and not isinstance(widget, QScrollBar)
    ]
    assert len(found) > 60
    for widget in found:
        interface = QAccessible.queryAccessibleInterface(widget)
        assert interface.text(QAccessible.Text.Name), widget
        assert widget.toolTip(), widget
