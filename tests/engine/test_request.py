"""Requests and edits: whatever is put in, they are sound or say what is wrong."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdstudio.engine.problems import RequestError
from sdstudio.engine.request import MAX_SEED, STEERABLE, Edit, Request
from tests.pictures import blob_mask, noise_picture

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
REQUESTS = st.builds(
    Request,
    prompt=TEXT,
    prompt_b=TEXT,
    mix=st.floats(0, 1),
    blend=st.sampled_from(["linear", "spherical"]),
    negative_prompt=TEXT,
    guidance_scale=st.floats(0, 100),
    guidance_rescale=st.floats(0, 1),
    steps=st.integers(1, 1000),
    seed=st.integers(0, MAX_SEED),
    scheduler=TEXT,
    width=st.none() | st.integers(8, 16384),
    height=st.none() | st.integers(8, 16384),
    strength=st.floats(0, 1),
    eta=st.floats(0, 1),
    clip_skip=st.integers(0, 23),
    loras=st.lists(st.tuples(TEXT, st.floats(-5, 5)), max_size=3).map(tuple),
    image=st.none() | st.just(noise_picture()),
    mask=st.none() | st.just(blob_mask()),
    tile=st.integers(0, 16384),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(REQUESTS)
def test_requests_survive_json(request_: Request) -> None:
    assert Request.from_dict(json.loads(json.dumps(request_.to_dict()))) == request_
    assert hash(request_) == hash(Request.from_dict(request_.to_dict()))


@given(st.dictionaries(st.sampled_from([f.name for f in fields(Request)]) | st.text(), JSON))
def test_nonsense_is_a_request_or_named_problems(plain: dict[str, Any]) -> None:
    try:
        request = Request.from_dict(plain)
    except RequestError as error:
        assert error.problems
        assert {problem.field for problem in error.problems} <= set(plain)
    else:
        for name in ("mix", "strength", "eta", "guidance_scale"):
            assert math.isfinite(getattr(request, name))


@given(st.dictionaries(st.sampled_from(["step", *STEERABLE]) | st.text(), JSON))
def test_nonsense_is_an_edit_or_named_problems(plain: dict[str, Any]) -> None:
    try:
        edit = Edit.from_dict(plain)
    except RequestError as error:
        assert {problem.field for problem in error.problems} <= set(plain)
    else:
        Request().with_edit(edit)


@pytest.mark.parametrize(
    ("fields_", "expected"),
    [
        ({"steps": 0}, [("steps", "out_of_range")]),
        ({"steps": 2.5}, [("steps", "not_a_whole_number")]),
        ({"steps": True}, [("steps", "not_a_whole_number")]),
        ({"mix": float("nan")}, [("mix", "not_a_number")]),
        ({"guidance_scale": float("inf")}, [("guidance_scale", "not_a_number")]),
        ({"seed": -1}, [("seed", "out_of_range")]),
        ({"prompt": None}, [("prompt", "not_text")]),
        ({"blend": "magic"}, [("blend", "unknown_choice")]),
        ({"image": b"not a picture"}, [("image", "picture_unreadable")]),
        ({"image": 3}, [("image", "not_a_picture")]),
        ({"loras": "abc"}, [("loras", "not_pairs")]),
        ({"loras": (("x", float("nan")),)}, [("loras", "not_pairs")]),
        ({"steps": 0, "eta": 2.0}, [("eta", "out_of_range"), ("steps", "out_of_range")]),
    ],
)
def test_each_wrong_field_is_named(
    fields_: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    with pytest.raises(RequestError) as caught:
        Request(**fields_)
    assert sorted((p.field, p.code) for p in caught.value.problems) == expected


def test_the_least_scale_with_guidance() -> None:
    assert not Request(guidance_scale=1.0).uses_guidance
    assert Request(guidance_scale=1.01).uses_guidance


def test_an_edit_changes_what_it_sets() -> None:
    edited = Request(prompt="a frog", mix=0.2).with_edit(Edit(step=3, mix=0.7, eta=0.0))
    assert edited == Request(prompt="a frog", mix=0.7)
