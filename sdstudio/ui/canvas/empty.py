"""What stands on the canvas before the first picture: an invitation and its first steps."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from sdstudio.ui import theme
from sdstudio.ui.progress_line import ProgressLine

EXAMPLES = (
    "a frog on a blue background",
    "a rabbit",
    "a tiger on a green background",
    "a teddy bear on a pink background",
    "a sunflower",
    "a castle",
)
"""Prompts to offer until the model says which ones suit it."""

SHOWN = 6
COLUMNS = 2
ROWS = 3
WIDTH = 272
"""Of a button, in pixels at a text size of 100%."""


class EmptyState(QWidget):
    """Invites to a first picture.

    Signals:
        chosen: An example prompt was pressed.
        tour_wanted: Somebody wants to be shown how a picture comes to be.
    """

    chosen = Signal(str)
    tour_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLabel()
        self._title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._hint = QLabel()
        self._hint.setProperty("kind", "muted")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._buttons = [QPushButton() for _ in range(SHOWN)]
        self._examples: tuple[str, ...] = ()
        self._grid = QGridLayout()
        self._columns = 0
        for number, button in enumerate(self._buttons):
            button.clicked.connect(lambda _=False, n=number: self._choose(n))
        self._also = QLabel(
            self.tr("Or drop a picture here to start from it, or a saved one to go on with it.")
        )
        self._also.setProperty("kind", "muted")
        self._also.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._also.setWordWrap(True)
        self.tour = QPushButton(self.tr("Show me how a picture comes to be"))
        self.tour.setProperty("kind", "quiet")
        self.tour.setToolTip(self.tr("A tour of eight stops through a real run"))
        self.tour.clicked.connect(self.tour_wanted)
        self._loading = QLabel()
        self._loading.setProperty("kind", "muted")
        self._loading.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._bar = ProgressLine()
        self._bar.setAccessibleName(self.tr("Loading the model"))
        self._layout = QVBoxLayout(self)
        self._layout.addWidget(self._title)
        self._layout.addWidget(self._hint)
        self._layout.addLayout(self._grid)
        self._layout.addWidget(self._also)
        self._layout.addWidget(self.tour, 0, Qt.AlignmentFlag.AlignHCenter)
        self._layout.addSpacing(2 * theme.GRID)
        self._layout.addWidget(self._loading)
        self._layout.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignHCenter)
        theme.current().changed.connect(self._resize_text)
        self._resize_text()
        self.fit(COLUMNS * theme.current().px(2 * WIDTH))
        self._waits = False
        self.offer(EXAMPLES)
        self.tell(None)
        self._word()

    @property
    def buttons(self) -> list[QPushButton]:
        """The example prompts, in order."""
        return self._buttons

    @property
    def loading_text(self) -> str:
        """What it says of the model on its way."""
        return self._loading.text()

    def fit(self, width: int) -> None:
        """Put the examples beside each other where the width allows it, else fewer of them."""
        px = theme.current().px
        columns = COLUMNS if width >= COLUMNS * px(WIDTH) + px(8) else 1
        if columns != self._columns:
            self._columns = columns
            for number, button in enumerate(self._buttons):
                self._grid.addWidget(button, number // columns, number % columns)
            self._show_buttons()
            self._resize_text()

    def offer(self, examples: tuple[str, ...]) -> None:
        """Show these prompts, as many as there is room for."""
        if examples == self._examples:
            return
        self._examples = examples
        for number, button in enumerate(self._buttons):
            if number < len(examples):
                button.setText(examples[number].replace("&", "&&"))
                button.setAccessibleName(
                    self.tr("Generate “{prompt}”").format(prompt=examples[number])
                )
        self._show_buttons()

    def wait(self, waits: bool) -> None:
        """Say that a picture was asked for before there is a model, and offer nothing then."""
        if waits == self._waits:
            return
        self._waits = waits
        self._word()
        self._also.setVisible(not waits)
        self.tour.setVisible(not waits)
        self._show_buttons()

    def tell(self, text: str | None, fraction: float | None = None) -> None:
        """Say how a model's loading goes; None says nothing, in the same space."""
        self._loading.setText(text or " ")
        self._bar.show_progress(fraction if text else 0.0, busy=bool(text) and fraction is None)
        self._bar.set_hidden_line(not text)

    def _show_buttons(self) -> None:
        many = min(len(self._examples), ROWS * self._columns)
        for number, button in enumerate(self._buttons):
            button.setVisible(number < many and not self._waits)

    def _word(self) -> None:
        if self._waits:
            self._title.setText(self.tr("Your picture is next"))
            self._hint.setText(self.tr("It begins as soon as the model is ready."))
        else:
            self._title.setText(self.tr("What would you like to see?"))
            self._hint.setText(self.tr("Describe it, or start with one of these."))

    def _choose(self, number: int) -> None:
        if number < len(self._examples):
            self.chosen.emit(self._examples[number])

    def _resize_text(self) -> None:
        look = theme.current()
        is_narrow = self._columns == 1
        size = 18 if is_narrow else 22
        self._title.setFont(look.font(size))
        self._title.setStyleSheet(f"font-size: {look.px(size)}px;")
        self._layout.setSpacing(look.px(8))
        self._layout.setContentsMargins(0, 0, 0, 0)
        around = look.px(8 if is_narrow else 16)
        self._grid.setContentsMargins(0, around, 0, around)
        self._grid.setSpacing(look.px(8))
        for button in self._buttons:
            button.setMinimumSize(look.px(WIDTH), look.px(32))
        self._bar.setFixedWidth(look.px(WIDTH))
        # Quiet as it is, it must not be taken for a line of text.
        self.tour.setStyleSheet(f"color: {look.tokens.accent_text};")
