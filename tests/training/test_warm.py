"""Two networks of one descent, averaged."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
import torch
from diffusers import UNet2DConditionModel

pytest.importorskip("resvg_py", reason="the training extra is not installed")

from sdstudio.training.__main__ import run_average
from sdstudio.training.warm import average_network
from tests.training.studio import plain_studio


def test_an_average_lies_between_the_networks_by_the_share(tmp_path: Path) -> None:
    folder, work = tmp_path / "model", tmp_path / "work"
    before, after = _network(0), _network(1)
    before.half().save_pretrained(folder / "unet")
    after.save_pretrained(work / "unet")
    average_network(folder, work, 0.75)
    made = UNet2DConditionModel.from_pretrained(work / "unet").state_dict()
    first = before.state_dict()
    for name, last in after.state_dict().items():
        assert made[name].dtype == torch.float32
        assert torch.allclose(made[name], 0.25 * first[name].float() + 0.75 * last, atol=1e-6)


def test_of_a_middle_block_that_only_one_has_the_average_adds_a_share(tmp_path: Path) -> None:
    folder, work = tmp_path / "model", tmp_path / "work"
    _network(0, mid_block_type=None).save_pretrained(folder / "unet")
    after = _network(1)
    after.save_pretrained(work / "unet")
    average_network(folder, work, 0.25)
    made = UNet2DConditionModel.from_pretrained(work / "unet").state_dict()
    for name, last in after.state_dict().items():
        if name.startswith("mid_block"):
            share = 0.25 if "conv2" in name or ".proj_out" in name else 1
            assert torch.allclose(made[name], share * last, atol=1e-6)


def test_an_average_asks_for_the_other_model() -> None:
    options = argparse.Namespace(stage="average", folder=None)
    with pytest.raises(SystemExit, match="--folder"):
        run_average(options, plain_studio())


def _network(
    seed: int, mid_block_type: str | None = "UNetMidBlock2DCrossAttn"
) -> UNet2DConditionModel:
    torch.manual_seed(seed)
    return UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
        cross_attention_dim=8,
        attention_head_dim=4,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        mid_block_type=mid_block_type,
    )
