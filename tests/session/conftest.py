from __future__ import annotations

import pytest

from tests.session.standins import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()
