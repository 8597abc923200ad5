"""What was made is found again, by another sitting too."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from sdstudio.engine.request import Request
from sdstudio.session.drawing.recipe import Recipe, digest_of
from sdstudio.session.drawing.results import Results
from sdstudio.session.drawing.sketch import MaskUse
from tests.session.standins import facts

USE = MaskUse(feather=3.5, invert=True, fill="colour", colour=(1, 2, 3))


def noise(seed: int, side: int = 16) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (side, side, 3), np.uint8)


def kept(folder: Path, count: int) -> None:
    results = Results(folder)
    for number in range(count):
        results.put(f"{number:032x}", noise(number))
    results.set_recipe(Recipe(Request(prompt="a frog", seed=3), 0.5, ("abc", "bfloat16"), USE))
    results.close()


def test_another_sitting_has_the_same_pixels_and_recipe(tmp_path: Path) -> None:
    kept(tmp_path / "results", 3)
    results = Results(tmp_path / "results")
    for number in range(3):
        found = results.get(f"{number:032x}")
        assert found is not None
        assert np.array_equal(found, noise(number))
    assert results.recipe == Recipe(Request(prompt="a frog", seed=3), 0.5, ("abc", "bfloat16"), USE)
    assert results.get("f" * 32) is None


def test_what_memory_has_no_room_for_is_read_again(tmp_path: Path) -> None:
    results = Results(tmp_path, budget=2 * noise(0).nbytes)
    for number in range(6):
        results.put(str(number), noise(number))
    results.close()
    for number in range(6):
        found = results.get(str(number))
        assert found is not None
        assert np.array_equal(found, noise(number))
    assert len(results._kept) == 2


def test_without_a_folder_nothing_is_lost() -> None:
    results = Results(budget=1)
    for number in range(6):
        results.put(str(number), noise(number))
    assert all(str(number) in results for number in range(6))


def test_the_oldest_files_go_when_there_are_too_many(tmp_path: Path) -> None:
    kept(tmp_path, 4)
    paths = sorted(tmp_path.glob("*.png"))
    for age, path in enumerate(paths):
        os.utime(path, (1000 + age, 1000 + age))
    room = sum(path.stat().st_size for path in paths[2:])
    results = Results(tmp_path, disk_budget=room)
    assert [path.stem in results for path in paths] == [False, False, True, True]
    assert sorted(tmp_path.glob("*.png")) == paths[2:]


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b'{"request": {"steps": -1}}', b"\xff"])
def test_damage_costs_what_is_damaged(tmp_path: Path, damage: bytes) -> None:
    kept(tmp_path, 2)
    (tmp_path / "animation.json").write_bytes(damage)
    (tmp_path / f"{0:032x}.png").write_bytes(damage)
    results = Results(tmp_path)
    assert results.recipe is None
    assert results.get(f"{0:032x}") is None
    assert f"{0:032x}" not in results
    assert results.get(f"{1:032x}") is not None


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    results = Results(tmp_path / "file" / "results")
    results.put("a", noise(1))
    results.close()
    assert results.get("a") is not None


def test_keys_differ_by_all_that_decides_a_result() -> None:
    digests = [digest_of(noise(0)), digest_of(noise(1)), digest_of(noise(0))]
    request = Request(prompt="a frog")
    keys = Recipe.of(request, 0.0, facts()).keys(digests)
    assert keys[0] == keys[2] != keys[1]
    others = [
        Recipe.of(Request(prompt="a frog", seed=1), 0.0, facts()),
        Recipe.of(request, 0.1, facts()),
        Recipe.of(request, 0.0, facts(hash="another")),
        Recipe.of(request, 0.0, facts(dtype="bfloat16")),
    ]
    seen = {other.keys(digests)[0] for other in others}
    assert len(seen) == 4
    assert keys[0] not in seen
    # The picture of the controls is not the frames'.
    image = Request(prompt="a frog", image=noise(5))  # type: ignore[arg-type]
    assert Recipe.of(image, 0.0, facts()).keys(digests) == keys
    pulled = Recipe.of(request, 0.1, facts()).keys(digests)
    assert len(set(pulled)) == 3
    assert digest_of(np.zeros((2, 8, 3), np.uint8)) != digest_of(np.zeros((4, 4, 3), np.uint8))


def test_recipes_of_before_masks_counted_are_read() -> None:
    recipe = Recipe(Request(prompt="a frog"), 0.5, ("abc", "float32"))
    plain = recipe.to_dict()
    del plain["mask"]
    assert Recipe.from_dict(plain) == recipe
