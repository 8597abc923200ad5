"""The film below the pad: frames by buttons, keys and mouse; made, seen, played, exported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from sdstudio.engine.problems import Problem
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.frames import Frames
from sdstudio.session.drawing.tools import Point, Tool
from sdstudio.session.jobs import ExportFrames
from sdstudio.ui.draw.film import Film
from tests.ui.draw.conftest import Easel

CTRL = Qt.KeyboardModifier.ControlModifier
SHADES = (20, 90, 160)


class Cinema:
    """A film of grey frames below a pad, and a sampler that needs no engine."""

    def __init__(self, studio, easel: Easel, folder: Path, shades=SHADES) -> None:
        self.studio, self.easel, self.pad = studio, easel, easel.pad
        self.frames = Frames([Drawing(64, 64, (shade,) * 3) for shade in shades])
        self.film = Film(studio.sitting, self.pad, self.frames, studio.settings, folder)
        self.film.frame_chosen.connect(lambda: self.pad.set_drawing(self.frames.current))
        self.pad.set_drawing(self.frames.current)
        self.film.resize(900, 200)
        self.film.show()
        studio.sitting.change(steps=4, strength=0.5)

    @property
    def shades(self) -> list[int]:
        return [frame.paper[0] for frame in self.frames]

    def tile(self, index: int) -> QPoint:
        return self.film.strip.tile_rect(index).center()

    def colour(self) -> int:
        """What is seen in the middle of the sheet."""
        shot = self.pad.grab().toImage()
        return shot.pixelColor(shot.width() // 2, shot.height() // 2).red()

    def key(self, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.film.strip, key, modifier)

    def animate(self, qtbot) -> None:
        self.film.animate()
        qtbot.waitUntil(lambda: not self.film.animating.going)
        qtbot.wait(60)


@pytest.fixture
def cinema(studio, easel: Easel, qtbot, tmp_path: Path):
    cinema = Cinema(studio, easel, tmp_path / "results")
    qtbot.addWidget(cinema.film)
    yield cinema
    cinema.film.let_go()


def test_one_frame_is_folded_and_opens(studio, easel: Easel, qtbot, tmp_path: Path) -> None:
    cinema = Cinema(studio, easel, tmp_path, shades=(20,))
    film = cinema.film
    qtbot.addWidget(film)
    assert not film.is_open
    low = film.sizeHint().height()
    film.tools.fold.click()
    assert film.is_open
    assert film.sizeHint().height() > low + 60
    assert not film.tools.play.isEnabled()
    assert not film.tools.remove.isEnabled()
    film.do("add")
    assert film.tools.play.isEnabled()
    film.let_go()


def test_keys_go_along_the_frames_and_change_them(cinema: Cinema) -> None:
    cinema.key(Qt.Key.Key_End)
    assert cinema.frames.index == 2
    assert cinema.pad.drawing is cinema.frames[2]
    cinema.key(Qt.Key.Key_Left)
    cinema.key(Qt.Key.Key_Left, CTRL)
    assert cinema.shades == [90, 20, 160]
    assert cinema.frames.index == 0
    cinema.key(Qt.Key.Key_Insert, CTRL)
    assert cinema.shades == [90, 90, 20, 160]
    assert cinema.pad.drawing is cinema.frames[1]
    cinema.key(Qt.Key.Key_Insert)
    assert len(cinema.frames) == 5
    cinema.key(Qt.Key.Key_Delete)
    cinema.key(Qt.Key.Key_Home)
    gone = cinema.frames[0]
    cinema.key(Qt.Key.Key_Delete)
    assert cinema.shades == [90, 20, 160]
    cinema.key(Qt.Key.Key_Backspace)
    assert cinema.frames[0] is gone
    assert cinema.pad.drawing is gone
    assert cinema.film.strip.maximum() == 3
    assert "1" in cinema.film.strip.accessibleDescription()


def test_the_last_frame_stays(cinema: Cinema) -> None:
    for _ in range(5):
        cinema.key(Qt.Key.Key_Delete)
    assert len(cinema.frames) == 1
    assert not cinema.film.tools.remove.isEnabled()
    for _ in range(5):
        cinema.key(Qt.Key.Key_Backspace)
    assert sorted(cinema.shades) == sorted(SHADES)


def test_a_frame_is_dragged_to_another_place(cinema: Cinema, qtbot) -> None:
    strip = cinema.film.strip
    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=cinema.tile(0))
    QTest.mouseMove(strip, cinema.tile(1))
    QTest.mouseMove(strip, cinema.tile(2) + QPoint(20, 0))
    QTest.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=cinema.tile(2) + QPoint(20, 0))
    assert cinema.shades == [90, 160, 20]
    assert cinema.frames.index == 2
    # A click that shakes a little moves nothing.
    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=cinema.tile(0))
    QTest.mouseMove(strip, cinema.tile(0) + QPoint(QApplication.startDragDistance() - 1, 0))
    QTest.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=cinema.tile(0))
    assert cinema.shades == [90, 160, 20]
    assert cinema.frames.index == 0


def test_the_strip_shows_what_is_drawn_once_the_hand_rests(cinema: Cinema, qtbot) -> None:
    before = cinema.film.strip.tiles[0].picture
    stroke = cinema.frames[0].begin(
        Tool("brush", size=60, colour=(255, 0, 0)), "paint", Point(32, 32)
    )
    qtbot.wait(450)
    assert cinema.film.strip.tiles[0].picture is before
    stroke.end()
    qtbot.waitUntil(lambda: cinema.film.strip.tiles[0].picture is not before)
    assert cinema.film.strip.tiles[0].picture[32, 32].tolist() == [255, 0, 0]


def test_onion_skin_shows_the_neighbours_on_the_pad(cinema: Cinema) -> None:
    film, frames = cinema.film, cinema.frames
    for frame, x in ((frames[0], 10), (frames[2], 54)):
        frame.begin(
            Tool("brush", size=12, hardness=1.0, colour=(0, 0, 0)), "paint", Point(x, 32)
        ).end()
    film.choose(1)
    plain = cinema.pad.grab().toImage()
    spots = [cinema.easel.at(x, 32) for x in (10, 54)]
    assert [plain.pixelColor(spot).red() for spot in spots] == [90, 90]
    film.tools.onion.setChecked(True)
    film.tools.after.edited.emit(1)
    skinned = cinema.pad.grab().toImage()
    before, after = (skinned.pixelColor(spot) for spot in spots)
    # Darker than the sheet, and told apart by their tints.
    assert before.red() > before.blue()
    assert after.blue() > after.red()
    assert before.blue() < 90 > after.red()
    film.tools.before.edited.emit(0)
    assert cinema.pad.grab().toImage().pixelColor(spots[0]).red() == 90
    film.tools.onion.setChecked(False)
    assert cinema.pad.grab().toImage() == plain


def test_every_frame_is_animated_and_seen(cinema: Cinema, qtbot) -> None:
    film = cinema.film
    assert film.bar.animate.text() == "Animate 3 frames"
    assert not film.bar.sides["results"].isEnabled()
    cinema.animate(qtbot)
    orders = cinema.studio.sampler.orders
    assert [np.asarray(order.request.image.image).mean() for order in orders] == list(SHADES)
    assert film.side == "results"
    assert [tile.made for tile in film.strip.tiles] == [True] * 3
    assert film.bar.told == "All made"
    assert not film.bar.animate.isEnabled()
    # The fake sampler's results are white: that is seen on the pad, and frame 1 is dark.
    assert cinema.colour() == 255
    film.show_side("drawings")
    assert cinema.colour() == SHADES[0]
    # They stand still, which is told as it is.
    assert film.bar.flicker == "Flicker 0.00 ×"
    cinema.frames[1].set_paper((91, 91, 91))
    film.refresh()
    assert film.bar.animate.text() == "Animate 1 frame"
    assert [tile.made for tile in film.strip.tiles] == [True, False, True]


def test_it_stops_and_goes_on(cinema: Cinema, qtbot) -> None:
    film, sampler = cinema.film, cinema.studio.sampler
    sampler.gate.clear()
    film.animate()
    qtbot.waitUntil(lambda: film.strip.tiles[0].progress is not None)
    assert film.bar.animate.text() == "Stop"
    assert film.bar.told.startswith("Frame 1 of 3")
    film.bar.animate.click()
    sampler.gate.set()
    qtbot.waitUntil(lambda: not cinema.studio.sitting.running)
    assert not film.animating.going
    cinema.animate(qtbot)
    assert film.bar.told == "All made"


def test_why_it_failed_is_told(cinema: Cinema, qtbot) -> None:
    cinema.studio.sampler.fail_with = (Problem.of("no_model"),)
    cinema.animate(qtbot)
    assert "model" in cinema.film.bar.told
    assert cinema.film.animating.lacking == 3


def test_it_plays_over_and_over_on_the_pad(cinema: Cinema, qtbot) -> None:
    film = cinema.film
    film.tools.rate.edited.emit(60)
    seen: list[int] = []
    film.playing.reached.connect(lambda index: seen.append(index) if index is not None else None)
    cinema.key(Qt.Key.Key_Space)
    assert film.playing.is_on
    # A window that is late leaves frames out, so that one may be missing from some rounds.
    qtbot.waitUntil(lambda: seen.count(0) >= 3 and len(set(seen)) >= 3)
    assert set(seen) == {0, 1, 2}
    shown = film.playing.screen.image
    assert shown is not None
    # A click stops it, and draws nothing.
    version = cinema.frames.current.version
    QTest.mouseClick(cinema.pad, Qt.MouseButton.LeftButton, pos=cinema.easel.at(32, 32))
    assert not film.playing.is_on
    assert film.playing.screen.image is None
    assert cinema.frames.current.version == version
    assert cinema.colour() == SHADES[0]


def test_the_pad_shows_the_frame_that_plays(cinema: Cinema, qtbot) -> None:
    film = cinema.film
    film.tools.rate.edited.emit(1)
    film.do("play")
    assert cinema.colour() == SHADES[0]
    film.playing.player.reached.emit(2)
    assert cinema.colour() == SHADES[2]
    film.do("play")
    assert cinema.colour() == SHADES[0]


@pytest.mark.parametrize("kind", ["gif", "webp", "mp4"])
def test_what_is_seen_is_exported(cinema: Cinema, qtbot, tmp_path: Path, kind) -> None:
    film, sampler = cinema.film, cinema.studio.sampler
    film.tools.rate.edited.emit(12)
    film.export(kind, tmp_path / f"a.{kind}")
    qtbot.waitUntil(lambda: any(isinstance(job, ExportFrames) for job in sampler.jobs))
    job = next(job for job in sampler.jobs if isinstance(job, ExportFrames))
    assert (job.format, job.per_second, job.path.name) == (kind, 12, f"a.{kind}")
    assert [int(frame.mean()) for frame in job.frames] == list(SHADES)
    film.show_side("results")
    assert not film.bar.export.isEnabled()
    cinema.animate(qtbot)
    assert film.bar.export.isEnabled()
    film.export(kind, tmp_path / f"b.{kind}")
    qtbot.waitUntil(
        lambda: isinstance(sampler.jobs[-1], ExportFrames) and sampler.jobs[-1] is not job
    )
    assert [int(frame.mean()) for frame in sampler.jobs[-1].frames] == [255] * 3


def test_a_selection_is_tweened_by_dragging_it(cinema: Cinema) -> None:
    film, frames, pad = cinema.film, cinema.frames, cinema.pad
    tool = Tool("brush", size=10, hardness=1.0, colour=(255, 0, 0))
    frames[0].begin(tool, "paint", Point(12, 12)).end()
    film.do("tween")
    assert film.tweening.row.isVisible()
    assert not film.tools.isVisible()
    film.tweening.row.count.set_number(3)
    cinema.easel.drag((12, 12), (20, 30), (42, 42))
    motion = film.tweening.row.motion
    assert (motion.dx, motion.dy) == (30, 30)
    assert len(frames) == 3
    film.tweening.row.make.click()
    assert len(frames) == 6
    assert frames.index == 3
    assert not film.tweening.row.isVisible()
    assert film.tools.isVisible()
    assert film.focusWidget() is film.strip
    for number, place in enumerate((12, 22, 32, 42)):
        rows, columns = np.nonzero(frames[number].pixels("paint")[..., 3])
        assert abs(rows.mean() + 0.5 - place) < 0.6
        assert abs(columns.mean() + 0.5 - place) < 0.6
    assert pad.drawing is frames[3]
    # One that was removed before the others grew comes back as large as they are.
    film.do("remove")
    frames.current.resize_canvas(0, 0, 32, 16)
    film.choose(0)
    film.do("restore")
    assert {(frame.width, frame.height) for frame in frames} == {(96, 80)}
    # Left without making anything, nothing is made.
    film.do("tween")
    film.tweening.row.cancel.click()
    assert len(frames) == 6
    assert film.tools.isVisible()


def test_choices_and_results_are_there_the_next_time(
    studio, easel: Easel, qtbot, tmp_path: Path
) -> None:
    first = Cinema(studio, easel, tmp_path)
    qtbot.addWidget(first.film)
    first.film.tools.rate.edited.emit(24)
    first.film.tools.onion.setChecked(True)
    first.film.tools.before.edited.emit(3)
    first.film.bar.pull.chosen.emit(30)
    first.animate(qtbot)
    first.film.let_go()
    second = Cinema(studio, easel, tmp_path)
    qtbot.addWidget(second.film)
    assert second.film.tools.frames_per_second == 24
    assert second.film.tools.skins == (3, 0)
    assert second.film.bar.share == 0.3
    assert [tile.made for tile in second.film.strip.tiles] == [True] * 3
    second.film.let_go()


def test_the_button_says_what_other_settings_would_make(cinema: Cinema, qtbot) -> None:
    cinema.animate(qtbot)
    assert not cinema.film.bar.animate.isEnabled()
    cinema.studio.sitting.change(seed=99)
    qtbot.waitUntil(lambda: cinema.film.bar.animate.text() == "Animate 3 frames")
    assert cinema.film.bar.animate.isEnabled()
    # What is made stays to be seen until then.
    assert [tile.made for tile in cinema.film.strip.tiles] == [True] * 3


def test_a_changed_film_stops_playing(cinema: Cinema) -> None:
    cinema.film.do("play")
    assert cinema.film.playing.is_on
    cinema.film.do("duplicate")
    assert not cinema.film.playing.is_on
    assert cinema.film.playing.screen.image is None
