"""Models as people come by them: cut short, incomplete, of another kind, or harmful.

Each of these makes one in a folder, out of a good one, and says where it is.
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from tests.kohya import save_kohya
from tests.ldm_layout import save_ldm
from tests.tiny_models import tiny_pipeline

UNET = "unet/diffusion_pytorch_model.safetensors"
LLAMA = {"architectures": ["LlamaForCausalLM"], "model_type": "llama"}
FLUX = {"_class_name": "FluxPipeline", "transformer": ["diffusers", "FluxTransformer2DModel"]}


def without(part: str) -> Callable[[Path, Path], Path]:
    def make(good: Path, place: Path) -> Path:
        copy = Path(shutil.copytree(good, place / "mine"))
        shutil.rmtree(copy / part)
        return copy

    return make


def cut(share: float) -> Callable[[Path, Path], Path]:
    def make(good: Path, place: Path) -> Path:
        file = Path(shutil.copytree(good, place / "mine")) / UNET
        file.write_bytes(file.read_bytes()[: int(share * file.stat().st_size)])
        return place / "mine"

    return make


def pointer(good: Path, place: Path) -> Path:
    copy = Path(shutil.copytree(good, place / "mine"))
    (copy / UNET).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n")
    return copy


def cut_file(good: Path, place: Path) -> Path:
    file = save_ldm(tiny_pipeline(), place / "mine.safetensors")
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 4 + 1])
    return file


def zipped(good: Path, place: Path) -> Path:
    with zipfile.ZipFile(place / "mine.ckpt", "w") as archive:
        archive.writestr("model/v1-5.safetensors", b"1234")
    return place / "mine.ckpt"


class Harm:
    def __reduce__(self) -> Any:
        return os.system, ("touch harmed",)


def harmful(good: Path, place: Path) -> Path:
    torch.save({"state_dict": {"a": Harm()}}, place / "mine.ckpt")
    return place / "mine.ckpt"


def written(name: str, content: bytes = b"GGUF\x03\x00") -> Callable[[Path, Path], Path]:
    def make(good: Path, place: Path) -> Path:
        (place / name).write_bytes(content)
        return place / name

    return make


def described(file: str, content: dict[str, Any]) -> Callable[[Path, Path], Path]:
    def make(good: Path, place: Path) -> Path:
        (place / "mine").mkdir()
        (place / "mine" / file).write_text(json.dumps(content))
        (place / "mine" / "model.safetensors").write_bytes(b"1234")
        return place / "mine"

    return make


def a_lora(good: Path, place: Path) -> Path:
    save_kohya(tiny_pipeline(), place / "mine.safetensors", seed=1)
    return place / "mine.safetensors"


def in_a_folder(good: Path, place: Path) -> Path:
    (place / "mine").mkdir()
    return save_ldm(tiny_pipeline(), place / "mine" / "v1.safetensors").parent
