"""The film below the pad: frames, and pictures made of all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSettings, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sdstudio.engine.problems import RequestError
from sdstudio.session.drawing.animating import Animating
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.frames import MAX_FRAMES, Frames
from sdstudio.session.drawing.results import Results
from sdstudio.session.drawing.sketch import MaskUse
from sdstudio.session.jobs import ExportFrames, FilmFormat
from sdstudio.session.sitting import Sitting, What
from sdstudio.ui.draw.film_bar import FilmBar, Side
from sdstudio.ui.draw.film_edits import FrameEdits
from sdstudio.ui.draw.film_file import ask_where
from sdstudio.ui.draw.film_onion import show_skins
from sdstudio.ui.draw.film_pictures import FilmPictures
from sdstudio.ui.draw.film_playing import Playing
from sdstudio.ui.draw.film_strip import FilmStrip
from sdstudio.ui.draw.film_tiles import tiles_of
from sdstudio.ui.draw.film_tools import FilmTools
from sdstudio.ui.draw.film_tweening import Tweening
from sdstudio.ui.draw.pad import Pad
from sdstudio.ui.ground import Ground

SOON_MS = 30
LATER_MS = 300
"""After a stroke its thumbnail waits for so long: the next one may have begun."""


class Film(Ground):
    """Puts tools, frames and results together; folded, it is a line.

    Args:
        sitting: What makes the results.
        pad: What is drawn on, and where the film is seen.
        frames: What is drawn.
        settings: Where choices and the last folder are remembered.
        folder: Where results are kept; None keeps them only as long as the window.
        use: Gives how the frames' masks are to be used.

    Signals:
        frame_chosen: Another frame is to be drawn on: the frames' current one.
    """

    frame_chosen = Signal()

    def __init__(
        self,
        sitting: Sitting,
        pad: Pad,
        frames: Frames,
        settings: QSettings,
        folder: Path | None = None,
        use: Callable[[], MaskUse] = MaskUse,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._sitting, self._pad, self._frames = sitting, pad, frames
        self._settings = settings
        self._side: Side = "drawings"
        self._edits = FrameEdits(frames)
        self._pictures = FilmPictures()
        self.animating = Animating(sitting, lambda: list(self._frames), Results(folder), use=use)
        self.tools = FilmTools()
        self.strip = FilmStrip()
        self.bar = FilmBar()
        self.tweening = Tweening(pad)
        self.playing = Playing(pad, self._pictures, self._seen)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._later = QTimer(self, singleShot=True, interval=LATER_MS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.setSpacing(0)
        for part in (self.tools, self.tweening.row, self.strip, self.bar):
            column.addWidget(part)
        self.tools.take_back(settings)
        self.bar.take_back(settings)
        self.playing.player.speed = self.tools.frames_per_second
        self._connect()
        self._stop_observing = sitting.observe(self._follow)
        self.set_open(len(frames) > 1)

    @property
    def frames(self) -> Frames:
        """What is drawn."""
        return self._frames

    @property
    def is_open(self) -> bool:
        """Whether more than its first line shows."""
        return not self.strip.isHidden()

    @property
    def side(self) -> Side:
        """Whether drawings or results are seen."""
        return self._side

    def set_frames(self, frames: Frames) -> None:
        """Show other frames, as of a drawing that was opened."""
        self.animating.stop()
        self.playing.stop()
        self._frames = frames
        self._edits = FrameEdits(frames)
        self.show_side("drawings")
        self.set_open(len(frames) > 1)

    def set_open(self, opened: bool) -> None:
        """Show all of it, or its first line."""
        if not opened:
            self.playing.stop()
            self.show_side("drawings")
        self.tweening.leave()
        for part in (self.strip, self.bar):
            part.setVisible(opened)
        self.refresh()

    def show_side(self, side: Side) -> None:
        """See drawings or results, on the strip, on the pad, and in what is exported."""
        self._side = side
        self.bar.show_side(side)
        self.refresh()

    def refresh(self) -> None:
        """Show everything as it is now."""
        self._soon.stop()
        count = len(self._frames)
        self.tools.show_folded(not self.is_open, count)
        self.tools.remove.setEnabled(count > 1)
        self.tools.restore.setEnabled(self._edits.can_restore)
        for button in (self.tools.add, self.tools.duplicate, self.tools.tween):
            button.setEnabled(count < MAX_FRAMES)
        self.tools.play.setEnabled(count > 1)
        if not self.is_open:
            self.playing.show_still(None)
            return
        current = self._frames.current
        tiles = tiles_of(self._frames, self.animating, self._pictures, self._side)
        self.strip.show_tiles(tiles, self._frames.index, current.width / current.height)
        can_export = self._side == "drawings" or self.animating.lacking == 0
        self.bar.show_state(self.animating, count, can_export=can_export)
        result = self.animating.results[self._frames.index]
        self.playing.show_still(result if self._side == "results" else None)

    def do(self, wish: str) -> None:
        """Do what a button or a key asks for."""
        if wish == "play":
            self.playing.toggle(self._frames.index, len(self._frames))
        elif wish == "tween":
            self.tweening.begin(self._frames)
            self.tools.hide()
        elif self._edits.do(wish):
            self._show_frame()

    def choose(self, index: int) -> None:
        """Draw on another frame."""
        self.playing.stop()
        if index != self._frames.index:
            self._frames.select(index)
            self._show_frame()

    def follow(self) -> None:
        """Show the frames, which something outside has changed."""
        if self._pad.drawing is self._frames.current:
            self._show_skins()
            self.refresh()
        else:
            self._show_frame()

    def follow_soon(self) -> None:
        """Something beside the frames, such as the use of masks, decides the results otherwise."""
        self._later.start()

    def animate(self) -> None:
        """Make the frames that are not made, or no more."""
        if self.animating.going:
            self.animating.stop()
            return
        try:
            self.animating.start(self.bar.share)
        except RequestError as error:
            self.animating.problems = error.problems
            self.refresh()
            return
        self.show_side("results")

    def export(self, kind: FilmFormat, path: Path) -> None:
        """Have the film as it is seen written in the background."""
        if self._side == "results":
            frames = tuple(made for made in self.animating.results if made is not None)
        else:
            frames = tuple(drawing.composite() for drawing in self._frames)
        self._sitting.ask(ExportFrames(frames, path, kind, self.tools.frames_per_second))

    def let_go(self) -> None:
        """Remember the choices, and wait until all results are kept."""
        self.playing.stop()
        self._soon.stop()
        self._later.stop()
        self.tools.save(self._settings)
        self.bar.save(self._settings)
        self._stop_observing()
        self.animating.close()

    def _connect(self) -> None:
        self.tools.asked.connect(self.do)
        self.tools.folded.connect(lambda folded: self.set_open(not folded))
        self.tools.rate_chosen.connect(self.playing.player.set_speed)
        self.tools.onion_changed.connect(self._show_skins)
        self.strip.asked.connect(self.do)
        self.strip.chosen.connect(self.choose)
        self.strip.moved.connect(self._carry)
        self.bar.animate_wanted.connect(self.animate)
        self.bar.side_chosen.connect(self.show_side)
        self.bar.pull_chosen.connect(self._soon.start)
        self.bar.export_wanted.connect(self._ask_and_export)
        self.tweening.made.connect(self._show_frame)
        self.tweening.left.connect(self._show_tools)
        self.playing.reached.connect(self._show_playing)
        self.playing.touched.connect(self._touched)
        self.animating.observe(self._soon.start)
        self._pad.surface.changed.connect(lambda _: self._later.start())
        self._soon.timeout.connect(self.refresh)
        self._later.timeout.connect(self._refresh_drawn)

    def _follow(self, what: What) -> None:
        # What the button would make depends on all controls.
        if what in ("request", "model"):
            self.follow_soon()

    def _show_frame(self) -> None:
        """The frames, or which is the current one, are others now."""
        self.playing.stop()
        self.frame_chosen.emit()
        self._show_skins()
        self.set_open(True)

    def _show_tools(self) -> None:
        self.tools.show()
        held = self.focusWidget()
        if held is not None and self.tweening.row.isAncestorOf(held):
            self.strip.setFocus()

    def _carry(self, index: int, to: int) -> None:
        self._frames.move(index, to)
        self._show_frame()

    def _show_skins(self) -> None:
        show_skins(self._pad, self._frames, *self.tools.skins)

    def _refresh_drawn(self) -> None:
        drawing = self._pad.drawing
        if drawing is not None and drawing.is_being_drawn:
            self._later.start()
        elif self.is_open:
            self.refresh()

    def _seen(self, index: int) -> Drawing | np.ndarray:
        """What is to be seen of a frame: its result where that is looked at and there."""
        result = self.animating.results[index] if self._side == "results" else None
        return self._frames[index] if result is None else result

    def _show_playing(self, index: int | None) -> None:
        self.strip.show_playing(index)
        self.tools.show_playing(self.playing.is_on)
        if index is None:
            self._soon.start()

    def _touched(self) -> None:
        self.playing.stop()
        self.show_side("drawings")

    def _ask_and_export(self, kind: FilmFormat) -> None:
        path = ask_where(self, self._settings, kind)
        if path is not None:
            self.export(kind, path)
