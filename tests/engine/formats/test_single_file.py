"""Single files in the original layout: what they are, and that they compute the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from sdstudio import paths
from sdstudio.engine import Model, ModelError, Request, denoise, load_model
from sdstudio.engine.family import family_of
from sdstudio.engine.formats.ldm import kind_of
from sdstudio.engine.formats.prediction import declared, probed
from tests.ldm_layout import ldm_tensors, save_config, save_ldm
from tests.pictures import blob_mask, noise_picture
from tests.tiny_families import tiny_sd2, tiny_sdxl, tiny_turbo
from tests.tiny_models import tiny_pipeline, tiny_tokenizer

MAKERS: dict[str, Callable[[], Any]] = {
    "sd1": tiny_pipeline,
    "sd2": tiny_sd2,
    "sdxl": tiny_sdxl,
    "sdxl-refiner": lambda: tiny_sdxl(refiner=True),
    "sdxl-inpainting": lambda: tiny_sdxl(channels=9),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, Path, Path]]:
    """By family: the single file, its configurations, and the same model as a folder."""
    made: dict[str, tuple[Path, Path, Path]] = {}

    def of(name: str) -> tuple[Path, Path, Path]:
        if name not in made:
            home = tmp_path_factory.mktemp(name)
            pipeline = MAKERS[name]()
            if name == "sd2":
                # Told apart from CLIP ViT-L by its activation, as the real one.
                pipeline.text_encoder.config.hidden_act = "gelu"
                for layer in pipeline.text_encoder.modules():
                    if hasattr(layer, "activation_fn"):
                        layer.activation_fn = torch.nn.GELU()
            pipeline.to(torch.float16).save_pretrained(home / "folder")
            made[name] = (
                save_ldm(pipeline, home / f"{name}.safetensors"),
                save_config(pipeline, home / "config"),
                home / "folder",
            )
        return made[name]

    return of


def final(model: Model) -> torch.Tensor:
    pictures = {}
    if model.family.takes_mask:
        pictures = {"image": noise_picture(16, 24), "mask": blob_mask(16, 24)}
    request = Request(prompt="a frog", steps=3, width=16, height=24, **pictures)
    *_, last = denoise(model, request)
    return last.next_latents


def exact(source: Path, **given: Any) -> Model:
    return load_model(source, dtype="float32", device="cpu", **given)


def problem_of(call: Callable[[], object]) -> Any:
    with pytest.raises(ModelError) as caught:
        call()
    return caught.value.problems[0]


@pytest.mark.parametrize("name", MAKERS)
def test_a_file_computes_what_its_folder_does(name: str, files: Any) -> None:
    file, config, folder = files(name)
    one, other = exact(file, config=config), exact(folder)
    assert one.name == name
    assert one.family == other.family
    assert one.scheduler_config == other.scheduler_config
    assert torch.equal(final(one), final(other))
    latents = torch.randn((1, 4, 8, 8), generator=torch.Generator().manual_seed(0))
    assert (one.decode_array(latents) == other.decode_array(latents)).all()
    picture = torch.rand((1, 3, 16, 16), generator=torch.Generator().manual_seed(0))
    assert torch.equal(one.encode_pixels(picture), other.encode_pixels(picture))


def test_the_hash_is_the_files(files: Any) -> None:
    import hashlib

    file, config, _ = files("sd1")
    model = exact(file, config=config)
    assert model.ref.hash == hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize("suffix", [".ckpt", ".pt", ".bin"])
def test_a_pickle_of_the_same(suffix: str, files: Any, tmp_path: Path) -> None:
    file, config, _ = files("sd1")
    pickle = tmp_path / f"model{suffix}"
    torch.save({"state_dict": load_file(file), "global_step": 7}, pickle)
    one, other = exact(pickle, config=config), exact(file, config=config)
    assert torch.equal(final(one), final(other))


def test_names_that_leave_a_level_out(files: Any, tmp_path: Path) -> None:
    file, config, _ = files("sd1")
    tensors = {
        name.replace("transformer.text_model.", "transformer."): tensor
        for name, tensor in load_file(file).items()
    }
    short = tmp_path / "short.safetensors"
    save_file(tensors, short)
    one, other = exact(short, config=config), exact(file, config=config)
    assert torch.equal(final(one), final(other))


# What the tensors tell.


def shapes(**by_name: tuple[int, ...]) -> dict[str, Any]:
    return {name: SimpleNamespace(shape=shape) for name, shape in by_name.items()}


@pytest.mark.parametrize("name", MAKERS)
def test_the_family_is_told_by_names(name: str, files: Any) -> None:
    tensors = load_file(files(name)[0])
    channels = 9 if name.endswith("-inpainting") else 4
    family = name.removesuffix("-inpainting")
    assert (kind_of(tensors, "x").family, kind_of(tensors, "x").channels) == (family, channels)


@pytest.mark.parametrize(
    ("width", "family"), [(768, "sd1"), (1024, "sd2"), (2048, "sdxl"), (1280, "sdxl-refiner")]
)
@pytest.mark.parametrize("channels", [4, 9])
def test_without_a_text_encoder_by_the_texts_width(width: int, family: str, channels: int) -> None:
    unet = "model.diffusion_model."
    tensors = shapes(
        **{
            f"{unet}input_blocks.0.0.weight": (320, channels, 3, 3),
            f"{unet}input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight": (320, width),
        }
    )
    kind = kind_of(tensors, "x")
    assert (kind.family, kind.channels) == (family, channels)


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("lora_unet_mid_block.lora_down.weight", "a LoRA"),
        ("model.diffusion_model.double_blocks.0.img_attn.qkv.weight", "Flux"),
        ("model.diffusion_model.joint_blocks.0.x", "Stable Diffusion 3"),
        ("emb_params", "a textual inversion"),
        ("first_stage_model.encoder.conv_in.weight", "an autoencoder alone"),
        ("something", None),
    ],
)
def test_what_is_no_checkpoint_is_named(key: str, what: str | None, tmp_path: Path) -> None:
    file = tmp_path / "other.safetensors"
    save_file({key: torch.zeros(2, 2)}, file)
    found = problem_of(lambda: load_model(file))
    assert (found.code, found.by_name.get("what")) == ("not_a_checkpoint", what)


# What ships.


@pytest.mark.parametrize(
    ("family", "name", "size", "parameters"),
    [
        ("sd1", "SD 1", 512, 859_520_964),
        ("sd2", "SD 2", 768, 865_910_724),
        ("sdxl", "SDXL", 1024, 2_567_463_684),
        ("sdxl-refiner", "SDXL refiner", 1024, 2_259_526_660),
    ],
)
def test_the_shipped_configurations(family: str, name: str, size: int, parameters: int) -> None:
    """The counts are those of the published networks."""
    from diffusers import AutoencoderKL, UNet2DConditionModel

    home = paths.resources() / "configs" / family
    with torch.device("meta"):
        network = UNet2DConditionModel.from_config(
            json.loads((home / "unet" / "config.json").read_text())
        )
        vae = AutoencoderKL.from_config(json.loads((home / "vae" / "config.json").read_text()))
    assert sum(weight.numel() for weight in network.parameters()) == parameters
    assert sum(weight.numel() for weight in vae.parameters()) == 83_653_863
    pooled = 1280 if name.startswith("SDXL") else None
    found = family_of(network, vae, pooled)
    assert (found.name, found.native_size) == (name, (size, size))
    assert found.micro == {"SDXL": "sizes", "SDXL refiner": "aesthetics"}.get(name, "none")


def test_the_tokenizer_is_asked_for_in_a_sentence(files: Any, tmp_path: Path) -> None:
    file, _, _ = files("sd1")
    alone = tmp_path / "alone.safetensors"
    alone.write_bytes(file.read_bytes())
    found = problem_of(lambda: load_model(alone))
    assert found.code == "tokenizer_missing"
    assert found.by_name["size"] == "1.5 MB"
    assert found.by_name["folder"] == str(paths.data_dir() / "tokenizer")


@pytest.mark.parametrize("place", ["beside", "own", "cache"])
def test_where_a_tokenizer_is_found(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sdstudio.engine.formats import tokenizers

    folder = tmp_path / "tokenizer" if place == "beside" else paths.data_dir() / "tokenizer"
    if place == "cache":
        folder = tmp_path / "cached"
        monkeypatch.setattr(
            "huggingface_hub.try_to_load_from_cache",
            lambda repository, name: str(folder / Path(name).name),
        )
    save_vocabulary(folder)
    encoder = {"vocab_size": 1000, "max_position_embeddings": 9, "pad_token_id": 0}
    found = tokenizers.find_tokenizer("tokenizer", encoder, tmp_path / "x.safetensors", None)
    assert found.model_max_length == 9
    assert found.pad_token_id == 0
    ids = found("a", padding="max_length").input_ids
    assert len(ids) == 9
    assert ids[-1] == 0


def save_vocabulary(folder: Path) -> None:
    """The two files that CLIP's tokenizer comes in."""
    folder.mkdir(parents=True)
    tokenizer = tiny_tokenizer()
    (folder / "vocab.json").write_text(json.dumps(tokenizer.get_vocab()))
    (folder / "merges.txt").write_text("#version: 0.2\n")


