"""Drawings -> captioned pictures: one concept on a coloured background.

A scene is drawn at random here and composed either on the spot (the VAE, the judge) or
once, to be kept as latents (the network).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from .artwork import Drawing, load_drawings
from .concepts import COLOURS, CONCEPTS, HANDS, PREFERENCE, Concept

PICTURE_SIZE = 128
SUBJECT_SHARE = 0.875
"""Side of the subject's square as a share of the picture's: margins of one latent each."""

VAGUE_SHARE = 0.12
"""Captions that name a kind or nothing: they keep guidance 1 vague, which gives guidance
something to sharpen."""
INVENTED_SHARE = 0.04
"""Captions whose concept is replaced by an invented word, so that unknown words come to mean
nothing rather than some neighbour of theirs."""


@dataclass(frozen=True)
class Scene:
    """All that determines one training picture."""

    concept: int
    """Index into `CONCEPTS`."""
    drawing: int
    """Row of the cached drawings."""
    colour: str
    background: tuple[int, int, int]
    """sRGB: the named colour, slightly off."""
    scale: float
    """Side of the drawing's square as a share of the picture's."""
    centre: tuple[float, float]
    """Where the drawing's centre lies, as shares of the picture's width and height."""
    flip: bool


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
        """A scene as the network is trained on: the subject large, in the middle.

        Moved by less than a latent's eight pixels, the same drawing has quite other latents. In
        the time that two cores have, the network learns shapes that stay in place sharply, and
        shapes that move only as lumps.
        """
        if concept is None:
            concept = int(rng.choice(self.drawn))
        colour = str(rng.choice(list(COLOURS)))
        return Scene(
            concept=concept,
            drawing=int(rng.choice(self.of_concept[concept])),
            colour=colour,
            background=near(COLOURS[colour], rng),
            scale=SUBJECT_SHARE,
            centre=(0.5, 0.5),
            flip=False,
        )

    def compose(self, scene: Scene, size: int = PICTURE_SIZE) -> np.ndarray:
        """The scene's picture: (size, size, 3) uint8."""
        side = max(1, round(scene.scale * size))
        drawing = Image.fromarray(np.asarray(self.pixels[scene.drawing]))
        if scene.flip:
            drawing = drawing.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        drawing = drawing.resize((side, side), Image.Resampling.BILINEAR)
        picture = Image.new("RGB", (size, size), scene.background)
        left, top = (round(share * size - side / 2) for share in scene.centre)
        picture.paste(drawing, (left, top), drawing)
        return np.asarray(picture)


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


def caption(scene: Scene, rng: np.random.Generator) -> str:
    """One of the ways to say what the scene shows: complete, short, vague or invented."""
    concept = CONCEPTS[scene.concept]
    draw = rng.random()
    if draw < VAGUE_SHARE:
        vague = ["a picture", "a picture of something", with_article(concept.kind), concept.kind]
        return str(rng.choice(vague))
    if draw < VAGUE_SHARE + INVENTED_SHARE:
        name = invented_word(rng)
    elif concept.synonyms and rng.random() < 0.25:
        name = str(rng.choice(concept.synonyms))
    else:
        name = concept.name
    thing = with_article(name) if rng.random() < 0.8 else name
    if rng.random() < 0.1:
        thing = f"a picture of {thing}"
    if rng.random() < 0.6:
        form = rng.random()
        if form < 0.7:
            thing += f" on a {scene.colour} background"
        elif form < 0.85:
            thing += f", {scene.colour} background"
        else:
            thing += f" on {scene.colour}"
    return thing


def with_article(name: str) -> str:
    """A frog, an owl; a substance stays bare."""
    if name == "food":
        return name
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def invented_word(rng: np.random.Generator) -> str:
    """A pronounceable word that means nothing: two or three syllables."""
    syllables = (
        "".join(rng.choice(list(part)) for part in ("bdfgklmnprstvz", "aeiou", "bklmnrst "))
        for _ in range(rng.integers(2, 4))
    )
    return "".join(syllables).replace(" ", "")
