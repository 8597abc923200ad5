"""New and older drawings on the desk: none is lost on the way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QDateTime, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from sdstudio.session.drawing.desk import DrawingDesk
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.sitting import Sitting
from sdstudio.ui.draw.drawings import Drawings
from sdstudio.ui.draw.older_dialog import OlderDialog


class Table:
    """A desk with some drawings, each filled with a shade of red, and no window around it."""

    def __init__(self, folder: Path, qtbot, shades: tuple[int, ...] = (50, 100, 150)) -> None:
        self.parent = QWidget()
        qtbot.addWidget(self.parent)
        self.qtbot = qtbot
        self.desk = DrawingDesk(folder, (32, 16))
        self.names: list[str] = []
        for age, shade in enumerate(shades):
            if age:
                self.desk.new(32, 16)
            self.desk.drawing.fill("paint", 1, 1, (shade, 0, 0))
            assert self.desk.flush()
            self.names.append(self.desk.name)
            when = QDateTime.currentSecsSinceEpoch() - 86_400 * (len(shades) - 1 - age)
            os.utime(self.desk.folder.file(self.desk.name), (when, when))
        self.said: list[str] = []
        self.changes: list[int] = []
        self.drawings = Drawings(
            self.parent,
            Sitting(Mailbox()),
            self.desk,
            say=lambda text, kind: self.said.append(text),
            tell=self.said.append,
        )
        self.drawings.changed.connect(lambda: self.changes.append(self.shade))

    @property
    def shade(self) -> int:
        return int(self.desk.drawing.pick(1, 1)[0])

    def ask(self) -> OlderDialog:
        self.drawings.ask_older()
        dialog = self.parent.findChildren(OlderDialog)[-1]
        count = dialog.list.count()
        self.qtbot.waitUntil(lambda: all("\n" in text for text in texts(dialog)[:count]))
        return dialog


def texts(dialog: OlderDialog) -> list[str]:
    return [dialog.list.item(row).text() for row in range(dialog.list.count())]


@pytest.fixture
def table(tmp_path: Path, qtbot):
    table = Table(tmp_path / "desk", qtbot)
    yield table
    table.drawings.let_go()
    table.desk.close()


def test_the_others_are_listed_with_date_size_and_picture(table: Table) -> None:
    table.desk.open(table.names[0])
    table.desk.frames.add()
    table.desk.flush()
    table.desk.open(table.names[2])
    dialog = table.ask()
    first, second = texts(dialog)
    # The one that was saved just now is the newest; the one on the sheet is not among them.
    assert first.startswith("Today, ")
    assert "32 × 16 · 2 frames · " in first
    assert second.startswith("Yesterday, ")
    assert "frames" not in second
    shown = dialog.list.item(1).icon().pixmap(dialog.list.iconSize()).toImage()
    middle = shown.pixelColor(shown.width() // 2, shown.height() // 2)
    assert (middle.red(), middle.green()) == (100, 0)
    dialog.reject()


def test_it_is_chosen_by_keys_and_what_was_on_the_sheet_is_kept(table: Table) -> None:
    table.desk.drawing.fill("paint", 1, 1, (151, 0, 0))
    dialog = table.ask()
    assert dialog.list.currentRow() == 0
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    assert table.changes == [50]
    assert table.desk.name == table.names[0]
    assert table.said == []
    table.drawings.open(table.names[2])
    assert table.changes == [50, 151]


def test_a_damaged_one_is_told_and_not_opened(table: Table) -> None:
    file = table.desk.folder.file(table.names[1])
    data = file.read_bytes()[:-9]
    file.write_bytes(data)
    dialog = table.ask()
    assert "cannot be read" in texts(dialog)[0]
    dialog.list.setCurrentRow(0)
    assert not dialog.open_button.isEnabled()
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    assert dialog.isVisible()
    dialog.list.setCurrentRow(1)
    assert dialog.open_button.isEnabled()
    dialog.reject()
    assert (file.read_bytes(), table.changes) == (data, [])
    # Damaged after the list was made: what is on the sheet stays, and the file is kept.
    table.drawings.open(table.names[1])
    assert (table.shade, table.changes) == (150, [])
    aside = f"{file.name}.damaged"
    assert aside in table.said[-1]
    assert file.with_name(aside).read_bytes() == data


def test_without_older_ones_it_says_where_they_come_from(tmp_path: Path, qtbot) -> None:
    table = Table(tmp_path, qtbot, shades=(50,))
    table.drawings.ask_older()
    dialog = table.parent.findChildren(OlderDialog)[-1]
    assert dialog.list.isHidden()
    assert not dialog.open_button.isEnabled()
    dialog.reject()
    table.desk.close()


def test_a_drawing_that_cannot_be_saved_stays_on_the_sheet(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table.desk, "flush", lambda: False)
    table.drawings.open(table.names[0])
    table.drawings.begin(64, 64)
    assert (table.shade, table.changes) == (150, [])
    assert len(table.said) == 2
    assert "could not be saved" in table.said[0]
