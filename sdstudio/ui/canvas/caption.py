"""The line below the picture: what it is, and which step it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from sdstudio.session.run_view import RunView
from sdstudio.ui import theme


@dataclass(frozen=True)
class Cell:
    """A piece of text in a place as wide as its widest sample, so that nothing moves."""

    text: str
    sample: str = ""
    right: bool = False


class Caption(QWidget):
    """Says on the left what the picture is, on the right its step in figures that stay put."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._left = ""
        self._cells: tuple[Cell, ...] = ()

    @property
    def text(self) -> str:
        """All that it says, for tests and screen readers."""
        return "  ".join(part for part in (self._left, self.figures) if part)

    @property
    def figures(self) -> str:
        """What stands on the right."""
        return "".join(cell.text for cell in self._cells)

    @property
    def statement(self) -> str:
        """What stands on the left."""
        return self._left

    @property
    def least_width(self) -> int:
        """Pixels below which the left text would have to be cut short."""
        metrics = self.fontMetrics()
        return metrics.horizontalAdvance(self._left) + theme.current().px(24) + self._cells_width()

    def say(self, left: str, cells: tuple[Cell, ...] = ()) -> None:
        """Show other text."""
        if (left, cells) == (self._left, self._cells):
            return
        self._left, self._cells = left, cells
        self.setAccessibleName(self.text)
        self.update()

    def describe(self, run: RunView, left: str) -> None:
        """Show a statement and a run's figures."""
        digits = "0" * len(str(run.count))
        cells = [
            Cell(self.tr("step ")),
            Cell(str(run.index + 1), digits, right=True),
            Cell(self.tr(" of {count}").format(count=run.count)),
        ]
        if run.timestep is not None and run.noise_level is not None:
            cells += [
                Cell(self.tr("    t ")),
                Cell(f"{run.timestep:.0f}", "000"),
                Cell(self.tr("    noise ")),
                Cell(f"{run.noise_level:.2f}", "0.00"),
            ]
        self.say(left, tuple(cells))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint both ends; the left one gives way."""
        painter = QPainter(self)
        painter.setPen(theme.current().color("muted"))
        metrics = self.fontMetrics()
        right = self._cells_width()
        room = max(0, self.width() - right - theme.current().px(24 if right else 0))
        left = metrics.elidedText(self._left, Qt.TextElideMode.ElideRight, room)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(0, 0, room, self.height()), int(middle), left)
        x = self.width() - right
        for cell in self._cells:
            width = _width(metrics, cell)
            place = QRect(x, 0, width, self.height())
            side = Qt.AlignmentFlag.AlignRight if cell.right else Qt.AlignmentFlag.AlignLeft
            painter.drawText(place, int(middle | side), cell.text)
            x += width
        painter.end()

    def _cells_width(self) -> int:
        metrics = self.fontMetrics()
        return sum(_width(metrics, cell) for cell in self._cells)


def _width(metrics: QFontMetrics, cell: Cell) -> int:
    return max(metrics.horizontalAdvance(cell.text), metrics.horizontalAdvance(cell.sample))
