"""What the built-in model knows: concepts, their words, their drawings, and colours."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Concept:
    """One thing that a prompt can name."""

    name: str
    kind: str
    """What a vague caption calls it: "an animal"."""
    codepoints: tuple[str, ...]
    """The emoji that show it, hexadecimal, code points joined by hyphens."""
    synonyms: tuple[str, ...] = ()
    """Other words for it: CLDR keywords, less those that name something else or a mere part."""
    without: tuple[str, ...] = ()
    """Artists whose drawing shows something else (another pose, a whole scene on a square)."""


def _read(path: Path) -> tuple[Concept, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return tuple(
            Concept(
                row["name"],
                row["kind"],
                tuple(row["codepoints"].split()),
                tuple(word.strip() for word in row["synonyms"].split(",") if word.strip()),
                tuple(row["left out"].split()),
            )
            for row in rows
        )


CONCEPTS: tuple[Concept, ...] = _read(Path(__file__).with_name("concepts.tsv"))

PREFERENCE = ("noto", "two", "blob", "fx")
"""Artists, those whose drawings of the concepts here are the most alike in manner first."""
HANDS = 2
"""Drawings of each concept."""

COLOURS: dict[str, tuple[int, int, int]] = {
    "white": (242, 242, 242),
    "grey": (150, 152, 156),
    "black": (28, 28, 32),
    "red": (214, 58, 52),
    "orange": (236, 146, 52),
    "yellow": (240, 210, 82),
    "green": (84, 170, 86),
    "turquoise": (72, 194, 190),
    "blue": (66, 118, 214),
    "purple": (136, 84, 186),
    "pink": (238, 158, 188),
    "brown": (138, 94, 62),
}
"""Backgrounds, sRGB. None begins at the edge of the range, so that what guidance clips is seen."""

RIDERS = ("animal", "toy", "person", "figure")
"""Kinds that may sit on something."""
MOUNTS = (
    "horse",
    "cow",
    "elephant",
    "camel",
    "turtle",
    "whale",
    "bicycle",
    "motorcycle",
    "rocket",
    "tractor",
    "skateboard",
    "unicorn",
)
"""What they sit on."""

DEMONSTRATED = (
    "frog",
    "rabbit",
    "snake",
    "giraffe",
    "dog",
    "horse",
    "swan",
    "astronaut",
    "teddy bear",
    "robot",
    "castle",
    "sunflower",
)
"""The concepts of the demonstrations: what people see first, and shown more often in training."""
