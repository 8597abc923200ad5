"""The menu of models: what is in use, what was, and where others come from."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLabel, QMenu, QWidget, QWidgetAction

from sdstudio.session.model_source import BUILTIN
from sdstudio.session.model_watch import ModelWatch
from sdstudio.session.recent_models import RecentModel
from sdstudio.ui import theme
from sdstudio.ui.models.actions import ModelActions
from sdstudio.ui.models.telling import called, figures, shortened, summary, with_it


class ModelMenu(QMenu):
    """Filled whenever it opens; Delete takes the highlighted model off the list.

    Args:
        actions: What else can be done about the model.
        watch: The model in use, and the one on its way.
        recent: The models loaded before, newest first.

    Signals:
        chosen: A model was chosen, by its source.
        forgotten: A model is wanted on the list no more, by its source.
    """

    chosen = Signal(str)
    forgotten = Signal(str)

    def __init__(
        self,
        actions: ModelActions,
        watch: ModelWatch,
        recent: Callable[[], tuple[RecentModel, ...]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Models"))
        self.setToolTipsVisible(True)
        self._actions = actions
        self._watch = watch
        self._recent = recent
        self._name, self._about = QLabel(), QLabel()
        self._name.setProperty("kind", "heading")
        self._about.setProperty("kind", "muted")
        self._labels = [self._shown(label) for label in (self._name, self._about)]
        self._missing: list[QMenu] = []
        self.tiny = QMenu(self.tr("A &tiny autoencoder for previews"), self)
        self.tiny.setToolTipsVisible(True)
        self.tiny.addActions(list(actions.of_tiny))
        self.tiny.menuAction().setToolTip(actions.tiny_file.toolTip())
        self.aboutToShow.connect(self.refill)
        theme.current().changed.connect(self._resize)
        self._resize()
        self.refill()

    @property
    def about(self) -> str:
        """What it says of the model in use, or on its way."""
        return f"{self._name.text()}\n{self._about.text()}"

    def refill(self) -> None:
        """List the models as they are now."""
        self.clear()
        for menu in self._missing:
            menu.deleteLater()
        self._missing = []
        actions = self._actions
        self.addActions(self._labels)
        self.addAction(actions.cancel)
        self.addAction(actions.details)
        self.addSeparator()
        self._offer(BUILTIN, called(BUILTIN))
        for model in self._recent():
            if model.is_missing:
                self._offer_removal(model)
            else:
                self._offer(model.source, shortened(model.name), model)
        self.addSeparator()
        self.addActions([actions.open_folder, actions.open_file, actions.from_hub])
        self.addSeparator()
        self.addActions([actions.autoencoder, actions.own_autoencoder])
        self.addMenu(self.tiny)
        self.addAction(actions.inversions)
        self.addSeparator()
        self.addActions([actions.exact, actions.optimise, actions.reload])
        self.refresh()

    def refresh(self) -> None:
        """Say how things stand; while it is open too."""
        watch = self._watch
        actions = self._actions
        actions.cancel.setVisible(watch.is_loading)
        actions.cancel.setEnabled(not watch.cancelling)
        actions.details.setEnabled(watch.facts is not None)
        facts = watch.facts
        self.tiny.setEnabled(facts is not None and not watch.is_loading)
        self._name.setText(facts.name if facts is not None else self.tr("No model"))
        lines = [summary(facts)] if facts is not None else []
        if watch.is_loading:
            *numbers, stage = figures(watch)
            lines += ["", shortened(called(watch.asked)), "  ·  ".join(numbers) or "…", stage]
        self._about.setText("\n".join(lines))
        self._labels[1].setVisible(bool(lines))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete forgets the highlighted model."""
        action = self.activeAction()
        source = action.data() if action is not None else None
        if event.key() == Qt.Key.Key_Delete and source and source != BUILTIN:
            self._forget(str(source))
        else:
            super().keyPressEvent(event)

    def _offer(self, source: str, name: str, model: RecentModel | None = None) -> None:
        action = self.addAction(name.replace("&", "&&"))
        action.setData(source)
        action.setCheckable(True)
        facts = self._watch.facts
        action.setChecked(facts is not None and facts.source == source)
        tip = source if source != BUILTIN else self.tr("Comes with the program")
        action.setToolTip("\n".join((tip, *with_it(model))) if model is not None else tip)
        action.triggered.connect(lambda: self.chosen.emit(source))

    def _offer_removal(self, model: RecentModel) -> None:
        title = self.tr("{name}  (not found)").format(name=shortened(model.name).replace("&", "&&"))
        menu = QMenu(title, self)
        menu.setToolTipsVisible(True)
        menu.addAction(self.tr("&Try again")).triggered.connect(
            lambda: self.chosen.emit(model.source)
        )
        remove = menu.addAction(self.tr("&Remove from this list"))
        remove.triggered.connect(lambda: self._forget(model.source))
        menu.menuAction().setData(model.source)
        menu.menuAction().setToolTip(model.source)
        self._missing.append(menu)
        self.addMenu(menu)

    def _forget(self, source: str) -> None:
        self.forgotten.emit(source)
        self.refill()

    def _shown(self, label: QLabel) -> QAction:
        label.setTextFormat(Qt.TextFormat.PlainText)
        # Owned by the menu it would be deleted when that is filled anew.
        action = QWidgetAction(self._actions)
        action.setDefaultWidget(label)
        return action

    def _resize(self) -> None:
        px = theme.current().px
        self._name.setContentsMargins(px(12), px(6), px(12), 0)
        self._about.setContentsMargins(px(12), px(2), px(12), px(6))
