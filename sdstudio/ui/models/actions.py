"""What can be done about the model, each with its words, shortcut and icon."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from sdstudio.ui.icons import icon


class ModelActions(QObject):
    """The model's menu, the menu bar and the status bar all use these same objects."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.choose = self._make(self.tr("Choose a &model …"), "Ctrl+M")
        self.open_folder = self._make(self.tr("Open a model f&older …"), drawing="open")
        self.open_file = self._make(self.tr("Open a model &file …"))
        self.from_hub = self._make(self.tr("From the &hub by name …"))
        self.autoencoder = self._make(self.tr("Another &autoencoder …"))
        self.autoencoder.setToolTip(
            self.tr("Turn latents into pictures with other weights, while this model is loaded")
        )
        self.own_autoencoder = self._make(self.tr("The model’s &own autoencoder again"))
        self.tiny_file = self._make(self.tr("From a &file …"))
        self.tiny_folder = self._make(self.tr("From a f&older …"))
        self.tiny_from_hub = self._make(self.tr("From the &hub by name …"))
        self.no_tiny = self._make(self.tr("&Without it again"))
        about = self.tr(
            "Shows the steps of a run quickly and nearly sharp where the model’s own autoencoder "
            "would slow it down. The finished picture is never made with it."
        )
        for action in self.of_tiny:
            action.setToolTip(about)
        self.inversions = self._make(self.tr("&Textual inversions …"))
        self.inversions.setToolTip(self.tr("Teach this model more words, while it is loaded"))
        self.details = self._make(self.tr("&Details …"), drawing="info")
        self.cancel = self._make(self.tr("&Cancel loading"), drawing="close")
        self.cancel.setToolTip(self.tr("Give up the model on its way; the present one stays"))
        self.reload = self._make(self.tr("&Reload the model"), drawing="reload")
        self.exact = self._make(self.tr("&Exact mode (float32)"))
        self.exact.setCheckable(True)
        self.exact.setToolTip(
            self.tr("Calculate in full precision: slower, and the same bits everywhere")
        )
        self.optimise = self._make(self.tr("Prepare a &faster engine"), drawing="speed")

    @property
    def of_tiny(self) -> tuple[QAction, ...]:
        """What can be done about a tiny autoencoder for previews."""
        return self.tiny_file, self.tiny_folder, self.tiny_from_hub, self.no_tiny

    def _make(self, text: str, shortcut: str = "", drawing: str = "") -> QAction:
        action = QAction(text, self._window)
        plain = text.replace("&", "").removesuffix(" …")
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
            plain += f" ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})"
        action.setToolTip(plain)
        if drawing:
            action.setIcon(icon(drawing))
        return action
