"""`sdstudio render` and `sdstudio info` on a tiny model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from sdstudio.__main__ import main
from sdstudio.engine import Request, denoise, load_model
from sdstudio.session.files.filed import full_steps, steps_of
from sdstudio.session.files.previews import decode_all
from sdstudio.session.files.run_file import read_run
from sdstudio.session.loading import facts_of
from tests.pictures import blob_mask, noise_picture, pixels_of
from tests.tiny_models import save_tiny

Render = Callable[..., list[Path]]


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def render(
    model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., list[Path]]:
    """Render with the tiny model; returns the files it names on stdout."""

    def run(*argv: str, to: str = "frog.png") -> list[Path]:
        order = ["render", *argv, "-o", str(tmp_path / to), "--model", str(model_folder), "--exact"]
        assert main(order) == 0
        told = capsys.readouterr()
        assert told.err == ""
        return [Path(line) for line in told.out.splitlines()]

    return run


def request_in(path: Path) -> dict[str, object]:
    """The request a picture carries."""
    with Image.open(path) as picture:
        return json.loads(picture.text["sdstudio"])["request"]


def test_a_picture_is_what_the_engine_makes_and_carries_its_request(
    render: Render, model_folder: Path
) -> None:
    (path,) = render("a frog", "--steps", "3", "--seed", "7", "--scheduler", "Euler")
    request = Request.from_dict(request_in(path))
    assert (request.prompt, request.steps, request.seed) == ("a frog", 3, 7)

    model = load_model(model_folder, dtype="float32")
    for step in denoise(model, request):
        latents = step.next_latents
    with Image.open(path) as picture:
        assert np.array_equal(np.asarray(picture), np.asarray(model.decode(latents)))


def test_what_is_not_given_suits_the_model(render: Render, model_folder: Path) -> None:
    (path,) = render("a frog", "--steps", "1")
    suits = load_model(model_folder, dtype="float32").recommended
    carried = request_in(path)
    assert carried["guidance_scale"] == suits.guidance_scale
    assert carried["scheduler"] == suits.scheduler


def test_count_makes_numbered_files_of_consecutive_seeds(render: Render) -> None:
    paths = render("a frog", "--steps", "1", "--count", "10", "--seed", "3")
    assert [path.name for path in paths] == [f"frog-{number:02}.png" for number in range(1, 11)]
    assert [request_in(path)["seed"] for path in paths] == list(range(3, 13))
    (alone,) = render("a frog", "--steps", "1", "--seed", "12", to="alone.png")
    with Image.open(alone) as one, Image.open(paths[-1]) as other:
        assert np.array_equal(np.asarray(one), np.asarray(other))


def test_every_step_is_written_on_request(render: Render, tmp_path: Path) -> None:
    render("a frog", "--steps", "10", "--steps-dir", str(tmp_path / "steps"))
    names = sorted(path.name for path in (tmp_path / "steps").iterdir())
    assert names == [f"step-{number:02}.png" for number in range(1, 11)]


def test_several_pictures_have_a_folder_of_steps_each(render: Render, tmp_path: Path) -> None:
    render("a frog", "--steps", "2", "--count", "2", "--steps-dir", str(tmp_path / "steps"))
    found = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.glob("steps/*/*.png"))
    assert found == [
        "steps/frog-1/step-1.png",
        "steps/frog-1/step-2.png",
        "steps/frog-2/step-1.png",
        "steps/frog-2/step-2.png",
    ]


def test_a_request_the_model_cannot_honour_is_one_line(
    capsys: pytest.CaptureFixture[str], model_folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "frog.png"
    order = ["render", "a", "-o", str(path), "--model", str(model_folder), "--width", "65"]
    assert main(order) == 2
    told = capsys.readouterr()
    assert told.err.startswith("sdstudio: --width: ")
    assert told.err.count("\n") == 1
    assert not path.exists()


@pytest.mark.parametrize("command", [["render", "a", "-o", "frog.png"], ["info"]])
def test_a_model_that_is_not_there_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: list[str]
) -> None:
    assert main([*command, "--model", str(tmp_path / "nowhere")]) == 1
    told = capsys.readouterr()
    assert "nowhere" in told.err
    assert told.err.count("\n") == 1


def test_info_as_json(capsys: pytest.CaptureFixture[str], model_folder: Path, home: Path) -> None:
    assert main(["info", "--json", "--exact", "--model", str(model_folder)]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["model"]["name"] == "tiny"
    assert facts["runs on"] == {"device": "cpu", "dtype": "float32", "engine": "torch"}
    assert {"sdstudio", "torch", "diffusers"} <= facts["versions"].keys()
    assert Path(facts["folders"]["log"]).is_relative_to(home)


def test_info_of_a_model_folder_says_what_the_window_says(
    capsys: pytest.CaptureFixture[str], model_folder: Path
) -> None:
    assert main(["info", "--json", "--exact", str(model_folder)]) == 0
    told = json.loads(capsys.readouterr().out)["model"]
    facts = facts_of(load_model(model_folder, dtype="float32"))
    assert told["source"] == facts.source == str(model_folder)
    assert (told["family"], told["predicts"]) == (facts.family, facts.prediction_type)
    assert (told["parameters"], told["hash"]) == (facts.parameters, facts.hash)
    assert told["size"] == "16x16"


def test_info_of_a_model_that_is_none_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["info", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "is no model folder" in told.err
    assert told.err.count("\n") == 1


def test_info_for_people_has_a_line_for_each_fact(
    capsys: pytest.CaptureFixture[str], model_folder: Path
) -> None:
    assert main(["info", "--model", str(model_folder)]) == 0
    said = capsys.readouterr().out
    for word in ("model", "device", "dtype", "versions", "torch", "folders", "cache"):
        assert word in said


def test_a_recorded_run_is_bit_for_bit_what_the_engine_made(
    render: Render, model_folder: Path, tmp_path: Path
) -> None:
    to = str(tmp_path / "frog.sdrun")
    order = ("a frog", "--steps", "4", "--seed", "7", "--scheduler", "Euler a", "--record", to)
    picture, path = render(*order)
    assert path == Path(to)
    run = read_run(path)
    assert run.request == Request.from_dict(request_in(picture))
    assert run.head.model["name"] == load_model(model_folder, dtype="float32").name
    again = list(full_steps(run.request, steps_of(run)))
    made = list(denoise(load_model(model_folder, dtype="float32"), run.request))
    for step, wanted in zip(again, made, strict=True):
        for name in ("latents", "network_input", "prediction", "x0", "noise", "next_latents"):
            assert torch.equal(getattr(step, name), getattr(wanted, name)), name
        assert (step.timestep, step.level, step.count) == (wanted.timestep, wanted.level, 4)
    previews = decode_all(run.previews)
    with Image.open(picture) as image:
        assert previews[3].shape == (image.height, image.width, 3)


def test_recorded_runs_are_numbered_like_their_pictures(render: Render, tmp_path: Path) -> None:
    to = str(tmp_path / "frog.sdrun")
    paths = render("a frog", "--steps", "2", "--count", "2", "--record", to)
    names = ["frog-1.png", "frog-2.png", "frog-1.sdrun", "frog-2.sdrun"]
    assert [path.name for path in paths] == names
    assert [read_run(path).request.seed for path in paths[2:]] == [0, 1]


def test_outside_a_mask_the_picture_is_kept(render: Render, tmp_path: Path) -> None:
    image, mask = tmp_path / "image.png", tmp_path / "mask.png"
    image.write_bytes(noise_picture().png)
    mask.write_bytes(blob_mask().png)
    given = ("--image", str(image), "--mask", str(mask), "--steps", "3", "--strength", "1")
    (path,) = render("a frog", *given, "--steps-dir", str(tmp_path / "steps"))
    assert Request.from_dict(request_in(path)).mask == blob_mask()
    outside = pixels_of(blob_mask()) == 0
    for each in (path, *(tmp_path / "steps").iterdir()):
        with Image.open(each) as picture:
            made = np.asarray(picture)
        assert np.array_equal(made[outside], pixels_of(noise_picture())[outside])
        assert not np.array_equal(made, pixels_of(noise_picture()))
