"""The two quiet curves above the frames: noise level as a line, time per step as bars."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from sdstudio.ui import theme
from sdstudio.ui.timeline.film import Row
from sdstudio.ui.timeline.geometry import Geometry

CURVES = 22
"""Height of the curves, before scaling."""


def paint_curves(painter: QPainter, geometry: Geometry, row: Row, top: float, area: QRect) -> None:
    """Paint a row's noise level and time per step, from ``top`` down, within ``area``."""
    look = theme.current()
    height = look.px(CURVES) - 4.0
    bottom = top + height
    seen = geometry.columns_between(area.left(), area.right())
    first = row.steps[0].index if row.steps else 0
    steps = row.steps[max(0, seen.start - 1 - first) : max(0, seen.stop + 1 - first)]
    if not steps:
        return
    painter.save()
    painter.setClipRect(
        QRectF(geometry.gutter, top, geometry.room + geometry.margin, height + 1),
        Qt.ClipOperation.IntersectClip,
    )
    most = longest(row)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color("edge"))
    x0, pitch = geometry.x(0), geometry.pitch
    wide = max(1.0, pitch - (2.0 if pitch >= 6 else 0.0))
    bars = []
    for step in steps:
        share = min(1.0, step.seconds / most)
        tall = max(1.0, round(share * height))
        bars.append(QRectF(round(x0 + step.index * pitch), bottom - tall, wide, tall))
    painter.drawRects(bars)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(look.color("muted"), 1.5))
    painter.drawPolyline(
        QPolygonF(
            [
                QPointF(
                    x0 + (step.index + 0.5) * pitch,
                    bottom - 1 - step.noise_level * (height - 2),
                )
                for step in steps
            ]
        )
    )
    painter.restore()


def longest(row: Row) -> float:
    """Seconds that a full bar stands for: twice those of the usual step."""
    times = sorted(step.seconds for step in row.steps)
    return max(1e-6, 2 * times[len(times) // 2])
