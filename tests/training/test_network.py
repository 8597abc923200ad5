"""The network that training begins with."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers import UNet2DConditionModel

pytest.importorskip("resvg_py", reason="the training extra is not installed")

from sdstudio.training.network import new_network, open_network


def test_a_network_without_a_middle_gets_one_that_changes_nothing_yet(tmp_path: Path) -> None:
    torch.manual_seed(0)
    old = UNet2DConditionModel.from_config({**new_network().config, "mid_block_type": None})
    old.save_pretrained(tmp_path)
    grown = open_network(tmp_path)
    assert grown.config.mid_block_type == new_network().config.mid_block_type
    given = torch.randn(2, 4, 16, 16), torch.tensor([20, 700]), torch.randn(2, 32, 256)
    with torch.no_grad():
        before, after = old(*given).sample, grown(*given).sample
    assert torch.allclose(before, after, atol=1e-5)
    # It learns from the first step on.
    grown(*given).sample.square().mean().backward()
    assert float(grown.mid_block.resnets[0].conv2.weight.grad.abs().max()) > 0
    assert float(grown.mid_block.attentions[0].proj_out.weight.grad.abs().max()) > 0


def test_a_network_with_a_middle_stays_as_it_is(tmp_path: Path) -> None:
    torch.manual_seed(0)
    saved = new_network()
    saved.save_pretrained(tmp_path)
    opened = open_network(tmp_path)
    for mine, other in zip(opened.parameters(), saved.parameters(), strict=True):
        assert torch.equal(mine, other)
