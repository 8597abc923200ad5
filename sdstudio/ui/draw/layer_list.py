"""The layers, the uppermost first: which is drawn on, which are seen, and how much of each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QColorDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.layers import LAYERS
from sdstudio.ui import theme
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.slider import Slider
from sdstudio.ui.controls.tool_button import IconButton
from sdstudio.ui.draw import words
from sdstudio.ui.draw.hand import Hand
from sdstudio.ui.draw.palette import Swatch
from sdstudio.ui.icons import icon

_SHARE = Scale(0, 100, 1, 10)


class LayerList(QWidget):
    """A row for each layer, and one for the paper below them.

    Attributes:
        rows: By the layer's name.
        paper: The paper's colour.

    Signals:
        changed: The drawing looks different for what was chosen here.
    """

    changed = Signal()

    def __init__(self, hand: Hand, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hand = hand
        self._drawing: Drawing | None = None
        self._stop: Callable[[], None] = lambda: None
        self._faded = -1
        self._shown: tuple[object, ...] = ()
        self.rows = {name: LayerRow(name) for name in reversed(LAYERS)}
        self.paper = Swatch(QColor("white"))
        self._paper_name = QLabel(self.tr("Paper"))
        self._column = QVBoxLayout(self)
        group = QButtonGroup(self)
        for name, row in self.rows.items():
            group.addButton(row.name)
            row.name.clicked.connect(lambda _=False, name=name: hand.choose_layer(name))
            row.shown.connect(lambda on, name=name: self._set_visible(name, on))
            row.faded.connect(lambda share, name=name: self._set_opacity(name, share))
            row.cleared.connect(lambda name=name: self._clear(name))
            self._column.addWidget(row)
        self._paper = QWidget()
        self._paper_row = QHBoxLayout(self._paper)
        self._paper_row.addWidget(self.paper)
        self._paper_row.addWidget(self._paper_name, 1)
        self._column.addWidget(self._paper)
        self.paper.clicked.connect(self._ask_paper)
        hand.changed.connect(self._follow)
        theme.current().changed.connect(self._scale)
        self._scale()
        self._follow()

    def set_drawing(self, drawing: Drawing | None) -> None:
        """Show another drawing's layers."""
        self._stop()
        self._stop = lambda: None
        self._drawing = drawing
        if drawing is not None:
            self._stop = drawing.observe(self._hear)
        self._follow()

    def _hear(self, rect: object) -> None:
        """Strokes, which come often, change nothing here."""
        if self._drawing is not None and self._state(self._drawing) != self._shown:
            self._follow()

    def _follow(self) -> None:
        self.rows[self._hand.layer].name.setChecked(True)
        drawing = self._drawing
        if drawing is not None:
            self._shown = self._state(drawing)
            for name, row in self.rows.items():
                row.show_state(drawing.visible[name], drawing.opacity[name])
            if self.paper.colour != QColor(*drawing.paper):
                self._describe_paper(QColor(*drawing.paper))

    @staticmethod
    def _state(drawing: Drawing) -> tuple[object, ...]:
        return (*drawing.visible.values(), *drawing.opacity.values(), drawing.paper)

    def _describe_paper(self, colour: QColor) -> None:
        self.paper.set_colour(colour)
        text = self.tr("Colour of the paper below all layers: {name}").format(name=colour.name())
        self.paper.setToolTip(text)
        self.paper.setAccessibleName(text)

    def _set_visible(self, name: str, on: bool) -> None:
        if self._drawing is not None:
            self._drawing.set_visible(name, on)
            self.changed.emit()

    def _set_opacity(self, name: str, share: float) -> None:
        drawing = self._drawing
        if drawing is None:
            return
        if self.rows[name].opacity.isSliderDown() and drawing.version == self._faded:
            # All that one drag does is one step.
            drawing.undo()
        drawing.set_opacity(name, share)
        self._faded = drawing.version
        self.changed.emit()

    def _clear(self, name: str) -> None:
        if self._drawing is not None:
            self._drawing.clear(name)
            self.changed.emit()

    def _ask_paper(self) -> None:
        if self._drawing is None:
            return
        dialog = QColorDialog(QColor(*self._drawing.paper), self)
        dialog.setWindowTitle(self.tr("Paper"))
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(self._set_paper)
        dialog.open()

    def _set_paper(self, colour: QColor) -> None:
        if self._drawing is not None:
            self._drawing.set_paper((colour.red(), colour.green(), colour.blue()))
            self.changed.emit()

    def _scale(self) -> None:
        px = theme.current().px
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(2))
        self._paper_row.setContentsMargins(px(8), px(4), 0, 0)
        self._paper_row.setSpacing(px(12))


