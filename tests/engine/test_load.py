"""Opening models: what is there, what is missing, what is damaged."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from sdstudio.engine import ModelError, Request, RequestError, denoise, load_model
from sdstudio.engine.model import Model
from sdstudio.engine.problems import Problem


@pytest.fixture
def folder(tiny_folders: Callable[..., Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_folders(), tmp_path / "copy"))


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(ModelError) as caught:
        call()
    return caught.value.problems[0].code


def test_what_a_model_says_of_itself(folder: Path) -> None:
    stages: list[str] = []
    model = load_model(
        folder, dtype="float32", progress=lambda stage, fraction: stages.append(stage)
    )
    assert list(dict.fromkeys(stages)) == ["weights", "check"]
    assert model.name == "copy"
    assert model.ref.dtype == "float32"
    assert len(model.ref.hash) == 64
    assert model.ref.versions["torch"] == torch.__version__
    assert json.loads(json.dumps(model.ref.to_dict()))["source"] == str(folder)
    assert model.native_size == (16, 16)
    assert model.latent_shape == (4, 8, 8)
    assert model.words is None
    assert model.recommended.steps == 50
    assert model.parameters > 100_000


def test_words_and_recommendations_come_with_the_folder(folder: Path) -> None:
    (folder / "words.json").write_text(json.dumps({"words": ["frog", "a"]}))
    (folder / "recommended.json").write_text(
        json.dumps({"steps": 20, "guidance_scale": 4.0, "examples": ["a frog"]})
    )
    model = load_model(folder)
    assert model.words == {"frog", "a"}
    assert model.recommended.steps == 20
    assert model.recommended.examples == ("a frog",)
    (note,) = model.notes(Request(prompt="a blue frog"))
    assert (note.code, note.by_name["words"]) == ("unknown_words", ("blue",))


def test_the_hash_is_that_of_the_weights(folder: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    assert load_model(other).ref.hash == load_model(folder).ref.hash
    weights = next((other / "unet").glob("*.safetensors"))
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert load_model(other).ref.hash != load_model(folder).ref.hash


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(ModelError) as caught:
        load_model(folder)
    return caught.value.problems


def test_a_missing_folder(tmp_path: Path) -> None:
    assert code_of(lambda: load_model(tmp_path / "nowhere")) == "model_missing"


@pytest.mark.parametrize("part", ["unet", "vae", "text_encoder", "tokenizer"])
def test_a_missing_part(part: str, folder: Path) -> None:
    shutil.rmtree(folder / part)
    assert problems_of(folder) == (Problem.of("part_missing", name=folder.name, part=part),)


def test_a_tokenizer_without_its_vocabulary(folder: Path) -> None:
    # transformers would make one that knows no word.
    for file in (folder / "tokenizer").iterdir():
        if file.name != "tokenizer_config.json":
            file.unlink()
    wanted = Problem.of("part_missing", name=folder.name, part="tokenizer")
    assert problems_of(folder) == (wanted,)


@pytest.mark.parametrize("part", ["unet", "vae", "text_encoder"])
def test_a_part_without_its_configuration(part: str, folder: Path) -> None:
    file = folder / part / "config.json"
    for content, told in ((b"{oops", "cannot be read"), (None, "is missing")):
        file.unlink() if content is None else file.write_bytes(content)
        reason = f"{part}/config.json {told}"
        wanted = Problem.of("model_damaged", name=folder.name, reason=reason)
        assert problems_of(folder) == (wanted,)


@pytest.mark.parametrize(
    "name",
    ["unet/diffusion_pytorch_model.safetensors", "unet/config.json", "vae/config.json"],
)
def test_a_truncated_part(name: str, folder: Path) -> None:
    file = folder / name
    file.write_bytes(file.read_bytes()[:100])
    assert code_of(lambda: load_model(folder)) == "model_damaged"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"unet": 3}', "\x00\x01"])
def test_a_nonsense_index(text: str, folder: Path) -> None:
    (folder / "model_index.json").write_text(text)
    assert code_of(lambda: load_model(folder)) == "model_damaged"


def test_a_damaged_scheduler_file(folder: Path) -> None:
    (folder / "scheduler" / "scheduler_config.json").write_text("{")
    assert code_of(lambda: load_model(folder)) == "model_damaged"


def test_a_class_that_is_not_ours_to_run(folder: Path) -> None:
    file = folder / "model_index.json"
    index = json.loads(file.read_text())
    index["unet"] = ["diffusers", "FluxTransformer2DModel"]
    file.write_text(json.dumps(index))
    assert code_of(lambda: load_model(folder)) == "model_unsupported"


def test_pickled_weights_of_something_else(folder: Path) -> None:
    safe = folder / "unet" / "diffusion_pytorch_model.safetensors"
    torch.save({"x": torch.zeros(1)}, safe.with_suffix(".bin"))
    safe.unlink()
    assert code_of(lambda: load_model(folder)) == "model_damaged"


def test_a_file_in_place_of_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"")
    assert code_of(lambda: load_model(file)) == "file_damaged"
    other = file.with_suffix(".txt")
    other.write_bytes(b"")
    assert code_of(lambda: load_model(other)) == "model_unsupported"


def test_an_unknown_dtype_or_device(folder: Path) -> None:
    assert code_of(lambda: load_model(folder, dtype="float3")) == "unknown_dtype"
    assert code_of(lambda: load_model(folder, device="nonsense")) == "device_missing"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"width": 17}, [("width", "not_a_multiple")]),
        ({"height": 8192}, [("height", "out_of_range")]),
        ({"width": 12, "height": 9}, [("width", "out_of_range"), ("height", "out_of_range")]),
        ({"scheduler": "Magic"}, [("scheduler", "unknown_scheduler")]),
        ({"scheduler": "LCM", "steps": 51}, [("steps", "too_many_steps")]),
        ({"clip_skip": 3}, [("clip_skip", "out_of_range")]),
        ({"loras": (("nowhere.safetensors", 1.0),)}, [("loras", "lora_missing")]),
        ({"mask": b"", "width": 17}, None),
    ],
)
def test_what_a_request_cannot_have(
    fields: dict[str, object], expected: list[tuple[str, str]] | None, tiny: Model
) -> None:
    with pytest.raises(RequestError) as caught:
        tiny.check(Request(**fields))  # type: ignore[arg-type]
    if expected is not None:
        assert [(p.field, p.code) for p in caught.value.problems] == expected


def test_a_strength_that_leaves_no_step(tiny: Model) -> None:
    import numpy as np

    picture = np.zeros((16, 16, 3), dtype=np.uint8)
    request = Request(image=picture, strength=0.05, steps=10)
    with pytest.raises(RequestError) as caught:
        next(denoise(tiny, request))
    (problem,) = caught.value.problems
    assert (problem.code, problem.field) == ("strength_too_low", "strength")
    assert problem.by_name["least"] == pytest.approx(0.1)


def test_numbers_that_overflow_are_named(tiny: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = tiny.predict, []

    def predict(network_input, timestep, conditioning):  # type: ignore[no-untyped-def]
        calls.append(timestep)
        out = real(network_input, timestep, conditioning)
        return {name: tensor * float("nan") for name, tensor in out.items()} if calls[1:] else out

    monkeypatch.setattr(tiny, "predict", predict)
    steps = denoise(tiny, Request(steps=3))
    next(steps)
    with pytest.raises(ModelError) as caught:
        next(steps)
    assert caught.value.problems[0].by_name["step"] == 1
