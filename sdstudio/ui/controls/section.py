"""A folded part of the panel."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from sdstudio.ui import theme
from sdstudio.ui.controls.tool_button import ICON_PX
from sdstudio.ui.icons import icon


class Section(QWidget):
    """A heading that folds what is below it; folded, its controls are out of the tab order.

    Args:
        title: The heading.
    """

    unfolded = Signal(bool)
    """It was opened (True) or folded."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._open = False
        self.header = QToolButton()
        self.header.setProperty("kind", "quiet")
        self.header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._body = QWidget()
        self.column = QVBoxLayout(self._body)
        self.column.setContentsMargins(0, 8, 0, 0)
        self.column.setSpacing(0)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.header)
        outer.addWidget(self._body)
        self.header.clicked.connect(lambda: self.set_open(not self._open))
        theme.current().changed.connect(self._scale)
        self._scale()
        self.set_changed(0)
        self._show_fold()

    @property
    def is_open(self) -> bool:
        """Whether its controls can be seen."""
        return self._open

    def set_open(self, opened: bool) -> None:
        """Open or fold it."""
        if opened != self._open:
            self._open = opened
            self._show_fold()
            self.unfolded.emit(opened)

    def set_changed(self, count: int) -> None:
        """Say in the heading how many of its controls are not at their default."""
        text = self._title
        if count:
            text += " · " + self.tr("{count} changed").format(count=count)
        self.header.setText(text)
        self.header.setAccessibleName(text)

    def _show_fold(self) -> None:
        self._body.setVisible(self._open)
        self.header.setIcon(icon("chevron-down" if self._open else "chevron-right"))
        self.header.setAccessibleDescription(self.tr("Open") if self._open else self.tr("Folded"))

    def _scale(self) -> None:
        side = theme.current().px(ICON_PX)
        self.header.setIconSize(QSize(side, side))
