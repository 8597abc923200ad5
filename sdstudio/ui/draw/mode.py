"""The window's drawing mode: when its page shows, what it draws on, where that is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSettings, QTemporaryDir, QThreadPool, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from sdstudio.session.sitting import Sitting
from sdstudio.ui.canvas import Canvas
from sdstudio.ui.draw.actions import DrawActions
from sdstudio.ui.draw.dock import DrawDock

if TYPE_CHECKING:
    from sdstudio.session.drawing.desk import DrawingDesk
    from sdstudio.session.drawing.frames import Frames
    from sdstudio.ui.canvas.picture_view import PictureView
    from sdstudio.ui.draw.drawings import Drawings
    from sdstudio.ui.draw.film import Film
    from sdstudio.ui.draw.pad import Pad
    from sdstudio.ui.draw.page import DrawPage
    from sdstudio.ui.draw.sheet_files import SheetFiles
    from sdstudio.ui.draw.sketch_desk import SketchDesk

TICK_MS = 250


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
        self._window = window
        self._sitting = sitting
        self._actions = actions
        self._canvas = canvas
        self._dock = dock
        self._settings = settings
        self._folder = folder
        self._tell = tell
        self._aside: QTemporaryDir | None = None
        self._page: DrawPage | None = None
        self._desk: DrawingDesk | None = None
        self._film: Film | None = None
        self._files: SheetFiles | None = None
        self._sketch: SketchDesk | None = None
        self._has_focus = False
        self._drawings: Drawings | None = None
        self._saving = QTimer(self, interval=TICK_MS)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.steps_changed)
        actions.draw.triggered.connect(lambda: self.set_on(True))
        actions.generate.triggered.connect(lambda: self.set_on(False))
        actions.toggle.triggered.connect(lambda: self.set_on(not self.is_on))
        actions.new.triggered.connect(lambda: self.drawings.ask_new())
        actions.older.triggered.connect(lambda: self.drawings.ask_older())

    @property
    def is_on(self) -> bool:
        """Whether the page has the canvas's place."""
        return self._page is not None and not self._page.isHidden()

    @property
    def page(self) -> DrawPage:
        """The page, made when first asked for."""
        if self._page is None:
            self._build()
        assert self._page is not None
        return self._page

    @property
    def desk(self) -> DrawingDesk:
        """Where the drawings are, made with the page."""
        _ = self.page
        assert self._desk is not None
        return self._desk

    @property
    def drawings(self) -> Drawings:
        """What begins and opens drawings, made with the page."""
        _ = self.page
        assert self._drawings is not None
        return self._drawings

    @property
    def sketch(self) -> SketchDesk:
        """What ties the page to the sitting, made with it."""
        _ = self.page
        assert self._sketch is not None
        return self._sketch

    @property
    def film(self) -> Film:
        """The frames below the page, made with it."""
        _ = self.page
        assert self._film is not None
        return self._film

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
        self._tell_steps()

    def redo(self) -> None:
        """Make it again."""
        (self.steps or self._sitting).redo()
        self._tell_steps()

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
            page.pad.setFocus()
            self._saving.start()
            self.sketch.enter()
        else:
            self.sketch.leave()
            self.film.playing.stop()
            self._canvas.view.setFocus()
            self._saving.stop()
            self.desk.flush()
            self.switched.emit(False)
        self.steps_changed.emit()

    def show_frame(self) -> None:
        """Show what the desk has for its drawing now: after another frame, or another drawing."""
        drawing = self.desk.drawing
        self.page.set_drawing(drawing)
        if self._film is not None and self._film.frames is not self.desk.frames:
            self._film.set_frames(self.desk.frames)
        self.sketch.show(drawing)
        self.steps_changed.emit()

    def close(self) -> None:
        """Keep what is unfinished, and let go."""
        self._saving.stop()
        if self._page is not None and self._desk is not None:
            QApplication.instance().focusChanged.disconnect(self._follow_focus)  # type: ignore[union-attr]
            self._page.save()
            self.sketch.close()
            self.film.let_go()
            self.drawings.let_go()
            self._desk.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the page as large as the canvas."""
        if event.type() == QEvent.Type.Resize and self.is_on:
            self._cover()
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        from sdstudio.session.drawing.desk import DrawingDesk
        from sdstudio.ui.draw.drawings import Drawings, sheet_size
        from sdstudio.ui.draw.film import Film
        from sdstudio.ui.draw.page import DrawPage
        from sdstudio.ui.draw.sheet_files import SheetFiles
        from sdstudio.ui.draw.sketch_desk import SketchDesk

        if self._folder is None:
            self._aside = QTemporaryDir()
        folder = Path(self._aside.path()) if self._aside is not None else self._folder
        assert folder is not None
        self._desk = desk = DrawingDesk(folder, sheet_size(self._sitting))
        self._drawings = Drawings(
            self._window, self._sitting, desk, say=self._canvas.say, tell=self._tell
        )
        self._drawings.changed.connect(self._show_drawing)
        self._page = page = DrawPage(self._settings, self._canvas)
        page.setVisible(False)
        self._sketch = sketch = SketchDesk(self._sitting, page)
        self._film = film = Film(
            self._sitting,
            page.pad,
            desk.frames,
            self._settings,
            folder / "results",
            use=lambda: sketch.sketching.use,
        )
        sketch.mask_tools.changed.connect(film.follow_soon)
        film.frame_chosen.connect(self.show_frame)
        page.set_strip(film)
        self._files = files = SheetFiles(
            self._window,
            self._settings,
            lambda: desk.drawing,
            say=self._canvas.say,
            tell=self._tell,
            changed=page.pad.stroke_ended.emit,
        )
        self._dock.fill(page.side)
        self._canvas.installEventFilter(self)
        self._connect(page, files)
        self._saving.timeout.connect(desk.tick)
        self.show_frame()
        self._drawings.say_found()
        # Filling and feathering need it, and it takes half a second to import.
        QThreadPool.globalInstance().start(_warm)

    def _connect(self, page: DrawPage, files: SheetFiles) -> None:
        page.offered.connect(files.take_mime)
        page.pad.moved.connect(self.moved)
        page.pad.refused.connect(self._say_refused)
        page.pad.surface.changed.connect(lambda: self._soon.start())
        page.pad.stroke_ended.connect(self.steps_changed)
        page.side.layers.changed.connect(page.pad.stroke_ended)
        self._actions.open.triggered.connect(files.ask_and_open)
        self._actions.paste.triggered.connect(files.paste)
        self._actions.export.triggered.connect(files.ask_and_export)
        QApplication.instance().focusChanged.connect(self._follow_focus)  # type: ignore[union-attr]

    def _show_drawing(self) -> None:
        """Another drawing was begun or opened."""
        self.show_frame()
        self.page.pad.fit()
        if self.is_on:
            self.page.pad.setFocus()

    def _say_refused(self, code: str) -> None:
        if code == "hidden_layer":
            self._canvas.say(
                self.tr("This layer is hidden: show it with its eye before drawing on it."), "note"
            )

    def _tell_steps(self) -> None:
        if self.steps is not None:
            self.film.follow()
            self.page.pad.stroke_ended.emit()

    def _cover(self) -> None:
        page = self.page
        page.setGeometry(self._canvas.rect())
        page.raise_()
        self._canvas.banner.raise_()

    def _follow_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        """Undo is the drawing's until something of the request gets the focus."""
        page = self._page
        if new is None or page is None:
            return
        of_page = page.isAncestorOf(new) or page.side.isAncestorOf(new)
        if of_page or self._dock.is_elsewhere(new):
            self._has_focus = of_page
            self.steps_changed.emit()


def _warm() -> None:
    import scipy.ndimage  # noqa: F401
