"""Dropped on the window: offered as what it is, or refused at once with the reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget
from safetensors.numpy import save_file

from sdstudio.engine.formats.recognition import FIRST
from sdstudio.session.additions import Additions
from tests.ui.conftest import Studio

TO_K = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight"


def saved(path: Path, *names: str, width: int = 8) -> Path:
    """A file of weights with such names."""
    path.parent.mkdir(exist_ok=True)
    save_file({name: np.zeros((4, width), np.float32) for name in names}, path)
    return path


def drop(target: QWidget, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    event = QDropEvent(QPointF(200, 200), action, data, button, Qt.KeyboardModifier.NoModifier)
    target.dropEvent(event)  # type: ignore[attr-defined]


def said(studio: Studio, qtbot, target: QWidget, *paths: Path) -> str:
    """What the message is that a drop is answered with."""
    banner = studio.window.canvas.banner
    banner.put_away()
    drop(target, *paths)
    qtbot.waitUntil(banner.isVisible)
    return banner.text


@pytest.mark.parametrize("place", ["canvas", "window"])
def test_models_are_offered(studio: Studio, qtbot, tmp_path: Path, place: str) -> None:
    target = studio.window.canvas if place == "canvas" else studio.window
    folder = tmp_path / "scenes"
    folder.mkdir()
    (folder / "model_index.json").write_text('{"unet": ["diffusers", "UNet2DConditionModel"]}')
    file = saved(tmp_path / "scenes.safetensors", FIRST)
    inside = saved(tmp_path / "download" / "v1.safetensors", FIRST)
    for dropped, source in ((folder, folder), (file, file), (inside.parent, inside)):
        before = list(studio.sampler.loaded)
        assert source.name in said(studio, qtbot, target, dropped)
        assert studio.sampler.loaded == before
        studio.window.canvas.banner.accept.click()
        qtbot.waitUntil(lambda wanted=source: studio.sitting.facts.source == str(wanted))
        qtbot.wait(10)


def test_a_lora_is_offered_to_be_added(studio: Studio, qtbot, tmp_path: Path) -> None:
    canvas, banner = studio.window.canvas, studio.window.canvas.banner
    path = saved(tmp_path / "Öl auf Leinwand" / "öl 油.safetensors", TO_K, width=768)
    studio.sitting.change(prompt="a castle", loras=(("/models/ink.safetensors", 0.5),))
    assert said(studio, qtbot, canvas, path.parent) == (
        "“öl 油.safetensors” is a LoRA: it changes the style or the subjects of a model. Add it to "
        "“Built-in”?"
    )
    assert (banner.kind, banner.accept.text()) == ("note", "Add")
    banner.accept.click()
    wanted = (("/models/ink.safetensors", 0.5), (str(path), 1.0))
    assert studio.sitting.request.loras == wanted
    assert len(studio.window.controls.loras.rows) == 2
    assert "with a slider under More" in studio.window.status.currentMessage()
    assert said(studio, qtbot, studio.window, path) == (
        "In use already, with a slider under More: “öl 油.safetensors”."
    )
    # Of another family it is refused before it is added.
    other = saved(tmp_path / "xl.safetensors", TO_K, width=2048)
    assert said(studio, qtbot, canvas, other) == (
        "The LoRA “xl.safetensors” was made for SDXL, not for this model. Load a model of that "
        "family first, then drop it again."
    )
    assert banner.kind == "error"
    assert not banner.accept.isVisible()
    assert studio.sitting.request.loras == wanted
    assert studio.sitting.request.prompt == "a castle"
    assert studio.sampler.loaded == ["builtin"]
    studio.sitting.undo()
    assert studio.sitting.request.loras == wanted[:1]


def test_inversions_and_autoencoders_are_laid_over_the_model(
    studio: Studio, qtbot, tmp_path: Path
) -> None:
    canvas, banner = studio.window.canvas, studio.window.canvas.banner
    toad = saved(tmp_path / "toad.safetensors", "emb_params")
    newt = saved(tmp_path / "newt.safetensors", "<newt>")
    vae = saved(tmp_path / "kl.safetensors", "first_stage_model.encoder.conv_in.weight")
    tiny = saved(tmp_path / "taesd_decoder.safetensors", "1.weight", "3.conv.0.weight")
    words = (str(toad), str(newt))
    wanted = Additions()
    for path, text, wanted in (
        (toad, "is a textual inversion", Additions(embeddings=(str(toad),))),
        (newt, "is a textual inversion", Additions(embeddings=words)),
        (vae, "is an autoencoder", Additions(vae=str(vae), embeddings=words)),
        (
            tiny,
            "is a tiny autoencoder",
            Additions(vae=str(vae), tiny_vae=str(tiny), embeddings=words),
        ),
    ):
        assert text in said(studio, qtbot, canvas, path)
        assert "“Built-in”" in banner.text
        assert banner.text.endswith("? The model is loaded again to take it.")
        banner.accept.click()
        qtbot.waitUntil(lambda new=wanted: studio.sitting.facts.additions == new)
        qtbot.wait(10)
    assert set(studio.sampler.loaded) == {"builtin"}
    # While another is on its way, that one is not given up for it.
    studio.sampler.model_gate.clear()
    studio.window.models.load("owner/name")
    said(studio, qtbot, canvas, toad)
    banner.accept.click()
    assert banner.text == "A model is still being loaded: drop “toad.safetensors” again when it is."
    studio.sampler.model_gate.set()
    qtbot.waitUntil(lambda: studio.sitting.facts.source == "owner/name")
    assert studio.sitting.facts.additions == Additions()


def test_what_is_none_of_them_is_refused_with_the_reason(
    studio: Studio, qtbot, tmp_path: Path
) -> None:
    canvas, banner = studio.window.canvas, studio.window.canvas.banner
    whole = saved(tmp_path / "half.safetensors", "emb_params").read_bytes()
    llama = tmp_path / "llama"
    llama.mkdir()
    (llama / "config.json").write_text('{"architectures": ["LlamaForCausalLM"]}')
    (tmp_path / "empty").mkdir()
    for name, content, words in (
        ("llama", b"", "“llama” is no Stable Diffusion model but a language model"),
        ("flux.safetensors", b"", "“flux.safetensors” is no Stable Diffusion model but Flux."),
        (
            "chat.gguf",
            b"GGUF",
            "“chat.gguf” is a model in the format GGUF, which only other programs read. Look for a "
            ".safetensors file of it.",
        ),
        (
            "page.safetensors",
            b"<!DOCTYPE html>",
            "“page.safetensors” is a web page under the name of a model",
        ),
        (
            "lfs.safetensors",
            b"version https://git-lfs.github.com/spec/v1",
            "“lfs.safetensors” only names the file that Git LFS would download",
        ),
        (
            "half.safetensors",
            whole[:-64],
            "“half.safetensors” is cut short: only 69 % of it is there. Copying or downloading it "
            "again may help.",
        ),
        ("model.zip", b"PK", "“model.zip” is an archive: unpack it, and open what is in it."),
        ("empty", b"", "“empty” is no model folder"),
    ):
        path = tmp_path / name
        if name.startswith("flux"):
            saved(path, "double_blocks.0.img_attn.qkv.weight")
        elif not path.is_dir():
            path.write_bytes(content)
        assert said(studio, qtbot, canvas, path).startswith(words)
        assert banner.kind == "error"
        assert not banner.accept.isVisible()
    assert studio.sampler.loaded == ["builtin"]


def test_several_are_taken_together_where_they_go_together(
    studio: Studio, qtbot, tmp_path: Path
) -> None:
    window, canvas, banner = studio.window, studio.window.canvas, studio.window.canvas.banner
    oil, ink, xl = (
        saved(tmp_path / f"{name}.safetensors", TO_K, width=width)
        for name, width in (("oil", 768), ("ink", 768), ("xl", 2048))
    )
    toad, newt = (saved(tmp_path / f"{name}.safetensors", "emb_params") for name in ("a", "b"))
    assert said(studio, qtbot, canvas, oil, toad) == (
        "Drop these one at a time: only LoRAs, or only textual inversions, are taken together."
    )
    assert "“xl.safetensors” was made for SDXL" in said(studio, qtbot, canvas, oil, xl)
    assert studio.sitting.request.loras == ()
    assert said(studio, qtbot, window, oil, ink) == (
        "“oil.safetensors”, “ink.safetensors” are LoRAs: they change the style or the subjects of "
        "a model. Add them to “Built-in”?"
    )
    banner.accept.click()
    assert studio.sitting.request.loras == ((str(oil), 1.0), (str(ink), 1.0))
    assert "are textual inversions" in said(studio, qtbot, canvas, toad, newt)
    banner.accept.click()
    wanted = Additions(embeddings=(str(toad), str(newt)))
    qtbot.waitUntil(lambda: studio.sitting.facts.additions == wanted)
