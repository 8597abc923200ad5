"""The judge's lessons: what it is shown, and what it is told of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

pytest.importorskip("resvg_py", reason="the training extra is not installed")

from torch.nn.functional import avg_pool2d

from sdstudio.training.concepts import CONCEPTS
from sdstudio.training.judge import (
    LOUD_SHARE,
    LOUDEST,
    STYLE_NAMES,
    exaggerate,
    judged_pair,
    lesson_of,
    lesson_scene,
    loudness,
    soften,
)
from tests.training.studio import plain_studio


def test_a_pair_in_a_lesson_stands_in_no_certain_place() -> None:
    studio, rng = plain_studio(), np.random.default_rng(0)
    pairs = [judged_pair(studio, rng) for _ in range(200)]
    first = np.array([pair.subjects[0].centre for pair in pairs])
    second = np.array([pair.subjects[1].centre for pair in pairs])
    apart = np.hypot(*(second - first).T)
    assert apart == pytest.approx(0.44, abs=1e-6)
    assert (first[:, 0] <= second[:, 0] + 1e-9).all()
    assert (first[:, 1] < second[:, 1]).mean() == pytest.approx(0.5, abs=0.15)
    scales = [subject.scale for pair in pairs for subject in pair.subjects]
    assert min(scales) >= 0.5
    assert max(scales) <= 0.72
    assert len({round(scale, 3) for scale in scales}) > 50


def test_lessons_are_of_every_kind() -> None:
    studio, rng = plain_studio(), np.random.default_rng(0)
    scenes = [lesson_scene(studio, rng) for _ in range(600)]
    assert {scene.style for scene in scenes} == set(STYLE_NAMES)
    styled = np.mean([bool(scene.style) for scene in scenes])
    pairs = np.mean([scene.arrangement == "pair" for scene in scenes])
    assert styled == pytest.approx(0.23, abs=0.06)
    assert pairs == pytest.approx(0.28, abs=0.06)
    assert {scene.arrangement for scene in scenes} >= {"single", "pair", "two", "hybrid"}


def test_a_lesson_says_who_is_there_how_many_and_in_which_style() -> None:
    studio, rng = plain_studio(), np.random.default_rng(1)
    pair = judged_pair(studio, rng)
    single = replace(studio.random_scene(rng, 3), style="wood")
    lesson = lesson_of(studio, [pair, single])
    assert lesson.pictures.shape == (2, 3, 128, 128)
    assert lesson.present.shape == (2, len(CONCEPTS))
    assert set(lesson.present[0].nonzero()[:, 0].tolist()) == {s.concept for s in pair.subjects}
    assert lesson.present[1].nonzero()[:, 0].tolist() == [3]
    assert lesson.count.tolist() == [1, 0]
    assert lesson.style.tolist() == [0, STYLE_NAMES.index("wood")]


def test_softening_takes_away_detail_and_nothing_else() -> None:
    pictures = torch.rand(2, 3, 128, 128, generator=torch.Generator().manual_seed(0)) * 2 - 1
    seen = avg_pool2d(pictures, 2)
    assert torch.allclose(soften(pictures, 1.0), seen, atol=1e-5)
    soft = soften(pictures, 1.8)
    assert soft.shape == seen.shape
    assert soft.mean() == pytest.approx(float(seen.mean()), abs=0.01)
    assert soft.std() < 0.6 * seen.std()


def test_exaggerating_moves_colours_from_grey_and_values_from_their_mean() -> None:
    torch.manual_seed(0)
    pictures = 0.4 * torch.rand(3, 3, 16, 16) - 0.2
    one = torch.ones(3, 1, 1, 1)
    assert torch.allclose(exaggerate(pictures, one, one), pictures, atol=1e-6)
    loud = exaggerate(pictures, torch.tensor([1.0, 2.0, 100.0]).view(3, 1, 1, 1), one)
    assert torch.allclose(loud[0], pictures[0], atol=1e-6)
    assert float(loud[1].std()) == pytest.approx(2 * float(pictures[1].std()), rel=1e-4)
    assert float(loud[1].mean()) == pytest.approx(float(pictures[1].mean()), abs=1e-5)
    assert (float(loud[2].min()), float(loud[2].max())) == (-1, 1)
    coloured = exaggerate(pictures, one, 2 * one)
    assert torch.allclose(coloured.mean(1), pictures.mean(1), atol=1e-6)
    apart, before = (each[:, 0] - each[:, 1] for each in (coloured, pictures))
    assert torch.allclose(apart, 2 * before, atol=1e-6)


def test_most_lessons_are_not_exaggerated_the_others_up_to_the_loudest() -> None:
    torch.manual_seed(0)
    factors = loudness(4000)
    assert factors.shape == (4000, 1, 1, 1)
    assert float((factors > 1).float().mean()) == pytest.approx(LOUD_SHARE, abs=0.03)
    assert float(factors.min()) == 1
    assert 0.95 * LOUDEST < float(factors.max()) <= LOUDEST
