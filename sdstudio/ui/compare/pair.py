"""Two runs in comparison: their pictures at one playhead, and what tells them apart."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sdstudio.session.events import Place
from sdstudio.session.run_node import RunNode
from sdstudio.session.sitting import Sitting
from sdstudio.ui import wording
from sdstudio.ui.compare.details import Details
from sdstudio.ui.compare.division import Division
from sdstudio.ui.compare.stage import Side, Stage
from sdstudio.ui.runs import telling


class PairView(QWidget):
    """A stage with its details; follows the sitting's playhead for both runs.

    Args:
        sitting: What holds the runs.

    Signals:
        step_wanted: The playhead should go to this 0-based step.
    """

    step_wanted = Signal(int)

    def __init__(self, sitting: Sitting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._numbers = (0, 0)
        self.stage = Stage()
        self.details = Details()
        self.details.plot.pressed.connect(lambda x: self.step_wanted.emit(max(0, round(x) - 1)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.division = Division(self.stage, self.details)
        column.addWidget(self.division)

    @property
    def numbers(self) -> tuple[int, int]:
        """The two runs, the left one first."""
        return self._numbers

    def show_runs(self, first: int, second: int) -> None:
        """Compare other runs, or the same on other sides."""
        self._numbers = (first, second)
        self.refresh()

    def pairs(self) -> list[tuple[int, int]]:
        """The runs whose distance is needed."""
        return [self._numbers]

    def places(self) -> list[Place]:
        """The two pictures that should be shown."""
        return [
            place for node in self._nodes() if (place := place_at(node, self._sitting)) is not None
        ]

    def refresh(self) -> None:
        """Show what the sitting now holds of the two."""
        nodes = self._nodes()
        if len(nodes) < 2:
            return
        first, second = nodes
        self.stage.show_sides(*(side_of(node, self._sitting) for node in (first, second)))
        self._refresh_plot(first, second)
        rows = [
            (
                telling.label(field),
                telling.value(field, one),
                telling.value(field, other),
            )
            for field, one, other in self._sitting.tree.differences(first.number, second.number)
        ]
        self.details.show_rows((first.label, second.label), rows or [(self.tr("nothing"), "", "")])

    def _refresh_plot(self, first: RunNode, second: RunNode) -> None:
        plot, told = self.details.plot, self.details.told
        distances = self._sitting.distances(first.number, second.number)
        step = self._sitting.playhead.step
        plot.show_head(step + 1 if step is not None else None)
        if distances is None:
            problems = self._sitting.compare_problems(first.number, second.number)
            told.set_whole(
                wording.word_all(problems) or self.tr("Measuring how far apart they are …")
            )
            plot.show_curves(span=(1, max(2, min(first.count, second.count))))
            return
        parted = parting(distances)
        steps = range(1, len(distances) + 1)
        plot.show_curves(
            (tuple(steps), distances),
            span=(1, max(2, len(distances))),
            mark=parted + 1 if parted else None,
            dots=len(distances) < 3,
        )
        if parted is None:
            told.set_whole(self.tr("Equal in every step that both have."))
        else:
            text = self.tr("Apart from step {step} on, {last} at the end.")
            told.set_whole(text.format(step=parted + 1, last=f"{distances[-1]:.3f}"))

    def _nodes(self) -> list[RunNode]:
        found = (self._sitting.tree.node(number) for number in self._numbers)
        return [node for node in found if node is not None]


def parting(distances: Sequence[float]) -> int | None:
    """The first step at which two runs differ at all; None when there is none."""
    return next((index for index, far in enumerate(distances) if far > 0), None)


def place_at(node: RunNode, sitting: Sitting) -> Place | None:
    """The picture of a run that belongs to the playhead's step; a shorter run's last one."""
    head = sitting.playhead
    if node.last is None:
        return None
    step = node.last if head.step is None else min(head.step, node.last)
    at_end = head.following and node.finished and head.view == "x0"
    return (
        Place(node.number, node.last, "next_latents")
        if at_end
        else Place(node.number, step, head.view)
    )


def side_of(node: RunNode, sitting: Sitting) -> Side:
    """A run's picture at the playhead with what it is; a smaller one until it is there."""
    place = place_at(node, sitting)
    picture = None
    if place is not None:
        found = sitting.pictures.get(place)
        if found is None and place.view == "next_latents":
            found = sitting.pictures.get(Place(place.run, place.index))
        picture = (
            found[0] if found is not None else sitting.pictures.thumbnail(place.run, place.index)
        )
    return Side(picture, caption(node, place), _size(node, sitting))


def caption(node: RunNode, place: Place | None) -> str:
    """What a side shows, as "A.1 · step 12 of 50 · noise 0.62"."""
    parts = [telling.title(node)]
    if place is not None:
        at_end = place.view == "next_latents" and node.finished and place.index == node.last
        said = telling.finished() if at_end else telling.step(place.index, node.count)
        parts.append(said)
        note = next((note for note in node.steps if note.index == place.index), None)
        if note is not None and not at_end:
            parts.append(telling.noise(note.noise_level))
    return "  ·  ".join(parts)


def _size(node: RunNode, sitting: Sitting) -> tuple[int, int] | None:
    native = sitting.facts.native_size if sitting.facts is not None else (0, 0)
    width, height = node.request.width or native[0], node.request.height or native[1]
    return (width, height) if width and height else None
