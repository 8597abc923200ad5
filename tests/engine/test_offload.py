"""The parts of a model taking turns where they run."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from sdstudio.engine import Model, Request, denoise, load, load_model
from sdstudio.engine.device import has_own_memory
from sdstudio.engine.formats.folder import read_folder
from sdstudio.engine.offload import Offload
from sdstudio.engine.precision import plan_of, put

REQUEST = Request(prompt="a frog", steps=3)


@pytest.fixture
def model(tiny_folders: Callable[..., Path]) -> Model:
    return load_model(tiny_folders(), dtype="float32", device="cpu")


def test_parts_that_take_turns_make_the_same_picture(model: Model) -> None:
    pixels = torch.rand((1, 3, 16, 16), generator=torch.Generator().manual_seed(0)) * 2 - 1

    def all_of_it() -> list[np.ndarray]:
        *_, last = denoise(model, REQUEST)
        encoded = model.encode_pixels(pixels)
        return [last.next_latents.numpy(), model.decode_array(last.next_latents), encoded.numpy()]

    wanted = all_of_it()
    model.offload()
    assert all(hasattr(part, "_hf_hook") for part in model.parts.modules)
    model.reader.forget()
    for found, before in zip(all_of_it(), wanted, strict=True):
        assert np.array_equal(found, before)


def test_only_the_part_at_work_is_where_it_runs() -> None:
    # On a device of tensors without numbers it can be seen who is there.
    away = torch.device("meta")
    parts = [_Numberless(2, 2) for _ in range(3)]
    offload = Offload(parts, away)

    def there() -> list[bool]:
        return [next(part.parameters()).device == away for part in parts]

    assert there() == [False] * 3
    at_work = []
    for part in (parts[0], parts[1], parts[1], parts[0], parts[2]):
        assert part(torch.zeros(1, 2, device=away)).device == away
        at_work.append(there())
    assert at_work == [
        [True, False, False],
        [False, True, False],
        [False, True, False],
        [True, False, False],
        [False, False, True],
    ]
    offload.end()
    assert not any(hasattr(part, "_hf_hook") for part in parts)


class _Numberless(nn.Linear):
    """Comes back from the device of no numbers without any."""

    def to(self, device: Any) -> _Numberless:  # type: ignore[override]
        return self.to_empty(device=device)


def test_loras_on_parts_that_take_turns(model: Model, lora: Path) -> None:
    request = Request(prompt="a frog", steps=2, loras=((str(lora), 1.0),))

    def made(request: Request) -> torch.Tensor:
        *_, last = denoise(model, request)
        return last.next_latents

    plain, wanted = made(REQUEST), made(request)
    model.use_loras(())
    model.offload()
    assert torch.equal(made(request), wanted)
    assert torch.equal(made(REQUEST), plain)
    # Ours, not those that diffusers' loader leaves.
    hooks = {type(part._hf_hook).__module__ for part in model.parts.modules}
    assert hooks == {"sdstudio.engine.offload"}


def test_a_model_that_a_card_does_not_hold_whole_is_loaded_to_take_turns(
    model: Model, tiny_folders: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "check_memory", lambda *_: True)
    there: list[bool] = []

    def watched(*args: Any, in_turns: bool) -> Any:
        there.append(in_turns)
        return put(*args, in_turns=in_turns)

    monkeypatch.setattr(load, "put", watched)
    found = load_model(tiny_folders(), dtype="float32", device="cpu")
    assert there == [True]
    assert found.is_offloaded
    assert [remark.by_name.get("reason") for remark in found.remarks] == ["offload"]
    (*_, wanted), (*_, last) = denoise(model, REQUEST), denoise(found, REQUEST)
    assert torch.equal(last.next_latents, wanted.next_latents)


@pytest.mark.parametrize("in_turns", [False, True])
def test_where_parts_are_put(in_turns: bool, tiny_folders: Callable[..., Path]) -> None:
    parts = read_folder(tiny_folders())
    away = torch.device("meta")
    modules: tuple[Any, ...] = parts.modules
    for part in modules:
        # It comes back from there without its numbers.
        part.to = partial(_sent, part)
    put(parts, away, plan_of(away, torch.float32), in_turns=in_turns)
    devices = {part.device.type for part in modules}
    assert devices == {"cpu" if in_turns else "meta"}


def _sent(part: Any, device: Any, *rest: Any) -> Any:
    return part.to_empty(device=device)


def test_where_parts_can_take_turns() -> None:
    found = {name: has_own_memory(torch.device(name)) for name in ("cpu", "cuda", "mps", "xpu")}
    assert found == {"cpu": False, "cuda": True, "mps": False, "xpu": True}
