"""How well pictures fit texts: the built-in model's towers, and a CLIP model in a folder."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import CLIPConfig, CLIPModel, CLIPTextConfig, CLIPVisionConfig

from sdstudio import paths
from sdstudio.engine import Model, ModelError, Request, denoise, load_model
from sdstudio.engine.cancel import Cancelled
from sdstudio.engine.likeness import DEVIATION, MEAN, likeness_at

RUNS = 40
STEPS = 12


@pytest.fixture(scope="module")
def builtin() -> Model:
    return load_model("builtin")


def test_the_right_prompt_fits_best_at_the_last_step(builtin: Model) -> None:
    """90% of single-concept runs is the promise; 39 of 40 were seen, and 34 best of all."""
    words = json.loads((paths.builtin_model() / "words.json").read_text(encoding="utf-8"))
    # Every eighth of them: to read all would take longer than the runs.
    texts = [f"a {concept}" for concept in words["concepts"][::8]]
    right_over_wrong, best_of_all = 0, 0
    for run in range(RUNS):
        right = (11 + 5 * run) % len(texts)
        wrong = (right + 17) % len(texts)
        request = Request(prompt=texts[right], steps=STEPS, guidance_scale=3.0, seed=run)
        *_, last = denoise(builtin, request)
        cosines = likeness_at(builtin, last, texts).cosines
        right_over_wrong += bool(cosines[right] > cosines[wrong])
        best_of_all += int(cosines.argmax()) == right
    assert right_over_wrong >= 0.9 * RUNS
    assert best_of_all >= 0.8 * RUNS


def test_an_empty_text_has_no_likeness(builtin: Model) -> None:
    step = next(iter(denoise(builtin, Request(prompt="a frog", steps=2))))
    found = likeness_at(builtin, step, ("a frog", " "))
    assert -1 <= found.cosines[0] <= 1
    assert math.isnan(found.cosines[1])
    assert found.index == 0
    assert found.noise_level == pytest.approx(step.noise_level)


def test_the_end_of_the_text_is_what_its_encoder_pools(builtin: Model) -> None:
    from sdstudio.engine.likeness import towers_of

    reader = builtin.reader
    weights = paths.builtin_model() / "likeness" / "model.safetensors"
    from safetensors.torch import load_file

    projection = load_file(weights)["text_projection.weight"].float()
    for text in ("a frog", "a teddy bear on a pink background", "frog " * 60):
        ids = reader.tokenizer(
            text, max_length=reader.max_tokens, truncation=True, return_tensors="pt"
        ).input_ids
        with torch.no_grad():
            wanted = projection @ reader.encoder(ids).pooler_output[0]
            found = towers_of(builtin).read(builtin, text)
        assert torch.allclose(found, wanted / wanted.norm(), atol=1e-5)


def test_latents_of_another_size_are_seen_all_the_same(builtin: Model) -> None:
    request = Request(prompt="a frog", steps=2, width=160, height=128)
    step = next(iter(denoise(builtin, request)))
    assert np.isfinite(likeness_at(builtin, step, ("a frog",)).cosines).all()


def test_a_model_without_towers_says_so(tiny: Model) -> None:
    step = next(iter(denoise(tiny, Request(prompt="a", steps=2))))
    with pytest.raises(ModelError) as told:
        likeness_at(tiny, step, ("a",))
    assert told.value.problems[0].code == "likeness_missing"


@pytest.fixture(scope="module")
def clip_folder(tmp_path_factory: pytest.TempPathFactory, tiny_folders) -> Path:
    """A random CLIP model over 16 x 16 pictures, with the tiny model's tokenizer."""
    folder = tmp_path_factory.mktemp("clip")
    shutil.copytree(tiny_folders() / "tokenizer", folder, dirs_exist_ok=True)
    torch.manual_seed(2)
    sizes = {
        "hidden_size": 32,
        "intermediate_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "projection_dim": 16,
    }
    config = CLIPConfig(projection_dim=16)
    config.text_config = CLIPTextConfig(
        vocab_size=1000, max_position_embeddings=16, eos_token_id=999, **sizes
    )
    config.vision_config = CLIPVisionConfig(image_size=16, patch_size=4, **sizes)
    CLIPModel(config).save_pretrained(folder)
    return folder


def test_a_chosen_clip_gives_its_own_cosines(tiny: Model, clip_folder: Path) -> None:
    """The tiny model's pictures are of the size this CLIP looks at: nothing is resized."""
    from transformers import CLIPTokenizer

    *_, last = denoise(tiny, Request(prompt="a", steps=3))
    texts = ("a frog", "rabbit")
    found = likeness_at(tiny, last, texts, str(clip_folder)).cosines
    clip = CLIPModel.from_pretrained(clip_folder).eval()
    tokenizer = CLIPTokenizer.from_pretrained(clip_folder)
    pixels = torch.from_numpy(tiny.decode_array(last.x0)).permute(0, 3, 1, 2) / 255
    assert pixels.shape[-2:] == (16, 16)
    pixels = (pixels - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(DEVIATION).view(3, 1, 1)
    for text, cosine in zip(texts, found, strict=True):
        ids = tokenizer(text, return_tensors="pt").input_ids
        with torch.no_grad():
            out = clip(input_ids=ids, pixel_values=pixels)
            wanted = out.logits_per_image / clip.logit_scale.exp()
        assert cosine == pytest.approx(float(wanted), abs=1e-4)


def test_a_folder_without_clip_is_named(tiny: Model, tmp_path: Path) -> None:
    step = next(iter(denoise(tiny, Request(prompt="a", steps=2))))
    with pytest.raises(ModelError) as told:
        likeness_at(tiny, step, ("a",), str(tmp_path))
    assert told.value.problems[0].code == "clip_unreadable"
    assert told.value.problems[0].by_name["name"] == tmp_path.name


def test_gives_way_before_the_dear_part(tiny: Model, clip_folder: Path) -> None:
    step = next(iter(denoise(tiny, Request(prompt="a", steps=2))))
    with pytest.raises(Cancelled):
        likeness_at(tiny, step, ("a",), str(clip_folder), cancelled=lambda: True)
