"""Where resources, user data, settings, caches and logs live.

None of these functions creates the folder it names. The environment variable
``SDSTUDIO_HOME`` puts everything that is written below one folder: for tests, and for
carrying the studio on a stick.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import platformdirs

HOME_VARIABLE = "SDSTUDIO_HOME"


@cache
def resources() -> Path:
    """The folder of models, icons and configurations that ship with the studio.

    A wheel carries it inside the package; an editable install leaves it beside it.

    Raises:
        FileNotFoundError: The installation is damaged.
    """
    package = Path(__file__).resolve().parent
    places = (package / "resources", package.parent / "resources")
    for place in places:
        if place.is_dir():
            return place
    raise FileNotFoundError(f"no resources in {places[0]} nor {places[1]}")


def builtin_model() -> Path:
    """The folder of the built-in model, in diffusers' layout."""
    return resources() / "models" / "builtin"


def data_dir() -> Path:
    """What a person would miss: drafts, recorded runs."""
    return _folder("data")


def config_dir() -> Path:
    """Settings: the window's layout, theme, text size."""
    return _folder("config")


def cache_dir() -> Path:
    """What can be made again: converted networks, thumbnails."""
    return _folder("cache")


def log_dir() -> Path:
    """Log files."""
    return _folder("log")


def _folder(kind: str) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home).expanduser().absolute() / kind
    dirs = platformdirs.PlatformDirs("sdstudio", appauthor=False)
    return Path(getattr(dirs, f"user_{kind}_dir"))
