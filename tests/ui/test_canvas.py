from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Request
from sdstudio.session.events import Parent, Place, RunStarted, StepNote
from sdstudio.session.playhead import Playhead, Shown
from sdstudio.session.run_node import RunNode
from sdstudio.session.run_tree import RunTree
from sdstudio.ui import theme
from sdstudio.ui.canvas import Canvas
from sdstudio.ui.canvas.caption import Caption, fitting
from sdstudio.ui.canvas.picture_view import PictureView
from sdstudio.ui.canvas.telling import Saying, duration, saying
from sdstudio.ui.canvas.viewport import Viewport
from sdstudio.ui.pixels import to_qimage

REQUEST = Request(prompt="a frog", steps=50)
NOTES = tuple(StepNote(i, 1000 - 20 * i - 19.0, 1 - i / 50, 0.03) for i in range(50))
NODE = RunNode(2, "A", REQUEST, 50, steps=NOTES, state="finished", seconds=2.14)
GOING = Playhead(2, 16)
PARKED = Playhead(2, 19, following=False)


def shown(node: RunNode = NODE, playhead: Playhead = GOING, **changes: Any) -> Shown:
    """What the canvas shows at a playhead."""
    place = Place(2, playhead.step or 0, playhead.view)
    note = node.steps[playhead.step or 0]
    whole = Shown(np.zeros((8, 8, 3), np.uint8), "vae", node, note, place, is_playhead=True)
    return replace(whole, **changes)


def what(node: RunNode = NODE, playhead: Playhead = GOING, **changes: Any) -> str:
    return saying(shown(node, playhead, **changes), playhead, RunTree()).what[0]


def notes(node: RunNode = NODE, playhead: Playhead = PARKED, tree: RunTree | None = None) -> str:
    words = saying(shown(node, playhead), playhead, tree or RunTree())
    return "; ".join(phrasing[0] for phrasing in words.notes)


def test_statement_says_what_the_picture_is() -> None:
    assert what() == "estimate of the finished picture (x0)  ·  decoded by the VAE"
    assert what(kind="linear").endswith("linear preview")
    assert what(replace(NODE, state="stopped")).startswith("stopped")
    assert what(is_result=True) == "finished in 2.1 s"
    assert what(playhead=replace(PARKED, view="latents")).startswith("noisy latents")


def test_noise_is_not_passed_off_as_a_picture() -> None:
    for view in ("noise", "noise_cond", "noise_uncond", "noise_difference"):
        playhead = Playhead(2, 19, view, following=False)  # type: ignore[arg-type]
        assert what(playhead=playhead).endswith("decoded as if it were a picture")


def test_a_picture_on_its_way_and_one_that_cannot_be_made_are_told() -> None:
    assert what(playhead=PARKED, is_playhead=False).endswith("decoding …")
    failed = what(playhead=PARKED, is_playhead=False, problems=(Problem.of("record_missing"),))
    assert "decoding" not in failed
    # A going run's steps may have no picture each; nobody waits for one.
    going = replace(NODE, state="running")
    assert "decoding" not in what(going, is_playhead=False)


def test_a_step_on_the_way_is_not_passed_off_as_a_shorter_run() -> None:
    text = "step 20 of 50 is an estimate on the way to 50 steps, not what a run of 20 gives"
    assert notes() == text
    assert notes(playhead=GOING) == ""
    assert notes(replace(NODE, state="stopped"), Playhead(2, 19)) == text
    assert notes(playhead=Playhead(2, 49, following=False)) == ""
    assert notes(playhead=replace(PARKED, view="noise")) == ""


def test_a_run_from_a_picture_says_where_it_enters() -> None:
    request = replace(REQUEST, image=np.zeros((8, 8, 3), np.uint8), strength=0.6)
    node = replace(NODE, request=request, count=30, entry_noise_level=0.62)
    assert "30 of 50 steps, entering at noise level 0.62" in notes(node, GOING)


def test_a_branch_says_what_it_shares() -> None:
    tree = RunTree()
    tree.handle(RunStarted(1, REQUEST, 50, 1.0))
    branch = replace(NODE, label="A.1", parent=Parent(1, 12))
    assert notes(branch, GOING, tree) == "shares the first 12 steps with A"
    tree.rename(1, "the frog")
    assert notes(branch, GOING, tree) == "shares the first 12 steps with the frog"


def test_words_give_way_where_there_is_no_room() -> None:
    phrasings = [("a long statement", "short"), ("another one", "other")]
    assert fitting(phrasings, 40, len) == "a long statement  ·  another one"
    assert fitting(phrasings, 16, len) == "short  ·  other"
    assert fitting(phrasings, 9, len) == "short"
    assert fitting(phrasings, 1, len) == "short"
    assert fitting([], 10, len) == ""


def test_durations_are_written_for_people() -> None:
    assert [duration(s) for s in (0.04, 9.94, 9.96, 59.4, 59.6, 125)] == [
        "0.0 s",
        "9.9 s",
        "10 s",
        "59 s",
        "1 min 00 s",
        "2 min 05 s",
    ]


def test_caption_shows_step_timestep_and_noise(qtbot) -> None:
    caption = Caption()
    qtbot.addWidget(caption)
    words = saying(shown(), GOING, RunTree())
    caption.describe(words, NOTES[16], 50)
    assert caption.figures.split() == ["step", "17", "of", "50", "t", "661", "noise", "0.68"]
    assert "x0" in caption.accessibleName()


