"""What the pad paints over the sheet: the mask, guides, the selection, the pen's outline."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol

from PySide6.QtCore import QLineF, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from sdstudio.ui import theme
from sdstudio.ui.draw.hand import Held
from sdstudio.ui.draw.sheet_view import SheetView

MASK_TINT = 0.34
MASK_LINES = 0.85
CROSS = 9
"""Half the length of the crosshair in pixels, before scaling."""

LEAST_OUTLINE = 3.0
"""A smaller radius on the screen has no outline that could be seen: the pointer is a cross."""


class Overlay(Protocol):
    """Something more that lies over the sheet and may take the pointer.

    ``press`` answers whether it takes what comes until the release; places are the pad's.
    """

    def paint(self, painter: QPainter, view: SheetView) -> None:
        """Paint it, in the pad's pixels."""

    def press(self, place: QPointF) -> bool:
        """The pointer went down."""

    def move(self, place: QPointF) -> None:
        """It moved on while down."""

    def release(self, place: QPointF) -> None:
        """It went up."""

    def cursor(self, place: QPointF) -> Qt.CursorShape | None:
        """The pointer's shape over it, None where it is not."""


def paint_mask(painter: QPainter, area: QRect, mask: QImage, view: SheetView, ratio: float) -> None:
    """Tint what is masked and hatch it, so that it shows on any colour and without colour.

    Args:
        painter: Of the pad.
        area: The part of the pad that is painted.
        mask: Alpha8, in the sheet's pixels.
        view: Where the sheet lies.
        ratio: Device pixels for one of the pad's.
    """
    area = area.intersected(view.outline.boundingRect().toAlignedRect())
    if area.isEmpty():
        return
    look = theme.current()
    tint, lines = look.color("danger"), look.color("danger")
    tint.setAlphaF(MASK_TINT)
    lines.setAlphaF(MASK_LINES)
    layer = QImage(area.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    layer.setDevicePixelRatio(ratio)
    layer.fill(tint)
    over = QPainter(layer)
    over.setRenderHint(QPainter.RenderHint.Antialiasing)
    over.translate(-area.topLeft())
    _hatch(over, area, lines, look.px(8))
    # What is not masked goes: the hatch keeps the mask's alpha.
    over.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    over.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    over.setTransform(view.transform * over.transform())
    over.drawImage(QRectF(QPointF(0, 0), view.size), mask, QRectF(mask.rect()))
    over.end()
    painter.save()
    # Beside a turned sheet there was nothing to take the hatch away.
    sheet = QPainterPath()
    sheet.addPolygon(view.outline)
    painter.setClipPath(sheet, Qt.ClipOperation.IntersectClip)
    painter.drawImage(area.topLeft(), layer)
    painter.restore()


def _hatch(painter: QPainter, area: QRect, colour: QColor, gap: int) -> None:
    """Diagonals that lie on the same places whatever part is painted."""
    painter.setPen(QPen(colour, 1.25))
    first = (area.left() + area.top()) // gap * gap
    last = area.right() + area.bottom() + gap
    for total in range(first, last + 1, gap):
        # The line x + y = total, between the area's upper and lower edge.
        painter.drawLine(
            QLineF(total - area.top(), area.top(), total - area.bottom() - 1, area.bottom() + 1)
        )


def paint_symmetry(painter: QPainter, view: SheetView, held: Held) -> None:
    """Paint the axes that strokes are repeated about."""
    size = view.size
    wide, high = size.width(), size.height()
    lines = []
    if held.symmetry in ("vertical", "both"):
        lines.append(QLineF(wide / 2, 0, wide / 2, high))
    if held.symmetry in ("horizontal", "both"):
        lines.append(QLineF(0, high / 2, wide, high / 2))
    if held.symmetry == "rotational":
        for fold in range(held.folds):
            spoke = QLineF.fromPolar(min(wide, high) / 2, 90 + 360 * fold / held.folds)
            lines.append(spoke.translated(wide / 2, high / 2))
    mapped = [view.transform.map(line) for line in lines]
    if mapped:
        _two_tone(painter, lambda: painter.drawLines(mapped), dashed=True)


def paint_selection(painter: QPainter, view: SheetView, rect: QRect, by: QPoint) -> None:
    """Paint the outline of what is selected, where it is dragged to."""
    shape = view.transform.map(QPolygonF(QRectF(rect.translated(by))))
    _two_tone(painter, lambda: painter.drawPolygon(shape), dashed=True)


def paint_outline(painter: QPainter, place: QPointF, radius: float, ratio: float) -> None:
    """Paint the nib's outline at its true size about a place of the pad.

    Args:
        painter: Of the pad.
        place: The middle.
        radius: In the pad's pixels.
        ratio: Device pixels for one of the pad's.
    """
    ring = _ring(radius, ratio)
    middle = ring.deviceIndependentSize() / 2
    painter.drawPixmap(place - QPointF(middle.width(), middle.height()), ring)


@lru_cache(4)
def _ring(radius: float, ratio: float) -> QPixmap:
    """The outline, kept: it goes with every move of the pointer."""
    side = math.ceil(2 * radius) + 6
    ring = QPixmap(round(side * ratio), round(side * ratio))
    ring.setDevicePixelRatio(ratio)
    ring.fill(Qt.GlobalColor.transparent)
    painter = QPainter(ring)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = QPointF(side / 2, side / 2)
    _two_tone(painter, lambda: painter.drawEllipse(middle, radius, radius))
    painter.end()
    return ring


def paint_crosshair(painter: QPainter, place: QPointF, down: bool) -> None:
    """Paint the keyboard's crosshair; its middle is filled while the pen is down."""
    arm = theme.current().px(CROSS)
    lines = [
        QLineF(place.x() - arm, place.y(), place.x() - 3, place.y()),
        QLineF(place.x() + 3, place.y(), place.x() + arm, place.y()),
        QLineF(place.x(), place.y() - arm, place.x(), place.y() - 3),
        QLineF(place.x(), place.y() + 3, place.x(), place.y() + arm),
    ]
    _two_tone(painter, lambda: painter.drawLines(lines), width=2.0)
    if down:
        painter.setPen(QPen(QColor("white"), 1))
        painter.setBrush(QColor("black"))
        painter.drawEllipse(place, 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _two_tone(
    painter: QPainter, draw: Callable[[], object], *, dashed: bool = False, width: float = 1.0
) -> None:
    """Draw in black and white, one within or beside the other: seen on any picture."""
    painter.setBrush(QBrush(Qt.BrushStyle.NoBrush))
    dark, light = QColor(0, 0, 0, 190), QColor(255, 255, 255, 230)
    if dashed:
        painter.setPen(QPen(dark, width))
        draw()
        pen = QPen(light, width)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
    else:
        painter.setPen(QPen(dark, width + 2))
        draw()
        painter.setPen(QPen(light, width))
    draw()
