"""The bottom line: what calculates and how fast; which step and how long still; the zoom."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStatusBar, QToolButton, QWidget

from sdstudio.session.sitting import Sitting
from sdstudio.ui import theme
from sdstudio.ui.actions import Actions
from sdstudio.ui.canvas.telling import duration
from sdstudio.ui.controls.elided_label import ElidedLabel
from sdstudio.ui.models.telling import progress
from sdstudio.ui.progress_line import ProgressLine


class StatusBar(QStatusBar):
    """Figures stand in places as wide as their widest value, so that nothing moves."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._model = ElidedLabel(Qt.AlignmentFlag.AlignLeft)
        self._step = _Figure(self.tr("step 000 of 000"))
        self._left = _Figure(self.tr("00 min 00 s left"))
        self._cancel = _tool(actions.models.cancel)
        self._cancel.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._cancel.setText(self.tr("Cancel loading"))
        self._cancel.setVisible(False)
        self._bar = ProgressLine()
        self._bar.setAccessibleName(self.tr("Progress"))
        self._zoom = _Figure("6400 %")
        self._zoom.setAccessibleName(self.tr("Zoom"))
        zooming = (actions.zoom_out, actions.zoom_in, actions.fit, actions.pixels)
        self._tools = [_tool(action) for action in zooming]
        self._right_side = QWidget()
        self._right_layout = QHBoxLayout(self._right_side)
        for widget in (self._cancel, self._step, self._left, self._bar):
            self._right_layout.addWidget(widget)
        self._right_layout.addSpacing(theme.GRID)
        self._right_layout.addWidget(self._tools[0])
        self._right_layout.addWidget(self._zoom)
        for tool in self._tools[1:]:
            self._right_layout.addWidget(tool)
        self.addWidget(self._model, 1)
        self.addPermanentWidget(self._right_side)
        theme.current().changed.connect(self._resize)
        self._resize()

    @property
    def text(self) -> str:
        """All that it says, for tests."""
        texts = (self._model.whole, self._step.text(), self._left.text())
        return "  ·  ".join(text for text in texts if text)

    def add_line(self, line: QWidget) -> None:
        """Give a line about something else a place beside the run's figures."""
        self._right_layout.insertWidget(0, line)

    def refresh(self, sitting: Sitting) -> None:
        """Show the sitting's model and run."""
        self._model.set_whole(self._about(sitting))
        self._make_room(sitting.model.is_loading)
        run = sitting.run
        if run is None:
            for figure in (self._step, self._left):
                figure.setText("")
            self._bar.show_progress(0.0)
            self._bar.set_hidden_line(True)
            return
        going = run.running and not sitting.waiting
        step = self.tr("step {step} of {count}").format(step=run.index + 1, count=run.count)
        self._step.setText(step if going else "")
        left = run.seconds_left if going else None
        self._left.setText(
            self.tr("{time} left").format(time=duration(left)) if left is not None else ""
        )
        self._bar.set_hidden_line(not going)
        self._bar.show_progress(run.progress)

    def _make_room(self, loading: bool) -> None:
        """No run goes on while a model is on its way, which takes the place of its figures."""
        self._cancel.setVisible(loading)
        for widget in (self._step, self._left, self._bar):
            widget.setVisible(not loading)

    def show_zoom(self, percent: float) -> None:
        """Show the zoom in percent of the picture's own pixels."""
        self._zoom.setText(f"{percent:.0f} %")

    def _about(self, sitting: Sitting) -> str:
        parts = []
        facts = sitting.facts
        if facts is not None:
            parts = [facts.name, facts.device, facts.dtype, facts.engine]
        run = sitting.run
        if run is not None and run.steps_per_second:
            parts.append(self.tr("{pace:.1f} steps/s").format(pace=run.steps_per_second))
        if sitting.model.loading is not None:
            parts.insert(0, progress(sitting.model))
        if not parts:
            parts = [self.tr("no model")]
        return "  ·  ".join(parts)

    def _resize(self) -> None:
        px = theme.current().px
        self.setContentsMargins(px(8), 0, 0, 0)
        self._right_layout.setContentsMargins(0, px(2), px(8), px(2))
        self._right_layout.setSpacing(px(8))
        self._bar.setFixedWidth(px(120))
        for tool in (self._cancel, *self._tools):
            tool.setIconSize(QSize(px(16), px(16)))
        for figure in (self._step, self._left, self._zoom):
            figure.fix_width()


class _Figure(QLabel):
    """A label as wide as its widest text."""

    def __init__(self, widest: str) -> None:
        super().__init__()
        self._widest = widest
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def fix_width(self) -> None:
        """Measure again, after the text size changed."""
        self.ensurePolished()
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(self._widest) + 2)


def _tool(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setAccessibleName(action.text().replace("&", ""))
    return button
