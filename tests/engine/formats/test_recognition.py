"""What people bring is told by names and heads; nothing of it is loaded or executed."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from sdstudio.engine.formats.recognition import Found, recognise
from sdstudio.engine.problems import ModelError
from tests.kohya import save_kohya
from tests.ldm_layout import ldm_tensors, save_ldm
from tests.tiny_families import tiny_sdxl
from tests.tiny_models import tiny_kl, tiny_pipeline, tiny_taesd

TO_K = "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k"
KOHYA = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight"


def lora(width: int = 768, key: str = KOHYA) -> dict[str, torch.Tensor]:
    return {key: torch.zeros(4, width)}


def saved(tensors: dict[str, torch.Tensor], path: Path) -> Path:
    """A file of tensors, in the layout that its ending says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".safetensors":
        save_file(tensors, path)
    else:
        torch.save(tensors, path)
    return path


def problem(path: Path) -> tuple[str, dict[str, Any]]:
    with pytest.raises(ModelError) as caught:
        recognise(path)
    (found,) = caught.value.problems
    return found.code, dict(found.by_name)


@pytest.mark.parametrize("ending", [".safetensors", ".SAFETENSORS", ".ckpt"])
def test_a_model_in_one_file(ending: str, tmp_path: Path) -> None:
    plain = save_ldm(tiny_pipeline(), tmp_path / "m.safetensors")
    path = plain.rename(plain.with_suffix(ending))
    if ending == ".ckpt":
        torch.save({"state_dict": ldm_tensors(tiny_pipeline())}, path)
    assert recognise(path) == Found("model", path)


def test_a_model_in_a_folder(tmp_path: Path) -> None:
    tiny_pipeline().save_pretrained(tmp_path / "m")
    assert recognise(tmp_path / "m") == Found("model", tmp_path / "m")


@pytest.mark.parametrize(
    ("key", "width", "made_for"),
    [
        (KOHYA, 768, "SD 1"),
        (f"unet.{TO_K}.lora_A.weight", 2048, "SDXL"),
        (f"unet.{TO_K}.lora.down.weight", 1024, "SD 2"),
        (f"base_model.model.{TO_K}.lora_A.weight", 1280, "SDXL refiner"),
        (KOHYA, 256, "256"),
        ("lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight", 8, "Flux"),
        ("lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight", 8, ""),
    ],
)
def test_a_lora_and_what_it_was_made_for(
    key: str, width: int, made_for: str, tmp_path: Path
) -> None:
    path = saved(lora(width, key), tmp_path / "l.safetensors")
    assert recognise(path) == Found("lora", path, made_for)


def test_loras_as_trainers_write_them(tmp_path: Path) -> None:
    for name, pipeline in (("one", tiny_pipeline()), ("xl", tiny_sdxl())):
        path = tmp_path / f"{name}.safetensors"
        save_kohya(pipeline, path, seed=1)
        width = pipeline.unet.config.cross_attention_dim
        assert recognise(path) == Found("lora", path, str(width))


def test_a_folder_around_one_file_is_that_file(tmp_path: Path) -> None:
    path = saved(lora(), tmp_path / "repo" / "pytorch_lora_weights.safetensors")
    (path.parent / "README.md").write_text("a style")
    saved(lora(), path.with_suffix(".bin"))
    assert recognise(path.parent) == Found("lora", path, "SD 1")
    model = save_ldm(tiny_pipeline(), saved({}, tmp_path / "sd" / "v1-5.safetensors"))
    assert recognise(model.parent) == Found("model", model)
    saved(lora(), path.parent / "second.safetensors")
    assert problem(path.parent) == ("several_models", {"name": "repo", "count": 2})


