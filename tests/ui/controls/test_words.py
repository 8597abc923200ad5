from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdstudio.ui.controls.difference import differing_words
from sdstudio.ui.controls.positions import position_from_qt, positions_in_qt
from sdstudio.ui.controls.words import (
    added_continuations,
    continuations,
    is_known,
    run_before,
    word_before,
    words_in,
)


def test_words_are_split_as_the_engine_splits_them() -> None:
    from sdstudio.engine.text import unknown_words

    text = "A frog's 2 Zörps_and-a 🐸 قطة"
    assert tuple(dict.fromkeys(word.lower() for _, word in words_in(text))) == unknown_words(
        text, frozenset()
    )


def test_every_word_is_where_it_is_said_to_be() -> None:
    text = "a 🐸 frog, on stilts"
    assert all(text[start:].startswith(word) for start, word in words_in(text))


@pytest.mark.parametrize(
    ("text", "position", "word"),
    [
        ("a fr", 4, "fr"),
        ("a frog", 4, ""),  # inside a word nothing is unfinished
        ("a ", 2, ""),
        ("", 0, ""),
        ("a fr, b", 4, "fr"),
        ("🐸fr", 3, "fr"),
    ],
)
def test_the_unfinished_word(text: str, position: int, word: str) -> None:
    assert word_before(text, position) == word


@pytest.mark.parametrize(
    ("text", "run"),
    [("a <cat-t", "<cat-t"), ("frog,style_2", "style_2"), ("a ", ""), ("", ""), ("(toad", "toad")],
)
def test_the_run_of_signs_before_the_cursor(text: str, run: str) -> None:
    assert run_before(text, len(text)) == run


def test_added_words_go_on_from_their_bracket_or_their_first_letter() -> None:
    added = ("<cat-toy>", "Toad_2")
    assert added_continuations("ca", added) == ["<cat-toy>"]
    assert added_continuations("<c", added) == ["<cat-toy>"]
    assert added_continuations("to", added) == ["Toad_2"]
    assert added_continuations("<cat-toy>", added) == []


def test_continuations_are_sorted_and_leave_out_the_word_itself() -> None:
    words = sorted(["car", "carrot", "cart", "cat", "dog"])
    assert continuations("car", words) == ["carrot", "cart"]
    assert continuations("CA", words, most=2) == ["car", "carrot"]
    assert continuations("x", words) == []


def test_case_does_not_make_a_word_unknown() -> None:
    assert is_known("Frog", {"frog"})
    assert not is_known("frogs", {"frog"})


@pytest.mark.parametrize(
    ("prompt", "prompt_b", "ends"),
    [
        ("a frog on stilts", "a rabbit on stilts", ("frog", "rabbit")),
        ("a frog", "a frog on a stage", ("a frog", "on a stage")),
        ("a frog", "a frog", ("a frog", "a frog")),
        ("", "a rabbit", ("", "a rabbit")),
        ("A frog,", "a FROG", ("A frog", "a FROG")),
    ],
)
def test_the_ends_are_what_differs(prompt: str, prompt_b: str, ends: tuple[str, str]) -> None:
    assert differing_words(prompt, prompt_b) == ends


def test_comparing_novels_takes_no_time() -> None:
    first = " ".join(f"w{i % 97}" for i in range(5000))
    second = " ".join(f"w{i % 89}" for i in range(5000))
    begin = time.perf_counter()
    differing_words(first, second)
    assert time.perf_counter() - begin < 0.5


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])), st.data())
def test_positions_go_to_qt_and_back(text: str, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(text)))
    there = positions_in_qt(text)(position)
    assert there == len(text[:position].encode("utf-16-le")) // 2
    assert position_from_qt(text, there) == position
