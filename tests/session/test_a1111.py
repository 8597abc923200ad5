from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdstudio.engine.picture import Picture
from sdstudio.engine.request import MAX_SEED, Request
from sdstudio.engine.schedulers import NAMES
from sdstudio.session.files.a1111 import format_parameters, parse_parameters

DOT = Picture.of(np.zeros((8, 8, 3), np.uint8))

# The format marks the negative prompt by a line's beginning and has no way to escape it.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60).filter(
    lambda text: "Negative prompt:" not in text
)
tricky = st.sampled_from(
    ["a, b: c", "Steps: 3, Sampler: x, Seed: 1", 'say "hi", now', "one\ntwo:\nthree,", " \n ", "\\"]
)
requests = st.builds(
    Request,
    prompt=texts | tricky,
    negative_prompt=texts | tricky,
    guidance_scale=st.floats(0, 100),
    steps=st.integers(1, 1000),
    seed=st.integers(0, MAX_SEED),
    scheduler=st.sampled_from(NAMES),
    strength=st.floats(0, 1),
    image=st.none() | st.just(DOT),
    clip_skip=st.integers(0, 23),
)


@given(request=requests, width=st.integers(8, 4096), height=st.integers(8, 4096), name=texts)
def test_format_then_parse_gives_the_same_fields(
    request: Request, width: int, height: int, name: str
) -> None:
    text = format_parameters(
        request, width, height, model_name=name, model_hash="0123456789abcdef", version="x 1.0, y"
    )
    fields, _ = parse_parameters(text)
    wanted = ["prompt", "negative_prompt", "guidance_scale", "steps", "seed", "scheduler"]
    if request.image is not None:
        wanted.append("strength")
    assert {field: fields[field] for field in wanted} == {
        field: getattr(request, field) for field in wanted
    }
    assert (fields["width"], fields["height"]) == (width, height)
    assert fields.get("clip_skip", 0) == request.clip_skip
    assert fields.get("model", "") == name
    assert fields["model_hash"] == "0123456789"


REAL = """masterpiece, (frog:1.2) on stilts,
in a theatre: red curtains
Negative prompt: blurry, lowres,
bad: hands
Steps: 28, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 3364763263, Size: 512x768, \
Model hash: 6ce0161689, Model: v1-5-pruned-emaonly, Denoising strength: 0.7, Clip skip: 2, \
Hires upscale: 2, Hires upscaler: Latent, Lora hashes: "a: 0123, b: 4567", Version: v1.6.0"""


def test_reads_what_the_web_ui_writes() -> None:
    fields, notes = parse_parameters(REAL)
    assert fields == {
        "prompt": "masterpiece, (frog:1.2) on stilts,\nin a theatre: red curtains",
        "negative_prompt": "blurry, lowres,\nbad: hands",
        "steps": 28,
        "scheduler": "DPM++ 2M Karras",
        "guidance_scale": 7.0,
        "seed": 3364763263,
        "width": 512,
        "height": 768,
        "strength": 0.7,
        "clip_skip": 1,
        "model": "v1-5-pruned-emaonly",
        "model_hash": "6ce0161689",
    }
    assert [note.code for note in notes] == ["prompt_syntax", "settings_not_restored"]
    assert notes[1].by_name["names"] == ("Hires upscale", "Hires upscaler")


@pytest.mark.parametrize(
    ("settings", "name", "codes"),
    [
        ("Sampler: Euler a", "Euler a", []),
        ("Sampler: PLMS", "PNDM", []),
        ("Sampler: DPM++ 2M, Schedule type: Karras", "DPM++ 2M Karras", []),
        ("Sampler: DPM++ 2M, Schedule type: Automatic", "DPM++ 2M Karras", []),
        ("Sampler: Euler, Schedule type: Automatic", "Euler", []),
        ("Sampler: DPM++ SDE Karras", "DPM++ SDE", ["field_not_restored"]),
        ("Sampler: Restart", None, ["unknown_scheduler"]),
    ],
)
def test_sampler_names(settings: str, name: str | None, codes: list[str]) -> None:
    fields, notes = parse_parameters(f"a frog\nSteps: 20, {settings}, CFG scale: 7, Seed: 1")
    assert fields.get("scheduler") == name
    assert [note.code for note in notes] == codes


@given(text=st.text(max_size=300))
def test_nonsense_never_raises(text: str) -> None:
    parse_parameters(text)
    parse_parameters(f"Steps: {text}, Sampler: {text}, Size: {text}, Seed: {text}")


@pytest.mark.parametrize("unit", ["a ", " ", ":", "[:", "(a:", "<a", '"', 'a:",', "a:\\"])
def test_hostile_texts_take_no_time(unit: str) -> None:
    started = time.monotonic()
    parse_parameters("Steps: " + unit * (600_000 // len(unit)))
    # A guard against quadratic matching, which would take hours; not a measurement.
    assert time.monotonic() - started < 20
