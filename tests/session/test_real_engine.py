"""The sampler with the real engine, on a tiny random model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import ModelFailed, ModelReady, RunFailed, RunFinished, StepTaken
from sdstudio.session.files.png import encode_png, read_png
from sdstudio.session.local_sampler import LocalSampler
from tests.session.fake_engine import Lab


@pytest.fixture
def lab() -> Iterator[Lab]:
    lab = Lab(LocalSampler())
    yield lab
    lab.close()


def test_a_picture_is_made_saved_and_made_again(lab: Lab, folder: Path, tmp_path: Path) -> None:
    lab.mailbox.load(str(folder), "float32")
    facts = lab.until(ModelReady, seconds=120).facts
    assert (facts.source, facts.dtype, facts.engine) == (str(folder), "float32", "torch")
    request = Request(prompt="a frog", steps=4, seed=3, scheduler="Euler a")
    lab.mailbox.submit(request)
    lab.mailbox.steer(Edit(guidance_scale=2.0))
    first = lab.until(RunFinished)
    steps = lab.of(StepTaken)
    assert [step.index for step in steps] == [0, 1, 2, 3]
    assert all(step.picture is not None for step in steps)
    assert steps[0].picture.shape == first.picture.shape == (16, 16, 3)
    assert len(lab.sampler.store.steps(1)) == 4

    path = tmp_path / "a.png"
    path.write_bytes(encode_png(first.picture, request, first.edits, facts))
    restored = read_png(path, facts)
    assert restored.notes == ()
    assert restored.request is not None
    lab.mailbox.submit(restored.request, edits=restored.edits)
    second = lab.until(RunFinished, 2)
    assert first.edits == second.edits != ()
    assert np.array_equal(first.picture, second.picture)


def test_bad_requests_and_models_are_told(lab: Lab, folder: Path, tmp_path: Path) -> None:
    lab.mailbox.load(str(folder))
    lab.until(ModelReady, seconds=120)
    lab.mailbox.submit(Request(width=12, clip_skip=20))
    fields = {problem.field for problem in lab.until(RunFailed).problems}
    assert fields == {"width", "clip_skip"}
    lab.mailbox.load(str(tmp_path / "nowhere"))
    assert lab.until(ModelFailed).problems[0].code == "model_missing"
    lab.mailbox.submit(Request(steps=2))
    lab.until(RunFinished)
