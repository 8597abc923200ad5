"""The panel Words shows the figures it is told, and drops words of the selected run."""

from __future__ import annotations

import numpy as np
import pytest

from sdstudio.engine.anatomy.attention import Attention
from sdstudio.engine.anatomy.neighbours import Neighbours
from sdstudio.engine.anatomy.tokens import Token, Tokens
from sdstudio.session.events import Compared
from sdstudio.session.inquiries import Answer, Inquiry
from sdstudio.ui.panels.word_maps import enlarged, over
from sdstudio.ui.panels.words import WordsPanel
from sdstudio.ui.runs.desk import is_word_batch
from sdstudio.ui.timeline.rows import film_of
from tests.session.stage import Stage

WORDS = ["a", "frog"]


@pytest.fixture
def stage(stage: Stage) -> Stage:
    stage.sitting.change(prompt="a frog")
    return stage


@pytest.fixture
def panel(qtbot) -> WordsPanel:
    made = WordsPanel()
    qtbot.addWidget(made)
    return made


def tokens(rest: str = "") -> Tokens:
    """Start mark, "a", "frog" and end mark, in six places."""
    marked = [("", "<s>", True), ("a", "a</w>", False), ("frog", "frog</w>", False)]
    found = [
        Token(place, 10 + place, piece, text, 0, is_mark)
        for place, (text, piece, is_mark) in enumerate([*marked, ("", "<e>", True)])
    ]
    return Tokens("a frog", tuple(found), 6, 13, rest)


def attention() -> Attention:
    """Six tokens in 4 x 4 and 2 x 2 places; "frog" in the lower half only."""
    fine = np.full((6, 4, 4), 0.1, np.float32)
    fine[2, 2:] = 0.4
    fine[0] += 1.0 - fine.sum(axis=0)
    coarse = np.full((6, 2, 2), 1 / 6, np.float32)
    return Attention({(4, 4): fine, (2, 2): coarse}, fine, {(4, 4): 3, (2, 2): 1})


def neighbours() -> Neighbours:
    without = np.array([[np.nan, 0.9, 0.8], [1.0, np.nan, 0.25]])
    return Neighbours(tokens(), np.array([1.0, 0.75, 0.5]), without)


def answer(stage: Stage, panel: WordsPanel, rest: str = "") -> None:
    values = {
        "tokens": tokens(rest),
        "attention": attention(),
        "attention run": attention(),
        "neighbours": neighbours(),
    }
    for inquiry in panel.inquiries(stage.sitting):
        stage.sitting.handle(Answer(inquiry, values[inquiry.kind]))
    panel.refresh(stage.sitting)


def test_each_token_has_its_map_and_its_share(stage: Stage, panel: WordsPanel) -> None:
    run = stage.generate()
    asked = panel.inquiries(stage.sitting)
    assert asked == [
        Inquiry.of("tokens", prompt="a frog"),
        Inquiry.of("attention", run, 3),
        Inquiry.of("neighbours", prompt="a frog", clip_skip=0),
    ]
    answer(stage, panel)
    tiles = panel.maps.all.tiles
    assert [tile.caption for tile in tiles] == [*WORDS, "start mark", "end mark", "padding"]
    assert tiles[1].note == "≤ 40.0 %"
    # The lower left of the map, in percent.
    assert tiles[1].read(0.1, 0.9) == "40.0"
    np.testing.assert_allclose(sum(tile.values for tile in tiles), 100.0, rtol=1e-5)


def test_one_token_and_one_resolution_can_be_chosen(stage: Stage, panel: WordsPanel) -> None:
    stage.generate()
    answer(stage, panel)
    panel.maps.token.setCurrentIndex(3)
    assert not panel.maps.one.isHidden()
    assert [tile.caption for tile in panel.maps.one.tiles] == ["frog"]
    panel.maps.layers.setCurrentIndex(2)
    assert panel.maps.layers.currentText() == "2 × 2 (layers: 1)"
    assert panel.maps.one.tiles[0].values.shape == (2, 2)


