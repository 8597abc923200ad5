"""What the sampler made of the drawing, beside it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sdstudio.ui import theme
from sdstudio.ui.canvas.picture_view import PictureView
from sdstudio.ui.controls.elided_label import ElidedLabel
from sdstudio.ui.draw.foot import FOOT


class ResultView(QWidget):
    """A picture, and one line below it that says what it is.

    Attributes:
        view: The picture; it zooms and pans by itself.
        caption: The line.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = PictureView(captioned=False)
        self.view.setAccessibleName(self.tr("Result"))
        self.view.setMinimumSize(QSize(120, 120))
        self.caption = ElidedLabel(Qt.AlignmentFlag.AlignHCenter)
        self.caption.setProperty("kind", "muted")
        self.hint = QLabel(
            self.tr("Draw something, say in the prompt what it is, and the picture appears here.")
        )
        self.hint.setProperty("kind", "muted")
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.hint, 1)
        self._column.addWidget(self.view, 1)
        self._line = QHBoxLayout()
        self._line.addWidget(self.caption)
        self._column.addLayout(self._line)
        theme.current().changed.connect(self._scale)
        self._scale()
        self.show_image(None)

    def show_image(self, image: QImage | None, size: QSize | None = None) -> None:
        """Show a picture at the size it stands for; None shows what to do for one."""
        self.view.setVisible(image is not None)
        self.hint.setVisible(image is None)
        if image is not None:
            self.view.show_image(image, size)

    def say(self, text: str) -> None:
        """Say what the picture is."""
        self.caption.set_whole(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the canvas's ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().color("canvas"))
        painter.end()

    def _scale(self) -> None:
        px = theme.current().px
        self.hint.setContentsMargins(px(32), 0, px(32), 0)
        self._line.setContentsMargins(px(16), 0, px(16), px(4))
        self.caption.setFixedHeight(px(FOOT - 4))
