from __future__ import annotations

import io
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from sdstudio.engine.picture import Picture
from sdstudio.session.sitting import Sitting
from sdstudio.ui.controls import ControlsPanel


def png_bytes(width: int = 30, height: int = 20) -> bytes:
    pixels = np.arange(width * height * 3, dtype=np.uint32).reshape(height, width, 3)
    buffer = io.BytesIO()
    Image.fromarray((pixels % 251).astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def huge_png() -> bytes:
    """The head of a PNG of 30,000 x 30,000 pixels, with a few bytes of data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + kind + data + check

    side = (30_000).to_bytes(4, "big")
    head = chunk(b"IHDR", side + side + bytes([8, 2, 0, 0, 0]))
    body = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


@pytest.fixture
def picture_file(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    path.write_bytes(png_bytes())
    return path


def settle(qtbot: QtBot, panel: ControlsPanel) -> None:
    qtbot.waitUntil(lambda: "Opening" not in panel.image.well.text())


def drop(panel: ControlsPanel, data: QMimeData) -> bool:
    well = panel.image.well
    place = QPointF(well.rect().center())
    actions = Qt.DropAction.CopyAction
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place.toPoint(), actions, data, buttons, keys)
    QApplication.sendEvent(well, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(well, QDropEvent(place, actions, data, buttons, keys))
    return True


def test_a_dropped_file_becomes_the_picture(
    qtbot: QtBot, panel: ControlsPanel, sitting: Sitting, picture_file: Path
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(picture_file))])
    assert drop(panel, data)
    qtbot.waitUntil(lambda: sitting.request.image is not None)
    assert sitting.request.image == Picture.of(picture_file)
    qtbot.waitUntil(lambda: panel.image.well.has_thumbnail)
    assert panel.image.well.text() == "30 × 20 pixels"


def test_text_is_not_welcome(panel: ControlsPanel) -> None:
    data = QMimeData()
    data.setText("a frog")
    assert not drop(panel, data)


def test_open_asks_for_a_file(
    qtbot: QtBot,
    panel: ControlsPanel,
    sitting: Sitting,
    picture_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(picture_file), ""))
    panel.image.well.setFocus()
    qtbot.keyClick(panel.image.well, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sitting.request.image is not None)


def test_cancelling_the_dialog_changes_nothing(
    panel: ControlsPanel, sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    before = sitting.request
    panel.image.open_button.click()
    assert sitting.request == before


def test_pasting_pixels(qtbot: QtBot, panel: ControlsPanel, sitting: Sitting) -> None:
    image = QImage(12, 10, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)
    panel.image.well.setFocus()
    qtbot.keyClick(panel.image.well, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: sitting.request.image is not None)
    assert sitting.request.image is not None
    assert sitting.request.image.size == (12, 10)
    assert sitting.request.image.image.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


def test_pasting_nothing_says_so(qtbot: QtBot, panel: ControlsPanel) -> None:
    QGuiApplication.clipboard().setText("a frog")
    panel.image.paste_button.click()
    assert panel.image.note.text() == "There is no picture to paste."


def test_a_picture_from_the_web_is_refused(panel: ControlsPanel) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/frog.png")])
    drop(panel, data)
    assert panel.image.note.text() == "A picture from the web must be saved or copied first."


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_clearing(qtbot: QtBot, panel: ControlsPanel, sitting: Sitting, key: Qt.Key) -> None:
    sitting.change(image=Picture.of(png_bytes()))
    qtbot.waitUntil(lambda: panel.image.well.has_thumbnail)
    panel.image.well.setFocus()
    qtbot.keyClick(panel.image.well, key)
    assert sitting.request.image is None
    assert not panel.image.well.has_thumbnail
    assert not panel.image.clear_button.isEnabled()


@pytest.mark.parametrize(
    ("name", "contents", "words"),
    [
        ("notes.txt", b"no picture at all", "“notes.txt” is damaged or not a picture."),
        ("cut.png", png_bytes()[:60], "“cut.png” is damaged or not a picture."),
        ("empty.png", b"", "“empty.png” is damaged or not a picture."),
        (
            "huge.png",
            huge_png(),
            "“huge.png” is too large; 64 million pixels is the most.",
        ),
        ("gone.png", None, "There is no file “gone.png” any more."),
    ],
)
def test_what_cannot_be_opened_is_said_at_the_well(
    qtbot: QtBot,
    panel: ControlsPanel,
    sitting: Sitting,
    tmp_path: Path,
    picture_file: Path,
    name: str,
    contents: bytes | None,
    words: str,
) -> None:
    path = tmp_path / name
    if contents is not None:
        path.write_bytes(contents)
    sitting.change(image=Picture.of(png_bytes()))
    before = sitting.request
    panel.image.open(path)
    qtbot.waitUntil(lambda: panel.image.note.text() != "")
    settle(qtbot, panel)
    assert panel.image.note.text() == words
    assert sitting.request == before
    assert panel.image.well.text() == "30 × 20 pixels"
    panel.image.open(picture_file)  # usable afterwards, and the complaint goes
    assert panel.image.note.text() == ""
    settle(qtbot, panel)


def test_the_newest_of_two_files_counts(
    qtbot: QtBot, panel: ControlsPanel, sitting: Sitting, tmp_path: Path, picture_file: Path
) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(png_bytes(1500, 1500))
    panel.image.open(large)
    panel.image.open(picture_file)
    qtbot.waitUntil(lambda: sitting.request.image is not None)
    qtbot.wait(300)
    assert sitting.request.image == Picture.of(picture_file)


def test_closing_while_a_picture_opens(qtbot: QtBot, sitting: Sitting, tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(png_bytes(1500, 1500))
    panel = ControlsPanel(sitting)
    panel.image.open(large)
    panel.deleteLater()
    qtbot.wait(400)
    assert sitting.request.image is None
