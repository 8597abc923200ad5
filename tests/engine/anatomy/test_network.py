"""The network's shape as it says itself, and what its blocks hand on."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from sdstudio.engine import Model, Request, denoise, load_model
from sdstudio.engine.anatomy.features import features_at
from sdstudio.engine.anatomy.network import network_of
from sdstudio.engine.cancel import Cancelled, cancellable


@pytest.fixture(scope="module")
def builtin() -> Model:
    return load_model("builtin")


def test_the_parts_are_the_whole(builtin: Model) -> None:
    shape = network_of(builtin)
    parts = [block.part for block in shape.blocks]
    assert parts == ["in", *["down"] * 3, "mid", *["up"] * 3, "out"]
    weights = sum(block.parameters for block in shape.blocks) + shape.time_parameters
    assert weights == shape.parameters == builtin.parameters
    for before, after in zip(shape.blocks, shape.blocks[1:], strict=False):
        assert before.gives == after.takes
    assert shape.blocks[0].takes == shape.blocks[-1].gives == (4, 16, 16)
    assert sum(block.cross for block in shape.blocks) == 7
    assert shape.text_width == 256
    assert shape.tokens == builtin.max_tokens


def test_what_goes_across_is_taken_in_reverse(builtin: Model) -> None:
    blocks = network_of(builtin, 192, 128).blocks
    given = [skip for block in blocks if block.part in ("in", "down") for skip in block.skips]
    taken = [skip for block in blocks if block.part == "up" for skip in block.skips]
    assert taken == given[::-1]
    assert given[0] == (64, 16, 24)


def test_a_network_with_a_middle(tiny: Model) -> None:
    blocks = network_of(tiny).blocks
    assert [block.part for block in blocks] == ["in", "down", "down", "mid", "up", "up", "out"]
    assert blocks[3].takes == blocks[3].gives == (64, 4, 4)
    assert blocks[3].residual == 2


def test_the_last_block_hands_on_the_prediction(tiny: Model) -> None:
    steps = list(denoise(tiny, Request(prompt="a frog", steps=3, seed=2, guidance_scale=4.0)))
    found = features_at(tiny, steps[1], "conv_out")
    wanted = steps[1].predictions["cond"][0].numpy()
    np.testing.assert_allclose(found.maps, wanted, rtol=1e-4, atol=1e-5)
    assert found.channels == 4
    strength = np.sqrt(np.square(wanted).mean(axis=0))
    np.testing.assert_allclose(found.strength, strength, rtol=1e-4, atol=1e-5)
    assert found.mean == pytest.approx(wanted.mean(), abs=1e-5)
    assert found.deviation == pytest.approx(wanted.std(), rel=1e-4)


def test_each_block_hands_on_what_the_shape_says(builtin: Model) -> None:
    steps = list(denoise(builtin, Request(prompt="a frog", steps=2, width=128, height=192)))
    for block in network_of(builtin, 128, 192).blocks:
        found = features_at(builtin, steps[0], block.name, first=2, count=3)
        assert found.channels == block.gives[0]
        assert found.maps.shape == (min(3, found.channels - 2), *block.gives[1:])


def test_looking_leaves_no_hook(tiny: Model) -> None:
    step = next(iter(denoise(tiny, Request(prompt="a", steps=2))))
    features_at(tiny, step, "mid_block")
    assert not tiny.torch_network.mid_block._forward_hooks
    with pytest.raises(Cancelled), cancellable(tiny.torch_network, lambda: True):
        features_at(tiny, step, "mid_block")
    assert not tiny.torch_network.mid_block._forward_hooks
    assert not torch.is_inference_mode_enabled()
