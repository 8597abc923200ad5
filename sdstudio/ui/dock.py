"""A dock whose title is a quiet line with the studio's own icons."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QMainWindow, QToolButton, QWidget

from sdstudio.ui import theme
from sdstudio.ui.icons import icon


class Dock(QDockWidget):
    """A panel that docks, floats and closes.

    Args:
        name: What layouts remember it by.
        title: What people read.
        content: The panel.
        tools: The panel's own controls, to stand in the title line.
    """

    def __init__(
        self,
        name: str,
        title: str,
        content: QWidget,
        parent: QWidget | None = None,
        tools: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self.setObjectName(name)
        self._line = _Title(self, title, tools)
        self.setTitleBarWidget(self._line)
        self.setWidget(content)
        self.toggleViewAction().setText(title)
        self.visibilityChanged.connect(self._name)

    def _name(self) -> None:
        """Among tabs the tab says the title already."""
        window = self.parent()
        tabbed = (
            isinstance(window, QMainWindow)
            and not self.isFloating()
            and bool(window.tabifiedDockWidgets(self))
        )
        self._line.show_title(not tabbed)


class _Title(QWidget):
    """The title line; dragging it moves the dock."""

    def __init__(self, dock: QDockWidget, title: str, tools: QWidget | None) -> None:
        super().__init__(dock)
        self._text = title
        self._label = QLabel(title)
        self._label.setProperty("kind", "muted")
        self._float = _button(self.tr("Float or dock {panel}").format(panel=title), "float")
        self._float.clicked.connect(lambda: dock.setFloating(not dock.isFloating()))
        self._close = _button(self.tr("Hide {panel}").format(panel=title), "close")
        self._close.clicked.connect(dock.close)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._label, 0 if tools is not None else 1)
        if tools is not None:
            self._row.addWidget(tools, 1)
        self._row.addWidget(self._float)
        self._row.addWidget(self._close)
        theme.current().changed.connect(self._resize)
        self._resize()

    def show_title(self, shown: bool) -> None:
        """Show the title or only the tools; the room stays, so that a drag has a hold."""
        self._label.setText(self._text if shown else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the panel's ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().color("panel"))
        painter.end()

    def _resize(self) -> None:
        px = theme.current().px
        self._row.setContentsMargins(16, px(4), px(8), 0)
        self._row.setSpacing(0)
        for button in (self._float, self._close):
            button.setIconSize(QSize(px(14), px(14)))


def _button(explanation: str, drawing: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(drawing, "muted"))
    button.setToolTip(explanation)
    button.setAccessibleName(explanation)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
