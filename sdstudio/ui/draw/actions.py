"""What can be done with drawings, each with its words, shortcut and icon."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from sdstudio.ui.icons import icon


class DrawActions(QObject):
    """Menus, buttons and shortcuts of drawing all use these same objects.

    Attributes:
        modes: The two pages of the window, one of them checked: ``generate`` and ``draw``.
        of_the_sheet: What needs the drawing page.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.generate = self._make(self.tr("Generate"), "", "picture")
        self.generate.setToolTip(self.tr("The picture, as large as may be (Ctrl+Shift+D)"))
        self.draw = self._make(self.tr("Draw"), "", "draw")
        self.draw.setToolTip(
            self.tr("A sheet to draw on, for the model to go on from (Ctrl+Shift+D)")
        )
        self.modes = QActionGroup(self)
        for action in (self.generate, self.draw):
            action.setCheckable(True)
            self.modes.addAction(action)
        self.generate.setChecked(True)
        self.toggle = self._make(self.tr("&Draw, or back to the picture"), "Ctrl+Shift+D", "draw")
        self.new = self._make(self.tr("&New drawing …"), "", "new")
        self.older = self._make(self.tr("&Older drawings …"), "", "open")
        self.open = self._make(self.tr("Put a &picture onto the sheet …"), "", "import")
        self.paste = self._make(self.tr("P&aste a picture onto the sheet"), "", "paste")
        self.export = self._make(self.tr("&Export the drawing …"), "", "export")
        self.of_the_sheet = (self.new, self.older, self.open, self.paste, self.export)
        for action in self.of_the_sheet:
            action.setEnabled(False)

    def _make(self, text: str, shortcut: str, drawing: str) -> QAction:
        action = QAction(text, self._window)
        plain = text.replace("&", "").removesuffix(" …")
        action.setIcon(icon(drawing))
        action.setToolTip(plain)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
            shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{plain} ({shown})")
        return action
