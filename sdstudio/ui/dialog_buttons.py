"""The last row of a dialog that asks for something."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton


def accept_or_cancel(
    dialog: QDialog, text: str, accept: Callable[[], None] | None = None
) -> tuple[QDialogButtonBox, QPushButton]:
    """A row with one button to do it, which Enter presses too, and one to leave it.

    Args:
        dialog: Whose they are; leaving it rejects it.
        text: What the first one says.
        accept: What it does; None accepts the dialog.
    """
    row = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    button = row.addButton(text, QDialogButtonBox.ButtonRole.AcceptRole)
    button.setProperty("kind", "primary")
    button.setDefault(True)
    row.accepted.connect(accept or dialog.accept)
    row.rejected.connect(dialog.reject)
    return row, button
