from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QApplication, QMainWindow, QPushButton, QToolTip, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from sdstudio.ui import theme
from sdstudio.ui.controls.prompt_edit import PromptEdit
from tests.ui.controls.conftest import WORDS


@pytest.fixture
def edit(qtbot: QtBot) -> Iterator[PromptEdit]:
    theme.current()
    window = QMainWindow()
    body = QWidget()
    column = QVBoxLayout(body)
    edit = PromptEdit()
    column.addWidget(edit)
    column.addWidget(QPushButton("next"))
    window.setCentralWidget(body)
    window.resize(320, 400)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    edit.set_words(WORDS)
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    yield edit
    window.close()


def underlined(edit: PromptEdit) -> list[str]:
    """The parts of the text under a dotted line."""
    found = []
    block = edit.document().firstBlock()
    while block.isValid():
        text = block.text().encode("utf-16-le")
        for part in block.layout().formats():
            if part.format.underlineStyle() == QTextCharFormat.UnderlineStyle.DotLine:
                begin, end = 2 * part.start, 2 * (part.start + part.length)
                found.append(text[begin:end].decode("utf-16-le"))
        block = block.next()
    return found


def offered(edit: PromptEdit) -> list[str]:
    shown = edit.completions
    return [shown.item(row).text() for row in range(shown.count())] if shown.isVisible() else []


def test_words_are_offered_once_two_letters_are_there(qtbot: QtBot, edit: PromptEdit) -> None:
    qtbot.keyClicks(edit, "a f")
    assert offered(edit) == []
    qtbot.keyClicks(edit, "o")
    assert offered(edit) == ["forest", "fox"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Return])
def test_tab_and_enter_accept(qtbot: QtBot, edit: PromptEdit, key: Qt.Key) -> None:
    qtbot.keyClicks(edit, "a fo")
    qtbot.keyClick(edit, Qt.Key.Key_Down)
    qtbot.keyClick(edit, key)
    assert edit.toPlainText() == "a fox"
    assert offered(edit) == []
    assert edit.hasFocus()


def test_a_click_accepts(qtbot: QtBot, edit: PromptEdit) -> None:
    qtbot.keyClicks(edit, "rab")
    shown = edit.completions
    place = shown.visualItemRect(shown.item(0)).center()
    qtbot.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert edit.toPlainText() == "rabbit"
    assert edit.hasFocus()


def test_a_complete_word_survives_enter_and_tab(qtbot: QtBot, edit: PromptEdit) -> None:
    qtbot.keyClicks(edit, "a car")
    assert offered(edit) == ["carrot"]
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert edit.toPlainText() == "a car\n"
    qtbot.keyClicks(edit, "car")
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    assert edit.toPlainText() == "a car\ncar"
    assert not edit.hasFocus()


def test_typing_goes_on_as_if_nothing_were_offered(qtbot: QtBot, edit: PromptEdit) -> None:
    qtbot.keyClicks(edit, "fo on rax")
    assert edit.toPlainText() == "fo on rax"
    assert offered(edit) == []


def test_escape_closes_the_list_and_only_then_reaches_the_window(
    qtbot: QtBot, edit: PromptEdit
) -> None:
    def overrides() -> bool:
        key = QKeyEvent(
            QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier
        )
        key.ignore()
        QApplication.sendEvent(edit, key)
        return key.isAccepted()

    qtbot.keyClicks(edit, "fo")
    assert overrides()
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    assert offered(edit) == []
    assert not overrides()


def test_undo_is_the_windows_and_takes_typing_along(qtbot: QtBot, edit: PromptEdit) -> None:
    heard: list[str] = []
    edit.edited.connect(heard.append)
    qtbot.keyClicks(edit, "fox")
    key = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QApplication.sendEvent(edit, key)
    assert not key.isAccepted()
    assert heard == ["fox"]


def test_without_words_nothing_is_offered_or_marked(qtbot: QtBot, edit: PromptEdit) -> None:
    edit.set_words(None)
    qtbot.keyClicks(edit, "zorp fo")
    assert offered(edit) == []
    assert underlined(edit) == []


def test_unknown_words_are_marked_when_they_are_finished(qtbot: QtBot, edit: PromptEdit) -> None:
    qtbot.keyClicks(edit, "a zorp")
    assert underlined(edit) == []
    qtbot.keyClicks(edit, " ")
    assert underlined(edit) == ["zorp"]


