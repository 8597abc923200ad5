"""A model of the hub on its way through the sampler, from a hub on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sdstudio.session.events import ModelCancelled, ModelFailed, ModelLoading, ModelReady
from sdstudio.session.local_sampler import LocalSampler
from tests.fake_hub import FakeHub, hub_in_place
from tests.session.fake_engine import Lab
from tests.tiny_models import save_tiny

NAME = "someone/tiny-diffusion"
VAE = "vae/diffusion_pytorch_model.safetensors"
UNET = "unet/diffusion_pytorch_model.safetensors"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("repository") / "tiny")


@pytest.fixture
def hub(repository: Path, tmp_path: Path) -> Iterator[FakeHub]:
    with hub_in_place({NAME: repository}, tmp_path / "cache") as server:
        yield server


@pytest.fixture
def lab() -> Iterator[Lab]:
    made = Lab(LocalSampler())
    yield made
    made.close()


def test_the_window_is_told_bytes_and_files(hub: FakeHub, repository: Path, lab: Lab) -> None:
    lab.mailbox.load(NAME, "float32")
    assert lab.until(ModelReady, seconds=120).facts.name == NAME
    told = [each.download for each in lab.of(ModelLoading) if each.stage == "download"]
    assert all(each is not None for each in told)
    kept = [repository / file for file in hub.downloads()]
    assert told[-1].done == told[-1].total == sum(file.stat().st_size for file in kept)
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert {UNET, VAE} <= {each.file for each in told}


def test_a_download_is_cancelled_and_goes_on_later(hub: FakeHub, lab: Lab) -> None:
    reached, go = threading.Event(), threading.Event()

    def wait(content: bytes) -> bytes:
        # Asked about first, then asked for.
        if ("GET", f"/{NAME}/resolve/{'a' * 40}/{UNET}") in hub.asked:
            reached.set()
            assert go.wait(60)
        return content

    hub.spoil["diffusion_pytorch_model.safetensors"] = wait
    lab.mailbox.load(NAME, "float32")
    assert reached.wait(120)
    lab.mailbox.cancel_load()
    go.set()
    lab.until(ModelCancelled)
    assert not lab.of(ModelFailed)
    assert not lab.of(ModelReady)
    assert VAE not in hub.downloads()
    hub.asked.clear()
    lab.mailbox.load(NAME, "float32")
    lab.until(ModelReady, seconds=120)
    assert "text_encoder/model.safetensors" not in hub.downloads()
    assert VAE in hub.downloads()


@pytest.mark.parametrize(
    ("name", "refusal", "code"),
    [
        ("someone/tiny-difusion", None, "hub_unknown"),
        (NAME, (403, "GatedRepo"), "hub_gated"),
        (NAME, (400, ""), "hub_failed"),
    ],
)
def test_what_the_hub_refuses_fails_with_its_code(
    name: str, refusal: tuple[int, str] | None, code: str, hub: FakeHub, lab: Lab
) -> None:
    if refusal is not None:
        hub.refuse[name] = refusal
    lab.mailbox.load(name)
    (problem,) = lab.until(ModelFailed, seconds=120).problems
    assert (problem.code, problem.by_name["name"]) == (code, name)
