"""Runs with a word dropped, and runs that tell where the network looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sdstudio.engine.problems import RequestError
from sdstudio.engine.request import Request
from sdstudio.session.events import ModelReady, RunFinished
from sdstudio.session.inquiries import Answer, Inquiry
from sdstudio.session.local_sampler import LocalSampler
from tests.session.fake_engine import Lab
from tests.session.stage import Stage
from tests.session.standins import HandClock
from tests.tiny_models import save_tiny

REQUEST = Request(prompt="a frog", steps=3, seed=5, guidance_scale=3.0)


@pytest.fixture
def stage() -> Stage:
    stage = Stage(HandClock())
    stage.ready()
    return stage


def test_each_word_is_dropped_once_in_one_batch(stage: Stage) -> None:
    stage.sitting.change(prompt="a frog, on a hill", seed=7)
    number = stage.generate()
    # What the controls say by now does not matter: it is about the selected run.
    stage.sitting.change(prompt="something else")
    first = stage.sitting.explore_words()
    order = stage.order()
    assert (order.run, first) == (number + 1, number + 1)
    assert order.request.prompt == "a frog, on a hill"
    prompts = [
        "frog, on a hill",
        "a, on a hill",
        "a frog, a hill",
        "a frog, on hill",
        "a frog, on a",
    ]
    assert [each.prompt for each in order.family] == prompts
    assert {each.seed for each in order.family} == {7}
    stage.play(order)
    assert [node.family for node in stage.sitting.tree.nodes[1:]] == [first] * 6


def test_the_second_prompt_loses_its_words_where_it_alone_counts(stage: Stage) -> None:
    stage.sitting.change(prompt="a frog", prompt_b="a red hat", mix=1.0)
    stage.sitting.explore_words()
    order = stage.order()
    assert {each.prompt for each in order.family} == {"a frog"}
    assert [each.prompt_b for each in order.family] == ["red hat", "a hat", "a red"]


def test_without_a_word_nothing_is_asked(stage: Stage) -> None:
    stage.sitting.change(prompt=" ,")
    with pytest.raises(RequestError) as error:
        stage.sitting.explore_words()
    assert [problem.code for problem in error.value.problems] == ["no_words"]
    assert stage.mailbox.take_order() is None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("model") / "tiny", vae="tiny")


@pytest.fixture
def lab(folder: Path) -> Iterator[Lab]:
    lab = Lab(LocalSampler())
    lab.mailbox.load(str(folder))
    lab.until(ModelReady, seconds=120)
    yield lab
    lab.close()


def test_where_it_looks_is_told_only_when_asked_and_changes_nothing(lab: Lab) -> None:
    lab.mailbox.submit(REQUEST)
    plain = lab.until(RunFinished).picture
    assert lab.of(Answer) == []
    lab.mailbox.record_attention(True)
    run = lab.mailbox.submit(REQUEST)
    assert np.array_equal(lab.until(RunFinished, 2).picture, plain)
    answers = {answer.inquiry: answer.value for answer in lab.of(Answer)}
    steps = [Inquiry.of("attention", run, index) for index in range(3)]
    whole = Inquiry.of("attention run", run, 0, until=3)
    assert set(answers) == {*steps, whole}

    # Asked about afterwards, they are answered the same.
    lab.mailbox.inquire([steps[1], whole])
    lab.until(Answer, 6)
    for answer in lab.of(Answer)[4:]:
        assert answer.problems == ()
        for size, maps in answer.value.maps.items():
            np.testing.assert_allclose(maps, answers[answer.inquiry].maps[size], atol=1e-6)
            np.testing.assert_allclose(maps.sum(axis=0), 1.0, atol=1e-5)
    assert answers[whole].steps == 3


def test_each_run_of_a_batch_tells_its_own(lab: Lab) -> None:
    lab.mailbox.record_attention(True)
    other = Request(prompt="zzz", steps=3, seed=9, guidance_scale=3.0)
    run = lab.mailbox.submit(REQUEST, family=[other])
    lab.until(RunFinished, 2)
    first, second = (
        next(a.value for a in lab.of(Answer) if a.inquiry == Inquiry.of("attention", each, 0))
        for each in (run, run + 1)
    )
    lab.mailbox.submit(other)
    lab.until(RunFinished, 3)
    alone = next(
        a.value for a in lab.of(Answer) if a.inquiry == Inquiry.of("attention", run + 2, 0)
    )
    for size, maps in alone.maps.items():
        np.testing.assert_allclose(maps, second.maps[size], atol=1e-4)
        assert np.abs(maps - first.maps[size]).max() > 1e-3
