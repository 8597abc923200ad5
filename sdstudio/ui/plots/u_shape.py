"""The network as a U: its blocks down one side and up the other, with what joins them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from sdstudio.ui import theme
from sdstudio.ui.model_button import amount
from sdstudio.ui.plots.export import open_menu

if TYPE_CHECKING:
    from sdstudio.engine.anatomy.network import Block, Network

BOX = 40
GAP = 16
ACROSS = 32
_FONT = 12


class UShape(QWidget):
    """Boxes that can be chosen, by the pointer or the arrow keys.

    Signals:
        chosen: The name of the block that was chosen.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._network: Network | None = None
        self._chosen = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.current().changed.connect(self.updateGeometry)

    def show_network(self, network: Network, chosen: str) -> None:
        """Show a network, one of its blocks chosen."""
        if network is self._network and chosen == self._chosen:
            return
        grown = self._network is None or len(network.blocks) != len(self._network.blocks)
        self._network, self._chosen = network, chosen
        self.setAccessibleName(self.tr("Blocks of the network"))
        self.setAccessibleDescription(chosen)
        if grown:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as its sides."""
        look = theme.current()
        down, mid, up = self._sides()
        rows = max(len(down), len(up), 1)
        high = rows * (look.px(BOX) + look.px(GAP))
        return QSize(0, high + (look.px(BOX) if mid else 0) + look.px(4))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def box(self, name: str) -> QRectF:
        """Where a block is drawn."""
        px = theme.current().px
        down, mid, up = self._sides()
        wide = (self.width() - px(ACROSS)) / 2
        step = px(BOX) + px(GAP)
        rows = max(len(down), len(up))
        for number, block in enumerate(down):
            if block.name == name:
                return QRectF(px(2), px(2) + number * step, wide - px(2), px(BOX))
        for number, block in enumerate(up):
            if block.name == name:
                top = (rows - 1 - number) * step
                return QRectF(self.width() - wide, px(2) + top, wide - px(2), px(BOX))
        left = (self.width() - wide) / 2
        return QRectF(left, px(2) + rows * step, wide, px(BOX)) if mid else QRectF()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the joints, then the blocks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        down, mid, up = self._sides()
        self._paint_joints(painter, [*down, *mid, *up])
        for block in (*down, *mid, *up):
            self._paint_block(painter, block)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a block."""
        if event.button() == Qt.MouseButton.LeftButton:
            block = self._at(event.position())
            if block is not None:
                self._choose(block.name)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Name the block under the pointer."""
        block = self._at(event.position())
        self.setCursor(
            Qt.CursorShape.ArrowCursor if block is None else Qt.CursorShape.PointingHandCursor
        )
        words = "" if block is None else f"{block.name}, {block.kind}"
        QToolTip.showText(event.globalPosition().toPoint(), words, self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along the blocks in the order of their computation."""
        forward = event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Down)
        back = event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Up)
        names = [] if self._network is None else [each.name for each in self._network.blocks]
        if not (forward or back) or self._chosen not in names:
            super().keyPressEvent(event)
            return
        place = names.index(self._chosen) + (1 if forward else -1)
        if 0 <= place < len(names):
            self._choose(names[place])

    def event(self, event: QEvent) -> bool:
        """Show where the focus is."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to save and copy."""
        open_menu(self, event.globalPos(), "network", lambda: self.grab().toImage(), self.table)

    def table(self) -> str:
        """The blocks as CSV."""
        blocks = () if self._network is None else self._network.blocks
        head = "block,kind,channels,height,width,weights,residual blocks,text layers\n"
        return head + "".join(
            f"{b.name},{b.kind},{b.gives[0]},{b.gives[1]},{b.gives[2]},{b.parameters},"
            f"{b.residual},{b.cross}\n"
            for b in blocks
        )

    def _choose(self, name: str) -> None:
        self._chosen = name
        self.setAccessibleDescription(name)
        self.update()
        self.chosen.emit(name)

    def _sides(self) -> tuple[list[Block], list[Block], list[Block]]:
        """Down, in the middle, and up in the order of computation."""
        blocks = () if self._network is None else self._network.blocks
        down = [block for block in blocks if block.part in ("in", "down")]
        mid = [block for block in blocks if block.part == "mid"]
        return down, mid, [block for block in blocks if block.part in ("up", "out")]

    def _at(self, place: QPointF) -> Block | None:
        blocks = () if self._network is None else self._network.blocks
        return next((block for block in blocks if self.box(block.name).contains(place)), None)

    def _paint_joints(self, painter: QPainter, order: list[Block]) -> None:
        look = theme.current()
        painter.setPen(QPen(look.color("outline"), look.px(1.5)))
        for first, second in pairwise(order):
            a, b = self.box(first.name), self.box(second.name)
            if abs(a.center().x() - b.center().x()) < 1:
                x = a.center().x()
                down = b.top() > a.top()
                start, end = (a.bottom(), b.top()) if down else (a.top(), b.bottom())
                _arrow(painter, QPointF(x, start), QPointF(x, end))
            elif abs(a.center().y() - b.center().y()) < 1:
                _arrow(
                    painter, QPointF(a.right(), a.center().y()), QPointF(b.left(), b.center().y())
                )
            elif b.top() > a.top():
                painter.drawLine(
                    QPointF(a.center().x(), a.bottom()), QPointF(a.center().x(), b.center().y())
                )
                _arrow(
                    painter,
                    QPointF(a.center().x(), b.center().y()),
                    QPointF(b.left(), b.center().y()),
                )
            else:
                painter.drawLine(
                    QPointF(a.right(), a.center().y()), QPointF(b.center().x(), a.center().y())
                )
                _arrow(
                    painter,
                    QPointF(b.center().x(), a.center().y()),
                    QPointF(b.center().x(), b.bottom()),
                )
        self._paint_skips(painter)

    def _paint_skips(self, painter: QPainter) -> None:
        """Dashed lines across, from each block of the way down to where its states are taken."""
        look = theme.current()
        down, _, up = self._sides()
        painter.setPen(QPen(look.color("muted"), look.px(1), Qt.PenStyle.DashLine))
        for source, taker in skips(down, up):
            a, b = self.box(source.name), self.box(taker.name)
            painter.drawLine(QPointF(a.right(), a.center().y()), QPointF(b.left(), b.center().y()))

    def _paint_block(self, painter: QPainter, block: Block) -> None:
        look = theme.current()
        box = self.box(block.name)
        is_chosen = block.name == self._chosen
        painter.setBrush(look.color("raised"))
        ring = "text" if is_chosen and self.hasFocus() else "accent" if is_chosen else "edge"
        painter.setPen(QPen(look.color(ring), look.px(2 if is_chosen else 1)))
        painter.drawRoundedRect(box, look.px(4), look.px(4))
        painter.setFont(look.font(_FONT))
        inner = box.adjusted(look.px(8), look.px(3), -look.px(6), -look.px(3))
        left = Qt.AlignmentFlag.AlignLeft
        top, bottom = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
        channels, height, width = block.gives
        painter.setPen(look.color("text"))
        painter.drawText(inner, left | top, f"{channels}×{height}×{width}")
        painter.setPen(look.color("muted"))
        painter.drawText(inner, left | bottom, amount(block.parameters))
        x = inner.right()
        for letter, count, series in (("T", block.cross, 1), ("t", block.residual, 2)):
            if count:
                x = _badge(painter, QPointF(x, inner.bottom()), letter, look.series(series))


def skips(down: list[Block], up: list[Block]) -> list[tuple[Block, Block]]:
    """Which blocks of the way down hand states to which of the way up, each pair once."""
    given = [block for block in down for _ in block.skips]
    pairs = []
    for block in up:
        for _ in block.skips:
            pairs.append((given.pop(), block))
    return list(dict.fromkeys(pairs))


def _arrow(painter: QPainter, start: QPointF, end: QPointF) -> None:
    painter.drawLine(start, end)
    side = theme.current().px(4)
    across = abs(end.x() - start.x()) > abs(end.y() - start.y())
    sign = 1 if (end.x() - start.x() if across else end.y() - start.y()) > 0 else -1
    for other in (-1, 1):
        tip = QPointF(-sign * side, other * side) if across else QPointF(other * side, -sign * side)
        painter.drawLine(end, end + tip)


def _badge(painter: QPainter, corner: QPointF, letter: str, colour: QColor) -> float:
    """A letter in a circle with its lower right end at a corner; where the next one ends."""
    side = theme.current().px(16)
    box = QRectF(corner.x() - side, corner.y() - side, side, side)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, theme.current().px(1)))
    painter.drawEllipse(box)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)
    return box.left() - theme.current().px(4)
