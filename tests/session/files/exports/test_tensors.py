"""The tensors of a real run of a tiny model, as a notebook opens them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest

from sdstudio.engine import denoise, load_model
from sdstudio.engine.picture import Picture
from sdstudio.engine.request import Edit, Request
from sdstudio.engine.run import replay
from sdstudio.engine.step import Step
from sdstudio.session.files.exports.tensors import write_npz
from tests.tiny_models import save_tiny

EDITS = (Edit(step=1, guidance_scale=1.0),)
REQUEST = Request(
    prompt="a frog",
    steps=4,
    seed=3,
    image=Picture.of(np.zeros((16, 16, 3), np.uint8)),
    strength=1.0,
)


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    folder = save_tiny(tmp_path_factory.mktemp("model") / "tiny")
    model = load_model(str(folder), "float32")
    return list(denoise(model, REQUEST, steer=replay(EDITS)))


def test_a_notebook_finds_every_tensor(steps: list[Step]) -> None:
    file = io.BytesIO()
    shares: list[float] = []
    write_npz(file, steps, REQUEST, EDITS, {"name": "tiny"}, shares.append)
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        assert json.loads(str(arrays["request"]))["prompt"] == "a frog"
        assert json.loads(str(arrays["edits"])) == [EDITS[0].to_dict()]
        assert json.loads(str(arrays["model"])) == {"name": "tiny"}
        assert str(arrays["prediction_type"]) == "epsilon"
        for name in ("latents", "x0"):
            assert arrays[name].dtype == np.float32
            for index, step in enumerate(steps):
                assert np.array_equal(arrays[name][index], getattr(step, name)[0].numpy())
        assert np.array_equal(arrays["cond"][2], steps[2].predictions["cond"][0].numpy())
        assert np.array_equal(arrays["uncond"][0], steps[0].predictions["uncond"][0].numpy())
        assert np.isnan(arrays["uncond"][1:]).all()
        assert np.array_equal(arrays["result"], steps[-1].next_latents[0].numpy())
        assert arrays["timesteps"].tolist() == [step.timestep for step in steps]
        assert arrays["sigmas"].tolist() == [step.sigma for step in steps]
        assert arrays["noise_levels"].tolist() == [step.noise_level for step in steps]
        assert arrays["image"].shape == (16, 16, 3)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_without_guidance_there_is_no_uncond(steps: list[Step], tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    with path.open("xb") as file:
        write_npz(file, steps[1:], Request(), (), {}, lambda share: None)
    with np.load(path, allow_pickle=False) as arrays:
        assert "uncond" not in arrays
        assert "image" not in arrays
