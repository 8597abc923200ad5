from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QColor

from sdstudio.session.drawing.tools import Symmetry
from sdstudio.ui.draw.hand import MOST_SIZE, RECENT, Hand, Held


@pytest.fixture
def settings(tmp_path) -> QSettings:
    return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)


def test_what_is_in_the_hand_is_remembered(qapp, settings: QSettings) -> None:
    hand = Hand()
    hand.take("eraser")
    hand.change(size=77, hardness=0.25)
    hand.take("ellipse")
    hand.change(symmetry="rotational", folds=5, filled=False, tolerance=9)
    hand.set_colour(QColor("#123456"))
    hand.note_use()
    hand.save(settings)
    other = Hand()
    other.restore(settings)
    assert other.held == hand.held
    assert other.stroke_tool() == hand.stroke_tool()
    assert other.held.recent == ("#123456",)
    other.take("eraser")
    assert (other.nib.size, other.nib.hardness) == (77, 0.25)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        json.dumps({"held": {"tool": "chainsaw"}}),
        json.dumps({"held": {"colour": "very red"}}),
        json.dumps({"held": {"folds": 0, "symmetry": "rotational"}}),
        json.dumps({"held": {"tolerance": "much"}}),
        json.dumps({"held": {"recent": [1, 2]}}),
        json.dumps({"nibs": {"brush": {"size": "wide"}}}),
        json.dumps({"nibs": {"brush": {"size": -4, "opacity": 0}}}),
    ],
)
def test_remembered_nonsense_leaves_a_hand_that_can_draw(qapp, settings, text: str) -> None:
    settings.setValue("draw/hand", text)
    hand = Hand()
    hand.restore(settings)
    assert hand.held == Held()
    assert hand.stroke_tool().size >= 1


def test_each_tool_has_a_nib_of_its_own(qapp) -> None:
    hand = Hand()
    hand.change(size=40)
    hand.take("eraser")
    hand.change(size=80)
    hand.take("brush")
    assert hand.nib.size == 40
    assert hand.stroke_tool(erasing=True).size == 80


def test_numbers_stay_within_what_a_tool_can_have(qapp) -> None:
    hand = Hand()
    hand.change(size=10_000, hardness=7, opacity=-1)
    assert hand.stroke_tool().size == MOST_SIZE
    assert hand.nib.hardness == 1
    assert 0 < hand.nib.opacity <= 0.01


def test_the_mask_has_its_own_brush(qapp) -> None:
    hand = Hand()
    hand.choose_layer("background")
    hand.take("mask")
    assert hand.layer == "mask"
    hand.take("eraser")
    assert hand.layer == "mask"
    hand.take("brush")
    assert hand.layer == "paint"
    hand.choose_layer("mask")
    assert hand.tool == "mask"
    assert hand.stroke_tool().kind == "brush"
    hand.choose_layer("background")
    assert (hand.tool, hand.layer) == ("brush", "background")


def test_colours_that_were_used_come_first_once_each(qapp) -> None:
    hand = Hand()
    names = [f"#0000{number:02x}" for number in range(RECENT + 3)]
    for name in [*names, names[-2]]:
        hand.set_colour(QColor(name))
        hand.note_use()
    assert hand.held.recent[:3] == (names[-2], names[-1], names[-3])
    assert len(hand.held.recent) == RECENT
    hand.take("mask")
    hand.set_colour(QColor("#ff0000"))
    hand.note_use()
    assert "#ff0000" not in hand.held.recent


def test_sizes_suit_the_sheet_until_somebody_chooses(qapp) -> None:
    hand = Hand()
    hand.suit(128)
    small = hand.nib.size
    hand.suit(1024)
    assert hand.nib.size == 8 * small
    hand.change(size=33)
    hand.suit(128)
    assert hand.nib.size == 33


def test_symmetry_reaches_the_tool(qapp) -> None:
    hand = Hand()
    hand.change(symmetry="both")
    assert hand.stroke_tool().symmetry == Symmetry.BOTH
    hand.change(symmetry="rotational", folds=7)
    assert hand.stroke_tool().symmetry == Symmetry.rotational(7)
