"""Runs with a mask: all that is seen of them keeps the picture where the mask is black."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sdstudio.engine import denoise, load_model
from sdstudio.engine.picture import Picture
from sdstudio.engine.request import Edit, Request
from sdstudio.session.draft import Draft
from sdstudio.session.events import (
    Compared,
    JobDone,
    ModelReady,
    Parent,
    PictureMade,
    Place,
    RunFinished,
    RunOpened,
    RunStarted,
    StepTaken,
)
from sdstudio.session.files.frames import roughly_decoded
from sdstudio.session.files.png import encode_png, read_png
from sdstudio.session.jobs import CompareRuns, ExportRun, OpenRun, SaveRun
from sdstudio.session.local_sampler import LocalSampler
from sdstudio.session.run_store import RunStore
from tests.pictures import blob_mask, noise_picture, pixels_of
from tests.session.fake_engine import Lab

STEPS = 4
REQUEST = Request(
    prompt="a frog",
    image=noise_picture(),
    mask=blob_mask(),
    strength=1.0,
    steps=STEPS,
    seed=3,
    scheduler="Euler a",
)
OUTSIDE = pixels_of(blob_mask()) == 0


@pytest.fixture
def lab(folder: Path, tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(LocalSampler(store=RunStore(budget=1, folder=tmp_path / "runs")))
    lab.mailbox.load(str(folder), "float32")
    lab.until(ModelReady, seconds=120)
    yield lab
    lab.close()


def finish(
    lab: Lab, request: Request = REQUEST, edits: tuple[Edit, ...] = (), parent: Parent | None = None
) -> int:
    run = lab.mailbox.submit(request, edits=edits, parent=parent)
    lab.until(RunFinished, len(lab.of(RunFinished)) + 1)
    return run


def assert_kept(picture: np.ndarray | None) -> None:
    assert picture is not None
    assert np.array_equal(picture[OUTSIDE], pixels_of(noise_picture())[OUTSIDE])
    assert not np.array_equal(picture, pixels_of(noise_picture()))


def test_previews_result_scrubbed_steps_and_branches(lab: Lab) -> None:
    parent = finish(lab)
    child = finish(lab, edits=(Edit(step=2, prompt="a toad"),), parent=Parent(parent, 2))
    assert len(lab.of(StepTaken)) == STEPS + 2
    for event in (*lab.of(StepTaken), *lab.of(RunFinished)):
        assert_kept(event.picture)
    places = [Place(child, 0), Place(child, 3), Place(child, STEPS - 1, "next_latents")]
    lab.mailbox.want(places)
    lab.until(PictureMade, len(places))
    for event in lab.of(PictureMade):
        assert_kept(event.picture)
    lab.mailbox.want([Place(child, 1, "latents")])
    noisy = lab.until(PictureMade, len(places) + 1).picture
    assert not np.array_equal(noisy[OUTSIDE], pixels_of(noise_picture())[OUTSIDE])


def test_a_record_holds_no_more_than_without_a_mask(lab: Lab) -> None:
    masked = finish(lab)
    plain = finish(lab, Request(prompt="a frog", steps=STEPS, scheduler="Euler a"))
    sizes = [sum(step.nbytes for step in lab.sampler.store.steps(run)) for run in (masked, plain)]
    assert sizes[0] == sizes[1]


def test_an_unchanged_branch_ends_like_its_parent(lab: Lab) -> None:
    parent = finish(lab)
    child = finish(lab, parent=Parent(parent, 2))
    lab.mailbox.ask(CompareRuns(parent, child))
    assert lab.until(Compared).distances == (0.0,) * STEPS


def test_a_saved_run_is_opened_and_branched(lab: Lab, tmp_path: Path) -> None:
    run = finish(lab)
    path = tmp_path / "masked.sdrun"
    lab.mailbox.ask(SaveRun(run, path, ""))
    lab.until(JobDone)
    lab.mailbox.ask(OpenRun(path))
    opened = lab.until(RunOpened)
    assert opened.request == REQUEST
    again = finish(lab, opened.request, parent=Parent(opened.run, 1))
    first, second = (event.picture for event in lab.of(RunFinished))
    assert np.array_equal(first, second)
    assert again != run


def test_the_small_pictures_in_a_run_file_are_kept_as_well(folder: Path) -> None:
    model = load_model(folder, dtype="float32", device="cpu")
    steps = list(denoise(model, REQUEST))
    for picture in roughly_decoded(model, steps, len(steps), lambda _: None):
        assert_kept(picture)


def test_exported_pictures_are_kept_as_well(lab: Lab, tmp_path: Path) -> None:
    run = finish(lab)
    path = tmp_path / "strip.png"
    lab.mailbox.ask(ExportRun(run, path, "strip"))
    lab.until(JobDone)
    with Image.open(path) as strip:
        gap = 4
        tile = np.asarray(strip.convert("RGB"))[gap : gap + 16, gap : gap + 16]
    assert_kept(tile)


def test_picture_file_and_draft_hold_the_mask(lab: Lab, tmp_path: Path) -> None:
    finish(lab)
    made = lab.of(RunFinished)[0].picture
    path = tmp_path / "a.png"
    path.write_bytes(encode_png(made, REQUEST))
    assert read_png(path).request == REQUEST
    Draft(tmp_path / "draft").save(REQUEST)
    assert Draft(tmp_path / "draft").request == REQUEST


def test_a_full_mask_is_noted_as_the_run_begins(lab: Lab) -> None:
    finish(lab, replace(REQUEST, mask=Picture.of(np.full((16, 16), 255, np.uint8))))
    assert [note.code for note in lab.of(RunStarted)[0].notes] == ["mask_full"]
