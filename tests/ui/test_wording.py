from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sdstudio
from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Request
from sdstudio.session.events import ModelLoading
from sdstudio.ui.sentences import sentences
from sdstudio.ui.wording import label, loading, word, word_all

PACKAGE = Path(sdstudio.__file__).parent


def problem_calls(tree: ast.AST) -> Iterator[ast.expr]:
    """The first argument of each ``Problem(…)`` and ``Problem.of(…)``."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        named_of = not isinstance(node.func, ast.Attribute) or node.func.attr == "of"
        if named_of and isinstance(called, ast.Name) and called.id == "Problem":
            yield node.args[0]


def strings_behind(expression: ast.expr, tree: ast.Module) -> set[str]:
    """The texts an expression may be: its own, and those of what its names were set to."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting: list[ast.AST] = [expression]
    while waiting:
        for node in ast.walk(waiting.pop()):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.Name) and node.id not in seen:
                seen.add(node.id)
                waiting += [
                    assignment.value
                    for assignment in ast.walk(tree)
                    if isinstance(assignment, ast.Assign)
                    and any(
                        isinstance(target, ast.Name) and target.id == node.id
                        for target in assignment.targets
                    )
                ]
    return found


def codes_in_the_sources() -> set[str]:
    codes: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for expression in problem_calls(tree):
            if isinstance(expression, ast.Constant):
                codes.add(expression.value)
            elif path.name != "problems.py":
                texts = strings_behind(expression, tree)
                assert texts, f"{path}:{expression.lineno}: which codes can this be?"
                codes |= {text for text in texts if re.fullmatch("[a-z_]+", text)}
    return codes


def test_every_code_has_a_sentence() -> None:
    codes = codes_in_the_sources()
    assert {"out_of_range", "disk_full", "picture_unreadable"} <= codes
    unworded = sorted(codes - sentences().keys())
    assert not unworded


def test_no_sentence_is_left_over() -> None:
    known = {code.split("/")[0] for code in sentences()}
    unused = sorted(known - codes_in_the_sources())
    assert not unused


def test_each_sentence_reads_as_a_sentence() -> None:
    for templates in sentences().values():
        for template in templates:
            assert template[0].isupper() or template[0] in "{“", template
            assert template[-1] in ".}", template
            assert "_" not in re.sub(r"\{\w+\}", "", template)


def test_values_are_written_for_people() -> None:
    problem = Problem.of("out_of_range", "guidance_scale", value=1e300, low=0.0, high=100.0)
    assert word(problem) == "Guidance scale goes from 0 to 100, not to 1e+300."
    assert word(
        Problem.of("unknown_choice", "blend", value="x", known=("linear", "spherical"))
    ) == ("Blend can be linear, spherical; “x” is none of these.")


def test_missing_values_leave_a_whole_sentence() -> None:
    assert word(Problem.of("picture_too_large", "image")) == (
        "The picture is too large; 64 million pixels is the most."
    )
    assert "{" not in word(Problem.of("picture_unreadable", "image", name=""))


def test_a_reason_that_is_a_code_has_its_own_sentence() -> None:
    problem = Problem.of("field_not_restored", "image", reason="not_in_file")
    assert word(problem) == "Picture could not be restored: the file does not hold it."
    other = Problem.of("field_not_restored", "scheduler", value="Beta", reason="schedule_type")
    assert word(other) == "Scheduler could not be restored from “Beta”."


def test_an_unknown_code_is_said_neutrally_and_kept() -> None:
    assert word(Problem.of("zorp")) == "Something went wrong (zorp)."
    assert word(Problem.of("zorp", "steps")) == "Steps: something is not right (zorp)."


def test_long_values_are_shortened() -> None:
    sentence = word(Problem.of("picture_unreadable", "image", name="x" * 10_000))
    assert len(sentence) < 120


def test_of_a_long_path_the_end_is_kept() -> None:
    for root, between in (("/home/anna/", "/"), ("C:\\Users\\anna\\", "\\")):
        path = root + between.join(["downloads"] * 12 + ["frog.safetensors"])
        said = word(Problem.of("model_missing", name=path))
        assert said.endswith(f"downloads{between}frog.safetensors”.")
        assert said.startswith("There is no model in “…")
        assert len(said) < 90


def test_repeats_are_said_once() -> None:
    problem = Problem.of("no_model")
    assert word_all([problem, problem]) == word(problem)


@settings(deadline=None)
@given(
    st.sampled_from([*sorted(sentences()), "?"]),
    st.text(),
    st.dictionaries(
        st.sampled_from(["value", "name", "low", "high", "known", "reason", "label", "code"]),
        st.none() | st.text() | st.floats() | st.integers() | st.lists(st.text()) | st.booleans(),
    ),
)
def test_nothing_makes_it_raise(code: str, field: str, values: dict[str, object]) -> None:
    assert word(Problem(code, field, tuple(values.items())))


@pytest.mark.parametrize("field", [field.name for field in fields(Request)])
def test_every_request_field_has_a_name(field: str) -> None:
    assert label(field)
    assert "_" not in label(field)


def test_loading_says_what_and_how_far() -> None:
    assert loading(ModelLoading("builtin", "weights", 0.5)).endswith("50 %")
    assert loading(ModelLoading("builtin", "imports")).endswith("…")
    assert loading(ModelLoading("builtin", "a new stage")).startswith("Preparing")
