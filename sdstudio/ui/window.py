"""The main window: puts the parts together and keeps them true to the sitting."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QChildEvent, QElapsedTimer, QSettings, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow, QTabBar, QVBoxLayout, QWidget

from sdstudio import paths
from sdstudio.engine.problems import Problem, RequestError
from sdstudio.session.draft import Draft
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.model_source import is_model
from sdstudio.session.sitting import Sitting, What
from sdstudio.ui import help as help_windows
from sdstudio.ui import menus, theme, wording
from sdstudio.ui.actions import Actions
from sdstudio.ui.canvas import Canvas
from sdstudio.ui.canvas.canvas import dropped_files
from sdstudio.ui.controls import ControlsPanel
from sdstudio.ui.dock import Dock
from sdstudio.ui.docks import Docks
from sdstudio.ui.draw.dock import DrawDock
from sdstudio.ui.draw.mode import DrawMode
from sdstudio.ui.icons import icon
from sdstudio.ui.looks import Looks
from sdstudio.ui.models.desk import ModelDesk
from sdstudio.ui.panels.dock import Anatomy
from sdstudio.ui.picture_files import PictureFiles
from sdstudio.ui.problem_teller import ProblemTeller
from sdstudio.ui.recent_menu import RecentMenu
from sdstudio.ui.runs.desk import RunDesk
from sdstudio.ui.runs.run_files import is_run_file
from sdstudio.ui.status import StatusBar
from sdstudio.ui.subject import Subject
from sdstudio.ui.timeline.timeline import Timeline
from sdstudio.ui.top_bar import TopBar
from sdstudio.ui.tour.card import Card
from sdstudio.ui.tour.tour import Scenery, Tour
from sdstudio.ui.worker import SamplerThread

_log = logging.getLogger(__name__)

DRAFT_MS = 2000

_MOST_MS = 100
"""Without an end to what the sampler says, it is drawn after so long."""


class MainWindow(QMainWindow):
    """Shows a sitting, and hands it what the sampler says.

    Args:
        sitting: The controls' truth.
        mailbox: The way to the sampler, for what is no business of the sitting.
        thread: The sampler's thread; the window drains its outbox and ends it on closing.
        settings: Where layout, theme and text size are remembered.
        draft: Where recent files are remembered.

    Signals:
        painted: The window has been painted for the first time.
    """

    painted = Signal()

    def __init__(
        self,
        sitting: Sitting,
        mailbox: Mailbox,
        thread: SamplerThread,
        settings: QSettings,
        draft: Draft | None = None,
    ) -> None:
        super().__init__()
        self.setWindowTitle("sdstudio")
        self.setWindowIcon(icon("app"))
        self.setAcceptDrops(True)
        self._sitting = sitting
        self._mailbox = mailbox
        self._thread = thread
        self._settings = settings
        theme.current().restore(settings)

        self.actions_ = Actions(self)
        self.canvas = Canvas()
        self.controls = ControlsPanel(sitting)
        self.models = ModelDesk(
            self,
            sitting,
            self.actions_.models,
            self.canvas,
            settings,
            tell=self._tell,
            draft=draft,
        )
        self.top_bar = TopBar(self.actions_, self.models.button)
        self.status = StatusBar(self.actions_)
        self.teller = ProblemTeller(sitting, self.controls, self.canvas)
        self.files = PictureFiles(
            self, sitting, settings, say=self.canvas.say, tell=self._tell, draft=draft
        )
        self.runs = RunDesk(
            self,
            sitting,
            self.actions_.runs,
            self.canvas,
            settings,
            tell=self._tell,
            draft=draft,
        )
        self.timeline = Timeline(sitting)
        self.anatomy = Anatomy(sitting, settings)
        self._recent = RecentMenu(draft, self)
        self._recent.chosen.connect(lambda path: self._take(path, as_picture=False))
        self._lay_out()
        self.draw = DrawMode(
            self,
            sitting,
            self.actions_.draw,
            self.canvas,
            self.docks.drawing,
            settings,
            folder=None if draft is None else paths.data_dir() / "drawings",
            tell=self._tell,
        )
        self.looks = Looks(self, self.actions_, self.docks, self.top_bar)
        self.subject = Subject(
            self.actions_,
            self.canvas,
            self.draw,
            self.status,
            has_picture=lambda: self.files.keepsake is not None,
        )
        self.tour = Tour(sitting, self._scenery())
        self._connect()
        self._changed: set[What] = set()
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.timeout.connect(self._refresh)
        self._drawn = QElapsedTimer()
        self._drawn.start()
        self._draft_timer = QTimer(self)
        self._draft_timer.setSingleShot(True)
        self._draft_timer.setInterval(DRAFT_MS)
        self._draft_timer.timeout.connect(sitting.save_draft)
        self._closed = False
        self._was_shown = False
        self._stop_observing = sitting.observe(self._follow)
        self._restore_layout()
        self._changed = {"request", "run", "model", "live", "history", "tree", "playhead"}
        self._refresh()
        self.controls.focus_prompt()

    @property
    def sitting(self) -> Sitting:
        """What the window shows."""
        return self._sitting

    def generate(self) -> None:
        """Start a run of the request as it stands, or say why not where it belongs."""
        self.draw.flush()
        self.controls.before_generate()
        self.canvas.banner.put_away()
        try:
            self._sitting.generate()
        except RequestError as error:
            self.docks.show_controls()
            self.teller.tell(error.problems)

    def show_unexpected(self, log: str) -> None:
        """Say that something went wrong that never should."""
        self.canvas.say(wording.word(Problem.of("unexpected", log=log)), "error", log)

    def showEvent(self, event: QShowEvent) -> None:
        """Share the height out, the first time there is one."""
        super().showEvent(event)
        if not self._was_shown:
            QTimer.singleShot(0, self, self.docks.share_height)
        self._was_shown = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have the docks follow, once the window is that large."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self.docks.follow_size)

    def childEvent(self, event: QChildEvent) -> None:
        """Name the tabs of docks that share a place, which Qt makes without one."""
        super().childEvent(event)
        tabs = event.child()
        if event.polished() and isinstance(tabs, QTabBar):
            tabs.setAccessibleName(self.tr("Panels"))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files anywhere that nobody else does."""
        if event.source() is None and dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped, as on the canvas."""
        event.acceptProposedAction()
        self._take_all(dropped_files(event.mimeData()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember everything, end the run and its thread, then go."""
        if self._closed:
            return
        self._closed = True
        self.save_layout()
        self.controls.commit()
        self._sitting.save_draft()
        self._draft_timer.stop()
        self._stop_observing()
        self.runs.close()
        self.draw.close()
        # Whoever closes a window wants it gone: should the network still finish a block or
        # a model be on its way, that happens out of sight.
        self.hide()
        if not self._thread.close():
            _log.error("the sampler did not end in time")
        self._refresh_timer.stop()
        event.accept()

    def save_layout(self) -> None:
        """Remember the layout, the theme and the text size."""
        self._settings.setValue("geometry", self.saveGeometry())
        self.docks.save(self._settings)
        self._settings.setValue("smooth", self.canvas.view.smooth)
        theme.current().save(self._settings)
        self.controls.save(self._settings)
        self._settings.sync()

    def drain(self) -> None:
        """Hand what the sampler has said to the sitting, and draw once all of it is."""
        outbox = self._thread.outbox
        for event in outbox.drain():
            self._sitting.handle(event)
        if outbox and not self._drawn.hasExpired(_MOST_MS):
            self._refresh_timer.stop()  # it rings again for the rest
        else:
            self._refresh()

    def _lay_out(self) -> None:
        self.docks = Docks(
            self,
            controls=Dock("controls", self.tr("Controls"), self.controls, self),
            runs=Dock("runs", self.tr("Runs"), self.runs.panel, self),
            anatomy=Dock(
                "anatomy", self.tr("Anatomy"), self.anatomy, self, tools=self.anatomy.chooser
            ),
            drawing=DrawDock(self.tr("Drawing"), self.actions_.draw, self),
            timeline=Dock(
                "timeline", self.tr("Timeline"), self.timeline, self, tools=self.timeline.header
            ),
        )
        self.tour_card = Card()
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.tour_card)
        self.setCentralWidget(middle)
        self.setStatusBar(self.status)
        self.status.add_line(self.runs.jobs)
        menus.fill(
            self.top_bar.menu_bar,
            self.actions_,
            self._recent,
            [dock.toggleViewAction() for dock in self.docks.all],
            self.timeline.actions_.all,
            self.anatomy.chooser.actions_,
        )
        self.top_bar.fix_menu_width()
        self.setMenuWidget(self.top_bar)
        self.canvas.addAction(self.actions_.copy)
        self.resize(QSize(1280, 800))

    def _connect(self) -> None:
        actions, files, draw = self.actions_, self.files, self.draw
        self._thread.ready.connect(self.drain, Qt.ConnectionType.QueuedConnection)
        self._thread.broke.connect(self._sampler_broke)
        actions.open_picture.triggered.connect(self.controls.image.ask_for_file)
        actions.open_settings.triggered.connect(files.ask_and_restore)
        actions.save.triggered.connect(files.ask_and_save)
        actions.copy.triggered.connect(files.copy)
        actions.quit.triggered.connect(self.close)
        draw.switched.connect(self._follow_mode)
        actions.generate.triggered.connect(self.generate)
        actions.stop.triggered.connect(self._sitting.stop)
        actions.live.triggered.connect(self._set_live)
        actions.models.optimise.triggered.connect(self._mailbox.optimise)
        self.models.ticked.connect(lambda: self.status.refresh(self._sitting))
        actions.tour.triggered.connect(self.tour.start)
        self.canvas.tour_wanted.connect(self.tour.start)
        actions.shortcuts.triggered.connect(
            lambda: help_windows.shortcuts_dialog(actions, self).open()
        )
        actions.logs.triggered.connect(self._open_logs)
        actions.about.triggered.connect(lambda: help_windows.about_box(self).open())
        self.canvas.view.painted.connect(self.painted)
        self.canvas.example_chosen.connect(self._choose_example)
        self.canvas.files_dropped.connect(self._take_all)
        self.anatomy.wanted.connect(self.docks.show_anatomy)
        self.timeline.refused.connect(self.teller.tell)
        self.canvas.image_dropped.connect(files.take_image)
        self.canvas.drag_wanted.connect(files.drag_out)

    def _restore_layout(self) -> None:
        geometry = self._settings.value("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        self.docks.restore(self._settings)
        self.canvas.view.set_smooth(self._settings.value("smooth", True, bool) is True)
        self.controls.restore(self._settings)
        self.looks.tick()

    def _follow(self, what: What) -> None:
        self._changed.add(what)
        if not self._refresh_timer.isActive():
            self._refresh_timer.start(0)

    def _refresh(self) -> None:
        """Draw what has changed since the last time, however many events it took."""
        changed, self._changed = self._changed, set()
        self._refresh_timer.stop()
        self._drawn.restart()
        if not changed:
            return
        sitting, actions = self._sitting, self.actions_
        if changed & {"run", "model", "playhead", "pictures"}:
            self.files.follow()
            self.canvas.refresh(sitting)
            self.top_bar.refresh(sitting)
            self.status.refresh(sitting)
            self.subject.show_zoom()
            self.teller.refresh()
        self.models.refresh(changed)
        self.runs.refresh(changed)
        self.anatomy.refresh(changed)
        if "request" in changed and not self._draft_timer.isActive():
            self._draft_timer.start()
        ready = sitting.facts is not None
        actions.stop.setEnabled(sitting.running)
        actions.tour.setEnabled(ready)
        self.canvas.empty.tour.setEnabled(ready)
        actions.live.setChecked(sitting.live)
        self.subject.offer_steps()
        self.subject.offer_view()

    def _follow_mode(self, drawing: bool) -> None:
        if drawing:
            self.runs.leave_compare()
        self.docks.draw(drawing)
        self.subject.offer_view()
        self.subject.show_zoom()

    def _take_all(self, found: list[Path]) -> None:
        """Open what was dropped: of several files the first, but all that go over a model."""
        if len(found) > 1 and all(map(is_model, found)):
            self.models.offer(*found)
        else:
            self._take(found[0])

    def _take(self, path: Path, *, as_picture: bool = True) -> None:
        """Open a file of any kind, dropped or chosen among the recent ones."""
        if is_run_file(path):
            self.runs.take(path)
        elif is_model(path):
            self.models.offer(path)
        else:
            self.files.take(path, as_picture=as_picture)

    def _scenery(self) -> Scenery:
        return Scenery(
            window=self,
            card=self.tour_card,
            spots={"anatomy": self.docks.anatomy, "timeline": self.docks.timeline},
            show_panel=self._show_panel,
            show_picture=self.runs.leave_compare,
            generate=self.generate,
            stop=self.actions_.stop,
        )

    def _show_panel(self, key: str) -> None:
        self.docks.timeline.show()
        self.anatomy.choose(key)

    def _sampler_broke(self, reason: str) -> None:
        text = self.tr("The engine has stopped and cannot go on; start sdstudio again. ({reason})")
        self.canvas.say(text.format(reason=reason), "error", str(paths.log_dir() / "sdstudio.log"))

    def _choose_example(self, prompt: str) -> None:
        self._sitting.change(prompt=prompt, mix=0.0)
        self.generate()

    def _set_live(self, on: bool) -> None:
        self.controls.commit()
        self._sitting.set_live(on)

    def _tell(self, text: str) -> None:
        self.status.showMessage(text, 6000)

    def _open_logs(self) -> None:
        folder = paths.log_dir()
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
