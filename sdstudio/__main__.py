"""The command `sdstudio`; `python -m sdstudio` is the same."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: The arguments without the program's name; None takes the process's own.

    Returns:
        The exit status: 0 for success, 1 for a failure, 2 for a wrong or impossible order.
    """
    # Threads that wait for their share of a convolution sleep instead of spinning: on a busy
    # machine spinning was seen to cost ten times the work itself, and it starves the window.
    # Read by OpenMP when torch is imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

    from sdstudio.cli import run

    return run(sys.argv[1:] if argv is None else list(argv))


if __name__ == "__main__":
    sys.exit(main())
