"""Checks that an installed wheel is whole: run by the Python it is installed in, from elsewhere.

    python packaging/check_installed.py

It looks for the resources inside the package, renders one picture and one picture of the
window without a display, in the current folder, reads a recorded run and encodes a film.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
from PIL import Image

import sdstudio
from sdstudio import paths
from sdstudio.session.files.exports.film import write_film
from sdstudio.session.files.run_file import read_run

NEEDED = (
    "models/builtin/model_index.json",
    "models/builtin/recommended.json",
    "configs/sd1",
    "icons",
)


def main() -> None:
    """Exit with a message at the first thing that is missing."""
    site = Path(sysconfig.get_path("purelib")).resolve()
    package = Path(sdstudio.__file__).resolve().parent
    if not package.is_relative_to(site):
        sys.exit(f"sdstudio comes from {package}, not from the wheel in {site}")
    if paths.resources() != package / "resources":
        sys.exit(f"the resources are not inside the package but in {paths.resources()}")
    for name in NEEDED:
        if not (paths.resources() / name).exists():
            sys.exit(f"the wheel lacks resources/{name}")
    if (paths.resources() / "readme").exists():
        sys.exit("the wheel carries the pictures of the README")

    size = run("frog.png", "render", "a frog", "--steps", "4", "--record", "frog.sdrun", "-o")
    print(f"rendered a picture of {size[0]}x{size[1]}")
    print(f"recorded a run of {len(read_run(Path('frog.sdrun')).steps)} steps")
    with Path("frog.mp4").open("w+b") as file, Image.open("frog.png") as picture:
        write_film(file, [np.asarray(picture)], 1, 1.0)
    print(f"encoded a film of {Path('frog.mp4').stat().st_size} bytes")
    size = run("window.png", "a frog", "--screenshot")
    print(f"took a picture of the window, {size[0]}x{size[1]}")


def run(name: str, *arguments: str) -> tuple[int, int]:
    """Let the installed command write a picture; returns its size in pixels."""
    command = Path(sysconfig.get_path("scripts")) / "sdstudio"
    bare = {"DISPLAY", "WAYLAND_DISPLAY", "PYTHONPATH", "QT_QPA_PLATFORM"}
    environment = {name: value for name, value in os.environ.items() if name not in bare}
    environment["SDSTUDIO_HOME"] = str(Path("home").absolute())
    done = subprocess.run([command, *arguments, name], env=environment, timeout=600)
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments)} {name} ended with {done.returncode}")
    with Image.open(name) as picture:
        if len(picture.convert("RGB").getcolors(1 << 24) or ()) < 16:
            sys.exit(f"{name} is blank")
        return picture.size


if __name__ == "__main__":
    main()
