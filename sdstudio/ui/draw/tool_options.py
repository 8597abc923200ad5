"""The line above the sheet: how the tool in the hand draws."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QWidget

from sdstudio.ui import theme
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.tool_button import IconButton
from sdstudio.ui.draw import words
from sdstudio.ui.draw.flow import Flow
from sdstudio.ui.draw.hand import MOST_FOLDS, MOST_SIZE, STROKES, Hand
from sdstudio.ui.draw.option import LENGTHS, Option
from sdstudio.ui.ground import Ground
from sdstudio.ui.icons import icon

_SIZE = Scale(1, MOST_SIZE, 1, 10, power=3.0)
_SHARE = Scale(0, 100, 1, 10)
_OPACITY = Scale(1, 100, 1, 10)
_TOLERANCE = Scale(0, 255, 1, 16, power=2.0)
_FOLDS = Scale(2, MOST_FOLDS, 1, 2)

MARGIN = 12
GAP = 10


class ToolOptions(Ground):
    """Shows what the tool has: size, hardness, opacity; tolerance; symmetry; pressure."""

    def __init__(self, hand: Hand, parent: QWidget | None = None) -> None:
        super().__init__(parent, edge=Qt.Edge.BottomEdge)
        self._hand = hand
        self.setAccessibleName(self.tr("Tool options"))
        self.size_ = Option(self.tr("Size"), _SIZE, " px", self.tr("Width in pixels ([ and ])"))
        self.hardness = Option(
            self.tr("Hardness"),
            _SHARE,
            " %",
            self.tr("How much of the width is covered in full (Shift+[ and Shift+])"),
        )
        self.opacity = Option(
            self.tr("Opacity"),
            _OPACITY,
            " %",
            self.tr("How much of what is below is covered (1 to 9, 0 for all)"),
        )
        self.tolerance = Option(
            self.tr("Tolerance"),
            _TOLERANCE,
            "",
            self.tr("How much a colour may differ from the one clicked, 0 to 255"),
        )
        self.filled = IconButton("filled", self.tr("Fill rectangles and ellipses"))
        self.filled.setCheckable(True)
        self.symmetry = QToolButton()
        self.folds = Option(self.tr("Times"), _FOLDS, "", self.tr("How often a stroke is repeated"))
        self.pressure = QToolButton()
        self._hint = QLabel()
        self._hint.setProperty("kind", "muted")
        self._hint.setMinimumWidth(1)  # it is shortened to what room there is
        self._numbers = (self.size_, self.hardness, self.opacity, self.tolerance, self.folds)
        self._flow = Flow(self)
        for widget in (
            *self._numbers[:4],
            *(self.filled, self.symmetry, self.folds, self.pressure, self._hint),
        ):
            self._flow.addWidget(widget)
        self._make_menus()
        self._connect()
        theme.current().changed.connect(self._scale)
        self._scale()
        self._follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the sliders before a second line is begun."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Choose the longest sliders that leave all in one line."""
        numbers = [it for it in self._numbers if not it.isHidden()]
        others = (self.filled, self.symmetry, self.pressure)
        shown = [it for it in others if not it.isHidden()]
        gaps = theme.current().px(GAP) * max(0, len(numbers) + len(shown) - 1)
        rest = sum(it.sizeHint().width() for it in shown) + gaps + 2 * theme.current().px(MARGIN)
        # Where there is no room for all sliders, the first keeps its own as long as it can.
        choices = [[length] * len(numbers) for length in LENGTHS[:-1]]
        choices += [[length] + [0] * (len(numbers) - 1) for length in LENGTHS] if numbers else []
        for lengths in choices:
            pairs = list(zip(numbers, lengths, strict=True))
            if rest + sum(option.width_with(length) for option, length in pairs) <= self.width():
                break
        for option, length in pairs if numbers else ():
            option.set_length(length)
        room = self.width() - 2 * theme.current().px(MARGIN)
        said, right = self._hint.toolTip(), Qt.TextElideMode.ElideRight
        self._hint.setText(self._hint.fontMetrics().elidedText(said, right, room))

    def _make_menus(self) -> None:
        menu = QMenu(self.symmetry)
        self._symmetries: dict[str, QAction] = {}
        group = QActionGroup(self)
        for name, text in words.symmetries().items():
            action = menu.addAction(text)
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, name=name: self._hand.change(symmetry=name))
            group.addAction(action)
            self._symmetries[name] = action
        self.symmetry.setMenu(menu)
        menu = QMenu(self.pressure)
        self._pressures: dict[str, QAction] = {}
        for name, text in (
            ("pressure_size", self.tr("Pressing lightly makes it thinner")),
            ("pressure_opacity", self.tr("Pressing lightly makes it fainter")),
        ):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.triggered.connect(lambda on, name=name: self._hand.change(**{name: on}))
            self._pressures[name] = action
        self.pressure.setMenu(menu)
        for button, drawing, name in (
            (self.symmetry, "symmetry", self.tr("Symmetry")),
            (self.pressure, "pressure", self.tr("Pen pressure")),
        ):
            button.setProperty("kind", "quiet")
            button.setIcon(icon(drawing))
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            button.setToolTip(name)
            button.setAccessibleName(name)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _connect(self) -> None:
        change = self._hand.change
        self.size_.chosen.connect(lambda number: change(size=number))
        self.hardness.chosen.connect(lambda number: change(hardness=number / 100))
        self.opacity.chosen.connect(lambda number: change(opacity=number / 100))
        self.tolerance.chosen.connect(lambda number: change(tolerance=int(number)))
        self.folds.chosen.connect(lambda number: change(folds=int(number)))
        self.filled.clicked.connect(lambda on: change(filled=on))
        self._hand.changed.connect(self._follow)

    def _follow(self) -> None:
        held, nib = self._hand.held, self._hand.nib
        tool = held.tool
        draws, shape = tool in STROKES, tool in ("rectangle", "ellipse")
        outlined = draws and not (shape and held.filled)
        shown = {
            self.size_: outlined,
            self.hardness: outlined,
            self.opacity: draws or tool == "fill",
            self.tolerance: tool == "fill",
            self.filled: shape,
            self.symmetry: draws,
            self.folds: draws and held.symmetry == "rotational",
            self.pressure: tool in ("brush", "eraser", "mask"),
            self._hint: not draws and tool != "fill",
        }
        for widget, visible in shown.items():
            widget.setVisible(visible)
        self.size_.show_number(round(nib.size))
        self.hardness.show_number(round(100 * nib.hardness))
        self.opacity.show_number(round(100 * nib.opacity))
        self.tolerance.show_number(held.tolerance)
        self.folds.show_number(held.folds)
        self.filled.setChecked(held.filled)
        self._symmetries[held.symmetry].setChecked(True)
        name = words.symmetries()[held.symmetry]
        self.symmetry.setToolTip(self.tr("Symmetry: {name}").format(name=name.lower()))
        for field, action in self._pressures.items():
            action.setChecked(getattr(held, field))
        self._hint.setToolTip(words.tools()[tool][2])
        self._fit()

    def _scale(self) -> None:
        px = theme.current().px
        self._flow.setContentsMargins(px(MARGIN), px(5), px(MARGIN), px(5) + 1)
        self._flow.set_gaps(px(GAP), px(2))
        # The line is as high without boxes: the sheet stays where it is.
        self._hint.setFixedHeight(self.size_.sizeHint().height())
        side = QSize(px(16), px(16))
        self.symmetry.setIconSize(side)
        self.pressure.setIconSize(side)
