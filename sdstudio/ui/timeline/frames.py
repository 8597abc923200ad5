"""Which frames of a row lie where: one for each step, or for several where it is narrow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QRectF

from sdstudio.ui.timeline.film import Row
from sdstudio.ui.timeline.geometry import Geometry


@dataclass(frozen=True)
class Frame:
    """One frame of a row.

    Attributes:
        step: The step (0-based) whose picture it shows; None where none was taken.
        place: Where it lies.
    """

    step: int | None
    place: QRectF


def frames(geometry: Geometry, row: Row, number: int, columns: range) -> Iterator[Frame]:
    """The frames of row ``number`` that have a part in ``columns``.

    A frame that stands for several steps shows the newest of them.
    """
    stride, pitch, x0 = geometry.stride, geometry.pitch, geometry.x(0)
    top, side = round(geometry.y(number)), round(geometry.side)
    begun = max(0, columns.start - row.first) // stride
    for index in range(row.first + begun * stride, min(row.count, columns.stop), stride):
        end = min(index + stride, row.count)
        left, right = round(x0 + index * pitch), round(x0 + end * pitch)
        space = 2 if right - left >= 40 else 1
        last = min(end, row.taken) - 1
        step = last if last >= index else None
        yield Frame(step, QRectF(left, top, max(1, right - left - space), side))
