"""`sdstudio`: the window, or a line that says why there is none."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from sdstudio import __version__
from sdstudio.cli.display import missing_display
from sdstudio.cli.failure import Parser, Refusal

_EPILOG = """\
other commands:
  sdstudio render PROMPT -o FILE   make pictures without a window
  sdstudio info                    print the model, versions and folders
Each has its own --help.
"""

_WAYS = 'without a window: `sdstudio render "a frog" -o frog.png`, or a picture of the window: '
_WAYS += '`sdstudio --screenshot window.png "a frog"`'


def main(argv: list[str]) -> int:
    """Open the window; with --screenshot, run the prompt in it and save a picture of it."""
    arguments = _parser().parse_args(argv)
    screenshot: Path | None = arguments.screenshot
    missing = missing_display()
    if screenshot is not None:
        if arguments.prompt is None:
            raise Refusal('--screenshot needs a prompt: sdstudio --screenshot window.png "a frog"')
        if not screenshot.absolute().parent.is_dir():
            raise Refusal(f"--screenshot {screenshot}: there is no folder {screenshot.parent}")
        if missing:
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
    elif missing:
        raise Refusal(f"no window: {missing}; {_WAYS}")
    try:
        from sdstudio.ui.app import run
    except ImportError as error:
        if error.name and error.name.partition(".")[0] not in ("PySide6", "shiboken6"):
            raise
        raise Refusal(f"no window: Qt does not start ({error}); see README; {_WAYS}") from error
    return run(sys.argv[:1], prompt=arguments.prompt, screenshot=screenshot)


def _parser() -> Parser:
    parser = Parser(
        prog="sdstudio",
        description="See, understand and steer every step of diffusion image generation.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("prompt", nargs="?", help="what the picture should show")
    parser.add_argument(
        "--screenshot",
        type=Path,
        metavar="PATH",
        help="run the prompt to the end, save a picture of the window, and quit",
    )
    parser.add_argument("--version", action="version", version=f"sdstudio {__version__}")
    return parser
