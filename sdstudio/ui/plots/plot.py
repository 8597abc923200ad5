"""Curves over an axis, with a legend that gives their values where the pointer is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from sdstudio.ui import theme
from sdstudio.ui.plots.axes import name_axis, place_of, restyle, stand, still_plot, upright
from sdstudio.ui.plots.curve import Curve, as_csv
from sdstudio.ui.plots.curve_item import drawn, dress, redraw
from sdstudio.ui.plots.export import open_menu
from sdstudio.ui.plots.legend import Legend

HEIGHT = 136
AXIS = 44
FOOT = 32
_FONT_PX = 11


class CurvePlot(QWidget):
    """A titled plot of curves; nothing to zoom or to lose.

    The legend shows the values at the pointer, or else at the playhead. With the keyboard's
    focus, arrow keys move the place that is read.

    Args:
        title: What is plotted, with its unit.
        across: What the horizontal axis says, with its unit.
        log: Whether the vertical axis is logarithmic.
        height: Of the plot itself, before scaling.

    Signals:
        pressed: A place on the horizontal axis was pressed.
    """

    pressed = Signal(float)

    def __init__(
        self,
        title: str,
        across: str,
        *,
        log: bool = False,
        height: int = HEIGHT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._across, self._log, self._height = across, log, height
        self._curves: tuple[Curve, ...] = ()
        self._frame: object = None
        self._limits: tuple[float, ...] = ()
        self._items: list[Any] = []
        self._marks: list[Any] = []
        self._at: float | None = None
        self._read: float | None = None
        self.title = QLabel(title)
        self.title.setProperty("kind", "heading")
        self.title.setWordWrap(True)
        self._plot = still_plot()
        self._plot.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        # A wheel over the plot scrolls the panel.
        self._plot.wheelEvent = lambda event: event.ignore()
        self._plot.getPlotItem().setLogMode(y=log)
        self._head, self._cursor = upright(self._plot), upright(self._plot)
        scene = self._plot.scene()
        scene.sigMouseMoved.connect(self._hover)
        scene.sigMouseClicked.connect(self._press)
        self._plot.viewport().installEventFilter(self)
        self.legend = Legend()
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.title)
        column.addWidget(self._plot)
        column.addWidget(self.legend)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(title)
        theme.current().changed.connect(self._restyle)
        self._restyle()

    @property
    def curves(self) -> tuple[Curve, ...]:
        """What it shows."""
        return self._curves

    @property
    def head(self) -> float | None:
        """Where the playhead's line stands, None when there is none."""
        return self._at

    def show_curves(
        self,
        curves: Sequence[Curve],
        *,
        span: tuple[float, float] | None = None,
        rise: tuple[float, float] | None = None,
        marks: Sequence[float] = (),
    ) -> None:
        """Show other curves.

        Args:
            curves: What to draw, the first one lowest.
            span: Ends of the horizontal axis; None takes those of the curves.
            rise: Ends of the vertical axis; None takes 0, or what is lower, to the highest.
            marks: Where to stand dashed lines.
        """
        shown = tuple(curves)
        are_alike = [c.look for c in shown] == [c.look for c in self._curves]
        stays = [are_alike and c.equals(b) for c, b in zip(shown, self._curves, strict=False)]
        if are_alike and all(stays) and (span, rise, tuple(marks)) == self._frame:
            self._curves = shown
            self._tell()
            return
        self._curves, self._frame = shown, (span, rise, tuple(marks))
        scene = self._plot.getPlotItem()
        if are_alike:
            # To take items out of a scene and put others in costs ten times as much.
            for curve, item, is_same in zip(shown, self._items, stays, strict=True):
                if not is_same:
                    redraw(item, curve)
        else:
            for old in self._items:
                scene.removeItem(old)
            self._items = [drawn(curve) for curve in shown]
            for new in self._items:
                scene.addItem(new, ignoreBounds=True)
        if len(marks) != len(self._marks):
            for old in self._marks:
                scene.removeItem(old)
            self._marks = [upright(self._plot) for _ in marks]
        for line, place in zip(self._marks, marks, strict=True):
            stand(line, place)
        self._set_range(span, rise)
        if not are_alike or marks:
            self._restyle_items()
        self._tell()

    def show_head(self, place: float | None) -> None:
        """Stand the playhead's line somewhere; the legend reads there."""
        self._at = place
        stand(self._head, place)
        self._tell()

    def image(self) -> QImage:
        """What it looks like, legend included."""
        return self.grab().toImage()

    def table(self) -> str:
        """Its numbers as CSV."""
        return as_csv(self._across, self._curves)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to save and copy."""
        name = "-".join(self.title.text().lower().split(",")[0].split())
        open_menu(self, event.globalPos(), name, self.image, self.table)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the place that is read; Escape reads at the playhead again."""
        move = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        longest = max(self._curves, key=lambda curve: len(curve.x), default=None)
        if event.key() == Qt.Key.Key_Escape and self._read is not None:
            self._read_at(None)
        elif move is not None and longest is not None and len(longest.x):
            here = self._read if self._read is not None else self._at
            at = longest.nearest(longest.x[0] if here is None else here) or 0
            self._read_at(longest.x[min(max(at + move, 0), len(longest.x) - 1)])
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        """Read at the playhead again when the pointer has left."""
        if event.type() == QEvent.Type.Leave:
            self._read_at(None)
        return super().eventFilter(watched, event)

    def _set_range(
        self, span: tuple[float, float] | None, rise: tuple[float, float] | None
    ) -> None:
        points = [curve.points for curve in self._curves] or [(np.zeros(0), np.zeros(0))]
        across, upward = (np.concatenate(part) for part in zip(*points, strict=True))
        upward = upward[np.isfinite(upward)]
        if self._log:
            upward = upward[upward > 0]
        if span is None:
            span = (float(across.min()), float(across.max())) if len(across) else (0.0, 1.0)
        if rise is None and len(upward):
            low, high = float(upward.min()), float(upward.max())
            rise = (low / 1.2, high * 1.2) if self._log else (min(low * 1.05, 0.0), high * 1.05)
        low, high = rise or (0.0, 1.0)
        if self._log:
            low, high = np.log10(max(low, 1e-12)), np.log10(max(high, 1e-12))
        limits = (*span, low, high if high > low else low + 1.0)
        if limits != self._limits:
            self._limits = limits
            self._plot.setXRange(*limits[:2], padding=0.02)
            self._plot.setYRange(*limits[2:], padding=0.0)

    def _hover(self, place: Any) -> None:
        inside = self._plot.getPlotItem().vb.sceneBoundingRect().contains(place)
        self._read_at(place_of(self._plot, place) if inside else None)

    def _press(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(place_of(self._plot, event.scenePos()))

    def _read_at(self, place: float | None) -> None:
        self._read = place
        stand(self._cursor, place)
        self._tell()

    def _tell(self) -> None:
        place = self._at if self._read is None else self._read
        values = []
        for curve in self._curves:
            at = None if place is None else curve.nearest(place)
            value = 0.0 if at is None else float(curve.y[at])
            shown = "–" if value != value else f"{value:.{curve.decimals}f}".replace("-", "−")
            values.append("" if at is None else shown)
        self.legend.show_values(self._curves, values)

    def _restyle(self) -> None:
        look = theme.current()
        font = look.font(_FONT_PX)
        self._column.setSpacing(look.px(4))
        self._plot.setFixedHeight(look.px(self._height))
        restyle(self._plot, font)
        name_axis(self._plot, "bottom", self._across, font)
        item = self._plot.getPlotItem()
        item.getAxis("left").setWidth(look.px(AXIS))
        item.getAxis("bottom").setHeight(look.px(FOOT))
        self._head.setPen(pg.mkPen(look.color("text"), width=1))
        self._cursor.setPen(pg.mkPen(look.color("muted"), width=1))
        self._restyle_items()

    def _restyle_items(self) -> None:
        look = theme.current()
        for curve, item in zip(self._curves, self._items, strict=True):
            dress(item, curve)
        for mark in self._marks:
            mark.setPen(pg.mkPen(look.color("muted"), width=1, style=Qt.PenStyle.DashLine))
