"""Models by their name on the Hugging Face hub: found on this machine, or downloaded.

Only what the engine reads is downloaded, half precision where there is a choice; each file is
checked against the hash the hub names for it. What has been downloaded once needs no network.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sdstudio.engine.formats.folder import KINDS
from sdstudio.engine.formats.hub_names import Download
from sdstudio.engine.formats.weights import find_weights, is_beside, weight_files
from sdstudio.engine.problems import ModelError, Problem

TEXTS = frozenset({"tokenizer", "tokenizer_2", "scheduler"})
"""Folders without weights, which are small."""

SMALL = (".json", ".txt")

CHUNK = 1 << 20
"""Bytes between two looks at whether a download is still wanted."""

CONFIG = "config.json"

Say = Callable[[Download], None]

Choose = Callable[[str, set[str]], Iterator[str]]
"""From a repository's name and files to those that are read, the one all have first."""


def fetch(name: str, say: Say = lambda download: None) -> Path:
    """The folder of a model of the hub, downloaded where it is not on this machine.

    Args:
        say: Told how far the download has come; what it raises ends it, and it goes on from
            there the next time.

    Raises:
        ModelError: ``hub_unknown``, ``hub_gated``, ``hub_unreachable``, ``hub_failed``,
            ``hub_not_a_model``, ``hub_no_room`` or ``hub_corrupt``.
    """
    return _cached(name) or _fetched(name, say, chosen)


def fetch_part(name: str, say: Say = lambda download: None) -> Path:
    """As :func:`fetch` of a repository that holds one part alone, such as a tiny autoencoder."""
    return _cached_part(name) or _fetched(name, say, chosen_part)


def _fetched(name: str, say: Say, choose: Choose) -> Path:
    bar = _Bar(say)
    try:
        return _download(name, bar, choose)
    except ModelError:
        raise
    except Exception as error:  # noqa: BLE001 - the library and its own raise many kinds
        if bar.stopped is not None:
            raise bar.stopped from None
        # Without its cause: a request that failed holds the token it was sent with.
        raise ModelError(_worded(name, error)) from None


def _cached(name: str) -> Path | None:
    """The folder in the hub's cache, where all of it is there."""
    from huggingface_hub import try_to_load_from_cache

    index = try_to_load_from_cache(name, "model_index.json")
    if not isinstance(index, str):
        return None
    folder = Path(index).parent
    # The folder may hold half of a download; the last of it is the autoencoder's weights.
    parts = [folder / part for part in ("unet", "vae")]
    encoders = [folder / part for part in KINDS if (folder / part).is_dir() and "text" in part]
    try:
        for part in (*parts, *(encoders or [folder / "text_encoder"])):
            find_weights(part)
    except (ModelError, OSError):
        return None
    return folder


