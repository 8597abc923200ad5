"""Ten thousand files that nobody wrote: each gives a run or a clear problem, and nothing else."""

from __future__ import annotations

import copy
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdstudio.session.files import previews
from sdstudio.session.files.run_file import FiledRun, RunFileError, read_run, write_run
from sdstudio.session.files.run_head import RunHead
from tests.session.files.run_files import framed, joined, parts_of, small_run

FILES = 10_000
CODES = {"run_foreign", "run_damaged", "run_too_new", "run_too_large"}
VALUES: tuple[Any, ...] = (
    None, True, 0, 1, -1, 3, 2**31, 2**63, 2**64, 10**30, 0.5, 1e308, -0.0, "", "x", "epsilon",
    "../../etc/passwd", "\\\\host\\share", "\x00", "\ud800", "x" * 5000, [], [[]], [None] * 50,
    {}, {"a": {}}, float("nan"), float("inf"), "NaN", "0.latents", "F32", [1, 4, 2, 4],
)  # fmt: skip


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("run") / "frog.sdrun"
    write_run(path, small_run())
    return path.read_bytes()


def flip_bits(data: bytes, dice: random.Random) -> bytes:
    flipped = bytearray(data)
    # Half of them where the words are.
    end = len(data) if dice.random() < 0.5 else min(4000, len(data))
    for _ in range(dice.choice((1, 1, 2, 8, 64))):
        flipped[dice.randrange(end)] ^= 1 << dice.randrange(8)
    return bytes(flipped)


def cut(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randrange(len(data))]


def shift(data: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(data))
    match dice.randrange(3):
        case 0:
            return data[:place] + dice.randbytes(dice.randrange(1, 50)) + data[place:]
        case 1:
            return data[:place] + data[place + dice.randrange(1, 50) :]
        case _:
            return data + dice.randbytes(dice.randrange(1, 50))


def noise(data: bytes, dice: random.Random) -> bytes:
    return framed(b"{" + dice.randbytes(dice.randrange(300)), dice.randbytes(100))


def reword(data: bytes, dice: random.Random) -> bytes:
    """Another value, name or absence somewhere in the header, signed as if it were meant."""
    header, head, body = parts_of(data)
    where = dice.choice((header, head, head, header["__metadata__"]))
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        change_somewhere(where, dice)
    return joined(header, head if where is head else None, body)


def change_somewhere(plain: Any, dice: random.Random) -> None:
    while True:
        keys = list(plain) if isinstance(plain, dict) else list(range(len(plain)))
        if not keys:
            return
        key = dice.choice(keys)
        inner = plain[key]
        if isinstance(inner, (dict, list)) and inner and dice.random() < 0.8:
            plain = inner
            continue
        match dice.randrange(4):
            case 0:
                del plain[key]
            case 1 if isinstance(plain, dict):
                plain[str(dice.choice(VALUES))] = plain.pop(key)
            case 2 if isinstance(inner, (int, float)):
                plain[key] = inner + dice.choice((-1, 1, 0.5, 128, 1e9))
            case _:
                plain[key] = copy.deepcopy(dice.choice(VALUES))
        return


def rewrite_tensors(data: bytes, dice: random.Random) -> bytes:
    """Other bytes for the tensors, encoded pictures included, signed as if they were meant."""
    header, head, body = parts_of(data)
    return joined(header, head, flip_bits(body, dice) if dice.random() < 0.8 else body[::-1])


def splice_json(data: bytes, dice: random.Random) -> bytes:
    """Characters put into the head's text, signed as if they were meant."""
    header, head, body = parts_of(data)
    text = json.dumps(head)
    place = dice.randrange(len(text))
    bit = dice.choice(('"', "{", "}", "[", ",", "\\", "NaN", "1e999", "[" * 5000, '"a":1,', "\\u0"))
    return joined(header, text[:place] + bit + text[place + dice.randrange(3) :], body)


KINDS: dict[Callable[[bytes, random.Random], bytes], int] = {
    flip_bits: 30,
    cut: 10,
    shift: 10,
    noise: 5,
    reword: 30,
    rewrite_tensors: 10,
    splice_json: 5,
}


def assert_sound(run: FiledRun) -> None:
    """What a reader may rely on."""
    assert len(run.steps) == len(run.head.steps) > 0
    shapes = {array.shape for step in run.steps for array in step.values()}
    assert len(shapes) == 1
    assert all({"latents", "p.cond"} <= step.keys() for step in run.steps)
    assert all(0 <= index < len(run.steps) for index in run.previews)
    assert all(ord(mark) >= 32 for mark in run.head.name)
    json.loads(run.head.to_json())


def test_ten_thousand_mutated_files(tmp_path: Path, original: bytes) -> None:
    dice = random.Random(4)
    path = tmp_path / "fuzzed.sdrun"
    outcomes: Counter[str] = Counter()
    by_kind: Counter[str] = Counter()
    began = time.perf_counter()
    slowest = 0.0
    for kind in dice.choices(list(KINDS), list(KINDS.values()), k=FILES):
        data = kind(original, dice)
        path.write_bytes(data)
        at = time.perf_counter()
        try:
            run = read_run(path)
        except RunFileError as error:
            (problem,) = error.problems
            assert problem.code in CODES, problem
            outcome = problem.code
        else:
            # Without the digest that belongs to it nothing passes.
            assert kind in (reword, rewrite_tensors, splice_json) or data == original, kind
            assert_sound(run)
            try:
                previews.decode_all(run.previews)
            except ValueError as error:
                assert "preview" in str(error)
            outcome = "read"
        slowest = max(slowest, time.perf_counter() - at)
        outcomes[outcome] += 1
        by_kind[f"{kind.__name__} {outcome}"] += 1
        if not outcomes.total() % 50:
            assert path.read_bytes() == data
    print(f"{time.perf_counter() - began:.1f} s, slowest {slowest:.3f} s, {dict(by_kind)}")  # noqa: T201
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert set(outcomes) >= {"run_foreign", "run_damaged", "read"}
    assert slowest < 2.0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None, max_examples=200)
@given(st.text() | json_values.map(json.dumps))
def test_any_text_is_a_head_or_a_value_error(text: str) -> None:
    try:
        RunHead.from_json(text)
    except ValueError:
        return
    raise AssertionError(text)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_head_with_any_value_is_read_or_a_value_error(data: st.DataObject) -> None:
    plain = json.loads(HEAD)
    where = data.draw(st.sampled_from([plain, plain["request"], plain["steps"][1], plain["model"]]))
    where[data.draw(st.sampled_from(sorted(where)))] = data.draw(json_values)
    try:
        head = RunHead.from_json(json.dumps(plain))
    except ValueError:
        return
    assert RunHead.from_json(head.to_json()) == head


HEAD = small_run().head.to_json()
