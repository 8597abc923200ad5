"""The panels of guidance, numbers and latents: they show the figures they were told."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sdstudio.engine.anatomy.guidance import Guidance, Guided
from sdstudio.engine.anatomy.latents import latents_at
from sdstudio.engine.anatomy.numbers import Numbers, numbers_of
from sdstudio.engine.picture import Picture
from sdstudio.engine.request import Request
from sdstudio.session.events import StepNote
from sdstudio.session.inquiries import Answer, Inquiry
from sdstudio.session.playhead import Playhead
from sdstudio.session.run_node import RunNode
from sdstudio.ui.panels.guidance import GuidancePanel
from sdstudio.ui.panels.latents import LatentsPanel
from sdstudio.ui.panels.numbers import NumbersPanel
from sdstudio.ui.panels.run_numbers import inquiries
from tests.session.fake_engine import fake_step
from tests.session.stage import COUNT, Stage

GREY = np.full((8, 8, 3), 90, np.uint8)


@pytest.fixture
def stage(stage: Stage) -> Stage:
    stage.sitting.change(guidance_scale=6.0)
    return stage


def tell(stage: Stage, inquiry: Inquiry, value: object) -> None:
    stage.sitting.handle(Answer(inquiry, value))


def numbers(first: int = 0, until: int = COUNT) -> Numbers:
    return numbers_of(None, [fake_step(index, COUNT) for index in range(first, until)])


def guidance(**changes: object) -> Guidance:
    values = {
        "cond": GREY,
        "uncond": GREY,
        "difference": np.linspace(0, 0.25, 4, dtype=np.float32).reshape(2, 2),
        "cond_size": 1.01,
        "uncond_size": 0.99,
        "difference_size": 0.125,
        "guided_size": 1.2,
        "angle": 7.5,
        "scale": 6.0,
    }
    return Guidance(**{**values, **changes})


def test_guidance_asks_for_the_runs_scale_until_another_is_chosen(qtbot, stage: Stage) -> None:
    panel = GuidancePanel()
    qtbot.addWidget(panel)
    run = stage.generate()
    stage.sitting.park(run, 2)
    assert panel.inquiries(stage.sitting)[0] == Inquiry.of("guided", run, 2, scale=6.0)
    panel.refresh(stage.sitting)
    assert panel.scale.box.text() == "6.0"
    with qtbot.waitSignal(panel.asking):
        panel.scale.edited.emit(11.5)
    assert panel.inquiries(stage.sitting)[0] == Inquiry.of("guided", run, 2, scale=11.5)
    assert "6.0" in panel.scale.note.text()
    panel.scale.reset.emit()
    assert panel.inquiries(stage.sitting)[0] == Inquiry.of("guided", run, 2, scale=6.0)
    assert panel.scale.note.text() == ""


def test_guidance_shows_what_it_was_told(qtbot, stage: Stage) -> None:
    panel = GuidancePanel()
    qtbot.addWidget(panel)
    run = stage.generate()
    stage.sitting.park(run, 2)
    guided, parts, whole = panel.inquiries(stage.sitting)
    tell(stage, guided, Guided(np.zeros((4, 2, 2), np.float32), GREY, 1.0, 6.0))
    tell(stage, parts, guidance())
    tell(stage, whole, numbers())
    panel.refresh(stage.sitting)
    assert [tile.caption for tile in panel.pictures.tiles][2] == "Guided, scale 6.0"
    assert all(tile.picture is not None for tile in panel.pictures.tiles)
    assert panel.bar.words == ("0", "difference, amplified 4 times", "0.25")
    values = [row[1] for row in panel.figures.rows]
    assert values == ["1.010", "0.990", "0.125", "1.200", "7.5°"]
    # Step 2 is the third: people count from one.
    assert panel.sizes.head == 3
    assert list(panel.sizes.curves[0].x) == [1, 2, 3, 4]


def test_a_press_on_a_curve_goes_to_that_step(qtbot, stage: Stage) -> None:
    panel = GuidancePanel()
    qtbot.addWidget(panel)
    with qtbot.waitSignal(panel.step_wanted) as heard:
        panel.sizes.pressed.emit(2.8)
    assert heard.args == [2]


def test_without_guidance_the_slider_rests(qtbot, stage: Stage) -> None:
    panel = GuidancePanel()
    qtbot.addWidget(panel)
    run = stage.generate()
    stage.sitting.park(run, 2)
    nothing = guidance(uncond=None, difference=None, difference_size=0.0, angle=0.0, scale=1.0)
    tell(stage, panel.inquiries(stage.sitting)[1], nothing)
    panel.refresh(stage.sitting)
    assert not panel.scale.slider.isEnabled()
    assert len(panel.figures.rows) == 1


def test_numbers_are_those_of_the_playheads_step(qtbot, stage: Stage) -> None:
    panel = NumbersPanel()
    qtbot.addWidget(panel)
    run = stage.generate()
    stage.sitting.park(run, 1)
    asked = panel.inquiries(stage.sitting)
    assert asked == [Inquiry.of("numbers", run, 0, until=COUNT)]
    found = numbers()
    tell(stage, asked[0], found)
    panel.refresh(stage.sitting)
    shown = dict(panel.figures.rows)
    assert shown["Latents"] == f"{found.latents[1]:.3f}"
    assert shown["Update"] == f"{found.update[1]:.3f}" == "1.000"
    # Of 500 ms the step itself took 10.
    assert shown["Preview picture"] == "490.0 ms"
    # This run does not know what the network took, and says so.
    assert shown["Network"] == "not kept"
    assert panel.unknown.isVisibleTo(panel)
    known = replace(found, network=np.full(COUNT, 0.008), rest=np.full(COUNT, 0.002))
    stage.sitting.handle(Answer(asked[0], known))
    panel.refresh(stage.sitting)
    assert dict(panel.figures.rows)["Network"] == "8.0 ms"
    assert not panel.unknown.isVisibleTo(panel)
    np.testing.assert_array_equal(panel.sizes.curves[0].y, found.latents)


def test_the_plots_of_numbers_take_turns_while_a_run_goes_on(qtbot, stage: Stage) -> None:
    panel = NumbersPanel()
    qtbot.addWidget(panel)
    stage.sitting.generate()
    run = stage.play(upto=COUNT - 1)

    def points(until: int) -> list[int]:
        for asked in panel.inquiries(stage.sitting):
            tell(stage, asked, numbers(until=until))
        panel.refresh(stage.sitting)
        plots = (panel.sizes, panel.times)
        return [len(plot.curves[0].x) if plot.curves else 0 for plot in plots]

    # Each refresh draws one of them, and what the other shows is one refresh older.
    first, second, third = (points(until) for until in (1, 2, COUNT - 1))
    assert sorted(first) == [0, 1]
    assert sorted(second) == [1, 2]
    assert sorted(third) == [2, COUNT - 1]
    assert [one == other for one, other in zip(first, second, strict=True)].count(True) == 1
    stage.step(run, COUNT - 1)
    stage.finish(run)
    assert points(COUNT) == [COUNT, COUNT]


@pytest.mark.parametrize(
    ("step", "following", "ends"),
    [(69, True, [32, 64, 70]), (40, True, [32, 41]), (3, False, [32, 64, 70])],
)
def test_long_runs_are_asked_about_in_stretches_as_far_as_they_are_watched(
    step: int, following: bool, ends: list[int]
) -> None:
    notes = tuple(StepNote(index, 1.0, 0.5, 0.1) for index in range(70))
    node = RunNode(3, "A", Request(), 100, steps=notes)
    assert node.running
    sitting: Any = SimpleNamespace(selected=node, playhead=Playhead(3, step, "x0", following))
    asked = inquiries(sitting)
    assert [each.by_name["until"] for each in asked] == ends
    assert [each.index for each in asked] == [0, *ends[:-1]]


def test_latents_show_channels_and_their_statistics(qtbot, stage: Stage) -> None:
    panel = LatentsPanel()
    qtbot.addWidget(panel)
    run = stage.generate()
    stage.sitting.park(run, 2)
    panel.which.setCurrentIndex(1)
    asked = panel.inquiries(stage.sitting)
    assert asked == [
        Inquiry.of("latents", run, 2, which="latents"),
        Inquiry.of("round trip", run, 2),
    ]
    found = latents_at(None, fake_step(2, COUNT), which="latents")
    tell(stage, asked[0], found)
    panel.refresh(stage.sitting)
    assert [tile.caption for tile in panel.pictures.tiles] == [
        f"Channel {number}" for number in (1, 2, 3, 4)
    ]
    assert panel.figures.rows[0] == ("1", "2.00", "0.00", "2.00", "2.00")
    assert panel.bar.words == ("−2.0", "0", "2.0")


def test_another_picture_can_take_the_way_there_and_back(qtbot, stage: Stage, tmp_path) -> None:
    panel = LatentsPanel()
    qtbot.addWidget(panel)
    run = stage.generate()
    path = tmp_path / "a.png"
    path.write_bytes(Picture.of(GREY).png)
    with qtbot.waitSignal(panel.asking):
        panel.trip.take(path)
    wanted = panel.inquiries(stage.sitting)[1]
    assert (wanted.kind, wanted.run) == ("round trip of", None)
    assert wanted.by_name["picture"] == Picture.of(path)
    panel.trip.back.click()
    assert panel.inquiries(stage.sitting)[1] == Inquiry.of("round trip", run, COUNT - 1)
    path.write_bytes(b"no picture")
    panel.trip.take(path)
    qtbot.waitUntil(lambda: bool(panel.trip.trouble.text()))
