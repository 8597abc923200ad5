"""Where a picture lies in a view: fitting, zooming about a point, panning. Pure geometry."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF

LEAST_SCALE = 1 / 16
MOST_SCALE = 64.0


class Viewport:
    """Maps picture coordinates to view coordinates.

    While it fits, the picture is as large as the area allows; a scale that the person sets
    stays until they fit it again.

    Attributes:
        picture: Size of the picture in its own pixels.
        area: The part of the view, in view coordinates, that the picture may use.
    """

    def __init__(self) -> None:
        self.picture = QSizeF(1, 1)
        self.area = QRectF(0, 0, 1, 1)
        self._scale: float | None = None
        self._centre = QPointF(0.5, 0.5)

    @property
    def fits(self) -> bool:
        """Whether the picture is kept as large as the area."""
        return self._scale is None

    @property
    def scale(self) -> float:
        """View pixels for one pixel of the picture."""
        if self._scale is not None:
            return self._scale
        across = self.area.width() / max(1.0, self.picture.width())
        down = self.area.height() / max(1.0, self.picture.height())
        return max(LEAST_SCALE, min(across, down))

    @property
    def rect(self) -> QRectF:
        """Where the picture lies in the view."""
        scale = self.scale
        size = QSizeF(self.picture.width() * scale, self.picture.height() * scale)
        middle = self.area.center()
        if self._scale is not None:
            middle -= QPointF(
                (self._centre.x() - 0.5) * size.width(), (self._centre.y() - 0.5) * size.height()
            )
        left = round(middle.x() - size.width() / 2)
        top = round(middle.y() - size.height() / 2)
        return QRectF(left, top, round(size.width()), round(size.height()))

    @property
    def overflows(self) -> bool:
        """Whether the picture is larger than the area, so that there is something to pan."""
        rect = self.rect
        return rect.width() > self.area.width() + 1 or rect.height() > self.area.height() + 1

    def fit(self) -> None:
        """Keep the picture as large as the area."""
        self._scale = None
        self._centre = QPointF(0.5, 0.5)

    def zoom_to(self, scale: float, about: QPointF | None = None) -> None:
        """Set the scale, leaving the picture's point under ``about`` (view) where it is."""
        about = self.area.center() if about is None else about
        before = self.rect
        share = QPointF(
            (about.x() - before.x()) / before.width(), (about.y() - before.y()) / before.height()
        )
        self._scale = min(MOST_SCALE, max(LEAST_SCALE, scale))
        width = self.picture.width() * self._scale
        height = self.picture.height() * self._scale
        offset = self.area.center() - about
        self._set_centre(share.x() + offset.x() / width, share.y() + offset.y() / height)

    def zoom_by(self, factor: float, about: QPointF | None = None) -> None:
        """Multiply the scale, leaving the point under ``about`` where it is."""
        self.zoom_to(self.scale * factor, about)

    def pan(self, by: QPointF) -> None:
        """Move the picture by view pixels; its middle part stays in sight."""
        if self._scale is None:
            return
        rect = self.rect
        self._set_centre(
            self._centre.x() - by.x() / rect.width(), self._centre.y() - by.y() / rect.height()
        )

    def _set_centre(self, x: float, y: float) -> None:
        self._centre = QPointF(min(1.0, max(0.0, x)), min(1.0, max(0.0, y)))
