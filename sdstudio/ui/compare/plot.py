"""A plot in the theme's colours that a click can be made in; nothing to zoom or to lose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sdstudio.ui import theme
from sdstudio.ui.plots.axes import name_axis, place_of, restyle, stand, still_plot, upright

_STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine)
_ROLES = ("accent_text", "text")


class Plot(QWidget):
    """One or two curves over an axis, with a line where the playhead is.

    Args:
        across: What the horizontal axis says.
        up: What the vertical axis says; its unit is that of the latents.

    Signals:
        pressed: A place on the horizontal axis was pressed or dragged to.
    """

    pressed = Signal(float)

    def __init__(self, across: str, up: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._across, self._up = across, up
        self._shown: object = None
        self._plot = still_plot()
        item = self._plot.getPlotItem()
        self._curves = [item.plot([], [], antialias=True) for _ in _ROLES]
        self._head, self._mark = upright(self._plot), upright(self._plot)
        self._plot.scene().sigMouseClicked.connect(self._press)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        theme.current().changed.connect(self._restyle)
        self._restyle()

    @property
    def points(self) -> list[tuple[tuple[float, ...], tuple[float, ...]]]:
        """The curves that show, each as its two coordinates."""
        found = [curve.getData() for curve in self._curves]
        return [(tuple(x), tuple(y)) for x, y in found if x is not None and len(x)]

    @property
    def mark(self) -> float | None:
        """Where the mark stands, None when there is none."""
        return self._mark.value() if self._mark.isVisible() else None

    @property
    def head(self) -> float | None:
        """Where the playhead's line stands, None when there is none."""
        return self._head.value() if self._head.isVisible() else None

    def show_curves(
        self,
        *curves: tuple[Sequence[float], Sequence[float]],
        span: tuple[float, float],
        mark: float | None = None,
        dots: bool = False,
    ) -> None:
        """Show other curves.

        Args:
            curves: At most two, each the coordinates across and upwards.
            span: Ends of the horizontal axis.
            mark: Where to stand a dashed line, if anywhere.
            dots: Whether each point is a dot as well.
        """
        shown = (curves, span, mark, dots)
        if shown == self._shown:
            return  # while a person scrubs only the playhead moves
        self._shown = shown
        for number, curve in enumerate(self._curves):
            x, y = curves[number] if number < len(curves) else ((), ())
            curve.setData(list(x), list(y), symbol="o" if dots and len(x) else None)
        highest = max((max(y) for _, y in curves if len(y)), default=0.0)
        self._plot.setXRange(*span, padding=0.02)
        self._plot.setYRange(0.0, highest * 1.05 or 1.0, padding=0.0)
        stand(self._mark, mark)
        self._restyle()

    def show_head(self, place: float | None) -> None:
        """Stand the playhead's line somewhere."""
        stand(self._head, place)

    def _press(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(place_of(self._plot, event.scenePos()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the axis is too short for its words, all but the first go."""
        super().resizeEvent(event)
        self._restyle()

    def _restyle(self) -> None:
        look = theme.current()
        font = look.font(12)
        restyle(self._plot, font)
        fits = QFontMetrics(font).horizontalAdvance(self._up) < self.height() - look.px(40)
        name_axis(self._plot, "left", self._up if fits else self._up.split()[0], font)
        name_axis(self._plot, "bottom", self._across, font)
        for curve, role, style in zip(self._curves, _ROLES, _STYLES, strict=True):
            curve.setPen(pg.mkPen(look.color(role), width=look.px(2), style=style))
            curve.setSymbolBrush(look.color(role))
            curve.setSymbolPen(None)
            curve.setSymbolSize(look.px(6))
        self._head.setPen(pg.mkPen(look.color("text"), width=1))
        self._mark.setPen(pg.mkPen(look.color("warning"), width=1, style=Qt.PenStyle.DashLine))
