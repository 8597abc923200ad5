"""What is laid over the model in use is asked for, and the model loaded again with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from sdstudio.engine.formats.hub_names import TINY
from sdstudio.session.additions import NONE, Additions
from sdstudio.session.model_source import BUILTIN
from sdstudio.session.sitting import Sitting
from sdstudio.ui.models.actions import ModelActions
from sdstudio.ui.models.asking import Asking
from sdstudio.ui.models.hub_dialog import HubDialog
from sdstudio.ui.models.inversions import InversionsDialog


class LayingOver(QObject):
    """Does what the actions about autoencoders, words and reloading say.

    Args:
        window: Parent of dialogs.
        sitting: Knows the model in use.
        actions: Those that are followed here.
        asking: Asks for files and folders.
        load: Loads a model with what is to be laid over it.
    """

    def __init__(
        self,
        window: QWidget,
        sitting: Sitting,
        actions: ModelActions,
        asking: Asking,
        load: Callable[[str, Additions], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._sitting = sitting
        self._asking = asking
        self._load = load
        actions.autoencoder.triggered.connect(self.ask_for_autoencoder)
        actions.own_autoencoder.triggered.connect(lambda: self.lay(vae=""))
        actions.tiny_file.triggered.connect(lambda: self.ask_for_tiny(asking.tiny_file))
        actions.tiny_folder.triggered.connect(lambda: self.ask_for_tiny(asking.tiny_folder))
        actions.tiny_from_hub.triggered.connect(self.ask_for_tiny_name)
        actions.no_tiny.triggered.connect(lambda: self.lay(tiny_vae=""))
        actions.inversions.triggered.connect(self.ask_for_inversions)
        actions.reload.triggered.connect(lambda: self.lay())
        actions.exact.triggered.connect(lambda: self.lay())

    def lay(self, **changes: Any) -> None:
        """Load the model in use again, with other additions."""
        facts = self._sitting.facts
        if facts is None:
            self._load(BUILTIN, NONE)
        else:
            self._load(facts.source, replace(facts.additions, **changes))

    def ask_for_autoencoder(self) -> None:
        """Ask for another autoencoder and load the model in use with it."""
        if found := self._asking.autoencoder():
            self.lay(vae=found)

    def ask_for_tiny(self, ask: Callable[[], str]) -> None:
        """Ask for a tiny autoencoder and load the model in use with it for previews."""
        if found := ask():
            self.lay(tiny_vae=found)

    def ask_for_tiny_name(self) -> None:
        """Ask for a tiny autoencoder's name on the hub."""
        facts = self._sitting.facts
        if facts is not None:
            dialog = HubDialog(TINY.get(facts.family, ""), self._window, what="tiny")
            dialog.chosen.connect(lambda name: self.lay(tiny_vae=name))
            dialog.open()

    def ask_for_inversions(self) -> None:
        """Let the person choose what words the model in use is taught."""
        facts = self._sitting.facts
        if facts is not None:
            dialog = InversionsDialog(facts, self._asking.inversions, self._window)
            dialog.chosen.connect(lambda files: self.lay(embeddings=files))
            dialog.open()
