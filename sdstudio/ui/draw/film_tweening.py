"""A tween from the choice of what moves to the frames that come of it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.frames import MAX_FRAMES, Frames
from sdstudio.session.drawing.rect import Rect
from sdstudio.ui.draw.film_tween import TweenPath, TweenRow
from sdstudio.ui.draw.pad import Pad


class Tweening(QObject):
    """Moves what is selected on the pad, or all of the layer, over some frames.

    Args:
        pad: Where it is selected and dragged.

    Attributes:
        row: Its numbers, hidden while no tween is made.

    Signals:
        made: Frames were added.
        left: The numbers are away again.
    """

    made = Signal()
    left = Signal()

    def __init__(self, pad: Pad) -> None:
        super().__init__(pad)
        self._pad = pad
        self._frames: Frames | None = None
        self._rect: Rect | None = None
        self.row = TweenRow()
        self.row.hide()
        self._path = TweenPath(pad, self.row.show_way)
        self.row.changed.connect(self._show)
        self.row.wanted.connect(self._make)
        self.row.left.connect(self.leave)

    def begin(self, frames: Frames) -> None:
        """Ask where it goes, and over how many frames."""
        selection = self._pad.selection
        drawing = frames.current
        if selection is None:
            self._rect = painted(drawing, self._pad.hand.layer)
        else:
            size = selection.size()
            chosen = Rect(selection.x(), selection.y(), size.width(), size.height())
            self._rect = chosen.within(drawing.bounds)
        self._frames = frames
        self.row.show()
        self.row.begin()
        self._show()

    def leave(self) -> None:
        """Make no frames."""
        self._frames = self._rect = None
        # Told first: the focus of what hides would go anywhere.
        self.left.emit()
        self.row.hide()
        self._show()

    def _show(self) -> None:
        self._path.show(self._rect, self.row.motion, int(self.row.count.number or 1))

    def _make(self) -> None:
        frames, rect = self._frames, self._rect
        if frames is None or rect is None:
            return
        count = min(int(self.row.count.number or 1), MAX_FRAMES - len(frames))
        frames.tween(self._pad.hand.layer, rect, self.row.motion, count)
        self.leave()
        self.made.emit()


def painted(drawing: Drawing, layer: str) -> Rect:
    """What holds all that is on a layer; the whole drawing where that is empty."""
    pixels = drawing.pixels(layer)
    covered = pixels if pixels.ndim == 2 else pixels[..., 3]
    rows, columns = np.nonzero(covered.any(1))[0], np.nonzero(covered.any(0))[0]
    if len(rows) == 0:
        return drawing.bounds
    return Rect.around(columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
