"""`sdstudio info RUN`: what a run file holds, without a model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sdstudio.__main__ import main
from sdstudio.session.files.run_file import write_run
from tests.session.files.run_files import small_run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "frog.sdrun"
    write_run(path, small_run())
    return path


def test_it_says_what_the_run_is(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(path)]) == 0
    said = capsys.readouterr().out
    lines = [" ".join(line.split()) for line in said.splitlines()]
    for line in (
        "name Frog",
        "steps 3 of 3, finished",
        "latents 4x2x4",
        "prompt a frog ☂ on stilts",
        "image 32x16",
        "from step 1 guidance_scale 3.0",
        "model Built-in",
        "threads 2",
        "torch 2.13.0",
    ):
        assert line in lines, said
    assert "negative_prompt" not in said


def test_as_json(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "--json", str(path)]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain["request"]["width"] == 32
    assert plain["made by"]["hash"] == "ab" * 5


def test_another_file_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "frog.sdrun"
    path.write_text("frog")
    assert main(["info", str(path)]) == 1
    assert capsys.readouterr().err == "sdstudio: frog.sdrun is not a run file\n"
    assert main(["info", str(tmp_path / "none.sdrun")]) == 1
    assert capsys.readouterr().err == "sdstudio: there is no file none.sdrun\n"


def test_a_run_cannot_move_the_cursor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "frog.sdrun"
    model = {**small_run().head.model, "name": "\x1b[2Jgone"}
    write_run(path, small_run(model=model))
    assert main(["info", str(path)]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_no_torch_is_needed(path: Path) -> None:
    script = (
        "import sys; from sdstudio.__main__ import main; main(['info', sys.argv[1]]);"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=True, stdout=subprocess.DEVNULL)
