"""Drawings -> pictures: subjects on a coloured ground or in a place, alone or together.

A scene is drawn at random here and composed either on the spot (the VAE, the judge) or
once, to be kept as latents (the network).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from .artwork import Drawing, load_drawings
from .concepts import (
    COLOURS,
    CONCEPTS,
    DEMONSTRATED,
    HANDS,
    MOUNTS,
    PREFERENCE,
    RIDERS,
    Concept,
)
from .grounds import GROUNDS, draw_ground
from .styles import STYLES, apply_style

PICTURE_SIZE = 128
SUBJECT_SHARE = 0.875
"""Side of the subject's square as a share of the picture's: margins of one latent each."""

Arrangement = Literal["single", "small", "pair", "riding", "two", "three", "four", "hybrid"]
ARRANGEMENTS: dict[Arrangement, float] = {
    "single": 0.34,
    "small": 0.02,
    "pair": 0.5,
    "riding": 0.03,
    "two": 0.03,
    "three": 0.015,
    "four": 0.015,
    "hybrid": 0.05,
}
"""How often subjects stand how. Pictures of pairs that are each shown eight times are learnt by
heart, and not what they are made of; hence so many."""
PLACES: dict[Arrangement, tuple[tuple[float, float, float], ...]] = {
    "single": ((SUBJECT_SHARE, 0.5, 0.5),),
    "small": ((0.5, 0.5, 0.5),),
    "pair": ((0.6875, 0.34375, 0.34375), (0.6875, 0.65625, 0.65625)),
    "riding": ((0.75, 0.5, 0.625), (0.5, 0.5, 0.25)),
    "two": ((0.5, 0.25, 0.5), (0.5, 0.75, 0.5)),
    "three": ((0.375, 0.25, 0.75), (0.375, 0.75, 0.75), (0.375, 0.5, 0.25)),
    "four": tuple((0.375, x, y) for y in (0.25, 0.75) for x in (0.25, 0.75)),
    "hybrid": ((SUBJECT_SHARE, 0.5, 0.5),) * 2,
}
"""Side, and centre from left and top, of each subject, as shares of the picture's.

All edges fall on latents' edges. Moved by less than a latent's eight pixels the same drawing has
quite other latents; in the time that two cores have, the network learns shapes that stay in
place sharply, and shapes that move only as lumps. A pair stands askew, the second in front of
the first's corner: side by side each would have two thirds of the area, too few latents for the
autoencoder to show what it is.
"""
ASIDE_SHARE = 0.5
"""Single subjects in no style that stand where one of a pair does, not in the middle: there, too,
a thing is learnt by itself. Guidance brings them to the middle all the same, for what stands aside
is likelier one of two."""
PLACE_SHARE = 0.1
"""Scenes that stand in a place, not before a colour."""
STYLE_SHARE = 0.33
"""Single subjects that are seen through a style's filter."""
HYBRID_ROWS = 14
"""Rows of latents that a hybrid is high: the upper ones show its first concept, the others its
second. It stands for a mix of the two concepts' embeddings by the second's share of the rows."""
SHOWN_HYBRIDS = 0.5
"""Hybrids of two demonstrated animals: drawn among all animals, any one couple of them would
be seen a handful of times."""
COUPLES = (("frog", "rabbit"), ("snake", "giraffe"))
"""Never a hybrid: what the mix slider draws of them, the network has not been shown."""
SECOND_HAND_SHARE = 0.25
"""Subjects drawn by another artist than the concept's first; none in a pair."""


@dataclass(frozen=True)
class Subject:
    """A drawing in its place."""

    concept: int
    """Index into `CONCEPTS`."""
    drawing: int
    """Row of the cached drawings."""
    scale: float
    """Side of the drawing's square as a share of the picture's."""
    centre: tuple[float, float]
    """Where the drawing's centre lies, as shares of the picture's width and height."""


@dataclass(frozen=True)
class Scene:
    """All that determines one training picture."""

    arrangement: Arrangement
    subjects: tuple[Subject, ...]
    """What is farther back first; a rider comes after its mount."""
    colour: str
    """Name of the ground's colour, "" where it is a place."""
    background: tuple[int, int, int]
    """sRGB: the named colour, slightly off."""
    place: str = ""
    """One of `GROUNDS`, or ""."""
    style: str = ""
    """One of `STYLES`, or ""."""
    mix: float = 0.0
    """How much of a hybrid is its second subject, from below, 0 to 1; 0 for all others."""
    seed: int = 0
    """Scatters what is scattered in a place."""

    @property
    def concept(self) -> int:
        """The first subject's concept."""
        return self.subjects[0].concept


