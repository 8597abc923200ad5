"""Where the sheet lies in the pad: zoomed, panned and turned. Pure geometry."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF
from PySide6.QtGui import QPolygonF, QTransform

from sdstudio.ui.canvas.viewport import Viewport

TURN = 15.0
"""Degrees by which a key press turns the view."""


class SheetView:
    """A viewport that can be turned about its middle.

    Attributes:
        room: The part of the pad, in its coordinates, that the sheet may use.
    """

    def __init__(self) -> None:
        self._viewport = Viewport()
        self._angle = 0.0
        self._there = self._back = QTransform()
        self.room = QRectF(0, 0, 1, 1)
        self._place()

    @property
    def angle(self) -> float:
        """Degrees clockwise, above -180 and up to 180."""
        return self._angle

    @property
    def scale(self) -> float:
        """Pixels of the pad for one of the sheet."""
        return self._viewport.scale

    @property
    def fits(self) -> bool:
        """Whether the sheet is kept as large as the room."""
        return self._viewport.fits

    @property
    def size(self) -> QSizeF:
        """The sheet's size in its own pixels."""
        return self._viewport.picture

    @property
    def transform(self) -> QTransform:
        """From the sheet's pixels to the pad's."""
        return self._there

    @property
    def outline(self) -> QPolygonF:
        """The sheet's corners in the pad."""
        return self.transform.map(QPolygonF(QRectF(QPointF(0, 0), self.size)))

    def set_room(self, room: QRectF) -> None:
        """Give the sheet another part of the pad."""
        self.room = room
        self._place()

    def set_size(self, width: int, height: int) -> None:
        """Take a sheet of another size; a view that fits goes on fitting."""
        self._viewport.picture = QSizeF(max(1, width), max(1, height))
        self._place()

    def to_sheet(self, place: QPointF) -> QPointF:
        """A point of the pad in the sheet's pixels; whole numbers are pixels' corners."""
        return self._back.map(place)

    def to_pad(self, place: QPointF) -> QPointF:
        """A point of the sheet in the pad's pixels."""
        return self.transform.map(place)

    def rect_to_pad(self, rect: QRect, margin: int = 0) -> QRect:
        """What covers a rectangle of the sheet in the pad.

        Args:
            rect: In the sheet's pixels.
            margin: Pixels of the pad to add all round.
        """
        # Smooth scaling reaches a pixel of the sheet beyond its rectangle.
        grown = QRectF(rect).adjusted(-1, -1, 1, 1)
        covering = self.transform.mapRect(grown).toAlignedRect()
        return covering.adjusted(-margin, -margin, margin, margin)

    def fit(self) -> None:
        """Show the whole sheet as large as there is room, turned as it is."""
        self._viewport.fit()
        self._place()

    def zoom_to(self, scale: float, about: QPointF | None = None) -> None:
        """Set the scale, leaving the point of the sheet under ``about`` (pad) where it is."""
        self._viewport.zoom_to(scale, None if about is None else self._unturned(about))
        self._settle()

    def zoom_by(self, factor: float, about: QPointF | None = None) -> None:
        """Multiply the scale, leaving the point under ``about`` where it is."""
        self.zoom_to(self.scale * factor, about)

    def pan(self, by: QPointF) -> None:
        """Move the sheet by pixels of the pad."""
        if self._viewport.fits:
            self._viewport.zoom_to(self._viewport.scale)
        middle = self.room.center()
        self._viewport.pan(self._unturned(middle + by) - middle)
        self._settle()

    def turn_by(self, degrees: float) -> None:
        """Turn the view clockwise about the room's middle."""
        self.turn_to(self._angle + degrees)

    def turn_to(self, degrees: float) -> None:
        """Turn the view to an angle."""
        turned = math.remainder(degrees, 360.0)
        self._angle = 180.0 if turned == -180.0 else turned
        self._place()

    def _turn(self) -> QTransform:
        middle = self.room.center()
        transform = QTransform()
        transform.translate(middle.x(), middle.y())
        transform.rotate(self._angle)
        transform.translate(-middle.x(), -middle.y())
        return transform

    def _unturned(self, place: QPointF) -> QPointF:
        back, _ = self._turn().inverted()
        return back.map(place)

    def _place(self) -> None:
        """The viewport knows no angle: it fits into what holds the turned sheet."""
        area = QRectF(self.room)
        if self._angle:
            size = self._viewport.picture
            bounds = QTransform().rotate(self._angle).mapRect(QRectF(QPointF(0, 0), size))
            factor = min(area.width() / bounds.width(), area.height() / bounds.height())
            area.setSize(size * factor)
            area.moveCenter(self.room.center())
        self._viewport.area = area
        self._settle()

    def _settle(self) -> None:
        """Keep the maps both ways: a stroke asks for them with every move."""
        rect, size = self._viewport.rect, self._viewport.picture
        there = self._turn()
        there.translate(rect.left(), rect.top())
        there.scale(rect.width() / size.width(), rect.height() / size.height())
        self._there = there
        self._back, _ = there.inverted()
