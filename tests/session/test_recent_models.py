"""The models a person has used, with what was laid over them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sdstudio.session.additions import NONE, Additions
from sdstudio.session.draft import Draft
from sdstudio.session.recent_models import RecentModel

OLD: dict[str, Any] = {"source": "/models/old", "name": "old", "family": "SD 1"}


def test_what_is_laid_over_a_model_comes_back(tmp_path: Path) -> None:
    additions = Additions("/clip", "/vae.pt", "owner/taesd", ("/toad.pt", "/oil.pt"))
    model = RecentModel("/models/a", "a", "SD 1", additions, (("/lora.safetensors", -0.5),))
    Draft(tmp_path).add_model(model)
    assert Draft(tmp_path).models == (model,)


def test_a_file_of_before_is_read(tmp_path: Path) -> None:
    Draft(tmp_path).add_model(RecentModel("/models/a", "a", "SD 1"))
    (file,) = tmp_path.glob("*.json")
    file.write_text(json.dumps(json.loads(file.read_text()) | {"models": [OLD]}))
    assert Draft(tmp_path).models == (RecentModel(**OLD),)


@pytest.mark.parametrize(
    ("more", "additions", "loras"),
    [
        ({"additions": None, "loras": None}, NONE, ()),
        ({"additions": 3, "loras": "x"}, NONE, ()),
        ({"additions": {"vae": 3, "embeddings": ["/a", 4]}}, Additions(embeddings=("/a",)), ()),
        ({"loras": [["/a", 1], ["/b"], [2, 1], ["/c", "x"]]}, NONE, (("/a", 1.0),)),
    ],
)  # fmt: skip
def test_what_is_of_another_kind_costs_no_more_than_itself(
    more: dict[str, Any], additions: Additions, loras: Any
) -> None:
    found = RecentModel.from_dict(OLD | more)
    assert (found.additions, found.loras) == (additions, loras)


def test_what_is_gone_is_left_out(tmp_path: Path) -> None:
    here = tmp_path / "here.pt"
    here.touch()
    gone = str(tmp_path / "gone.pt")
    additions = Additions(gone, str(here), "owner/taesd", (str(here), gone))
    assert additions.missing == (gone, gone)
    found = additions.without(additions.missing)
    assert found == Additions("", str(here), "owner/taesd", (str(here),))
    assert found.missing == ()
    model = RecentModel("owner/name", "name", "SD 1", loras=((gone, 1.0), (str(here), 0.5)))
    assert not model.is_missing
    assert model.present_loras == ((str(here), 0.5),)
