"""What a stage finds again after an interruption."""

from __future__ import annotations

from pathlib import Path
from pickle import PicklingError

import pytest
import torch
from torch import nn

from sdstudio.training.checkpoint import Checkpoint


def test_parts_minutes_and_notes_come_back(tmp_path: Path) -> None:
    path = tmp_path / "stage.pt"
    learnt = nn.Linear(2, 2)
    first = Checkpoint(path, 1.0, part=learnt)
    assert first.noted == {}
    first.budget.step = 7
    first.save(normalised=True)
    fresh = nn.Linear(2, 2)
    again = Checkpoint(path, 1.0, part=fresh)
    assert torch.equal(fresh.weight, learnt.weight)
    assert again.budget.step == 7
    assert again.noted == {"normalised": True}


def test_a_write_that_is_broken_off_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "stage.pt"
    Checkpoint(path, 1.0).save(normalised=False)
    with pytest.raises((AttributeError, PicklingError)):
        Checkpoint(path, 1.0).save(normalised=lambda: None)
    assert Checkpoint(path, 1.0).noted == {"normalised": False}
