"""Weights in pickles (.ckpt, .pt, .bin), of which nothing but tensors is taken."""

from __future__ import annotations

import pickle
import re
import zipfile
from pathlib import Path
from typing import Any

import torch

from sdstudio.engine.formats.components import first_line
from sdstudio.engine.problems import ModelError, Problem

_WANTED = re.compile(r"(?:GLOBAL|Unsupported class) +`?([\w.]+)")


def read_pickle(path: Path) -> Any:
    """What a pickle holds: tensors, numbers, texts, lists and dictionaries of these.

    Read by torch's own restricted unpickler, which calls nothing that a file names beyond a
    short list of its own; what is read from a zip archive stays on the disk until it is used.

    Raises:
        ModelError: ``pickle_refused``: it asks for more than that; ``file_damaged``: it is no
            such file, or cut short.
    """
    try:
        return torch.load(
            path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path)
        )
    except pickle.UnpicklingError as error:
        found = _WANTED.search(str(error))
        name = path.name
        if found is None:
            raise ModelError(Problem.of("pickle_refused", name=name)) from error
        raise ModelError(Problem.of("pickle_refused", name=name, wants=found[1])) from error
    except Exception as error:
        # A damaged archive raises whatever its readers come across.
        raise ModelError(
            Problem.of("file_damaged", name=path.name, reason=first_line(error))
        ) from error
