"""What the built-in model knows: concepts, their words, their drawings, and colours."""

from __future__ import annotations

from dataclasses import dataclass


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


_ANIMALS = (
    Concept("frog", "animal", ("1f438",)),
    Concept("rabbit", "animal", ("1f430",), ("bunny",)),
    Concept("snake", "animal", ("1f40d",), ("serpent",)),
    Concept("giraffe", "animal", ("1f992",), without=("blob",)),
    Concept("dog", "animal", ("1f436",), ("puppy",)),
    Concept("cat", "animal", ("1f431",), ("kitten",)),
    Concept("horse", "animal", ("1f40e",)),
    Concept("swan", "animal", ("1f9a2",)),
    Concept("panda", "animal", ("1f43c",)),
    Concept("pig", "animal", ("1f437",)),
    Concept("cow", "animal", ("1f42e",)),
    Concept("tiger", "animal", ("1f42f",)),
    Concept("lion", "animal", ("1f981",)),
    Concept("elephant", "animal", ("1f418",)),
    Concept("fox", "animal", ("1f98a",)),
    Concept("penguin", "animal", ("1f427",)),
    Concept("owl", "animal", ("1f989",)),
    Concept("octopus", "animal", ("1f419",)),
    Concept("fish", "animal", ("1f41f",)),
    Concept("turtle", "animal", ("1f422",), ("tortoise",)),
    Concept("butterfly", "animal", ("1f98b",)),
    Concept("snail", "animal", ("1f40c",)),
)
_FIGURES = (
    Concept("teddy bear", "toy", ("1f9f8",), ("teddy",)),
    Concept(
        "astronaut",
        "person",
        ("1f9d1-200d-1f680", "1f468-200d-1f680", "1f469-200d-1f680"),
        ("spaceman",),
    ),
    Concept("robot", "toy", ("1f916",)),
    Concept("ghost", "figure", ("1f47b",)),
)
_FOOD = (
    Concept("apple", "fruit", ("1f34e",)),
    Concept("banana", "fruit", ("1f34c",)),
    Concept("strawberry", "fruit", ("1f353",)),
    Concept("watermelon", "fruit", ("1f349",), ("melon",)),
    Concept("pineapple", "fruit", ("1f34d",)),
    Concept("carrot", "food", ("1f955",)),
    Concept("hamburger", "food", ("1f354",), ("burger",)),
    Concept("pizza", "food", ("1f355",)),
    Concept("doughnut", "food", ("1f369",), ("donut",)),
)
_PLANTS = (
    Concept("rose", "flower", ("1f339",)),
    Concept("sunflower", "flower", ("1f33b",)),
    Concept("cactus", "plant", ("1f335",)),
    Concept("palm tree", "plant", ("1f334",), ("palm",)),
    Concept("mushroom", "plant", ("1f344",), ("toadstool",)),
)
_VEHICLES = (
    Concept("car", "vehicle", ("1f697",), ("automobile",)),
    Concept("bus", "vehicle", ("1f68c",)),
    Concept("rocket", "vehicle", ("1f680",), ("spaceship",)),
    Concept("helicopter", "vehicle", ("1f681",)),
    Concept("sailboat", "vehicle", ("26f5",), ("boat",), without=("fx",)),
)
_PLACES = (
    Concept("house", "place", ("1f3e0",), ("home",)),
    Concept("castle", "place", ("1f3f0",)),
    Concept("volcano", "place", ("1f30b",), without=("fx",)),
)

CONCEPTS: tuple[Concept, ...] = _ANIMALS + _FIGURES + _FOOD + _PLANTS + _VEHICLES + _PLACES

PREFERENCE = ("noto", "two", "blob", "fx")
"""Artists, those whose drawings of the concepts here are the most alike in manner first."""
HANDS = 2
"""Drawings of each concept: few enough to be learned well in an hour on two cores."""

COLOURS: dict[str, tuple[int, int, int]] = {
    "white": (250, 250, 250),
    "grey": (150, 152, 156),
    "black": (28, 28, 32),
    "red": (214, 58, 52),
    "orange": (244, 150, 52),
    "yellow": (250, 220, 84),
    "green": (84, 170, 86),
    "turquoise": (72, 194, 190),
    "blue": (66, 118, 214),
    "purple": (136, 84, 186),
    "pink": (248, 166, 196),
    "brown": (138, 94, 62),
}
"""Backgrounds, sRGB."""
