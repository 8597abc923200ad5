"""A square of numbers as colours, each row and column with its word."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from sdstudio.ui import theme
from sdstudio.ui.plots.export import open_menu
from sdstudio.ui.plots.heat import heat

CELL = 36
"""A cell's side at most."""

_WORD = 80
_FONT = 12
_READABLE = 28
"""A cell at least so wide also has its number in it."""


class Matrix(QWidget):
    """Numbers from 0 to 1, dark to light; the one under the pointer can be read.

    Args:
        name: What a file of it is called, and what a screen reader says.
        corner: What rows and columns are, above the rows' words.
    """

    def __init__(self, name: str, corner: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._corner = name, corner
        self._rows: tuple[str, ...] = ()
        self._columns: tuple[str, ...] = ()
        self._values: NDArray[np.floating] = np.zeros((0, 0))
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        theme.current().changed.connect(self.updateGeometry)

    @property
    def values(self) -> NDArray[np.floating]:
        """What it shows, (rows, columns); NaN is an empty cell."""
        return self._values

    def show_values(
        self, rows: Sequence[str], columns: Sequence[str], values: NDArray[np.floating]
    ) -> None:
        """Show other numbers, (rows, columns); NaN leaves a cell empty."""
        words = tuple(rows), tuple(columns)
        if words == (self._rows, self._columns) and np.array_equal(
            values, self._values, equal_nan=True
        ):
            return
        (self._rows, self._columns), self._values = words, values
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """It has."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As high as its cells are wide, below the columns' words."""
        return int(self._head + len(self._rows) * self._side(width)) + 1

    def sizeHint(self) -> QSize:
        """For the width it has."""
        return QSize(0, self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def table(self) -> str:
        """The numbers as CSV, an empty cell where there is none."""
        lines = [["", *self._columns]]
        for word, row in zip(self._rows, self._values, strict=True):
            lines.append([word, *("" if np.isnan(x) else repr(float(x)) for x in row)])
        quoted = ((f'"{cell.replace(chr(34), 2 * chr(34))}"' for cell in line) for line in lines)
        return "".join(",".join(line) + "\n" for line in quoted)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint words and cells."""
        look = theme.current()
        painter = QPainter(self)
        painter.setFont(look.font(_FONT))
        side, left, top = self._side(self.width()), self._left, self._head
        painter.setPen(look.color("muted"))
        corner = QRectF(0, 0, left - look.px(8), top - look.px(4))
        bottom = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
        painter.drawText(corner, bottom | Qt.TextFlag.TextWordWrap, self._corner)
        painter.setPen(look.color("text"))
        metrics = painter.fontMetrics()
        for column, word in enumerate(self._columns):
            painter.save()
            painter.translate(left + (column + 0.5) * side, top - look.px(6))
            painter.rotate(-90)
            shown = metrics.elidedText(word, Qt.TextElideMode.ElideRight, top - look.px(8))
            painter.drawText(QPointF(0, metrics.ascent() / 2 - 1), shown)
            painter.restore()
        colours = heat(self._values, 0.0, 1.0)
        for number, word in enumerate(self._rows):
            y = top + number * side
            painter.setPen(look.color("text"))
            room = QRectF(0, y, left - look.px(8), side)
            shown = metrics.elidedText(word, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(
                room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown
            )
            for column in range(len(self._columns)):
                cell = QRectF(left + column * side, y, side - 1, side - 1)
                self._paint_cell(
                    painter, cell, self._values[number, column], colours[number, column]
                )
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the cell under the pointer."""
        place, side = event.position(), self._side(self.width())
        column = int((place.x() - self._left) // side)
        row = int((place.y() - self._head) // side)
        words = ""
        if 0 <= row < len(self._rows) and 0 <= column < len(self._columns):
            value = self._values[row, column]
            if not np.isnan(value):
                words = f"{self._rows[row]} → {self._columns[column]}: {value:.3f}"
        QToolTip.showText(event.globalPosition().toPoint(), words, self)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to save and copy."""
        name = "-".join(self._name.lower().split())
        open_menu(self, event.globalPos(), name, lambda: self.grab().toImage(), self.table)

    def _paint_cell(
        self, painter: QPainter, cell: QRectF, value: float, colour: NDArray[np.uint8]
    ) -> None:
        look = theme.current()
        if np.isnan(value):
            painter.fillRect(cell, look.color("canvas"))
            return
        ground = QColor(*(int(channel) for channel in colour))
        painter.fillRect(cell, ground)
        if cell.width() < look.px(_READABLE):
            return
        painter.setPen(QColor("#000000" if ground.lightnessF() > 0.5 else "#ffffff"))
        painter.setFont(look.font(_FONT - 2))
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, f"{value:.2f}")
        painter.setFont(look.font(_FONT))

    @property
    def _left(self) -> int:
        return theme.current().px(_WORD)

    @property
    def _head(self) -> int:
        return theme.current().px(_WORD)

    def _side(self, width: int) -> float:
        columns = max(1, len(self._columns))
        return max(4.0, min((width - self._left) / columns, theme.current().px(CELL)))
