"""The faster runtime: it computes what torch does, the same bytes each time, or is not used."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
import torch
from diffusers import UNet2DConditionModel

from sdstudio.engine import Cancelled, Edit, Model, Request, denoise, load_model, record_attention
from sdstudio.engine.cancel import cancellable
from sdstudio.engine.fast import TOLERANCE, prepare, runtime, twin
from sdstudio.engine.fast.layers import UnsupportedLayerError
from sdstudio.engine.fast.network import Shape, network_graph
from sdstudio.engine.fast.parts import check_supported
from sdstudio.engine.fast.runtime import FastDecoder, FastNetwork, Kept

CONFIG = {
    "sample_size": 8,
    "block_out_channels": (16, 32),
    "layers_per_block": 1,
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
    "cross_attention_dim": 24,
    "attention_head_dim": 2,
    "norm_num_groups": 8,
}
REQUEST = Request(prompt="a frog", steps=4, seed=3, guidance_scale=5.0, scheduler="DDIM")


@pytest.fixture(scope="module")
def fast(tiny_folders: Callable[..., Path]) -> Model:
    """A model with both its network and its autoencoder on OpenVINO."""
    return load_model(tiny_folders("epsilon", "tiny"), device="cpu")


@pytest.fixture
def exact(tiny_models: Callable[..., Model]) -> Model:
    """The same in torch."""
    return tiny_models("epsilon", "tiny")


def final(model: Model, request: Request | list[Request], **how: object) -> torch.Tensor:
    """The latents at the end."""
    *_, last = denoise(model, request, **how)
    return last.next_latents


def error(found: torch.Tensor, wanted: torch.Tensor) -> float:
    """Relative error by norm."""
    return ((found - wanted).norm() / wanted.norm()).item()


def call_error(
    network: UNet2DConditionModel, rows: int = 2, height: int = 8, width: int = 8
) -> float:
    """Relative error of calls with equal and with different latents in the batch."""
    made = FastNetwork(network, threads=1)
    sample = torch.randn(rows, 4, height, width)
    text = torch.randn(rows, 7, network.config.cross_attention_dim)
    errors = []
    with torch.no_grad():
        for latents in (sample, torch.cat([sample[:1]] * rows)):
            wanted = network(latents, 321.5, text, return_dict=False)[0]
            found = made(latents, torch.tensor(321.5), encoder_hidden_states=text)[0]
            errors.append(error(found, wanted))
    return max(errors)


@pytest.mark.parametrize(
    "kind",
    [
        {},
        {"use_linear_projection": True},
        {"layers_per_block": 2, "transformer_layers_per_block": 2},
        {"mid_block_type": None},
        {
            "down_block_types": ("CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        },
        {"flip_sin_to_cos": False, "freq_shift": 1},
        {"mid_block_scale_factor": 2.0},
    ],
    ids=str,
)
def test_every_kind_of_unet_computes_what_torch_does(kind: dict[str, object]) -> None:
    torch.manual_seed(1)
    network = UNet2DConditionModel(**{**CONFIG, **kind}).eval().requires_grad_(False)
    assert call_error(network) < 1e-5


@pytest.mark.parametrize(
    ("rows", "height", "width"), [(1, 8, 8), (2, 12, 6), (3, 8, 10), (4, 9, 7)]
)
def test_any_batch_and_size_computes_what_torch_does(
    tiny: Model, rows: int, height: int, width: int
) -> None:
    network = twin(tiny.network)
    assert call_error(network, rows=rows, height=height, width=width) < 1e-5


def test_the_default_mode_starts_fast_and_says_so(fast: Model, exact: Model) -> None:
    assert fast.engine == fast.ref.engine == "openvino"
    assert isinstance(fast.network, FastNetwork)
    assert exact.engine == "torch"


@pytest.mark.parametrize(
    "request_",
    [
        REQUEST,
        Request(prompt="a frog", steps=4, guidance_scale=1.0),
        Request(prompt="a", prompt_b="b", mix=0.5, steps=4, width=24, height=16),
        Request(prompt="a", steps=3, scheduler="Euler a", guidance_rescale=0.5),
    ],
    ids=["guided", "unguided", "mixed, not square", "Euler a"],
)
def test_pictures_are_those_of_the_exact_mode(fast: Model, exact: Model, request_: Request) -> None:
    found, wanted = final(fast, request_), final(exact, request_)
    assert error(found, wanted) < 1e-4
    pixels = fast.decode_array(found).astype(int) - exact.decode_array(wanted).astype(int)
    assert abs(pixels).max() <= 1


def test_the_same_request_gives_the_same_bytes(
    fast: Model, tiny_folders: Callable[..., Path]
) -> None:
    first = final(fast, REQUEST)
    other = Request(prompt="a rabbit", steps=2, width=24, height=24)
    final(fast, other)
    again = load_model(tiny_folders("epsilon", "tiny"), device="cpu")
    assert torch.equal(first, final(fast, REQUEST))
    assert torch.equal(first, final(again, REQUEST))
    assert (fast.decode_array(first) == again.decode_array(first)).all()


def test_a_batch_agrees_with_its_images_one_by_one(fast: Model) -> None:
    requests = [REQUEST, Request(prompt="b", steps=4, seed=8, guidance_scale=2.0)]
    together = final(fast, requests)
    alone = torch.cat([final(fast, each) for each in requests])
    assert error(together, alone) < 1e-4


def test_a_new_prompt_is_heard_at_its_step(fast: Model, exact: Model) -> None:
    def steer(index: int, request: Request) -> Edit | None:
        return Edit(step=index, prompt="a rabbit") if index == 2 else None

    found, wanted = final(fast, REQUEST, steer=steer), final(exact, REQUEST, steer=steer)
    assert error(found, wanted) < 1e-4
    assert not torch.equal(found, final(fast, REQUEST))


@pytest.mark.parametrize("request_", [REQUEST, replace(REQUEST, guidance_scale=1.0)])
def test_recorded_attention_is_that_of_torch_and_changes_nothing(
    fast: Model, exact: Model, request_: Request
) -> None:
    before = final(fast, request_)
    with record_attention(fast) as attention:
        assert torch.equal(final(fast, request_), before)
    with record_attention(exact) as wanted:
        final(exact, request_)
    assert set(attention.maps) == set(wanted.maps) != set()
    for layer, maps in attention.maps.items():
        torch.testing.assert_close(maps, wanted.maps[layer], rtol=1e-3, atol=1e-5)
    assert fast.fast_network is not None
    assert fast.fast_network.watch is None


def test_only_the_shapes_used_last_are_kept() -> None:
    made = count()
    kept: Kept[str, int] = Kept(lambda key: next(made), most=2)
    assert [kept[key] for key in "abacab"] == [0, 1, 0, 2, 0, 3]


def test_a_large_model_is_optimised_only_when_asked(
    tiny_folders: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sdstudio.engine.load.QUICK_PARAMETERS", 10)
    model = load_model(tiny_folders(), device="cpu")
    assert model.engine == "torch"
    told = []
    assert model.optimise(lambda stage, share: told.append((stage, share)))
    assert model.engine == "torch"
    assert [stage for stage, _ in told] == ["optimising"] * len(told)
    assert [share for _, share in told] == sorted(share for _, share in told)
    model.swap()
    assert model.engine == "openvino"
    # A KL autoencoder stays with torch.
    assert model.decode(final(model, REQUEST)).size == (16, 16)


def test_it_is_prepared_beside_a_run_without_touching_it(
    tiny_folders: Callable[..., Path],
) -> None:
    model = load_model(tiny_folders(), dtype="float32", device="cpu")
    before = final(model, REQUEST)
    prepared: list[bool] = []
    thread = threading.Thread(target=lambda: prepared.append(model.optimise()))
    latents = []
    for step in denoise(model, REQUEST, cancelled=lambda: False):
        if step.index == 0:
            thread.start()
        latents.append(step.next_latents)
    thread.join()
    assert prepared == [True]
    assert torch.equal(latents[-1], before)
    assert model.engine == "torch"


def test_without_openvino_torch_works_on(
    tiny_folders: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(sys.modules):
        if name.startswith("sdstudio.engine.fast."):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "openvino", None)
    model = load_model(tiny_folders(), device="cpu")
    assert model.engine == "torch"
    assert model.optimise() is False
    model.swap()
    assert model.engine == "torch"


def test_results_that_differ_are_refused(tiny: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TOLERANCE, torch.float32, 0.0)
    assert prepare(tiny.network, tiny.autoencoder.vae, 8) is None


def test_results_that_are_not_numbers_are_refused(tiny: Model) -> None:
    network = twin(tiny.network)
    network.conv_in.weight = torch.nn.Parameter(torch.full_like(network.conv_in.weight, torch.nan))
    assert prepare(network, tiny.autoencoder.vae, 8) is None


def test_half_precision_is_left_to_torch(tiny: Model) -> None:
    network = twin(tiny.network)
    assert prepare(network.half(), tiny.autoencoder.vae, 8) is None


@pytest.mark.parametrize(
    "kind",
    [
        {"resnet_time_scale_shift": "scale_shift"},
        {"time_cond_proj_dim": 8},
        {"class_embed_type": "timestep"},
        {"down_block_types": ("AttnDownBlock2D", "CrossAttnDownBlock2D")},
    ],
    ids=str,
)
def test_a_network_it_does_not_know_is_left_to_torch(kind: dict[str, object]) -> None:
    network = UNet2DConditionModel(**{**CONFIG, **kind}).eval()
    with pytest.raises(UnsupportedLayerError):
        check_supported(network)


def test_a_twin_shares_the_weights_and_nothing_else(tiny: Model) -> None:
    handle = tiny.network.conv_in.register_forward_pre_hook(lambda *_: None)
    try:
        other = twin(tiny.network)
    finally:
        handle.remove()
    assert not other.conv_in._forward_pre_hooks
    assert other.conv_in.weight.data_ptr() == tiny.network.conv_in.weight.data_ptr()


def test_guidance_computes_the_latents_own_part_once(tiny: Model) -> None:
    graph = network_graph(twin(tiny.network), Shape(1, True, 8, 8, 7))
    rows = {
        node.output(0).shape[0] for node in graph.get_ops() if node.get_type_name() == "Convolution"
    }
    assert rows == {1, 2}


def test_the_decoder_computes_what_torch_does(exact: Model) -> None:
    latents = torch.randn(2, 4, 6, 9)
    with torch.no_grad():
        wanted = exact.autoencoder.vae.decode(latents, return_dict=False)[0]
    assert error(FastDecoder(exact.autoencoder.vae, threads=1)(latents), wanted) < 1e-5


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_signals_are_survived_after_a_model_is_let_go(
    tiny_folders: Callable[..., Path],
) -> None:
    code = """
