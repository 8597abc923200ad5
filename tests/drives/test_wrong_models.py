"""What people do wrong with the models they bring, driven through a sitting with the engine.

Each ends in a sentence that says what is wrong and what to do; the model before, the prompt and
the runs stay, and the log has the libraries' own words.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from sdstudio.engine.formats import folder as reading
from sdstudio.session.additions import Additions
from sdstudio.session.events import Place
from sdstudio.session.local_sampler import LocalSampler
from sdstudio.session.sitting import Sitting
from sdstudio.ui import wording
from sdstudio.ui.models import failing
from tests.drives.wrong_files import (
    FLUX,
    LLAMA,
    UNET,
    a_lora,
    cut,
    cut_file,
    described,
    harmful,
    in_a_folder,
    pointer,
    without,
    written,
    zipped,
)
from tests.kohya import save_kohya
from tests.ldm_layout import save_config, save_ldm
from tests.session.whole import Whole
from tests.tiny_families import save_family
from tests.tiny_models import save_tiny, tiny_kl, tiny_pipeline

STEPS = 2
STILL = "“good” is still in use."
COPY = "Copying or downloading it again may help."


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("models") / "good")


@pytest.fixture(scope="module")
def whole(good: Path) -> Iterator[Whole]:
    """A sitting with a model, a prompt and a run."""
    whole = Whole(LocalSampler())
    load(whole, good)
    whole.sitting.change(prompt="a frog", steps=STEPS, seed=5)
    whole.sitting.generate()
    whole.finish()
    yield whole
    whole.close()


def load(whole: Whole, source: Path | str, additions: Additions | None = None) -> Sitting:
    sitting = whole.sitting
    sitting.load(str(source), "float32", additions or Additions())
    whole.until(lambda: not sitting.model.is_loading)
    return sitting


def shown(whole: Whole) -> np.ndarray:
    """The result of a run of what is in use, as it stands in the controls."""
    whole.sitting.generate()
    node = whole.finish()
    return whole.picture(Place(node.number, node.count - 1, "next_latents"))


@pytest.mark.parametrize(
    ("make", "sentences"),
    [
        (
            without("tokenizer"),
            "The model “mine” is not complete: what should be in its folder “tokenizer” is "
            f"missing. {COPY}",
        ),
        (
            cut(0.5),
            f"“mine” was not loaded. “{UNET}” is cut short: only 50 % of it is there. {COPY}",
        ),
        (
            pointer,
            f"“mine” was not loaded. “{UNET}” only names the file that Git LFS would download: get "
            "the file itself from its page, or with “git lfs pull”.",
        ),
        (cut_file, f"“mine.safetensors” is cut short: only 25 % of it is there. {COPY}"),
        (zipped, "“mine.ckpt” is an archive: unpack it, and open what is in it."),
        (
            harmful,
            "“mine.ckpt” was refused: opening it would run “posix.system”, and a model needs "
            "nothing but numbers. Look for a .safetensors file of it.",
        ),
        (
            written("mine.gguf"),
            "“mine.gguf” is a model in the format GGUF, which only other programs read. Look for a "
            ".safetensors file of it.",
        ),
        (
            written("mine.onnx"),
            "“mine.onnx” is a model in the format ONNX, which only other programs read. Look for a "
            ".safetensors file of it.",
        ),
        (
            written("mine.safetensors", b"<!DOCTYPE html><title>Sign in"),
            "“mine.safetensors” is a web page under the name of a model: the site did not hand "
            "over the file. Signing in there, or accepting its terms, may help.",
        ),
        (
            written("mine.txt"),
            "“mine.txt” is no Stable Diffusion model. Choose a model of Stable Diffusion 1, 2 or "
            "XL.",
        ),
        (
            described("config.json", LLAMA),
            "“mine” is no Stable Diffusion model but a language model (llama). Choose a model of "
            "Stable Diffusion 1, 2 or XL.",
        ),
        (
            described("model_index.json", FLUX),
            "“mine” is no Stable Diffusion model but a model of another kind (FluxPipeline). "
            "Choose a model of Stable Diffusion 1, 2 or XL.",
        ),
        (
            a_lora,
            "“mine.safetensors” is a LoRA, to be added to a model: load the model first, then drop "
            "the LoRA on the window.",
        ),
        (
            in_a_folder,
            "“mine” is no model folder; the model is the file “v1.safetensors” in it: open that.",
        ),
    ],
)
def test_a_model_that_does_not_load_says_why_and_nothing_is_lost(
    make: Callable[[Path, Path], Path],
    sentences: str,
    whole: Whole,
    good: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.chdir(tmp_path)
    sitting = whole.sitting
    before, runs = sitting.request, list(sitting.tree.nodes)
    load(whole, make(good, tmp_path))
    assert failing.failure(sitting.model) == f"{sentences} {STILL}"
    assert sitting.request == before
    assert list(sitting.tree.nodes) == runs
    assert sitting.facts is not None
    assert sitting.facts.source == str(good)
    (record,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert record.name == "sdstudio.session.loading"
    assert record.exc_info is not None
    assert not (tmp_path / "harmed").exists()


def test_a_model_that_vanishes_while_it_is_read(
    whole: Whole, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Path(shutil.copytree(good, tmp_path / "mine"))
    read = reading._read_part

    def vanish(folder: Path, part: str, *args: Any) -> Any:
        if part == "vae":
            shutil.rmtree(folder)
        return read(folder, part, *args)

    before = shown(whole)
    monkeypatch.setattr(reading, "_read_part", vanish)
    load(whole, copy)
    (problem,) = whole.sitting.model.problems
    assert (problem.code, problem.by_name["name"]) == ("model_missing", str(copy))
    # What is in use goes on as if nothing had been.
    assert np.array_equal(shown(whole), before)


def test_a_name_on_the_hub_with_a_typo_and_no_network(whole: Whole) -> None:
    load(whole, "stabilityai/sdxl-turbbo")
    assert failing.failure(whole.sitting.model) == (
        "“stabilityai/sdxl-turbbo” is not on this computer, and the hub cannot be reached. Check "
        f"the name and the connection. {STILL}"
    )


def test_a_folder_that_may_not_be_read(
    whole: Whole, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Path(shutil.copytree(good, tmp_path / "mine"))
    look = Path.is_file

    def refuse(path: Path) -> bool:
        if path.is_relative_to(copy):
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    # The tests may run as a user who may read everything.
    monkeypatch.setattr(Path, "is_file", refuse)
    load(whole, copy)
    assert failing.failure(whole.sitting.model) == (
        "“mine” may not be read: Permission denied. Its owner can give you the right to read it. "
        f"{STILL}"
    )


def test_names_of_other_alphabets_and_with_spaces(good: Path, tmp_path: Path) -> None:
    place = tmp_path / "Модели 魔法 größer"
    place.mkdir()
    folder = Path(shutil.copytree(good, place / "лягушка 青蛙"))
    config = save_config(tiny_pipeline(), place / "настройки 設定")
    file = save_ldm(tiny_pipeline(), place / "один файл.safetensors")
    save_kohya(tiny_pipeline(), place / "стиль 油絵.safetensors", seed=1)
    tiny_kl().save_pretrained(place / "глаза")
    torch.save({"<жаба>": torch.zeros(1, 32)}, place / "слово.bin")
    whole = Whole(LocalSampler())
    try:
        over = Additions(vae=str(place / "глаза"), embeddings=(str(place / "слово.bin"),))
        sitting = load(whole, folder, over)
        assert sitting.model.problems == ()
        lora = (str(place / "стиль 油絵.safetensors"), 1.0)
        sitting.change(prompt="a <жаба>", steps=STEPS, seed=5, loras=(lora,))
        with_lora = shown(whole)
        sitting.change(loras=())
        assert not np.array_equal(shown(whole), with_lora)
        assert sitting.facts is not None
        assert (sitting.facts.name, sitting.facts.added_words) == ("лягушка 青蛙", ("<жаба>",))
        assert load(whole, file, Additions(config=str(config))).model.problems == ()
        assert sitting.facts.name == "один файл"
    finally:
        whole.close()


@pytest.mark.parametrize(
    ("family", "harm", "sentence"),
    [
        (
            "sdxl",
            "lora",
            "The LoRA “frog.safetensors” was made for SD 1, not for this model.",
        ),
        (
            "sd2-inpainting",
            "",
            "This model fills masked parts of pictures: it needs a picture and a mask. In Draw, "
            "put a picture on the sheet and paint a mask over a part of it.",
        ),
    ],
)
def test_a_run_that_the_model_cannot_make_says_why(
    family: str, harm: str, sentence: str, good: Path, tmp_path: Path
) -> None:
    key = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight"
    save_file({key: torch.zeros(4, 768)}, tmp_path / "frog.safetensors")
    whole = Whole(LocalSampler())
    try:
        sitting = load(whole, save_family(family, tmp_path / family))
        loras = ((str(tmp_path / "frog.safetensors"), 1.0),) if harm else ()
        sitting.change(prompt="a frog", steps=STEPS, seed=5, loras=loras)
        before = sitting.request
        sitting.generate()
        whole.until(lambda: not sitting.running)
        assert sitting.failure is not None
        assert wording.word_all(sitting.failure.problems) == sentence
        assert sitting.failure.log == ""
        assert sitting.request == before
        # With what it needs, or another model, the next run comes out.
        if harm:
            sitting.change(loras=())
        else:
            load(whole, good)
        assert shown(whole).ndim == 3
    finally:
        whole.close()
