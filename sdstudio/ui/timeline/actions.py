"""What the timeline can be told to do, with words, shortcuts and icons."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from sdstudio.session.events import View
from sdstudio.ui.icons import icon
from sdstudio.ui.timeline import views


class TimelineActions(QObject):
    """Buttons, menus and shortcuts all use these; menus may take them whole.

    Attributes:
        all: In the order of a menu, None for a line between two groups.
    """

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._owner = owner
        self.first = self._make(self.tr("&First step"), "Alt+Home", "first")
        self.previous = self._make(self.tr("&Previous step"), "Alt+Left", "previous")
        self.play = self._make(self.tr("Pla&y the steps"), "Alt+P", "play")
        self.next = self._make(self.tr("&Next step"), "Alt+Right", "next")
        self.last = self._make(self.tr("&Newest step"), "Alt+End", "last")
        self.fresh_noise = self._make(self.tr("Put in &fresh noise"), "Ctrl+Shift+N", "noise")
        self.explore_mix = self._make(self.tr("&Explore the mix"), "Ctrl+Shift+M", "mix")
        self.zoom_in = self._make(self.tr("Spread the &steps"), "", "zoom-in")
        self.fit = self._make(self.tr("Show &all steps"), "", "fit")
        self.views = QActionGroup(self)
        self.view_actions: dict[View, QAction] = {}
        for number, view in enumerate(views.VIEWS, start=1):
            action = self._make(views.name(view), f"Alt+Shift+{number}")
            action.setToolTip(views.explanation(view))
            action.setCheckable(True)
            action.setData(view)
            self.views.addAction(action)
            self.view_actions[view] = action
        self.view_actions["x0"].setChecked(True)
        self.transport = (self.first, self.previous, self.play, self.next, self.last)

    @property
    def all(self) -> tuple[QAction | None, ...]:
        """In the order of a menu, None for a line between two groups."""
        return (
            *self.transport,
            None,
            self.fresh_noise,
            self.explore_mix,
            None,
            self.zoom_in,
            self.fit,
            None,
            *self.view_actions.values(),
        )

    def show_playing(self, playing: bool) -> None:
        """Let the play button pause while it plays."""
        self.play.setIcon(icon("pause" if playing else "play"))
        self.play.setText(self.tr("&Pause") if playing else self.tr("Pla&y the steps"))
        explain(self.play)

    def _make(self, text: str, shortcut: str, drawing: str = "") -> QAction:
        action = QAction(text, self._owner)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
        if drawing:
            action.setIcon(icon(drawing))
        explain(action)
        self._owner.addAction(action)
        return action


def explain(action: QAction, more: str = "") -> None:
    """Give an action its tooltip: its words and shortcut, or a sentence in their place."""
    text = more or action.text().replace("&", "")
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{text} ({keys})" if keys else text)
