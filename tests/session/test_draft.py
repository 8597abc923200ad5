from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdstudio.engine.picture import Picture
from sdstudio.engine.request import Request
from sdstudio.session.draft import MAX_RECENT, Draft
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.recent_models import MOST, RecentModel
from sdstudio.session.sitting import FIRST_REQUEST, Sitting
from tests.session.standins import HandClock


def picture(shade: int) -> Picture:
    return Picture.of(np.full((8, 8, 3), shade, np.uint8))


def test_request_and_recent_files_come_back(tmp_path: Path) -> None:
    request = Request(prompt="a frog\nin a hat ☂", image=picture(9), loras=(("x", 0.5),))
    draft = Draft(tmp_path / "new")
    assert draft.request is None
    assert draft.save(request)
    for n in range(MAX_RECENT + 3):
        draft.add_recent(tmp_path / f"{n}.png")
    draft.add_recent(tmp_path / "5.png")
    again = Draft(tmp_path / "new")
    assert again.request == request
    assert len(again.recent) == MAX_RECENT
    assert [path.name for path in again.recent[:2]] == ["5.png", f"{MAX_RECENT + 2}.png"]


def test_old_pictures_are_dropped_and_a_lost_one_costs_only_itself(tmp_path: Path) -> None:
    draft = Draft(tmp_path)
    draft.save(Request(prompt="a", image=picture(1)))
    draft.save(Request(prompt="b", image=picture(2)))
    pictures = list(tmp_path.glob("*.png"))
    assert len(pictures) == 1
    pictures[0].unlink()
    assert Draft(tmp_path).request == Request(prompt="b")


@given(damage=st.one_of(st.binary(max_size=200), st.text(max_size=50).map(str.encode)))
def test_no_damage_raises(tmp_path_factory: pytest.TempPathFactory, damage: bytes) -> None:
    folder = tmp_path_factory.mktemp("draft")
    (folder / "draft.json").write_bytes(damage)
    assert Draft(folder).request is None


@pytest.mark.parametrize(
    "text",
    [
        '{"recent": [], "request": {"steps": "many"}}',
        '{"recent": [], "request": [1]}',
        '{"recent": 3}',
        "[" * 100_000,
        '{"recent": [], "request": {"image": 5}}',
    ],
)
def test_a_damaged_draft_is_kept_aside(tmp_path: Path, text: str) -> None:
    (tmp_path / "draft.json").write_text(text)
    draft = Draft(tmp_path)
    assert draft.request is None
    assert (tmp_path / "draft.damaged.json").read_text() == text
    assert draft.save(Request(prompt="new"))
    assert Draft(tmp_path).request == Request(prompt="new")


def test_a_folder_that_cannot_be_written_is_no_disaster(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    draft = Draft(tmp_path / "file" / "below")
    assert not draft.save(Request())
    assert not draft.add_recent(tmp_path)


def test_sitting_saves_before_a_run_and_not_twice(tmp_path: Path, clock: HandClock) -> None:
    draft = Draft(tmp_path)
    sitting = Sitting(Mailbox(), draft=draft, clock=clock)
    assert sitting.request == FIRST_REQUEST
    sitting.change(prompt="a swan")
    assert Draft(tmp_path).request is None
    sitting.generate()
    assert Draft(tmp_path).request == sitting.request
    (tmp_path / "draft.json").unlink()
    sitting.save_draft()
    assert not (tmp_path / "draft.json").exists()
    sitting.change(prompt="two swans")
    sitting.save_draft()
    assert Sitting(Mailbox(), draft=Draft(tmp_path)).request.prompt == "two swans"


def test_models_come_back_and_can_be_forgotten(tmp_path: Path) -> None:
    draft = Draft(tmp_path / "data")
    here = tmp_path / "here"
    here.mkdir()
    for number in range(MOST + 2):
        draft.add_model(RecentModel(str(tmp_path / f"{number}"), f"{number}", "SD 1"))
    draft.add_model(RecentModel("owner/name", "name", "SDXL"))
    draft.add_model(RecentModel(str(here), "here", "SD 2"))
    again = Draft(tmp_path / "data")
    assert len(again.models) == MOST
    assert [(model.name, model.is_missing) for model in again.models[:3]] == [
        ("here", False),
        ("name", False),
        (f"{MOST + 1}", True),
    ]
    again.remove_model("owner/name")
    assert [model.name for model in Draft(tmp_path / "data").models[:2]] == ["here", f"{MOST + 1}"]


def test_a_draft_without_models_is_read(tmp_path: Path) -> None:
    (tmp_path / "draft.json").write_text('{"format": 1, "recent": [], "request": null}')
    assert Draft(tmp_path).models == ()
    assert not (tmp_path / "draft.damaged.json").exists()
