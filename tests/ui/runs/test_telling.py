from __future__ import annotations

from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import Parent, StepNote
from sdstudio.session.run_differences import Course
from sdstudio.session.run_node import Change, RunNode
from sdstudio.ui.runs import telling

ROOT = RunNode(1, "A", Request(prompt="a frog", steps=30, seed=4, guidance_scale=7.5), 30)


def steps(count: int) -> tuple[StepNote, ...]:
    return tuple(StepNote(index, 900.0, 0.5, 0.1) for index in range(count))


def test_a_root_is_its_prompt_and_its_figures() -> None:
    assert telling.origin(ROOT) == "a frog\n30 steps · seed 4"
    assert telling.figures(ROOT.request) == "30 steps · seed 4 · guidance 7.5 · DDIM"


def test_a_steered_run_is_its_prompt_and_what_was_changed() -> None:
    edits = (Edit(step=3, mix=0.5),)
    steered = RunNode(1, "A", Request(prompt="a frog", prompt_b="a rabbit"), 30, edits=edits)
    assert telling.origin(steered) == "a frog\nmix 0 % → 50 % at step 4"


def test_a_stop_of_a_family_is_its_mix() -> None:
    request = Request(prompt="a frog", prompt_b="a rabbit", mix=0.25, steps=9, seed=1)
    stop = RunNode(1, "A1", request, 9, family=1)
    assert telling.origin(stop) == "a frog → a rabbit 25 %\nmix 25 % · 9 steps · seed 1"


def test_a_run_of_a_batch_of_dropped_words_is_told_by_its_word() -> None:
    words = ("a red frog", "red frog", "a frog", "a red")
    family = tuple(
        RunNode(number, f"A{number}", Request(prompt=prompt, steps=9, seed=1), 9, family=1)
        for number, prompt in enumerate(words, start=1)
    )
    told = [telling.origin(node, family).splitlines()[1] for node in family]
    assert told == [
        "all words · 9 steps · seed 1",
        "without “a” · 9 steps · seed 1",
        "without “red” · 9 steps · seed 1",
        "without “frog” · 9 steps · seed 1",
    ]


def test_a_branch_is_what_differs_and_from_which_step() -> None:
    edits = (Edit(step=3, mix=0.5), Edit(step=12, guidance_scale=3.0))
    branch = RunNode(2, "A.1", ROOT.request, 30, parent=Parent(1, 12), edits=edits)
    assert telling.origin(branch) == "guidance 7.5 → 3 from step 13"


def test_later_edits_of_a_branch_are_told_with_their_step() -> None:
    edits = (Edit(step=12, negative_prompt="blue"), Edit(step=20, mix=0.25))
    branch = RunNode(2, "A.1", ROOT.request, 30, parent=Parent(1, 12), edits=edits)
    assert telling.origin(branch) == (
        "negative – → “blue” from step 13 · mix 0 % → 25 % at step 21"
    )


def test_an_unchanged_branch_and_fresh_noise() -> None:
    plain = RunNode(2, "A.1", ROOT.request, 30, parent=Parent(1, 0))
    assert telling.origin(plain) == "nothing changed from step 1"
    noise = (Edit(step=7, fresh_noise=0.3, noise_seed=9),)
    noisy = RunNode(3, "A.2", ROOT.request, 30, parent=Parent(1, 7), edits=noise)
    assert telling.origin(noisy) == "30 % fresh noise from step 8"


def test_how_a_run_stands() -> None:
    assert telling.state(RunNode(1, "A", Request(), 30, steps=steps(12))) == "step 12 of 30"
    stopped = RunNode(1, "A", Request(), 30, steps=steps(12), state="stopped")
    assert telling.state(stopped) == "stopped at 12"
    assert telling.state(RunNode(1, "A", Request(), 30, state="finished")) == ""


def test_values_are_written_for_people() -> None:
    assert telling.value("mix", 0.35) == "35 %"
    assert telling.value("guidance_scale", 7.0) == "7"
    assert telling.value("width", None) == "–"
    assert telling.value("negative_prompt", "") == "–"
    assert telling.value("loras", (("style.safetensors", 0.8),)) == "style.safetensors 0.8"
    course = Course(((0, 7.5), (12, 3.0)))
    assert telling.value("guidance_scale", course) == "7.5, from step 13 on 3"
    assert telling.value("fresh_noise", Course(((4, 0.3),))) == "30 % at step 5"
    assert telling.value("fresh_noise", Course(())) == "–"


def test_long_prompts_are_shortened_in_a_change() -> None:
    told = telling.change(Change(3, "prompt", "a frog", "x" * 500))
    assert len(told) < 100
    assert "\n" not in telling.prompt(Request(prompt="a\nfrog"))
