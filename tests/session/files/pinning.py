"""Pins and saves runs until it is killed, and says what it has: run by test_pinned.py.

    python -m tests.session.files.pinning FOLDER KILLS SEED

Each of its children does the work and is killed at a moment nobody chose.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from sdstudio.session.files.run_file import FiledRun, write_run
from sdstudio.session.pinned import PinnedRuns
from tests.session.files.run_files import small_run


def main(folder: Path, kills: int, seed: int) -> None:
    dice = random.Random(seed)
    run = small_run()
    for life in range(kills):
        child = os.fork()
        if child == 0:
            work(folder, life, run, random.Random(f"{seed} {life}"))
        time.sleep(dice.uniform(0.0, 0.08))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def work(folder: Path, life: int, run: FiledRun, dice: random.Random) -> None:
    """Pin, rename, unpin and save for ever; what is done is said in one write."""
    pinned = PinnedRuns(folder / "runs")
    number = 0
    while True:
        number += 1
        path = pinned.pin(number, named(run, f"{life}-{number}"))
        say(f"+ {path.name} {life}-{number}")
        saved = folder / f"saved-{life}-{number % 3}.sdrun"
        write_run(saved, named(run, f"{life}-{number}"), durable=True)
        say(f"s {saved.name} -")
        match dice.randrange(3):
            case 0:
                # Said before: from here on it may be there or not.
                say(f"- {path.name} -")
                pinned.unpin(number)
            case 1:
                say(f"? {path.name} -")
                pinned.pin(number, named(run, f"{life}-{number} renamed"))
                say(f"+ {path.name} {life}-{number} renamed")


def named(run: FiledRun, name: str) -> FiledRun:
    return replace(run, head=replace(run.head, name=name))


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