class LayerRow(QWidget):
    """Eye, name, opacity, and a button that clears.

    Attributes:
        eye: Shows and hides it.
        name: Checked while it is drawn on.
        opacity: How much of it is seen.
        clear: Empties it.

    Signals:
        shown: It should be seen, or not.
        faded: It should be seen by this share, 0 to 1.
        cleared: It should be emptied.
    """

    shown = Signal(bool)
    faded = Signal(float)
    cleared = Signal()

    def __init__(self, layer: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = words.layer(layer)
        self._title = title
        self._visible = True
        self.eye = IconButton("eye", self.tr("Hide {layer}").format(layer=title))
        self.eye.clicked.connect(lambda: self.shown.emit(not self._visible))
        self.name = QPushButton(title)
        self.name.setCheckable(True)
        self.name.setProperty("kind", "row")
        self.name.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.name.setAccessibleName(title)
        self.name.setToolTip(self.tr("Draw on {layer}").format(layer=title))
        self.opacity = Slider(_SHARE)
        explanation = self.tr("Opacity of {layer}").format(layer=title)
        self.opacity.setAccessibleName(explanation)
        self.opacity.setToolTip(explanation)
        self.opacity.moved.connect(lambda number: self.faded.emit(number / 100))
        self.opacity.reset.connect(lambda: self.faded.emit(1.0))
        self._figure = QLabel()
        self._figure.setProperty("kind", "muted")
        self._figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.clear = IconButton("clear", self.tr("Clear {layer}").format(layer=title))
        self.clear.clicked.connect(self.cleared)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for widget, stretch in (
            (self.eye, 0),
            (self.name, 1),
            (self.opacity, 0),
            (self._figure, 0),
            (self.clear, 0),
        ):
            self._row.addWidget(widget, stretch)
        self.name.toggled.connect(self.update)
        theme.current().changed.connect(self._scale)
        self._scale()

    def show_state(self, visible: bool, opacity: float) -> None:
        """Show whether and how much it is seen, without telling anybody."""
        if visible != self._visible:
            self._visible = visible
            self.eye.setIcon(icon("eye" if visible else "eye-off", "text" if visible else "muted"))
            said = self.tr("Hide {layer}") if visible else self.tr("Show {layer}")
            self.eye.explain(said.format(layer=self._title))
        percent = round(100 * opacity)
        if self.opacity.number != percent:
            self.opacity.set_number(percent)
        self._figure.setText(f"{percent} %")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Mark the layer that is drawn on with a bar at the left and its ground."""
        if not self.name.isChecked():
            return
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("hover"))
        painter.drawRoundedRect(self.rect(), look.px(4), look.px(4))
        painter.setBrush(look.color("accent"))
        bar = self.rect().adjusted(0, look.px(5), 0, -look.px(5))
        bar.setWidth(look.px(3))
        painter.drawRoundedRect(bar, look.px(1), look.px(1))
        painter.end()

    def _scale(self) -> None:
        px = theme.current().px
        self._row.setContentsMargins(px(6), px(2), px(2), px(2))
        self._row.setSpacing(px(4))
        self.opacity.setFixedWidth(px(64))
        self._figure.ensurePolished()
        self._figure.setFixedWidth(self._figure.fontMetrics().horizontalAdvance("100 %") + 2)
        self.eye.setIconSize(QSize(px(16), px(16)))
