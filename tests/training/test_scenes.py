"""Captions and scenes say and show what they should."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

pytest.importorskip("resvg_py", reason="the training extra is not installed")

from sdstudio.training.captions import caption, captions, plural, with_article
from sdstudio.training.concepts import COLOURS, CONCEPTS, DEMONSTRATED
from sdstudio.training.evaluation import TEST_CONCEPTS
from sdstudio.training.export import vocabulary
from sdstudio.training.grounds import GROUNDS
from sdstudio.training.latents import StoredScenes
from sdstudio.training.network import draw_weights
from sdstudio.training.scenes import ARRANGEMENTS, COUPLES, PLACES, is_held_out
from sdstudio.training.styles import STYLES, apply_style
from sdstudio.training.text import named_so_far
from sdstudio.training.tokens import train_tokenizer
from tests.training.studio import plain_studio

NAMED = ("frog", "teddy bear")


def test_names_and_synonyms_name_one_concept_each() -> None:
    names = [name for concept in CONCEPTS for name in (concept.name, *concept.synonyms)]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert set(TEST_CONCEPTS) <= set(names)
    assert len(TEST_CONCEPTS) == 20
    assert len(CONCEPTS) >= 300


def test_a_single_subject_lies_in_the_middle_on_its_colour() -> None:
    studio, rng = plain_studio(), np.random.default_rng(0)
    for concept in range(20):
        scene = studio.random_scene(rng, concept)
        picture = studio.compose(scene)
        assert scene.concept == concept
        assert picture.shape == (128, 128, 3)
        assert tuple(picture[0, 0]) == scene.background
        assert np.abs(picture[0, 0].astype(int) - COLOURS[scene.colour]).max() <= 6
        assert tuple(picture[64, 64]) == (255, 0, 0)


def test_scenes_are_of_every_arrangement_and_lie_on_the_grid_of_the_latents() -> None:
    studio, rng = plain_studio(), np.random.default_rng(1)
    scenes = [studio.random_scene(rng) for _ in range(2000)]
    for name, share in ARRANGEMENTS.items():
        found = sum(scene.arrangement == name for scene in scenes) / len(scenes)
        # A pair that is held out gives way to a single subject.
        assert found == pytest.approx(share, rel=0.45, abs=0.02)
    for places in PLACES.values():
        for scale, x, y in places:
            left, top = (x - scale / 2) * 16, (y - scale / 2) * 16
            assert (left, top, scale * 16) == (round(left), round(top), round(scale * 16))
    assert {scene.place for scene in scenes} == {"", *GROUNDS}
    assert {scene.style for scene in scenes} == {"", *STYLES}


def test_a_single_subject_stands_aside_in_every_second_scene_without_a_style() -> None:
    studio, rng = plain_studio(), np.random.default_rng(4)
    singles = [s for s in (studio.random_scene(rng) for _ in range(3000)) if s.subjects[1:] == ()]
    where = Counter((bool(s.style), s.arrangement, s.subjects[0].centre[0]) for s in singles)
    left, middle, right = (where[False, "single", x] for x in (0.34375, 0.5, 0.65625))
    assert left + right == pytest.approx(middle, rel=0.2)
    assert left == pytest.approx(right, rel=0.25)
    aside = {key for key in where if key[2] != 0.5}
    assert aside == {(False, "single", 0.34375), (False, "single", 0.65625)}


def test_held_out_pairs_never_stand_together() -> None:
    studio, rng = plain_studio(), np.random.default_rng(2)
    scenes = [studio.random_scene(rng) for _ in range(3000)]
    pairs = [[s.concept for s in scene.subjects] for scene in scenes if scene.arrangement == "pair"]
    assert len(pairs) > 200
    assert not any(is_held_out(*pair) for pair in pairs)
    every = [is_held_out(a, b) for a in range(60) for b in range(a)]
    assert 0.05 < sum(every) / len(every) <= 0.1 + 0.02


def test_places_and_styles_change_the_picture_as_they_say() -> None:
    studio, rng = plain_studio(), np.random.default_rng(3)
    plain = studio.random_scene(rng, 0)
    picture = studio.compose(plain)
    soft = np.kron(rng.integers(0, 255, (20, 20, 3), np.uint8), np.ones((7, 7, 1), np.uint8))
    for style in STYLES:
        assert studio.compose(replace(plain, style=style)).shape == picture.shape
        styled = np.asarray(apply_style(style, Image.fromarray(soft)))
        assert np.abs(styled.astype(int) - soft).mean() > 4, style
    night = studio.compose(replace(plain, place="night"))
    day = studio.compose(replace(plain, place="beach"))
    assert night[0].mean() < 60 < 150 < day[0].mean()


def test_a_hybrid_is_its_first_concept_above_and_its_second_below() -> None:
    studio, rng = plain_studio(), np.random.default_rng(5)
    studio.pixels[1::2] = (0, 0, 255, 255)
    scenes = [studio.random_scene(rng) for _ in range(2000)]
    hybrids = [scene for scene in scenes if scene.arrangement == "hybrid"]
    assert hybrids
    assert not any(scene.mix for scene in scenes if scene.arrangement != "hybrid")
    for scene in hybrids:
        first, second = (subject.concept for subject in scene.subjects)
        assert first < second
        assert not is_held_out(first, second)
        column = studio.compose(scene)[8:120, 64]
        seam = round(112 * (1 - scene.mix))
        assert seam % 8 == 0  # the latents' grid
        for part, concept in ((column[:seam], first), (column[seam:], second)):
            assert (part == ((255, 0, 0), (0, 0, 255))[concept % 2]).all()
        upper, lower = captions(scene, rng, 2)
        assert any(name in upper for name in _ways_to_say(first))
        assert any(name in lower for name in _ways_to_say(second))


def test_the_couples_that_are_demonstrated_are_never_seen_as_hybrids() -> None:
    studio, rng = plain_studio(), np.random.default_rng(7)
    hybrids = [s for s in (studio.random_scene(rng) for _ in range(8000)) if s.mix]
    seen = Counter(tuple(CONCEPTS[s.concept].name for s in scene.subjects) for scene in hybrids)
    assert seen[("frog", "dog")] + seen[("dog", "frog")] > 0.005 * len(hybrids)
    for one, other in COUPLES:
        assert not seen[(one, other)] + seen[(other, one)]


@pytest.mark.parametrize("pairs", [False, True])
def test_captions_are_complete_vague_invented_and_wrong(pairs: bool) -> None:
    expected = {"named": 0.49, "vague": 0.2, "wrong": 0.24, "invented": 0.04, "extra": 0.03}
    studio, rng = plain_studio(), np.random.default_rng(0)
    known = set(vocabulary(studio.drawn)["words"])
    every = {way for concept in range(len(CONCEPTS)) for way in _ways_to_say(concept)}
    kinds: Counter[str] = Counter()
    total = 0
    while total < 3000:
        scene = studio.random_scene(rng)
        if scene.mix or (scene.arrangement == "pair") != pairs:
            continue
        total += 1
        text = caption(scene, rng)
        words = text.replace(",", "").split()
        said = f" {' '.join(words)} "
        named = [any(n in text for n in _ways_to_say(s.concept)) for s in scene.subjects]
        if all(named):
            kinds["named" if known.issuperset(words) else "extra"] += 1
        elif not known.issuperset(words):
            kinds["invented"] += 1
        else:
            kinds["wrong" if any(f" {n} " in said for n in every) else "vague"] += 1
    shares = {kind: count / total for kind, count in kinds.items()}
    assert shares == pytest.approx(expected, abs=0.03)


def test_a_pair_is_named_from_the_left_unless_it_is_said() -> None:
    studio, rng = plain_studio(), np.random.default_rng(0)
    scene = studio.random_scene(rng)
    while scene.arrangement != "pair" or scene.place:
        scene = studio.random_scene(rng)
    left, right = sorted(scene.subjects, key=lambda subject: subject.centre[0])
    seen: Counter[str] = Counter()
    for text in {caption(scene, rng) for _ in range(1000)}:
        first, second = (
            min((text.find(n) for n in _ways_to_say(s.concept) if n in text), default=-1)
            for s in (left, right)
        )
        if min(first, second) < 0:
            continue
        seen["reversed" if second < first else "in order"] += 1
        assert (second < first) == ("to the right of" in text or "in front of" in text)
    assert min(seen["reversed"], seen["in order"]) > 3


def test_what_is_shown_first_or_learnt_last_is_drawn_more_often() -> None:
    demonstrated, other = (
        next(i for i, c in enumerate(CONCEPTS) if (c.name in DEMONSTRATED) == d)
        for d in (True, False)
    )
    scenes = StoredScenes(
        latents=torch.zeros(6, 4, 16, 16),
        concepts=torch.tensor([other, demonstrated, other, demonstrated, demonstrated, other]),
        captions=[""],
        caption_of=torch.zeros(6, 2, dtype=torch.long),
        mix=torch.tensor([0.0, 0.0, 0.0, 0.0, 0.0, 0.5]),
        pair=torch.tensor([False, False, True, False, True, False]),
        styled=torch.tensor([False, False, False, True, False, False]),
    )
    plain, shown, pair, styled, shown_pair, hybrid = draw_weights(scenes).tolist()
    assert plain == 1
    assert min(shown, pair, hybrid) > 1.5
    assert styled > shown
    assert shown_pair == pair
    weights = draw_weights(scenes, pair_weight=7.0).tolist()
    assert weights == [1, shown, 7, styled, 7, hybrid]


def _ways_to_say(concept: int) -> list[str]:
    names = (CONCEPTS[concept].name, *CONCEPTS[concept].synonyms)
    return [*names, *(plural(name) for name in names)]


def test_what_is_said_last_is_what_a_token_must_name() -> None:
    corpus = ["a frog and a teddy bear on a blue background", "two frogs", "a picture"] * 20
    tokenizer = train_tokenizer(corpus)
    concepts, colours = named_so_far(corpus[:3], tokenizer)
    frog, bear = (next(i for i, c in enumerate(CONCEPTS) if c.name == n) for n in NAMED)
    assert concepts[0].tolist()[:3] == [-100, -100, frog]
    assert concepts[0].tolist()[-1] == bear
    assert colours[0].tolist()[-1] == list(COLOURS).index("blue")
    assert concepts[1].tolist()[-1] == frog
    assert concepts[2].tolist()[-1] == len(CONCEPTS)


def test_articles_and_plurals() -> None:
    assert with_article("frog") == "a frog"
    assert with_article("owl") == "an owl"
    assert with_article("unicorn") == "a unicorn"
    assert with_article("food") == "food"
    assert [plural(n) for n in ("frog", "bus", "mouse", "sheep")] == [
        "frogs",
        "buses",
        "mice",
        "sheep",
    ]
