"""What is in the hand: the tool, how it draws, its colours, and the layer it draws on."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QColor

from sdstudio.session.drawing.layers import LAYERS, Colour
from sdstudio.session.drawing.tools import Kind, Symmetry, Tool

_log = logging.getLogger(__name__)

ToolName = Literal[
    "brush", "eraser", "fill", "eyedropper", "line", "rectangle", "ellipse", "mask", "move"
]
TOOLS: tuple[ToolName, ...] = get_args(ToolName)
STROKES: tuple[ToolName, ...] = ("brush", "eraser", "line", "rectangle", "ellipse", "mask")
"""The tools that draw by moving, each with a size, hardness and opacity of its own."""

_KINDS = ("brush", "eraser", "line", "rectangle", "ellipse")
_SYMMETRIES = ("none", "vertical", "horizontal", "both", "rotational")

MOST_SIZE = 512
MOST_FOLDS = 12
RECENT = 8
BLACK, WHITE = "#000000", "#ffffff"


@dataclass(frozen=True)
class Nib:
    """How a tool draws.

    Attributes:
        size: Diameter in the drawing's pixels, at least 1.
        hardness: 0 (soft from the middle on) to 1 (a sharp edge).
        opacity: 0 to 1.
    """

    size: float = 12.0
    hardness: float = 0.8
    opacity: float = 1.0

    def bounded(self) -> Nib:
        """It, with every number within what a tool can have."""
        return Nib(
            min(max(float(self.size), 1.0), float(MOST_SIZE)),
            min(max(float(self.hardness), 0.0), 1.0),
            min(max(float(self.opacity), 0.01), 1.0),
        )


@dataclass(frozen=True)
class Held:
    """All of it, as it is remembered between sittings.

    Attributes:
        tool: The tool's name.
        shape: Which of the two shapes the key U and the strip's button bring.
        layer: What is drawn on; the mask's brush always draws on the mask.
        colour: As ``#rrggbb``.
        other: The colour that X brings.
        recent: Colours used before, newest first.
        filled: Whether shapes are filled.
        symmetry: Kind of :class:`Symmetry`.
        folds: Of the rotational one, 2 to :data:`MOST_FOLDS`.
        tolerance: Of filling: 0 to 255, the greatest difference of a channel.
        pressure_size: Whether a pen's pressure makes the line thinner.
        pressure_opacity: Whether it makes the line fainter.
    """

    tool: ToolName = "brush"
    shape: ToolName = "rectangle"
    layer: str = "paint"
    colour: str = BLACK
    other: str = WHITE
    recent: tuple[str, ...] = ()
    filled: bool = True
    symmetry: str = "none"
    folds: int = 6
    tolerance: int = 32
    pressure_size: bool = True
    pressure_opacity: bool = False


class Hand(QObject):
    """Holds a tool; strip, options, palette, layers and pad all look here.

    Signals:
        changed: Something is different now.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._held = Held()
        self._nibs = {name: Nib() for name in STROKES}
        self._nibs["line"] = self._nibs["rectangle"] = self._nibs["ellipse"] = Nib(6.0, 1.0)
        self._nibs["mask"] = self._nibs["eraser"] = Nib(24.0)
        self.is_new = True

    @property
    def held(self) -> Held:
        """All but the sizes."""
        return self._held

    @property
    def tool(self) -> ToolName:
        """The tool's name."""
        return self._held.tool

    @property
    def layer(self) -> str:
        """What is drawn on."""
        return self._held.layer

    @property
    def colour(self) -> QColor:
        """What is drawn with."""
        return QColor(self._held.colour)

    @property
    def rgb(self) -> Colour:
        """The same as three numbers."""
        colour = self.colour
        return colour.red(), colour.green(), colour.blue()

    @property
    def nib(self) -> Nib:
        """How the tool draws; a tool without a nib shows the brush's."""
        return self._nibs[self._held.tool if self._held.tool in STROKES else "brush"]

    def stroke_tool(self, *, erasing: bool = False) -> Tool:
        """The tool for a stroke of the drawing.

        Args:
            erasing: A pen is held upside down: it erases, as wide as the eraser is.
        """
        held = self._held
        name: ToolName = "eraser" if erasing else held.tool
        nib = self._nibs.get(name, self._nibs["brush"])
        kind: Kind = name if name in _KINDS else "brush"  # type: ignore[assignment]
        return Tool(
            kind=kind,
            size=nib.size,
            hardness=nib.hardness,
            opacity=nib.opacity,
            colour=self.rgb,
            filled=held.filled,
            symmetry=_symmetry(held),
            pressure_size=held.pressure_size,
            pressure_opacity=held.pressure_opacity,
        )

    def take(self, tool: ToolName) -> None:
        """Take a tool; the mask's brush and the paint's bring their layers with them."""
        layer = self.layer
        if tool == "mask":
            layer = "mask"
        elif tool == "brush" and layer == "mask":
            layer = "paint"
        shape = tool if tool in ("rectangle", "ellipse") else self._held.shape
        self._hold(tool=tool, layer=layer, shape=shape)

    def choose_layer(self, layer: str) -> None:
        """Draw on another layer; a brush becomes the one for it."""
        tool = self.tool
        if tool in ("brush", "mask"):
            tool = "mask" if layer == "mask" else "brush"
        self._hold(layer=layer, tool=tool)

    def change(self, **what: Any) -> None:
        """Change fields of :class:`Held` or of the tool's :class:`Nib` by name."""
        of_nib = {name: what.pop(name) for name in ("size", "hardness", "opacity") if name in what}
        if of_nib:
            name = self.tool if self.tool in STROKES else "brush"
            self._nibs[name] = replace(self.nib, **of_nib).bounded()
            self.is_new = False
        self._hold(**what)
        if of_nib and not what:
            self.changed.emit()

    def resize(self, steps: int) -> None:
        """Make the nib so many steps larger, a negative number smaller."""
        size = self.nib.size
        grown = size * 1.2**steps
        # Small sizes go pixel by pixel.
        self.change(size=round(grown) if abs(grown - size) >= 1 else round(size) + steps)

    def set_colour(self, colour: QColor) -> None:
        """Draw with another colour."""
        self._hold(colour=colour.name())

    def swap_colours(self) -> None:
        """Draw with the other colour, and the other way about."""
        self._hold(colour=self._held.other, other=self._held.colour)

    def plain_colours(self) -> None:
        """Black, and white as the other."""
        self._hold(colour=BLACK, other=WHITE)

    def note_use(self) -> None:
        """Something was drawn in the colour: it is the newest of the recent ones."""
        if self.layer != "mask" and self._held.recent[:1] != (self._held.colour,):
            others = [name for name in self._held.recent if name != self._held.colour]
            self._hold(recent=(self._held.colour, *others)[:RECENT])

    def suit(self, side: int) -> None:
        """Before anybody chose sizes: take such as suit a sheet of so many pixels a side."""
        if self.is_new:
            unit = max(1.0, side / 128)
            for name, nib in self._nibs.items():
                size = {"brush": 6, "mask": 14, "eraser": 10}.get(name, 3)
                self._nibs[name] = replace(nib, size=round(unit * size))
            self.changed.emit()

    def save(self, settings: QSettings) -> None:
        """Remember it."""
        plain = {"held": asdict(self._held), "new": self.is_new}
        plain["nibs"] = {name: asdict(nib) for name, nib in self._nibs.items()}
        settings.setValue("draw/hand", json.dumps(plain))

    def restore(self, settings: QSettings) -> None:
        """Take up what was remembered; what makes no sense stays as it is when new."""
        with _ignoring_damage():
            plain = json.loads(str(settings.value("draw/hand", "{}")))
            known = {field.name for field in fields(Held)}
            held = replace(Held(), **{k: v for k, v in plain.get("held", {}).items() if k in known})
            nibs = {
                name: Nib(**{k: float(v) for k, v in values.items()}).bounded()
                for name, values in plain.get("nibs", {}).items()
                if name in STROKES
            }
            if _makes_sense(held):
                self._held = replace(held, recent=tuple(held.recent)[:RECENT])
                self._nibs |= nibs
                self.is_new = bool(plain.get("new", True))
        self.changed.emit()

    def _hold(self, **what: Any) -> None:
        held = replace(self._held, **what)
        if held != self._held:
            self._held = held
            self.changed.emit()


def _symmetry(held: Held) -> Symmetry:
    if held.symmetry == "rotational":
        return Symmetry.rotational(held.folds)
    return Symmetry(held.symmetry)  # type: ignore[arg-type]


@contextmanager
def _ignoring_damage() -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, AttributeError) as error:
        _log.warning("the remembered tools are damaged: %s", error)


def _makes_sense(held: Held) -> bool:
    colours = (held.colour, held.other, *held.recent)
    return (
        held.tool in TOOLS
        and held.shape in ("rectangle", "ellipse")
        and held.layer in LAYERS
        and all(isinstance(name, str) and QColor(name).isValid() for name in colours)
        and held.symmetry in _SYMMETRIES
        and isinstance(held.folds, int)
        and 2 <= held.folds <= MOST_FOLDS
        and isinstance(held.tolerance, int)
        and 0 <= held.tolerance <= 255
    )
