"""The panel Likeness shows what it was answered, and where a run decides."""

from __future__ import annotations

import numpy as np
import pytest

from sdstudio.engine.likeness import Likeness
from sdstudio.session.inquiries import Answer, Inquiry
from sdstudio.ui.panels.likeness import LikenessPanel
from tests.ui.conftest import Studio

TEXTS = ("a frog", "a rabbit", "")


@pytest.fixture
def panel(qtbot) -> LikenessPanel:
    made = LikenessPanel()
    qtbot.addWidget(made)
    return made


def _answer(studio: Studio, inquiry: Inquiry, turn: int, end: float = 0.6) -> None:
    """B leads until step ``turn`` (0-based), then A does."""
    first = end if inquiry.index >= turn else 0.1
    cosines = np.array([first, 0.3, np.nan], dtype=np.float32)
    studio.sitting.handle(Answer(inquiry, Likeness(inquiry.index, 0.5, cosines)))


def test_asks_for_every_step_once_the_playhead_first(studio: Studio, panel, qtbot) -> None:
    studio.sitting.change(prompt=TEXTS[0], prompt_b=TEXTS[1], negative_prompt="", steps=6)
    studio.run_to_end(qtbot)
    run = studio.sitting.selected.number
    studio.sitting.park(run, 3)
    asked = panel.inquiries(studio.sitting)
    assert asked[0].index == 3
    assert {each.index for each in asked} == set(range(6))
    assert {each.by_name["texts"] for each in asked} == {TEXTS}
    # Coarse to fine: both ends and the middle come before the rest.
    assert {each.index for each in asked[1:4]} == {0, 5, 4}


def test_shows_the_curves_and_the_step_that_decides(studio: Studio, panel, qtbot) -> None:
    studio.sitting.change(prompt=TEXTS[0], prompt_b=TEXTS[1], negative_prompt="", steps=6)
    studio.run_to_end(qtbot)
    inquiries = panel.inquiries(studio.sitting)
    for inquiry in inquiries:
        if inquiry.index != 2:
            _answer(studio, inquiry, turn=4)
    panel.refresh(studio.sitting)
    assert panel.verdict.text() == "", "not all is known yet"
    _answer(studio, next(each for each in inquiries if each.index == 2), turn=4)
    panel.refresh(studio.sitting)
    assert [curve.name for curve in panel.curves.curves] == ["A: a frog", "B: a rabbit"]
    assert list(panel.curves.curves[0].x) == [1, 2, 3, 4, 5, 6]
    assert list(panel.curves.curves[0].y) == pytest.approx([0.1] * 4 + [0.6] * 2)
    assert panel.curves.head == studio.sitting.playhead.step + 1
    assert "step 5 of 6" in panel.verdict.text()
    assert panel.table.rows == (
        ("A: a frog", "0.60", "0.60"),
        ("B: a rabbit", "0.30", "0.30"),
    )
    assert not panel.members.isVisibleTo(panel)


def test_a_family_says_where_each_one_decides(studio: Studio, panel, qtbot) -> None:
    studio.sitting.change(prompt=TEXTS[0], prompt_b=TEXTS[1], negative_prompt="", steps=5)
    first = studio.sitting.explore_mix(3)
    qtbot.waitUntil(lambda: not studio.sitting.running)
    for inquiry in panel.inquiries(studio.sitting):
        place = inquiry.run - first
        _answer(studio, inquiry, turn=place + 1, end=0.6 if place < 2 else 0.0)
    panel.refresh(studio.sitting)
    assert [row[:3] for row in panel.members.rows] == [
        ("0%", "A", "2"),
        ("50%", "A", "3"),
        ("100%", "B", "1"),
    ]
    assert len(panel.lead.curves) == 4


def test_runs_that_lack_words_are_no_contest_of_a_mix(studio: Studio, panel, qtbot) -> None:
    studio.sitting.change(prompt="a red frog", prompt_b=TEXTS[1], negative_prompt="", steps=3)
    studio.run_to_end(qtbot)
    first = studio.sitting.explore_words()
    qtbot.waitUntil(lambda: not studio.sitting.running)
    assert len(studio.sitting.tree.family(first)) == 4
    asked = panel.inquiries(studio.sitting)
    assert len({each.run for each in asked}) == 1
    for inquiry in asked:
        _answer(studio, inquiry, turn=0)
    panel.refresh(studio.sitting)
    assert not panel.members.isVisibleTo(panel)
    assert not panel.family.isVisibleTo(panel)
    assert not any("mix" in curve.name for curve in panel.lead.curves)


def test_nothing_to_compare_is_said(studio: Studio, panel, qtbot) -> None:
    assert panel.empty(studio.sitting)
    studio.sitting.change(prompt="", prompt_b="", negative_prompt="")
    studio.run_to_end(qtbot)
    assert "no prompt" in panel.empty(studio.sitting)


def test_a_chosen_clip_judges_between_runs(studio: Studio, panel, qtbot, tmp_path) -> None:
    studio.run_to_end(qtbot)
    with qtbot.waitSignal(panel.asking):
        panel.eyes.choose(str(tmp_path))
    asked = panel.inquiries(studio.sitting)
    assert {each.kind for each in asked} == {"likeness by clip"}
    assert asked[0].by_name["folder"] == str(tmp_path)
    assert tmp_path.name in panel.eyes.words.text()


def test_a_going_run_is_asked_about_the_playhead_only(studio: Studio, panel, qtbot) -> None:
    studio.sitting.change(prompt=TEXTS[0], prompt_b=TEXTS[1], negative_prompt="", steps=6)
    studio.run_to_end(qtbot)
    done = studio.sitting.selected.number
    studio.sampler.gate.clear()
    studio.sitting.generate()
    studio.sitting.park(done, 2)
    asked = panel.inquiries(studio.sitting)
    assert [(each.run, each.index) for each in asked] == [(done, 2)]
    _answer(studio, asked[0], turn=0)
    panel.refresh(studio.sitting)
    assert list(panel.curves.curves[0].x) == [3.0], "a step that is not known leaves no gap"
    studio.sampler.gate.set()
    qtbot.waitUntil(lambda: not studio.sitting.running)