@pytest.mark.parametrize(
    ("name", "tensors"),
    [
        ("toad.safetensors", {"emb_params": torch.zeros(2, 8)}),
        ("toad.safetensors", {"<toad>": torch.zeros(8)}),
        ("toad.safetensors", {"clip_l": torch.zeros(1, 8), "clip_g": torch.zeros(1, 9)}),
        ("learned_embeds.bin", {"<toad>": torch.zeros(1, 8)}),
        ("toad.pt", {"string_to_param": {"*": torch.zeros(1, 8)}, "name": "toad", "step": 1}),
    ],
)
def test_textual_inversions(name: str, tensors: dict[str, Any], tmp_path: Path) -> None:
    path = saved(tensors, tmp_path / name)
    assert recognise(path) == Found("inversion", path)


def test_a_pickle_of_the_older_layout(tmp_path: Path) -> None:
    path = tmp_path / "toad.pt"
    content = {"string_to_param": {"*": torch.zeros(1, 8)}}
    torch.save(content, path, _use_new_zipfile_serialization=False)
    assert recognise(path) == Found("inversion", path)


def test_tiny_autoencoders_in_every_layout(tmp_path: Path) -> None:
    vae = tiny_taesd()
    vae.save_pretrained(tmp_path / "tiny")
    folder = tmp_path / "tiny"
    file = folder / "diffusion_pytorch_model.safetensors"
    assert recognise(folder) == Found("tiny", folder)
    assert recognise(file) == Found("tiny", file)
    half = {n.removeprefix("decoder.layers."): w for n, w in vae.decoder.named_parameters()}
    plain = {name.removeprefix("layers."): weight.detach() for name, weight in half.items()}
    for ending in (".safetensors", ".pth"):
        path = saved(plain, tmp_path / f"taesd_decoder{ending}")
        assert recognise(path) == Found("tiny", path)
    both = saved(
        {f"taesd_decoder.{name}": weight for name, weight in plain.items()},
        tmp_path / "taesd.safetensors",
    )
    assert recognise(both) == Found("tiny", both)


def test_autoencoders(tmp_path: Path) -> None:
    tiny_kl().save_pretrained(tmp_path / "vae")
    assert recognise(tmp_path / "vae") == Found("vae", tmp_path / "vae")
    file = tmp_path / "vae" / "diffusion_pytorch_model.safetensors"
    assert recognise(file) == Found("vae", file)
    own = ldm_tensors(tiny_pipeline()).items()
    for cut in ("", "first_stage_model."):
        bare = {k.removeprefix(cut): v for k, v in own if k.startswith("first_stage_model.")}
        for ending in (".safetensors", ".pt"):
            path = saved(bare, tmp_path / f"kl{len(cut)}{ending}")
            assert recognise(path) == Found("vae", path)


@pytest.mark.parametrize(
    ("name", "code", "key", "value"),
    [
        ("llama.gguf", "format_of_others", "format", "GGUF"),
        ("unet.ONNX", "format_of_others", "format", "ONNX"),
        ("model.zip", "not_weights", "reason", "archive"),
    ],
)
def test_files_of_other_programs(
    name: str, code: str, key: str, value: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04")
    wanted = (code, {"name": name, key: value})
    assert problem(tmp_path / name) == wanted
    # In a folder of its own it is as little a model.
    assert problem(tmp_path) == wanted


@pytest.mark.parametrize(
    ("file", "content", "what"),
    [
        (
            "config.json",
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama"},
            "a language model (llama)",
        ),
        (
            "config.json",
            {"architectures": ["ViTModel"], "model_type": "vit"},
            "a model of another kind (vit)",
        ),
        (
            "config.json",
            {"_class_name": "UNet2DConditionModel"},
            "a part of a diffusers folder",
        ),
        (
            "model_index.json",
            {"_class_name": "FluxPipeline", "transformer": ["diffusers", "Flux"]},
            "a model of another kind (FluxPipeline)",
        ),
    ],
)
def test_folders_of_another_kind(
    file: str, content: dict[str, Any], what: str, tmp_path: Path
) -> None:
    (tmp_path / file).write_text(json.dumps(content))
    saved({"model.layers.0.mlp": torch.zeros(2)}, tmp_path / "model-1-of-2.safetensors")
    assert problem(tmp_path) == ("not_a_checkpoint", {"name": tmp_path.name, "what": what})


def test_what_is_no_model_at_all(tmp_path: Path) -> None:
    assert problem(tmp_path) == ("not_a_model", {"name": tmp_path.name})
    assert problem(tmp_path / "gone.safetensors")[0] == "model_missing"
    (tmp_path / "x.safetensors").write_bytes(b"")
    assert problem(tmp_path / "x.safetensors")[0] == "file_empty"
    other = saved({"a": torch.zeros(2), "b": torch.zeros(2)}, tmp_path / "other.safetensors")
    assert problem(other) == ("not_a_checkpoint", {"name": "other.safetensors", "what": None})
    assert problem(saved(lora(), tmp_path / "old.pt"))[0] == "lora_pickled"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<!DOCTYPE html><html>Sign in</html>", "page"),
        (b"\n<HTML>", "page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n", "pointer"),
    ],
)
def test_what_came_in_place_of_the_file(content: bytes, reason: str, tmp_path: Path) -> None:
    for name in ("m.safetensors", "m.ckpt"):
        (tmp_path / name).write_bytes(content)
        assert problem(tmp_path / name) == ("not_weights", {"name": name, "reason": reason})


