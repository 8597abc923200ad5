from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sdstudio.session.events import ModelReady
from sdstudio.session.local_sampler import LocalSampler
from tests.session.fake_engine import FakeDenoise, Lab, Make, fake_load
from tests.session.stage import Stage
from tests.session.standins import HandClock
from tests.tiny_models import save_tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random model, in the layout of diffusers."""
    return save_tiny(tmp_path_factory.mktemp("model") / "tiny")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def stage(clock: HandClock) -> Stage:
    stage = Stage(clock)
    stage.ready()
    return stage


@pytest.fixture
def lab() -> Iterator[Make]:
    """Makes local samplers without an engine, in threads of their own."""
    labs: list[Lab] = []

    def make(denoise: FakeDenoise | None = None, load: Any = fake_load, **options: Any) -> Lab:
        labs.append(Lab(LocalSampler(load, denoise or FakeDenoise(), **options)))
        return labs[-1]

    yield make
    for each in labs:
        each.close()


@pytest.fixture
def ready_lab(lab: Make) -> Make:
    """The same, with a model that is loaded."""

    def make(*args: Any, **options: Any) -> Lab:
        made = lab(*args, **options)
        made.mailbox.load("builtin")
        made.until(ModelReady)
        return made

    return make