def _cached_part(name: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    config = try_to_load_from_cache(name, CONFIG)
    if not isinstance(config, str):
        return None
    folder = Path(config).parent
    try:
        find_weights(folder)
    except (ModelError, OSError):
        return None
    return folder


def _download(name: str, bar: _Bar, choose: Choose) -> Path:
    from huggingface_hub import HfApi, constants, hf_hub_download, try_to_load_from_cache

    info = HfApi(endpoint=constants.ENDPOINT).model_info(name, files_metadata=True)
    files = {each.rfilename: each for each in info.siblings or []}
    first, *rest = choose(name, set(files))
    wanted = [files[file] for file in (first, *sorted(rest))]
    cache = Path(constants.HF_HUB_CACHE)
    new = [
        file
        for file in wanted
        if not isinstance(try_to_load_from_cache(name, file.rfilename, revision=info.sha), str)
    ]
    bar.total = sum(file.size or 0 for file in wanted)
    bar.done = bar.total - sum(file.size or 0 for file in new)
    _check_room(name, bar.total - bar.done, cache)
    path = Path()
    # The library's own ten megabytes are a long time on a slow line.
    constants.DOWNLOAD_CHUNK_SIZE = CHUNK
    for file in wanted:
        bar.file = file.rfilename
        bar.tell()
        # The first is asked for by no commit, so that the cache notes which is the newest.
        commit = None if file is wanted[0] else info.sha
        path = Path(hf_hub_download(name, file.rfilename, revision=commit, tqdm_class=bar.kind()))
        bar.check()
        if file in new:
            _verify(name, path, file)
    return path.parents[len(Path(wanted[-1].rfilename).parts) - 1]


def chosen(name: str, files: set[str]) -> Iterator[str]:
    """Of a repository's files those that the engine reads.

    Raises:
        ModelError: ``hub_not_a_model``: it holds no model in diffusers' layout.
    """
    if "model_index.json" not in files or not any(file.startswith("unet/") for file in files):
        raise ModelError(Problem.of("hub_not_a_model", name=name))
    yield "model_index.json"
    for folder in (*KINDS, *TEXTS):
        inside = {
            file.removeprefix(f"{folder}/")
            for file in files
            if file.startswith(f"{folder}/") and is_beside(file.removeprefix(f"{folder}/"))
        }
        small = {file for file in inside if file.endswith(SMALL) and ".index." not in file}
        heavy = weight_files(inside) if folder in KINDS else set()
        yield from (f"{folder}/{file}" for file in small | heavy)


def chosen_part(name: str, files: set[str]) -> Iterator[str]:
    """As :func:`chosen`, of a repository of one part."""
    weights = weight_files({file for file in files if "/" not in file})
    if CONFIG not in files or not weights:
        raise ModelError(Problem.of("hub_not_a_model", name=name))
    yield CONFIG
    yield from weights


class _Bar:
    """Adds up what the hub's library says of its progress, and stops it."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self.total = 0
        self.done = 0
        self.file = ""
        self.stopped: BaseException | None = None

    def tell(self) -> None:
        """Say how much there is; keep what that raises."""
        try:
            self._say(Download(self.done, self.total, self.file))
        except BaseException as error:
            self.stopped = error
            raise

    def check(self) -> None:
        """Raise what was raised meanwhile, in case the library swallowed it."""
        if self.stopped is not None:
            raise self.stopped

    def kind(self) -> Any:
        """A progress bar of the kind the library makes, which draws nothing."""
        from huggingface_hub.utils import tqdm

        bar = self

        class Silent(tqdm):
            def __init__(self, *args: Any, **given: Any) -> None:
                super().__init__(*args, **{**given, "disable": True})
                bar.done += int(given.get("initial") or 0)

            def update(self, n: float | None = 1) -> bool | None:
                bar.done += int(n or 0)
                bar.tell()
                return super().update(n)

        return Silent


def _check_room(name: str, wanted: int, cache: Path) -> None:
    existing = next(each for each in (cache, *cache.parents) if each.exists())
    free = shutil.disk_usage(existing).free
    if wanted > free:
        raise ModelError(
            Problem.of(
                "hub_no_room", name=name, wanted=_size(wanted), free=_size(free), folder=str(cache)
            )
        )


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def _verify(name: str, path: Path, file: Any) -> None:
    """Compare a download with what the hub says it is; drop it where it is not."""
    if file.lfs is not None:
        sha, wanted = hashlib.sha256(), file.lfs.sha256
    else:
        # git's own hash of small files.
        sha, wanted = hashlib.sha1(usedforsecurity=False), file.blob_id
        sha.update(f"blob {path.stat().st_size}\0".encode())
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            sha.update(block)
    if wanted is not None and sha.hexdigest() != wanted:
        path.resolve().unlink()
        path.unlink(missing_ok=True)
        raise ModelError(Problem.of("hub_corrupt", name=name, file=file.rfilename))


def _worded(name: str, error: Exception) -> Problem:
    """What went wrong, from the error's kind: its text may hold what is nobody's business."""
    from huggingface_hub import errors

    # A gated repository is also one that is "not found".
    if isinstance(error, errors.GatedRepoError):
        return Problem.of("hub_gated", name=name)
    if isinstance(error, (errors.RepositoryNotFoundError, errors.HFValidationError)):
        return Problem.of("hub_unknown", name=name)
    if isinstance(error, errors.HfHubHTTPError) and error.response is not None:
        return Problem.of("hub_failed", name=name, status=error.response.status_code)
    if isinstance(error, OSError) and error.errno is not None and error.filename is not None:
        return Problem.of("hub_failed", name=name, status=error.strerror or "")
    return Problem.of("hub_unreachable", name=name)
