"""What is laid over a model, through the sampler and the real engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from sdstudio import paths
from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Request
from sdstudio.session.additions import NONE, Additions
from sdstudio.session.events import ModelFailed, ModelReady, RunFailed, RunFinished
from sdstudio.session.local_sampler import LocalSampler
from tests.ldm_layout import save_ldm
from tests.session.fake_engine import FakeDenoise, FakeModel, Lab
from tests.tiny_models import WIDTH, save_tiny, tiny_pipeline

TOAD = Request(prompt="a <toad>", steps=2, seed=3)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A model's folder and what may be laid over it."""
    home = tmp_path_factory.mktemp("models")
    torch.manual_seed(1)
    noise = torch.randn((2, WIDTH))
    save_file({"<toad>": 3 * noise}, home / "toad.safetensors")
    save_file({"<wide>": torch.zeros((1, 999))}, home / "wide.safetensors")
    other = tiny_pipeline().vae
    for weight in other.decoder.parameters():
        weight.data.mul_(1.5)
    save_file(other.state_dict(), home / "vae.safetensors")
    return {path.stem: path for path in home.iterdir()} | {"tiny": save_tiny(home / "tiny")}


@pytest.fixture
def lab() -> Iterator[Lab]:
    made = Lab(LocalSampler())
    yield made
    made.close()


@pytest.fixture
def load(lab: Lab, files: dict[str, Path]) -> Callable[..., Any]:
    def load(additions: Additions = NONE) -> Any:
        before = len(lab.of(ModelReady))
        lab.mailbox.load(str(files["tiny"]), "float32", additions)
        return lab.until(ModelReady, before + 1, seconds=120).facts

    return load


def picture(lab: Lab) -> np.ndarray:
    before = len(lab.of(RunFinished))
    lab.mailbox.submit(TOAD)
    return lab.until(RunFinished, before + 1).picture


def test_words_and_autoencoders_change_the_picture_while_they_are_there(
    lab: Lab, load: Callable[..., Any], files: dict[str, Path]
) -> None:
    plain = load()
    assert (plain.additions, plain.added_words) == (NONE, ())
    first = picture(lab)
    taught = load(Additions(embeddings=(str(files["toad"]),)))
    assert taught.added_words == ("<toad>",)
    second = picture(lab)
    decoded = load(Additions(vae=str(files["vae"]), embeddings=(str(files["toad"]),)))
    assert (decoded.additions.vae, decoded.added_words) == (str(files["vae"]), ("<toad>",))
    third = picture(lab)
    assert not np.array_equal(first, second)
    assert not np.array_equal(second, third)
    assert len({plain.hash, taught.hash, decoded.hash}) == 3
    assert load() == plain
    assert np.array_equal(picture(lab), first)


def test_what_does_not_fit_leaves_the_model_with_what_it_had(
    lab: Lab, load: Callable[..., Any], files: dict[str, Path]
) -> None:
    load(Additions(embeddings=(str(files["toad"]),)))
    before = picture(lab)
    wrong = Additions(embeddings=(str(files["toad"]), str(files["wide"])))
    lab.mailbox.load(str(files["tiny"]), "float32", wrong)
    (problem,) = lab.until(ModelFailed).problems
    assert (problem.code, problem.by_name["widths"]) == ("inversion_family", (999,))
    assert np.array_equal(picture(lab), before)


def test_a_single_file_is_opened_with_the_tokenizer_of_a_folder(
    lab: Lab, files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "data_dir", lambda: tmp_path / "data")
    file = save_ldm(tiny_pipeline(), tmp_path / "alone.safetensors")
    lab.mailbox.load(str(file), "float32")
    (problem,) = lab.until(ModelFailed, seconds=120).problems
    assert problem.code == "tokenizer_missing"
    lab.mailbox.load(str(file), "float32", Additions(config=str(files["tiny"])))
    facts = lab.until(ModelReady, seconds=120).facts
    assert (facts.name, facts.additions.config) == ("alone", str(files["tiny"]))
    assert picture(lab).shape == (16, 16, 3)


def test_a_lora_of_another_family_is_refused_and_the_next_run_works(
    lab: Lab, load: Callable[..., Any], tmp_path: Path
) -> None:
    load()
    key = "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.lora_down.weight"
    save_file({key: torch.zeros(4, 2048)}, tmp_path / "xl.safetensors")
    lab.mailbox.submit(Request(loras=((str(tmp_path / "xl.safetensors"), 1.0),), steps=2))
    (problem,) = lab.until(RunFailed).problems
    assert (problem.code, problem.field) == ("lora_family", "loras")
    assert problem.by_name["made_for"] == "SDXL"
    assert picture(lab).shape == (16, 16, 3)


class Overflowing(FakeModel):
    """Remarks something of itself when it decodes."""

    def decode_array(self, *args: Any) -> Any:
        self.remarks = (Problem.of("vae_upcast", name=self.ref.name),)
        return super().decode_array(*args)


def test_what_comes_up_in_a_run_is_told_once() -> None:
    lab = Lab(LocalSampler(lambda source, dtype, progress: Overflowing(source), FakeDenoise()))
    try:
        lab.mailbox.load("tiny")
        assert lab.until(ModelReady).facts.remarks == ()
        for number in (1, 2):
            lab.mailbox.submit(Request(steps=2))
            lab.until(RunFinished, number)
        again = lab.until(ModelReady, 2)
        assert again.swapped
        assert [remark.code for remark in again.facts.remarks] == ["vae_upcast"]
        lab.mailbox.load("other")
        lab.until(ModelReady, 3)
        assert len(lab.of(ModelReady)) == 3
    finally:
        lab.close()
