"""The sheet on the screen: painted where it changes, zoomed, panned and turned."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.ui import pacing, theme
from sdstudio.ui.canvas.picture_view import ZOOM_STEP
from sdstudio.ui.draw import overlays
from sdstudio.ui.draw.hand import Hand
from sdstudio.ui.draw.overlays import Overlay
from sdstudio.ui.draw.sheet_view import SheetView
from sdstudio.ui.draw.surface import Surface

MARGIN = 16
SQUARES = 8.0
"""Beyond this enlargement pixels are shown as squares."""


class SheetCanvas(QWidget):
    """Shows a drawing and what lies over it; :class:`Pad` adds the hand.

    Attributes:
        view: Where the sheet lies.
        surface: The drawing as images.
        hand: What is drawn with, and on which layer.
        selection: What the move tool has selected, in the sheet's pixels.
        carried: How far the selection is dragged before it is let go.

    Signals:
        moved: The view has changed.
    """

    moved = Signal()

    def __init__(self, hand: Hand, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.hand = hand
        self.view = SheetView()
        self.surface = Surface(self)
        self.selection: QRect | None = None
        self.carried = QPoint()
        self.overlays: list[Overlay] = []
        self._painting: Callable[[QPainter, QRectF], None] | None = None
        self._skins: list[tuple[QImage, float]] = []
        self._pointer: QPointF | None = None
        self._crosshair: QPointF | None = None
        self._is_down = False
        self._keyboard_focus = False
        self.surface.changed.connect(self._repaint)
        self.surface.resized.connect(self._take_size)
        hand.changed.connect(self.update)
        theme.current().changed.connect(self.update)

    @property
    def drawing(self) -> Drawing | None:
        """What is drawn on."""
        return self.surface.drawing

    @property
    def layer(self) -> str:
        """What is drawn on."""
        return self.hand.layer

    @property
    def pointer(self) -> QPointF | None:
        """Where the mouse or the pen is, None outside."""
        return self._pointer

    def set_skins(self, skins: list[tuple[QImage, float]]) -> None:
        """Show other pictures through the sheet, as frames before and after this one.

        Args:
            skins: Pictures of the sheet's shape, with how much of each shows, 0 to 1.
        """
        self._skins = skins
        self.update()

    def add_overlay(self, overlay: Overlay) -> None:
        """Let something more lie over the sheet; the one added last is asked first."""
        self.overlays.insert(0, overlay)
        self.update()

    def set_overlay(self, paint: Callable[[QPainter, QRectF], None] | None) -> None:
        """Have something painted over the sheet, below guides and outlines.

        Args:
            paint: Called with a painter in the sheet's pixels and the whole sheet.
        """
        self._painting = paint
        self.update()

    def fit(self) -> None:
        """Show all of the sheet."""
        self.view.fit()
        self.view_changed()

    def actual_size(self) -> None:
        """Show one pixel of the sheet on one of the screen."""
        self.view.zoom_to(1 / self.devicePixelRatioF())
        self.view_changed()

    def zoom_in(self) -> None:
        """Enlarge by a step about the pointer, or the middle without one."""
        self.zoom(ZOOM_STEP)

    def zoom_out(self) -> None:
        """Reduce by a step."""
        self.zoom(1 / ZOOM_STEP)

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Multiply the scale."""
        self.view.zoom_by(factor, about if about is not None else self._pointer)
        self.view_changed()

    def turn(self, degrees: float) -> None:
        """Turn the view clockwise."""
        self.view.turn_by(degrees)
        self.view_changed()

    def straighten(self) -> None:
        """Turn the view back."""
        self.view.turn_to(0)
        self.view_changed()

    def view_changed(self) -> None:
        """The sheet lies elsewhere: paint and tell."""
        self.update()
        self.moved.emit()

    def sizeHint(self) -> QSize:
        """As large as may be."""
        px = theme.current().px
        return QSize(px(640), px(480))

    def minimumSizeHint(self) -> QSize:
        """Still a sheet."""
        px = theme.current().px
        return QSize(px(120), px(120))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the sheet placed."""
        super().resizeEvent(event)
        room = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        if room.width() > 1 and room.height() > 1:
            self.view.set_room(room)
        self.view_changed()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what has changed, and what lies over it."""
        look = theme.current()
        painter = QPainter(self)
        painter.fillRect(event.rect(), look.color("canvas"))
        if self.drawing is not None:
            painter.setClipRegion(event.region())
            self._paint_sheet(painter, event.rect())
            self._paint_over(painter)
            painter.setClipping(False)
        if self._keyboard_focus:
            painter.setPen(QPen(look.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()
        pacing.current().stroke_painted()

    def _paint_sheet(self, painter: QPainter, area: QRect) -> None:
        ratio = self.devicePixelRatioF()
        scale = self.view.scale * ratio
        image = self.surface.image(scale)
        whole = QRectF(QPointF(0, 0), self.view.size)
        painter.save()
        smooth = scale < SQUARES or self.view.angle % 90 != 0
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.setTransform(self.view.transform, True)
        painter.drawImage(whole, image, QRectF(image.rect()))
        for skin, opacity in self._skins:
            painter.setOpacity(opacity)
            painter.drawImage(whole, skin, QRectF(skin.rect()))
        painter.setOpacity(1.0)
        if self._painting is not None:
            self._painting(painter, whole)
        painter.restore()
        mask = self.surface.mask()
        if mask is not None:
            painter.save()
            painter.setOpacity(self.drawing.opacity["mask"] if self.drawing else 1.0)
            overlays.paint_mask(painter, area, mask, self.view, ratio)
            painter.restore()
        # A turned edge would be a staircase.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.view.angle % 90 != 0)
        painter.setPen(QPen(theme.current().color("outline"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(self.view.outline)

    def _paint_over(self, painter: QPainter) -> None:
        overlays.paint_symmetry(painter, self.view, self.hand.held)
        if self.selection is not None:
            self._paint_selection(painter, self.selection)
        for overlay in reversed(self.overlays):
            painter.save()
            overlay.paint(painter, self.view)
            painter.restore()
        cross = None if self._crosshair is None else self.view.to_pad(self._crosshair)
        place = self._pointer if cross is None else cross
        radius = self.outline_radius
        if place is not None and radius >= overlays.LEAST_OUTLINE:
            overlays.paint_outline(painter, place, radius, self.devicePixelRatioF())
        if cross is not None:
            overlays.paint_crosshair(painter, cross, self._is_down)

    def _paint_selection(self, painter: QPainter, selection: QRect) -> None:
        by = self.carried
        if not by.isNull():
            # What is dragged is seen where it will be, before it is let go there.
            image = self.surface.image(1.0).copy(selection)
            painter.save()
            painter.setTransform(self.view.transform, True)
            painter.setOpacity(0.7)
            painter.drawImage(selection.topLeft() + by, image)
            painter.restore()
        overlays.paint_selection(painter, self.view, selection, by)

    @property
    def outline_radius(self) -> float:
        """Half the nib's width on the screen; 0 for tools that have none."""
        held = self.hand.held
        drawn = held.tool in ("brush", "eraser", "mask", "line")
        bare = held.tool in ("rectangle", "ellipse") and not held.filled
        return self.hand.nib.size / 2 * self.view.scale if drawn or bare else 0.0

    def show_pointer(self, place: QPointF | None) -> None:
        """Take the nib's outline along with the pointer."""
        before, self._pointer = self._pointer, place
        self._repaint_mark(before)
        self._repaint_mark(place)

    def show_crosshair(self, place: QPointF | None, *, down: bool = False) -> None:
        """Show the keyboard's crosshair at a place of the sheet, or none.

        Args:
            place: In the sheet's pixels.
            down: Whether its pen is down.
        """
        for spot in (self._crosshair, place):
            self._repaint_mark(None if spot is None else self.view.to_pad(spot))
        self._repaint_mark(self._pointer)
        self._crosshair, self._is_down = place, down

    def _repaint(self, rect: QRect) -> None:
        self.update(self.view.rect_to_pad(rect))

    def _repaint_mark(self, place: QPointF | None) -> None:
        if place is not None:
            reach = max(self.outline_radius, theme.current().px(overlays.CROSS)) + 3
            self.update(
                QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach).toAlignedRect()
            )

    def _take_size(self) -> None:
        size = self.surface.size
        if not size.isEmpty():
            self.view.set_size(size.width(), size.height())
        self.selection = None
        self.view_changed()
