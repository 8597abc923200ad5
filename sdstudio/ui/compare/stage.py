"""Two pictures on the screen: side by side, one wiped over the other, or their difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sdstudio.ui import theme
from sdstudio.ui.compare.pixel_difference import absolute_difference, amplified, matched
from sdstudio.ui.compare.wipe_line import paint_wipe_line
from sdstudio.ui.pixels import to_qimage

if TYPE_CHECKING:
    import numpy as np

Mode = Literal["side", "wipe", "difference"]
MODES: tuple[Mode, ...] = ("side", "wipe", "difference")

_GAP = 16
_CAPTION = 28


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two pictures.

    Attributes:
        picture: (height, width, 3) uint8; None where it has not been made yet.
        caption: What it is.
        size: The size it stands for, which a preview is shown at.
    """

    picture: np.ndarray | None = None
    caption: str = ""
    size: tuple[int, int] | None = None


class Stage(QWidget):
    """Paints two sides in one of three modes; the wipe's line can be dragged.

    Signals:
        wiped: The person has moved the wipe's line, to this share from the left.
        stepped: The person wants to go so many steps on; a negative number goes back.
        jumped: The person wants the first step (False) or the last (True).
    """

    wiped = Signal(float)
    stepped = Signal(int)
    jumped = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._sides = (Side(), Side())
        self._images: list[QImage | None] = [None, None]
        self._mode: Mode = "side"
        self._wipe = 0.5
        self._amplification = 4.0
        self._difference: np.ndarray | None = None
        self._difference_image: QImage | None = None
        self._dragging = False
        self.setMouseTracking(True)
        theme.current().changed.connect(self.update)

    @property
    def mode(self) -> Mode:
        """How the two are shown."""
        return self._mode

    @property
    def wipe(self) -> float:
        """Where the wipe's line is, 0 (left) to 1."""
        return self._wipe

    @property
    def mean_difference(self) -> float | None:
        """Mean difference of the pixels' channels, 0 to 255; None where there is none."""
        difference = self._found_difference()
        return None if difference is None else float(difference.mean())

    def show_sides(self, first: Side, second: Side) -> None:
        """Show other pictures."""
        for place, (before, side) in enumerate(zip(self._sides, (first, second), strict=True)):
            if before.picture is not side.picture:
                self._images[place] = to_qimage(side.picture) if side.picture is not None else None
                self._difference = self._difference_image = None
        self._sides = (first, second)
        self.setAccessibleName(f"{first.caption}; {second.caption}")
        self.update()

    def set_mode(self, mode: Mode) -> None:
        """Show the two another way."""
        self._mode = mode
        self.update()

    def set_wipe(self, share: float) -> None:
        """Move the wipe's line."""
        self._wipe = min(1.0, max(0.0, share))
        self.update()

    def set_amplification(self, factor: float) -> None:
        """Make the difference so many times as bright."""
        self._amplification = factor
        self._difference_image = None
        self.update()

    def areas(self) -> tuple[QRectF, QRectF]:
        """Where the two pictures lie; the same place in two of the modes."""
        px = theme.current().px
        room = QRectF(self.rect()).adjusted(px(_GAP), px(_GAP), -px(_GAP), -px(_CAPTION))
        if self._mode != "side":
            area = _fitted(self._size(), room)
            return area, area
        half = (room.width() - px(_GAP)) / 2
        left = QRectF(room.left(), room.top(), half, room.height())
        right = left.translated(half + px(_GAP), 0)
        size = self._size()
        return _fitted(size, left), _fitted(size, right)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pictures and what they are."""
        look = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.color("canvas"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        first, second = self.areas()
        if self._mode == "difference":
            self._paint_difference(painter, first)
        elif self._mode == "wipe":
            self._paint_wipe(painter, first)
        else:
            for area, image in zip((first, second), self._images, strict=True):
                self._paint_image(painter, area, image)
        self._paint_captions(painter, first, second)
        if self.hasFocus() and self.property("by_key"):
            painter.setPen(QPen(look.color("accent"), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the wipe's line, wherever the picture is pressed."""
        if self._mode == "wipe" and event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            self._drag(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the wipe's line."""
        over = self._mode == "wipe" and self.areas()[0].contains(event.position())
        self.setCursor(Qt.CursorShape.SplitHCursor if over else Qt.CursorShape.ArrowCursor)
        if self._dragging:
            self._drag(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the wipe's line."""
        self._dragging = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along the steps; with Shift move the wipe's line."""
        key = event.key()
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        ways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -5}
        ways[Qt.Key.Key_PageDown] = 5
        if shift and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.set_wipe(self._wipe + 0.02 * ways[Qt.Key(key)])
            self.wiped.emit(self._wipe)
        elif key in ways:
            self.stepped.emit(ways[Qt.Key(key)])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.jumped.emit(key == Qt.Key.Key_End)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Show a ring when the focus came by the keyboard."""
        by_key = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.setProperty("by_key", event.reason() in by_key)
        self.update()

    def sizeHint(self) -> QSize:
        """As large as may be."""
        px = theme.current().px
        return QSize(px(640), px(400))

    def minimumSizeHint(self) -> QSize:
        """Still a picture."""
        px = theme.current().px
        return QSize(px(160), px(120))

    def _size(self) -> QSizeF:
        for side in self._sides:
            if side.size is not None:
                return QSizeF(*side.size)
        for image in self._images:
            if image is not None:
                return QSizeF(image.size())
        return QSizeF(1, 1)

    def _paint_image(self, painter: QPainter, area: QRectF, image: QImage | None) -> None:
        if image is not None:
            painter.drawImage(area, image, QRectF(image.rect()))
            return
        look = theme.current()
        painter.setPen(QPen(look.color("line"), 1))
        painter.drawRect(area)
        painter.setPen(look.color("muted"))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), self.tr("being decoded …"))

    def _paint_wipe(self, painter: QPainter, area: QRectF) -> None:
        edge = round(area.left() + self._wipe * area.width())
        for image, left, right in (
            (self._images[0], area.left(), edge),
            (self._images[1], edge, area.right()),
        ):
            painter.setClipRect(QRectF(left, area.top(), right - left, area.height()))
            self._paint_image(painter, area, image)
        painter.setClipping(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_wipe_line(painter, edge, area.top(), area.bottom())

    def _paint_difference(self, painter: QPainter, area: QRectF) -> None:
        difference = self._found_difference()
        if difference is None:
            look = theme.current()
            painter.setPen(QPen(look.color("line"), 1))
            painter.drawRect(area)
            painter.setPen(look.color("muted"))
            known = all(image is not None for image in self._images)
            painter.drawText(
                area.adjusted(look.px(16), 0, -look.px(16), 0),
                int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap),
                self.tr("The two pictures have different sizes: there is no difference to show.")
                if known
                else self.tr("being decoded …"),
            )
            return
        if self._difference_image is None:
            self._difference_image = to_qimage(amplified(difference, self._amplification))
        self._paint_image(painter, area, self._difference_image)

    def _paint_captions(self, painter: QPainter, first: QRectF, second: QRectF) -> None:
        look = theme.current()
        painter.setPen(look.color("muted"))
        height = look.px(_CAPTION - 4)
        if self._mode == "side":
            half = self.width() / 2
            for area, side, edge in zip(
                (first, second), self._sides, (half, 2 * half), strict=True
            ):
                # A narrow picture's caption may go on below the space beside it.
                area.setRight(edge - look.px(_GAP) / 2)
                self._paint_caption(painter, area, side.caption, Qt.AlignmentFlag.AlignLeft)
            return
        room = QRectF(look.px(_GAP), first.bottom(), self.width() - 2 * look.px(_GAP), height)
        if self._mode == "wipe":
            left, right = QRectF(room), QRectF(room)
            left.setRight(room.center().x() - look.px(8))
            right.setLeft(room.center().x() + look.px(8))
            for area, side, where in (
                (left, self._sides[0], Qt.AlignmentFlag.AlignLeft),
                (right, self._sides[1], Qt.AlignmentFlag.AlignRight),
            ):
                self._paint_caption(painter, area, side.caption, where, at_bottom=False)
            return
        mean = self.mean_difference
        if mean is None:
            return
        told = self.tr("no difference in any pixel")
        if mean > 0:
            told = self.tr("difference × {factor}, on average {mean} of 255").format(
                factor=f"{self._amplification:g}", mean=f"{mean:.2f}"
            )
        self._paint_caption(painter, room, told, Qt.AlignmentFlag.AlignHCenter, at_bottom=False)

    def _paint_caption(
        self,
        painter: QPainter,
        area: QRectF,
        text: str,
        where: Qt.AlignmentFlag,
        *,
        at_bottom: bool = True,
    ) -> None:
        px = theme.current().px
        top = area.bottom() if at_bottom else area.top()
        place = QRect(round(area.left()), round(top) + px(2), round(area.width()), px(_CAPTION - 4))
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, int(where | Qt.AlignmentFlag.AlignVCenter), shown)

    def _found_difference(self) -> np.ndarray | None:
        first, second = (side.picture for side in self._sides)
        if self._difference is None and first is not None and second is not None:
            pair = matched(first, second)
            if pair is not None:
                self._difference = absolute_difference(*pair)
        return self._difference

    def _drag(self, position: QPointF) -> None:
        area = self.areas()[0]
        if area.width() > 0:
            self.set_wipe((position.x() - area.left()) / area.width())
            self.wiped.emit(self._wipe)


def _fitted(size: QSizeF, room: QRectF) -> QRectF:
    """The largest place of a picture's shape in the middle of a room."""
    if room.width() <= 0 or room.height() <= 0:
        return QRectF(room.topLeft(), QSizeF(0, 0))
    scaled = size.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    area = QRectF(0, 0, round(scaled.width()), round(scaled.height()))
    area.moveCenter(room.center())
    return QRectF(round(area.left()), round(area.top()), area.width(), area.height())
