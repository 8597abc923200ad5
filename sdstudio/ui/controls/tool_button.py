"""Small buttons with an icon, beside the control they serve."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolButton, QWidget

from sdstudio.ui import theme
from sdstudio.ui.icons import icon

ICON_PX = 16
"""Side of an icon in pixels, before scaling."""


class IconButton(QToolButton):
    """A quiet button without words; its explanation is its tooltip and accessible name."""

    def __init__(self, icon_name: str, explanation: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "quiet")
        self.setIcon(icon(icon_name))
        self._scale()
        theme.current().changed.connect(self._scale)
        self.explain(explanation)

    def explain(self, explanation: str) -> None:
        """Say what it does now."""
        self.setToolTip(explanation)
        self.setAccessibleName(explanation)

    def _scale(self) -> None:
        side = theme.current().px(ICON_PX)
        self.setIconSize(QSize(side, side))
