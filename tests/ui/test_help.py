from __future__ import annotations

from PySide6.QtWidgets import QLabel

from sdstudio.ui import theme
from sdstudio.ui.help import shortcuts_dialog
from tests.ui.conftest import Studio


def test_the_shortcuts_fit_the_window_at_any_text_size(studio: Studio) -> None:
    studio.window.resize(1280, 800)
    theme.current().set_percent(200)
    dialog = shortcuts_dialog(studio.window.actions_, studio.window)
    texts = {label.text() for label in dialog.findChildren(QLabel)}
    assert {"Compare", "Ctrl+D", "F2, P, Del", "Alt+1 to Alt+9"} <= texts
    assert dialog.height() <= studio.window.height()
    dialog.deleteLater()
