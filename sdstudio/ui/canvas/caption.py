"""The lines below the picture: what it is, which step it belongs to, and what it is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from sdstudio.session.events import StepNote
from sdstudio.ui import theme
from sdstudio.ui.canvas.telling import Phrasing, Saying

LINE = 18
"""Height of a line in pixels, before scaling."""

SEPARATOR = "  ·  "


@dataclass(frozen=True)
class Cell:
    """A piece of text in a place as wide as its widest sample, so that nothing moves.

    Attributes:
        text: What it says.
        sample: The widest text of its kind.
        right: Whether it stands at the right of its place.
        extra: Whether it is left out where there is no room for all.
    """

    text: str
    sample: str = ""
    right: bool = False
    extra: bool = False


class Caption(QWidget):
    """Says what the picture is, on the right its step in figures that stay put, notes below.

    Where there is no room for a statement it is said in fewer words.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._saying = Saying()
        self._cells: tuple[Cell, ...] = ()

    @property
    def text(self) -> str:
        """All that it says, for tests and screen readers."""
        return "  ".join(part for part in (self.statement, self.figures, self.notes) if part)

    @property
    def figures(self) -> str:
        """What stands on the right."""
        return "".join(cell.text for cell in self._cells)

    @property
    def statement(self) -> str:
        """What stands on the left, in full."""
        return self._saying.what[0]

    @property
    def notes(self) -> str:
        """What stands below, in full."""
        return SEPARATOR.join(phrasing[0] for phrasing in self._saying.notes)

    @property
    def least_width(self) -> int:
        """Pixels below which the left text would have to be shorter."""
        metrics = self.fontMetrics()
        gap = theme.current().px(24)
        return metrics.horizontalAdvance(self.statement) + gap + self._cells_width()

    def say(self, saying: Saying | str, cells: tuple[Cell, ...] = ()) -> None:
        """Show other text."""
        if isinstance(saying, str):
            saying = Saying((saying,))
        if (saying, cells) == (self._saying, self._cells):
            return
        self._saying, self._cells = saying, cells
        self.setAccessibleName(self.text)
        self.update()

    def describe(self, saying: Saying, note: StepNote, count: int) -> None:
        """Show words and a step's figures, of ``count`` steps."""
        digits = "0" * len(str(count))
        cells = (
            Cell(self.tr("step ")),
            Cell(str(note.index + 1), digits, right=True),
            Cell(self.tr(" of {count}").format(count=count)),
            Cell(self.tr("    t "), extra=True),
            Cell(f"{note.timestep:.0f}", "000", extra=True),
            Cell(self.tr("    noise "), extra=True),
            Cell(f"{note.noise_level:.2f}", "0.00", extra=True),
        )
        self.say(saying, cells)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint both ends of the first line, the left one giving way, and the notes."""
        painter = QPainter(self)
        painter.setPen(theme.current().color("muted"))
        metrics = self.fontMetrics()
        line = theme.current().px(LINE)
        cells = self._cells_with_room(metrics)
        right = sum(_width(metrics, cell) for cell in cells)
        room = max(0, self.width() - right - theme.current().px(24 if right else 0))
        middle = Qt.AlignmentFlag.AlignVCenter
        elide = Qt.TextElideMode.ElideRight
        what = fitting([self._saying.what], room, metrics.horizontalAdvance)
        what = metrics.elidedText(what, elide, room)
        painter.drawText(QRect(0, 0, room, line), int(middle), what)
        x = self.width() - right
        for cell in cells:
            width = _width(metrics, cell)
            side = Qt.AlignmentFlag.AlignRight if cell.right else Qt.AlignmentFlag.AlignLeft
            painter.drawText(QRect(x, 0, width, line), int(middle | side), cell.text)
            x += width
        notes = fitting(self._saying.notes, self.width(), metrics.horizontalAdvance)
        notes = metrics.elidedText(notes, elide, self.width())
        painter.drawText(QRect(0, line, self.width(), line), int(middle), notes)
        painter.end()

    def _cells_with_room(self, metrics: QFontMetrics) -> tuple[Cell, ...]:
        """All figures where the second shortest statement has room beside them."""
        words = self._saying.what[-2:][0]
        needed = metrics.horizontalAdvance(words) + theme.current().px(24) + self._cells_width()
        if needed <= self.width():
            return self._cells
        return tuple(cell for cell in self._cells if not cell.extra)

    def _cells_width(self) -> int:
        metrics = self.fontMetrics()
        return sum(_width(metrics, cell) for cell in self._cells)


def fitting(phrasings: Sequence[Phrasing], room: float, measure: Callable[[str], float]) -> str:
    """Statements in one line, in as many words as there is room for.

    Args:
        phrasings: Each statement in several lengths, the most important one first.
        room: Pixels.
        measure: A text's width in pixels.

    Returns:
        All of them in the longest words that fit; else the last ones are left out, and of
        the first the shortest words, fitting or not.
    """
    text = ""
    for kept in range(len(phrasings), 0, -1):
        longest = max(len(phrasing) for phrasing in phrasings[:kept])
        for level in range(longest):
            text = SEPARATOR.join(
                phrasing[min(level, len(phrasing) - 1)] for phrasing in phrasings[:kept]
            )
            if measure(text) <= room:
                return text
    return text


def _width(metrics: QFontMetrics, cell: Cell) -> int:
    return max(metrics.horizontalAdvance(cell.text), metrics.horizontalAdvance(cell.sample))
