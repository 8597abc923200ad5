"""The top of the window: menus and the model on the left, the run on the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenuBar, QPushButton, QToolButton, QWidget

from sdstudio.session.sitting import Sitting
from sdstudio.ui import theme
from sdstudio.ui.actions import Actions
from sdstudio.ui.generate_button import GenerateButton
from sdstudio.ui.models.button import ModelButton


class TopBar(QWidget):
    """One row of what is needed all the time."""

    def __init__(self, actions: Actions, model: ModelButton, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.menu_bar = QMenuBar()
        self.menu_bar.setAccessibleName(self.tr("Menu"))
        self.model = model
        self.modes = [_button(action) for action in actions.draw.modes.actions()]
        self.undo = _tool(actions.undo)
        self.redo = _tool(actions.redo)
        self.live = _button(actions.live)
        self.stop = _button(actions.stop)
        self.generate = GenerateButton(actions.generate)
        self._layout = QHBoxLayout(self)
        self._layout.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        self._layout.addWidget(self.menu_bar)
        self._layout.addWidget(self.model)
        self._layout.addSpacing(theme.GRID)
        pair = QHBoxLayout()
        pair.setSpacing(0)
        for button, side in zip(self.modes, ("first", "last"), strict=True):
            button.setProperty("pair", side)
            pair.addWidget(button)
        self._layout.addLayout(pair)
        self._layout.addStretch(1)
        for widget in (self.undo, self.redo):
            self._layout.addWidget(widget)
        self._layout.addSpacing(theme.GRID)
        for button in (self.live, self.stop, self.generate):
            self._layout.addWidget(button)
        theme.current().changed.connect(self._resize)
        self._resize()

    def refresh(self, sitting: Sitting) -> None:
        """Show how far the run is."""
        run = sitting.run
        going = run is not None and run.running and not sitting.waiting
        waiting = 0.0 if sitting.waiting else None
        self.generate.show_progress(run.progress if run is not None and going else waiting)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the hairline below."""
        look = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.color("window"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, look.color("line"))
        painter.end()

    def _resize(self) -> None:
        look = theme.current()
        px = look.px
        self._layout.setContentsMargins(px(8), px(8), px(16), px(8) + 1)
        self._layout.setSpacing(px(8))
        size = QSize(px(16), px(16))
        for tool in (self.undo, self.redo):
            tool.setIconSize(size)
        for button in (*self.modes, self.live, self.stop, self.generate):
            button.setIconSize(QSize(px(14), px(14)))
        self.menu_bar.setFixedWidth(self.menu_bar.sizeHint().width())
        self._fit_words()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where room is scarce the words beside icons go, then what the menus have as well."""
        super().resizeEvent(event)
        self._fit_words()

    def minimumSizeHint(self) -> QSize:
        """What is left when the words have gone."""
        return QSize(theme.current().px(560), super().minimumSizeHint().height())

    def _fit_words(self) -> None:
        for level in range(3):
            for button in (*self.modes, self.live, self.stop):
                button.setText(f" {button.accessibleName()}" if level < 1 else "")
            for tool in (self.undo, self.redo):
                tool.setVisible(level < 2)
            self._layout.invalidate()
            if self._layout.minimumSize().width() <= self.width():
                break

    def fix_menu_width(self) -> None:
        """Give the menu bar the room of its menus, once it has them."""
        self._resize()


def _tool(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setAccessibleName(_plain(action))
    return button


def _button(action: QAction) -> QPushButton:
    # The style leaves too little room between an icon and its word.
    button = QPushButton(f" {_plain(action)}")
    button.setIcon(action.icon())
    button.setCheckable(action.isCheckable())
    button.setAccessibleName(_plain(action))
    button.setToolTip(action.toolTip())
    button.clicked.connect(action.trigger)

    def follow() -> None:
        button.setEnabled(action.isEnabled())
        button.setChecked(action.isChecked())

    action.changed.connect(follow)
    follow()
    return button


def _plain(action: QAction) -> str:
    return action.text().replace("&", "")
