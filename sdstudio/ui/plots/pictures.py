"""Small pictures side by side, each with its caption; numbers behind them can be read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from sdstudio.ui import theme
from sdstudio.ui.pixels import to_qimage
from sdstudio.ui.plots.export import open_menu
from sdstudio.ui.plots.tile import Tile

GAP = 8
LINE = 18
LEAST = 64
FONT_PX = 12
LARGEST = 320


class Pictures(QWidget):
    """A grid of tiles, all equally large; as high as its width makes it.

    Args:
        columns: How many stand side by side at most; fewer where they would get too small.
        notes: Whether room is kept for a second line below each caption.
    """

    def __init__(
        self, columns: int = 3, *, notes: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._columns = columns
        self._notes = notes
        self._tiles: tuple[Tile, ...] = ()
        self._images: list[QImage | None] = []
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)
        theme.current().changed.connect(self.updateGeometry)

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """What it shows."""
        return self._tiles

    def show_tiles(self, tiles: Sequence[Tile]) -> None:
        """Show other tiles; the pictures of those shown before are not to be written to."""
        if len(tiles) == len(self._tiles) and all(map(Tile.equals, tiles, self._tiles)):
            return
        grown = len(tiles) != len(self._tiles) or self._shape(tiles) != self._shape(self._tiles)
        self._images = [None if t.picture is None else to_qimage(t.picture) for t in tiles]
        self._tiles = tuple(tiles)
        self.setAccessibleName(", ".join(f"{t.caption} {t.note}".strip() for t in tiles))
        if grown:
            self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """It has."""
        return True

    def heightForWidth(self, width: int) -> int:
        """So high that every tile and its caption fit."""
        rows = -(-len(self._tiles) // self._across(width))
        _, tall = self._size(width)
        return max(1, rows * (tall + self._words(width)) + max(0, rows - 1) * self._gap)

    def sizeHint(self) -> QSize:
        """For the width it has."""
        return QSize(0, self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width makes another height: the layout has to ask again."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def box(self, number: int) -> QRectF:
        """Where a tile's picture lies."""
        wide, tall = self._size(self.width())
        row, column = divmod(number, self._across(self.width()))
        return QRectF(
            column * (wide + self._gap),
            row * (tall + self._words(self.width()) + self._gap),
            wide,
            tall,
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tiles."""
        look = theme.current()
        painter = QPainter(self)
        for number, (tile, image) in enumerate(zip(self._tiles, self._images, strict=True)):
            box = self.box(number)
            if image is None:
                painter.fillRect(box, look.color("canvas"))
            else:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, tile.smooth)
                painter.drawImage(box, image)
            self._paint_words(painter, tile, box)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the number under the pointer."""
        found = self._tile_at(event.position())
        words = ""
        if found is not None:
            tile, box = found
            place = event.position() - box.topLeft()
            words = tile.read(place.x() / box.width(), place.y() / box.height())
            words = f"{tile.caption}: {words}" if words else ""
        QToolTip.showText(event.globalPosition().toPoint() + QPoint(12, 12), words, self)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to save and copy the tile under the pointer."""
        found = self._tile_at(QPointF(event.pos()))
        if found is None or found[0].picture is None:
            return
        tile, picture = found[0], found[0].picture
        table = None if tile.values is None else tile.table
        name = "-".join(tile.caption.lower().split())
        open_menu(self, event.globalPos(), name, lambda: to_qimage(picture), table)

    @property
    def _gap(self) -> int:
        return theme.current().px(GAP)

    def _words(self, width: int) -> int:
        """Room below each picture for its caption and, where there are some, its note."""
        lines = self._caption_lines(width) + (1 if self._notes else 0)
        return theme.current().px(LINE * lines + 2)

    def _caption_lines(self, width: int) -> int:
        wide, _ = self._size(width)
        metrics = QFontMetrics(theme.current().font(FONT_PX))
        longest = max((metrics.horizontalAdvance(t.caption) for t in self._tiles), default=0)
        return 1 if longest <= wide else 2

    def _across(self, width: int) -> int:
        fit = (width + self._gap) // (theme.current().px(LEAST) + self._gap)
        if fit >= self._columns:
            return self._columns
        # Four that do not fit in a row are two and two, not three and one.
        even = [n for n in range(2, fit + 1) if len(self._tiles) % n == 0]
        return max(even, default=max(1, fit))

    def _size(self, width: int) -> tuple[int, int]:
        """Width and height of a picture when the grid is so wide."""
        columns = self._across(width)
        wide = max(8.0, (width - (columns - 1) * self._gap) / columns)
        wide = min(wide, theme.current().px(LARGEST))
        return int(wide), int(wide * self._shape(self._tiles))

    def _paint_words(self, painter: QPainter, tile: Tile, box: QRectF) -> None:
        look = theme.current()
        painter.setFont(look.font(FONT_PX))
        lines = self._caption_lines(self.width())
        tall = look.px(LINE) * lines
        top = box.bottom() + look.px(2)
        painter.setPen(look.color("muted"))
        place = Qt.AlignmentFlag.AlignLeft | (
            Qt.AlignmentFlag.AlignVCenter if lines == 1 else Qt.AlignmentFlag.AlignTop
        )
        painter.drawText(
            QRectF(box.left(), top, box.width(), tall),
            place | Qt.TextFlag.TextWordWrap,
            tile.caption,
        )
        if self._notes:
            painter.setPen(look.color("text"))
            room = QRectF(box.left(), top + tall, box.width(), look.px(LINE))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, tile.note)

    def _tile_at(self, place: QPointF) -> tuple[Tile, QRectF] | None:
        for number, tile in enumerate(self._tiles):
            if self.box(number).contains(place):
                return tile, self.box(number)
        return None

    @staticmethod
    def _shape(tiles: Sequence[Tile]) -> float:
        """Height over width of the first picture there is; square before that."""
        first = next((tile.picture for tile in tiles if tile.picture is not None), None)
        return 1.0 if first is None else first.shape[0] / first.shape[1]
