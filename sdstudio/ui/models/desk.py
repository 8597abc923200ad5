"""Ties the choice of a model, its loading and what is said of it to the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from sdstudio.engine.problems import Problem
from sdstudio.session.draft import Draft
from sdstudio.session.events import ModelFacts
from sdstudio.session.model_source import BUILTIN, FILES
from sdstudio.session.model_watch import GivenUp
from sdstudio.session.recent_models import RecentModel
from sdstudio.session.sitting import Sitting, What
from sdstudio.ui import wording
from sdstudio.ui.canvas import Canvas
from sdstudio.ui.canvas.banner import Offer
from sdstudio.ui.last_folder import LastFolder
from sdstudio.ui.models import telling
from sdstudio.ui.models.actions import ModelActions
from sdstudio.ui.models.button import ModelButton
from sdstudio.ui.models.details import ModelDetails
from sdstudio.ui.models.hub_dialog import HubDialog
from sdstudio.ui.models.menu import ModelMenu

_TICK_MS = 500
EXACT = "float32"


class ModelDesk(QObject):
    """Everything of the window that is about which model is in use.

    Args:
        window: Parent of dialogs.
        sitting: What loads models.
        actions: What menus and keys do.
        canvas: Where messages show.
        settings: Where the last folder is remembered.
        tell: Called with a short text of success.
        draft: Where recent models are remembered; None remembers none.

    Signals:
        ticked: Time has passed while a model is on its way.
    """

    ticked = Signal()

    def __init__(
        self,
        window: QWidget,
        sitting: Sitting,
        actions: ModelActions,
        canvas: Canvas,
        settings: QSettings,
        *,
        tell: Callable[[str], None],
        draft: Draft | None = None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._sitting = sitting
        self._actions = actions
        self._canvas = canvas
        self._folder = LastFolder(settings, "models folder")
        self._tell = tell
        self._draft = draft
        self.menu = ModelMenu(actions, sitting.model, self._recent, window)
        self.button = ModelButton(self.menu)
        self._facts: ModelFacts | None = None
        self._problems: tuple[Problem, ...] = ()
        self._given_up: GivenUp | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._connect()

    def refresh(self, changed: set[What]) -> None:
        """Follow what has changed in the sitting."""
        if "model" not in changed:
            return
        watch, actions = self._sitting.model, self._actions
        if watch.is_loading != self._timer.isActive():
            if watch.is_loading:
                self._timer.start()
            else:
                self._timer.stop()
        facts = watch.facts
        actions.exact.setEnabled(not watch.is_loading)
        actions.reload.setEnabled(not watch.is_loading)
        actions.optimise.setEnabled(
            facts is not None
            and watch.loading is None
            and facts.engine == "torch"
            and not actions.exact.isChecked()
        )
        self.button.refresh(watch)
        self.menu.refresh()
        self._tell_news()

    def load(self, source: str) -> None:
        """Load a model in the precision that is set."""
        self._canvas.banner.put_away()
        self._sitting.load(source, EXACT if self._actions.exact.isChecked() else None)

    def offer(self, path: Path) -> None:
        """Offer to load a folder or file, as one that was dropped."""
        source = str(path.absolute())
        self._canvas.say(
            self.tr("Load “{name}” as the model? The present one stays until it is ready.").format(
                name=path.name
            ),
            "note",
            offer=Offer(self.tr("Load"), lambda: self.load(source)),
        )

    def ask_for_folder(self) -> None:
        """Ask for a folder and load the model in it."""
        found = QFileDialog.getExistingDirectory(
            self._window, self.tr("Open a model folder"), str(self._folder.path)
        )
        if found:
            self._folder.remember(Path(found))
            self.load(found)

    def ask_for_file(self) -> None:
        """Ask for a file and load the model in it."""
        kinds = " ".join(f"*{ending}" for ending in FILES)
        found, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Open a model file"),
            str(self._folder.path),
            self.tr("Models ({kinds});;All files (*)").format(kinds=kinds),
        )
        if found:
            self._folder.remember(Path(found))
            self.load(found)

    def ask_for_name(self) -> None:
        """Ask for a name on the hub and load the model of that name."""
        dialog = HubDialog(self._window)
        dialog.chosen.connect(self.load)
        dialog.open()

    def show_details(self) -> None:
        """Show everything that is known of the model in use."""
        facts = self._sitting.facts
        if facts is not None:
            ModelDetails(facts, self._window).open()

    def _connect(self) -> None:
        actions = self._actions
        actions.choose.triggered.connect(self.button.open_menu)
        actions.open_folder.triggered.connect(self.ask_for_folder)
        actions.open_file.triggered.connect(self.ask_for_file)
        actions.from_hub.triggered.connect(self.ask_for_name)
        actions.details.triggered.connect(self.show_details)
        actions.cancel.triggered.connect(self._sitting.cancel_load)
        actions.reload.triggered.connect(self._reload)
        actions.exact.triggered.connect(self._reload)
        self.menu.chosen.connect(self.load)
        self.menu.forgotten.connect(self._forget)

    def _reload(self) -> None:
        facts = self._sitting.facts
        self.load(facts.source if facts is not None else BUILTIN)

    def _recent(self) -> tuple[RecentModel, ...]:
        return self._draft.models if self._draft is not None else ()

    def _forget(self, source: str) -> None:
        if self._draft is not None:
            self._draft.remove_model(source)

    def _tick(self) -> None:
        watch = self._sitting.model
        self.button.refresh(watch)
        if self.menu.isVisible():
            self.menu.refresh()
        self.ticked.emit()

    def _tell_news(self) -> None:
        """Say once what became of the model that was asked for."""
        watch = self._sitting.model
        if watch.problems is not self._problems:
            self._problems = watch.problems
            if watch.problems:
                self._tell_failure()
        if watch.given_up is not self._given_up:
            self._given_up = watch.given_up
            if watch.given_up is not None:
                self._uncheck_exact()
                self._canvas.say(telling.cancelled(watch.given_up.source, watch.facts), "note")
        before, self._facts = self._facts, watch.facts
        if watch.facts is not None and watch.facts is not before:
            self._welcome(watch.facts, before)

    def _welcome(self, facts: ModelFacts, before: ModelFacts | None) -> None:
        if facts.source != BUILTIN and self._draft is not None:
            self._draft.add_model(RecentModel.of(facts))
        if before is None or facts.hash == before.hash:
            return
        self._tell(self.tr("{name} is ready").format(name=facts.name))
        said = wording.word_all(facts.remarks)
        changes = self._sitting.suggestion
        offer = None
        if changes:
            said = f"{said} {telling.advice(facts.name, changes, facts)}".lstrip()
            offer = Offer(self.tr("Use"), self._sitting.use_suggestion)
        if said:
            self._canvas.say(said, "note", offer=offer)

    def _tell_failure(self) -> None:
        watch = self._sitting.model
        self._uncheck_exact()
        self._canvas.say(
            telling.failure(watch),
            "error",
            _log_of(watch.problems),
            offer=Offer(self.tr("Choose …"), self.button.open_menu),
        )

    def _uncheck_exact(self) -> None:
        """Show the precision of the model that is still in use, not of the one that failed."""
        facts = self._sitting.facts
        if facts is not None and facts.dtype != EXACT:
            self._actions.exact.setChecked(False)


def _log_of(problems: tuple[Problem, ...]) -> str:
    """The log file that one of the problems names, "" when none does."""
    for problem in problems:
        log = problem.by_name.get("log")
        if log and Path(str(log)).is_file():
            return str(log)
    return ""