def test_marks_stay_in_place_after_emoji(edit: PromptEdit) -> None:
    edit.show_value("🐸🐸 a zorp, a Frog\nsnark 42")
    assert underlined(edit) == ["zorp", "snark"]


def test_an_unknown_word_explains_itself(edit: PromptEdit, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _, text, *__: said.append(text))
    edit.show_value("a zorp frog")
    cursor = edit.textCursor()

    def ask(position: int) -> str:
        cursor.setPosition(position)
        place = edit.viewport().mapTo(edit, edit.cursorRect(cursor).center())
        said.clear()
        event = QHelpEvent(QEvent.Type.ToolTip, place, edit.mapToGlobal(place))
        QApplication.sendEvent(edit, event)
        return "".join(said)

    assert "“zorp”" in ask(4)
    assert "zorp" not in ask(9)


def test_the_end_that_is_not_read_is_struck(edit: PromptEdit) -> None:
    edit.show_value("a frog\nin a forest")
    edit.marks.set_unread(9)
    first, second = edit.document().firstBlock(), edit.document().lastBlock()
    assert not any(part.format.fontStrikeOut() for part in first.layout().formats())
    struck = [part for part in second.layout().formats() if part.format.fontStrikeOut()]
    assert [(part.start, part.length) for part in struck] == [(2, 9)]


def test_right_to_left_text_runs_right_to_left(edit: PromptEdit) -> None:
    edit.show_value("ضفدع على المسرح")
    assert edit.document().firstBlock().textDirection() == Qt.LayoutDirection.RightToLeft
    edit.show_value("a frog")
    assert edit.document().firstBlock().textDirection() == Qt.LayoutDirection.LeftToRight


def test_ten_thousand_characters_stay_usable(qtbot: QtBot, edit: PromptEdit) -> None:
    text = ("zorp 🐸 frog " * 1000)[:10_000]
    edit.show_value(text)
    begin = time.perf_counter()
    qtbot.keyClicks(edit, " fo")
    assert time.perf_counter() - begin < 3.0
    assert edit.toPlainText() == text + " fo"
    assert offered(edit) == ["forest", "fox"]


def test_it_grows_from_two_lines_to_four(qtbot: QtBot, edit: PromptEdit) -> None:
    heights = []
    for lines in (0, 1, 2, 3, 4, 5, 9):
        edit.show_value("\n".join("x" * lines))
        heights.append(edit.height())
    assert heights[0] == heights[1] == heights[2] < heights[3] < heights[4]
    assert heights[4] == heights[5] == heights[6]
    edit.show_value("a\nb")
    assert not edit.verticalScrollBar().isVisible()


def test_showing_the_same_text_leaves_the_cursor_alone(edit: PromptEdit) -> None:
    edit.show_value("a frog")
    edit.moveCursor(QTextCursor.MoveOperation.Start)
    edit.show_value("a frog")
    assert edit.textCursor().position() == 0


def test_leaving_hands_the_typing_on(qtbot: QtBot, edit: PromptEdit) -> None:
    heard: list[str] = []
    edit.edited.connect(heard.append)
    qtbot.keyClicks(edit, "x")
    edit.clearFocus()
    assert heard == ["x"]


def test_the_list_stays_inside_the_window(qtbot: QtBot, edit: PromptEdit) -> None:
    edit.window().resize(200, 120)
    qtbot.keyClicks(edit, "fo")
    assert edit.window().rect().contains(edit.completions.geometry())


@pytest.mark.parametrize("typed", ["a ca", "a <ca", "a <CAT-T"])
@pytest.mark.parametrize("known", [True, False])
def test_words_of_textual_inversions_are_offered_whole(
    typed: str, known: bool, qtbot: QtBot, edit: PromptEdit
) -> None:
    edit.set_words(WORDS if known else None, ("<cat-toy>",))
    qtbot.keyClicks(edit, typed)
    assert offered(edit)[0] == "<cat-toy>"
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    assert edit.toPlainText() == "a <cat-toy>"
    assert underlined(edit) == []
    qtbot.keyClicks(edit, " zxq")
    assert offered(edit) == []
