"""What precision a model is read in and runs in, and that it has to prove it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionPipeline

from sdstudio.engine import Model, Request, load, load_model
from sdstudio.engine.casting import running_in
from sdstudio.engine.formats.components import Dtypes
from sdstudio.engine.formats.folder import read_folder
from sdstudio.engine.formats.single_file import read_single_file
from sdstudio.engine.precision import TOLERANCE, Plan, error_of, plan_of
from sdstudio.engine.problems import Problem
from tests.engine.pipelines import final
from tests.ldm_layout import save_config, save_ldm
from tests.tiny_models import tiny_pipeline

CPU = torch.device("cpu")
HALF = torch.float16
ON_A_CARD = Plan(HALF, Dtypes(HALF, HALF), is_checked=True)

Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Write a tiny model, its network first changed, in a precision."""

    def written(change: Callable[[Any], None] | None = None, dtype: Any = torch.float32) -> Path:
        pipeline = tiny_pipeline()
        if change is not None:
            change(pipeline.unet)
        pipeline.to(dtype).save_pretrained(tmp_path / "model")
        return tmp_path / "model"

    return written


def has(monkeypatch: pytest.MonkeyPatch, *capabilities: str) -> None:
    """Let the processor say that it can do these and nothing else."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: dict.fromkeys(capabilities, True))


@torch.no_grad()
def cancel(network: Any) -> None:
    """Make the answer the small difference of large numbers, which bfloat16 does not keep."""
    network.conv_norm_out.bias += 1000.0
    weight = network.conv_out.weight
    middle = weight[:, :, 1:2, 1:2].clone()
    weight.zero_()
    weight[:, :, 1:2, 1:2] = middle - middle.mean(dim=1, keepdim=True)


@torch.no_grad()
def overflow(network: Any) -> None:
    network.conv_in.weight[0, 0, 1, 1] = 1e5


def call(network: Any, dtype: torch.dtype) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    sample = torch.randn((1, 4, 8, 8), generator=generator).to(dtype)
    text = torch.randn((1, 8, 32), generator=generator).to(dtype)
    with torch.no_grad():
        return network(sample, 500, text, return_dict=False)[0]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_layer_by_layer_is_the_same_as_a_cast_network(dtype: torch.dtype, tiny: Model) -> None:
    network = tiny.torch_network
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    wanted = call(copy.deepcopy(network).to(dtype), dtype)
    with running_in(network, dtype):
        found = call(network, dtype)
    assert found.dtype == dtype
    assert torch.equal(found, wanted)
    assert call(network, torch.float32).dtype == torch.float32
    for name, weight in network.state_dict().items():
        assert torch.equal(weight, before[name])


def test_weights_are_put_back_after_an_error(tiny: Model) -> None:
    network = tiny.torch_network
    with pytest.raises(RuntimeError), running_in(network, torch.bfloat16):
        network(torch.zeros(1, 3, 8, 8), 500, torch.zeros(1, 8, 32))
    assert {weight.dtype for weight in network.parameters()} == {torch.float32}


@pytest.mark.parametrize("flag", ["amx_bf16", "avx512_bf16"])
@pytest.mark.parametrize("stored", [torch.float32, torch.float16])
def test_bfloat16_where_the_processor_is_fast_in_it(
    flag: str, stored: torch.dtype, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    has(monkeypatch, flag)
    monkeypatch.setattr("sdstudio.engine.device.bf16_gain", lambda: 1.8)
    folder = save(dtype=stored)
    model = load_model(folder, device="cpu")
    pipeline = StableDiffusionPipeline.from_pretrained(folder, dtype=stored)
    assert model.dtype == "bfloat16"
    assert model.remarks == ()
    assert model.precision is not None
    told = model.precision.by_name
    assert (told["reason"], told["most"]) == ("checked", "3%")
    assert 0 < float(told["error"].removesuffix("%")) < 3
    # From the file's digits, not from digits that another precision has rounded before.
    weight = model.torch_network.conv_in.weight
    assert torch.equal(weight, pipeline.unet.conv_in.weight.bfloat16())
    assert {part.dtype for part in (model.autoencoder.vae, model.reader.encoder)} == {torch.float32}
    assert 0.0 < error_of(read_folder(folder).network, torch.bfloat16) < TOLERANCE


@pytest.mark.parametrize("flag", ["avx512_f", "avx512_bf16"])
def test_float32_where_it_is_not(flag: str, save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    has(monkeypatch, flag)
    monkeypatch.setattr("sdstudio.engine.device.bf16_gain", lambda: 0.6)
    model = load_model(save(dtype=HALF), device="cpu")
    assert model.dtype == "float32"
    assert model.remarks == ()
    assert model.precision == Problem.of("precision", reason="processor")


def test_a_network_that_bfloat16_does_not_hold(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    has(monkeypatch, "amx_bf16")
    folder = save(cancel)
    model = load_model(folder, device="cpu")
    assert model.dtype == "float32"
    (remark,) = model.remarks
    assert remark.code == "precision_refused"
    assert model.precision is not None
    assert model.precision.by_name["reason"] == "refused"
    assert remark.by_name["dtype"] == "bfloat16"
    assert remark.by_name["most"] == "3%"
    assert float(remark.by_name["error"].removesuffix("%")) > 100 * TOLERANCE
    # Not a digit of it is lost.
    exact = load_model(folder, dtype=torch.float32, device="cpu").torch_network.state_dict()
    for name, weight in model.torch_network.state_dict().items():
        assert torch.equal(weight, exact[name])


def test_what_half_precision_cut_off_is_read_again(
    save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        load,
        "plan_of",
        lambda where, dtype, **_: ON_A_CARD if dtype is None else plan_of(where, dtype),
    )
    model = load_model(save(overflow), device="cpu")
    assert model.dtype == "float32"
    assert model.torch_network.conv_in.weight[0, 0, 1, 1] == 1e5
    assert [(r.code, dict(r.values)) for r in model.remarks] == [
        ("precision_refused", {"dtype": "float16"})
    ]
    # Read once more in float32, it was not asked for.
    assert model.precision == Problem.of("precision", reason="refused")


def test_half_text_encoders_say_nearly_the_same(
    save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save()
    exact = load_model(folder, dtype=torch.float32, device="cpu")
    monkeypatch.setattr(load, "plan_of", lambda *_, **__: ON_A_CARD)
    model = load_model(folder, device="cpu")
    assert (model.dtype, model.reader.encoder.dtype) == ("float16", HALF)
    for clip_skip in (0, 1):
        found = model.reader.embed("a frog", clip_skip)
        wanted = exact.reader.embed("a frog", clip_skip)
        assert found.dtype == torch.float32
        assert 0 < (found - wanted).norm() < 0.01 * wanted.norm()
    request = Request(prompt="a frog", prompt_b="a cat", mix=0.5, steps=2)
    wanted = final(exact, request)
    assert 0 < (final(model, request) - wanted).norm() < 0.05 * wanted.norm()


@pytest.mark.parametrize("stored", [torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("layout", ["folder", "shards", "variant", "file"])
def test_the_precision_of_the_file_itself(layout: str, stored: torch.dtype, tmp_path: Path) -> None:
    pipeline = tiny_pipeline().to(stored)
    folder = tmp_path / "model"
    own = Dtypes(network=None)
    if layout == "file":
        save_config(pipeline, folder)
        # The layout's writer has half precision only.
        file = save_ldm(pipeline, tmp_path / "model.safetensors")
        parts, stored = read_single_file(file, folder, dtypes=own), HALF
    else:
        pipeline.save_pretrained(folder, variant="fp16" if layout == "variant" else None)
        if layout == "shards":
            for weights in (folder / "unet").glob("*.safetensors"):
                weights.unlink()
            pipeline.unet.save_pretrained(folder / "unet", max_shard_size="50KB")
        parts = read_folder(folder, dtypes=own)
    assert {weight.dtype for weight in parts.network.parameters()} == {stored}
    assert {weight.dtype for weight in parts.vae.parameters()} == {torch.float32}


def test_what_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    full, bf16 = torch.float32, torch.bfloat16
    has(monkeypatch, "amx_bf16")
    assert plan_of(CPU, None) == Plan(bf16, Dtypes(None, full), is_checked=True)
    assert plan_of(CPU, None, stays_full=True) == Plan(full, Dtypes(full, full))
    assert plan_of(CPU, bf16, stays_full=True) == Plan(bf16, Dtypes(bf16, full))
    reasons = [plan_of(CPU, None), plan_of(CPU, None, stays_full=True), plan_of(CPU, full)]
    assert [plan.reason for plan in reasons] == ["checked", "builtin", "asked"]
    for card in (torch.device("cuda"), torch.device("mps")):
        assert plan_of(card, None, stays_full=True) == ON_A_CARD
        assert plan_of(card, full) == Plan(full, Dtypes(full, full))
        assert plan_of(card, bf16) == Plan(bf16, Dtypes(bf16, bf16))
