"""Where a single file's tokenizer comes from: it holds none itself.

All these families read CLIP's tokens, so that one vocabulary serves them all; they differ in
what fills the places that are left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sdstudio import paths
from sdstudio.engine.problems import ModelError, Problem

FILES = ("vocab.json", "merges.txt")
REPOSITORY = "openai/clip-vit-large-patch14"
SIZE = "1.5 MB"
"""Of the two files together."""

_CACHED = (
    (REPOSITORY, ""),
    ("stable-diffusion-v1-5/stable-diffusion-v1-5", "tokenizer/"),
    ("stabilityai/stable-diffusion-xl-base-1.0", "tokenizer/"),
    ("stabilityai/stable-diffusion-2-1", "tokenizer/"),
    ("stabilityai/sd-turbo", "tokenizer/"),
    ("stabilityai/sdxl-turbo", "tokenizer/"),
    ("runwayml/stable-diffusion-v1-5", "tokenizer/"),
)
"""Repositories that have it, which a person may have used with another program."""


def own_folder() -> Path:
    """Where a person may put the two files, once for all models."""
    return paths.data_dir() / "tokenizer"


def find_tokenizer(part: str, encoder: Mapping[str, Any], path: Path, config: Path | None) -> Any:
    """The tokenizer for a text encoder.

    Args:
        part: "tokenizer" or "tokenizer_2".
        encoder: The text encoder's configuration.
        path: The single file; a folder ``tokenizer`` may lie beside it.
        config: A folder in diffusers' layout that the person pointed to, or the one of the
            tokenizer itself.

    Raises:
        ModelError: ``tokenizer_missing``.
    """
    from transformers import CLIPTokenizer

    for folder in _places(part, path, config):
        if is_tokenizer(folder):
            tokenizer = CLIPTokenizer.from_pretrained(folder, local_files_only=True)
            if len(tokenizer) > encoder["vocab_size"]:
                continue
            tokenizer.model_max_length = encoder["max_position_embeddings"]
            padding = encoder.get("pad_token_id")
            if padding is not None:
                tokenizer.pad_token = tokenizer.convert_ids_to_tokens(padding)
            return tokenizer
    raise ModelError(
        Problem.of(
            "tokenizer_missing",
            name=path.name,
            files=" and ".join(FILES),
            repository=REPOSITORY,
            size=SIZE,
            folder=str(own_folder()),
        )
    )


def is_tokenizer(folder: Path) -> bool:
    """Whether the two files are there, or the newer single one of the tokenizers library.

    transformers 5.23 makes a tokenizer of a folder without them too: one that knows no word.
    """
    files = (folder / name for name in FILES)
    return all(file.is_file() for file in files) or (folder / "tokenizer.json").is_file()


def _places(part: str, path: Path, config: Path | None) -> Iterator[Path]:
    if config is not None:
        yield config / part
        yield config / "tokenizer"
        yield config
    yield path.parent / "tokenizer"
    yield own_folder()
    yield from _cached()


def _cached() -> Iterator[Path]:
    """Folders of the hub's cache on this machine; nothing is asked of the network."""
    from huggingface_hub import try_to_load_from_cache

    for repository, place in _CACHED:
        found = [try_to_load_from_cache(repository, place + name) for name in FILES]
        if all(isinstance(each, str) for each in found):
            yield Path(str(found[0])).parent
