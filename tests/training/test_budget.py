"""The minutes of a stage."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sdstudio.training import budget
from sdstudio.training.budget import Budget


def test_its_clock_begins_when_it_is_first_read(monkeypatch: pytest.MonkeyPatch) -> None:
    now = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(budget, "time", SimpleNamespace(monotonic=lambda: now.seconds))
    granted = Budget("network", 1.0, seconds=30.0)
    now.seconds += 3600  # a busy machine, while the stage prepares
    assert granted.progress == 0.5
    now.seconds += 15
    assert granted.seconds == 45
    assert granted.progress == 0.75
