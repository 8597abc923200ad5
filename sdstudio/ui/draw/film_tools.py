"""The line above the frames: playing, the frames themselves, onion skin, tweening."""

from __future__ import annotations

from PySide6.QtCore import QSettings, QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from sdstudio.ui import theme
from sdstudio.ui.controls.number_box import NumberBox
from sdstudio.ui.controls.tool_button import IconButton
from sdstudio.ui.draw.flow import Flow
from sdstudio.ui.icons import icon

RATES = (1, 60)
RATE = 8
MOST_SKINS = 5


class FilmTools(QWidget):
    """Says what is wanted; :class:`~sdstudio.ui.draw.film.Film` does it.

    Signals:
        asked: "add", "duplicate", "remove", "restore", "play" or "tween".
        folded: Whether all but this line should be hidden.
        rate_chosen: Frames per second.
        onion_changed: Onion skin was turned on or off, or shows other frames.
    """

    asked = Signal(str)
    folded = Signal(bool)
    rate_chosen = Signal(int)
    onion_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_open = True
        self._rate = RATE
        self.fold = QToolButton()
        self.fold.setProperty("kind", "quiet")
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.clicked.connect(lambda: self.folded.emit(self._is_open))
        self.play = self._button("play", "play", self.tr("Play over and over (Space)"))
        self.rate = NumberBox(*RATES, suffix=self.tr(" fps"), digits=2)
        self.rate.setAccessibleName(self.tr("Frames per second"))
        self.rate.setToolTip(self.tr("Frames per second, 1 to 60: for playing and for export"))
        self.rate.edited.connect(self._take_rate)
        self.rate.refused.connect(lambda _: self.rate.set_number(self._rate))
        self.add = self._button("add", "new", self.tr("Add a blank frame (Insert)"))
        self.duplicate = self._button(
            "duplicate", "copy", self.tr("Duplicate the frame (Ctrl+Insert)")
        )
        self.remove = self._button("remove", "delete", self.tr("Remove the frame (Delete)"))
        self.restore = self._button(
            "restore", "undo", self.tr("Bring back the frame removed last (Backspace)")
        )
        self.onion = IconButton("onion", self.tr("Onion skin: neighbouring frames shine through"))
        self.onion.setCheckable(True)
        self.onion.setProperty("kind", "tool")
        self.onion.toggled.connect(self._take_onion)
        self.before = self._count(self.tr("Frames before"))
        self.after = self._count(self.tr("Frames after"))
        self.tween = self._button(
            "tween",
            "tween",
            self.tr("Tween: let what is selected, or all that is painted, move over some frames"),
        )
        self._rest = QWidget()
        flow = self._flow = Flow(self._rest)
        parts = (self.play, self.rate, self.add, self.duplicate, self.remove, self.restore)
        # Only while it is on: the frames are wanted more often, and so is room.
        before, after = self._word(self.tr("before")), self._word(self.tr("after"))
        self._of_onion = (before, self.before, after, self.after)
        for part in (*parts, self.tween, self.onion, *self._of_onion):
            flow.addWidget(part)
        self._show_onion()
        self._line = Flow(self)
        self._line.addWidget(self.fold)
        self._line.addWidget(self._rest)
        self.rate.set_number(RATE)
        self.before.set_number(1)
        self.after.set_number(0)
        theme.current().changed.connect(self._scale)
        self._scale()
        self.show_folded(True, 1)

    @property
    def frames_per_second(self) -> int:
        """How fast it plays."""
        return self._rate

    @property
    def skins(self) -> tuple[int, int]:
        """How many frames before and after shine through; none while that is off."""
        if not self.onion.isChecked():
            return 0, 0
        return int(self.before.number or 0), int(self.after.number or 0)

    def show_folded(self, folded: bool, count: int) -> None:
        """Show this line alone, or with its tools."""
        self._is_open = not folded
        self._rest.setVisible(not folded)
        self.fold.setIcon(icon("chevron-right" if folded else "chevron-down"))
        text = self.tr("Animation")
        if folded and count > 1:
            text += " · " + self.tr("{count} frames").format(count=count)
        # Open, it is plain what it is, and the tools need the room.
        self.fold.setText(" " + text if folded else "")
        self.fold.setAccessibleName(text)
        self.fold.setToolTip(self.tr("Frames, onion skin, and a picture made of every frame"))

    def show_playing(self, playing: bool) -> None:
        """Offer to pause, or to play."""
        self.play.setIcon(icon("pause" if playing else "play"))

    def save(self, settings: QSettings) -> None:
        """Remember the rate and the onion skin."""
        settings.setValue("film/rate", self._rate)
        settings.setValue("film/onion", self.onion.isChecked())
        settings.setValue("film/before", int(self.before.number or 0))
        settings.setValue("film/after", int(self.after.number or 0))

    def take_back(self, settings: QSettings) -> None:
        """Take the remembered ones."""
        for box, name, low, high in (
            (self.rate, "rate", *RATES),
            (self.before, "before", 0, MOST_SKINS),
            (self.after, "after", 0, MOST_SKINS),
        ):
            number = str(settings.value(f"film/{name}", ""))
            if number.isdecimal() and low <= int(number) <= high:
                box.set_number(int(number))
        self._rate = int(self.rate.number or RATE)
        self.onion.setChecked(settings.value("film/onion", False, bool) is True)

    def _take_onion(self) -> None:
        self._show_onion()
        self.onion_changed.emit()

    def _show_onion(self) -> None:
        for part in self._of_onion:
            part.setVisible(self.onion.isChecked())

    def _take_rate(self, rate: float) -> None:
        self._rate = min(RATES[1], max(RATES[0], int(rate)))
        self.rate.set_number(self._rate)
        self.rate_chosen.emit(self._rate)

    def _count(self, name: str) -> NumberBox:
        box = NumberBox(0, MOST_SKINS, digits=1)
        box.setAccessibleName(name)
        box.setToolTip(self.tr("{name}, 0 to {most}").format(name=name, most=MOST_SKINS))

        def take(number: float) -> None:
            box.set_number(min(MOST_SKINS, max(0, int(number))))
            self.onion_changed.emit()

        box.edited.connect(take)
        box.refused.connect(lambda _: box.set_number(0))
        return box

    def _button(self, wish: str, drawing: str, explanation: str) -> IconButton:
        button = IconButton(drawing, explanation)
        button.clicked.connect(lambda: self.asked.emit(wish))
        return button

    def _word(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setProperty("kind", "muted")
        return label

    def _scale(self) -> None:
        px = theme.current().px
        self._flow.set_gaps(px(4), px(2))
        self._line.set_gaps(px(8), px(2))
        self._line.setContentsMargins(px(4), px(2), px(8), px(2))
        self.fold.setIconSize(QSize(px(16), px(16)))
