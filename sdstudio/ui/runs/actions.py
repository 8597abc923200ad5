"""What can be done with recorded runs, each with its words, shortcut and icon."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from sdstudio.session.jobs import ExportFormat
from sdstudio.ui.icons import icon


class RunActions(QObject):
    """Menus, buttons and shortcuts of runs all use these same objects.

    Those in ``of_the_tree`` answer to their keys only while the tree has the focus.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.open = self._make(self.tr("Open &run …"), "Ctrl+Alt+O", "branch")
        self.save = self._make(self.tr("Sa&ve run as …"), "Ctrl+Shift+S")
        self.compare = self._make(self.tr("&Compare"), "Ctrl+D", "compare")
        self.rename = self._make(self.tr("Re&name"), "F2", "rename")
        self.pin = self._make(self.tr("&Pin: keep for later sittings"), "P", "pin")
        self.pin.setCheckable(True)
        self.use = self._make(self.tr("Use its &settings"), "Ctrl+U")
        self.delete = self._make(self.tr("&Delete"), "Del", "delete")
        self.of_the_tree = (self.rename, self.pin, self.delete)
        for action in self.of_the_tree:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.exports: dict[ExportFormat, QAction] = {
            "strip": self._make(self.tr("Steps side by side (&PNG) …")),
            "gif": self._make(self.tr("Film as &GIF …")),
            "webp": self._make(self.tr("Film as &WebP …")),
            "mp4": self._make(self.tr("Film as &MP4 …")),
            "npz": self._make(self.tr("&Tensors for NumPy (.npz) …")),
        }
        for name, action in self.exports.items():
            action.setData(name)

    def export_menu(self, parent: QWidget) -> QMenu:
        """A menu of the formats that a run can be exported in."""
        menu = QMenu(self.tr("&Export run"), parent)
        menu.setIcon(icon("export"))
        menu.addActions(list(self.exports.values()))
        return menu

    def _make(self, text: str, shortcut: str = "", drawing: str = "") -> QAction:
        action = QAction(text, self._window)
        plain = text.replace("&", "").removesuffix(" …")
        shown = ""
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
            shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{plain} ({shown})" if shown else plain)
        if drawing:
            action.setIcon(icon(drawing))
        return action
