"""Saving, opening, exporting and pinning runs of a tiny real model."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest
import torch
from PIL import Image

from sdstudio.engine import denoise, load_model
from sdstudio.engine.model import Model
from sdstudio.engine.problems import StudioError
from sdstudio.engine.request import Edit, Request
from sdstudio.engine.run import replay
from sdstudio.engine.step import Step
from sdstudio.session.crash_log import CrashLog
from sdstudio.session.errands import Errands
from sdstudio.session.events import Parent, PictureMade, Place, RunOpened
from sdstudio.session.files.png import read_png
from sdstudio.session.files.previews import decode_all
from sdstudio.session.files.run_file import read_run, write_run
from sdstudio.session.files.run_job import FileJob, all_steps, do_job
from sdstudio.session.jobs import ExportFormat, ExportRun, OpenRun, PinRun, ReopenPinned, SaveRun
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.outbox import Outbox
from sdstudio.session.pinned import PinnedRuns
from sdstudio.session.run_store import RunStore
from tests.session.files.run_files import small_run
from tests.tiny_models import save_tiny

REQUEST = Request(prompt="a frog", steps=5, seed=3, scheduler="Euler a", guidance_scale=3.0)
EDITS = (Edit(step=2, guidance_scale=6.0),)
INJECTED = Edit(step=3, fresh_noise=0.5, noise_seed=7)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_model(str(save_tiny(tmp_path_factory.mktemp("model") / "tiny")), "float32")


@pytest.fixture(scope="module")
def made(model: Model) -> list[Step]:
    return list(denoise(model, REQUEST, steer=replay(EDITS)))


class Desk:
    """A store with one run, number 1, and the jobs on it."""

    def __init__(self, folder: Path, model: Model | None, made: list[Step]) -> None:
        self.model = model
        self.store = RunStore(folder=folder / "cache")
        self.pinned = PinnedRuns(folder / "runs")
        self.shares: list[float] = []
        self._numbers = itertools.count(10)
        if model is not None:
            self.store.begin(1, REQUEST, model.ref.to_dict())
            for step in made:
                self.store.add(step)
            self.store.keep("finished")

    def do(self, job: FileJob, *, left_out: int = 0) -> tuple[list[Any], str]:
        events, path, problems = do_job(
            job, self.store, self.pinned, self.model, self.shares.append, self._number
        )
        assert len(problems) == left_out
        return list(events), path

    def _number(self) -> int:
        return next(self._numbers)


@pytest.fixture
def desk(tmp_path: Path, model: Model, made: list[Step]) -> Iterator[Desk]:
    desk = Desk(tmp_path, model, made)
    yield desk
    desk.store.close()


def codes(job: FileJob, desk: Desk) -> list[str]:
    with pytest.raises(StudioError) as raised:
        desk.do(job)
    return [problem.code for problem in raised.value.problems]


def test_a_saved_run_is_opened_again_to_the_bit(
    desk: Desk, made: list[Step], model: Model, tmp_path: Path
) -> None:
    path = tmp_path / "frog.sdrun"
    assert desk.do(SaveRun(1, path, "Frog")) == ([], str(path))
    assert desk.shares[-1] == 1.0
    (opened, *shown), where = desk.do(OpenRun(path))
    assert where == str(path)
    assert isinstance(opened, RunOpened)
    assert (opened.run, opened.name, opened.request) == (10, "Frog", REQUEST)
    assert opened.edits == EDITS
    assert (opened.count, opened.finished, opened.foreign, opened.pinned) == (5, True, False, False)
    assert [(s.index, s.timestep, s.noise_level) for s in opened.steps] == [
        (s.index, s.timestep, s.noise_level) for s in made
    ]
    assert opened.model["versions"]["torch"] == model.ref.versions["torch"]
    assert opened.model["threads"] == torch.get_num_threads()
    assert [(e.place.run, e.place.index, e.kind) for e in shown] == [
        (10, index, "linear") for index in range(5)
    ]
    for index, step in enumerate(made):
        again = desk.store.step(10, index)
        for name in ("latents", "network_input", "prediction", "x0", "noise", "next_latents"):
            assert torch.equal(getattr(again, name), getattr(step, name)), name


def test_an_opened_run_can_be_branched(
    desk: Desk, made: list[Step], model: Model, tmp_path: Path
) -> None:
    desk.do(SaveRun(1, tmp_path / "frog.sdrun"))
    (opened, *_), _ = desk.do(OpenRun(tmp_path / "frog.sdrun"))
    shared = desk.store.steps(opened.run, 0, 3)
    branch = list(denoise(model, opened.request, steer=replay(opened.edits), recorded=shared))
    assert torch.equal(branch[-1].next_latents, made[-1].next_latents)


def test_a_branch_is_saved_with_what_it_shares(desk: Desk, model: Model, tmp_path: Path) -> None:
    edits = (*EDITS, INJECTED)
    branch = list(denoise(model, REQUEST, steer=replay(edits), recorded=desk.store.steps(1, 0, 3)))
    desk.store.begin(2, REQUEST, model.ref.to_dict(), parent=Parent(1, 3), edits=EDITS)
    for step in branch[3:]:
        desk.store.add(step)
    desk.store.keep("finished")
    desk.do(SaveRun(2, tmp_path / "branch.sdrun"))
    assert read_run(tmp_path / "branch.sdrun").head.shared == 3
    (opened, *_), _ = desk.do(OpenRun(tmp_path / "branch.sdrun"))
    assert opened.edits == (*EDITS, INJECTED)
    for index, step in enumerate(branch):
        again = desk.store.step(opened.run, index)
        assert torch.equal(again.latents, step.latents)
        assert torch.equal(again.x0, step.x0)
        assert torch.equal(again.next_latents, step.next_latents), index
    assert [step.index for step in all_steps(desk.store, 2)] == [0, 1, 2, 3, 4]


def test_a_stopped_run_comes_back_as_one(
    desk: Desk, model: Model, made: list[Step], tmp_path: Path
) -> None:
    desk.store.begin(2, REQUEST, model.ref.to_dict())
    for step in made[:2]:
        desk.store.add(step)
    desk.store.keep("stopped")
    desk.do(SaveRun(2, tmp_path / "half.sdrun"))
    (opened, *_), _ = desk.do(OpenRun(tmp_path / "half.sdrun"))
    assert (opened.count, len(opened.steps), opened.finished) == (5, 2, False)
    assert desk.store.record(opened.run).outcome == "stopped"


def test_a_run_of_another_model_says_so_and_keeps_its_pictures(
    desk: Desk, tmp_path: Path, model: Model
) -> None:
    path = tmp_path / "frog.sdrun"
    desk.do(SaveRun(1, path))
    before = read_run(path).previews
    desk.model = SimpleNamespace(ref=replace(model.ref, hash="cd" * 32), name="Other")  # type: ignore[assignment]
    (opened, *shown), _ = desk.do(OpenRun(path))
    assert opened.foreign
    assert len(shown) == 5
    again = tmp_path / "again.sdrun"
    desk.do(SaveRun(opened.run, again))
    assert read_run(again).previews == before
    assert read_run(again).head.model["hash"] == model.ref.hash
    desk.do(ExportRun(opened.run, tmp_path / "a.webp", "webp"))
    assert len(durations_in(tmp_path / "a.webp")) >= 4
    assert codes(ExportRun(opened.run, tmp_path / "b.webp", "webp", "noise"), desk) == [
        "model_differs"
    ]
    assert not (tmp_path / "b.webp").exists()


def test_pictures_of_a_foreign_run_are_those_of_its_file(
    desk: Desk, tmp_path: Path, model: Model
) -> None:
    _, path = desk.do(PinRun(1, True))
    later = Desk(tmp_path, None, [])
    later.model = SimpleNamespace(ref=replace(model.ref, hash="cd" * 32), name="Other")  # type: ignore[assignment]
    (opened, *_), _ = later.do(ReopenPinned())
    assert opened.foreign
    kept = decode_all(read_run(Path(path)).previews)
    outbox, mailbox = Outbox(lambda: None), Mailbox()
    errands = Errands(mailbox, outbox, later.store, CrashLog(tmp_path / "log"), later.pinned)
    errands.model = later.model
    mailbox.want([Place(opened.run, 2), Place(opened.run, 2, "noise")])
    errands.do_one()
    errands.do_one()
    first, second = outbox.drain()
    assert isinstance(first, PictureMade)
    assert isinstance(second, PictureMade)
    assert first.picture is not None
    assert np.array_equal(first.picture, kept[2])
    assert first.kind == "linear"
    assert [problem.code for problem in second.problems] == ["model_differs"]
    later.do(PinRun(opened.run, False))
    later.do(SaveRun(opened.run, tmp_path / "a.sdrun"))
    assert decode_all(read_run(tmp_path / "a.sdrun").previews).keys() == kept.keys()
    later.store.close()


def test_without_a_model_a_run_is_opened_and_saved(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "frog.sdrun"
    desk.do(SaveRun(1, path))
    empty = Desk(tmp_path / "other", None, [])
    (opened, *shown), _ = empty.do(OpenRun(path))
    assert not opened.foreign
    assert len(shown) == 5
    empty.do(SaveRun(opened.run, tmp_path / "again.sdrun"))
    assert read_run(tmp_path / "again.sdrun").previews == read_run(path).previews
    assert codes(ExportRun(opened.run, tmp_path / "a.gif", "gif", "latents"), empty) == ["no_model"]
    empty.do(ExportRun(opened.run, tmp_path / "a.npz", "npz"))
    empty.store.close()


def test_a_damaged_file_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "bad.sdrun"
    write_run(path, replace(small_run(), previews={0: b"RIFF of a picture"}))
    assert codes(OpenRun(path), desk) == ["run_damaged"]
    path.write_text("x")
    assert codes(OpenRun(path), desk) == ["run_foreign"]
    assert desk.store.numbers == (1,)
    assert codes(SaveRun(99, path), desk) == ["record_missing"]
    assert path.read_text() == "x"


def test_latents_of_another_shape_are_opened_but_not_run(
    desk: Desk, model: Model, tmp_path: Path
) -> None:
    """What does not fit the model is a problem when it is branched, and no crash."""
    path = tmp_path / "odd.sdrun"
    write_run(path, replace(small_run(), previews={}))
    (opened,), _ = desk.do(OpenRun(path))
    request = replace(REQUEST, width=None, height=None)
    with pytest.raises(StudioError):
        list(denoise(model, request, recorded=desk.store.steps(opened.run)))


@pytest.mark.parametrize("kind", ["strip", "gif", "webp", "mp4", "npz"])
@pytest.mark.parametrize("view", ["x0", "noise_difference"])
def test_every_export_can_be_opened(
    desk: Desk, tmp_path: Path, kind: ExportFormat, view: Any
) -> None:
    path = tmp_path / f"run.{kind}"
    assert desk.do(ExportRun(1, path, kind, view, seconds=1.0)) == ([], str(path))
    assert desk.shares == sorted(desk.shares)
    assert desk.shares[-1] == 1.0
    match kind:
        case "npz":
            with np.load(path, allow_pickle=False) as arrays:
                assert arrays["x0"].shape[0] == 5
                assert json.loads(str(arrays["request"]))["prompt"] == "a frog"
        case "mp4":
            with av.open(path) as film:
                assert sum(1 for _ in film.decode(video=0)) == 60
        case "strip":
            assert read_png(path).request == REQUEST
            assert read_png(path).edits == EDITS
        case _:
            # Frames that look alike may have become one.
            assert sum(durations_in(path)) == 2000
    assert {each.name for each in tmp_path.iterdir()} <= {path.name, "cache", "runs"}


def durations_in(path: Path) -> list[int]:
    """Milliseconds of each frame."""
    with Image.open(path) as image:
        lengths = []
        for index in range(image.n_frames):
            image.seek(index)
            image.load()
            lengths.append(image.info["duration"])
        return lengths


def test_the_last_frame_is_the_picture(desk: Desk, made: list[Step], tmp_path: Path) -> None:
    assert desk.model is not None
    desk.do(ExportRun(1, tmp_path / "a.gif", "gif", "next_latents"))
    with Image.open(tmp_path / "a.gif") as image:
        image.seek(4)
        shown = np.asarray(image.convert("RGB")).astype(int)
    wanted = desk.model.decode_array(made[-1].next_latents)[0]
    assert np.abs(shown - wanted).mean() < 4


def test_a_view_that_is_not_there_is_said(desk: Desk, model: Model, tmp_path: Path) -> None:
    request = replace(REQUEST, guidance_scale=1.0)
    desk.store.begin(2, request, model.ref.to_dict())
    for step in denoise(model, request):
        desk.store.add(step)
    desk.store.keep("finished")
    job = ExportRun(2, tmp_path / "a.gif", "gif", "noise_uncond")
    assert codes(job, desk) == ["view_missing"]
    assert not (tmp_path / "a.gif").exists()


def test_pinned_runs_are_there_in_the_next_sitting(
    desk: Desk, made: list[Step], tmp_path: Path, model: Model
) -> None:
    _, path = desk.do(PinRun(1, True, "Frog"))
    assert desk.store.record(1).pinned
    _, again = desk.do(PinRun(1, True, "Toad"))
    assert path == again
    later = Desk(tmp_path, None, [])
    later.model = model
    (opened, *shown), _ = later.do(ReopenPinned())
    assert (opened.name, opened.pinned, opened.path) == ("Toad", True, path)
    assert shown
    assert all(isinstance(event, PictureMade) for event in shown)
    assert later.store.nbytes == 0
    assert torch.equal(later.store.step(opened.run, 4).x0, made[4].x0)
    assert torch.equal(later.store.step(opened.run, 1).next_latents, made[1].next_latents)
    assert len(shown) == 1
    later.do(PinRun(opened.run, True, "Newt"))
    assert read_run(Path(path)).head.name == "Newt"
    later.do(PinRun(opened.run, False))
    assert not Path(path).exists()
    assert later.store.nbytes > 0
    assert torch.equal(later.store.step(opened.run, 2).x0, made[2].x0)
    assert not later.store.record(opened.run).pinned
    later.store.close()


def test_the_store_never_removes_a_pinned_file(desk: Desk, tmp_path: Path) -> None:
    _, path = desk.do(PinRun(1, True))
    later = Desk(tmp_path, None, [])
    (opened, *_), _ = later.do(ReopenPinned())
    later.store.forget(opened.run)
    later.do(ReopenPinned())
    later.store.close()
    assert read_run(Path(path)).request == REQUEST


def test_one_damaged_pinned_run_does_not_hide_the_others(desk: Desk, tmp_path: Path) -> None:
    _, path = desk.do(PinRun(1, True))
    (Path(path).parent / "20000101T000000-bad.sdrun").write_bytes(b"bad")
    (Path(path).parent / "notes.txt").write_text("not ours")
    later = Desk(tmp_path, None, [])
    events, _ = later.do(ReopenPinned(), left_out=1)
    assert [event.path for event in events if isinstance(event, RunOpened)] == [path]
    later.store.close()


def test_unpinning_what_the_store_has_lost(desk: Desk) -> None:
    _, path = desk.do(PinRun(1, True))
    desk.store.forget(1)
    assert desk.do(PinRun(1, False)) == ([], "")
    assert not Path(path).exists()
