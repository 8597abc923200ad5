"""One frame of the strip: its picture, its number, and how far its result is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from sdstudio.ui import theme

NUMBER = 18
"""Height of the line with the number, before scaling."""

_FAINT = 0.3
_LINE = 5


@dataclass(frozen=True, eq=False)
class Tile:
    """A frame as the strip shows it.

    Attributes:
        picture: (h, w, 3) uint8, small.
        made: Whether there is a result of it.
        progress: How far that is while it is being made, 0 to 1; else None.
        faint: Whether the picture stands for another one that is not there yet.
    """

    picture: np.ndarray
    made: bool = False
    progress: float | None = None
    faint: bool = False


def paint_tile(
    painter: QPainter,
    rect: QRect,
    tile: Tile,
    pixmap: QPixmap | None,
    index: int,
    *,
    is_current: bool,
) -> None:
    """Paint a frame and its number below; a tick says that there is a result.

    Args:
        painter: Of the strip.
        rect: Where the picture goes.
        tile: What to show.
        pixmap: Its picture at that size.
        index: Which frame it is.
        is_current: Whether it is the one that is drawn on.
    """
    look = theme.current()
    if pixmap is not None:
        painter.setOpacity(_FAINT if tile.faint else 1.0)
        painter.drawPixmap(rect.topLeft(), pixmap)
        painter.setOpacity(1.0)
    around = QRectF(rect)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if is_current:
        painter.setPen(QPen(look.color("accent"), 3))
        painter.drawRect(around.adjusted(-1, -1, 1, 1))
    else:
        painter.setPen(QPen(look.color("outline"), 1))
        painter.drawRect(around.adjusted(0.5, 0.5, -0.5, -0.5))
    if tile.progress is not None:
        high = look.px(_LINE)
        line = QRectF(rect.left(), rect.bottom() + 1 - high, rect.width(), high)
        painter.fillRect(line, look.color("groove"))
        line.setWidth(rect.width() * tile.progress)
        painter.fillRect(line, look.color("accent"))
    below = QRectF(rect.left(), rect.bottom() + look.px(2), rect.width(), look.px(NUMBER))
    painter.setPen(look.color("text" if is_current else "muted"))
    number = f"{index + 1} ✓" if tile.made else str(index + 1)
    painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), number)
