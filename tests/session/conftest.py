from __future__ import annotations

import pytest

from tests.session.stage import Stage
from tests.session.standins import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def stage(clock: HandClock) -> Stage:
    stage = Stage(clock)
    stage.ready()
    return stage
