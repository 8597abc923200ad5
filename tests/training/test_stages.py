"""Every stage of the training, end to end, on artwork drawn here and for seconds only."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

pytest.importorskip("resvg_py", reason="the training extra is not installed")

import torch
from diffusers import StableDiffusionPipeline, UNet2DConditionModel
from safetensors.torch import load_file

from sdstudio.training import __main__ as command_line
from sdstudio.training.demonstrations import draw_sheets
from sdstudio.training.evaluation import evaluate
from sdstudio.training.judge import train_judge
from sdstudio.training.network import first_network
from sdstudio.training.scenes import Studio

FROG, RABBIT, CAR, OTHER = "1f438", "1f430", "1f697", "1f5ff"


@pytest.fixture(scope="module")
def artwork(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three concepts in two hands, laid out like the upstream checkouts."""
    data = tmp_path_factory.mktemp("data")
    png, svg = data / "noto-emoji/png/512", data / "blobmoji/svg"
    png.mkdir(parents=True)
    svg.mkdir(parents=True)
    colours = {FROG: "#40a040", RABBIT: "#c0c0c0", CAR: "#d03030", OTHER: "#f0d020"}
    for number, (codepoints, colour) in enumerate(colours.items()):
        image = Image.new("RGBA", (96, 96))
        draw = ImageDraw.Draw(image)
        draw.ellipse((8, 8 + 12 * number, 88, 88), fill=colour)
        draw.rectangle((40, 30, 50, 50), fill="black")
        image.save(png / f"emoji_u{codepoints}.png")
        (svg / f"emoji_u{codepoints}.svg").write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">'
            f'<circle cx="5" cy="5" r="{4 - number / 2}" fill="{colour}"/></svg>'
        )
    return data


def run(stage: str, artwork: Path, work: Path, *options: str) -> None:
    """One stage, as from the command line."""
    command_line.main([stage, "--data", str(artwork), "--work", str(work), *options])


@pytest.fixture(scope="module")
def work(artwork: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The work folder after a moment of every training stage."""
    work = tmp_path_factory.mktemp("work")
    run("scenes", artwork, work)
    run("vae", artwork, work, "--minutes", "0.005", "--batch", "4")
    run("latents", artwork, work, "--count", "24")
    run("text", artwork, work, "--minutes", "0.005", "--batch", "8")
    run("network", artwork, work, "--minutes", "0.005", "--batch", "4", "--pairs", "7")
    run("few-step", artwork, work, "--minutes", "0.005", "--batch", "2")
    return work


@pytest.mark.timeout(900)
def test_the_stages_make_a_pipeline_that_draws(artwork: Path, work: Path, tmp_path: Path) -> None:
    assert (work / "scenes.png").exists()
    folder = tmp_path / "model"
    run("export", artwork, work, "--folder", str(folder))
    words = json.loads((folder / "words.json").read_text())
    assert words["concepts"] == ["car", "frog", "rabbit"]
    assert {"frog", "bunny", "blue", "animal"} <= set(words["words"])
    assert str(work) not in "".join(path.read_text() for path in folder.glob("*/config.json"))

    pipe = StableDiffusionPipeline.from_pretrained(folder)
    pipe.set_progress_bar_config(disable=True)
    image = pipe("a frog", num_inference_steps=1, guidance_scale=7.0).images[0]
    assert image.size == (128, 128)
    pipe.load_lora_weights(folder / "loras", weight_name="few-step.safetensors")
    assert pipe.get_active_adapters()

    towers = load_file(folder / "likeness" / "model.safetensors")
    assert "text_projection.weight" in towers
    assert not any(name.startswith("text_model.") for name in towers)


@pytest.mark.timeout(900)
def test_a_stage_goes_on_from_its_checkpoint(artwork: Path, work: Path) -> None:
    before = torch.load(work / "vae.pt", weights_only=True)
    run("vae", artwork, work, "--minutes", "0.001")
    after = torch.load(work / "vae.pt", weights_only=True)
    assert after["budget"]["step"] == before["budget"]["step"] > 0  # its minutes were used up


@pytest.mark.timeout(900)
def test_a_decoder_learns_on_and_leaves_the_latents_as_they_are(
    artwork: Path, work: Path, tmp_path: Path
) -> None:
    shutil.copytree(work / "vae", tmp_path / "vae")
    run("vae", artwork, tmp_path, "--minutes", "0.005", "--batch", "4", "--decoder-only")
    old, new = (
        load_file(next((place / "vae").glob("*.safetensors"))) for place in (work, tmp_path)
    )
    changed = {key for key, value in new.items() if not torch.equal(value, old[key])}
    assert changed
    assert all(key.startswith("decoder.") for key in changed)


@pytest.mark.timeout(900)
def test_an_image_tower_learns_on_and_leaves_the_text_encoder_as_it_is(
    artwork: Path, work: Path, tmp_path: Path
) -> None:
    for name in ("clip", "tokenizer"):
        shutil.copytree(work / name, tmp_path / name)
    for name in ("latents.pt", "captions.json"):
        shutil.copy(work / name, tmp_path)
    run("text", artwork, tmp_path, "--minutes", "0.005", "--batch", "4", "--tower-only")
    old, new = (load_file(place / "clip" / "model.safetensors") for place in (work, tmp_path))
    changed = {key for key, value in new.items() if not torch.equal(value, old[key])}
    assert changed
    assert not any(key.startswith("text_") for key in changed)
    old, new = (
        load_file(next((place / "text_encoder").glob("*.safetensors")))
        for place in (work, tmp_path)
    )
    assert all(torch.equal(value, old[key]) for key, value in new.items())


@pytest.mark.timeout(900)
def test_stages_go_on_from_a_finished_model_where_there_is_no_checkpoint(
    artwork: Path, work: Path, tmp_path: Path
) -> None:
    folder, again = tmp_path / "model", tmp_path / "again"
    run("export", artwork, work, "--folder", str(folder))
    run("warm", artwork, again, "--folder", str(folder))
    for name in ("vae", "unet", "text_encoder"):
        old, new = (
            load_file(next((place / name).glob("*.safetensors"))) for place in (folder, again)
        )
        assert old.keys() == new.keys()
        assert all(torch.equal(old[key].float(), value) for key, value in new.items())
        assert {value.dtype for value in new.values()} == {torch.float32}
    begun = first_network(again, 16)
    shipped = UNet2DConditionModel.from_pretrained(folder / "unet")
    for mine, other in zip(begun.parameters(), shipped.parameters(), strict=True):
        assert torch.equal(mine, other)
    for stage in ("latents", "text", "network", "few-step"):
        run(stage, artwork, again, "--minutes", "0.001", "--batch", "2", "--count", "24")
    assert StableDiffusionPipeline.from_pretrained(again / "export")


@pytest.mark.timeout(900)
def test_the_judge_writes_its_verdict(artwork: Path, work: Path) -> None:
    studio = Studio.open(artwork, work / "cache/drawings.npy")
    train_judge(studio, work, minutes=0.005, batch=8)
    text = evaluate(studio, work, work / "export", share=0.01, steps=1)
    assert "judge's own accuracy" in text
    assert "all 3 concepts" in text
    assert (work / "export/EVALUATION.md").read_text() == text


@pytest.mark.timeout(900)
def test_the_sheets_are_drawn(work: Path, tmp_path: Path) -> None:
    paths = draw_sheets(work / "export", tmp_path, steps=1)
    assert len(paths) == 6
    with Image.open(tmp_path / "mix.png") as mix:
        assert mix.width == 9 * 128
