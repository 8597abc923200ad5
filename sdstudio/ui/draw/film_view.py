"""The frames side by side: where they lie, and how they are painted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QScrollBar, QSizePolicy, QToolTip, QWidget

from sdstudio.ui import theme
from sdstudio.ui.draw import film_telling
from sdstudio.ui.draw.film_tile import NUMBER, Tile, paint_tile
from sdstudio.ui.timeline.thumbnails import Thumbnails

SIDE = 56
"""Height of a picture, before scaling."""

GAP, EDGE = 8, 4
_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_WIDEST = 2.0


class FilmView(QAbstractSlider):
    """Tiles with numbers; for screen readers, a slider over the frames.

    :class:`~sdstudio.ui.draw.film_strip.FilmStrip` adds what mouse and keys do.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Frames"))
        self._tiles: tuple[Tile, ...] = ()
        self._current = 0
        self._playing: int | None = None
        self._aspect = 1.0
        self._gap: int | None = None
        self._ring = False
        self._pixmaps = Thumbnails(lambda _, index: self._tiles[index].picture)
        self._bar = QScrollBar(Qt.Orientation.Horizontal, self)
        self._bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._bar.valueChanged.connect(lambda _: self.update())
        theme.current().changed.connect(self._measure)
        self._measure()

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """What it shows."""
        return self._tiles

    def show_tiles(self, tiles: Sequence[Tile], current: int, aspect: float) -> None:
        """Show frames.

        Args:
            tiles: All of them, in order.
            current: The one that is drawn on.
            aspect: Width of a frame by its height.
        """
        moved = current != self._current or len(tiles) != len(self._tiles)
        self._tiles, self._current, self._aspect = tuple(tiles), current, aspect
        self._measure()
        if moved and self._gap is None:
            self._bring_in_sight(current)
        with QSignalBlocker(self):
            self.setRange(0, max(0, len(tiles) - 1))
            self.setValue(current)
        self.setAccessibleDescription(self._about(current))

    def show_playing(self, index: int | None) -> None:
        """Mark the frame that plays, None for none."""
        if index != self._playing:
            self._playing = index
            if index is not None:
                self._bring_in_sight(index)
            self.update()

    def tile_rect(self, index: int) -> QRect:
        """Where a frame's picture lies."""
        px = theme.current().px
        left = px(GAP) + index * self.pitch - self._bar.value()
        return QRect(left, px(EDGE), self.pitch - px(GAP), px(SIDE))

    def sizeHint(self) -> QSize:
        """One line of frames, their numbers, and a scroll bar."""
        px = theme.current().px
        return QSize(px(320), px(2 * EDGE + SIDE + NUMBER) + self._bar.sizeHint().height() // 2)

    def minimumSizeHint(self) -> QSize:
        """A frame or two."""
        return QSize(theme.current().px(120), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frames that can be seen."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), look.color("canvas"))
        for index, tile in enumerate(self._tiles):
            rect = self.tile_rect(index)
            if rect.right() >= 0 and rect.left() <= self.width():
                pixmap = self._pixmaps.get(0, index)
                paint_tile(painter, rect, tile, pixmap, index, is_current=index == self._current)
                if index == self._playing:
                    bar = QRect(rect.left(), 0, rect.width(), look.px(3))
                    painter.fillRect(bar, look.color("text"))
        if self._gap is not None:
            x = self.tile_rect(self._gap).left() - look.px(GAP) / 2
            painter.fillRect(QRectF(x - 1, 2, 3, look.px(SIDE + EDGE)), look.color("accent"))
        if self._ring:
            painter.setPen(QPen(look.color("accent"), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def sliderChange(self, change: QAbstractSlider.SliderChange) -> None:
        """Paint nothing: the slider's own value is for screen readers only."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out again."""
        self._measure()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll."""
        turned = event.angleDelta().x() or event.angleDelta().y()
        self._bar.setValue(self._bar.value() - round(turned / 120 * self.pitch))
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Say which frame lies below a pointer that rests."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.index_at(event.pos().x())
            QToolTip.showText(event.globalPos(), "" if index is None else self._about(index), self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a ring when the focus came by the keyboard."""
        self._ring = event.reason() in _TAB
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        self._ring = False
        self.update()

    def _about(self, index: int) -> str:
        if not 0 <= index < len(self._tiles):
            return ""
        tile = self._tiles[index]
        return film_telling.frame(
            index, len(self._tiles), made=tile.made, going=tile.progress is not None
        )

    @property
    def pitch(self) -> int:
        """From one frame's left edge to the next one's, in pixels."""
        px = theme.current().px
        return px(GAP) + max(px(24), round(px(SIDE) * min(_WIDEST, self._aspect)))

    def index_at(self, x: float) -> int | None:
        """The frame at a distance from the left edge, None where there is none."""
        found = int((x + self._bar.value() - theme.current().px(GAP) / 2) // self.pitch)
        return found if 0 <= found < len(self._tiles) else None

    def _bring_in_sight(self, index: int) -> None:
        rect, margin = self.tile_rect(index), theme.current().px(GAP)
        if rect.left() < margin:
            self._bar.setValue(self._bar.value() + rect.left() - margin)
        elif rect.right() > self.width() - margin:
            self._bar.setValue(self._bar.value() + rect.right() - self.width() + margin)

    def _measure(self) -> None:
        rect = self.tile_rect(0)
        self._pixmaps.set_size(rect.size(), self.devicePixelRatioF())
        wide = theme.current().px(GAP) + len(self._tiles) * self.pitch
        thick = self._bar.sizeHint().height() // 2
        with QSignalBlocker(self._bar):
            self._bar.setRange(0, max(0, wide - self.width()))
            self._bar.setPageStep(max(1, self.width()))
            self._bar.setSingleStep(self.pitch)
        self._bar.setVisible(wide > self.width())
        self._bar.setGeometry(0, self.height() - thick, self.width(), thick)
        self.updateGeometry()
        self.update()
