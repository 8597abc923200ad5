"""Small pictures of steps, made into pixmaps of just the size at which they are drawn."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap

from sdstudio.ui.pixels import to_qimage

if TYPE_CHECKING:
    import numpy as np

KEPT = 2000
"""Pixmaps kept; one of 48 x 48 pixels takes 9 KB."""

Look = Callable[[int, int], "np.ndarray | None"]
"""Run and step -> (height, width, 3) uint8, None where there is none."""


class Thumbnails:
    """Draws from a look-up of small pictures; those drawn last are kept.

    Args:
        look: Where small pictures come from.
        kept: How many pixmaps to keep.
    """

    def __init__(self, look: Look, kept: int = KEPT) -> None:
        self._look = look
        self._kept = kept
        self._drawn: OrderedDict[tuple[int, int], tuple[np.ndarray, QPixmap]] = OrderedDict()
        self._size = QSize()
        self._ratio = 1.0

    def __len__(self) -> int:
        return len(self._drawn)

    def set_size(self, size: QSize, ratio: float) -> None:
        """Draw at this size from now on, ``ratio`` device pixels to one of the widget's."""
        if (size, ratio) != (self._size, self._ratio):
            self._size, self._ratio = size, ratio
            self._drawn.clear()

    def is_stale(self, run: int, index: int) -> bool:
        """Whether a step has a picture that :meth:`get` has not given yet."""
        picture = self._look(run, index)
        kept = self._drawn.get((run, index))
        return picture is not None and (kept is None or kept[0] is not picture)

    def get(self, run: int, index: int) -> QPixmap | None:
        """A step's picture, cut to fill the size; None where there is none yet."""
        picture = self._look(run, index)
        if picture is None:
            return None
        key = (run, index)
        kept = self._drawn.get(key)
        if kept is not None and kept[0] is picture:
            self._drawn.move_to_end(key)
            return kept[1]
        pixmap = self._draw(picture)
        self._drawn[key] = (picture, pixmap)
        self._drawn.move_to_end(key)
        if len(self._drawn) > self._kept:
            self._drawn.popitem(last=False)
        return pixmap

    def _draw(self, picture: np.ndarray) -> QPixmap:
        size = self._size * self._ratio
        whole = to_qimage(picture).scaled(
            size,
            Qt.AspectRatioMode.KeepAspectRatioByExpanding,
            Qt.TransformationMode.SmoothTransformation,
        )
        left = (whole.width() - size.width()) // 2
        top = (whole.height() - size.height()) // 2
        pixmap = QPixmap.fromImage(whole.copy(left, top, size.width(), size.height()))
        pixmap.setDevicePixelRatio(self._ratio)
        return pixmap
