"""What is noised: the result, a picture that the person has, or one drawn on the spot."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from sdstudio.engine.picture import Picture
from sdstudio.ui import theme
from sdstudio.ui.controls.choice_row import Choice
from sdstudio.ui.controls.image_well import ImageWell
from sdstudio.ui.panels.sketch import Sketch


class NoisingSource(QWidget):
    """A choice of three, with what the chosen one needs below it.

    Attributes:
        choice: Which.
        well: Takes a file.
        sketch: Takes a drawing.
        hint: What is noised as long as there is neither.

    Signals:
        changed: :attr:`picture` is another.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file: Picture | None = None
        self._drawing: Picture | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.choice = Choice(
            [
                ("result", self.tr("The result of this run")),
                ("file", self.tr("A picture of your own")),
                ("drawing", self.tr("A drawing")),
            ],
            self.tr("What is put into noise"),
        )
        self.well = ImageWell()
        # Made for what a run starts from; here it only lends its picture.
        self.well.heading.hide()
        self.well.well.setToolTip(self.tr("The picture to put into noise"))
        self.well.clear_button.setToolTip(self.tr("Take the result again"))
        self.sketch = Sketch()
        self.hint = QLabel(self.tr("Until there is one, this is the result of the run."))
        self.hint.setProperty("kind", "muted")
        self.hint.setWordWrap(True)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.choice, self.well, self.sketch, self.hint):
            column.addWidget(widget)
        self.choice.chosen.connect(self._choose)
        self.well.edited.connect(self._take_file)
        self.sketch.drawn.connect(self._take_drawing)
        theme.current().changed.connect(self._space)
        self._space()
        self._show_chosen()

    @property
    def picture(self) -> Picture | None:
        """What is to be noised; None means the result, also as long as there is nothing else."""
        chosen = self.choice.currentData()
        return {"file": self._file, "drawing": self._drawing}.get(chosen)

    def _choose(self) -> None:
        self._show_chosen()
        self.changed.emit()

    def _take_file(self, picture: Picture | None) -> None:
        self._file = picture
        self.well.show_value(picture)
        self._show_chosen()
        self.changed.emit()

    def _take_drawing(self, picture: Picture | None) -> None:
        self._drawing = picture
        self._show_chosen()
        self.changed.emit()

    def _show_chosen(self) -> None:
        chosen = self.choice.currentData()
        self.well.setVisible(chosen == "file")
        self.sketch.setVisible(chosen == "drawing")
        self.hint.setVisible(chosen != "result" and self.picture is None)

    def _space(self) -> None:
        self._column.setSpacing(theme.current().px(8))
