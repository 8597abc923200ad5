"""The last request, the recent files and models, kept so that a crash loses none of them."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

from sdstudio.engine.picture import Picture
from sdstudio.engine.problems import StudioError
from sdstudio.engine.request import Request
from sdstudio.session.files.atomic import FileError, write_atomic
from sdstudio.session.recent_models import RecentModel, with_newest

_log = logging.getLogger(__name__)

FORMAT = 1
MAX_RECENT = 12
_PICTURES = ("image", "mask")


class Draft:
    """A small JSON file, with the request's pictures beside it, each written once.

    Nothing here raises: without a draft a sitting starts fresh, and a file that cannot be
    read is kept aside as ``draft.damaged.json``.

    Args:
        folder: Where to keep it; made when first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "draft.json"
        self._request: Request | None = None
        self._recent: list[Path] = []
        self._models: tuple[RecentModel, ...] = ()
        self._read()

    @property
    def request(self) -> Request | None:
        """The request last saved, None when there is none."""
        return self._request

    @property
    def recent(self) -> tuple[Path, ...]:
        """Files opened or saved, newest first."""
        return tuple(self._recent)

    @property
    def models(self) -> tuple[RecentModel, ...]:
        """Models loaded besides the built-in one, newest first."""
        return self._models

    def save(self, request: Request) -> bool:
        """Keep ``request``; False when it could not be written."""
        self._request = request
        return self._write()

    def add_recent(self, path: Path) -> bool:
        """Put a file first among the recent ones; False when it could not be written."""
        path = path.absolute()
        self._recent = [path, *(other for other in self._recent if other != path)][:MAX_RECENT]
        return self._write()

    def add_model(self, model: RecentModel) -> bool:
        """Put a model first among the recent ones; False when it could not be written."""
        before, self._models = self._models, with_newest(self._models, model)
        return self._models == before or self._write()

    def remove_model(self, source: str) -> bool:
        """Forget a recent model; False when it could not be written."""
        self._models = tuple(each for each in self._models if each.source != source)
        return self._write()

    def _write(self) -> bool:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            content = json.dumps(self._plain(), indent=1).encode()
            write_atomic(self._file, lambda file: file.write(content))
            self._drop_old_pictures()
        except (OSError, FileError) as error:
            _log.warning("the draft could not be written: %s", error)
            return False
        return True

    def _plain(self) -> dict[str, Any]:
        plain: dict[str, Any] = {
            "format": FORMAT,
            "recent": [str(path) for path in self._recent],
            "models": [model.to_dict() for model in self._models],
        }
        if self._request is not None:
            pictures = {name: getattr(self._request, name) for name in _PICTURES}
            plain["request"] = _without_pictures(self._request).to_dict() | {
                name: self._keep(picture) for name, picture in pictures.items() if picture
            }
        return plain

    def _keep(self, picture: Picture) -> str:
        path = self._folder / f"draft-{picture.sha256[:32]}.png"
        if not path.exists():
            write_atomic(path, lambda file: file.write(picture.png))
        return path.name

    def _drop_old_pictures(self) -> None:
        wanted = set()
        if self._request is not None:
            for picture in (self._request.image, self._request.mask):
                if picture is not None:
                    wanted.add(f"draft-{picture.sha256[:32]}.png")
        for path in self._folder.glob("draft-*.png"):
            if path.name not in wanted:
                path.unlink(missing_ok=True)

    def _read(self) -> None:
        try:
            plain = json.loads(self._file.read_text("utf-8"))
            self._recent = [Path(text) for text in plain["recent"]][:MAX_RECENT]
            self._models = tuple(map(RecentModel.from_dict, plain.get("models", ())))
            if plain.get("request") is not None:
                self._request = self._read_request(plain["request"])
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, KeyError, RecursionError, StudioError) as error:
            _log.warning("the draft is damaged: %s", error)
            self._set_aside()

    def _read_request(self, plain: dict[str, Any]) -> Request:
        values = dict(plain)
        for name in _PICTURES:
            if values.get(name) is not None:
                # A picture that is gone costs the picture, not the rest of the request.
                try:
                    data = (self._folder / Path(values[name]).name).read_bytes()
                    values[name] = Picture.of(data)
                except (OSError, StudioError) as error:
                    _log.warning("the draft's %s is missing: %s", name, error)
                    values[name] = None
        return Request.from_dict(values)

    def _set_aside(self) -> None:
        try:
            self._file.replace(self._folder / "draft.damaged.json")
        except OSError as error:
            _log.warning("the damaged draft stays where it is: %s", error)


def _without_pictures(request: Request) -> Request:
    return replace(request, image=None, mask=None)
