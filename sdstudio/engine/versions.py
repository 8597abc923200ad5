"""Which versions made a picture; free of torch."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from sdstudio import __version__


def versions() -> dict[str, str]:
    """Versions of all that decides a pixel, by name."""
    found = {"sdstudio": __version__, "python": platform.python_version()}
    for name in ("torch", "diffusers", "transformers", "peft", "openvino"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
