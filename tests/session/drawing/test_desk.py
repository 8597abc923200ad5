"""The desk: drawings outlive the program, damaged ones are put aside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from sdstudio.session.drawing.desk import (
    MAX_SECONDS,
    PATIENCE_SECONDS,
    QUIET_SECONDS,
    SLICE_BYTES,
    DrawingDesk,
)
from sdstudio.session.drawing.drawing_file import to_bytes
from sdstudio.session.drawing.mirror import TILE, Mirror
from sdstudio.session.drawing.tools import Point, Tool
from tests.session.drawing.hand import drawn, noise
from tests.session.standins import HandClock

DeskMaker = Callable[..., DrawingDesk]


@pytest.fixture
def desk_in() -> Iterator[DeskMaker]:
    desks = []

    def make(folder: Path, **options: object) -> DrawingDesk:
        desks.append(DrawingDesk(folder, **options))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def wait(desk: DrawingDesk) -> None:
    """For what is being written, without asking for anything to be."""
    deadline = time.monotonic() + 20
    while desk.is_writing:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_fresh_desk_holds_a_blank_drawing_and_writes_nothing(
    tmp_path: Path, desk_in: DeskMaker
) -> None:
    desk = desk_in(tmp_path / "new", size=(30, 20))
    assert (desk.drawing.width, desk.drawing.height) == (30, 20)
    desk.tick()
    assert desk.flush()
    assert files(tmp_path / "new") == []
    assert desk.entries == ()


def test_the_next_desk_goes_on_where_the_last_one_ended(tmp_path: Path, desk_in: DeskMaker) -> None:
    desk = desk_in(tmp_path, size=(30, 20))
    drawn(desk.drawing, Tool(), (5, 5))
    desk.frames.duplicate()
    drawn(desk.drawing, Tool(colour=(200, 0, 0)), (20, 9))
    desk.frames.add()
    desk.frames.select(1)
    desk.close()
    again = desk_in(tmp_path)
    assert again.name == desk.name
    assert (len(again.frames), again.frames.index) == (3, 1)
    for mine, theirs in zip(desk.frames, again.frames, strict=True):
        assert to_bytes(mine) == to_bytes(theirs)


def test_saving_waits_for_a_rest_but_not_for_long(
    tmp_path: Path, clock: HandClock, desk_in: DeskMaker
) -> None:
    desk = desk_in(tmp_path, size=(64, 64), clock=clock)
    drawn(desk.drawing, Tool(), (5, 5))
    desk.tick()
    clock.now += QUIET_SECONDS / 2
    desk.tick()
    wait(desk)
    assert files(tmp_path) == []
    clock.now += QUIET_SECONDS
    desk.tick()
    wait(desk)
    assert len(files(tmp_path)) == 1
    # A hand that does not rest: one long stroke.
    path = next(tmp_path.iterdir())
    stroke = desk.drawing.begin(Tool(), "paint", Point(1, 1))
    saved, began = path.read_bytes(), clock.now
    while path.read_bytes() == saved:
        assert clock.now - began <= MAX_SECONDS + 0.2
        stroke.move([Point(1 + 10 * (clock.now - began), 30)])
        desk.tick()
        wait(desk)
        clock.now += 0.1
    assert clock.now - began >= MAX_SECONDS
    assert desk.drawing.is_being_drawn


def test_a_large_drawing_is_copied_in_slices_and_saved_whole(
    tmp_path: Path, clock: HandClock, desk_in: DeskMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[int] = []
    plain = Mirror.follow

    def follow(mirror: Mirror, most: int | None = None) -> int:
        copied.append(plain(mirror, most))
        return copied[-1]

    monkeypatch.setattr(Mirror, "follow", follow)
    desk = desk_in(tmp_path, size=(1024, 1280), clock=clock)
    desk.drawing.write("background", 0, 0, noise(1280, 1024))
    for _ in range(20):
        clock.now += 0.25
        desk.tick()
        wait(desk)
    assert len(files(tmp_path)) == 1
    assert sum(copied) == 1024 * 1280 * 9
    assert max(copied) < SLICE_BYTES + TILE * TILE * 9
    assert to_bytes(desk_in(tmp_path).drawing) == to_bytes(desk.drawing)


def test_a_drawing_that_changes_faster_than_it_is_copied_is_saved_all_the_same(
    tmp_path: Path, clock: HandClock, desk_in: DeskMaker
) -> None:
    desk = desk_in(tmp_path, size=(1024, 1280), clock=clock)
    began = clock.now
    while not files(tmp_path):
        assert clock.now - began <= MAX_SECONDS + PATIENCE_SECONDS + 0.5
        desk.drawing.fill("paint", 1, 1, (int(100 * clock.now) % 256, 0, 0), 255)
        desk.tick()
        wait(desk)
        clock.now += 0.25


def test_nothing_new_is_not_written_again(
    tmp_path: Path, clock: HandClock, desk_in: DeskMaker
) -> None:
    desk = desk_in(tmp_path, size=(64, 64), clock=clock)
    drawn(desk.drawing, Tool(), (5, 5))
    assert desk.flush()
    path = next(tmp_path.iterdir())
    path.unlink()
    for _ in range(20):
        clock.now += 1
        desk.tick()
    wait(desk)
    assert desk.flush()
    assert files(tmp_path) == []


def test_only_changed_frames_are_packed_again(
    tmp_path: Path, desk_in: DeskMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sdstudio.session.drawing import pages as module

    packed = []
    plain = module.sheet_bytes
    monkeypatch.setattr(module, "sheet_bytes", lambda sheet: packed.append(sheet) or plain(sheet))
    desk = desk_in(tmp_path, size=(32, 32))
    for _ in range(5):
        desk.frames.add()
    assert desk.flush()
    assert len(packed) == 6
    drawn(desk.frames[2], Tool(), (5, 5))
    assert desk.flush()
    assert len(packed) == 7
    again = desk_in(tmp_path)
    assert [to_bytes(frame) for frame in again.frames] == [to_bytes(frame) for frame in desk.frames]


def test_many_drawings_are_listed_opened_and_removed(tmp_path: Path, desk_in: DeskMaker) -> None:
    desk = desk_in(tmp_path, size=(16, 16))
    names = []
    for shade in range(5):
        desk.new(16, 16 + shade).fill("paint", 1, 1, (shade, 0, 0))
        assert desk.flush()
        os.utime(tmp_path / f"{desk.name}.sdframes", (1000 + shade, 1000 + shade))
        names.append(desk.name)
    assert [entry.name for entry in desk.entries] == names[::-1]
    assert [entry.modified for entry in desk.entries] == [1004, 1003, 1002, 1001, 1000]
    assert desk.open(names[1])
    assert desk.drawing.pick(0, 0) == (1, 0, 0)
    assert not desk.open("no such drawing")
    assert desk.name == names[1]
    desk.remove(names[3])
    desk.remove(desk.name)
    assert desk.name not in names
    assert not desk.drawing.pixels("paint").any()
    assert {entry.name for entry in desk.entries} == {names[0], names[2], names[4]}
    assert desk.flush()
    assert len(desk.entries) == 3


def test_an_older_drawing_that_was_opened_is_gone_on_with(
    tmp_path: Path, desk_in: DeskMaker
) -> None:
    desk = desk_in(tmp_path, size=(16, 16))
    older = desk.name
    desk.drawing.fill("paint", 1, 1, (200, 0, 0))
    desk.new(32, 32).fill("paint", 1, 1, (0, 0, 200))
    assert desk.open(older)
    desk.close()
    assert desk_in(tmp_path).name == older


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "", ".", "a/b"])
def test_names_do_not_lead_out_of_the_folder(tmp_path: Path, desk_in: DeskMaker, name: str) -> None:
    folder = tmp_path / "desk"
    desk = desk_in(folder, size=(8, 8))
    desk.drawing.fill("paint", 1, 1, (0, 0, 0))
    assert desk.flush()
    outside = tmp_path / "outside.sdframes"
    outside.write_bytes(next(folder.iterdir()).read_bytes())
    assert not desk.open(name)
    desk.remove(name)
    assert outside.exists()


def test_damaged_drawings_are_put_aside_and_the_newest_good_one_goes_on(
    tmp_path: Path, desk_in: DeskMaker
) -> None:
    desk = desk_in(tmp_path, size=(16, 16))
    desk.drawing.fill("paint", 1, 1, (1, 0, 0))
    desk.close()
    good = desk.name
    whole = (tmp_path / f"{good}.sdframes").read_bytes()
    os.utime(tmp_path / f"{good}.sdframes", (1000, 1000))
    for name, data in (("cut", whole[:-50]), ("empty", b""), ("text", b"hello")):
        (tmp_path / f"{name}.sdframes").write_bytes(data)
    again = desk_in(tmp_path)
    assert again.name == good
    assert sorted(again.folder.set_aside) == ["cut", "empty", "text"]
    assert (tmp_path / "cut.sdframes.damaged").read_bytes() == whole[:-50]
    assert [entry.name for entry in again.entries] == [good]


def test_a_folder_that_cannot_be_written_is_told_and_tried_again(
    tmp_path: Path, desk_in: DeskMaker
) -> None:
    (tmp_path / "file").write_text("in the way")
    desk = desk_in(tmp_path / "file", size=(16, 16))
    desk.drawing.fill("paint", 1, 1, (1, 0, 0))
    assert not desk.flush()
    (tmp_path / "file").unlink()
    assert desk.flush()
    assert len(files(tmp_path / "file")) == 1


_KILLED = """
import sys, time
import numpy as np
from pathlib import Path
from sdstudio.session.drawing.desk import DrawingDesk
from sdstudio.session.drawing.tools import Point, Tool

