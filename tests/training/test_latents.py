"""What the network is shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("resvg_py", reason="the training extra is not installed")

from sdstudio.training.latents import CONTRAST, encode_scenes, load_scenes
from sdstudio.training.vae import new_vae, to_tensor
from tests.training.studio import plain_studio


def test_scenes_are_stored_with_less_contrast_and_others_by_another_seed(tmp_path: Path) -> None:
    vae, studio = new_vae(), plain_studio()
    vae.save_pretrained(tmp_path / "vae")
    stored = {}
    for seed in (3, 4):
        encode_scenes(studio, tmp_path, count=2, seed=seed)
        stored[seed] = load_scenes(tmp_path).latents.float()
    rng = np.random.default_rng((3, 0))
    shown = to_tensor(np.stack([studio.compose(studio.random_scene(rng)) for _ in range(2)]))
    with torch.no_grad():
        wanted = vae.encoder(CONTRAST * shown)
    assert torch.allclose(stored[3], wanted, atol=0.01)
    assert not torch.allclose(stored[4], wanted, atol=0.01)
