"""The panel Noising asks for what its sliders say and shows the figures it is answered."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from sdstudio.engine.anatomy.noising import Errors, Guess, Noised
from sdstudio.session.inquiries import Answer, kind_of
from sdstudio.ui import theme
from sdstudio.ui.panels.noising import NoisingPanel
from tests.session.stage import Stage

GREY = np.full((8, 8, 3), 90, np.uint8)


@pytest.fixture
def panel(qtbot) -> NoisingPanel:
    made = NoisingPanel()
    qtbot.addWidget(made)
    return made


def test_it_waits_for_a_run_that_is_over(stage: Stage, panel: NoisingPanel) -> None:
    assert panel.empty(stage.sitting)
    stage.sitting.generate()
    run = stage.begin()
    stage.step(run, 0)
    assert "over" in panel.empty(stage.sitting)
    for index in range(1, 4):
        stage.step(run, index)
    stage.finish(run)
    assert panel.empty(stage.sitting) == ""


def test_it_asks_for_what_the_sliders_say(stage: Stage, panel: NoisingPanel) -> None:
    run = stage.generate()
    stage.sitting.park(run, 1)
    panel.timestep.slider.moved.emit(700)
    panel.wrong.slider.moved.emit(-100)
    noised, guess, by_timestep, by_told = panel.inquiries(stage.sitting)
    assert kind_of(noised).cost == "decode"
    assert {kind_of(each).cost for each in (guess, by_timestep, by_told)} == {"network"}
    # The result is noised, wherever the playhead stands.
    assert {each.index for each in (noised, guess, by_timestep, by_told)} == {3}
    assert noised.by_name == {"timestep": 700, "seed": 0}
    assert guess.by_name == {"timestep": 700, "told": 600, "seed": 0}
    panel.again.click()
    assert panel.inquiries(stage.sitting)[2].by_name == {"seed": 1}
    panel.wrong.slider.moved.emit(500)
    assert panel.told == 999


def test_it_shows_the_figures(stage: Stage, panel: NoisingPanel) -> None:
    stage.generate()
    noised, guess, by_timestep, by_told = panel.inquiries(stage.sitting)
    stage.sitting.handle(Answer(noised, Noised(500, 0.6, 0.8, GREY, GREY)))
    panel.refresh(stage.sitting)
    assert panel.pictures.tiles[0].note == "× 0.60"
    assert panel.pictures.tiles[2].picture is None
    assert ("Ratio, ᾱ / (1−ᾱ)", "0.562") in panel.figures.rows
    error = np.array([[0.1, 0.2], [0.3, 0.4]])
    stage.sitting.handle(Answer(guess, Guess(500, 500, GREY, GREY, GREY, error, 0.274, 0.125)))
    told = np.array([100, 500, 900])
    for inquiry in (by_timestep, by_told):
        errors = Errors(np.full(3, 500), told, np.array([0.9, 0.2, 0.5]), np.ones(3), 1.1)
        stage.sitting.handle(Answer(inquiry, errors))
    panel.refresh(stage.sitting)
    assert panel.pictures.tiles[2].note == "told t = 500"
    assert panel.pictures.tiles[5].values is error
    assert panel.pictures.tiles[5].note == "off by 0.27"
    assert ("Picture’s error, RMS", "0.274") in panel.figures.rows
    curves = {curve.name: curve for curve in panel.by_told.curves}
    assert list(curves["Picture, RMS"].x) == [100, 500, 900]
    assert list(curves["Picture, RMS"].y) == [0.9, 0.2, 0.5]
    assert panel.by_told.head == 500


def test_the_guess_before_stays_until_there_is_another(stage: Stage, panel: NoisingPanel) -> None:
    stage.generate()
    noised, guess, *_ = panel.inquiries(stage.sitting)
    stage.sitting.handle(Answer(noised, Noised(500, 0.6, 0.8, GREY, GREY)))
    known = Guess(500, 500, GREY, GREY, GREY, np.ones((2, 2)), 0.274, 0.125)
    stage.sitting.handle(Answer(guess, known))
    panel.refresh(stage.sitting)
    panel.timestep.slider.moved.emit(600)
    (noised, *_) = panel.inquiries(stage.sitting)
    stage.sitting.handle(Answer(noised, Noised(600, 0.4, 0.9, GREY, GREY)))
    panel.refresh(stage.sitting)
    assert [tile.note for tile in panel.pictures.tiles[1:3]] == ["t = 600", "told t = 500"]
    assert not any("error" in name for name, _ in panel.figures.rows)
    stage.generate()
    (noised, *_) = panel.inquiries(stage.sitting)
    stage.sitting.handle(Answer(noised, Noised(600, 0.4, 0.9, GREY, GREY)))
    panel.refresh(stage.sitting)
    assert panel.pictures.tiles[2].picture is None


def test_a_press_in_a_plot_moves_the_sliders(stage: Stage, panel: NoisingPanel, qtbot) -> None:
    with qtbot.waitSignal(panel.asking):
        panel.by_timestep.pressed.emit(321.4)
    assert panel.timestep.slider.number == 321
    panel.by_told.pressed.emit(221.0)
    assert (panel.told, panel.wrong.slider.number) == (221, -100)


def test_a_drawing_takes_the_results_place(stage: Stage, panel: NoisingPanel, qtbot) -> None:
    stage.generate()
    panel.resize(300, 1200)
    panel.show()
    panel.source.choice.setCurrentIndex(2)
    assert "picture" not in panel.inquiries(stage.sitting)[0].by_name
    assert panel.source.hint.isVisible()
    sheet = panel.source.sketch.sheet
    panel.source.sketch.swatches[1].click()
    with qtbot.waitSignal(panel.asking):
        qtbot.mousePress(sheet, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
        qtbot.mouseMove(sheet, QPoint(90, 90))
        qtbot.mouseRelease(sheet, Qt.MouseButton.LeftButton, pos=QPoint(90, 90))
    asked = {each.by_name.get("picture") for each in panel.inquiries(stage.sitting)}
    (picture,) = asked
    assert not panel.source.hint.isVisible()
    pixels = np.asarray(picture.image)
    assert pixels.shape == (128, 128, 3)
    reds = (pixels == np.array([0xC0, 0x39, 0x2B])).all(axis=-1).sum()
    assert 100 < reds < 4000
    panel.source.sketch.clear_button.click()
    assert "picture" not in panel.inquiries(stage.sitting)[0].by_name


def test_a_narrow_panel_is_as_high_as_its_width_makes_it(stage: Stage, qtbot) -> None:
    stage.generate()
    panel = NoisingPanel()
    noised, *_ = panel.inquiries(stage.sitting)
    body, scroll = QWidget(), QScrollArea()
    body.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    column = QVBoxLayout(body)
    column.addWidget(panel)
    column.addStretch(1)
    qtbot.addWidget(scroll)
    scroll.setWidgetResizable(True)
    scroll.setWidget(body)
    theme.current().set_percent(150)
    scroll.resize(240, 400)
    scroll.show()
    stage.sitting.handle(Answer(noised, Noised(500, 0.6, 0.8, GREY, GREY)))
    panel.refresh(stage.sitting)
    qtbot.wait(50)
    pictures = panel.pictures
    assert pictures.height() == pictures.heightForWidth(pictures.width())
