"""The filmstrip itself: what it shows, and what mouse, wheel and keys do there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QScrollBar, QSizePolicy, QToolTip, QWidget

from sdstudio.ui import theme
from sdstudio.ui.timeline import telling
from sdstudio.ui.timeline.curves import CURVES
from sdstudio.ui.timeline.film import Film, grown
from sdstudio.ui.timeline.frames import frames
from sdstudio.ui.timeline.geometry import LEAST_FRAME, Geometry
from sdstudio.ui.timeline.legend import Legend
from sdstudio.ui.timeline.painting import RULER, Scene, label_fonts, mark_rect, paint
from sdstudio.ui.timeline.thumbnails import Look, Thumbnails

SIDE = 48
"""Height of a frame, before scaling."""

MOST_SIDE = 64
"""The pictures have no more pixels than this."""

PAGE = 5
"""Steps that Page Up and Page Down go."""

ZOOM_STEP = 1.25
_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class Strip(QAbstractSlider):
    """Rows of frames with a playhead; for screen readers, a slider over a run's steps.

    Signals:
        wanted: The person wants to see a step (0-based) of a run.
        play_wanted: Space was pressed.
        looked: Other steps have come in sight.
    """

    wanted = Signal(int, int)
    play_wanted = Signal()
    looked = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Steps"))
        self._film = Film()
        self._geometry = Geometry()
        self._thumbnails = Thumbnails(look)
        self._row: int | None = None
        self._index = 0
        self._aspect = 1.0
        self._dragged: int | None = None
        self._ring = False
        self._hint = ""
        self._legend = Legend(self)
        self._across = QScrollBar(Qt.Orientation.Horizontal, self)
        self._down = QScrollBar(Qt.Orientation.Vertical, self)
        for bar in (self._across, self._down):
            bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            bar.valueChanged.connect(self._scroll)
        theme.current().changed.connect(self._measure)
        self._measure()

    @property
    def film(self) -> Film:
        """What it shows."""
        return self._film

    @property
    def strip_geometry(self) -> Geometry:
        """Where its parts lie."""
        return self._geometry

    @property
    def place(self) -> tuple[int, int] | None:
        """The playhead's run and step (0-based), None where there is no playhead."""
        return None if self._row is None else (self._film.rows[self._row].run, self._index)

    @property
    def looked_at(self) -> range:
        """Steps of the playhead's run whose pictures stand on the strip."""
        seen, stride = self._geometry.visible, self._geometry.stride
        first = self._film.rows[self._row].first if self._row is not None else 0
        begin = seen.start - (seen.start - first) % stride
        return range(max(0, begin + stride - 1), seen.stop + stride - 1, stride)

    def show_film(self, film: Film, run: int | None, index: int, aspect: float = 1.0) -> None:
        """Show rows and a playhead; only what changed is painted again.

        Args:
            film: The rows.
            run: The playhead's run; None for no playhead.
            index: Its step, 0-based.
            aspect: Width of a picture by its height.
        """
        row = film.row_of(run)
        other = film is not self._film and film != self._film
        if not other and aspect == self._aspect and (row, index) == (self._row, self._index):
            return
        before = self._area_of_playhead()
        added = grown(self._film, film) if aspect == self._aspect else None
        row_changed = row != self._row
        moved = row_changed or index != self._index
        self._film, self._row, self._index, self._aspect = film, row, index, aspect
        if added is None:
            self._measure()
        if moved and row is not None and self._dragged is None:
            self._bring_in_sight(row, index)
        self._tell_screen_readers()
        if added is None or row_changed:
            self.update()
            self.looked.emit()
        else:
            self.update(before)
            self.update(self._area_of_playhead())
            self.update(self._area_of(added))
        self._legend.show_step(film.rows[row] if row is not None else None, index)

    def show_hint(self, text: str) -> None:
        """Say what can be done here, in the free room below a run without branches."""
        if text != self._hint:
            self._hint = text
            self.update()

    def refresh_pictures(self) -> None:
        """Paint again what has another picture now."""
        geometry = self._geometry
        for number in geometry.rows_between(geometry.top, geometry.height):
            row = self._film.rows[number]
            for frame in frames(geometry, row, number, geometry.visible):
                if frame.step is not None and self._thumbnails.is_stale(row.run, frame.step):
                    self.update(frame.place.toAlignedRect())

    def sizeHint(self) -> QSize:
        """Room for a run and a branch, whatever there is: the canvas is not to jump.

        A tall window has room for more, one with large text for less.
        """
        rows = min(5, max(1, self.window().height() // theme.current().px(360)))
        return QSize(640, round(self._geometry.top + rows * self._geometry.row_height + 8))

    def minimumSizeHint(self) -> QSize:
        """Room for one row."""
        return QSize(240, round(self._geometry.top + self._geometry.row_height + 8))

    def zoom(self, factor: float) -> None:
        """Spread the steps about the playhead, or draw them together."""
        geometry = self._geometry
        about = geometry.x(self._index + 0.5)
        if not geometry.gutter <= about <= geometry.width:
            about = geometry.gutter + geometry.room / 2
        self._zoom(factor, about)

    def fit(self) -> None:
        """Show all steps side by side."""
        self._geometry.fit()
        self._moved()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what lies in the area to be painted."""
        painter = QPainter(self)
        if self._film.rows:
            scene = Scene(self._film, self._geometry, self._thumbnails, self._row, self._index)
            for area in _columns(event):
                painter.save()
                painter.setClipRect(area)
                paint(painter, scene, area)
                painter.restore()
            painter.setClipRect(event.rect())
            self._paint_hint(painter)
        else:
            self._paint_invitation(painter)
        if self._ring:
            painter.setClipRect(self.rect())
            painter.setPen(QPen(theme.current().color("accent"), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def sliderChange(self, change: QAbstractSlider.SliderChange) -> None:
        """Paint nothing: the slider's own value is for screen readers only."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out again."""
        self._measure()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the step below the pointer."""
        if event.button() != Qt.MouseButton.LeftButton or not self._film.rows:
            return
        point = event.position()
        row = self._geometry.row_at(point.y())
        if row is None:
            row = self._row
        if row is None:
            return
        if point.x() < self._geometry.gutter - 4:
            self._want(row, self._film.rows[row].taken - 1 if row != self._row else self._index)
            return
        self._dragged = row
        self.setSliderDown(True)
        self._want(row, self._geometry.index_at(point.x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer along the row that was pressed."""
        if self._dragged is None:
            return
        geometry, x = self._geometry, event.position().x()
        if not geometry.fits:
            over = x - (geometry.width - geometry.margin)
            under = geometry.gutter - x
            if over > 0 or under > 0:
                geometry.scroll_to(left=geometry.left + max(0.0, over) - max(0.0, under))
                self._moved()
        if self._dragged < len(self._film.rows):
            self._want(self._dragged, geometry.index_at(x))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag."""
        self._dragged = None
        self.setSliderDown(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the rows, or the steps when they do not all fit; with Ctrl, zoom."""
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(ZOOM_STEP ** (turned.y() / 120), event.position().x())
            event.accept()
            return
        geometry = self._geometry
        sideways = turned.x() or (
            turned.y()
            if geometry.most_above == 0 or event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            else 0
        )
        down = 0 if sideways else turned.y()
        geometry.scroll_to(
            left=geometry.left - sideways / 120 * 3 * geometry.frame,
            above=geometry.above - down / 120 * geometry.row_height,
        )
        self._moved()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along the steps and between the rows."""
        key = Qt.Key(event.key())
        if self._act_on(key):
            event.accept()
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Say what lies below a pointer that rests."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._tell(event)
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

    def _act_on(self, key: Qt.Key) -> bool:
        if key == Qt.Key.Key_Space:
            self.play_wanted.emit()
            return True
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(ZOOM_STEP)
            return True
        if key == Qt.Key.Key_Minus:
            self.zoom(1 / ZOOM_STEP)
            return True
        if key == Qt.Key.Key_0:
            self.fit()
            return True
        if self._row is None:
            return False
        row = self._film.rows[self._row]
        across = {
            Qt.Key.Key_Left: self._index - 1,
            Qt.Key.Key_Right: self._index + 1,
            Qt.Key.Key_PageUp: self._index - PAGE,
            Qt.Key.Key_PageDown: self._index + PAGE,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: row.taken - 1,
        }
        if key in across:
            self._want(self._row, across[key])
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            other = self._row + (1 if key == Qt.Key.Key_Down else -1)
            if 0 <= other < len(self._film.rows):
                self._want(other, self._index)
        else:
            return False
        return True

    def _want(self, row: int, index: int) -> None:
        """Ask for a step, the nearest one that the row has."""
        wanted = self._film.rows[row]
        index = min(max(0, index), wanted.taken - 1)
        if index >= 0 and (row, index) != (self._row, self._index):
            # Not to wait for the answer: the next key goes on from here.
            self.show_film(self._film, wanted.run, index, self._aspect)
            self.wanted.emit(wanted.run, index)

    def _zoom(self, factor: float, about: float) -> None:
        self._geometry.zoom(factor, about)
        self._moved()

    def _bring_in_sight(self, row: int, index: int) -> None:
        before = (self._geometry.left, self._geometry.above)
        self._geometry.show(row, index)
        if before != (self._geometry.left, self._geometry.above):
            self._moved()

    def _moved(self) -> None:
        """The rows lie elsewhere now."""
        geometry = self._geometry
        for bar, most, at, page in (
            (self._across, geometry.most_left, geometry.left, geometry.room),
            (self._down, geometry.most_above, geometry.above, geometry.room_for_rows),
        ):
            with QSignalBlocker(bar):
                bar.setRange(0, round(most))
                bar.setPageStep(round(page))
                bar.setSingleStep(round(geometry.row_height))
                bar.setValue(round(at))
            bar.setVisible(most >= 1)
        self.update()
        self.looked.emit()

    def _scroll(self) -> None:
        self._geometry.scroll_to(self._across.value(), self._down.value())
        self.update()
        self.looked.emit()

    def _measure(self) -> None:
        """Lay out for the size, the text size and the film that there are."""
        px = theme.current().px
        geometry = self._geometry
        geometry.width, geometry.height = float(self.width()), float(self.height())
        geometry.top = float(px(RULER) + px(CURVES))
        geometry.gap = float(px(10))
        geometry.aspect = self._aspect
        geometry.side = float(min(MOST_SIDE, px(SIDE)))
        geometry.least = float(px(LEAST_FRAME))
        geometry.columns, geometry.rows = self._film.columns, len(self._film.rows)
        geometry.gutter = self._gutter()
        self._legend.setGeometry(0, 0, round(geometry.gutter) - px(12), round(geometry.top))
        size = QSize(round(geometry.frame), round(geometry.side))
        self._thumbnails.set_size(size, self.devicePixelRatioF())
        thick = 10
        top = round(geometry.top)
        self._down.setGeometry(self.width() - thick - 2, top, thick, max(1, self.height() - top))
        left = round(geometry.gutter)
        self._across.setGeometry(left, self.height() - thick, max(1, round(geometry.room)), thick)
        self.updateGeometry()
        self._moved()

    def _gutter(self) -> float:
        """Room for the widest label, within bounds."""
        px = theme.current().px
        big, small = label_fonts()
        big.setBold(True)
        wide = [QFontMetrics(big).horizontalAdvance(row.label) for row in self._film.rows]
        wide += [QFontMetrics(small).horizontalAdvance(row.about) for row in self._film.rows]
        least = self._legend.least_width + px(28)
        most = max(least, min(px(220), self.width() // 4))
        return float(min(most, max(least, *wide, 0) + px(28)) if wide else least)

    def _area_of_playhead(self) -> QRect:
        """All that changes when the playhead moves, with the numbers of the ruler beside it."""
        if self._row is None:
            return QRect()
        middle = round(self._geometry.x(self._index + 0.5))
        half = max(theme.current().px(48), round(self._geometry.frame) + 4)
        return QRect(middle - half, 0, 2 * half, self.height())

    def _area_of(self, steps: range) -> QRect:
        """The columns of some steps, and of the frames that stand for them among others."""
        if not steps:
            return QRect()
        geometry = self._geometry
        left = round(geometry.x(steps.start - geometry.stride)) - 2
        right = round(geometry.x(steps.stop + geometry.stride)) + 2
        return QRect(left, 0, right - left, self.height())

    def _tell_screen_readers(self) -> None:
        row = self._film.rows[self._row] if self._row is not None else None
        with QSignalBlocker(self):
            self.setRange(1, max(1, row.taken if row is not None else 1))
            # While a run goes on nobody wants to hear each of its steps.
            if row is None or not row.going or self.hasFocus():
                self.setValue(self._index + 1)
        if row is not None and (self.hasFocus() or not row.going):
            self.setAccessibleDescription(telling.step(row, self._index))

    def _tell(self, event: QHelpEvent) -> None:
        point = event.pos()
        row = self._geometry.row_at(point.y())
        text = ""
        if row is not None and point.x() < self._geometry.gutter:
            text = telling.row(self._film.rows[row])
        elif row is not None:
            text = self._below(row, point.x(), point.y())
        if text:
            QToolTip.showText(event.globalPos(), text, self)
        else:
            QToolTip.hideText()

    def _below(self, row: int, x: int, y: int) -> str:
        for mark in self._film.rows[row].marks:
            if mark_rect(self._geometry, row, mark.index).adjusted(-3, -3, 3, 3).contains(x, y):
                text = self.tr("before step {step}: {what}")
                return text.format(step=mark.index + 1, what=mark.text)
        return telling.step(self._film.rows[row], self._geometry.index_at(x))

    def _paint_hint(self, painter: QPainter) -> None:
        geometry, look = self._geometry, theme.current()
        top = geometry.y(len(self._film.rows) - 1) + geometry.side + geometry.gap
        if not self._hint or top + geometry.side > self.height():
            return
        painter.setPen(look.color("muted"))
        painter.setFont(look.font())
        place = QRectF(geometry.gutter, top, geometry.room, geometry.side)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, int(flags | Qt.TextFlag.TextWordWrap), self._hint)

    def _paint_invitation(self, painter: QPainter) -> None:
        look = theme.current()
        painter.fillRect(self.rect(), look.color("panel"))
        painter.setPen(look.color("muted"))
        text = self.tr(
            "Every step of a run will stand here. Go back to one, change something, "
            "and a branch grows from it."
        )
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        painter.drawText(self.rect().adjusted(16, 0, -16, 0), flags, text)


def _columns(event: QPaintEvent) -> list[QRect]:
    """What is to be painted, in as few parts as can be: each is gone through as a whole.

    A moved playhead leaves two columns, and nothing of what lies between them; a new picture in
    one of them does not part it further.
    """
    found: list[QRect] = []
    parts = list(event.region())  # type: ignore[call-overload]  # the stubs lack it
    for part in sorted(parts, key=QRect.left):
        if found and part.left() <= found[-1].right() + 1:
            found[-1] = found[-1].united(part)
        else:
            found.append(part)
    return found
