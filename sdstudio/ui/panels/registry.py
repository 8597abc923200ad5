"""The list of panels: a new one is its file and its line here."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from sdstudio.ui.panels.panel import Panel


@dataclass(frozen=True)
class Entry:
    """A panel that can be chosen.

    Attributes:
        number: Its place in the chooser, and its key together with Alt.
        key: What settings remember it by; equals its class's ``key``.
        title: What the chooser calls it: one word, two at most.
        panel: Its class, as ``module:name`` within ``sdstudio.ui.panels``. It is imported when
            it is first shown, as plots take half a second to import.
    """

    number: int
    key: str
    title: str
    panel: str

    def kind(self) -> type[Panel]:
        """Its class."""
        module, name = self.panel.split(":")
        found: type[Panel] = getattr(import_module(f"sdstudio.ui.panels.{module}"), name)
        return found


def panels() -> tuple[Entry, ...]:
    """All of them, in the order of the chooser."""
    return (
        Entry(1, "guidance", _tr("Guidance"), "guidance:GuidancePanel"),
        Entry(2, "schedule", _tr("Schedule"), "schedule:SchedulePanel"),
        Entry(3, "noising", _tr("Noising"), "noising:NoisingPanel"),
        Entry(4, "latents", _tr("Latents"), "latents:LatentsPanel"),
        Entry(5, "words", _tr("Words"), "words:WordsPanel"),
        Entry(6, "likeness", _tr("Likeness"), "likeness:LikenessPanel"),
        Entry(7, "network", _tr("Network"), "network:NetworkPanel"),
        Entry(8, "update", _tr("Update rule"), "update:UpdatePanel"),
        Entry(9, "numbers", _tr("Numbers"), "numbers:NumbersPanel"),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Panels", text)
