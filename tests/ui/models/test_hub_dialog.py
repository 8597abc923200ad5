from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from sdstudio.session.model_source import hub_folder
from sdstudio.ui.controls.note import Kind
from sdstudio.ui.models.hub_dialog import HubDialog


def test_only_a_name_the_hub_allows_is_taken(qtbot) -> None:
    dialog = HubDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    chosen: list[str] = []
    dialog.chosen.connect(chosen.append)
    assert not dialog.load.isEnabled()
    qtbot.keyClicks(dialog.field, "stabilityai")
    assert dialog.note.note("name", Kind.ERROR) == ""
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert "missing" in dialog.note.note("name", Kind.ERROR)
    qtbot.keyClicks(dialog.field, "/sdxl turbo")
    assert "owner/name" in dialog.note.note("name", Kind.ERROR)
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert chosen == []
    dialog.field.setText(" https://huggingface.co/stabilityai/sdxl-turbo/tree/main ")
    assert dialog.load.isEnabled()
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert chosen == ["stabilityai/sdxl-turbo"]


def test_it_says_that_it_downloads_and_where_to(qtbot) -> None:
    dialog = HubDialog()
    qtbot.addWidget(dialog)
    text = " ".join(label.text() for label in dialog.findChildren(QLabel)).replace("\u200b", "")
    assert "downloaded" in text
    assert str(hub_folder()) in text
