"""Models that the memory does not hold are refused before they are read."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from sdstudio.engine import ModelError, load_model
from sdstudio.engine.formats import room
from sdstudio.engine.formats.components import Dtypes
from tests.ldm_layout import save_ldm
from tests.tiny_families import tiny_sdxl


def parameters(pipeline: object) -> int:
    parts = ("unet", "vae", "text_encoder", "text_encoder_2")
    return sum(weight.numel() for part in parts for weight in getattr(pipeline, part).parameters())


@pytest.mark.parametrize("layout", ["folder", "both", "shards", "file"])
def test_what_a_model_needs(layout: str, tmp_path: Path) -> None:
    pipeline = tiny_sdxl()
    # Unless told, the parts are read in float32, whatever the files hold.
    expected = 4 * parameters(pipeline)
    path = tmp_path / "model"
    if layout == "file":
        path = save_ldm(pipeline, tmp_path / "model.safetensors")
    elif layout == "shards":
        for part in room.KINDS:
            getattr(pipeline, part).save_pretrained(path / part, max_shard_size="50KB")
    else:
        pipeline.save_pretrained(path)
        if layout == "both":
            pipeline.to(torch.float16).save_pretrained(path, variant="fp16")
    assert room.needed(path) == expected


@pytest.mark.parametrize("layout", ["folder", "file"])
def test_half_precision_needs_less(layout: str, tmp_path: Path) -> None:
    pipeline = tiny_sdxl()
    network = sum(weight.numel() for weight in pipeline.unet.parameters())
    path = tmp_path / "model"
    if layout == "file":
        path = save_ldm(pipeline, tmp_path / "model.safetensors")
    else:
        pipeline.save_pretrained(path)
    full = room.needed(path)
    assert room.needed(path, Dtypes(network=torch.bfloat16)) == full - 2 * network
    pipeline.unet.to(torch.float16)
    half = tmp_path / "half"
    pipeline.save_pretrained(half)
    assert room.needed(half, Dtypes(network=None)) == full - 2 * network
    assert room.needed(half) == full


def test_a_model_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save_ldm(tiny_sdxl(), tmp_path / "huge.safetensors")
    wanted = room.needed(path)
    monkeypatch.setattr(room, "available", lambda: wanted - 1)
    with pytest.raises(ModelError) as caught:
        load_model(path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.by_name["name"]) == ("memory_short", "huge.safetensors")
    monkeypatch.setattr(room, "available", lambda: wanted)
    with pytest.raises(ModelError, match="tokenizer_missing"):
        load_model(path)
    monkeypatch.setattr(room, "available", lambda: None)
    with pytest.raises(ModelError, match="tokenizer_missing"):
        load_model(path)


def test_what_is_free_here() -> None:
    free = room.available()
    assert free is None or 10**8 < free < 10**14


def test_a_damaged_file_is_left_to_its_reader(tmp_path: Path) -> None:
    file = tmp_path / "x.safetensors"
    file.write_bytes(b"not this")
    assert room.needed(file) == 0
    assert room.needed(tmp_path / "nowhere") == 0
