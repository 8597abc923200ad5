"""Settings that spare memory: what each leaves of the picture, and how much less it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from sdstudio.engine import Model, ModelError, Request, denoise, load_model, thrift
from sdstudio.engine.attention import record_attention
from tests.tiny_families import save_family

Folders = Callable[..., Path]
REQUEST = Request(prompt="a frog", steps=3, width=32, height=32, guidance_scale=5.0)


@pytest.fixture
def model(tiny_folders: Folders) -> Model:
    return load_model(tiny_folders(), dtype="float32", device="cpu")


def made(model: Model, *requests: Request) -> torch.Tensor:
    *_, last = denoise(model, list(requests) or REQUEST)
    return last.next_latents


@contextmanager
def largest_of(module: nn.Module) -> Iterator[list[int]]:
    """The most numbers that a layer gave out, and the rows they were of."""
    most = [0, 0]

    def look(layer: nn.Module, args: Any, out: Any) -> None:
        if isinstance(out, torch.Tensor) and out.ndim > 2 and out.numel() > most[0]:
            most[:] = [out.numel(), len(out)]

    handles = [layer.register_forward_hook(look) for layer in module.modules()]
    try:
        yield most
    finally:
        for handle in handles:
            handle.remove()


def test_from_rung_to_rung(model: Model) -> None:
    taken = []
    while model.ladder.next is not None:
        taken.append(model.ladder.descend())
    assert taken == ["autoencoder", "rows"]
    said = [(remark.code, remark.by_name["reason"]) for remark in model.remarks]
    assert said == [("memory_spared", rung) for rung in taken]
    with pytest.raises(ModelError, match="memory_spared_all"):
        model.ladder.descend()


def test_where_a_rung_would_spare_nothing_it_is_passed_over(tmp_path: Path) -> None:
    # Its tiles would not fit this autoencoder, and its network is asked once a step.
    lcm = load_model(save_family("lcm", tmp_path / "lcm"), dtype="float32", device="cpu")
    assert "rows" not in iter(lambda: lcm.ladder.next and lcm.ladder.descend(), None)


def test_on_an_accelerator_parts_take_turns_last(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Model, "torch_device", torch.device("cuda"))
    monkeypatch.setattr(Model, "offload", lambda model: setattr(model, "_offload", object()))
    assert [model.ladder.descend() for _ in range(3)] == ["autoencoder", "rows", "offload"]
    assert model.ladder.next is None


def test_row_by_row_it_is_the_same_picture_with_half_the_numbers(model: Model) -> None:
    family = (REQUEST, Request(**{**vars(REQUEST), "seed": 9, "prompt": "a cat"}))
    with largest_of(model.torch_network) as whole:
        wanted, wanted_family = made(model), made(model, *family)
    model.ladder.take("rows")
    with largest_of(model.torch_network) as rows:
        found, found_family = made(model), made(model, *family)
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-4)
    torch.testing.assert_close(found_family, wanted_family, rtol=0, atol=1e-4)
    # Two pictures, each with and without its text: four rows before, one now.
    assert whole[1] == 4
    assert rows == [whole[0] // 4, 1]


@pytest.mark.parametrize("name", ["sdxl"])
def test_row_by_row_with_what_sdxl_is_told_besides(name: str, tmp_path: Path) -> None:
    model = load_model(save_family(name, tmp_path / "model"), dtype="float32", device="cpu")
    request = Request(prompt="a frog", negative_prompt="a cat", steps=2)
    wanted = made(model, request)
    model.ladder.take("rows")
    torch.testing.assert_close(made(model, request), wanted, rtol=0, atol=1e-4)


def test_row_by_row_attention_is_recorded_of_every_row(model: Model) -> None:
    maps = []
    for _ in range(2):
        with record_attention(model) as recorder:
            next(denoise(model, REQUEST))
        maps.append(recorder.maps)
        model.ladder.take("rows")
    assert maps[0].keys() == maps[1].keys()
    for layer, wanted in maps[0].items():
        assert len(wanted) == 2
        torch.testing.assert_close(maps[1][layer], wanted, rtol=0, atol=1e-5)


def test_attention_in_slices_is_the_same_picture(model: Model) -> None:
    wanted = made(model)
    model.ladder.take("attention")
    kinds = {type(each).__name__ for each in model.torch_network.attn_processors.values()}
    assert kinds == {"SlicedAttnProcessor"}
    torch.testing.assert_close(made(model), wanted, rtol=0, atol=1e-4)


def test_in_tiles_the_picture_is_nearly_the_same_with_fewer_numbers(model: Model) -> None:
    vae = model.autoencoder.vae
    seed = torch.Generator().manual_seed(0)
    latents = torch.randn((1, 4, 64, 64), generator=seed)
    pixels = torch.rand((1, 3, 128, 128), generator=seed) * 2 - 1
    before = vae.tile_sample_min_size, vae.tile_latent_min_size
    with largest_of(vae) as whole:
        wanted = model.decode_array(latents).astype(int)
        encoded = model.encode_pixels(pixels)
    model.ladder.take("autoencoder")
    assert model.autoencoder.tile == model.native_size[0] // 2 == 8
    # As many latents as half of SD 1.5's native size has.
    model.autoencoder.tile = 64
    with largest_of(vae) as tiled:
        found = model.decode_array(latents).astype(int)
        again = model.encode_pixels(pixels)
    assert tiled[0] == whole[0] // 4
    assert not np.array_equal(found, wanted)
    # Seen: 1.5 of 255 levels of a picture whose deviation is 42, and 8% of the latents.
    assert np.abs(found - wanted).mean() < 3
    assert (again - encoded).norm() < 0.15 * encoded.norm()
    # What is set for them is set no longer than it takes.
    assert (vae.tile_sample_min_size, vae.tile_latent_min_size) == before
    assert not vae.use_tiling


def test_previews_find_out_anew_what_a_decode_costs(model: Model) -> None:
    latents = torch.randn((1, 4, 8, 8), generator=torch.Generator().manual_seed(0))
    model.preview(latents, 0.0)
    assert set(model._preview._seconds) == {"vae"}
    model.ladder.take("autoencoder")
    assert not model._preview._seconds


def test_without_the_faster_engine_it_is_the_picture_of_torch(tiny_folders: Folders) -> None:
    fast = load_model(tiny_folders(), device="cpu")
    assert (fast.engine, fast.ladder.next) == ("openvino", "engine")
    exact = made(load_model(tiny_folders(), dtype="float32", device="cpu"))
    fast.ladder.descend()
    assert (fast.engine, fast.ref.engine, fast.fast_network) == ("torch", "torch", None)
    assert fast.autoencoder.fast is None
    assert torch.equal(made(fast), exact)
    # Prepared anew when it is asked for, and let go again.
    assert fast.optimise()
    fast.swap()
    assert (fast.engine, fast.ladder.next) == ("openvino", "engine")


def test_the_rungs_are_those_that_have_words() -> None:
    from sdstudio.ui.sentences.memory import sentences

    for rung in thrift.RUNGS:
        assert {f"less_memory/{rung}", f"memory_spared/{rung}"} <= sentences().keys()
