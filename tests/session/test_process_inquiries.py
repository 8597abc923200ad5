"""Schedule, noising and update rules asked of the sampler itself, on a tiny random model."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from sdstudio.engine.picture import Picture
from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import ModelReady, RunFinished, StepTaken
from sdstudio.session.inquiries import Answer, Inquiry
from sdstudio.session.local_sampler import LocalSampler
from tests.session.fake_engine import Lab
from tests.tiny_models import save_tiny

REQUEST = Request(prompt="a frog", steps=4, seed=3, scheduler="Euler")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A sampler with one run that was steered on its way."""
    folder = save_tiny(tmp_path_factory.mktemp("model") / "tiny")
    lab = Lab(LocalSampler())
    lab.mailbox.load(str(folder), "float32")
    lab.until(ModelReady, seconds=120)
    lab.mailbox.submit(REQUEST, edits=(Edit(step=2, guidance_scale=2.0),))
    lab.until(RunFinished)
    yield lab
    lab.close()


def ask(lab: Lab, inquiry: Inquiry) -> Answer:
    before = len(lab.of(Answer))
    lab.mailbox.inquire([inquiry])
    answer = lab.until(Answer, before + 1)
    assert answer.inquiry == inquiry
    return answer


def test_the_timetable_is_the_runs(lab: Lab) -> None:
    table = ask(lab, Inquiry.of("schedule", 1, request=REQUEST)).value
    steps = lab.of(StepTaken)
    assert table.visited.timesteps.tolist() == [step.timestep for step in steps]
    noise = np.sqrt(1 - table.visited.alpha_bar)
    np.testing.assert_allclose(noise, [step.noise_level for step in steps], rtol=1e-5)


@pytest.mark.parametrize("picture", [None, Picture.of(np.full((20, 30, 3), 200, np.uint8))])
def test_a_picture_is_noised_and_guessed(picture: Picture | None, lab: Lab) -> None:
    own = {} if picture is None else {"picture": picture}
    noised = ask(lab, Inquiry.of("noised", 1, 3, timestep=600, seed=1, **own)).value
    guess = ask(lab, Inquiry.of("noise guess", 1, 3, timestep=600, told=600, seed=1, **own)).value
    assert noised.noisy.shape == guess.x0.shape == (16, 16, 3)
    result = lab.of(RunFinished)[0].picture
    assert np.array_equal(noised.clean, result) == (picture is None)
    errors = ask(lab, Inquiry.of("told errors", 1, 3, timestep=600, seed=1, **own)).value
    assert errors.x0[errors.told.tolist().index(600)] == pytest.approx(guess.x0_error, rel=1e-5)


def test_rules_start_from_the_recorded_noise_and_make_its_edits_again(lab: Lab) -> None:
    inquiry = Inquiry.of("rule", 1, 0, until=4, rule="momentum", amount=0.0)
    found = ask(lab, inquiry).value
    assert found.distances.max() < 1e-4
    assert found.final_distance < 1e-4
    result = lab.of(RunFinished)[0].picture
    assert np.abs(found.picture.astype(int) - result).max() <= 1


def test_a_sum_needs_no_network(lab: Lab) -> None:
    update = ask(lab, Inquiry.of("update", 1, 1)).value
    levels = [step.noise_level for step in lab.of(StepTaken)]
    sigmas = [level / np.sqrt(1 - level**2) for level in levels]
    assert update.sigma == pytest.approx(sigmas[1], rel=1e-4)
    assert update.sigma_left == pytest.approx(sigmas[2], rel=1e-2)


def test_a_run_that_is_not_there_is_said(lab: Lab) -> None:
    answer = ask(lab, Inquiry.of("noised", 77, 3, timestep=600, seed=1))
    assert [problem.code for problem in answer.problems] == ["record_missing"]
