"""A model on its way: given up, overtaken, failing; the one before it goes on working."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sdstudio.engine.problems import ModelError, Problem
from sdstudio.engine.request import Request
from sdstudio.session.events import (
    ModelCancelled,
    ModelFailed,
    ModelReady,
    RunFinished,
)
from sdstudio.session.local_sampler import LocalSampler
from tests.session.fake_engine import FakeDenoise, Lab, fake_load


class Held:
    """Loads as ``load`` does, and waits at a stage of one source until it is let go.

    Attributes:
        reached: Set when it waits.
        go: Set, it goes on.
        finished: The sources that were loaded to their end.
    """

    def __init__(self, load: Callable[..., Any], source: str, stage: str) -> None:
        self._load, self._source, self._stage = load, source, stage
        self.reached = threading.Event()
        self.go = threading.Event()
        self.finished: list[str] = []

    def __call__(self, source: str, dtype: Any = None, *, progress: Callable[..., None]) -> Any:
        def say(stage: str, fraction: float | None = None) -> None:
            if (source, stage) == (self._source, self._stage):
                self.reached.set()
                assert self.go.wait(60)
            progress(stage, fraction)

        model = self._load(source, dtype, progress=say)
        self.finished.append(source)
        return model


@pytest.fixture
def lab() -> Iterator[Callable[..., Lab]]:
    labs: list[Lab] = []

    def make(load: Callable[..., Any], denoise: FakeDenoise | None = None) -> Lab:
        labs.append(Lab(LocalSampler(load, denoise or FakeDenoise())))
        return labs[-1]

    yield make
    for each in labs:
        each.close()


def test_cancelling_ends_the_load_between_parts(lab: Callable[..., Lab]) -> None:
    load = Held(fake_load, "slow", "weights")
    here = lab(load)
    here.mailbox.load("builtin")
    here.until(ModelReady)
    here.mailbox.load("slow")
    assert load.reached.wait(20)
    here.mailbox.cancel_load()
    load.go.set()
    here.until(ModelCancelled)
    assert load.finished == ["builtin"]
    here.mailbox.submit(Request(steps=2))
    here.until(RunFinished)
    assert not here.of(ModelFailed)


def test_cancelling_what_has_not_begun_is_answered_too(lab: Callable[..., Lab]) -> None:
    load = Held(fake_load, "slow", "weights")
    here = lab(load)
    here.mailbox.load("slow")
    assert load.reached.wait(20)
    here.mailbox.load("later")
    here.mailbox.cancel_load()
    load.go.set()
    here.until(ModelCancelled)
    here.mailbox.load("builtin")
    assert here.until(ModelReady).facts.source == "builtin"
    assert load.finished == ["builtin"]
    assert len(here.of(ModelCancelled)) == 1


def test_a_newer_choice_overrides_one_on_its_way(lab: Callable[..., Lab]) -> None:
    load = Held(fake_load, "slow", "weights")
    here = lab(load)
    here.mailbox.load("slow")
    assert load.reached.wait(20)
    here.mailbox.load("better")
    load.go.set()
    assert here.until(ModelReady).facts.source == "better"
    assert load.finished == ["better"]
    assert not here.of(ModelFailed)
    assert not here.of(ModelCancelled)


def test_a_model_given_up_at_the_last_moment_is_not_used(lab: Callable[..., Lab]) -> None:
    mailbox: list[Any] = []

    def load(source: str, dtype: Any = None, *, progress: Callable[..., None]) -> Any:
        model = fake_load(source, dtype, progress=progress)
        if source == "late":
            mailbox[0].cancel_load()
        return model

    here = lab(load)
    mailbox.append(here.mailbox)
    here.mailbox.load("builtin")
    here.until(ModelReady)
    here.mailbox.load("late")
    here.until(ModelCancelled)
    assert len(here.of(ModelReady)) == 1


def test_a_reader_that_takes_cancelling_for_damage_is_not_believed(
    lab: Callable[..., Lab],
) -> None:
    mailbox: list[Any] = []

    def load(source: str, dtype: Any = None, *, progress: Callable[..., None]) -> Any:
        try:
            mailbox[0].cancel_load()
            progress("weights", 0.5)
        except Exception as error:
            raise ModelError(Problem.of("model_damaged", reason=str(error))) from error

    here = lab(load)
    mailbox.append(here.mailbox)
    here.mailbox.load("a")
    here.until(ModelCancelled)
    assert not here.of(ModelFailed)


def test_too_little_memory_for_a_model_is_said_of_the_model(lab: Callable[..., Lab]) -> None:
    def load(*args: Any, **options: Any) -> Any:
        raise MemoryError

    here = lab(load)
    here.mailbox.load("huge")
    assert [p.code for p in here.until(ModelFailed).problems] == ["model_too_large"]


@pytest.mark.parametrize("wrapped", [False, True])
def test_what_may_not_be_read_is_said_to_be_so(lab: Callable[..., Lab], wrapped: bool) -> None:
    def load(*args: Any, **options: Any) -> Any:
        try:
            raise PermissionError(13, "Permission denied", "/models/secret/unet")
        except PermissionError as error:
            if wrapped:
                raise ModelError(Problem.of("model_damaged", reason=str(error))) from error
            raise

    here = lab(load)
    here.mailbox.load("/models/secret")
    (problem,) = here.until(ModelFailed).problems
    assert problem == Problem.of("model_unreadable", name="secret/unet", reason="Permission denied")


@pytest.fixture
def real(folder: Path) -> Iterator[tuple[Lab, Held]]:
    """The real engine with a tiny model loaded; the loading of a copy of it can be held."""
    from sdstudio.engine import denoise, load_model

    copy = shutil.copytree(folder, folder.parent / "copy", dirs_exist_ok=True)
    load = Held(load_model, str(copy), "check")
    lab = Lab(LocalSampler(load, denoise))
    lab.mailbox.load(str(folder), "float32")
    lab.until(ModelReady, seconds=120)
    yield lab, load
    load.go.set()
    lab.close()


def picture(lab: Lab) -> np.ndarray:
    before = len(lab.of(RunFinished))
    lab.mailbox.submit(Request(prompt="a frog", steps=3, seed=5))
    finished: RunFinished = lab.until(RunFinished, before + 1)
    return finished.picture


def test_a_real_model_makes_the_same_picture_after_another_was_cancelled(
    real: tuple[Lab, Held], folder: Path
) -> None:
    lab, load = real
    before = picture(lab)
    lab.mailbox.load(str(folder.parent / "copy"), "float32")
    assert load.reached.wait(60)
    lab.mailbox.cancel_load()
    load.go.set()
    lab.until(ModelCancelled)
    assert np.array_equal(picture(lab), before)
    assert lab.of(ModelReady)[-1].facts.source == str(folder)


def damaged(folder: Path) -> None:
    shutil.rmtree(folder / "vae")


def emptied(folder: Path) -> None:
    (folder / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"")


def stripped(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "holiday.txt").write_text("no model")


def deleted(folder: Path) -> None:
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (damaged, "part_missing"),
        (emptied, "file_empty"),
        (stripped, "not_a_model"),
        (deleted, "model_missing"),
    ],
)
def test_a_real_model_makes_the_same_picture_after_another_failed(
    harm: Callable[[Path], None],
    code: str,
    real: tuple[Lab, Held],
    folder: Path,
    tmp_path: Path,
) -> None:
    lab, _ = real
    before = picture(lab)
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    harm(other)
    lab.mailbox.load(str(other), "float32")
    assert lab.until(ModelFailed).problems[0].code == code
    assert np.array_equal(picture(lab), before)


def test_a_loaded_model_outlives_its_folder_and_reloading_says_it_is_gone(
    real: tuple[Lab, Held], folder: Path, tmp_path: Path
) -> None:
    lab, _ = real
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    lab.mailbox.load(str(other), "float32")
    lab.until(ModelReady, 2)
    before = picture(lab)
    shutil.rmtree(other)
    assert np.array_equal(picture(lab), before)
    lab.mailbox.load(str(other), "float32")
    problem = lab.until(ModelFailed).problems[0]
    assert (problem.code, problem.by_name["name"]) == ("model_missing", str(other))
    assert np.array_equal(picture(lab), before)


def test_the_facts_count_the_weights_of_all_parts(real: tuple[Lab, Held], folder: Path) -> None:
    lab, _ = real
    facts = lab.of(ModelReady)[0].facts
    files = sum(file.stat().st_size for file in folder.glob("*/*.safetensors"))
    # What is in the files besides the weights are their headers.
    assert 0.9 * files < facts.weight_bytes < files
    assert facts.prediction_type == "epsilon"
