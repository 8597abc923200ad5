"""The film seen on the pad: over and over, or one frame of it standing still."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Signal

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.ui.draw.film_pictures import FilmPictures
from sdstudio.ui.draw.film_screen import FilmScreen
from sdstudio.ui.draw.pad import Pad
from sdstudio.ui.timeline.player import Player

Source = Drawing | np.ndarray


class Playing(QObject):
    """Plays what it is given, in the sheet's place.

    Args:
        pad: Where.
        pictures: Makes what is shown.
        source: Gives what is to be seen of a frame, by its index.

    Attributes:
        player: The clock.
        screen: What lies over the sheet.

    Signals:
        reached: A frame's index is shown; None: it no longer plays.
        touched: The picture was clicked: the sheet is wanted.
    """

    reached = Signal(object)
    touched = Signal()

    def __init__(self, pad: Pad, pictures: FilmPictures, source: Callable[[int], Source]) -> None:
        super().__init__(pad)
        self._pictures = pictures
        self._source = source
        self._count = 0
        self.screen = FilmScreen(pad, self.touched.emit)
        self.player = Player(self)
        self.player.loops = True
        self.player.reached.connect(self._show)
        self.player.changed.connect(self._changed)

    @property
    def is_on(self) -> bool:
        """Whether it plays."""
        return self.player.playing

    def toggle(self, index: int, count: int) -> None:
        """Play from a frame on, or stop."""
        if self.is_on:
            self.player.stop()
            return
        self._count = count
        self.player.play(index, count - 1)
        if self.player.playing:
            self._show(index)

    def stop(self) -> None:
        """Play no longer."""
        self.player.stop()

    def show_still(self, picture: np.ndarray | None) -> None:
        """Show one picture while nothing plays, or the sheet."""
        if not self.is_on:
            self.screen.show_image(None if picture is None else self._pictures.whole(picture))

    def _show(self, index: int) -> None:
        if index < self._count:
            self.screen.show_image(self._pictures.whole(self._source(index)))
            self.reached.emit(index)

    def _changed(self, playing: bool) -> None:
        if not playing:
            self._pictures.forget()
            self.screen.show_image(None)
        self.reached.emit(None)
