"""The drawing as Qt images, kept up by the rectangles that change."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, QRect, QSize, Signal
from PySide6.QtGui import QImage, QRegion

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.rect import Rect

Compose = Callable[[Rect], np.ndarray]
"""A rectangle of the drawing, in its pixels, to what is seen there, (h, w, 3) uint8."""


class Surface(QObject):
    """What a pad paints: the layers together, half as large and so on, and the mask.

    A stroke only notes what it has changed; the images are brought up to date when they are
    next asked for, however many moves of the pen came between two paintings.

    Signals:
        changed: Pixels within this rectangle have changed.
        resized: There is another drawing, or this one has another size.
    """

    changed = Signal(QRect)
    resized = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._drawing: Drawing | None = None
        self._compose: Compose | None = None
        self._stop: Callable[[], None] = lambda: None
        self._stale = QRegion()
        self._levels: list[np.ndarray] = []
        self._mask = np.zeros((1, 1), np.uint8)
        self._masked = False

    @property
    def drawing(self) -> Drawing | None:
        """What is shown."""
        return self._drawing

    @property
    def size(self) -> QSize:
        """In pixels; empty without a drawing."""
        drawing = self._drawing
        return QSize() if drawing is None else QSize(drawing.width, drawing.height)

    def show(self, drawing: Drawing | None) -> None:
        """Show another drawing."""
        self._stop()
        self._stop = lambda: None
        self._drawing = drawing
        if drawing is not None:
            self._stop = drawing.observe(self._hear)
        self._begin()
        self.resized.emit()

    def see_through(self, compose: Compose | None) -> None:
        """Have what is seen put together otherwise, as with the frames before and after.

        Args:
            compose: Puts a part of it together; None takes the layers over the paper.
        """
        if compose is None and self._compose is None:
            return
        self._compose = compose
        whole = QRect(0, 0, self.size.width(), self.size.height())
        self._stale = QRegion(whole)
        self.changed.emit(whole)

    def image(self, scale: float) -> QImage:
        """The layers over the paper, RGB32.

        Args:
            scale: Pixels of the screen for one of the drawing: where that is a half or less, an
                image that is halved so often is sharper and quicker to paint than the whole.
        """
        self._refresh()
        level = 0
        while scale <= 0.5 and min(self._at(level).shape[:2]) > 1:
            level, scale = level + 1, 2 * scale
        pixels = self._at(level)
        height, width, _ = pixels.shape
        return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)

    def mask(self) -> QImage | None:
        """The mask as alpha; None where nothing is masked or the mask is hidden."""
        drawing = self._drawing
        if drawing is None or not drawing.visible["mask"]:
            return None
        self._refresh()
        if not self._masked:
            return None
        height, width = self._mask.shape
        # Rows of an image that Qt reads from elsewhere may have any length.
        return QImage(self._mask.data, width, height, width, QImage.Format.Format_Alpha8)

    def _hear(self, rect: Rect) -> None:
        drawing = self._drawing
        if drawing is None:
            return
        if (drawing.height, drawing.width) != self._mask.shape:
            self._begin()
            self.resized.emit()
            return
        self._stale += QRect(*rect)
        self.changed.emit(QRect(*rect))

    def _begin(self) -> None:
        size = self.size
        self._mask = np.zeros((max(1, size.height()), max(1, size.width())), np.uint8)
        self._levels = [np.full((*self._mask.shape, 4), 255, np.uint8)]
        self._masked = False
        self._stale = QRegion(QRect(0, 0, size.width(), size.height()))

    def _refresh(self) -> None:
        drawing = self._drawing
        if drawing is None or self._stale.isEmpty():
            return
        stale, self._stale = self._stale, QRegion()
        mask = drawing.pixels("mask")
        compose = self._compose or drawing.composite
        for rect in stale:  # type: ignore[attr-defined]  # the stubs know no iteration
            x, y, width, height = rect.getRect()
            rows, columns = slice(y, y + height), slice(x, x + width)
            # Qt's 32-bit pixels lie in memory as blue, green, red.
            self._levels[0][rows, columns, 2::-1] = compose(Rect(x, y, width, height))
            self._take_mask(rows, columns, mask)
            for level in range(1, len(self._levels)):
                self._halve(level, rect)

    def _take_mask(self, rows: slice, columns: slice, mask: np.ndarray) -> None:
        """Keep the mask up, and whether there is any, which only taking away can end."""
        had = self._masked and bool(self._mask[rows, columns].any())
        self._mask[rows, columns] = mask[rows, columns]
        has = bool(mask[rows, columns].any())
        self._masked = has or (self._masked and not had) or (had and bool(self._mask.any()))

    def _at(self, level: int) -> np.ndarray:
        if level == len(self._levels):
            height, width, _ = self._levels[-1].shape
            self._levels.append(np.empty((max(1, height // 2), max(1, width // 2), 4), np.uint8))
            self._halve(level, QRect(0, 0, *self._mask.shape[::-1]))
        return self._levels[level]

    def _halve(self, level: int, rect: QRect) -> None:
        """Average two by two what a rectangle of the drawing covers at a level."""
        fine, coarse = self._levels[level - 1], self._levels[level]
        height, width, _ = coarse.shape
        shrunk = 1 << level
        top, left = rect.top() // shrunk, rect.left() // shrunk
        bottom = min(height, rect.bottom() // shrunk + 1)
        right = min(width, rect.right() // shrunk + 1)
        if bottom <= top or right <= left:
            return
        block = fine[2 * top : 2 * bottom, 2 * left : 2 * right].astype(np.uint16)
        four = block[0::2, 0::2] + block[1::2, 0::2] + block[0::2, 1::2] + block[1::2, 1::2]
        coarse[top:bottom, left:right] = four >> 2
