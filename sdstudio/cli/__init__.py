"""The command line: `sdstudio` (window), `sdstudio render`, `sdstudio info`.

Nothing here imports torch or Qt before a command needs it, so that ``--help`` and mistakes
answer at once, and pictures can be rendered where no window could open.
"""

from __future__ import annotations

import sys

from sdstudio.cli import info, render, window
from sdstudio.cli.failure import explained

COMMANDS = {"render": render.main, "info": info.main}


def run(argv: list[str]) -> int:
    """Run one command, errors in one line on stderr; returns the exit status."""
    command = COMMANDS.get(argv[0], window.main) if argv else window.main
    rest = argv[1:] if argv and argv[0] in COMMANDS else argv
    return explained(lambda: command(rest), sys.stderr)
