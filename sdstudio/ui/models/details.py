"""A window with everything that is known of the model in use, to be copied."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from sdstudio.session.events import ModelFacts
from sdstudio.ui import theme
from sdstudio.ui.icons import icon
from sdstudio.ui.models.telling import details

_WIDTH = 560


class ModelDetails(QDialog):
    """Shows a model's facts; each can be selected, a button copies all.

    Args:
        facts: Of the model as it is when this opens.
        parent: The window.
    """

    def __init__(self, facts: ModelFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("The model {name}").format(name=facts.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._rows = details(facts)
        px = theme.current().px
        table = QWidget()
        table.setProperty("kind", "body")
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(px(24))
        grid.setVerticalSpacing(px(8))
        grid.setColumnStretch(1, 1)
        for number, (what, value) in enumerate(self._rows):
            label = QLabel(what)
            label.setProperty("kind", "muted")
            grid.addWidget(label, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(_selectable(what, value), number, 1)
        # What is left over comes last, not between the rows.
        grid.setRowStretch(len(self._rows), 1)
        self.copy = QPushButton(" " + self.tr("Copy"))
        self.copy.setIcon(icon("copy"))
        self.copy.setToolTip(self.tr("Copy all of this as text"))
        self.copy.setAccessibleName(self.tr("Copy all of this as text"))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(24), px(24), px(16))
        layout.setSpacing(px(24))
        area = QScrollArea()
        area.setWidget(table)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout.addWidget(area)
        layout.addWidget(buttons)
        rows = max(grid.totalHeightForWidth(px(_WIDTH - 48)), table.minimumSizeHint().height())
        wanted = rows + px(24 + 24 + 16 + 24) + buttons.sizeHint().height()
        most = parent.window().height() if parent is not None else wanted
        self.resize(px(_WIDTH), min(wanted, most))

    @property
    def text(self) -> str:
        """All of it, a line for each fact."""
        return "\n".join(f"{what}: {value}" for what, value in self._rows)


def _selectable(what: str, value: str) -> QLabel:
    # A path has no blanks to break a line at; the zero-width ones let it break at slashes.
    label = QLabel(value.replace("/", "/\u200b"))
    label.setAccessibleName(f"{what}: {value}")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label
