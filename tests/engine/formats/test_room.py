"""Models that the memory does not hold are refused before they are read."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from sdstudio.engine import ModelError, load_model
from sdstudio.engine.formats import room
from sdstudio.engine.formats.components import Dtypes
from tests.ldm_layout import save_ldm
from tests.tiny_families import tiny_sdxl, tiny_turbo


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
    assert problem.by_name["reason"] == "half_fits"
    monkeypatch.setattr(room, "available", lambda: wanted)
    with pytest.raises(ModelError, match="tokenizer_missing"):
        load_model(path)
    monkeypatch.setattr(room, "available", lambda: None)
    with pytest.raises(ModelError, match="tokenizer_missing"):
        load_model(path)


def test_what_half_precision_would_hold_is_said_and_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model"
    tiny_turbo().save_pretrained(folder)
    half = room.needed(folder, Dtypes(network=torch.bfloat16))
    monkeypatch.setattr(room, "available", lambda: half)
    with pytest.raises(ModelError) as caught:
        load_model(folder, dtype="float32")
    assert caught.value.problems[0].by_name["reason"] == "half_fits"
    assert load_model(folder, dtype="bfloat16").dtype == "bfloat16"
    monkeypatch.setattr(room, "available", lambda: half - 1)
    with pytest.raises(ModelError) as caught:
        load_model(folder, dtype="float32")
    assert "reason" not in caught.value.problems[0].by_name


CARD = torch.device("cuda")


@pytest.mark.parametrize("layout", ["folder", "file"])
def test_what_a_card_holds(layout: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = tiny_sdxl()
    path = tmp_path / "model"
    if layout == "file":
        path = save_ldm(pipeline, tmp_path / "model.safetensors")
    else:
        pipeline.save_pretrained(path)
    network = 4 * sum(weight.numel() for weight in pipeline.unet.parameters())
    assert max(room.needed_by_part(path).values()) == network
    wanted = room.needed(path)
    free = {"cuda": wanted + room.WORKING}
    monkeypatch.setattr(room, "available_on", lambda device: free.get(device.type))
    assert not room.check_memory(path, "x", device=CARD)
    assert not room.check_memory(path, "x", device=torch.device("mps"))
    # Not all of it with room to work, but one part after the other.
    free["cuda"] -= 1
    assert room.check_memory(path, "x", device=CARD)
    free["cuda"] = network
    assert room.check_memory(path, "x", device=CARD)
    free["cuda"] -= 1
    with pytest.raises(ModelError) as caught:
        room.check_memory(path, "x", device=CARD)
    values = caught.value.problems[0].by_name
    assert (values["device"], values["name"]) == ("cuda", "x")
    # The machine's memory has to hold it all either way.
    free["cuda"] = wanted + room.WORKING
    monkeypatch.setattr(room, "available", lambda: wanted - 1)
    with pytest.raises(ModelError) as caught:
        room.check_memory(path, "x", device=CARD)
    assert "device" not in caught.value.problems[0].by_name


def test_what_is_free_on_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.accelerator, "get_memory_info", lambda device: (100, 1000))
    monkeypatch.setattr(torch.accelerator, "memory_reserved", lambda device: 50)
    monkeypatch.setattr(torch.accelerator, "memory_allocated", lambda device: 30)
    assert room.available_on(CARD) == 120
    assert room.available_on(torch.device("mps")) is None
    assert room.available_on(torch.device("cpu")) is None


def test_a_card_that_does_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(device: torch.device) -> tuple[int, int]:
        raise RuntimeError("not for this device")

    monkeypatch.setattr(torch.accelerator, "get_memory_info", unknown)
    assert room.available_on(CARD) is None


def test_what_is_free_here() -> None:
    free = room.available()
    assert free is None or 10**8 < free < 10**14


def test_a_damaged_file_is_left_to_its_reader(tmp_path: Path) -> None:
    file = tmp_path / "x.safetensors"
    file.write_bytes(b"not this")
    assert room.needed(file) == 0
    assert room.needed(tmp_path / "nowhere") == 0
