"""A message at the place it concerns, instead of a dialog in the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QWidget,
)

from sdstudio.ui import theme
from sdstudio.ui.icons import icon

Kind = Literal["error", "note"]

_NARROW = 420


@dataclass(frozen=True)
class Offer:
    """What a message proposes to do.

    Attributes:
        label: Of the button.
        accept: Called when it is pressed; the message is put away first.
    """

    label: str
    accept: Callable[[], None]


class Banner(QFrame):
    """Shows one message until it is closed or replaced; an error says so beside its colour.

    Signals:
        closed: The person, or a newer event, has put the message away.
    """

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setVisible(False)
        self._kind: Kind = "note"
        self._log = ""
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._offer: Offer | None = None
        self.accept = QPushButton()
        self.accept.clicked.connect(self._accept)
        self._open = QPushButton(self.tr("Open the log"))
        self._open.clicked.connect(self._open_log)
        self._close = QToolButton()
        self._close.setIcon(icon("close"))
        self._close.setToolTip(self.tr("Close this message (Esc)"))
        self._close.setAccessibleName(self.tr("Close this message"))
        self._close.clicked.connect(self.put_away)
        side = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.addWidget(self._text, 1)
        self._middle.addWidget(self.accept, 0, side)
        self._middle.addWidget(self._open, 0, side)
        layout = QHBoxLayout(self)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(self._middle, 1)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        theme.current().changed.connect(self._restyle)
        self._restyle()

    @property
    def kind(self) -> Kind:
        """Whether it is an error or only worth saying."""
        return self._kind

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    @property
    def shown(self) -> bool:
        """Whether there is a message, even while the window is hidden."""
        return not self.isHidden()

    def say(
        self, text: str, kind: Kind = "error", log: str = "", offer: Offer | None = None
    ) -> None:
        """Show a message.

        Args:
            text: One or more sentences.
            kind: "error" or "note".
            log: The file with the details, if there is one.
            offer: What it proposes to do, if anything.
        """
        self._kind = kind
        self._offer = offer
        self.accept.setVisible(offer is not None)
        self.accept.setText(offer.label if offer is not None else "")
        self._log = log
        self._text.setText(text)
        self._open.setVisible(bool(log))
        self._open.setToolTip(log)
        title = self.tr("Error") if kind == "error" else self.tr("Note")
        self.setAccessibleName(f"{title}: {text}")
        self._restyle()
        self.setVisible(True)
        self.raise_()
        self.updateGeometry()

    def put_away(self) -> None:
        """Hide the message."""
        if self.shown:
            self.setVisible(False)
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        else:
            super().keyPressEvent(event)

    def height_at(self, width: int) -> int:
        """The height that it needs at a width; where it is narrow the buttons go below."""
        # Beside a long label the text would be a column of single words.
        buttons = sum(b.sizeHint().width() for b in (self.accept, self._open) if not b.isHidden())
        narrow = width < theme.current().px(_NARROW) or 3 * buttons > width
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._middle.setDirection(down if narrow else across)
        return self.heightForWidth(width)

    def sizeHint(self) -> QSize:
        """As wide as it may be; the canvas asks for the height that goes with it."""
        return QSize(theme.current().px(560), self.heightForWidth(theme.current().px(560)))

    def _accept(self) -> None:
        offer = self._offer
        self.put_away()
        if offer is not None:
            offer.accept()

    def _open_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(self._log))))

    def _restyle(self) -> None:
        look = theme.current()
        px, tokens = look.px, look.tokens
        role = "danger" if self._kind == "error" else "warning"
        name = "warning" if self._kind == "error" else "info"
        self._icon.setPixmap(icon(name, role).pixmap(px(16), px(16)))
        self._icon.setContentsMargins(0, px(6), px(4), 0)
        self._text.setContentsMargins(0, px(4), 0, px(4))
        self._close.setIconSize(QSize(px(16), px(16)))
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(px(12), px(8), px(8), px(8))
            layout.setSpacing(px(8))
        self._middle.setSpacing(px(8))
        edge = getattr(tokens, role)
        self.setStyleSheet(
            f"QFrame#banner {{ background: {tokens.panel}; border: 1px solid {edge};"
            f" border-left: {px(4)}px solid {edge}; border-radius: {px(4)}px; }}"
        )