@dataclass(frozen=True)
class Studio:
    """The cached artwork and which drawings show which concept."""

    drawings: list[Drawing]
    pixels: np.ndarray
    """(N, size, size, 4) uint8."""
    of_concept: list[np.ndarray]
    """For each of `CONCEPTS`, the rows of `pixels` that show it."""

    @classmethod
    def open(cls, data: Path, cache: Path) -> Studio:
        """Read (or render, the first time) the artwork under `data`."""
        drawings, pixels = load_drawings(data, cache)
        return cls(drawings, pixels, [rows_of(concept, drawings) for concept in CONCEPTS])

    @property
    def drawn(self) -> list[int]:
        """The concepts of which there is at least one drawing."""
        return [index for index, rows in enumerate(self.of_concept) if len(rows)]

    def random_scene(self, rng: np.random.Generator, concept: int | None = None) -> Scene:
        """A scene as the network is trained on; `concept` asks for one such thing in the middle."""
        arrangement: Arrangement = "single"
        if concept is None:
            names, shares = zip(*ARRANGEMENTS.items(), strict=True)
            arrangement = names[int(rng.choice(len(names), p=shares))]
        concepts = self._cast(arrangement, rng) if concept is None else [concept]
        if concepts is None:
            arrangement, concepts = "single", [int(rng.choice(self.drawn))]
        colour = str(rng.choice(list(COLOURS)))
        place, style = self._setting(arrangement, rng) if concept is None else ("", "")
        free = concept is None and arrangement == "single" and not style
        aside = free and rng.random() < ASIDE_SHARE
        places = (PLACES["pair"][int(rng.integers(2))],) if aside else PLACES[arrangement]
        subjects = tuple(
            Subject(each, self._drawing(each, arrangement, rng), scale, (x, y))
            for each, (scale, x, y) in zip(concepts, places, strict=True)
        )
        if arrangement in ("two", "three", "four"):
            drawing = subjects[0].drawing
            subjects = tuple(Subject(s.concept, drawing, s.scale, s.centre) for s in subjects)
        return Scene(
            arrangement,
            subjects,
            "" if place else colour,
            near(COLOURS[colour], rng),
            place,
            style,
            int(rng.integers(4, HYBRID_ROWS - 3)) / HYBRID_ROWS if arrangement == "hybrid" else 0.0,
            int(rng.integers(2**31)),
        )

    def _setting(self, arrangement: Arrangement, rng: np.random.Generator) -> tuple[str, str]:
        """Place and style, "" for none; never both."""
        draw = rng.random()
        if draw < PLACE_SHARE:
            return str(rng.choice(list(GROUNDS))), ""
        if arrangement == "single" and draw < PLACE_SHARE + STYLE_SHARE:
            return "", str(rng.choice(list(STYLES)))
        return "", ""

    def _cast(self, arrangement: Arrangement, rng: np.random.Generator) -> list[int] | None:
        """Who stands where; None where the artwork at hand has nobody for it."""
        drawn = self.drawn
        if arrangement == "pair":
            if len(drawn) < 2:
                return None
            together = [int(c) for c in rng.choice(drawn, 2, replace=False)]
            return None if is_held_out(*together) else together
        if arrangement == "hybrid":
            animals = [c for c in drawn if CONCEPTS[c].kind == "animal"]
            shown = [c for c in animals if CONCEPTS[c].name in DEMONSTRATED]
            if not shown or len(animals) < 2:
                return None
            others = shown if rng.random() < SHOWN_HYBRIDS else animals
            pair = sorted({int(rng.choice(shown)), int(rng.choice(others))})
            names = {CONCEPTS[each].name for each in pair}
            kept_apart = len(pair) < 2 or is_held_out(*pair) or names in map(set, COUPLES)
            return None if kept_apart else pair
        if arrangement == "riding":
            mounts = [c for c in drawn if CONCEPTS[c].name in MOUNTS]
            riders = [c for c in drawn if CONCEPTS[c].kind in RIDERS]
            if not mounts or not riders:
                return None
            return [int(rng.choice(mounts)), int(rng.choice(riders))]
        return [int(rng.choice(drawn))] * len(PLACES[arrangement])

    def _drawing(self, concept: int, arrangement: Arrangement, rng: np.random.Generator) -> int:
        rows = self.of_concept[concept]
        second = len(rows) > 1 and rng.random() < SECOND_HAND_SHARE and arrangement != "pair"
        return int(rng.choice(rows[1:]) if second else rows[0])

    def compose(self, scene: Scene, size: int = PICTURE_SIZE) -> np.ndarray:
        """The scene's picture: (size, size, 3) uint8."""
        if scene.place:
            picture = draw_ground(scene.place, size, scene.seed)
        else:
            picture = Image.new("RGB", (size, size), scene.background)
        for number, subject in enumerate(scene.subjects):
            side = max(1, round(subject.scale * size))
            drawing = Image.fromarray(np.asarray(self.pixels[subject.drawing]))
            drawing = drawing.resize((side, side), Image.Resampling.BILINEAR)
            left, top = (round(share * size - side / 2) for share in subject.centre)
            if scene.mix:
                seam = round(side * (1 - scene.mix))
                drawing = drawing.crop((0, seam if number else 0, side, side if number else seam))
                top += seam if number else 0
            picture.paste(drawing, (left, top), drawing)
        if scene.style:
            picture = apply_style(scene.style, picture)
        return np.asarray(picture)


def is_held_out(first: int, second: int) -> bool:
    """Whether two concepts never stand together in training: one pair in ten, to be judged on."""
    low, high = sorted((first, second))
    return (low * 7919 + high * 104_729) % 10 == 0


def rows_of(concept: Concept, drawings: list[Drawing]) -> np.ndarray:
    """The rows that show the concept: the first `HANDS` artists in order of `PREFERENCE`."""
    rows = [
        row
        for row, drawing in enumerate(drawings)
        if drawing.codepoints in concept.codepoints and drawing.artist not in concept.without
    ]
    rows.sort(key=lambda row: PREFERENCE.index(drawings[row].artist))
    return np.array(rows[:HANDS], dtype=np.int64)


def near_middle(slack: float, rng: np.random.Generator) -> tuple[float, float]:
    """A point at most `slack` from the middle either way, as shares of width and height."""
    return 0.5 + float(rng.uniform(-slack, slack)), 0.5 + float(rng.uniform(-slack, slack))


def near(
    colour: tuple[int, int, int], rng: np.random.Generator, by: int = 6
) -> tuple[int, int, int]:
    """The colour, moved a little: a named colour is a neighbourhood, not a point."""
    moved = np.clip(np.array(colour) + rng.integers(-by, by + 1, 3), 0, 255)
    return int(moved[0]), int(moved[1]), int(moved[2])
