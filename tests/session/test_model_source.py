from __future__ import annotations

from pathlib import Path

import pytest

from sdstudio.session.model_source import hub_name, is_model, name_of, size_foretold


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("stabilityai/sdxl-turbo", "stabilityai/sdxl-turbo"),
        ("  Lykon/dreamshaper-8\n", "Lykon/dreamshaper-8"),
        ("https://huggingface.co/a/b.c_d/resolve/main/x.ckpt?download=true", "a/b.c_d"),
        ("hf.co/a/b#files", "a/b"),
        ("sdxl-turbo", None),
        ("a/b/c", None),
        ("/models/mine", None),
        ("a/", None),
        ("-a/b", None),
        ("a/b.", None),
        ("a/b--c", None),
        ("a/b..c", None),
        ("a/b.git", None),
        ("../b", None),
        ("a/sdxl turbo", None),
        ("https://example.org/a/b", None),
        ("a/" + "b" * 96, None),
        ("", None),
    ],
)
def test_names_on_the_hub(text: str, name: str | None) -> None:
    assert hub_name(text) == name


def test_what_looks_like_a_model(tmp_path: Path) -> None:
    assert is_model(tmp_path)
    assert is_model(Path("x.SAFETENSORS"))
    assert is_model(Path("x.ckpt"))
    assert not is_model(Path("x.png"))
    assert not is_model(Path("x.sdrun"))


def test_what_to_call_it_before_it_is_loaded() -> None:
    assert name_of("builtin") == ""
    assert name_of("/models/one.safetensors") == "one.safetensors"
    assert name_of("stabilityai/sdxl-turbo") == "sdxl-turbo"


def test_how_large_its_pictures_will_be_is_known_of_the_built_in_one() -> None:
    assert size_foretold("builtin") == (128, 128)
    assert size_foretold("stabilityai/sd-turbo") == size_foretold("") == (512, 512)
