"""What a hand draws with: points, tools and symmetries."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Literal, get_args

from sdstudio.session.drawing.layers import Colour

Kind = Literal["brush", "eraser", "line", "rectangle", "ellipse"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SHAPES: tuple[Kind, ...] = ("line", "rectangle", "ellipse")
"""The tools that span something between where the hand went down and where it is now."""

MAX_SIZE = 1024.0
MAX_FOLDS = 64


@dataclass(frozen=True)
class Point:
    """Where the hand is.

    Attributes:
        x: In pixels of the drawing from its left edge; a pixel's middle is at a half.
        y: The same from the upper edge.
        pressure: Of the pen, 0 to 1; a mouse presses with 1.
        seconds: When, on any clock.
    """

    x: float
    y: float
    pressure: float = 1.0
    seconds: float = 0.0

    def toward(self, other: Point, share: float) -> Point:
        """The point that share of the way to another one."""
        return Point(
            self.x + (other.x - self.x) * share,
            self.y + (other.y - self.y) * share,
            self.pressure + (other.pressure - self.pressure) * share,
            self.seconds + (other.seconds - self.seconds) * share,
        )


@dataclass(frozen=True)
class Symmetry:
    """How each stroke is repeated about the middle of the drawing.

    Attributes:
        kind: "none"; "vertical", about a vertical axis, so that left and right are alike;
            "horizontal", about a horizontal one; "both"; "rotational".
        folds: How many times round, for "rotational": 2 to :data:`MAX_FOLDS`.
    """

    kind: Literal["none", "vertical", "horizontal", "both", "rotational"] = "none"
    folds: int = 1

    NONE: ClassVar[Symmetry]
    VERTICAL: ClassVar[Symmetry]
    HORIZONTAL: ClassVar[Symmetry]
    BOTH: ClassVar[Symmetry]

    @classmethod
    def rotational(cls, folds: int) -> Symmetry:
        """So many times round the middle.

        Raises:
            ValueError: Not 2 to :data:`MAX_FOLDS` folds.
        """
        if not 2 <= folds <= MAX_FOLDS:
            raise ValueError(f"{folds} folds")
        return cls("rotational", folds)

    def images(self, width: int, height: int) -> Iterator[Transform]:
        """The maps that carry a stroke to each of its places, the identity first."""
        yield Transform()
        if self.kind in ("vertical", "both"):
            yield Transform(xx=-1, dx=width)
        if self.kind in ("horizontal", "both"):
            yield Transform(yy=-1, dy=height)
        if self.kind == "both":
            yield Transform(xx=-1, dx=width, yy=-1, dy=height)
        if self.kind == "rotational":
            for fold in range(1, self.folds):
                yield Transform.turn(2 * math.pi * fold / self.folds, width / 2, height / 2)


Symmetry.NONE = Symmetry()
Symmetry.VERTICAL = Symmetry("vertical")
Symmetry.HORIZONTAL = Symmetry("horizontal")
Symmetry.BOTH = Symmetry("both")


@dataclass(frozen=True)
class Transform:
    """An affine map of the plane: x' = xx·x + xy·y + dx, y' = yx·x + yy·y + dy."""

    xx: float = 1.0
    xy: float = 0.0
    dx: float = 0.0
    yx: float = 0.0
    yy: float = 1.0
    dy: float = 0.0

    @classmethod
    def turn(cls, angle: float, x: float, y: float) -> Transform:
        """A turn by ``angle`` radians, clockwise as seen, about a point."""
        c, s = math.cos(angle), math.sin(angle)
        return cls(c, -s, x - c * x + s * y, s, c, y - s * x - c * y)

    def __call__(self, point: Point) -> Point:
        """Where a point goes; pressure and time stay."""
        return Point(
            self.xx * point.x + self.xy * point.y + self.dx,
            self.yx * point.x + self.yy * point.y + self.dy,
            point.pressure,
            point.seconds,
        )


@dataclass(frozen=True)
class Tool:
    """What a stroke is made with. On the mask layer the colour is ignored.

    Attributes:
        kind: Of :data:`KINDS`.
        size: Diameter of the brush, or the width of an outline, in pixels: up to
            :data:`MAX_SIZE`.
        hardness: Share of the radius that is covered in full, 0 to 1.
        opacity: Of the stroke as a whole, 0 to 1: crossing itself, it gets no denser.
        colour: Red, green, blue, 0 to 255.
        filled: Whether a rectangle or an ellipse is filled.
        symmetry: How the stroke is repeated.
        pressure_size: Whether pressing lightly makes it thinner.
        pressure_opacity: Whether pressing lightly makes it fainter.

    Raises:
        ValueError: From the constructor: a value out of its range.
    """

    kind: Kind = "brush"
    size: float = 16.0
    hardness: float = 0.8
    opacity: float = 1.0
    colour: Colour = (0, 0, 0)
    filled: bool = False
    symmetry: Symmetry = field(default=Symmetry.NONE)
    pressure_size: bool = False
    pressure_opacity: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no tool {self.kind!r}")
        if not 0 < self.size <= MAX_SIZE:
            raise ValueError(f"a size of {self.size} pixels")
        if not 0 <= self.hardness <= 1 or not 0 <= self.opacity <= 1:
            raise ValueError(f"hardness {self.hardness}, opacity {self.opacity}")
        if len(self.colour) != 3 or not all(0 <= value <= 255 for value in self.colour):
            raise ValueError(f"a colour {self.colour!r}")

    def radius(self, pressure: float) -> float:
        """In pixels, at that pressure."""
        return self.size / 2 * (pressure if self.pressure_size else 1.0)

    def density(self, pressure: float) -> float:
        """Share of the opacity, at that pressure."""
        return pressure if self.pressure_opacity else 1.0
