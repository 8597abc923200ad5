"""Folders as they are on people's disks: in half precision, in shards, incomplete, hostile."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import DiffusionPipeline
from safetensors.torch import load_file, save_file

from sdstudio.engine import Model, ModelError, Request, denoise, load_model
from sdstudio.engine.formats.weights import is_beside
from tests.tiny_families import tiny_sdxl

PARTS = ("unet", "vae", "text_encoder", "text_encoder_2")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdxl") / "model"
    tiny_sdxl().save_pretrained(folder)
    return folder


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "model"))


def final(model: Model) -> torch.Tensor:
    *_, last = denoise(model, Request(prompt="a frog", steps=2))
    return last.next_latents


def exact(folder: Path) -> Model:
    return load_model(folder, dtype="float32", device="cpu")


def problem_of(call: Callable[[], object]) -> Any:
    with pytest.raises(ModelError) as caught:
        call()
    return caught.value.problems[0]


@pytest.mark.parametrize("variant", ["fp16", "bf16"])
def test_a_half_precision_variant(variant: str, saved: Path, tmp_path: Path) -> None:
    dtype = torch.float16 if variant == "fp16" else torch.bfloat16
    pipeline = DiffusionPipeline.from_pretrained(saved).to(dtype)
    pipeline.save_pretrained(tmp_path / "half", variant=variant)
    assert (tmp_path / "half" / "unet" / f"diffusion_pytorch_model.{variant}.safetensors").exists()
    model = exact(tmp_path / "half")
    weight = model.torch_network.conv_in.weight
    assert weight.dtype == torch.float32
    assert torch.equal(weight, pipeline.unet.conv_in.weight.float())
    whole = final(exact(saved))
    assert 0 < (final(model) - whole).norm() < 0.05 * whole.norm()


def test_full_precision_is_taken_where_both_are_there(folder: Path) -> None:
    before = final(exact(folder))
    for part in PARTS:
        (file,) = (folder / part).glob("*.safetensors")
        half = {name: weight.half() for name, weight in load_file(file).items()}
        name = file.name.replace(".safetensors", ".fp16.safetensors")
        save_file(half, file.with_name(name), metadata={"format": "pt"})
    assert torch.equal(final(exact(folder)), before)


@pytest.mark.parametrize("variant", [None, "fp16"])
def test_shards(variant: str | None, saved: Path, tmp_path: Path) -> None:
    pipeline = DiffusionPipeline.from_pretrained(saved)
    target = tmp_path / "sharded"
    # No option of the pipeline's own cuts all its parts up.
    pipeline.save_pretrained(target)
    for part in PARTS:
        for file in (target / part).glob("*.safetensors"):
            file.unlink()
        getattr(pipeline, part).save_pretrained(
            target / part, max_shard_size="50KB", variant=variant
        )
        assert len(list((target / part).glob("*-of-*.safetensors"))) > 1, part
    assert torch.equal(final(exact(target)), final(exact(saved)))


def sharded_index(folder: Path, shard: str) -> Path:
    """Make the network's weights one shard of an index that names it so."""
    (file,) = (folder / "unet").glob("*.safetensors")
    names = dict.fromkeys(load_file(file), shard)
    index = file.with_name(file.name + ".index.json")
    index.write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": names}))
    file.rename(folder / "elsewhere.safetensors")
    return index


@pytest.mark.parametrize("part", ["unet", "text_encoder_2"])
def test_an_index_that_leads_outside_is_refused(part: str, folder: Path) -> None:
    sharded_index(folder, "../elsewhere.safetensors")
    if part != "unet":
        shutil.rmtree(folder / part)
        shutil.copytree(folder / "unet", folder / part)
    found = problem_of(lambda: load_model(folder))
    assert found.code == "index_outside"
    assert found.by_name["file"] == "../elsewhere.safetensors"


@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("model-00001-of-00002.safetensors", True),
        ("../x", False),
        ("/etc/x", False),
        ("a/b", False),
        ("..\\x", False),
        ("C:x", False),
        ("..", False),
        ("", False),
    ],
)
def test_what_stays_in_a_folder(name: str, beside: bool) -> None:
    assert is_beside(name) is beside


def test_an_index_that_is_none(folder: Path) -> None:
    sharded_index(folder, "x").write_text('{"weight_map": 3}')
    assert problem_of(lambda: load_model(folder)).code == "model_damaged"


def test_a_part_without_weights(folder: Path) -> None:
    next((folder / "vae").glob("*.safetensors")).unlink()
    found = problem_of(lambda: load_model(folder))
    assert (found.code, found.by_name["part"]) == ("weights_missing", "vae")


def test_weights_of_which_some_are_missing(folder: Path) -> None:
    (file,) = (folder / "unet").glob("*.safetensors")
    weights = load_file(file)
    del weights["conv_in.weight"]
    save_file(weights, file, metadata={"format": "pt"})
    assert problem_of(lambda: load_model(folder)).code == "model_damaged"


def test_a_folder_without_its_scheduler(folder: Path) -> None:
    shutil.rmtree(folder / "scheduler")
    model = exact(folder)
    (remark,) = model.remarks
    assert remark.code == "scheduler_assumed"
    assert remark.by_name["prediction"] == "epsilon"
    assert model.scheduler_config["beta_schedule"] == "scaled_linear"
    assert torch.isfinite(final(model)).all()


def pickled(folder: Path, content: Any) -> Path:
    """The network's weights as a pickle."""
    (file,) = (folder / "unet").glob("*.safetensors")
    other = file.with_suffix(".bin")
    if callable(content):
        other.write_bytes(content())
    else:
        torch.save(load_file(file) if content is None else content, other)
    file.unlink()
    return other


def test_a_pickle_of_tensors_is_read(folder: Path) -> None:
    before = final(exact(folder))
    pickled(folder, None)
    assert torch.equal(final(exact(folder)), before)


class Trap:
    """Runs something when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> Any:
        return (os.mkdir, (str(self._path),))


@pytest.mark.parametrize(
    ("with_torch", "code"), [(True, "pickle_refused"), (False, "file_damaged")]
)
def test_a_pickle_that_would_run_something_does_not(
    with_torch: bool, code: str, folder: Path, tmp_path: Path
) -> None:
    trap = {"conv_in.weight": Trap(tmp_path / "sprung")}
    pickled(folder, trap if with_torch else lambda: pickle.dumps(trap))
    found = problem_of(lambda: load_model(folder))
    assert found.code == code
    assert not with_torch or found.by_name["wants"] == "posix.mkdir"
    assert not (tmp_path / "sprung").exists()


def test_loading_stops_where_it_is_told_to(folder: Path) -> None:
    class Enough(Exception):
        pass

    told: list[float] = []

    def progress(stage: str, share: float | None) -> None:
        told.append(share or 0.0)
        if len(told) == 3:
            raise Enough

    with pytest.raises(Enough):
        load_model(folder, progress=progress)
    assert told == [0.0, 0.25, 0.5]
