"""A family of runs along the mix: their pictures in a row, and how the change goes along."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from sdstudio.session.events import Place
from sdstudio.session.run_node import RunNode
from sdstudio.session.sitting import Sitting
from sdstudio.ui import theme
from sdstudio.ui.compare.division import Division
from sdstudio.ui.compare.pair import place_at, side_of
from sdstudio.ui.compare.plot import Plot
from sdstudio.ui.compare.stage import Side
from sdstudio.ui.controls.elided_label import ElidedLabel
from sdstudio.ui.ground import Ground
from sdstudio.ui.pixels import to_qimage
from sdstudio.ui.runs import telling

_CAPTION = 24
_GAP = 8


class FamilyView(QWidget):
    """Shows the runs of a family at one playhead.

    Args:
        sitting: What holds the runs.

    Signals:
        run_wanted: This run should be shown on the canvas.
    """

    run_wanted = Signal(int)

    def __init__(self, sitting: Sitting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._numbers: tuple[int, ...] = ()
        self.row = _Row()
        self.plot = Plot(self.tr("mix (%)"), self.tr("RMS distance"))
        self.told = ElidedLabel(Qt.AlignmentFlag.AlignLeft)
        self.told.setProperty("kind", "muted")
        below = Ground()
        self._column = QVBoxLayout(below)
        self._column.addWidget(self.told)
        self._column.addWidget(self.plot, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.division = Division(self.row, below)
        column.addWidget(self.division)
        theme.current().changed.connect(self._resize)
        self._resize()

    @property
    def numbers(self) -> tuple[int, ...]:
        """The runs, by their mix."""
        return self._numbers

    def show_runs(self, numbers: tuple[int, ...]) -> None:
        """Show other runs, ordered by their mix."""
        nodes = [node for node in map(self._sitting.tree.node, numbers) if node is not None]
        nodes.sort(key=lambda node: node.request.mix)
        self._numbers = tuple(node.number for node in nodes)
        self.row.fill(len(nodes))
        for node, tile in zip(nodes, self.row.tiles, strict=True):
            tile.clicked.connect(lambda _=False, number=node.number: self.run_wanted.emit(number))
        self.refresh()

    def grow(self) -> None:
        """Take in the runs of the batch that have begun since."""
        found = self._sitting.tree.family(self._numbers[0])
        if len(found) > len(self._numbers):
            self.show_runs(tuple(node.number for node in found))

    def pairs(self) -> list[tuple[int, int]]:
        """The runs that need to be measured: neighbours, and each against the first."""
        numbers = self._numbers
        neighbours = list(pairwise(numbers))
        return list(dict.fromkeys([*neighbours, *((numbers[0], other) for other in numbers[1:])]))

    def places(self) -> list[Place]:
        """The pictures that should be shown."""
        found = (place_at(node, self._sitting) for node in self._nodes())
        return [place for place in found if place is not None]

    def refresh(self) -> None:
        """Show what the sitting now holds of them."""
        nodes = self._nodes()
        chosen = self._sitting.playhead.run
        for node, tile in zip(nodes, self.row.tiles, strict=False):
            side = side_of(node, self._sitting)
            mix = telling.value("mix", node.request.mix)
            tile.show_side(side, node.name or mix, is_chosen=node.number == chosen)
            tile.setAccessibleName(f"{node.label}, {self.tr('mix')} {mix}")
            tile.setToolTip(self.tr("Show {run} on the canvas").format(run=node.label))
        self._refresh_plot(nodes)

    def _refresh_plot(self, nodes: list[RunNode]) -> None:
        step = self._sitting.playhead.step
        mixes = [100 * node.request.mix for node in nodes]
        numbers = [node.number for node in nodes]
        if len(nodes) < 2:
            return
        nearby = [self._far(*pair, step) for pair in pairwise(numbers)]
        first = [0.0, *(self._far(numbers[0], other, step) for other in numbers[1:])]
        span = (mixes[0], mixes[-1] if mixes[-1] > mixes[0] else mixes[0] + 1)
        if None in nearby or None in first:
            self.told.set_whole(self.tr("Measuring how far apart they are …"))
            self.plot.show_curves(span=span)
            return
        between = [far for far in nearby if far is not None]
        middles = [(a + b) / 2 for a, b in pairwise(mixes)]
        self.plot.show_curves(
            (middles, between),
            (mixes, [far for far in first if far is not None]),
            span=span,
            dots=True,
        )
        most = max(range(len(between)), key=between.__getitem__)
        text = self.tr(
            "Solid: from one stop to the next, most between {low} % and {high} %."
            "  Dashed: from the first stop."
        )
        self.told.set_whole(text.format(low=f"{mixes[most]:.0f}", high=f"{mixes[most + 1]:.0f}"))

    def _far(self, first: int, second: int, step: int | None) -> float | None:
        distances = self._sitting.distances(first, second)
        if not distances:
            return None
        return distances[-1] if step is None else distances[min(step, len(distances) - 1)]

    def _nodes(self) -> list[RunNode]:
        found = (self._sitting.tree.node(number) for number in self._numbers)
        return [node for node in found if node is not None]

    def _resize(self) -> None:
        px = theme.current().px
        self._column.setContentsMargins(px(16), px(8), px(8), px(8))
        self._column.setSpacing(px(4))
        self.plot.setMinimumHeight(px(48))


class _Row(QWidget):
    """Lays tiles out as large as they can be, in as few rows as that takes."""

    def __init__(self) -> None:
        super().__init__()
        self.tiles: list[_Tile] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.current().changed.connect(self._place)

    def fill(self, count: int) -> None:
        """Have so many tiles."""
        for tile in self.tiles:
            tile.setParent(None)
            tile.deleteLater()
        self.tiles = [_Tile(self) for _ in range(count)]
        for tile in self.tiles:
            tile.show()
        self._place()

    def sizeHint(self) -> QSize:
        """As large as may be."""
        px = theme.current().px
        return QSize(px(640), px(320))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the tiles."""
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().color("canvas"))
        painter.end()

    def _place(self) -> None:
        if not self.tiles:
            return
        px = theme.current().px
        gap, caption = px(_GAP), px(_CAPTION)
        room = self.rect().adjusted(px(16), px(16), -px(16), -px(8))
        count = len(self.tiles)

        def side(columns: int) -> int:
            rows = -(-count // columns)
            across = (room.width() - (columns - 1) * gap) // columns
            down = (room.height() - (rows - 1) * gap) // rows - caption
            return min(across, down)

        columns = max(range(1, count + 1), key=side)
        rows = -(-count // columns)
        best = max(8, side(columns))
        left = room.left() + (room.width() - columns * best - (columns - 1) * gap) // 2
        high = rows * (best + caption) + (rows - 1) * gap
        top = room.top() + max(0, (room.height() - high) // 2)
        for number, tile in enumerate(self.tiles):
            row, column = divmod(number, columns)
            x, y = left + column * (best + gap), top + row * (best + caption + gap)
            tile.setGeometry(x, y, best, best + caption)


class _Tile(QAbstractButton):
    """One picture with its mix below."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._side = Side()
        self._image: QImage | None = None
        self._caption = ""
        self._is_chosen = False

    @property
    def caption(self) -> str:
        """What stands below."""
        return self._caption

    def show_side(self, side: Side, caption: str, *, is_chosen: bool) -> None:
        """Show another picture."""
        if side.picture is not self._side.picture:
            self._image = to_qimage(side.picture) if side.picture is not None else None
        self._side, self._caption, self._is_chosen = side, caption, is_chosen
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, its caption, and a ring when it is chosen or has the focus."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        caption = look.px(_CAPTION)
        room = QRectF(self.rect()).adjusted(0, 0, 0, -caption)
        if self._image is not None:
            size = QSizeF(self._image.size()).scaled(
                room.size(), Qt.AspectRatioMode.KeepAspectRatio
            )
            place = QRectF(0, 0, size.width(), size.height())
            place.moveCenter(room.center())
            painter.drawImage(place, self._image, QRectF(self._image.rect()))
        else:
            painter.setPen(QPen(look.color("line"), 1))
            painter.drawRect(room.adjusted(0, 0, -1, -1))
        if self.hasFocus() or self.underMouse():
            painter.setPen(QPen(look.color("accent"), 2))
            painter.drawRect(room.adjusted(1, 1, -1, -1))
        if self._is_chosen:
            painter.fillRect(
                QRectF(0, room.bottom(), room.width(), look.px(3)), look.color("accent")
            )
        painter.setPen(look.color("text" if self._is_chosen else "muted"))
        below = QRectF(0, room.bottom() + look.px(3), room.width(), caption - look.px(3))
        shown = painter.fontMetrics().elidedText(
            self._caption, Qt.TextElideMode.ElideRight, int(below.width())
        )
        painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), shown)
        painter.end()
