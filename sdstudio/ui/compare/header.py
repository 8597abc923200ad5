"""The top of the compare page: what is compared, in which way, and the way out."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from sdstudio.ui import theme
from sdstudio.ui.compare.stage import Mode
from sdstudio.ui.controls.elided_label import ElidedLabel
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.slider import Slider
from sdstudio.ui.controls.tool_button import IconButton
from sdstudio.ui.icons import icon

WIPE = Scale(0, 100, 1, 10)
AMPLIFICATION = Scale(1, 32, 1, 4, power=2.0)


class Header(QWidget):
    """One line: the modes with their slider, or a family's title; and the way out.

    Signals:
        mode_chosen: Another :data:`Mode` is wanted.
        wiped: The wipe's line is wanted at this share from the left.
        amplified: The difference is wanted so many times as bright.
        swap_wanted: The two should change sides.
        closed: The page should go.
    """

    mode_chosen = Signal(str)
    wiped = Signal(float)
    amplified = Signal(float)
    swap_wanted = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ElidedLabel(Qt.AlignmentFlag.AlignLeft)
        self.swap = IconButton("swap", self.tr("Swap the two sides (X)"))
        self.swap.clicked.connect(self.swap_wanted)
        self.figures = IconButton("info", self.tr("Figures in place of the pictures (D)"))
        self.figures.setCheckable(True)
        self.figures.setVisible(False)
        self.close_button = IconButton("close", self.tr("Leave the comparison (Esc)"))
        self.close_button.clicked.connect(self.closed)
        self.modes: dict[Mode, QPushButton] = {}
        group = QButtonGroup(self)
        self._bar = QWidget()
        self._bottom = QHBoxLayout(self._bar)
        for mode, text, drawing in (
            ("side", self.tr("Side by side"), "compare"),
            ("wipe", self.tr("Wipe"), "wipe"),
            ("difference", self.tr("Difference"), "difference"),
        ):
            self._add_mode(mode, text, drawing, group)  # type: ignore[arg-type]
        self.wipe = Slider(WIPE)
        self.wipe.setAccessibleName(self.tr("Wipe"))
        self.wipe.moved.connect(lambda number: self._take_wipe(number / 100))
        self.amplification = Slider(AMPLIFICATION)
        self.amplification.setAccessibleName(self.tr("Brightness of the difference"))
        self.amplification.moved.connect(self._take_amplification)
        self._figure = QLabel()
        self._figure.setProperty("kind", "muted")
        self._figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._sliders = QStackedWidget()
        for page in (QWidget(), self.wipe, self.amplification):
            self._sliders.addWidget(page)
        self._sliders.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._bottom.addStretch(1)
        self._bottom.addWidget(self._sliders, 3)
        self._bottom.addWidget(self._figure)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._title, 1)
        self._row.addWidget(self._bar, 1)
        self._row.addWidget(self.figures)
        self._row.addWidget(self.swap)
        self._row.addWidget(self.close_button)
        self._mode: Mode = "side"
        theme.current().changed.connect(self._resize)
        self._resize()
        self.set_wipe(0.5)
        self.amplification.set_number(4)
        self.show_mode("side")

    @property
    def title(self) -> str:
        """What a family is called."""
        return self._title.whole

    def show_title(self, text: str, *, pair: bool) -> None:
        """Call a family something; two runs are named below their pictures, and have modes."""
        self._title.set_whole(text)
        self._title.setVisible(not pair)
        self._bar.setVisible(pair)
        self._fit_words()

    def show_mode(self, mode: Mode) -> None:
        """Show which mode is on, and its slider."""
        self._mode = mode
        self.modes[mode].setChecked(True)
        self._sliders.setCurrentIndex(list(self.modes).index(mode))
        self._show_figure()

    def set_wipe(self, share: float) -> None:
        """Show where the wipe's line is."""
        self.wipe.set_number(WIPE.snapped(100 * share))
        self._show_figure()

    def _add_mode(self, mode: Mode, text: str, drawing: str, group: QButtonGroup) -> None:
        # The style leaves too little room between an icon and its word.
        button = QPushButton(f" {text}")
        button.setIcon(icon(drawing))
        button.setCheckable(True)
        button.setAccessibleName(text)
        button.setToolTip(f"{text} ({len(self.modes) + 1})")
        button.clicked.connect(lambda: self.mode_chosen.emit(mode))
        group.addButton(button)
        self.modes[mode] = button
        self._bottom.addWidget(button)

    def _take_wipe(self, share: float) -> None:
        self._show_figure()
        self.wiped.emit(share)

    def _take_amplification(self, factor: float) -> None:
        self._show_figure()
        self.amplified.emit(float(factor))

    def _show_figure(self) -> None:
        texts: dict[Mode, str] = {
            "side": "",
            "wipe": f"{self.wipe.number:.0f} %",
            "difference": f"× {self.amplification.number:g}",
        }
        self._figure.setText(texts[self._mode])

    def _resize(self) -> None:
        px = theme.current().px
        self._row.setContentsMargins(px(16), px(8), px(8), px(8))
        self._row.setSpacing(px(4))
        self._bottom.setContentsMargins(0, 0, px(8), 0)
        self._bottom.setSpacing(px(8))
        self._sliders.setMaximumWidth(px(200))
        for button in self.modes.values():
            button.setIconSize(QSize(px(14), px(14)))
        self._figure.ensurePolished()
        self._figure.setFixedWidth(self._figure.fontMetrics().horizontalAdvance("100 %") + 2)
        self._fit_words()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where room is scarce the modes' words go first."""
        super().resizeEvent(event)
        self._fit_words()

    def minimumSizeHint(self) -> QSize:
        """What it needs without the modes' words."""
        return QSize(theme.current().px(280), super().minimumSizeHint().height())

    def _fit_words(self) -> None:
        px = theme.current().px
        metrics = self.fontMetrics()
        narrow = self.width() < px(360)
        self._sliders.setVisible(self.width() >= px(240))
        self._row.setContentsMargins(px(4 if narrow else 16), px(8), px(4 if narrow else 8), px(8))
        self._bottom.setSpacing(px(2 if narrow else 8))
        self.swap.setVisible(not narrow and not self._bar.isHidden())
        words = sum(
            metrics.horizontalAdvance(button.accessibleName()) + px(56)
            for button in self.modes.values()
        )
        room = self.width() - px(16 + 8 + 64 + 120) - self._figure.width()
        for button in self.modes.values():
            button.setText(f" {button.accessibleName()}" if words <= room else "")
            button.setMinimumWidth(px(24 if narrow else 40))
