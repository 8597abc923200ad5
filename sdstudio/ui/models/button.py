"""Which model is loaded, or how far the one on its way is; opens the menu of models."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from sdstudio.session.model_watch import ModelWatch
from sdstudio.ui import theme
from sdstudio.ui.models.menu import ModelMenu
from sdstudio.ui.models.telling import amount, called, progress, share
from sdstudio.ui.progress_line import ProgressLine

WIDTH = 168


class ModelButton(QPushButton):
    """Shows the model's name and size, in a place as wide whatever it says."""

    def __init__(self, menu: ModelMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._figure = "", ""
        self._line = ProgressLine(self)
        self._line.setAccessibleName(self.tr("Loading the model"))
        self._line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._line.hide()
        self.setMenu(menu)
        theme.current().changed.connect(self._resize)
        self._resize()

    @property
    def whole(self) -> str:
        """What it says, before it was shortened."""
        return f"{self._name}   {self._figure}".rstrip()

    def refresh(self, watch: ModelWatch) -> None:
        """Show the model, or the one on its way."""
        facts, loading = watch.facts, watch.loading
        tip = self.tr("The model that makes the pictures (Ctrl+M)")
        if watch.is_loading and loading is not None:
            self._name = called(watch.asked)
            self._figure = "…" if loading.fraction is None else share(loading.fraction)
            tip = progress(watch)
            self._line.show_progress(loading.fraction, busy=loading.fraction is None)
        elif facts is None:
            self._name, self._figure = self.tr("No model"), ""
        else:
            self._name, self._figure = facts.name, amount(facts.parameters)
        self._line.setVisible(watch.is_loading)
        self.setToolTip(tip)
        name = self.tr("Loading the model {name}") if watch.is_loading else self.tr("Model: {name}")
        self.setAccessibleName(name.format(name=self.whole))
        self._elide()

    def open_menu(self) -> None:
        """Open the menu below it, ready for the arrow keys."""
        menu = self.menu()
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
        menu.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the line at the foot."""
        super().resizeEvent(event)
        px = theme.current().px
        self._line.setGeometry(
            px(8), self.height() - px(6), self.width() - px(16), self._line.height()
        )
        self._elide()

    def _elide(self) -> None:
        """Shorten the name in its middle: files of one model differ at their ends."""
        metrics = self.fontMetrics()
        figure = f"   {self._figure}" if self._figure else ""
        room = self.width() - theme.current().px(44) - metrics.horizontalAdvance(figure)
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, room)
        text = f"{name}{figure}".replace("&", "&&")
        if text != self.text():
            self.setText(text)

    def _resize(self) -> None:
        self.setFixedWidth(theme.current().px(WIDTH))
        self._elide()
