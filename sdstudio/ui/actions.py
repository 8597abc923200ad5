"""Everything the window can be told to do, each with its words, shortcut and icon."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from sdstudio.ui import theme
from sdstudio.ui.draw.actions import DrawActions
from sdstudio.ui.icons import icon
from sdstudio.ui.models.actions import ModelActions
from sdstudio.ui.runs.actions import RunActions


class Actions(QObject):
    """The window's actions; menus, buttons and shortcuts all use these same objects."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.open_picture = self._make(
            self.tr("&Open picture to start from …"), "Ctrl+O", "picture"
        )
        self.open_settings = self._make(
            self.tr("Open a saved picture’s &settings …"), "Ctrl+Shift+O", "open"
        )
        self.save = self._make(self.tr("&Save picture as …"), "Ctrl+S", "save")
        self.copy = self._make(self.tr("&Copy picture"), "Ctrl+C", "copy")
        self.copy.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.quit = self._make(self.tr("&Quit"), "Ctrl+Q")
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)

        self.undo = self._make(self.tr("&Undo"), "Ctrl+Z", "undo")
        self.redo = self._make(self.tr("&Redo"), "Ctrl+Shift+Z", "redo")
        self.redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])

        self.zoom_in = self._make(self.tr("Zoom &in"), "Ctrl++", "zoom-in")
        self.zoom_in.setShortcuts([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])
        self.zoom_out = self._make(self.tr("Zoom &out"), "Ctrl+-", "zoom-out")
        self.fit = self._make(self.tr("&Fit to window"), "Ctrl+0", "fit")
        self.actual_size = self._make(self.tr("&Actual size"), "Ctrl+1", "actual-size")
        self.pixels = self._make(self.tr("Show &pixels as squares"), "Ctrl+P", "pixels")
        self.pixels.setCheckable(True)
        self.of_a_view = (self.fit, self.actual_size, self.zoom_in, self.zoom_out)
        self.of_a_picture = (self.save, self.copy, *self.of_a_view, self.pixels)
        self.full_screen = self._make(self.tr("F&ull screen"), "F11")
        self.full_screen.setCheckable(True)
        self.modes, self.mode_actions = self._choices(
            {
                "system": self.tr("Like the &system"),
                "light": self.tr("&Light"),
                "dark": self.tr("&Dark"),
            }
        )
        self.text_sizes, self.text_size_actions = self._choices(
            {str(percent): f"{percent} %" for percent in theme.TEXT_SIZES}
        )

        self.generate = self._make(self.tr("&Generate"), "Ctrl+Enter", "play")
        self.generate.setShortcuts([QKeySequence("Ctrl+Enter"), QKeySequence("Ctrl+Return")])
        self.stop = self._make(self.tr("&Stop"), "Esc", "stop")
        self.live = self._make(self.tr("&Live"), "Ctrl+L", "live")
        self.live.setCheckable(True)
        self.live.setToolTip(self.tr("Make the picture again whenever something changes (Ctrl+L)"))
        self.models = ModelActions(window)
        self.runs = RunActions(window)
        self.draw = DrawActions(window)

        self.tour = self._make(self.tr("&How this picture came to be …"))
        self.tour.setToolTip(self.tr("A tour of eight stops through a real run"))
        self.shortcuts = self._make(self.tr("&Keyboard shortcuts"), "F1")
        self.logs = self._make(self.tr("Open the &log folder"))
        self.about = self._make(self.tr("&About sdstudio"))
        self.about.setMenuRole(QAction.MenuRole.AboutRole)

    def _make(self, text: str, shortcut: str = "", drawing: str = "") -> QAction:
        action = QAction(text, self._window)
        plain = text.replace("&", "").removesuffix(" …")
        if shortcut:
            sequence = QKeySequence(shortcut)
            action.setShortcut(sequence)
            shown = sequence.toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{plain} ({shown})")
        else:
            action.setToolTip(plain)
        if drawing:
            action.setIcon(icon(drawing))
        return action

    def _choices(self, texts: dict[str, str]) -> tuple[QActionGroup, dict[str, QAction]]:
        group = QActionGroup(self._window)
        actions = {}
        for key, text in texts.items():
            action = QAction(text, self._window)
            action.setCheckable(True)
            action.setData(key)
            group.addAction(action)
            actions[key] = action
        return group, actions
