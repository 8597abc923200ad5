"""The two windows of the Help menu."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from sdstudio import __version__
from sdstudio.ui import theme
from sdstudio.ui.actions import Actions


def shortcuts_dialog(actions: Actions, parent: QWidget) -> QDialog:
    """A window that lists the shortcuts; not yet shown."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(_tr("Keyboard shortcuts"))
    px = theme.current().px
    rows = [(_plain(action), _keys(action)) for action in _listed(actions)]
    rows += [
        (_tr("On the picture: zoom"), _tr("wheel, +, −")),
        (_tr("On the picture: fit, actual size, squares"), "F, 1, P"),
        (_tr("On the picture: move it when enlarged"), _tr("drag, Space, arrows")),
        (_tr("On the picture: drag it out"), _tr("drag, Ctrl+drag when enlarged")),
        (_tr("On the timeline: step by step"), "←, →"),
        (_tr("On the timeline: five steps"), _tr("Page Up, Page Down")),
        (_tr("On the timeline: first and newest step"), _tr("Home, End")),
        (_tr("On the timeline: play"), _tr("Space")),
        (_tr("In the runs: rename, pin, delete"), _tr("F2, P, Del")),
        (_tr("In the runs: bring back what was deleted"), "Ctrl+Z"),
        (_tr("In the menu of models: forget one"), _tr("Del")),
        (_tr("In a comparison: side by side, wipe, difference"), "1, 2, 3"),
        (_tr("In a comparison: swap, leave"), "X, Esc"),
        (_tr("In a comparison: move the wipe"), "Shift+←, Shift+→"),
        *_on_the_sheet(),
        (_tr("The panels of the anatomy"), _tr("Alt+1 to Alt+9")),
        (_tr("In a plot: read the values"), "←, →"),
        (_tr("Next and previous control"), "Tab, Shift+Tab"),
    ]
    area = QScrollArea()
    table = _table(rows)
    area.setWidget(table)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setMinimumWidth(table.sizeHint().width() + px(16))
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(px(24), px(24), px(24), px(16))
    layout.setSpacing(px(24))
    layout.addWidget(area)
    layout.addWidget(buttons)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    wanted = table.sizeHint().height() + px(24 + 24 + 16) + buttons.sizeHint().height()
    dialog.resize(dialog.sizeHint().width(), min(wanted + px(8), parent.window().height()))
    return dialog


def _on_the_sheet() -> list[tuple[str, str]]:
    """The painters' keys, which are the sheet's while it has the focus."""
    return [
        (_tr("On the sheet: brush, eraser, fill, eyedropper"), "B, E, G, I"),
        (_tr("On the sheet: line, rectangle or ellipse"), "L, U"),
        (_tr("On the sheet: mask brush, move a part"), "M, V"),
        (_tr("On the sheet: size, hardness"), _tr("[ and ], Shift+[ and Shift+]")),
        (_tr("On the sheet: opacity"), _tr("1 to 9, 0 for all")),
        (_tr("On the sheet: swap the colours, black and white"), "X, D"),
        (_tr("On the sheet: take a colour"), _tr("right button, Alt+click")),
        (_tr("On the sheet: straight lines, squares, circles"), "Shift"),
        (_tr("On the sheet: move the view"), _tr("Space+drag, middle button")),
        (_tr("On the sheet: zoom, fit, turn"), _tr("wheel, F, R and Shift+R")),
        (_tr("On the sheet: draw without a mouse"), _tr("arrows, Enter for pen down and up")),
        (_tr("On the sheet: take back what goes on"), "Esc"),
    ]


def _table(rows: list[tuple[str, str]]) -> QWidget:
    """The shortcuts, what they do on the left."""
    px = theme.current().px
    body = QWidget()
    body.setProperty("kind", "body")
    grid = QGridLayout(body)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(px(32))
    grid.setVerticalSpacing(px(8))
    for number, (what, keys) in enumerate(rows):
        label = QLabel(what)
        label.setProperty("kind", "muted")
        grid.addWidget(label, number, 0)
        grid.addWidget(QLabel(keys), number, 1)
    return body


def about_box(parent: QWidget) -> QMessageBox:
    """A window that says what this is; not yet shown."""
    box = QMessageBox(parent)
    box.setWindowTitle(_tr("About sdstudio"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(_tr("sdstudio {version}").format(version=__version__))
    box.setInformativeText(
        _tr(
            "An instrument for seeing and steering how diffusion models make pictures.\n\n"
            "Apache License 2.0. Built on PyTorch, diffusers and Qt."
        )
    )
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box


def _listed(actions: Actions) -> list[QAction]:
    return [
        actions.generate,
        actions.stop,
        actions.live,
        actions.models.choose,
        actions.undo,
        actions.redo,
        actions.save,
        actions.copy,
        actions.open_picture,
        actions.open_settings,
        actions.runs.open,
        actions.runs.save,
        actions.runs.compare,
        actions.runs.use,
        actions.fit,
        actions.actual_size,
        actions.zoom_in,
        actions.zoom_out,
        actions.pixels,
        actions.full_screen,
        actions.draw.toggle,
        actions.quit,
    ]


def _plain(action: QAction) -> str:
    return action.text().replace("&", "").removesuffix(" …")


def _keys(action: QAction) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    names = [keys.toString(native) for keys in action.shortcuts()]
    return ", ".join(name for name in names if "Return" not in name)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Help", text)
