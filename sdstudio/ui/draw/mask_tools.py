"""How the mask is used: its soft edge, which side of it changes, what fills it first."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QWidget

from sdstudio.session.drawing.sketch import Covers, MaskUse
from sdstudio.ui import theme
from sdstudio.ui.controls.choice_row import Choice
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.draw.option import Option

_FEATHER = Scale(0, 64, 1, 4, power=2.0)
_LONGEST = 14
"""Characters of the longest name of a filling."""


class MaskTools(QObject):
    """Options for the line above the sheet, and what the mask comes to.

    Attributes:
        parts: What goes into that line, in this order.
        feather: Radius of the soft edge.
        invert: Whether what is painted stays.
        fill: What lies below the mask before the sampler begins.
        sentence: What the mask comes to.

    Signals:
        changed: A field of :class:`MaskUse` with its new value.
    """

    changed = Signal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.feather = Option(
            self.tr("Feather"),
            _FEATHER,
            " px",
            self.tr("How far the edge of what may change fades out, in pixels; 0 is sharp"),
        )
        self.invert = QCheckBox(self.tr("Invert"))
        self.invert.setToolTip(self.tr("What is painted stays, and all the rest may change"))
        self.fill = Choice(
            [
                ("original", self.tr("the picture itself")),
                ("blur", self.tr("the colours around")),
                ("noise", self.tr("noise")),
                ("colour", self.tr("the pen’s colour")),
            ],
            self.tr("What fills the mask first"),
        )
        self.fill.setToolTip(
            self.tr(
                "What lies below the mask before it is made anew: at a strength below 1 some of it "
                "comes through"
            )
        )
        self.fill.setMinimumContentsLength(_LONGEST)
        self.sentence = QLabel()
        self.sentence.setProperty("kind", "muted")
        self.sentence.setWordWrap(True)
        label = QLabel(self.tr("Begin with"))
        label.setProperty("kind", "muted")
        label.setBuddy(self.fill)
        filling = QWidget()
        self._row = QHBoxLayout(filling)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(label)
        self._row.addWidget(self.fill)
        self.parts: tuple[QWidget, ...] = (self.feather, self.invert, filling, self.sentence)
        self.feather.chosen.connect(lambda number: self.changed.emit("feather", float(number)))
        self.invert.toggled.connect(lambda on: self.changed.emit("invert", on))
        self.fill.chosen.connect(lambda fill: self.changed.emit("fill", fill))
        theme.current().changed.connect(self._scale)
        self._scale()
        self.show_use(MaskUse(), Covers.UNUSED)

    def show_use(self, use: MaskUse, covers: Covers) -> None:
        """Show what is set, and what it comes to, without telling anybody."""
        self.feather.show_number(round(use.feather))
        self.invert.blockSignals(True)
        self.invert.setChecked(use.invert)
        self.invert.blockSignals(False)
        self.fill.show_value(use.fill)
        self.sentence.setText(self._sentences()[covers])

    def _sentences(self) -> dict[Covers, str]:
        return {
            Covers.UNUSED: self.tr("Nothing is masked yet: all of the picture may change."),
            Covers.NOTHING: self.tr("So nothing could change, and the mask is not used."),
            Covers.PART: self.tr("Outside of it every pixel stays as it is."),
            Covers.ALL: self.tr("All is masked: all may change, as without a mask."),
        }

    def _scale(self) -> None:
        self._row.setSpacing(theme.current().px(8))
