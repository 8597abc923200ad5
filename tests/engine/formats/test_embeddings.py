"""Textual inversions in the layouts that are in use, on SD 1 and SDXL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import DiffusionPipeline
from safetensors.torch import save_file

from sdstudio.engine import ModelError, Request, load_model
from tests.engine.pipelines import SEED, final, generator, prepared
from tests.tiny_families import save_family
from tests.tiny_models import WIDTH, save_tiny


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    home = tmp_path_factory.mktemp("models")
    return {"sd1": save_tiny(home / "sd1"), "sdxl": save_family("sdxl", home / "sdxl")}


def vectors(count: int, width: int = WIDTH) -> torch.Tensor:
    return 3 * torch.randn((count, width), generator=torch.Generator().manual_seed(count))


def written(layout: str, tensor: torch.Tensor, folder: Path) -> tuple[Path, str]:
    """A file of that layout, and the word it adds."""
    if layout == "diffusers":
        file = folder / "learned_embeds.safetensors"
        save_file({"<toad>": tensor}, file)
        return file, "<toad>"
    if layout == "diffusers.bin":
        file = folder / "learned_embeds.bin"
        torch.save({"<toad>": tensor}, file)
        return file, "<toad>"
    if layout == "a1111.pt":
        file = folder / "toad.pt"
        content = {
            "string_to_token": {"*": 265},
            "string_to_param": {"*": tensor},
            "name": "wartytoad",
            "step": 10,
        }
        torch.save(content, file)
        return file, "wartytoad"
    file = folder / "mytoad.safetensors"
    save_file({"emb_params": tensor}, file)
    return file, "mytoad"


@pytest.mark.parametrize("layout", ["diffusers", "diffusers.bin", "a1111.pt", "a1111"])
@pytest.mark.parametrize("count", [1, 3])
def test_a_word_means_what_it_means_to_diffusers(
    layout: str, count: int, folders: dict[str, Path], tmp_path: Path
) -> None:
    tensor = vectors(count)
    file, word = written(layout, tensor, tmp_path)
    model = load_model(folders["sd1"], dtype="float32", embeddings=[file])
    pipeline = DiffusionPipeline.from_pretrained(folders["sd1"])
    pipeline.set_progress_bar_config(disable=True)
    pipeline.load_textual_inversion({word: tensor if count > 1 else tensor[0]}, token=word)
    prompt = f"a {word} cat"
    expected = prepared(pipeline, "DDIM", model.scheduler_config)(
        prompt, num_inference_steps=3, generator=generator(), output_type="latent"
    ).images
    request = Request(prompt=prompt, steps=3, seed=SEED)
    found = final(model, request)
    assert torch.equal(found, expected)
    plain = load_model(folders["sd1"], dtype="float32")
    assert not torch.allclose(final(plain, request), found, atol=1e-3)
    # Without the word nothing changes; but it is another model.
    without = Request(prompt="a cat", steps=3, seed=SEED)
    assert torch.equal(final(plain, without), final(model, without))
    assert plain.ref.hash != model.ref.hash


@pytest.mark.parametrize("count", [1, 2])
def test_sdxl_has_vectors_for_both_encoders(
    count: int, folders: dict[str, Path], tmp_path: Path
) -> None:
    small, large = vectors(count), vectors(count, WIDTH + 8)
    file = tmp_path / "toad.safetensors"
    save_file({"clip_l": small, "clip_g": large}, file)
    model = load_model(folders["sdxl"], dtype="float32", embeddings=[file])
    pipeline: Any = DiffusionPipeline.from_pretrained(folders["sdxl"])
    pipeline.set_progress_bar_config(disable=True)
    for tensor, number in ((small, ""), (large, "_2")):
        pipeline.load_textual_inversion(
            {"toad": tensor if count > 1 else tensor[0]},
            token="toad",
            tokenizer=getattr(pipeline, f"tokenizer{number}"),
            text_encoder=getattr(pipeline, f"text_encoder{number}"),
        )
    expected = prepared(pipeline, "DDIM", model.scheduler_config)(
        "a toad cat",
        num_inference_steps=3,
        guidance_scale=7.5,
        generator=generator(),
        output_type="latent",
    ).images
    assert torch.equal(final(model, Request(prompt="a toad cat", steps=3, seed=SEED)), expected)


def code_of(folder: Path, *files: Path) -> str:
    with pytest.raises(ModelError) as caught:
        load_model(folder, embeddings=files)
    return caught.value.problems[0].code


def test_what_does_not_fit_is_named(folders: dict[str, Path], tmp_path: Path) -> None:
    sd1 = folders["sd1"]
    wide = tmp_path / "wide.safetensors"
    save_file({"emb_params": vectors(1, 99)}, wide)
    assert code_of(sd1, wide) == "inversion_family"
    both = tmp_path / "both.safetensors"
    save_file({"clip_l": vectors(1), "clip_g": vectors(1, WIDTH + 8)}, both)
    assert code_of(sd1, both) == "inversion_family"
    one = tmp_path / "one.safetensors"
    save_file({"emb_params": vectors(1)}, one)
    assert code_of(folders["sdxl"], one) == "inversion_family"
    assert code_of(sd1, one, one) == "inversion_known"
    other = tmp_path / "other.safetensors"
    save_file({"a": vectors(1), "b": vectors(1)}, other)
    assert code_of(sd1, other) == "not_an_inversion"
    assert code_of(sd1, tmp_path / "nowhere.pt") == "file_missing"
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(one.read_bytes()[:20])
    assert code_of(sd1, cut) == "file_damaged"
