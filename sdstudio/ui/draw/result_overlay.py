"""The result over the sheet: on one side of a line that can be dragged, or seen through."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from sdstudio.ui import theme
from sdstudio.ui.compare.wipe_line import HANDLE, paint_wipe_line
from sdstudio.ui.draw.pad import Pad
from sdstudio.ui.draw.sheet_view import SheetView

Way = Literal["beside", "wipe", "over"]
WAYS: tuple[Way, ...] = ("beside", "wipe", "over")


class ResultOverlay:
    """Lies over a pad's sheet and goes with its zoom, pan and turn.

    Args:
        pad: Where.

    Attributes:
        way: How the result is shown; "beside" shows nothing here.
        share: Where the line is, 0 (left) to 1; or how much of the result shows.
        moved: Told the share when the line is dragged.
    """

    def __init__(self, pad: Pad) -> None:
        self._pad = pad
        self._image: QImage | None = None
        self._held = False
        self.way: Way = "beside"
        self.share = 0.5
        self.moved = lambda share: None
        pad.add_overlay(self)

    def show_image(self, image: QImage | None) -> None:
        """Show another result."""
        self._image = image
        if self.way != "beside":
            self._pad.update()

    def set_way(self, way: Way, share: float | None = None) -> None:
        """Show it another way, or more or less of it."""
        self.way = way
        self.share = self.share if share is None else min(1.0, max(0.0, share))
        self._pad.update()

    def paint(self, painter: QPainter, view: SheetView) -> None:
        """Paint it, in the pad's pixels."""
        if self._image is None or self.way == "beside":
            return
        size = view.size
        sheet = QRectF(0, 0, size.width(), size.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(view.transform * painter.transform())
        if self.way == "over":
            painter.setOpacity(self.share)
            painter.drawImage(sheet, self._image)
        else:
            shown = QRectF(sheet)
            shown.setLeft(self.share * size.width())
            painter.setClipRect(shown, Qt.ClipOperation.IntersectClip)
            painter.drawImage(sheet, self._image)
        painter.restore()
        if self.way == "wipe":
            self._paint_line(painter, view)

    def press(self, place: QPointF) -> bool:
        """Take hold of the line by its knob."""
        self._held = self._is_on_knob(place)
        return self._held

    def move(self, place: QPointF) -> None:
        """Drag it."""
        width = self._pad.view.size.width()
        self.set_way(self.way, self._pad.view.to_sheet(place).x() / max(1.0, width))
        self.moved(self.share)

    def release(self, place: QPointF) -> None:
        """Let go of it."""
        self._held = False

    def cursor(self, place: QPointF) -> Qt.CursorShape | None:
        """Over the knob the pointer says that it can be dragged."""
        return Qt.CursorShape.SplitHCursor if self._is_on_knob(place) else None

    def _paint_line(self, painter: QPainter, view: SheetView) -> None:
        top, bottom = self._ends(view)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # The knob keeps its size, whatever the zoom; it turns with the sheet.
        painter.translate(top)
        painter.rotate(view.angle)
        length = QPointF(bottom - top)
        paint_wipe_line(painter, 0.0, 0.0, (length.x() ** 2 + length.y() ** 2) ** 0.5)
        painter.restore()

    def _is_on_knob(self, place: QPointF) -> bool:
        if self.way != "wipe" or self._image is None:
            return False
        top, bottom = self._ends(self._pad.view)
        apart = place - (top + bottom) / 2
        return bool(apart.manhattanLength() <= theme.current().px(HANDLE))

    def _ends(self, view: SheetView) -> tuple[QPointF, QPointF]:
        size = view.size
        edge = self.share * size.width()
        return view.to_pad(QPointF(edge, 0)), view.to_pad(QPointF(edge, size.height()))
