"""Autoencoders in place of a model's own, tiny ones for previews, and those that overflow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL, AutoencoderTiny
from safetensors.torch import save_file

from sdstudio.engine import Model, ModelError, Request, denoise, load_model
from tests.ldm_layout import ldm_tensors
from tests.tiny_models import save_tiny, tiny_kl, tiny_pipeline


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("models") / "sd1")


def other() -> AutoencoderKL:
    torch.manual_seed(99)
    return tiny_kl()


def latents() -> torch.Tensor:
    return torch.randn((1, 4, 8, 8), generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("layout", ["folder", "model", "ldm", "bare", "diffusers"])
def test_another_autoencoder(layout: str, folder: Path, tmp_path: Path) -> None:
    vae = other().half().float()
    path = tmp_path / "vae.safetensors"
    if layout == "folder":
        path = tmp_path / "vae-folder"
        vae.save_pretrained(path)
    elif layout == "model":
        path = tmp_path / "model"
        vae.save_pretrained(path / "vae")
    elif layout == "diffusers":
        save_file(vae.state_dict(), path)
    else:
        pipeline = tiny_pipeline()
        pipeline.vae = vae
        prefix = "first_stage_model."
        own = {k: v for k, v in ldm_tensors(pipeline).items() if k.startswith(prefix)}
        bare = {name.removeprefix(prefix): tensor for name, tensor in own.items()}
        save_file(own if layout == "ldm" else bare, path)
    plain = load_model(folder, dtype="float32")
    model = load_model(folder, dtype="float32", vae=path)
    scaled = latents() / vae.config.scaling_factor
    wanted = vae.decode(scaled, return_dict=False)[0].detach()
    pixels = ((wanted / 2 + 0.5).clamp(0, 1) * 255).round().to(torch.uint8)[0].permute(1, 2, 0)
    assert np.array_equal(model.decode_array(latents())[0], pixels.numpy())
    assert not np.array_equal(plain.decode_array(latents()), model.decode_array(latents()))
    assert plain.ref.hash != model.ref.hash


def test_an_autoencoder_of_other_latents(folder: Path, tmp_path: Path) -> None:
    wrong = AutoencoderKL(
        block_out_channels=(8,),
        down_block_types=("DownEncoderBlock2D",),
        up_block_types=("UpDecoderBlock2D",),
        latent_channels=16,
        norm_num_groups=4,
    )
    wrong.save_pretrained(tmp_path / "wrong")
    for path, code in ((tmp_path / "wrong", "vae_differs"), (tmp_path / "no", "model_missing")):
        with pytest.raises(ModelError) as caught:
            load_model(folder, vae=path)
        assert caught.value.problems[0].code == code


def a_tiny(folder: Path) -> AutoencoderTiny:
    torch.manual_seed(7)
    vae = AutoencoderTiny(
        encoder_block_out_channels=(8, 8),
        decoder_block_out_channels=(12, 12),
        num_encoder_blocks=(1, 2),
        num_decoder_blocks=(2, 1),
        latent_channels=4,
        scaling_factor=1.0,
        upsampling_scaling_factor=2,
    )
    vae.save_pretrained(folder)
    return vae


def tiny_vae(folder: Path) -> Path:
    a_tiny(folder)
    return folder


def of_its_author(vae: AutoencoderTiny) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """The two halves as TAESD's author names them: a layer without weights opens the decoder."""
    halves: tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]] = ({}, {})
    for name, weight in vae.state_dict().items():
        half, _, number, rest = name.split(".", 3)
        is_decoder = half == "decoder"
        halves[is_decoder][f"{int(number) + is_decoder}.{rest}"] = weight
    return halves


@pytest.mark.parametrize("layout", ["folder", "diffusers", "both", "decoder", "pickle", "together"])
def test_a_tiny_autoencoder_in_every_layout(layout: str, folder: Path, tmp_path: Path) -> None:
    vae = a_tiny(tmp_path / "tiny")
    encoder, decoder = of_its_author(vae)
    path = tmp_path / "taesd_decoder.safetensors"
    if layout == "folder":
        path = tmp_path / "tiny"
    elif layout == "diffusers":
        path = tmp_path / "any.safetensors"
        save_file(vae.state_dict(), path)
    elif layout == "pickle":
        path = tmp_path / "taesd_decoder.pth"
        torch.save(decoder, path)
    elif layout == "together":
        path = tmp_path / "any.safetensors"
        halves = {"taesd_encoder": encoder, "taesd_decoder": decoder}
        save_file({f"{h}.{n}": w for h, half in halves.items() for n, w in half.items()}, path)
    else:
        save_file(decoder, path)
        if layout == "both":
            path = tmp_path / "taesd_encoder.safetensors"
            save_file(encoder, path)
    plain = load_model(folder, dtype="float32", device="cpu")
    model = load_model(folder, dtype="float32", device="cpu", tiny_vae=path)
    wanted = vae.decode(latents(), return_dict=False)[0].detach()
    pixels = ((wanted / 2 + 0.5).clamp(0, 1) * 255).round().to(torch.uint8)[0].permute(1, 2, 0)
    found = model.autoencoder.decode_tiny(latents())
    assert found is not None
    assert np.array_equal(found[0], pixels.numpy())
    # Of previews only: neither the result nor what a run is filed under is another.
    assert np.array_equal(model.decode_array(latents()), plain.decode_array(latents()))
    assert model.ref.hash == plain.ref.hash


