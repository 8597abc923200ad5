"""What the record of a run of Stable Diffusion's shapes weighs."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest
import torch

from sdstudio.engine import denoise
from sdstudio.engine.request import Request
from sdstudio.engine.schedulers import NAMES
from sdstudio.session.run_store import RunStore
from tests.sd15_shaped import Sd15Shaped

BAR = 16 << 20
TWO_CALLS = {"Heun", "DPM2", "DPM2 a", "DPM++ SDE"}
"""Schedulers that ask the network twice a step: their runs are of 99 calls."""


@pytest.mark.parametrize("name", NAMES)
def test_fifty_steps_hold_at_most_16_mb(name: str, tmp_path: Path) -> None:
    model: Any = Sd15Shaped()
    store = RunStore(folder=tmp_path)
    store.begin(1, Request(), {})
    for step in denoise(model, Request(steps=50, scheduler=name)):
        store.add(step)
    store.keep("finished")
    del step
    gc.collect()
    held = {
        tensor.untyped_storage().data_ptr(): tensor.untyped_storage().nbytes()
        for record in store.record(1).steps
        for tensor in record.tensors.values()
    }
    # Not a byte more is alive than is counted, but for what two names share.
    assert sum(held.values()) <= store.nbytes
    calls = 99 if name in TWO_CALLS else 51
    assert store.nbytes <= BAR * calls / 51
    assert all(
        tensor.dtype == torch.float32
        for record in store.record(1).steps
        for tensor in record.tensors.values()
    )
