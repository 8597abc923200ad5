"""The colour in the hand over the other one."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QColorDialog, QVBoxLayout, QWidget

from sdstudio.ui import theme
from sdstudio.ui.controls.tool_button import IconButton
from sdstudio.ui.draw.hand import Hand

SIDE = 34


class ColourWells(QWidget):
    """Shows both colours; a click chooses another, the arrows swap them.

    Attributes:
        well: The button that shows them.
        swap: The button that swaps them.
    """

    def __init__(self, hand: Hand, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hand = hand
        self.well = _Well(hand)
        self.well.clicked.connect(self.ask)
        self.swap = IconButton("swap", self.tr("Swap the two colours (X)"))
        self.swap.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.swap.clicked.connect(hand.swap_colours)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID // 2)
        column.addWidget(self.well, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.swap, 0, Qt.AlignmentFlag.AlignHCenter)

    def ask(self) -> None:
        """Let the person choose any colour."""
        dialog = QColorDialog(self._hand.colour, self)
        dialog.setWindowTitle(self.tr("Colour"))
        # The studio's own dialog follows its theme and text size; a system's may not.
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(self._hand.set_colour)
        dialog.open()


class _Well(QAbstractButton):
    """Two overlapping squares."""

    def __init__(self, hand: Hand) -> None:
        super().__init__()
        self._hand = hand
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        hand.changed.connect(self._describe)
        theme.current().changed.connect(self.updateGeometry)
        self._describe()

    def sizeHint(self) -> QSize:
        """As wide as the tools above."""
        side = theme.current().px(SIDE)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the other colour below, the one in the hand above."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = self.width() * 0.66
        far, edge = self.width() - side - 1, look.px(1)
        round_ = look.px(3)
        for place, colour in ((far, self._hand.held.other), (1.0, self._hand.held.colour)):
            square = QRectF(place, place, side, side)
            painter.setPen(QPen(look.color("panel"), 3 * edge))
            painter.drawRoundedRect(square, round_, round_)
            painter.setPen(QPen(look.color("outline"), edge))
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(square, round_, round_)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.color("accent"), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _describe(self) -> None:
        held = self._hand.held
        self.setAccessibleName(self.tr("Colour {name}").format(name=held.colour))
        self.setToolTip(
            self.tr("Colour {name}, and {other} for X\nClick to choose another").format(
                name=held.colour, other=held.other
            )
        )
        self.update()
