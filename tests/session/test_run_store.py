from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from sdstudio.engine.problems import StudioError
from sdstudio.engine.request import Edit, Request
from sdstudio.session.run_record import read_run
from sdstudio.session.run_store import RunStore
from tests.session.fake_engine import fake_step

SIDE = 16
STEP_BYTES = 3 * 4 * 4 * SIDE * SIDE
"""Latents, cond and uncond of a step; the last keeps its next latents as well."""


def make_run(store: RunStore, number: int, steps: int = 3, keep: Any = "finished") -> None:
    store.begin(number, Request(prompt=f"run {number}", seed=number), {"name": "fake"})
    for index in range(steps):
        edit = Edit(step=1, mix=0.5) if index == 1 else None
        store.add(fake_step(index, steps, edit, SIDE))
    store.drop() if keep is None else store.keep(keep)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*/*"))


def check_steps(steps: list[Any], count: int = 3) -> None:
    assert [step.index for step in steps] == list(range(count))
    for step in steps:
        assert torch.equal(step.latents, torch.full((1, 4, SIDE, SIDE), float(step.index)))
        assert set(step.predictions) == {"cond", "uncond"}
        if step.next_latents is not None:
            assert torch.equal(step.next_latents, step.latents + 1)
    assert steps[-1].next_latents is not None
    assert steps[1].edit == Edit(step=1, mix=0.5)


def test_runs_stay_in_memory_within_the_budget(tmp_path: Path) -> None:
    store = RunStore(folder=tmp_path)
    make_run(store, 1)
    assert store.nbytes == 3 * STEP_BYTES + STEP_BYTES // 3
    check_steps(store.steps(1))
    assert files(tmp_path) == []
    store.close()
    assert store.nbytes == 0


def test_abandoned_runs_leave_nothing(tmp_path: Path) -> None:
    store = RunStore(budget=2 * STEP_BYTES, folder=tmp_path)
    make_run(store, 1, keep=None)
    assert (store.numbers, store.nbytes, files(tmp_path)) == ((), 0, [])
    with pytest.raises(StudioError):
        store.record(1)


def test_oldest_runs_go_to_disk_and_come_back(tmp_path: Path) -> None:
    store = RunStore(budget=8 * STEP_BYTES, folder=tmp_path)
    for number in (1, 2, 3):
        make_run(store, number)
    assert store.nbytes <= 8 * STEP_BYTES
    assert store.record(1).steps == []
    assert len(store.record(3).steps) == 3
    for number in (1, 2, 3):
        check_steps(store.steps(number))
        assert store.record(number).request.seed == number
    store.close()
    assert list(tmp_path.iterdir()) == []


def test_a_run_beyond_the_budget_is_kept_in_pieces(tmp_path: Path) -> None:
    store = RunStore(budget=4 * STEP_BYTES, folder=tmp_path)
    make_run(store, 1, steps=20, keep="stopped")
    assert len(store.record(1).files) > 2
    assert store.nbytes <= 4 * STEP_BYTES
    check_steps(store.steps(1), 20)


def test_the_disks_share_holds_and_spares_the_pinned(tmp_path: Path) -> None:
    store = RunStore(budget=STEP_BYTES, disk=20 * STEP_BYTES, folder=tmp_path)
    make_run(store, 1)
    store.pin(1)
    for number in range(2, 30):
        make_run(store, number)
    size = sum(path.stat().st_size for path in tmp_path.glob("*/*"))
    assert size <= 20 * STEP_BYTES
    assert store.numbers[0] == 1
    assert store.numbers[-1] == 29
    assert 2 not in store.numbers
    for number in store.numbers:
        check_steps(store.steps(number))
    store.close()
    assert files(tmp_path) == []


def test_a_full_disk_costs_the_oldest_runs_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = RunStore(budget=8 * STEP_BYTES, folder=tmp_path)

    def refuse(*_: Any) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr("safetensors.torch.save_file", refuse)
    for number in (1, 2, 3):
        make_run(store, number)
    assert store.numbers == (2, 3)
    assert store.nbytes <= 8 * STEP_BYTES
    check_steps(store.steps(3))


def test_memory_keeps_no_whole_batch_alive(tmp_path: Path) -> None:
    store = RunStore(folder=tmp_path)
    store.begin(1, Request(), {})
    step = fake_step(0, 1, None, SIDE)
    store.add(step)
    store.keep("finished")
    (record,) = store.record(1).steps
    for tensor in record.tensors.values():
        assert tensor.untyped_storage().nbytes() == tensor.nbytes
        assert tensor.dtype == torch.float32


def test_what_a_killed_sitting_leaves_can_be_read(tmp_path: Path) -> None:
    script = f"""
        import os, signal
        from pathlib import Path
        from sdstudio.session.run_store import RunStore
        from tests.session.test_run_store import STEP_BYTES, make_run
        store = RunStore(budget=STEP_BYTES, folder=Path({str(tmp_path)!r}))
        for number in (1, 2):
            make_run(store, number)
        next(Path({str(tmp_path)!r}).iterdir()).joinpath("half.part").write_bytes(b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)
    assert done.returncode not in (0, 1)
    (half,) = tmp_path.glob("*/*.part")
    long_ago = time.time() - 3600
    os.utime(half, (long_ago, long_ago))

    store = RunStore(budget=STEP_BYTES, folder=tmp_path)
    left = store.left_behind()
    runs = [read_run(paths) for paths in left]
    assert [run.number for run in runs] == [1, 2]
    assert runs[0].request == Request(prompt="run 1", seed=1)
    assert [step.index for step in runs[0].steps][:2] == [0, 1]
    make_run(store, 1)
    assert not half.exists()
    store.close()
    assert store.left_behind() == left


def test_damaged_and_missing_files_are_named(tmp_path: Path) -> None:
    store = RunStore(budget=STEP_BYTES, folder=tmp_path)
    make_run(store, 1)
    record = store.record(1)
    data = record.files[0].read_bytes()
    for cut in (0, 4, 100, len(data) - 5):
        record.files[0].write_bytes(data[:cut])
        with pytest.raises(StudioError, match="record_damaged"):
            store.steps(1)
    record.files[0].unlink()
    with pytest.raises(StudioError, match="record_missing"):
        store.steps(1)


def test_hundreds_of_runs_stay_flat(tmp_path: Path) -> None:
    store = RunStore(budget=10 * STEP_BYTES, disk=100 * STEP_BYTES, folder=tmp_path)
    for number in range(1, 301):
        make_run(store, number, keep=None if number % 3 else "finished")
        assert store.nbytes <= 10 * STEP_BYTES
    assert len(store.numbers) < 40
    assert sum(path.stat().st_size for path in tmp_path.glob("*/*")) <= 100 * STEP_BYTES
