"""The wheel over a control that has no focus scrolls the panel and changes no value."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget


class _WheelGuard(QObject):
    """Passes wheel events of unfocused widgets on to their parents."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Pass the wheel on while the watched widget has no focus."""
        if (
            event.type() == QEvent.Type.Wheel
            and isinstance(watched, QWidget)
            and not watched.hasFocus()
        ):
            # Filtered but not accepted: Qt offers the event to the parent next.
            event.ignore()
            return True
        return False


def guard_wheel(widget: QWidget) -> None:
    """Let a slider, number box or combo box take the wheel only once it has the focus."""
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.installEventFilter(_WheelGuard(widget))
