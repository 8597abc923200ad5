"""Captions and scenes say and show what they should."""

from __future__ import annotations

from collections import Counter

import numpy as np

from sdstudio.training.artwork import Drawing
from sdstudio.training.concepts import COLOURS, CONCEPTS
from sdstudio.training.evaluation import TEST_CONCEPTS
from sdstudio.training.export import vocabulary
from sdstudio.training.scenes import Studio, caption, with_article


def _studio() -> Studio:
    """One plain red square for each concept."""
    pixels = np.zeros((len(CONCEPTS), 40, 40, 4), np.uint8)
    pixels[..., 0] = pixels[..., 3] = 255
    drawings = [Drawing("noto", c.codepoints[0], None) for c in CONCEPTS]  # type: ignore[arg-type]
    return Studio(drawings, pixels, [np.array([i]) for i in range(len(CONCEPTS))])


def test_names_and_synonyms_name_one_concept_each() -> None:
    names = [name for concept in CONCEPTS for name in (concept.name, *concept.synonyms)]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert set(TEST_CONCEPTS) <= set(names)
    assert len(TEST_CONCEPTS) == 20


def test_a_scene_lies_within_its_picture_on_its_colour() -> None:
    studio, rng = _studio(), np.random.default_rng(0)
    for _ in range(20):
        scene = studio.random_scene(rng)
        picture = studio.compose(scene)
        assert picture.shape == (128, 128, 3)
        assert tuple(picture[0, 0]) == scene.background
        assert np.abs(picture[0, 0].astype(int) - COLOURS[scene.colour]).max() <= 6
        assert tuple(picture[64, 64]) == (255, 0, 0)


def test_captions_are_complete_short_vague_and_invented() -> None:
    studio, rng = _studio(), np.random.default_rng(0)
    known = set(vocabulary(studio.drawn)["words"])
    kinds: Counter[str] = Counter()
    for _ in range(4000):
        scene = studio.random_scene(rng)
        text = caption(scene, rng)
        concept = CONCEPTS[scene.concept]
        words = text.replace(",", "").split()
        if any(name in text for name in (concept.name, *concept.synonyms)):
            kinds["complete" if scene.colour in words else "short"] += 1
            assert set(words) <= known
        elif set(words) <= known:
            kinds["vague"] += 1
        else:
            kinds["invented"] += 1
    shares = {kind: count / 4000 for kind, count in kinds.items()}
    assert 0.4 < shares["complete"] < 0.65
    assert 0.25 < shares["short"] < 0.5
    assert 0.08 < shares["vague"] < 0.16
    assert 0.02 < shares["invented"] < 0.06


def test_articles() -> None:
    assert with_article("frog") == "a frog"
    assert with_article("owl") == "an owl"
    assert with_article("food") == "food"
