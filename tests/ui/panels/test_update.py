"""The panel Update rule shows a step's sum, and other rules once they are asked for."""

from __future__ import annotations

import numpy as np
import pytest

from sdstudio.engine.anatomy.update import RuleRun, Update
from sdstudio.session.inquiries import Answer, kind_of
from sdstudio.ui.panels.rules import RULES
from sdstudio.ui.panels.update import UpdatePanel
from tests.session.stage import COUNT, Stage


def grey(shade: int) -> np.ndarray:
    return np.full((8, 8, 3), shade, np.uint8)


def an_update(rest: float = 0.0) -> Update:
    return Update(
        sigma=2.0,
        sigma_left=1.5,
        x0_weight=0.555,
        noise_weight=0.832,
        rest_weight=rest,
        x0=grey(1),
        noise=grey(2),
        rest=grey(3) if rest else None,
        before=grey(4),
        after=grey(5),
    )


def a_run(rule: str, amount: float, distance: float) -> RuleRun:
    film = np.stack([grey(10 + index) for index in range(COUNT)])
    return RuleRun(
        rule=rule,  # type: ignore[arg-type]
        amount=amount,
        picture=grey(99),
        film=film,
        own_film=film + 50,
        distances=np.linspace(0.0, distance, COUNT),
        final_distance=distance,
        removed=np.array([0.1, 0.2, 0.3, 1.0]),
    )


@pytest.fixture
def panel(qtbot) -> UpdatePanel:
    made = UpdatePanel()
    qtbot.addWidget(made)
    return made


def test_the_sum_of_a_step(stage: Stage, panel: UpdatePanel) -> None:
    run = stage.generate()
    stage.sitting.park(run, 1)
    (inquiry,) = panel.inquiries(stage.sitting)
    assert (inquiry.kind, inquiry.index) == ("update", 1)
    stage.sitting.handle(Answer(inquiry, an_update()))
    panel.refresh(stage.sitting)
    assert [tile.note for tile in panel.sum.tiles] == ["× 0.555", "× 0.832", ""]
    # 1.5 of 2 is left.
    assert "25.0 %" in panel.said.text()
    assert panel.long_sum.isHidden()


def test_fresh_noise_is_a_third_part(stage: Stage, panel: UpdatePanel) -> None:
    stage.generate()
    (inquiry,) = panel.inquiries(stage.sitting)
    stage.sitting.handle(Answer(inquiry, an_update(rest=0.25)))
    panel.refresh(stage.sitting)
    assert [tile.note for tile in panel.long_sum.tiles] == ["× 0.555", "× 0.832", "× 0.250", ""]
    assert panel.sum.isHidden()


def test_other_rules_are_made_only_when_asked_for(stage: Stage, panel: UpdatePanel) -> None:
    run = stage.generate()
    assert [each.kind for each in panel.inquiries(stage.sitting)] == ["update"]
    panel.rules.try_button.click()
    rules = panel.inquiries(stage.sitting)[1:]
    assert [each.by_name["rule"] for each in rules] == list(RULES)
    assert {(each.run, each.index, each.by_name["until"]) for each in rules} == {(run, 0, COUNT)}
    assert {kind_of(each).cost for each in rules} == {"network"}
    panel.rules.share.slider.moved.emit(25)
    panel.rules.momentum.slider.moved.emit(80)
    amounts = [each.by_name["amount"] for each in panel.inquiries(stage.sitting)[1:]]
    assert amounts == [0.25, 0.0, 0.8]
    stage.sitting.generate()
    going = stage.begin()
    stage.step(going, 0)
    assert [each.kind for each in panel.inquiries(stage.sitting)] == ["update"]


@pytest.mark.parametrize(("seconds", "asked"), [(0.5, 4), (6.0, 1)])
def test_a_slow_run_is_not_made_again_unasked(
    seconds: float, asked: int, stage: Stage, panel: UpdatePanel
) -> None:
    stage.generate()
    panel.inquiries(stage.sitting)
    panel.rules.try_button.click()
    stage.sitting.generate()
    run = stage.begin()
    for index in range(COUNT):
        stage.step(run, index, seconds=seconds)
    stage.finish(run)
    assert len(panel.inquiries(stage.sitting)) == asked


def test_they_stand_beside_the_scheduler(stage: Stage, panel: UpdatePanel) -> None:
    run = stage.generate()
    panel.rules.try_button.click()
    for inquiry, distance in zip(panel.inquiries(stage.sitting)[1:], (0.9, 0.6, 0.3), strict=True):
        rule, amount = inquiry.by_name["rule"], inquiry.by_name["amount"]
        stage.sitting.handle(Answer(inquiry, a_run(rule, amount, distance)))
    stage.sitting.park(run, 1)
    panel.refresh(stage.sitting)
    shades = [int(tile.picture.max()) for tile in panel.rules.pictures.tiles]
    assert shades == [61, 11, 11, 11]
    assert [tile.note for tile in panel.rules.pictures.tiles[1:]] == [
        "apart by 0.30",
        "apart by 0.20",
        "apart by 0.10",
    ]
    stage.sitting.park(run, COUNT - 1)
    panel.refresh(stage.sitting)
    # At the end stands what came of them.
    assert [int(tile.picture.max()) for tile in panel.rules.pictures.tiles[1:]] == [99, 99, 99]
    assert [row[1] for row in panel.rules.figures.rows] == ["0.900", "0.600", "0.300"]
    assert [list(curve.y)[-1] for curve in panel.rules.apart.curves] == [0.9, 0.6, 0.3]
    asked = next(c for c in panel.rules.removed.curves if c.name == "As the timetable asks")
    assert list(asked.y) == pytest.approx([10, 20, 30, 100])
    assert panel.rules.removed.head == COUNT
