"""What the autoencoder learns from, and by which loss."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

pytest.importorskip("resvg_py", reason="the training extra is not installed")

from sdstudio.training.scenes import Studio
from sdstudio.training.vae import KEEP_LATENTS, Pictures, new_vae, vae_loss
from tests.training.studio import plain_studio


def test_the_autoencoder_sees_other_artwork_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    studio, rng = plain_studio(), np.random.default_rng(6)
    hybrid = next(s for s in iter(lambda: studio.random_scene(rng), None) if s.mix)
    monkeypatch.setattr(Studio, "random_scene", lambda self, rng: hybrid)
    shown = Pictures(studio, seed=1, held_out=True).batch(4)
    # At half the picture's side and in its middle, a subject reaches from 32 to 96.
    assert (shown[:, 0, 34:94, 64] == 1).all()
    assert (shown[:, 1:, 34:94, 64] == -1).all()


def test_the_autoencoder_learns_styles_more_than_it_is_measured_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    studio, seen = plain_studio(), list[str]()
    picture = np.zeros((128, 128, 3), np.uint8)
    monkeypatch.setattr(Studio, "compose", lambda self, scene: seen.append(scene.style) or picture)
    shares = {}
    for held_out in (False, True):
        seen.clear()
        Pictures(studio, seed=1, held_out=held_out).batch(400)
        shares[held_out] = sum(map(bool, seen)) / len(seen)
        if not held_out:
            assert seen.count("pixel") > 1.8 * seen.count("oil") > 0
    assert shares[False] > 2 * shares[True] > 0.1


def test_crops_are_of_the_size_and_number_asked_for() -> None:
    pictures = Pictures(plain_studio(), seed=1)
    assert pictures.batch(5, 64).shape == (5, 3, 64, 64)
    assert pictures.batch(3).shape == (3, 3, 128, 128)


def test_latents_that_move_from_where_they_were_cost_their_squared_distance() -> None:
    vae, wanted = new_vae(), torch.rand(2, 3, 32, 32) * 2 - 1
    before = copy.deepcopy(vae.encoder)

    def loss(kept: bool) -> float:
        torch.manual_seed(0)
        with torch.no_grad():
            return float(vae_loss(vae, wanted, before if kept else None))

    assert loss(kept=True) == pytest.approx(loss(kept=False))
    last = list(vae.encoder.layers)[-1]
    assert isinstance(last, torch.nn.Conv2d)
    assert last.bias is not None
    last.bias.data += 0.5
    assert loss(kept=True) == pytest.approx(loss(kept=False) + KEEP_LATENTS * 0.25, rel=1e-4)
