"""What was made of frames, found by what decided it; kept in memory and beside the drawings."""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np

from sdstudio.engine.picture import Picture
from sdstudio.engine.problems import StudioError
from sdstudio.session.drawing.recipe import Recipe
from sdstudio.session.files.atomic import FileError, write_atomic

_log = logging.getLogger(__name__)

BUDGET = 192 << 20
"""Bytes of pixels in memory, where there is a folder; the ones used longest ago go first."""

DISK_BUDGET = 1 << 30
"""Bytes of files; the oldest go when the next sitting begins."""

_RECIPE = "animation.json"


class Results:
    """Pictures by key; nothing here raises.

    In its folder each is a PNG with its key for a name, written on a thread, and the newest
    recipe is beside them, so that after a crash nothing has to be made again. A file that
    cannot be read is as good as none.

    Args:
        folder: Where to keep them; None keeps all of them in memory.
        budget: Bytes of pixels in memory, where there is a folder.
        disk_budget: Bytes of files.
    """

    def __init__(
        self, folder: Path | None = None, budget: int = BUDGET, disk_budget: int = DISK_BUDGET
    ) -> None:
        self._folder = folder
        self._budget = budget
        self._kept: OrderedDict[str, np.ndarray] = OrderedDict()
        self._nbytes = 0
        self._filed: set[str] = set()
        self._writer: ThreadPoolExecutor | None = None
        self.recipe: Recipe | None = None
        if folder is not None:
            self._look(folder, disk_budget)

    def __contains__(self, key: object) -> bool:
        return key in self._kept or key in self._filed

    def get(self, key: str) -> np.ndarray | None:
        """A result, (height, width, 3) uint8; None where it was not made or is gone."""
        picture = self._kept.get(key)
        if picture is None and key in self._filed:
            picture = self._read(key)
        if picture is not None:
            self._kept.move_to_end(key)
        return picture

    def put(self, key: str, picture: np.ndarray) -> None:
        """Keep a result."""
        self._remember(key, picture)
        if self._folder is not None:
            self._filed.add(key)
            self._write(self._path(self._folder, key), lambda: Picture.of(picture).png)

    def set_recipe(self, recipe: Recipe) -> None:
        """Keep how the newest results are made."""
        self.recipe = recipe
        if self._folder is not None:
            self._write(self._folder / _RECIPE, lambda: json.dumps(recipe.to_dict()).encode())

    def close(self) -> None:
        """Wait until all is written."""
        if self._writer is not None:
            self._writer.shutdown()
            self._writer = None

    def _remember(self, key: str, picture: np.ndarray) -> None:
        before = self._kept.pop(key, None)
        self._nbytes += picture.nbytes - (0 if before is None else before.nbytes)
        self._kept[key] = picture
        while self._folder is not None and self._nbytes > self._budget and len(self._kept) > 1:
            _, gone = self._kept.popitem(last=False)
            self._nbytes -= gone.nbytes

    def _path(self, folder: Path, key: str) -> Path:
        return folder / f"{key}.png"

    def _read(self, key: str) -> np.ndarray | None:
        assert self._folder is not None
        try:
            data = self._path(self._folder, key).read_bytes()
            picture = np.array(Picture.of(data).image.convert("RGB"))
        except (OSError, StudioError) as error:
            _log.warning("the result %s is lost: %s", key, error)
            self._filed.discard(key)
            return None
        self._remember(key, picture)
        return picture

    def _write(self, path: Path, content: Callable[[], bytes]) -> None:
        def write() -> None:
            try:
                data = content()
                path.parent.mkdir(parents=True, exist_ok=True)
                write_atomic(path, lambda file: file.write(data))
            except (OSError, FileError) as error:
                _log.warning("%s could not be kept: %s", path.name, error)

        if self._writer is None:
            self._writer = ThreadPoolExecutor(1, thread_name_prefix="results")
        self._writer.submit(write)

    def _look(self, folder: Path, budget: int) -> None:
        """See what an earlier sitting left, without reading the pictures."""
        with suppress(OSError, ValueError, TypeError, KeyError, RecursionError, StudioError):
            self.recipe = Recipe.from_dict(json.loads((folder / _RECIPE).read_text("utf-8")))
        found = []
        for path in folder.glob("*.png"):
            with suppress(OSError):
                stat = path.stat()
                found.append((stat.st_mtime, stat.st_size, path))
        room = budget
        for _, size, path in sorted(found, reverse=True):
            room -= size
            if room >= 0:
                self._filed.add(path.stem)
                continue
            with suppress(OSError):
                path.unlink()
