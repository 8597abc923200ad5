"""A table of numbers: names at the left, columns flush right, nothing to edit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sdstudio.ui import theme
from sdstudio.ui.plots.export import open_menu

ROW = 22
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Figures(QWidget):
    """Rows of a name and its numbers, as text that somebody has formatted.

    Args:
        name: What a file of it is called, and what a screen reader says.
        header: What stands above the columns, the names' column first; empty for no line.
        share: Width of the names' column, of the whole.
    """

    def __init__(
        self,
        name: str,
        header: Sequence[str] = (),
        *,
        share: float = 0.5,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._header = tuple(header)
        self._share = share
        self._rows: tuple[tuple[str, ...], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        theme.current().changed.connect(self.updateGeometry)

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """What it shows, the names first."""
        return self._rows

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show other numbers."""
        shown = tuple(tuple(row) for row in rows)
        if shown == self._rows:
            return
        grown = len(shown) != len(self._rows)
        self._rows = shown
        self.setAccessibleDescription("; ".join(" ".join(row) for row in shown))
        if grown:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        return QSize(0, theme.current().px(ROW) * (len(self._rows) + bool(self._header)))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def table(self) -> str:
        """The rows as CSV."""
        lines = [self._header, *self._rows] if self._header else [*self._rows]
        return "".join(",".join(f'"{cell}"' for cell in line) + "\n" for line in lines)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to save and copy."""
        name = "-".join(self._name.lower().split())
        open_menu(self, event.globalPos(), name, lambda: self.grab().toImage(), self.table)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, with a hairline above each."""
        look = theme.current()
        painter = QPainter(self)
        painter.setFont(look.font(12))
        tall = look.px(ROW)
        lines = [self._header, *self._rows] if self._header else [*self._rows]
        for number, line in enumerate(lines):
            top = number * tall
            if number:
                painter.fillRect(QRectF(0, top, self.width(), 1), look.color("line"))
            is_header = bool(self._header) and number == 0
            self._paint_line(painter, line, top, tall, is_header)
        painter.end()

    def _paint_line(
        self, painter: QPainter, cells: tuple[str, ...], top: int, tall: int, is_header: bool
    ) -> None:
        look = theme.current()
        metrics = painter.fontMetrics()
        names = self.width() * self._share
        wide = (self.width() - names) / max(1, len(cells) - 1)
        for column, cell in enumerate(cells):
            left = 0.0 if column == 0 else names + (column - 1) * wide
            room = QRectF(left, top, (names if column == 0 else wide) - look.px(4), tall)
            if column == len(cells) - 1 and column:
                room.setRight(self.width())
            painter.setPen(look.color("muted" if column == 0 or is_header else "text"))
            shown = metrics.elidedText(cell, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, _LEFT if column == 0 else _RIGHT, shown)
