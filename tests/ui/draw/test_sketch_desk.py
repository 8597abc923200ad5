"""In the window: what is drawn is made, and what is made comes back."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from sdstudio.session.drawing.sketch import Covers
from tests.ui.draw.conftest import Desk


def test_a_stroke_is_made_coarsely_and_then_finely(desk: Desk) -> None:
    assert desk.orders() == []
    desk.stroke(40)
    desk.settle()
    assert [request.steps for request in desk.orders()] == [10, 40]
    fine = desk.orders()[-1]
    assert (np.asarray(fine.image.image) == desk.drawing.composite()).all()
    assert len(desk.sitting.tree.nodes) == 1
    assert desk.sketch.shown.view.view.image is not None
    assert desk.sketch.result_tools.to_pad.isEnabled()


def test_the_bar_says_how_far_the_run_is(desk: Desk) -> None:
    desk.studio.sampler.gate.clear()
    desk.stroke(40)
    desk.qtbot.waitUntil(lambda: desk.sketch.sketching.busy == "coarse")
    desk.qtbot.waitUntil(lambda: "coarse" in desk.sketch.shown.view.caption.whole)
    assert "runs 32 of 40 steps" in desk.sketch.bar.note.text()
    desk.studio.sampler.gate.set()
    desk.settle()
    assert desk.sketch.shown.view.caption.whole.startswith("run")


def test_live_is_the_sitting_s(desk: Desk) -> None:
    bar = desk.sketch.bar
    assert desk.sitting.live
    assert bar.live.isChecked()
    bar.live.click()
    assert not desk.sitting.live
    desk.stroke(40)
    desk.settle()
    assert desk.orders() == []
    desk.studio.window.generate()
    desk.settle()
    assert (np.asarray(desk.orders()[0].image.image) == desk.drawing.composite()).all()


def test_strength_that_leaves_no_step_is_refused_in_a_sentence(desk: Desk) -> None:
    desk.sketch.bar.edited.emit("strength", 0.0)
    assert "not one of 40 steps" in desk.sketch.bar.note.text()
    assert desk.sitting.request.strength == 0.8
    desk.sketch.bar.edited.emit("strength", 0.5)
    desk.settle()
    assert desk.sitting.request.strength == 0.5
    assert "runs 20 of 40" in desk.sketch.bar.note.text()


def test_a_result_becomes_the_drawing_and_the_chain_leads_back(desk: Desk) -> None:
    desk.sitting.change(prompt="a wooden rabbit")
    desk.stroke(40)
    desk.settle()
    drawn, first = desk.drawing.composite(), desk.sitting.request
    made = len(desk.orders())
    desk.sketch.result_tools.to_pad.click()
    result = desk.studio.sampler.picture(39, 40)
    assert (desk.drawing.composite() == result).all()
    desk.settle()
    # Nothing is made of it until the hand or a control says so.
    assert len(desk.orders()) == made
    assert desk.sketch.result_tools.places == ("drawing", "a wooden rabbit")
    desk.sitting.change(prompt="the same in oil")
    desk.settle()
    assert (np.asarray(desk.orders()[-1].image.image) == result).all()
    desk.sketch.result_tools.place_wanted.emit(0)
    desk.settle()
    assert (desk.drawing.composite() == drawn).all()
    # What was asked for there can be asked for again, to the bit.
    assert desk.sitting.request == first
    desk.drawing.undo()
    assert (desk.drawing.composite() == result).all()
    assert desk.sketch.chain.at == 1


def test_each_frame_keeps_the_chain_it_came_by(desk: Desk) -> None:
    desk.sitting.change(prompt="a wooden rabbit")
    desk.stroke(40)
    desk.settle()
    desk.sketch.result_tools.to_pad.click()
    desk.mode.film.do("add")
    assert desk.sketch.result_tools.places == ()
    desk.mode.film.choose(0)
    assert desk.sketch.result_tools.places == ("drawing", "a wooden rabbit")
    desk.mode.film.choose(1)
    desk.studio.window.activateWindow()
    desk.pad.setFocus()
    desk.qtbot.waitUntil(lambda: desk.mode.steps is not None)
    for _ in range(2):
        desk.mode.undo()
    assert desk.sketch.result_tools.places == ()
    desk.mode.redo()
    assert desk.sketch.result_tools.places == ("drawing", "a wooden rabbit")


def test_frames_are_animated_with_their_masks_as_the_mask_is_used(desk: Desk) -> None:
    desk.drawing.write("mask", 0, 0, np.full((64, 64), 255, np.uint8))
    film = desk.mode.film
    film.set_open(True)
    film.animate()
    desk.qtbot.waitUntil(lambda: not film.animating.going)
    assert np.asarray(desk.orders()[-1].mask.image)[0, 0] == 255
    desk.qtbot.waitUntil(lambda: not film.bar.animate.isEnabled())
    desk.sketch.mask_tools.invert.click()
    desk.qtbot.waitUntil(film.bar.animate.isEnabled)
    film.animate()
    desk.qtbot.waitUntil(lambda: not film.animating.going)
    assert np.asarray(desk.orders()[-1].mask.image)[0, 0] == 0


def test_as_paint_it_lies_on_the_layer_of_paint(desk: Desk) -> None:
    desk.stroke(40)
    desk.settle()
    desk.sketch.result_tools.as_paint.click()
    assert desk.drawing.pixels("paint")[..., 3].all()
    assert not desk.drawing.pixels("background")[..., 3].any()


@pytest.mark.parametrize("share", [0.25, 0.75])
def test_wiped_the_result_lies_right_of_the_line(desk: Desk, share: float) -> None:
    desk.drawing.fill("background", 1, 1, (200, 0, 0))
    desk.pad.stroke_ended.emit()
    desk.settle()
    desk.sketch.bar.ways["wipe"].click()
    desk.sketch.bar.share_wanted.emit(share)
    desk.qtbot.wait(30)
    assert desk.sketch.shown.view.isHidden()
    image = desk.pad.grab().toImage()
    for at, colour in ((share - 0.1, (200, 0, 0)), (share + 0.1, (255, 255, 255))):
        place = desk.pad.view.to_pad(QPointF(128 * at, 20)).toPoint()
        ratio = desk.pad.devicePixelRatioF()
        pixel = image.pixelColor(round(place.x() * ratio), round(place.y() * ratio))
        assert pixel.getRgb()[:3] == colour


def test_seen_through_it_is_mixed(desk: Desk) -> None:
    desk.drawing.fill("background", 1, 1, (0, 0, 0))
    desk.pad.stroke_ended.emit()
    desk.settle()
    desk.sketch.bar.ways["over"].click()
    desk.sketch.bar.share_wanted.emit(0.5)
    desk.qtbot.wait(30)
    place = desk.pad.view.to_pad(QPointF(64, 20)).toPoint()
    assert abs(desk.pad.grab().toImage().pixelColor(place).red() - 128) <= 2


def test_the_wipe_s_knob_takes_the_pointer_and_nothing_is_drawn(desk: Desk) -> None:
    desk.stroke(40)
    desk.settle()
    desk.sketch.bar.ways["wipe"].click()
    version = desk.drawing.version
    knob = desk.pad.view.to_pad(QPointF(64, 64)).toPoint()
    to = desk.pad.view.to_pad(QPointF(96, 64)).toPoint()
    QTest.mousePress(desk.pad, Qt.MouseButton.LeftButton, pos=knob)
    QTest.mouseMove(desk.pad, to)
    QTest.mouseRelease(desk.pad, Qt.MouseButton.LeftButton, pos=to)
    assert desk.sketch.shown.overlay.share == pytest.approx(0.75, abs=0.02)
    assert desk.sketch.bar.share.number == pytest.approx(75, abs=2)
    assert desk.drawing.version == version


def test_the_mask_s_options_go_into_the_request_and_are_said(desk: Desk) -> None:
    desk.sketch.bar.live.click()
    tools = desk.sketch.mask_tools
    desk.mode.page.hand.choose_layer("mask")
    assert tools.feather.isVisible()
    assert "Nothing is masked" in tools.sentence.text()
    desk.stroke(64)
    desk.settle()
    desk.qtbot.waitUntil(lambda: "every pixel stays" in tools.sentence.text())
    sharp = np.asarray(desk.sitting.request.mask.image)
    assert set(np.unique(sharp[60:68])) >= {0, 255}
    tools.invert.setChecked(True)
    tools.fill.chosen.emit("colour")
    desk.settle()
    assert (np.asarray(desk.sitting.request.mask.image) == 255 - sharp).all()
    start = np.asarray(desk.sitting.request.image.image)
    assert (start[0, 0] == desk.mode.page.hand.rgb).all()
    desk.drawing.write("mask", 0, 0, np.full((128, 128), 255, np.uint8))
    desk.settle()
    assert desk.sketch.sketching.covers is Covers.NOTHING
    desk.qtbot.waitUntil(lambda: "not used" in tools.sentence.text())
    tools.invert.setChecked(False)
    desk.settle()
    desk.qtbot.waitUntil(lambda: "without a mask" in tools.sentence.text())
    desk.mode.page.hand.choose_layer("paint")
    assert not tools.feather.isVisible()


def test_a_result_is_made_again_at_twice_the_size(desk: Desk) -> None:
    desk.stroke(40)
    desk.settle()
    desk.sketch.result_tools.enlarge.click()
    desk.settle()
    request = desk.orders()[-1]
    assert (request.width, request.height, request.tile) == (256, 256, 128)
    assert (request.strength, request.mask) == (0.2, None)
    assert request.guidance_scale == 1.0
    assert request.image.size == (256, 256)
    # The controls still ask for the drawing.
    assert desk.sitting.request.strength == 0.8


def test_what_the_network_starts_from_is_asked_for(desk: Desk) -> None:
    desk.stroke(40)
    desk.settle()
    desk.sketch.bar.noise.setChecked(True)
    desk.sketch._refresh()
    inquiry = desk.sitting.answers
    kinds = {each.kind for wishes in inquiry._wishes.values() for each in wishes}
    assert "start" in kinds
    desk.sketch.bar.noise.setChecked(False)
    kinds = {each.kind for wishes in inquiry._wishes.values() for each in wishes}
    assert "start" not in kinds


def test_leaving_leaves_the_picture_to_the_controls(desk: Desk) -> None:
    desk.stroke(40)
    desk.settle()
    image = desk.sitting.request.image
    desk.mode.set_on(False)
    assert desk.sitting.request.image == image
    assert not desk.sitting.live
    made = len(desk.orders())
    desk.qtbot.wait(500)
    assert len(desk.orders()) == made
