"""The film on the pad: a picture in place of the sheet while it plays or results are looked at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from sdstudio.ui.draw.pad import Pad
from sdstudio.ui.draw.sheet_view import SheetView


class FilmScreen:
    """Covers the sheet with a picture; a click on it puts it away and draws nothing.

    Args:
        pad: Where.
        touched: Called when it was clicked.
    """

    def __init__(self, pad: Pad, touched: Callable[[], None]) -> None:
        self._pad = pad
        self._touched = touched
        self._image: QImage | None = None
        pad.add_overlay(self)

    @property
    def image(self) -> QImage | None:
        """What it shows, None while it is away."""
        return self._image

    def show_image(self, image: QImage | None) -> None:
        """Cover the sheet with a picture, or with none."""
        if image is not self._image:
            self._image = image
            self._pad.update()

    def paint(self, painter: QPainter, view: SheetView) -> None:
        """Paint it where the sheet lies, stretched as the sheet is."""
        if self._image is None:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setTransform(view.transform, True)
        whole = QRectF(QPointF(0, 0), view.size)
        painter.drawImage(whole, self._image, QRectF(self._image.rect()))

    def press(self, place: QPointF) -> bool:
        """Be put away."""
        if self._image is None:
            return False
        self._touched()
        return True

    def move(self, place: QPointF) -> None:
        """Nothing comes of it."""

    def release(self, place: QPointF) -> None:
        """Nothing comes of it."""

    def cursor(self, place: QPointF) -> Qt.CursorShape | None:
        """A hand where a click does something."""
        return None if self._image is None else Qt.CursorShape.PointingHandCursor
