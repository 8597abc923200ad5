"""Asks for the name of a model on the hub."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from sdstudio.session.model_source import hub_folder, hub_name
from sdstudio.ui import theme
from sdstudio.ui.controls.note import Kind, NoteLine
from sdstudio.ui.dialog_buttons import accept_or_cancel

_WIDTH = 480


class HubDialog(QDialog):
    """A field for owner/name, and what happens when it is chosen.

    Args:
        name: What stands in the field at first, ready to be mended.
        parent: The window.
        what: A model, or a tiny autoencoder for previews.

    Signals:
        chosen: A name was given; it is one that the hub allows.
    """

    chosen = Signal(str)

    def __init__(
        self,
        name: str = "",
        parent: QWidget | None = None,
        *,
        what: Literal["model", "tiny"] = "model",
    ) -> None:
        super().__init__(parent)
        title = {
            "model": self.tr("A model from the hub"),
            "tiny": self.tr("A tiny autoencoder from the hub"),
        }
        size = {
            "model": self.tr("often several gigabytes"),
            "tiny": self.tr("about 10 MB"),
        }
        self.setWindowTitle(title[what])
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        px = theme.current().px
        self.field = QLineEdit(name)
        self.field.setPlaceholderText(self.tr("owner/name, or the address of its page"))
        self.field.setAccessibleName(self.tr("Name of the model on the hub"))
        self.field.textChanged.connect(self._follow)
        label = QLabel(self.tr("&Name on the Hugging Face hub"))
        label.setBuddy(self.field)
        self.note = NoteLine()
        about = QLabel(
            self.tr(
                "What is not there yet is downloaded from huggingface.co, {size}, to"
                "\n{folder}\nIt can be cancelled, and goes on where it was. The "
                "present model stays in use until the new one is ready."
            ).format(size=size[what], folder=str(hub_folder()).replace("/", "/\u200b"))
        )
        about.setProperty("kind", "muted")
        about.setTextFormat(Qt.TextFormat.PlainText)
        about.setWordWrap(True)
        buttons, self.load = accept_or_cancel(self, self.tr("Download and load"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(24), px(24), px(16))
        layout.setSpacing(px(8))
        for widget in (label, self.field, self.note):
            layout.addWidget(widget)
        layout.addWidget(about)
        layout.addStretch(1)
        layout.addSpacing(px(16))
        layout.addWidget(buttons)
        self.setFixedWidth(px(_WIDTH))
        self._follow()
        self.resize(px(_WIDTH), layout.totalHeightForWidth(px(_WIDTH)))

    @property
    def name(self) -> str | None:
        """The name that is given, None while it is none."""
        return hub_name(self.field.text())

    def accept(self) -> None:
        """Choose the name, if it is one."""
        if self.name is None:
            self._tell(self._wrong() or self.tr("A name is missing."))
            return
        self.chosen.emit(self.name)
        super().accept()

    def _follow(self) -> None:
        self.load.setEnabled(self.name is not None)
        self._tell(self._wrong())

    def _wrong(self) -> str:
        """What is wrong with the text; an unfinished name is not, while it is typed."""
        text = self.field.text().strip()
        owner, slash, rest = text.partition("/")
        if not text or self.name is not None or (not slash and owner.isidentifier()):
            return ""
        if slash and not rest:
            return ""
        return self.tr("A name looks like owner/name: letters, digits, “-”, “_” and “.”.")

    def _tell(self, text: str) -> None:
        self.note.set_note("name", Kind.ERROR, text)
        self.field.setProperty("invalid", bool(text))
        self.field.style().unpolish(self.field)
        self.field.style().polish(self.field)

    def keyPressEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Enter with a wrong name says so, instead of nothing."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.name is None:
            self.accept()
        else:
            super().keyPressEvent(event)