# Four times as fast as the clock: the hand never rests.
desk = DrawingDesk(Path(sys.argv[1]), size=(256, 256), clock=lambda: 4 * time.monotonic())
noise = np.random.default_rng(0).integers(0, 256, (256, 256, 4), np.uint8)
desk.drawing.write("background", 0, 0, noise)
begun = saved = 0
for number in range(250):
    stroke = desk.drawing.begin(Tool(size=1, hardness=1), "paint", Point(number + 0.5, 8))
    stroke.move([Point(number + 0.5, 250)])
    stroke.end()
    was_writing = desk.is_writing
    desk.tick()
    if desk.is_writing and not was_writing:
        saved, begun = begun, number + 1
    print(saved, int(desk.is_writing), flush=True)
    time.sleep(0.01)
"""


@pytest.mark.parametrize("writing", [0, 1])
def test_what_was_saved_outlives_a_kill_even_amid_writing(
    tmp_path: Path, desk_in: DeskMaker, writing: int
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    saved = 0
    try:
        for line in process.stdout:
            saved, is_writing = map(int, line.split())
            if saved >= 20 and is_writing == writing:
                break
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
    assert saved >= 20
    desk = desk_in(tmp_path)
    assert desk.folder.set_aside == []
    columns = np.nonzero(desk.drawing.pixels("paint")[120, :, 3])[0]
    assert len(columns) >= saved
    assert columns.tolist() == list(range(len(columns)))
    assert files(tmp_path) == [f"{desk.name}.sdframes"]


def test_what_a_killed_write_left_is_no_drawing(tmp_path: Path, desk_in: DeskMaker) -> None:
    desk = desk_in(tmp_path, size=(16, 16))
    desk.drawing.write("background", 0, 0, noise(16, 16))
    desk.close()
    (tmp_path / ".0123456789abcdef.part").write_bytes(b"PK half of it")
    again = desk_in(tmp_path)
    assert again.folder.set_aside == []
    assert np.array_equal(again.drawing.pixels("background"), noise(16, 16))
    assert files(tmp_path) == [f"{desk.name}.sdframes"]