# Damage.


def test_a_file_cut_short(files: Any, tmp_path: Path) -> None:
    file, config, _ = files("sd1")
    for size in (5, 1000, file.stat().st_size // 2):
        cut = tmp_path / f"{size}.safetensors"
        cut.write_bytes(file.read_bytes()[:size])
        assert problem_of(lambda c=cut: load_model(c, config=config)).code == "file_damaged"


@pytest.mark.parametrize(
    ("gone", "code"),
    [
        ("first_stage_model.", "weights_missing"),
        ("cond_stage_model.", "weights_missing"),
        ("model.diffusion_model.middle_block.0.in_layers.2.", "file_damaged"),
        ("first_stage_model.decoder.conv_in.", "file_damaged"),
        ("cond_stage_model.transformer.text_model.final_layer_norm.", "file_damaged"),
    ],
)
def test_a_file_of_which_some_is_missing(gone: str, code: str, files: Any, tmp_path: Path) -> None:
    file, config, _ = files("sd1")
    rest = {name: t for name, t in load_file(file).items() if not name.startswith(gone)}
    partial = tmp_path / "partial.safetensors"
    save_file(rest, partial)
    assert problem_of(lambda: load_model(partial, config=config)).code == code


def test_weights_of_another_shape(files: Any) -> None:
    file, _, _ = files("sd1")
    _, config, _ = files("sd2")
    assert problem_of(lambda: load_model(file, config=config)).code == "file_damaged"


# v or noise.


def test_what_a_file_declares(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    assert declared({}, {}, path) is None
    found = declared({"v_pred": 0, "ztsnr": 0}, {}, path)
    assert found is not None
    assert found.settings == {
        "prediction_type": "v_prediction",
        "rescale_betas_zero_snr": True,
        "timestep_spacing": "trailing",
    }
    said = declared({}, {"modelspec.prediction_type": "epsilon"}, path)
    assert said is not None
    assert said.kind == "epsilon"
    path.with_suffix(".yaml").write_text('model:\n  params:\n    parameterization: "v"\n')
    beside = declared({}, {}, path)
    assert beside is not None
    assert beside.kind == "v_prediction"


def test_a_network_is_asked_what_it_predicts() -> None:
    network = tiny_turbo().unet
    for weight in network.conv_out.parameters():
        weight.data.zero_()
    # At the last timestep the answer of an SD 2 that predicts noise is its input, and of one
    # that predicts v it is far below.
    network.conv_out.bias.data.fill_(0.5)
    assert probed(network) == "epsilon"
    network.conv_out.bias.data.fill_(-1.5)
    assert probed(network) == "v_prediction"


def test_declared_v_is_in_force(files: Any, tmp_path: Path) -> None:
    file, config, _ = files("sdxl")
    marked = tmp_path / "v.safetensors"
    save_file({**load_file(file), "v_pred": torch.zeros(1), "ztsnr": torch.zeros(1)}, marked)
    model = exact(marked, config=config)
    assert model.prediction_type == "v_prediction"
    *_, last = denoise(model, Request(prompt="a frog", steps=3))
    assert torch.isfinite(last.x0).all()


def test_the_layout_is_complete() -> None:
    """The inverse mapping of the tests loses no weight."""
    for maker in MAKERS.values():
        pipeline = maker()
        parts = [pipeline.unet, pipeline.vae, pipeline.text_encoder]
        parts.append(getattr(pipeline, "text_encoder_2", None))
        count = sum(w.numel() for part in parts if part is not None for w in part.parameters())
        assert sum(tensor.numel() for tensor in ldm_tensors(pipeline).values()) >= count
