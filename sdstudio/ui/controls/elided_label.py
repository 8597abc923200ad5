"""A label that never asks for more room than there is."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class ElidedLabel(QLabel):
    """A label that gives way: what does not fit ends in …, the tooltip has it all."""

    def __init__(self, alignment: Qt.AlignmentFlag, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setAlignment(alignment | Qt.AlignmentFlag.AlignVCenter)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def whole(self) -> str:
        """The text before it was shortened."""
        return self._whole

    def set_whole(self, text: str) -> None:
        """Show a text, as much of it as fits."""
        self._whole = text
        self.setToolTip(text[:500])
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the text again."""
        self._elide()

    def minimumSizeHint(self) -> QSize:
        """No width at all, if need be."""
        return QSize(0, super().minimumSizeHint().height())

    def _elide(self) -> None:
        text = self.fontMetrics().elidedText(
            self._whole[:200], Qt.TextElideMode.ElideRight, self.width()
        )
        if text != self.text():
            self.setText(text)
