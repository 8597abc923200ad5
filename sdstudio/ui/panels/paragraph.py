"""Text in a panel: as wide as there is room for, as high as it then needs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy


def paragraph(kind: str = "", text: str = "") -> QLabel:
    """A label that wraps and never asks for width.

    Args:
        kind: One of the theme's kinds of label: "heading", "muted", "note", …; "" is plain.
        text: What it says at first.
    """
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if kind:
        label.setProperty("kind", kind)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
