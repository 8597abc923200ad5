"""The panel Schedule draws the timetable of the run, or of the request before the first."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from sdstudio.engine.anatomy.schedule import published, timetable
from sdstudio.engine.picture import Picture
from sdstudio.session.inquiries import Answer
from sdstudio.ui.panels.schedule import SchedulePanel
from tests.session.stage import Stage
from tests.session.standins import HandClock

CONFIG = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


@pytest.fixture
def stage(stage: Stage) -> Stage:
    stage.sitting.change(steps=4, scheduler="DDIM")
    return stage


@pytest.fixture
def panel(qtbot) -> SchedulePanel:
    made = SchedulePanel()
    qtbot.addWidget(made)
    return made


def answer(stage: Stage, panel: SchedulePanel) -> None:
    """Let the engine's own function answer, as the sampler would."""
    (inquiry,) = panel.inquiries(stage.sitting)
    model = SimpleNamespace(scheduler_config=CONFIG)
    table = timetable(model, **inquiry.by_name)  # type: ignore[arg-type]
    stage.sitting.handle(Answer(inquiry, table))
    panel.refresh(stage.sitting)


def test_it_waits_for_a_model(panel: SchedulePanel) -> None:
    stage = Stage(HandClock())
    assert "model" in panel.empty(stage.sitting)
    stage.ready()
    assert panel.empty(stage.sitting) == ""


def test_before_a_run_it_shows_where_one_would_go(stage: Stage, panel: SchedulePanel) -> None:
    answer(stage, panel)
    curves = {curve.name: curve for curve in panel.plots["alpha_bar"].curves}
    assert set(curves) == {
        "Linear",
        "Cosine",
        "Scaled linear: this model",
        "Visited by this run",
    }
    linear = curves["Linear"]
    at = np.array(linear.x, dtype=int)
    np.testing.assert_allclose(linear.y, published("linear").alpha_bar[at])
    # The eye misses nothing, the visited ones are among them, and Qt can paint it at once.
    assert (at[0], at[-1]) == (0, 999)
    assert np.diff(at).max() <= 12
    assert {0, 250, 500, 750} <= set(at.tolist())
    assert len(at) < 100
    assert list(curves["Visited by this run"].x) == [0, 250, 500, 750]
    own = published("scaled_linear").alpha_bar
    np.testing.assert_allclose(curves["Visited by this run"].y, own[[0, 250, 500, 750]], rtol=1e-4)
    assert panel.plots["alpha_bar"].head is None
    assert ("Network calls", "4") in panel.figures.rows


def test_what_changes_nothing_is_not_asked_again(stage: Stage, panel: SchedulePanel) -> None:
    before = panel.inquiries(stage.sitting)
    stage.sitting.change(prompt="a rabbit", seed=9)
    assert panel.inquiries(stage.sitting) == before
    stage.sitting.change(steps=7)
    assert panel.inquiries(stage.sitting) != before


def test_the_playhead_stands_at_its_timestep(stage: Stage, panel: SchedulePanel) -> None:
    run = stage.generate()
    stage.sitting.park(run, 1)
    answer(stage, panel)
    for plot in panel.plots.values():
        assert plot.head == 500
    assert panel.way.head == 2
    alpha_bar = published("scaled_linear").alpha_bar[500]
    assert panel.figures.rows[:2] == (
        ("Timestep", "500"),
        ("Signal, ᾱ", f"{alpha_bar:.4f}"),
    )
    run_curve = panel.way.curves[-1]
    assert (list(run_curve.x), list(run_curve.y)) == ([1, 2, 3, 4], [750, 500, 250, 0])


def test_a_picture_enters_part_of_the_way(stage: Stage, panel: SchedulePanel) -> None:
    picture = Picture.of(Image.new("RGB", (8, 8), "red"))
    stage.sitting.change(image=picture, strength=0.5)
    answer(stage, panel)
    names = {curve.name: curve for curve in panel.way.curves}
    assert list(names["Left out: a picture"].y) == [750, 500]
    assert list(names["This run"].x) == [3, 4]
    assert ("Enters at", "250") in panel.figures.rows
    assert ("Left out", "2 / 4") in panel.figures.rows


def test_one_quantity_at_a_time(stage: Stage, panel: SchedulePanel) -> None:
    panel.show()
    assert [name for name, plot in panel.plots.items() if plot.isVisible()] == ["alpha_bar"]
    panel.choice.setCurrentIndex(1)
    assert [name for name, plot in panel.plots.items() if plot.isVisible()] == ["sigma"]


def test_curves_are_drawn_once_for_a_timetable(stage: Stage, panel: SchedulePanel) -> None:
    run = stage.generate()
    stage.sitting.park(run, 1)
    answer(stage, panel)
    curves = panel.plots["sigma"].curves
    stage.sitting.park(run, 2)
    panel.refresh(stage.sitting)
    assert panel.plots["sigma"].curves is curves
    assert panel.plots["sigma"].head == 250
    assert panel.way.head == 3
