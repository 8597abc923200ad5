"""Names on the hub, with one on this machine in its place."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import DiffusionPipeline

from sdstudio.engine import ModelError, Request, denoise, load_model
from sdstudio.engine.formats import hub as hub_module
from sdstudio.engine.formats.hub import chosen
from sdstudio.engine.formats.hub_names import Download, is_hub_name
from sdstudio.engine.formats.weights import weight_files
from tests.fake_hub import FakeHub, hub_in_place
from tests.tiny_models import save_tiny, tiny_pipeline

NAME = "someone/tiny-diffusion"
TOKEN = "hf_thisIsNobodysBusiness"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository as they are: two precisions, pickles, and things nobody here reads."""
    folder = save_tiny(tmp_path_factory.mktemp("repository") / "tiny")
    DiffusionPipeline.from_pretrained(folder).to(torch.float16).save_pretrained(
        folder, variant="fp16"
    )
    (folder / "all-in-one.ckpt").write_bytes(b"not needed")
    (folder / "README.md").write_text("not needed")
    (folder / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"not needed")
    (folder / "safety_checker").mkdir()
    (folder / "safety_checker" / "model.safetensors").write_bytes(b"not needed")
    return folder


@pytest.fixture
def hub(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with hub_in_place({NAME: repository}, tmp_path / "cache") as server:
        yield server


def problem_of(name: str) -> Any:
    with pytest.raises(ModelError) as caught:
        load_model(name)
    return caught.value.problems[0]


def test_a_model_is_downloaded_once(hub: FakeHub, repository: Path) -> None:
    told: list[tuple[Any, ...]] = []
    model = load_model(NAME, "float32", "cpu", progress=lambda *each: told.append(each))
    assert model.name == NAME
    downloads: list[Download] = [each[2] for each in told if each[0] == "download"]
    shares = [share for stage, share, *_ in told if stage == "download"]
    assert shares == [download.share for download in downloads]
    assert downloads[0].total == downloads[-1].done > 1_000_000
    assert downloads[0].file == "model_index.json"
    assert downloads[-1].file == "vae/diffusion_pytorch_model.fp16.safetensors"
    assert shares[0] == 0.0
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    half = load_model(repository, "float32", "cpu").torch_network.conv_in.weight.half()
    assert torch.equal(model.torch_network.conv_in.weight.half(), half)
    *_, last = denoise(model, Request(prompt="a frog", steps=2))
    assert torch.isfinite(last.next_latents).all()

    files = hub.downloads()
    heavy = sorted(file for file in files if not file.endswith((".json", ".txt")))
    assert heavy == [
        "text_encoder/model.fp16.safetensors",
        "unet/diffusion_pytorch_model.fp16.safetensors",
        "vae/diffusion_pytorch_model.fp16.safetensors",
    ]
    hub.asked.clear()
    again = load_model(NAME, "float32", "cpu")
    assert again.ref.hash == model.ref.hash
    assert hub.asked == []


def test_what_was_downloaded_needs_no_network(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    load_model(NAME)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert load_model(NAME).name == NAME


class Enough(Exception):
    """What a person's Cancel raises."""


def test_a_download_can_be_stopped_and_goes_on(hub: FakeHub) -> None:
    def stop(stage: str, share: float | None, download: Download | None = None) -> None:
        if stage == "download" and share is not None and share > 0.3:
            raise Enough

    with pytest.raises(Enough):
        load_model(NAME, progress=stop)
    before = hub.downloads()
    assert before
    assert "vae/diffusion_pytorch_model.fp16.safetensors" not in before
    hub.asked.clear()
    load_model(NAME)
    # What was whole is not asked for again.
    assert "model_index.json" not in hub.downloads()
    assert "vae/diffusion_pytorch_model.fp16.safetensors" in hub.downloads()


def spoiled(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


@pytest.mark.parametrize(
    ("file", "place"),
    [("diffusion_pytorch_model.fp16.safetensors", "unet"), ("merges.txt", "tokenizer")],
)
def test_a_damaged_download_is_thrown_away(file: str, place: str, hub: FakeHub) -> None:
    if not (hub.folders[NAME] / place / file).exists():
        file = "tokenizer.json"
    hub.spoil[file] = spoiled
    found = problem_of(NAME)
    assert found.code == "hub_corrupt"
    assert found.by_name["file"].endswith(file)
    hub.spoil.clear()
    assert load_model(NAME).name == NAME


def test_a_name_with_a_typo(hub: FakeHub) -> None:
    found = problem_of("someone/tiny-difusion")
    assert (found.code, found.by_name["name"]) == ("hub_unknown", "someone/tiny-difusion")


def test_a_name_without_a_network(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert problem_of(NAME).code == "hub_unreachable"


def test_a_hub_that_is_not_there(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    assert problem_of(NAME).code == "hub_unreachable"


def test_a_model_that_asks_for_consent(hub: FakeHub) -> None:
    hub.refuse[NAME] = (403, "GatedRepo")
    assert problem_of(NAME).code == "hub_gated"


def test_a_hub_that_fails(hub: FakeHub) -> None:
    hub.refuse[NAME] = (400, "")
    found = problem_of(NAME)
    assert (found.code, found.by_name["status"]) == ("hub_failed", 400)


def test_a_repository_without_a_model(hub: FakeHub, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "README.md").write_text("nothing")
    hub.folders["someone/other"] = tmp_path / "other"
    assert problem_of("someone/other").code == "hub_not_a_model"


def test_a_disk_without_room(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    room = SimpleNamespace(free=1000)
    monkeypatch.setattr(hub_module.shutil, "disk_usage", lambda path: room)
    found = problem_of(NAME)
    assert (found.code, found.by_name["free"]) == ("hub_no_room", "0 MB")
    assert hub.downloads() == []
    room.free = 10**9
    assert load_model(NAME).name == NAME


def test_the_token_is_nowhere(
    hub: FakeHub, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    texts = []
    for name, refusal in ((NAME, (403, "GatedRepo")), (NAME, (500, "")), ("a/b", None)):
        hub.refuse.clear()
        if refusal:
            hub.refuse[name] = refusal
        with pytest.raises(ModelError) as caught:
            load_model(name)
        assert caught.value.__cause__ is None
        texts += [str(caught.value), repr(caught.value.problems)]
    hub.refuse.clear()
    model = load_model(NAME)
    texts += [str(model.ref.to_dict()), caplog.text, *capfd.readouterr()]
    assert f"Bearer {TOKEN}" in hub.tokens
    assert not any(TOKEN in text for text in texts)


@pytest.mark.parametrize(
    ("source", "is_name"),
    [
        ("someone/model", True),
        ("stabilityai/sdxl-turbo", True),
        ("someone/model-1.5_b", True),
        ("builtin", False),
        ("a/b/c", False),
        ("../x", False),
        ("/x/y", False),
        ("./a", False),
        ("a/..", False),
        ("a b/c", False),
    ],
)
def test_what_can_be_a_name(source: str, is_name: bool) -> None:
    assert is_hub_name(source) is is_name


def test_a_folder_of_that_name_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "someone" / "model").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert not is_hub_name("someone/model")


def test_shards_come_with_their_index() -> None:
    whole = {"model.safetensors", "model.fp16.safetensors", "model.bin", "flax_model.msgpack"}
    assert weight_files(whole) == {"model.fp16.safetensors"}
    assert weight_files({"pytorch_model.bin", "x.onnx"}) == {"pytorch_model.bin"}
    stem = "diffusion_pytorch_model"
    index = f"{stem}.safetensors.index.json"
    shards = {f"{stem}-0000{n}-of-00002.safetensors" for n in (1, 2)}
    assert weight_files({index, *shards, f"{stem}-00001-of-00002.bin"}) == {index, *shards}
    half = f"{stem}.safetensors.index.fp16.json"
    halves = {f"{stem}.fp16-0000{n}-of-00002.safetensors" for n in (1, 2)}
    assert weight_files({index, half, *shards, *halves}) == {half, *halves}


def test_names_that_would_lead_outside_are_not_asked_for() -> None:
    files = {"model_index.json", "unet/config.json", "unet/../../x.json", "vae/a/b.json"}
    assert set(chosen("x", files)) == {"model_index.json", "unet/config.json"}


def test_a_tiny_autoencoder_is_downloaded_once(tmp_path: Path) -> None:
    repository = tmp_path / "taesd"
    tiny_pipeline(vae="tiny").vae.save_pretrained(repository)
    (repository / "diffusion_pytorch_model.bin").write_bytes(b"not needed")
    (repository / "taesd_decoder.safetensors").write_bytes(b"not needed")
    folder = save_tiny(tmp_path / "model")
    told: list[str] = []
    with hub_in_place({"someone/taesd": repository}, tmp_path / "cache") as server:
        for _ in range(2):
            model = load_model(
                folder,
                "float32",
                "cpu",
                tiny_vae="someone/taesd",
                progress=lambda stage, *rest: told.append(stage),
            )
            assert model.autoencoder.tiny is not None
        names = {"config.json", "diffusion_pytorch_model.safetensors"}
        assert sorted(Path(each).name for each in server.downloads()) == sorted(names)
    assert "download" in told
