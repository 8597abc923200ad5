"""A mouse: a process of its own, that writes the moment of each of its moves to its output."""

from __future__ import annotations

import os
import struct
import sys
import time

MOVE = struct.Struct("d")
"""A moment of the clock that all processes of a machine share."""


def main(moves: int, hertz: float) -> None:
    """Report so many times, as often a second, whoever is listening or not."""
    due = time.perf_counter()
    for _ in range(moves):
        os.write(1, MOVE.pack(time.perf_counter()))
        due += 1 / hertz
        time.sleep(max(0.0, due - time.perf_counter()))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
