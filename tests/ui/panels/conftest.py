"""A sitting for a panel, whose sampler is played by the test."""

from __future__ import annotations

import pytest

from tests.session.stage import Stage
from tests.session.standins import HandClock


@pytest.fixture
def stage() -> Stage:
    """A sitting with its model ready and no run yet."""
    made = Stage(HandClock())
    made.ready()
    return made
