"""Every field of a request has its option, and the command line asks for nothing heavy."""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from PIL import Image

from sdstudio.cli.failure import Refusal
from sdstudio.cli.request_options import add_request_options, request_fields
from sdstudio.engine.request import Request


@pytest.fixture
def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    add_request_options(parser)
    return parser


def test_every_field_of_a_request_has_an_option_with_an_explanation(
    parser: argparse.ArgumentParser,
) -> None:
    explained = {action.dest for action in parser._actions if action.help}
    assert {field.name for field in fields(Request)} <= explained


def test_every_option_reaches_the_request(parser: argparse.ArgumentParser, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    Image.new("RGB", (8, 8), "red").save(picture)
    given = {
        "--prompt-b": "a rabbit",
        "--mix": "0.25",
        "--blend": "spherical",
        "--negative-prompt": "blue",
        "--guidance-scale": "3.5",
        "--guidance-rescale": "0.5",
        "--steps": "9",
        "--seed": "4",
        "--scheduler": "Heun",
        "--width": "64",
        "--height": "96",
        "--image": str(picture),
        "--strength": "0.5",
        "--mask": str(picture),
        "--eta": "0.75",
        "--clip-skip": "1",
        "--tile": "64",
        "--lora": "some=folder/few.safetensors=0.5",
    }
    argv = ["a frog", *(part for pair in given.items() for part in pair)]
    request = Request(**request_fields(parser.parse_args(argv)))
    untouched = Request()
    same = [
        field.name
        for field in fields(Request)
        if getattr(request, field.name) == getattr(untouched, field.name)
    ]
    assert same == []
    assert request.loras == (("some=folder/few.safetensors", 0.5),)


def test_only_given_fields_are_set(parser: argparse.ArgumentParser) -> None:
    assert request_fields(parser.parse_args(["a frog"])) == {"prompt": "a frog"}


@pytest.mark.parametrize("argv", [["--strength", "0.5"], ["--lora", "few=heavy"]])
def test_what_cannot_be_honoured_is_refused(
    parser: argparse.ArgumentParser, argv: list[str]
) -> None:
    with pytest.raises(Refusal):
        request_fields(parser.parse_args(["a frog", *argv]))


@pytest.mark.parametrize("argv", [["--help"], ["render", "--help"], ["info", "--help"]])
def test_help_imports_neither_torch_nor_qt(argv: list[str]) -> None:
    code = (
        "import sys\n"
        "from sdstudio.__main__ import main\n"
        "try:\n"
        f"    main({argv!r})\n"
        "except SystemExit as end:\n"
        "    assert end.code == 0, end.code\n"
        "heavy = {'torch', 'diffusers', 'transformers', 'PySide6'} & sys.modules.keys()\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "usage: sdstudio" in done.stdout
