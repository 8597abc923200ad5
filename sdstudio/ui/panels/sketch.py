"""A small sheet to draw on: a few colours, one brush."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from sdstudio.engine.picture import Picture
from sdstudio.ui import theme
from sdstudio.ui.controls.tool_button import IconButton
from sdstudio.ui.pixels import to_png

SIDE = 128
"""Pixels of the sheet's side; what noises it scales it to the model's size."""

BRUSH = 12
PAPER = "#ffffff"
COLOURS = ("#1d1e20", "#c0392b", "#e6a93c", "#4e9a2c", "#2f6fb5", "#ffffff")


class Sketch(QWidget):
    """The sheet, the colours below it and a button that clears it.

    Signals:
        drawn: A stroke has ended: the :class:`Picture`, or None of an empty sheet.
    """

    drawn = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = Sheet()
        self.sheet.drawn.connect(self.drawn)
        self.swatches = [Swatch(QColor(colour), name) for colour, name in self._colours()]
        for swatch in self.swatches:
            swatch.clicked.connect(self._choose)
        self.clear_button = IconButton("clear", self.tr("Take a fresh sheet"))
        self.clear_button.clicked.connect(self.sheet.clear)
        self._row = QHBoxLayout()
        for swatch in self.swatches:
            self._row.addWidget(swatch)
        self._row.addStretch(1)
        self._row.addWidget(self.clear_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.sheet)
        column.addLayout(self._row)
        self.swatches[0].setChecked(True)
        theme.current().changed.connect(self._scale)
        self._scale()

    def _colours(self) -> list[tuple[str, str]]:
        names = (
            self.tr("Black"),
            self.tr("Red"),
            self.tr("Yellow"),
            self.tr("Green"),
            self.tr("Blue"),
            self.tr("White"),
        )
        return list(zip(COLOURS, names, strict=True))

    def _choose(self) -> None:
        swatch = self.sender()
        if isinstance(swatch, Swatch):
            self.sheet.colour = swatch.colour

    def _scale(self) -> None:
        px = theme.current().px
        self._row.setSpacing(px(4))
        for swatch in self.swatches:
            swatch.setFixedSize(px(26), px(26))


class Sheet(QWidget):
    """White paper that the mouse draws on; Delete clears it.

    Attributes:
        colour: What the brush draws with.

    Signals:
        drawn: As of :class:`Sketch`.
    """

    drawn = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colour = QColor(COLOURS[0])
        self.image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
        self.image.fill(QColor(PAPER))
        self._last: QPointF | None = None
        self._is_blank = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self.tr("Sheet to draw on"))
        self.setToolTip(self.tr("Draw something simple: a face, a flower, a house"))
        theme.current().changed.connect(self.updateGeometry)

    @property
    def picture(self) -> Picture | None:
        """The drawing, None of an empty sheet."""
        return None if self._is_blank else Picture(to_png(self.image))

    def clear(self) -> None:
        """Take a fresh sheet."""
        self.image.fill(QColor(PAPER))
        self._is_blank = True
        self.update()
        self.drawn.emit(None)

    def sizeHint(self) -> QSize:
        """A square of a hand's width."""
        side = theme.current().px(192)
        return QSize(side, side)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._last = self._place(event.position())
            self._draw_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the stroke."""
        if self._last is not None:
            self._draw_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke and tell."""
        if event.button() == Qt.MouseButton.LeftButton and self._last is not None:
            self._last = None
            self.drawn.emit(self.picture)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete clears the sheet."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sheet, framed, and the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = self._area()
        painter.drawImage(area, self.image)
        look = theme.current()
        painter.setPen(QPen(look.color("accent" if self.hasFocus() else "outline"), look.px(1)))
        painter.drawRect(area)
        painter.end()

    def _area(self) -> QRectF:
        side = min(self.width(), self.height()) - 1
        return QRectF(0.5, 0.5, side, side)

    def _place(self, position: QPointF) -> QPointF:
        area = self._area()
        return (position - area.topLeft()) * (SIDE / area.width())

    def _draw_to(self, position: QPointF) -> None:
        place = self._place(position)
        painter = QPainter(self.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self.colour, BRUSH)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        # A click is a dot: a line of no length is not painted everywhere.
        painter.drawLine(self._last or place, place + QPointF(0.01, 0.0))
        painter.end()
        self._last = place
        self._is_blank = False
        self.update()


class Swatch(QPushButton):
    """A colour that can be chosen; the chosen one has a ring.

    Args:
        colour: Which.
        name: What it is called.
    """

    def __init__(self, colour: QColor, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colour = colour
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setToolTip(name)
        self.setAccessibleName(name)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the colour as a disc."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        gap, ring = look.px(5), look.px(2)
        inner = QRectF(self.rect()).adjusted(gap, gap, -gap, -gap)
        painter.setPen(QPen(look.color("outline"), 1))
        painter.setBrush(self.colour)
        painter.drawEllipse(inner)
        if self.isChecked() or self.hasFocus():
            painter.setPen(QPen(look.color("accent" if self.hasFocus() else "text"), look.px(2)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QRectF(self.rect()).adjusted(ring, ring, -ring, -ring))
        painter.end()
