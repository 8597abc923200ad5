"""The window's drawing mode: when its page shows, and whose turn undo is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSettings, Signal
from PySide6.QtWidgets import QApplication, QWidget

from sdstudio.session.sitting import Sitting
from sdstudio.ui.canvas import Canvas
from sdstudio.ui.draw.actions import DrawActions
from sdstudio.ui.draw.dock import DrawDock

if TYPE_CHECKING:
    from sdstudio.session.drawing.desk import DrawingDesk
    from sdstudio.session.drawing.frames import Frames
    from sdstudio.ui.canvas.picture_view import PictureView
    from sdstudio.ui.draw.bench import Bench
    from sdstudio.ui.draw.film import Film
    from sdstudio.ui.draw.pad import Pad
    from sdstudio.ui.draw.page import DrawPage
    from sdstudio.ui.draw.sketch_desk import SketchDesk


class DrawMode(QObject):
    """Gives the canvas's place to a page to draw on, and takes it back.

    Page and drawing are made when first asked for, so that a window that is never drawn in
    starts as fast as it would without them.

    Args:
        window: Parent of dialogs.
        sitting: Whose request says how large a new drawing is.
        actions: What menus and buttons do.
        canvas: Whose place the page takes, and where messages show.
        dock: Where colours and layers go.
        settings: Where tools and the last folder are remembered.
        folder: Where drawings are kept; None keeps them only as long as the window.
        tell: Called with a short text of success.

    Signals:
        switched: Drawing begins (True) or ends.
        steps_changed: What can be undone may be something else.
        moved: The sheet lies elsewhere now.
    """

    switched = Signal(bool)
    steps_changed = Signal()
    moved = Signal()

    def __init__(
        self,
        window: QWidget,
        sitting: Sitting,
        actions: DrawActions,
        canvas: Canvas,
        dock: DrawDock,
        settings: QSettings,
        *,
        folder: Path | None,
        tell: Callable[[str], None],
    ) -> None:
        super().__init__(window)

        def make() -> Bench:
            from sdstudio.ui.draw.bench import Bench

            return Bench(window, sitting, actions, canvas, settings, folder, tell)

        self._make = make
        self._sitting = sitting
        self._actions = actions
        self._canvas = canvas
        self._dock = dock
        self._bench: Bench | None = None
        self._has_focus = False
        actions.draw.triggered.connect(lambda: self.set_on(True))
        actions.generate.triggered.connect(lambda: self.set_on(False))
        actions.toggle.triggered.connect(lambda: self.set_on(not self.is_on))
        actions.new.triggered.connect(lambda: self.bench.drawings.ask_new())
        actions.older.triggered.connect(lambda: self.bench.drawings.ask_older())

    @property
    def is_on(self) -> bool:
        """Whether the page has the canvas's place."""
        return self._bench is not None and not self._bench.page.isHidden()

    @property
    def bench(self) -> Bench:
        """All that there is to draw with, made when first asked for."""
        if self._bench is None:
            self._build()
        assert self._bench is not None
        return self._bench

    @property
    def page(self) -> DrawPage:
        """What is drawn on."""
        return self.bench.page

    @property
    def desk(self) -> DrawingDesk:
        """Where the drawings are."""
        return self.bench.desk

    @property
    def sketch(self) -> SketchDesk:
        """What ties the page to the sitting."""
        return self.bench.sketch

    @property
    def film(self) -> Film:
        """The frames below the page."""
        return self.bench.film

    def flush(self) -> None:
        """Have the request start from the drawing as it is now, while the page shows."""
        if self.is_on:
            self.sketch.flush()

    @property
    def steps(self) -> Frames | None:
        """The frames whose steps are undone now; None while that is the request's turn."""
        return self.desk.frames if self.is_on and self._has_focus else None

    @property
    def can_undo(self) -> bool:
        """Whether a stroke or a change of frames, or else of the request, can be taken back."""
        return (self.steps or self._sitting).can_undo

    @property
    def can_redo(self) -> bool:
        """Whether one can be made again."""
        return (self.steps or self._sitting).can_redo

    def undo(self) -> None:
        """Take back a stroke or a change of frames, or else a change of the request."""
        (self.steps or self._sitting).undo()
        if self.steps is not None:
            self.bench.follow_steps()

    def redo(self) -> None:
        """Make it again."""
        (self.steps or self._sitting).redo()
        if self.steps is not None:
            self.bench.follow_steps()

    @property
    def view(self) -> Pad | PictureView:
        """What zooming is about now."""
        return self.page.pad if self.is_on else self._canvas.view

    @property
    def zoom(self) -> float:
        """Percent of the drawing's own pixels."""
        pad = self.page.pad
        return 100 * pad.view.scale * pad.devicePixelRatioF()

    def set_on(self, on: bool) -> None:
        """Show the page, or the canvas again."""
        (self._actions.draw if on else self._actions.generate).setChecked(True)
        if on == self.is_on:
            return
        page = self.page
        for action in self._actions.of_the_sheet:
            action.setEnabled(on)
        # What lies below is not to be reached with Tab.
        self._canvas.view.setVisible(not on)
        self._canvas.empty.setEnabled(not on)
        self._dock.set_on(on)
        page.setVisible(on)
        if on:
            self.switched.emit(True)
            self._cover()
            self.bench.enter()
        else:
            self.bench.leave()
            self._canvas.view.setFocus()
            self.switched.emit(False)
        self.steps_changed.emit()

    def close(self) -> None:
        """Keep what is unfinished, and let go."""
        if self._bench is not None:
            QApplication.instance().focusChanged.disconnect(self._follow_focus)  # type: ignore[union-attr]
            self._bench.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the page as large as the canvas."""
        if event.type() == QEvent.Type.Resize and self.is_on:
            self._cover()
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        self._bench = bench = self._make()
        bench.steps_changed.connect(self.steps_changed)
        bench.page.pad.moved.connect(self.moved)
        self._dock.fill(bench.page.side)
        self._canvas.installEventFilter(self)
        QApplication.instance().focusChanged.connect(self._follow_focus)  # type: ignore[union-attr]

    def _cover(self) -> None:
        page = self.page
        page.setGeometry(self._canvas.rect())
        page.raise_()
        self._canvas.banner.raise_()

    def _follow_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        """Undo is the drawing's until something of the request gets the focus."""
        if new is None or self._bench is None:
            return
        page = self._bench.page
        of_page = page.isAncestorOf(new) or page.side.isAncestorOf(new)
        if of_page or self._dock.is_elsewhere(new):
            self._has_focus = of_page
            self.steps_changed.emit()
