"""The question how a picture of another shape goes onto the sheet."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sdstudio.engine.picture import Picture
from sdstudio.session.drawing.fit import Fit, fitted
from sdstudio.session.drawing.layers import Colour
from sdstudio.ui import theme
from sdstudio.ui.pixels import to_qimage

PREVIEW = 148


class FitDialog(QDialog):
    """Shows what each way would make of the picture; a click on one takes it.

    Args:
        picture: What is put onto the sheet.
        size: The sheet's width and height.
        paper: What shows where the picture does not reach.

    Signals:
        chosen: The :class:`Fit`.
    """

    chosen = Signal(object)

    def __init__(
        self, picture: Picture, size: tuple[int, int], paper: Colour, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Put a picture onto the sheet"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        px = theme.current().px
        words = QLabel(
            self.tr("The picture has {w} × {h} pixels, the sheet {sw} × {sh}.").format(
                w=picture.size[0], h=picture.size[1], sw=size[0], sh=size[1]
            )
        )
        words.setWordWrap(True)
        self.buttons: dict[Fit, QToolButton] = {}
        row = QHBoxLayout()
        row.setSpacing(px(8))
        for fit, name, explanation in (
            (Fit.CROPPED, self.tr("Cropped"), self.tr("Fills the sheet; what sticks out is cut")),
            (Fit.LETTERBOXED, self.tr("Letterboxed"), self.tr("All of it, with bars")),
            (Fit.FITTED, self.tr("Stretched"), self.tr("All of it, stretched to the sheet")),
        ):
            button = self._make(fit, name, explanation)
            button.setIcon(QIcon(_preview(picture, size, paper, fit, px(PREVIEW))))
            row.addWidget(button)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(24), px(24), px(16))
        column.setSpacing(px(16))
        column.addWidget(words)
        column.addLayout(row)
        column.addWidget(buttons)
        self.buttons[Fit.CROPPED].setFocus()

    def _make(self, fit: Fit, name: str, explanation: str) -> QToolButton:
        button = QToolButton()
        button.setText(name)
        button.setToolTip(explanation)
        button.setAccessibleName(name)
        button.setAccessibleDescription(explanation)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        side = theme.current().px(PREVIEW)
        button.setIconSize(QSize(side, side))
        button.clicked.connect(lambda: self._take(fit))
        self.buttons[fit] = button
        return button

    def _take(self, fit: Fit) -> None:
        self.chosen.emit(fit)
        self.accept()


def needs_choice(picture: Picture, size: tuple[int, int]) -> bool:
    """Whether picture and sheet differ in shape by more than a pixel."""
    (width, height), (sheet_width, sheet_height) = picture.size, size
    return abs(width * sheet_height / max(1, height) - sheet_width) > 1


def _preview(
    picture: Picture, size: tuple[int, int], paper: Colour, fit: Fit, side: int
) -> QPixmap:
    """What the sheet would look like, as large as fits into a square."""
    import numpy as np

    scale = side / max(size)
    small = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
    pixels = fitted(picture, *small, fit).astype(np.float32)
    alpha = pixels[..., 3:] / 255
    seen = pixels[..., :3] * alpha + np.array(paper, np.float32) * (1 - alpha)
    return QPixmap.fromImage(to_qimage(np.rint(seen).astype(np.uint8)))