def test_no_figure_of_the_caption_moves_another(qtbot) -> None:
    caption = Caption()
    qtbot.addWidget(caption)
    widths = set()
    for index in (0, 8, 49):
        caption.describe(Saying(("estimate",)), NOTES[index], 50)
        widths.add(caption.least_width)
    assert len(widths) == 1


@pytest.fixture
def viewport() -> Viewport:
    port = Viewport()
    port.area = QRectF(16, 16, 800, 600)
    port.picture = QSizeF(128, 128)
    return port


def test_fit_uses_the_area_and_stays_centred(viewport: Viewport) -> None:
    assert viewport.fits
    assert viewport.rect == QRectF(116, 16, 600, 600)
    viewport.picture = QSizeF(256, 128)
    assert viewport.rect == QRectF(16, 116, 800, 400)
    assert not viewport.overflows


def test_zoom_leaves_the_point_below_the_pointer(viewport: Viewport) -> None:
    point = QPointF(200, 300)
    before = viewport.rect
    share = (point.x() - before.x()) / before.width(), (point.y() - before.y()) / before.height()
    viewport.zoom_by(2.0, point)
    after = viewport.rect
    assert after.x() + share[0] * after.width() == pytest.approx(point.x(), abs=1)
    assert after.y() + share[1] * after.height() == pytest.approx(point.y(), abs=1)
    assert viewport.overflows


def test_zoom_is_limited_and_panning_keeps_the_picture_in_sight(viewport: Viewport) -> None:
    viewport.zoom_to(1e9)
    assert viewport.scale == 64
    viewport.pan(QPointF(1e9, -1e9))
    assert viewport.rect.intersects(viewport.area)
    viewport.zoom_to(1e-9)
    assert viewport.scale == 1 / 16
    viewport.fit()
    assert viewport.fits


def test_panning_a_fitted_picture_does_nothing(viewport: Viewport) -> None:
    before = viewport.rect
    viewport.pan(QPointF(50, 50))
    assert viewport.rect == before


@pytest.fixture
def view(qtbot) -> PictureView:
    widget = PictureView()
    qtbot.addWidget(widget)
    widget.resize(400, 400)
    widget.show_image(to_qimage(np.full((8, 8, 3), 100, np.uint8)))
    widget.show()
    return widget


def test_keys_zoom_fit_and_toggle_pixels(view: PictureView, qtbot) -> None:
    fitted = view.viewport.scale
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.viewport.scale > fitted
    qtbot.keyClick(view, Qt.Key.Key_1)
    assert view.viewport.scale == pytest.approx(1 / view.devicePixelRatioF())
    qtbot.keyClick(view, Qt.Key.Key_Minus)
    assert view.viewport.scale < 1
    qtbot.keyClick(view, Qt.Key.Key_F)
    assert view.viewport.fits
    qtbot.keyClick(view, Qt.Key.Key_P)
    assert not view.smooth


def test_wheel_zooms(view: PictureView) -> None:
    before = view.viewport.scale
    event = QWheelEvent(
        QPointF(100, 100),
        view.mapToGlobal(QPointF(100, 100)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)
    assert view.viewport.scale > before


def test_dragging_pans_an_enlarged_picture_and_pulls_out_a_fitted_one(view, qtbot) -> None:
    wanted = []
    view.drag_wanted.connect(lambda: wanted.append(True))
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    qtbot.mouseMove(view, QPoint(260, 260))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton)
    assert wanted == [True]
    view.viewport.zoom_to(200)
    before = view.viewport.rect.topLeft()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    qtbot.mouseMove(view, QPoint(150, 180))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton)
    assert view.viewport.rect.topLeft() != before
    assert wanted == [True]


def test_only_the_newest_picture_becomes_a_pixmap(view: PictureView, qtbot) -> None:
    for shade in (10, 20, 30):
        view.show_image(to_qimage(np.full((8, 8, 3), shade, np.uint8)))
        assert view._pixmap is None
    grabbed = view.grab().toImage()
    assert grabbed.pixelColor(200, 180).red() == 30


def test_a_small_preview_takes_the_room_of_the_result(view: PictureView) -> None:
    from PySide6.QtCore import QSize

    view.show_image(to_qimage(np.zeros((4, 4, 3), np.uint8)), QSize(64, 64))
    view.actual_size()
    assert view.viewport.rect.width() == pytest.approx(64 / view.devicePixelRatioF(), abs=1)


def test_the_image_owns_its_pixels() -> None:
    pixels = np.zeros((3, 5, 3), np.uint8)
    image = to_qimage(pixels)
    pixels[:] = 255
    assert image.pixelColor(0, 0).red() == 0
    assert (image.width(), image.height()) == (5, 3)


@pytest.mark.parametrize(("width", "percent", "many"), [(606, 100, 6), (484, 150, 3)])
def test_the_invitation_fits_a_narrow_canvas(qtbot, width: int, percent: int, many: int) -> None:
    theme.current().set_percent(percent)
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(width, 490)
    canvas.show()
    QApplication.processEvents()
    room = canvas.rect()
    children = [each for each in canvas.empty.findChildren(QWidget) if each.isVisible()]
    assert len([each for each in children if each in canvas.empty.buttons]) == many
    for each in children:
        place = QRect(each.mapTo(canvas, QPoint()), each.size())
        assert room.contains(place), each
        wraps = isinstance(each, QLabel) and each.wordWrap()
        if isinstance(each, QLabel | QPushButton) and not wraps:
            assert each.width() >= each.sizeHint().width(), each.text()