import faulthandler, gc, os, signal, sys
from sdstudio.engine import Request, denoise, load_model

faulthandler.enable()
signal.signal(signal.SIGINT, lambda *_: None)
models = [load_model(sys.argv[1], device="cpu") for _ in range(2)]
for model in models:
    list(denoise(model, Request(prompt="a frog", steps=1)))
del model
while models:
    del models[0]
    gc.collect()
os.kill(os.getpid(), signal.SIGINT)
print("alive")
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tiny_folders("epsilon", "tiny"))],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )
    assert done.stdout == "alive\n", (done.returncode, done.stderr)


def test_a_call_is_left_when_nobody_wants_it_and_can_be_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch.manual_seed(0)
    network = FastNetwork(UNet2DConditionModel(**CONFIG).eval(), threads=1)
    call = (torch.randn((1, 4, 64, 64)), 500, torch.randn((1, 7, 24)))
    (before,) = network(*call)
    monkeypatch.setattr(runtime, "ASK_MS", 0)
    monkeypatch.setattr(runtime, "WORTH_ASKING", 0)
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return True

    with cancellable(network, cancelled), pytest.raises(Cancelled):
        network(*call)
    assert asked == 1
    assert network.cancelled is None
    assert torch.equal(network(*call)[0], before)
    with cancellable(network, lambda: False):
        assert torch.equal(network(*call)[0], before)
