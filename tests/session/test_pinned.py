from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sdstudio.session import pinned as module
from sdstudio.session.files.atomic import FileError
from sdstudio.session.files.run_file import read_run
from sdstudio.session.pinned import PinnedRuns
from tests.session.files.run_files import small_run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def pinned(tmp_path: Path) -> PinnedRuns:
    return PinnedRuns(tmp_path / "data" / "runs")


def test_a_pinned_run_is_found_by_the_next_sitting(tmp_path: Path, pinned: PinnedRuns) -> None:
    assert pinned.found() == []
    path = pinned.pin(3, small_run())
    later = PinnedRuns(tmp_path / "data" / "runs")
    assert later.found() == [path]
    assert read_run(path).request == small_run().request


def test_pinning_again_writes_the_same_file_anew(pinned: PinnedRuns) -> None:
    path = pinned.pin(3, small_run())
    assert pinned.pin(3, small_run(name="Toad")) == path
    assert pinned.found() == [path]
    assert read_run(path).head.name == "Toad"


def test_unpinning_removes_the_file(pinned: PinnedRuns) -> None:
    path = pinned.pin(3, small_run())
    pinned.pin(4, small_run())
    pinned.unpin(3)
    pinned.unpin(3)
    assert not path.exists()
    assert pinned.path_of(3) is None
    assert len(pinned.found()) == 1


def test_a_claimed_file_can_be_unpinned(tmp_path: Path, pinned: PinnedRuns) -> None:
    path = pinned.pin(3, small_run())
    later = PinnedRuns(tmp_path / "data" / "runs")
    later.claim(1, path)
    later.unpin(1)
    assert not path.exists()


def test_names_never_become_paths(tmp_path: Path, pinned: PinnedRuns) -> None:
    pinned.pin(1, small_run(name="../../../escape"))
    assert {each.parent for each in tmp_path.rglob("*.sdrun")} == {tmp_path / "data" / "runs"}


def test_a_full_disk_keeps_what_was_pinned(
    pinned: PinnedRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pinned.pin(3, small_run())

    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)
    for number in (3, 4):
        with pytest.raises(FileError) as raised:
            pinned.pin(number, small_run(name="Toad"))
        assert raised.value.problems[0].code == "disk_full"
    assert pinned.found() == [path]
    assert read_run(path).head.name == "Frog"
    assert pinned.path_of(4) is None


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(FileError):
        PinnedRuns(tmp_path / "data" / "runs").pin(1, small_run())


def test_half_written_files_of_the_killed_are_swept(pinned: PinnedRuns) -> None:
    folder = pinned.pin(1, small_run()).parent
    old, new = folder / ".old.part", folder / ".new.part"
    for path in (old, new):
        path.write_bytes(b"half")
    ago = time.time() - module.STALE_SECONDS - 1
    os.utime(old, (ago, ago))
    assert len(pinned.found()) == 1
    assert (old.exists(), new.exists()) == (False, True)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked children")
def test_a_kill_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    """Children that pin, rename, unpin and save are killed sixty times in the middle of it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.session.files.pinning", str(tmp_path), "60", "4"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    names: dict[str, str | None] = {}
    saved = set()
    for line in done.stdout.splitlines():
        kind, file, name = line.split(" ", 2)
        match kind:
            case "+":
                names[file] = name
            case "?":
                names[file] = None
            case "-":
                del names[file]
            case "s":
                saved.add(file)
    assert len(names) > 20
    found = {path.name: path for path in PinnedRuns(tmp_path / "runs").found()}
    assert names.keys() <= found.keys()
    for file, path in found.items():
        run = read_run(path)
        assert len(run.steps) == 3
        assert names.get(file) in (None, run.head.name)
    for file in saved:
        assert read_run(tmp_path / file).request == replace(small_run().request)
