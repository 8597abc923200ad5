"""Names a plot's curves and gives their values at one place of the axis."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sdstudio.ui import theme
from sdstudio.ui.plots.curve import Curve, Stroke

STYLES: dict[Stroke, Qt.PenStyle] = {
    "line": Qt.PenStyle.SolidLine,
    "dash": Qt.PenStyle.DashLine,
    "dot": Qt.PenStyle.DotLine,
    "points": Qt.PenStyle.NoPen,
    "bars": Qt.PenStyle.NoPen,
}

_SWATCH = 24
_ROW = 20


class Legend(QWidget):
    """A row for each curve: its stroke, its name and, at the right edge, its value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves: tuple[Curve, ...] = ()
        self._values: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.current().changed.connect(self.updateGeometry)

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The names and values that show."""
        return [(c.name, v) for c, v in zip(self._curves, self._values, strict=True)]

    def show_values(self, curves: Sequence[Curve], values: Sequence[str]) -> None:
        """Show other curves or values."""
        shown = [(each.name, each.look) for each in curves], tuple(values)
        if shown == ([(each.name, each.look) for each in self._curves], self._values):
            return
        grown = len(curves) != len(self._curves)
        self._curves, self._values = tuple(curves), tuple(values)
        told = ", ".join(f"{name}: {value}" for name, value in self.rows)
        self.setAccessibleName(told)
        if grown:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        return QSize(0, theme.current().px(_ROW) * len(self._curves))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(look.font(12))
        row, swatch = look.px(_ROW), look.px(_SWATCH)
        metrics = painter.fontMetrics()
        for number, (curve, value) in enumerate(zip(self._curves, self._values, strict=True)):
            box = QRectF(0, number * row, self.width(), row)
            _stroke(painter, curve.stroke, look.series(curve.colour), box.center().y(), swatch)
            painter.setPen(look.color("text"))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, right, value)
            left = swatch + look.px(8)
            room = self.width() - left - metrics.horizontalAdvance(value) - look.px(8)
            painter.setPen(look.color("muted"))
            painter.drawText(
                box.adjusted(left, 0, 0, 0),
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                metrics.elidedText(curve.name, Qt.TextElideMode.ElideRight, int(room)),
            )
        painter.end()


def _stroke(painter: QPainter, stroke: Stroke, colour: QColor, y: float, wide: float) -> None:
    px = theme.current().px
    if stroke in ("points", "bars"):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        if stroke == "points":
            painter.drawEllipse(QPointF(wide / 2, y), px(3), px(3))
        else:
            painter.drawRect(QRectF(0, y - px(4), wide, px(8)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        return
    painter.setPen(QPen(colour, px(2), STYLES[stroke], Qt.PenCapStyle.FlatCap))
    painter.drawLine(QPointF(0, y), QPointF(wide, y))
