"""How the verdict is worded; that one is written at all is tested with the stages."""

from __future__ import annotations

import pytest
import torch

pytest.importorskip("resvg_py", reason="the training extra is not installed")

from sdstudio.training.evaluation import percent


def test_shares_are_said_in_percent_and_of_nothing_nothing_is_said() -> None:
    assert percent(torch.tensor([True, True, False])) == "66.7%"
    assert percent(torch.zeros(0, dtype=torch.bool)) == "–"