def test_a_zip_renamed(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.ckpt", "w") as archive:
        archive.writestr("model/v1-5.safetensors", b"1234")
    assert problem(tmp_path / "m.ckpt")[1]["reason"] == "archive"


def test_a_download_that_broke_off(tmp_path: Path) -> None:
    path = saved({"emb_params": torch.zeros(100, 100)}, tmp_path / "m.safetensors")
    whole = path.read_bytes()
    for share in (0.25, 0.5, 0.99):
        path.write_bytes(whole[: int(share * len(whole))])
        code, values = problem(path)
        assert code == "file_cut_short"
        assert values["percent"] == pytest.approx(100 * share, abs=1)
    path.write_bytes(whole[:20])
    assert problem(path) == ("file_cut_short", {"name": "m.safetensors"})
    pickled = saved({"emb_params": torch.zeros(100, 100)}, tmp_path / "m.ckpt")
    pickled.write_bytes(pickled.read_bytes()[:-200])
    assert problem(pickled)[0] == "file_cut_short"


@pytest.mark.parametrize(
    "content",
    [
        b"nonsense" * 20,
        b"\x08\x00\x00\x00\x00\x00\x00\x00[1, 2]  ",
        b'\x10\x00\x00\x00\x00\x00\x00\x00{"a": {"x": 12}}',
        b'\x0a\x00\x00\x00\x00\x00\x00\x00{"a": true',
    ],
)
def test_a_head_of_nonsense(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(content)
    assert problem(path)[0] == "file_damaged"
    path = path.rename(tmp_path / "m.ckpt")
    assert problem(path) == ("not_a_checkpoint", {"name": "m.ckpt", "what": None})


def test_what_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> Any:
        raise PermissionError(13, "Permission denied")

    path = saved(lora(), tmp_path / "l.safetensors")
    monkeypatch.setattr(Path, "open", refuse)
    wanted = {"name": "l.safetensors", "reason": "Permission denied"}
    assert problem(path) == ("model_unreadable", wanted)
    monkeypatch.setattr(Path, "iterdir", refuse)
    assert problem(tmp_path)[0] == "model_unreadable"


def test_a_pickle_is_listed_and_not_run_and_torch_is_not_needed(tmp_path: Path) -> None:
    class Harm:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "ran",))

    path = saved({"string_to_param": Harm()}, tmp_path / "bad.pt")  # type: ignore[dict-item]
    script = (
        "import sys; from pathlib import Path\n"
        "from sdstudio.engine.formats.recognition import recognise\n"
        f"assert recognise(Path({str(path)!r})).kind == 'inversion'\n"
        "assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    assert not (tmp_path / "ran").exists()
