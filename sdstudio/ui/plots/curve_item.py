"""A curve as an item of pyqtgraph's scene."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg

from sdstudio.ui import theme
from sdstudio.ui.plots.curve import Curve
from sdstudio.ui.plots.legend import STYLES


def drawn(curve: Curve) -> Any:
    """A new item; :func:`dress` gives it its colour and stroke."""
    if curve.stroke == "bars":
        return pg.BarGraphItem(**_bars(curve))
    return pg.PlotDataItem(*curve.points, antialias=True, connect="finite")


def redraw(item: Any, curve: Curve) -> None:
    """Move an item to where another curve of the same stroke is."""
    if curve.stroke == "bars":
        item.setOpts(**_bars(curve))
    else:
        item.setData(*curve.points)


def dress(item: Any, curve: Curve) -> None:
    """Give an item its curve's stroke, in the theme's colours and sizes."""
    look = theme.current()
    colour = look.series(curve.colour)
    if curve.stroke == "bars":
        item.setOpts(brush=colour, pen=pg.mkPen(None))
    elif curve.stroke == "points":
        item.setSymbol("o")
        item.setSymbolBrush(colour)
        item.setSymbolPen(None)
        item.setSymbolSize(look.px(6))
        item.setPen(None)
    else:
        item.setPen(pg.mkPen(colour, width=look.px(2), style=STYLES[curve.stroke]))


def _bars(curve: Curve) -> dict[str, Any]:
    x, y = curve.points
    wide = 0.8 * float(np.diff(x).min()) if len(x) > 1 else 0.8
    return {"x": x, "height": np.nan_to_num(y), "width": wide}
