"""One LoRA: its name, whether it is used, its weight, and a button that removes it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.slider_row import SliderRow
from sdstudio.ui.controls.tool_button import IconButton

TRAINED = 1.0
"""The weight that a LoRA was trained at."""

WEIGHTS = Scale(-1, 2, 0.05, 0.25, decimals=2)
"""What the slider reaches; the box goes on to :data:`MOST` either way."""

MOST = 4.0


class LoraRow(SliderRow):
    """A slider for a LoRA's weight, with marks at off (0) and as trained (1).

    Args:
        source: What the request names: a file or a name.
        explanation: The weight's tooltip.

    Signals:
        muted: Whether it is to be left out.
    """

    muted = Signal(bool)

    def __init__(self, source: str, explanation: str, parent: QWidget | None = None) -> None:
        name = Path(source).stem if source.endswith(".safetensors") else source
        super().__init__(
            name,
            WEIGHTS,
            least=-MOST,
            most=MOST,
            marks=(0.0, TRAINED),
            explanation=explanation,
            note_lines=0,
            gives_way=True,
            parent=parent,
        )
        self.label.setToolTip(source)
        for widget in (self.slider, self.box):
            widget.setAccessibleName(self.tr("Weight of {name}").format(name=name))
        # A file that is dropped here is another LoRA, not text for the box.
        self.box.lineEdit().setAcceptDrops(False)
        self.used = QCheckBox()
        self.used.setAccessibleName(self.tr("Use {name}").format(name=name))
        self.used.setToolTip(
            self.tr("Unticked, its weight is 0: the picture without it. Ticked, it has it again.")
        )
        self.remove = IconButton("clear", self.tr("Remove {name}").format(name=name))
        self.head.insertWidget(0, self.used)
        self.head.addWidget(self.remove)
        self.used.clicked.connect(lambda ticked: self.muted.emit(not ticked))

    @property
    def operated(self) -> tuple[QWidget, ...]:
        """What a person can operate, in the order of the Tab key."""
        return self.used, self.box, self.slider, self.remove

    def show_value(self, number: float) -> None:
        """Show a weight without telling anybody; 0 is not used."""
        super().show_value(number)
        self.used.setChecked(number != 0)
