"""LoRAs by name and weight, in force for one run and gone for the next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import save_file

from sdstudio.engine import Model, Request, RequestError, denoise, load_model
from tests.kohya import save_kohya
from tests.tiny_families import tiny_sdxl
from tests.tiny_models import tiny_pipeline


@pytest.fixture
def model(tiny_folders: Callable[..., Path]) -> Model:
    return load_model(tiny_folders(), dtype="float32")


def final(model: Model, *loras: tuple[str, float]) -> torch.Tensor:
    *_, last = denoise(model, Request(prompt="a frog", steps=3, loras=loras))
    return last.next_latents


def test_with_a_lora_a_fast_model_runs_on_torch(
    model: Model, lora: Path, tiny_folders: Callable[..., Path]
) -> None:
    fast = load_model(tiny_folders(), device="cpu")
    assert fast.engine == "openvino"
    before = final(fast)
    assert torch.equal(final(fast, (str(lora), 1.0)), final(model, (str(lora), 1.0)))
    assert fast.ref.engine == "torch"
    assert torch.equal(final(fast), before)
    assert fast.ref.engine == "openvino"


def test_a_lora_is_in_force_for_its_run_only(
    model: Model, lora: Path, tiny_folders: Callable[..., Path]
) -> None:
    before = final(model)
    full, half = final(model, (str(lora), 1.0)), final(model, (str(lora), 0.5))
    assert not torch.equal(full, before)
    assert not torch.equal(half, full)
    assert torch.equal(final(model), before)

    pipeline = StableDiffusionPipeline.from_pretrained(tiny_folders())
    pipeline.set_progress_bar_config(disable=True)
    pipeline.load_lora_weights(str(lora.parent), weight_name=lora.name, adapter_name="one")
    pipeline.set_adapters(["one"], [0.5])
    from sdstudio.engine.schedulers import make_scheduler

    pipeline.scheduler = make_scheduler(model.scheduler_config, Request(steps=3), [0])
    expected = pipeline(
        "a frog",
        num_inference_steps=3,
        generator=torch.Generator().manual_seed(0),
        output_type="latent",
    ).images
    assert torch.equal(half, expected)


def test_a_lora_that_does_not_fit_leaves_the_model_as_it_was(
    model: Model, lora: Path, tmp_path: Path
) -> None:
    before = final(model)
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(lora.read_bytes()[:50])
    with pytest.raises(RequestError) as caught:
        final(model, (str(broken), 1.0))
    assert caught.value.problems[0].code == "lora_unreadable"
    assert torch.equal(final(model), before)


@pytest.mark.parametrize("source", ["nowhere.safetensors", "builtin:nothing", "builtin:../../x"])
def test_a_lora_that_is_not_there(source: str, model: Model) -> None:
    with pytest.raises(RequestError, match="lora_missing"):
        final(model, (source, 1.0))


# In the layout of Kohya's trainer, on SD 1 and SDXL, several at once.


def merged(pipeline: Any, *added: tuple[dict[str, torch.Tensor], float]) -> Any:
    """The pipeline with the LoRAs' products added to its weights by hand."""
    for products, weight in added:
        for name, product in products.items():
            part, _, rest = name.partition(".")
            getattr(pipeline, part).get_parameter(rest).data += weight * product
    return pipeline


@pytest.mark.parametrize("family", ["sd1", "sdxl"])
def test_several_at_once_are_the_sum_of_their_products(family: str, tmp_path: Path) -> None:
    make = tiny_pipeline if family == "sd1" else tiny_sdxl
    pipeline = make()
    pipeline.save_pretrained(tmp_path / "plain")
    first = save_kohya(pipeline, tmp_path / "first.safetensors", seed=1)
    second = save_kohya(pipeline, tmp_path / "second.safetensors", seed=2)
    merged(pipeline, (first, 0.75), (second, -0.5)).save_pretrained(tmp_path / "merged")

    plain = load_model(tmp_path / "plain", dtype="float32")
    before = final(plain)
    wanted = final(load_model(tmp_path / "merged", dtype="float32"))
    loras = (
        (str(tmp_path / "first.safetensors"), 0.75),
        (str(tmp_path / "second.safetensors"), -0.5),
    )
    found = final(plain, *loras)
    assert (wanted - before).norm() > 0.05 * before.norm()
    torch.testing.assert_close(found, wanted, atol=1e-4, rtol=1e-3)
    alone = final(plain, loras[0])
    assert not torch.allclose(alone, wanted, atol=1e-2)
    assert torch.equal(final(plain), before)


def test_a_lora_of_another_family_is_named(tmp_path: Path, model: Model) -> None:
    before = final(model)
    other = tmp_path / "xl.safetensors"
    key = "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.lora_down.weight"
    save_file({key: torch.zeros(4, 2048)}, other)
    flux = tmp_path / "flux.safetensors"
    save_file({"lora_unet_double_blocks_0_img_attn.lora_down.weight": torch.zeros(4, 8)}, flux)
    for file, family in ((other, "SDXL"), (flux, "Flux")):
        with pytest.raises(RequestError) as caught:
            final(model, (str(file), 1.0))
        (problem,) = caught.value.problems
        assert (problem.code, problem.by_name["made_for"]) == ("lora_family", family)
    assert torch.equal(final(model), before)
