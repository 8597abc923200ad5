"""Chooses a panel: a button with a menu, and the same actions for the window's menus."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from sdstudio.ui.panels.registry import Entry


class Chooser(QWidget):
    """The name of the chosen panel; pressed, it offers the others.

    Args:
        panels: What can be chosen.
        owner: The widget whose window the keys work in.

    Attributes:
        actions_: One for each panel, checked where it is chosen; Alt and its number call it.

    Signals:
        chosen: The person has chosen this panel.
        called: A panel was chosen by key or menu: whatever shows it should come forward.
    """

    chosen = Signal(object)
    called = Signal()

    def __init__(self, panels: Sequence[Entry], owner: QWidget) -> None:
        super().__init__()
        self.button = QToolButton()
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.setToolTip(self.tr("Choose what to look at (Alt and a number)"))
        menu = QMenu(self.button)
        group = QActionGroup(self)
        self.actions_: list[QAction] = []
        for entry in panels:
            action = QAction(entry.title, owner)
            action.setCheckable(True)
            action.setData(entry.key)
            action.setShortcut(QKeySequence(f"Alt+{entry.number}"))
            action.triggered.connect(lambda _=False, each=entry: self._call(each))
            group.addAction(action)
            owner.addAction(action)
            menu.addAction(action)
            self.actions_.append(action)
        self.button.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)
        row.addStretch(1)

    def choose(self, key: str) -> None:
        """Choose a panel by its key, as if its action had been triggered."""
        for action in self.actions_:
            if action.data() == key:
                action.trigger()

    def show_chosen(self, entry: Entry) -> None:
        """Show which panel is chosen, without telling anybody."""
        for action in self.actions_:
            action.setChecked(action.data() == entry.key)
        self.button.setText(entry.title)
        self.button.setAccessibleName(self.tr("Panel: {name}").format(name=entry.title))

    def _call(self, entry: Entry) -> None:
        self.show_chosen(entry)
        self.chosen.emit(entry)
        self.called.emit()
