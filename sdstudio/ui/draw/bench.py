"""All that there is to draw with, made together when drawing is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTemporaryDir, QThreadPool, QTimer, Signal
from PySide6.QtWidgets import QWidget

from sdstudio.session.drawing.desk import DrawingDesk
from sdstudio.session.sitting import Sitting
from sdstudio.ui.canvas import Canvas
from sdstudio.ui.draw.actions import DrawActions
from sdstudio.ui.draw.drawings import Drawings, sheet_size
from sdstudio.ui.draw.film import Film
from sdstudio.ui.draw.page import DrawPage
from sdstudio.ui.draw.sheet_files import SheetFiles
from sdstudio.ui.draw.sketch_desk import SketchDesk

TICK_MS = 250


class Bench(QObject):
    """Puts a page, the drawings on a desk and their frames together.

    Args:
        window: Parent of dialogs.
        sitting: Whose request says how large a new drawing is.
        actions: What menus and buttons do.
        canvas: Over which the page lies, hidden at first, and where messages show.
        settings: Where tools and the last folder are remembered.
        folder: Where drawings are kept; None keeps them only as long as the window.
        tell: Called with a short text of success.

    Attributes:
        desk: Where the drawings are.
        drawings: What begins and opens them.
        page: What is drawn on.
        sketch: What ties the page to the sitting.
        film: The frames below the page.
        files: What opens pictures onto the sheet, and exports it.

    Signals:
        steps_changed: What can be undone may be something else.
    """

    steps_changed = Signal()

    def __init__(
        self,
        window: QWidget,
        sitting: Sitting,
        actions: DrawActions,
        canvas: Canvas,
        settings: QSettings,
        folder: Path | None,
        tell: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._canvas = canvas
        self._aside = QTemporaryDir() if folder is None else None
        kept = Path(self._aside.path()) if self._aside is not None else folder
        assert kept is not None
        self.desk = desk = DrawingDesk(kept, sheet_size(sitting))
        self.drawings = Drawings(window, sitting, desk, say=canvas.say, tell=tell)
        self.page = page = DrawPage(settings, canvas)
        page.setVisible(False)
        self.sketch = SketchDesk(sitting, page)
        use = lambda: self.sketch.sketching.use  # noqa: E731
        self.film = Film(sitting, page.pad, desk.frames, settings, kept / "results", use=use)
        page.set_strip(self.film)
        self.files = SheetFiles(
            window,
            settings,
            lambda: desk.drawing,
            say=canvas.say,
            tell=tell,
            changed=page.pad.stroke_ended.emit,
        )
        self._saving = QTimer(self, interval=TICK_MS)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._connect(actions)
        self.show_frame()
        self.drawings.say_found()
        # Filling and feathering need it, and it takes half a second to import.
        QThreadPool.globalInstance().start(_warm)

    def enter(self) -> None:
        """The page is shown: the pen has the focus, and what it does is kept."""
        self.page.pad.setFocus()
        self._saving.start()
        self.sketch.enter()

    def leave(self) -> None:
        """The page is left: nothing goes on, and all is kept."""
        self.sketch.leave()
        self.film.playing.stop()
        self._saving.stop()
        self.desk.flush()

    def close(self) -> None:
        """Keep what is unfinished, and let go."""
        self._saving.stop()
        self.page.save()
        self.sketch.close()
        self.film.let_go()
        self.drawings.let_go()
        self.desk.close()

    def show_frame(self) -> None:
        """Show what the desk has for its drawing now: after another frame, or another drawing."""
        drawing = self.desk.drawing
        self.page.set_drawing(drawing)
        if self.film.frames is not self.desk.frames:
            self.film.set_frames(self.desk.frames)
        self.sketch.show(drawing)
        self.steps_changed.emit()

    def follow_steps(self) -> None:
        """Show what undoing or redoing has changed."""
        self.film.follow()
        self.page.pad.stroke_ended.emit()

    def _connect(self, actions: DrawActions) -> None:
        page, files, film = self.page, self.files, self.film
        page.offered.connect(files.take_mime)
        page.pad.refused.connect(self._say_refused)
        page.pad.surface.changed.connect(lambda: self._soon.start())
        page.pad.stroke_ended.connect(self.steps_changed)
        page.side.layers.changed.connect(page.pad.stroke_ended)
        film.frame_chosen.connect(self.show_frame)
        self.sketch.mask_tools.changed.connect(film.follow_soon)
        self.drawings.changed.connect(self._show_drawing)
        actions.open.triggered.connect(files.ask_and_open)
        actions.paste.triggered.connect(files.paste)
        actions.export.triggered.connect(files.ask_and_export)
        self._soon.timeout.connect(self.steps_changed)
        self._saving.timeout.connect(self.desk.tick)

    def _show_drawing(self) -> None:
        """Another drawing was begun or opened."""
        self.show_frame()
        self.page.pad.fit()
        if not self.page.isHidden():
            self.page.pad.setFocus()

    def _say_refused(self, code: str) -> None:
        if code == "hidden_layer":
            self._canvas.say(
                self.tr("This layer is hidden: show it with its eye before drawing on it."), "note"
            )


def _warm() -> None:
    import scipy.ndimage  # noqa: F401