def test_what_is_no_tiny_autoencoder(folder: Path, tmp_path: Path) -> None:
    encoder, decoder = of_its_author(a_tiny(tmp_path / "tiny"))
    full = other()
    full.save_pretrained(tmp_path / "full")
    save_file(full.state_dict(), tmp_path / "full.safetensors")
    save_file(encoder, tmp_path / "taesd_encoder.safetensors")
    short = {name: weight for name, weight in decoder.items() if not name.startswith("3.")}
    save_file(short, tmp_path / "short_decoder.safetensors")
    save_file({"x": torch.zeros(1)}, tmp_path / "x.safetensors")
    wide = {**decoder, "1.weight": torch.zeros(12, 16, 3, 3)}
    save_file(wide, tmp_path / "wide_decoder.safetensors")
    for name, code in {
        "full": "vae_not_tiny",
        "full.safetensors": "vae_not_tiny",
        "taesd_encoder.safetensors": "tiny_decoder_missing",
        "x.safetensors": "tiny_decoder_missing",
        "wide_decoder.safetensors": "vae_differs",
        "short_decoder.safetensors": "file_damaged",
        "no.safetensors": "model_missing",
    }.items():
        with pytest.raises(ModelError) as caught:
            load_model(folder, tiny_vae=tmp_path / name)
        assert caught.value.problems[0].code == code, name


def test_previews_by_a_tiny_autoencoder_where_the_whole_one_is_too_dear(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tiny_vae(tmp_path / "tiny")
    model = load_model(folder, dtype="float32", device="cpu", tiny_vae=path)
    monkeypatch.setattr(Model, "decode_array", slow(Model.decode_array))
    assert model.preview(latents(), 0.0)[1] == "vae"
    picture, kind = model.preview(latents(), 0.0)
    assert kind == "tiny"
    vae = AutoencoderTiny.from_pretrained(path)
    wanted = vae.decode(latents(), return_dict=False)[0].detach()
    pixels = ((wanted / 2 + 0.5).clamp(0, 1) * 255).round().to(torch.uint8)[0].permute(1, 2, 0)
    assert np.array_equal(picture, pixels.numpy())
    # The result is the whole one's.
    assert not np.array_equal(model.decode_array(latents())[0], picture)


def slow(decode):  # type: ignore[no-untyped-def]
    def decoded(self, latents):  # type: ignore[no-untyped-def]
        import time

        time.sleep(0.05)
        return decode(self, latents)

    return decoded


def test_what_overflows_in_half_precision_is_decoded_in_full_and_said(folder: Path) -> None:
    model = load_model(folder, dtype="float32", device="cpu")
    # Numbers that float16 does not hold, half way through.
    model.autoencoder.vae.decoder.conv_in.weight.data *= 1e5
    model.autoencoder.vae.decoder.mid_block.resnets[0].norm1.weight.data *= 1e-3
    wanted = model.decode_array(latents())
    assert [remark.code for remark in model.remarks] == []
    model.autoencoder.vae.half()
    found = model.decode_array(latents())
    (remark,) = model.remarks
    assert remark.code == "vae_upcast"
    assert np.abs(found.astype(int) - wanted.astype(int)).mean() < 8
    assert found.std() > 1
    # Once is enough.
    model.decode_array(latents())
    assert len(model.remarks) == 1


def test_what_overflows_in_half_precision_is_encoded_in_full_and_said(folder: Path) -> None:
    model = load_model(folder, dtype="float32", device="cpu")
    vae = model.autoencoder.vae
    # Numbers that float16 does not hold, half way through.
    vae.encoder.conv_in.weight.data *= 1e5
    vae.encoder.down_blocks[0].resnets[0].conv2.weight.data *= 1e5
    pixels = torch.rand((1, 3, 16, 16), generator=torch.Generator().manual_seed(0)) * 2 - 1
    wanted = model.encode_pixels(pixels)
    drawn = model.encode_pixels(pixels, torch.Generator().manual_seed(1))
    assert [remark.code for remark in model.remarks] == []
    vae.half()
    found = model.encode_pixels(pixels)
    assert [remark.code for remark in model.remarks] == ["vae_upcast"]
    assert vae.dtype == torch.float32
    # The digits that half precision left to the weights are all that differs.
    assert (found - wanted).norm() < 0.05 * wanted.norm()
    again = model.encode_pixels(pixels, torch.Generator().manual_seed(1))
    assert (again - drawn).norm() < 0.05 * drawn.norm()
    assert len(model.remarks) == 1
    vae.quant_conv.bias.data.fill_(float("nan"))
    with pytest.raises(ModelError, match="encode_not_finite"):
        model.encode_pixels(pixels)


def test_what_overflows_in_full_precision_is_an_error(folder: Path) -> None:
    model = load_model(folder, dtype="float32", device="cpu")
    model.autoencoder.vae.decoder.conv_out.bias.data.fill_(float("nan"))
    *_, last = denoise(model, Request(steps=1))
    with pytest.raises(ModelError, match="decode_not_finite"):
        model.decode(last.next_latents)
