"""Ties the choice of a model, its loading and what is said of it to the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer, Signal
from PySide6.QtWidgets import QWidget

from sdstudio.session.additions import NONE, Additions
from sdstudio.session.draft import Draft
from sdstudio.session.events import ModelFacts
from sdstudio.session.model_source import BUILTIN
from sdstudio.session.recent_models import RecentModel
from sdstudio.session.sitting import Sitting, What
from sdstudio.ui.canvas import Canvas
from sdstudio.ui.canvas.banner import Offer
from sdstudio.ui.models import failing
from sdstudio.ui.models.actions import ModelActions
from sdstudio.ui.models.asking import Asking
from sdstudio.ui.models.button import ModelButton
from sdstudio.ui.models.details import ModelDetails
from sdstudio.ui.models.hub_dialog import HubDialog
from sdstudio.ui.models.laying_over import LayingOver
from sdstudio.ui.models.menu import ModelMenu
from sdstudio.ui.models.news import ModelNews
from sdstudio.ui.models.offering import Offering

_TICK_MS = 500
EXACT, HALF = "float32", "bfloat16"


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
        self._asking = Asking(window, settings)
        self._laying = LayingOver(window, sitting, actions, self._asking, self.load)
        self._draft = draft
        self._offering = Offering(sitting, canvas, self.load, self._laying.lay, tell, self)
        self.menu = ModelMenu(actions, sitting.model, self._recent, window)
        self.button = ModelButton(self.menu)
        self._facts: ModelFacts | None = None
        self._news = ModelNews(sitting, canvas, tell, self._remedy, self)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._connect()

    def refresh(self, changed: set[What]) -> None:
        """Follow what has changed in the sitting."""
        if "run" in changed:
            self._remember_loras()
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
        for action in (actions.autoencoder, actions.own_autoencoder, actions.inversions):
            action.setEnabled(facts is not None and not watch.is_loading)
        actions.own_autoencoder.setVisible(facts is not None and bool(facts.additions.vae))
        actions.no_tiny.setVisible(facts is not None and bool(facts.additions.tiny_vae))
        actions.optimise.setEnabled(
            facts is not None
            and watch.loading is None
            and facts.engine == "torch"
            and not actions.exact.isChecked()
        )
        self.button.refresh(watch)
        self.menu.refresh()
        self._follow_model()
        self._news.tell()

    def load(self, source: str, additions: Additions = NONE, dtype: str | None = None) -> None:
        """Load a model in a precision, else in the one set, with what is to be laid over it."""
        self._canvas.banner.put_away()
        if dtype is not None:
            self._actions.exact.setChecked(dtype == EXACT)
        exact = EXACT if self._actions.exact.isChecked() else None
        self._sitting.load(source, dtype or exact, additions)

    def load_again(self, source: str) -> None:
        """Load a model with what was laid over it the last time, as far as that is still there."""
        known = self._known(source)
        if known is None:
            self.load(source)
            return
        gone = known.additions.missing
        self.load(source, known.additions.without(gone))
        if gone:
            names = ", ".join(Path(each).name for each in gone)
            said = self.tr("Not there any more, and left out: {names}.").format(names=names)
            self._canvas.say(said, "note")

    def offer(self, *paths: Path) -> None:
        """Offer to use a folder or file that was dropped, as what it is."""
        self._offering.look_at(*paths)

    def ask_for_folder(self) -> None:
        """Ask for a folder and load the model in it."""
        if found := self._asking.model_folder():
            self.load(found)

    def ask_for_file(self) -> None:
        """Ask for a file and load the model in it."""
        if found := self._asking.model_file():
            self.load(found)

    def ask_for_name(self, first: str = "") -> None:
        """Ask for a name on the hub and load the model of that name."""
        dialog = HubDialog(first, self._window)
        dialog.chosen.connect(self.load)
        dialog.open()

    def ask_for_tokenizer(self, source: str, additions: Additions) -> None:
        """Ask for a folder with the tokenizer that a single file lacks, and load that."""
        if found := self._asking.tokenizer():
            self.load(source, replace(additions, config=found))

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
        actions.from_hub.triggered.connect(lambda: self.ask_for_name())
        actions.details.triggered.connect(self.show_details)
        actions.cancel.triggered.connect(self._sitting.cancel_load)
        self.menu.chosen.connect(self.load_again)
        self.menu.forgotten.connect(self._forget)

    def _recent(self) -> tuple[RecentModel, ...]:
        return self._draft.models if self._draft is not None else ()

    def _known(self, source: str) -> RecentModel | None:
        return next((each for each in self._recent() if each.source == source), None)

    def _forget(self, source: str) -> None:
        if self._draft is not None:
            self._draft.remove_model(source)

    def _tick(self) -> None:
        watch = self._sitting.model
        self.button.refresh(watch)
        if self.menu.isVisible():
            self.menu.refresh()
        self.ticked.emit()

    def _remedy(self) -> Offer:
        """What to do next about a model that did not load."""
        watch = self._sitting.model
        source, additions = watch.failed, watch.additions
        codes = {problem.code for problem in watch.problems}
        if "tokenizer_missing" in codes:
            ask = partial(self.ask_for_tokenizer, source, additions)
            return Offer(self.tr("Choose a folder with the tokenizer …"), ask)
        names = {problem.by_name.get("name") for problem in watch.problems}
        if "hub_unknown" in codes and additions.tiny_vae in names:
            return Offer(self.tr("Another name …"), self._laying.ask_for_tiny_name)
        if "hub_unknown" in codes:
            return Offer(self.tr("Another name …"), partial(self.ask_for_name, source))
        if "half_fits" in {problem.by_name.get("reason") for problem in watch.problems}:
            spare = partial(self.load, source, additions, HALF)
            return Offer(self.tr("Load in half precision"), spare)
        if codes & failing.PASSING:
            return Offer(self.tr("Try again"), partial(self.load, source, additions))
        return Offer(self.tr("Choose …"), self.button.open_menu)

    def _remember_loras(self) -> None:
        """Those of a run belong to the model that makes it."""
        run, facts = self._sitting.run, self._sitting.facts
        node = None if run is None else self._sitting.tree.node(run.number)
        if node is None or facts is None or node.model.hash != facts.hash or self._draft is None:
            return
        known = self._known(facts.source)
        if known is not None and known.loras != node.request.loras:
            self._draft.add_model(replace(known, loras=node.request.loras))

    def _follow_model(self) -> None:
        """Remember the one in use; show its precision once another failed or was given up."""
        watch = self._sitting.model
        facts, before = watch.facts, self._facts
        self._facts = facts
        if facts is None:
            return
        if facts is not before and facts.source != BUILTIN and self._draft is not None:
            known = self._known(facts.source)
            self._draft.add_model(RecentModel.of(facts, known.loras if known else ()))
            is_other = before is not None and before.source != facts.source
            if is_other and known is not None and known.present_loras:
                self._sitting.change(loras=known.present_loras)
        if (watch.problems or watch.given_up) and facts.dtype != EXACT:
            self._actions.exact.setChecked(False)
