"""What the README says is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(name: str) -> str:
    """The fenced text under the comment of that name."""
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```\n", README, flags=re.DOTALL)
    assert found is not None, name
    return found[1]


def test_the_notebook_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(block("example: notebook"), "README.md", "exec"), {})
    with Image.open("frog.png") as picture:
        assert picture.size >= (64, 64)


def test_the_notebook_example_is_ten_lines() -> None:
    lines = [line for line in block("example: notebook").splitlines() if line.strip()]
    assert len(lines) <= 10


@pytest.mark.parametrize("name", ["window", "tests"])
def test_one_command_installs_and_runs(name: str) -> None:
    command = block(f"command: {name}")
    assert command.count("\n") == 1
    assert "pip install -c constraints.txt -e" in command


def test_ci_runs_the_commands_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for name in ("tests", "libraries"):
        assert f"$(command_of {name})" in script or f"command_of {name} |" in script
        assert f"<!-- command: {name} -->" in README
    # It says nothing of its own where the README has a command.
    assert "pytest" not in script
    assert "libegl1" not in script


def test_every_file_it_links_to_exists() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_folder_of_its_layout_exists() -> None:
    folders = re.findall(r"^\| `([^`]+)` \|", README, flags=re.MULTILINE)
    assert "sdstudio/engine" in folders
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []
