"""Resources are found; what is written goes where it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdstudio import paths


def test_resources_ship_with_the_package() -> None:
    assert (paths.builtin_model() / "model_index.json").is_file()


def test_one_variable_moves_everything_that_is_written(home: Path) -> None:
    folders = [paths.data_dir(), paths.config_dir(), paths.cache_dir(), paths.log_dir()]
    assert len(set(folders)) == 4
    assert all(folder.is_relative_to(home) for folder in folders)
    assert not home.exists(), "naming a folder must not make it"


def test_without_it_they_are_the_systems_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(paths.HOME_VARIABLE)
    assert "sdstudio" in paths.data_dir().parts
    assert paths.data_dir().is_absolute()
