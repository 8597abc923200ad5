"""The line below sheet and result: Live, how strongly, in how many steps, shown in which way."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sdstudio.engine.request import Request
from sdstudio.session.run_view import RunView
from sdstudio.ui import theme
from sdstudio.ui.controls import captions
from sdstudio.ui.controls.note import Kind, NoteLine
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.slider import Slider
from sdstudio.ui.controls.sliders import specs
from sdstudio.ui.controls.tool_button import IconButton
from sdstudio.ui.draw.option import LENGTHS, Option
from sdstudio.ui.draw.result_overlay import WAYS, Way
from sdstudio.ui.ground import Ground
from sdstudio.ui.icons import icon
from sdstudio.ui.progress_line import ProgressLine
from sdstudio.ui.wording import label

_SHARE = Scale(0, 100, 1, 10)


class SketchBar(Ground):
    """Controls of the way from drawing to picture that are wanted at hand.

    Attributes:
        live: Whether the picture follows the pen.
        busy: A thin line while a run that the pen asked for goes.
        strength: The request's strength.
        steps: The request's steps.
        note: Which steps run; or what is wrong.
        ways: Beside, wiped, or over the sheet.
        share: Of the wipe or of what shows through.
        noise: Show what the network starts from in place of the result.

    Signals:
        live_wanted: Live on (True) or off.
        edited: A field of the request and its new value.
        way_wanted: Another :data:`Way`.
        share_wanted: Another share, 0 to 1.
        noise_wanted: Whether the start is to be shown.
    """

    live_wanted = Signal(bool)
    edited = Signal(str, object)
    way_wanted = Signal(str)
    share_wanted = Signal(float)
    noise_wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("From drawing to picture"))
        self.live = QPushButton(f" {self.tr('Live')}")
        self.live.setIcon(icon("live"))
        self.live.setCheckable(True)
        self.live.setAccessibleName(self.tr("Live"))
        self.live.setToolTip(self.tr("Make the picture again after every stroke and pause"))
        self.busy = ProgressLine()
        self.busy.set_hidden_line(True)
        known = specs()
        self.strength, self.steps = (
            Option(label(field), known[field].scale, "", known[field].explanation)
            for field in ("strength", "steps")
        )
        self.note = NoteLine()
        self.ways: dict[Way, QToolButton] = {}
        self.share = Slider(_SHARE)
        self.noise = IconButton(
            "noise", self.tr("Show the noise that the network starts from, in place of the result")
        )
        self.noise.setCheckable(True)
        self._first, self._second = QHBoxLayout(), QHBoxLayout()
        for widget in (self.live, self.busy, self.strength, self.steps):
            self._first.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self._first.addStretch(1)
        self._second.addWidget(self.note, 1)
        for shown in (*self._make_ways(), self.share, self.noise):
            self._second.addWidget(shown, 0, Qt.AlignmentFlag.AlignVCenter)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._first)
        self._column.addLayout(self._second)
        self._connect()
        theme.current().changed.connect(self._scale)
        self._scale()
        self.show_way("beside", 0.5)

    def show_request(self, request: Request, run: RunView | None) -> None:
        """Show strength and steps, and what they come to."""
        self.strength.show_number(request.strength)
        self.steps.show_number(request.steps)
        self.note.set_note("strength", Kind.CAPTION, captions.strength(request, run))

    def show_live(self, on: bool) -> None:
        """Show whether Live is on."""
        self.live.setChecked(on)

    def show_busy(self, fraction: float | None, *, waiting: bool = False) -> None:
        """Show how far a run is; None shows that there is none."""
        self.busy.set_hidden_line(fraction is None)
        self.busy.show_progress(fraction, busy=waiting)

    def show_way(self, way: Way, share: float) -> None:
        """Show in which way the result is shown, and the slider that belongs to it."""
        self.ways[way].setChecked(True)
        self.share.setVisible(way != "beside")
        self.share.set_number(round(100 * share))
        name = self.tr("Wipe") if way == "wipe" else self.tr("How much of the result shows")
        self.share.setAccessibleName(name)
        self.share.setToolTip(name)

    def say(self, problem: str) -> None:
        """Say what is wrong; "" takes that away."""
        self.note.set_note("problem", Kind.ERROR, problem)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit into the width that there is."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """What is left when the steps have gone."""
        return QSize(theme.current().px(280), super().minimumSizeHint().height())

    def _make_ways(self) -> list[QToolButton]:
        texts = {
            "beside": ("compare", self.tr("Result beside the sheet")),
            "wipe": ("wipe", self.tr("Result over the sheet, on one side of a line")),
            "over": ("over", self.tr("Result over the sheet, seen through")),
        }
        group = QButtonGroup(self)
        for way in WAYS:
            button = IconButton(*texts[way])
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, way=way: self.way_wanted.emit(way))
            group.addButton(button)
            self.ways[way] = button
        return list(self.ways.values())

    def _connect(self) -> None:
        self.live.clicked.connect(self.live_wanted)
        self.strength.chosen.connect(lambda number: self.edited.emit("strength", float(number)))
        self.steps.chosen.connect(lambda number: self.edited.emit("steps", int(number)))
        self.share.moved.connect(lambda number: self.share_wanted.emit(number / 100))
        self.noise.toggled.connect(self.noise_wanted)

    def _scale(self) -> None:
        px = theme.current().px
        self._column.setContentsMargins(px(16), px(6) + 1, px(16), px(6))
        self._column.setSpacing(px(4))
        self._first.setSpacing(px(12))
        self._second.setSpacing(px(4))
        self.live.setIconSize(QSize(px(14), px(14)))
        self.busy.setFixedWidth(px(40))
        self.share.setFixedWidth(px(72))
        self._fit()

    def _fit(self) -> None:
        """Shorten the sliders where room is scarce; then the steps go, which have another."""
        for length, has_steps in (*((length, True) for length in LENGTHS), (LENGTHS[-1], False)):
            self.steps.setVisible(has_steps)
            for option in (self.strength, self.steps):
                option.set_length(length)
            self._first.invalidate()
            room = self._column.contentsMargins()
            if self._first.sizeHint().width() + room.left() + room.right() <= self.width():
                break