def test_the_whole_run_is_asked_about_once_it_is_over(stage: Stage, panel: WordsPanel) -> None:
    stage.sitting.generate()
    run = stage.begin()
    stage.step(run, 0)
    panel.maps.span.setCurrentIndex(1)
    assert all(each.kind != "attention run" for each in panel.inquiries(stage.sitting))
    panel.refresh(stage.sitting)
    assert not panel.maps.told.isHidden()
    for index in (1, 2, 3):
        stage.step(run, index)
    stage.finish(run)
    assert Inquiry.of("attention run", run, 0, until=4) in panel.inquiries(stage.sitting)


def test_recording_is_off_until_it_is_asked_for(stage: Stage, panel: WordsPanel) -> None:
    stage.generate()
    panel.refresh(stage.sitting)
    assert not stage.mailbox.records_attention
    assert not panel.maps.record.isChecked()
    panel.maps.record.click()
    assert stage.mailbox.records_attention


def test_what_words_do_to_each_other(stage: Stage, panel: WordsPanel) -> None:
    stage.generate()
    answer(stage, panel, rest=" on a hill")
    wanted = [[np.nan, 0.1, 0.2], [0.0, np.nan, 0.75], [0.0, 0.25, 0.5]]
    np.testing.assert_allclose(panel.matrix.values, wanted)
    assert panel.matrix.table().splitlines()[0] == '"","a","frog","end mark"'
    assert ("frog", "frog</w>", "12") in panel.tokens.rows
    assert "4 of 6" in panel.filled.text()
    assert "on a hill" in panel.rest.text()


def test_what_waits_for_the_end_of_a_run_says_so(stage: Stage, panel: WordsPanel) -> None:
    stage.sitting.generate()
    run = stage.begin()
    stage.step(run, 0)
    panel.refresh(stage.sitting)
    assert not panel.matrix.isVisibleTo(panel)
    assert panel.later.isVisibleTo(panel)
    assert "once the run is over" in panel.later.text()
    for index in range(1, 4):
        stage.step(run, index)
    stage.finish(run)
    panel.refresh(stage.sitting)
    assert "in turn" in panel.later.text()
    answer(stage, panel)
    assert panel.matrix.isVisibleTo(panel)
    assert not panel.later.isVisibleTo(panel)
    stage.sitting.generate()
    run = stage.begin()
    stage.step(run, 0)
    panel.refresh(stage.sitting)
    assert panel.matrix.isVisibleTo(panel), "what is known shows during a run too"


def test_words_are_dropped_and_the_one_that_matters_comes_first(
    stage: Stage, panel: WordsPanel
) -> None:
    stage.generate()
    panel.refresh(stage.sitting)
    panel.drops.button.click()
    order = stage.order()
    assert [each.prompt for each in order.family] == ["frog", "a"]
    stage.play(order)
    family = [order.run, order.run + 1, order.run + 2]
    for run in family[1:]:
        for index in range(4):
            stage.step(run, index)
        stage.finish(run)
    assert is_word_batch(stage.sitting.tree.family(order.run))
    panel.refresh(stage.sitting)
    stage.sitting.handle(Compared(family[0], family[1], (0.0, 0.1, 0.1, 0.1)))
    stage.sitting.handle(Compared(family[0], family[2], (0.0, 0.5, 0.7, 0.9)))
    panel.refresh(stage.sitting)
    tiles = panel.drops.rows.tiles
    assert [tile.note for tile in tiles] == ["", "frog", "0.90", "", "a", "0.10"]
    abouts = [row.about for row in film_of(stage.sitting.tree, order.run).rows]
    assert abouts == ["all words", "without “a”", "without “frog”"]


def test_a_map_is_laid_over_the_picture() -> None:
    looked = np.zeros((2, 2), np.float32)
    looked[1] = 1.0
    picture = np.full((8, 8, 3), 100, np.uint8)
    laid = over(picture, looked).astype(int)
    assert laid.shape == (8, 8, 3)
    assert laid[7].sum() > laid[0].sum()
    np.testing.assert_allclose(enlarged(looked, 4, 4)[:, 0], [0.0, 0.25, 0.75, 1.0])
