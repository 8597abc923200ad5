"""A plot's ground and axes, as all plots here have them."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont

from sdstudio.ui import theme

SIDES = ("left", "bottom")


def still_plot() -> pg.PlotWidget:
    """An empty plot in which nothing can be zoomed, dragged or lost."""
    plot = pg.PlotWidget(enableMenu=False)
    plot.setMouseEnabled(False, False)
    plot.hideButtons()
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plot.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
    item = plot.getPlotItem()
    item.setContentsMargins(0, 0, 0, 0)
    for side in SIDES:
        item.getAxis(side).enableAutoSIPrefix(False)
    return plot


def upright(plot: pg.PlotWidget) -> Any:
    """A line across the height of a plot, hidden until it is placed."""
    line = pg.InfiniteLine(angle=90)
    line.setVisible(False)
    plot.getPlotItem().addItem(line, ignoreBounds=True)
    return line


def stand(line: Any, at: float | None) -> None:
    """Stand a line somewhere on the horizontal axis, or with None hide it."""
    line.setVisible(at is not None)
    if at is not None:
        line.setValue(at)


def place_of(plot: pg.PlotWidget, scene_place: Any) -> float:
    """Where a place of the scene lies on the horizontal axis."""
    return float(plot.getPlotItem().vb.mapSceneToView(scene_place).x())


def restyle(plot: pg.PlotWidget, font: QFont) -> None:
    """Give ground, axes and their figures the theme's colours and sizes."""
    look = theme.current()
    plot.setBackground(look.color("panel"))
    for side in SIDES:
        axis = plot.getPlotItem().getAxis(side)
        axis.setPen(pg.mkPen(look.color("line")))
        axis.setTextPen(pg.mkPen(look.color("muted")))
        axis.setTickFont(font)
        axis.setStyle(tickLength=-look.px(3), tickTextOffset=look.px(4))


def name_axis(plot: pg.PlotWidget, side: str, words: str, font: QFont) -> None:
    """Say what an axis stands for."""
    axis = plot.getPlotItem().getAxis(side)
    muted = theme.current().tokens.muted
    axis.setLabel(words, **{"color": muted, "font-size": f"{font.pixelSize()}px"})
    axis.label.setFont(font)
