from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from sdstudio.engine.picture import Picture
from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import (
    ModelFacts,
    ModelReady,
    RunFinished,
    StepTaken,
)
from sdstudio.session.sitting import Sitting
from sdstudio.ui.controls import ControlsPanel
from sdstudio.ui.controls.note import Kind, NoteLine
from tests.ui.controls.conftest import start_run

PICTURE = Picture.of(np.full((40, 60, 3), 128, np.uint8))
OTHER = Request(
    prompt="a cat",
    prompt_b="a car",
    mix=0.25,
    blend="spherical",
    negative_prompt="fox",
    guidance_scale=3.5,
    guidance_rescale=0.7,
    steps=33,
    seed=2**60 + 1,
    scheduler="Heun",
    width=192,
    height=96,
    image=PICTURE,
    strength=0.4,
    eta=0.5,
    clip_skip=2,
    loras=(("builtin:few-step", 0.75),),
)


def shown(panel: ControlsPanel) -> Request:
    """The request as a person would read it off the panel."""
    sliders = {name: row.box.number for name, row in panel.sliders.items()}
    prompts = panel.prompts
    return Request(
        prompt=prompts.prompt.edit.toPlainText(),
        prompt_b=prompts.prompt_b.edit.toPlainText(),
        negative_prompt=prompts.negative.edit.toPlainText(),
        mix=prompts.mix.slider.number,
        blend=prompts.blend.currentData(),
        seed=panel.seed.box.number,
        scheduler=panel.scheduler.choice.currentData(),
        width=panel.size_row.boxes["width"].number,
        height=panel.size_row.boxes["height"].number,
        image=panel.image._picture,
        loras=tuple(
            (source, row.box.number)
            for (source, _), row in zip(panel.loras._loras, panel.loras.rows, strict=True)
        ),
        **sliders,
    )


def type_number(qtbot: QtBot, box, text: str) -> None:
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Qt.Key.Key_Return)


def choose(combo, value: str) -> None:
    combo.setCurrentIndex(combo.findData(value))


def test_it_shows_the_request_as_it_stands(panel: ControlsPanel, sitting: Sitting) -> None:
    assert shown(panel) == sitting.request
    assert sitting.request.steps == 40  # the model's advice


def test_every_field_but_those_of_the_drawing_has_a_control(panel: ControlsPanel) -> None:
    assert {field.name for field in fields(Request)} - set(panel.bindings.fields) == {
        "mask",
        "tile",
    }


def test_restoring_updates_every_control(panel: ControlsPanel, sitting: Sitting) -> None:
    sitting.restore(OTHER)
    assert shown(panel) == OTHER
    sitting.undo()
    assert shown(panel) == sitting.request != OTHER


def test_showing_a_request_changes_nothing(panel: ControlsPanel, sitting: Sitting) -> None:
    sitting.restore(OTHER)
    assert sitting.request == OTHER
    assert panel.bindings is not None


ACTIONS: dict[str, Callable[[QtBot, ControlsPanel], object]] = {
    "mix": lambda q, p: q.keyClick(p.prompts.mix.slider, Qt.Key.Key_Right),
    "blend": lambda q, p: choose(p.prompts.blend, "spherical"),
    "guidance_scale": lambda q, p: q.keyClick(p.sliders["guidance_scale"].slider, Qt.Key.Key_Up),
    "guidance_rescale": lambda q, p: type_number(q, p.sliders["guidance_rescale"].box, "0.7"),
    "steps": lambda q, p: q.keyClick(p.sliders["steps"].slider, Qt.Key.Key_PageUp),
    "seed": lambda q, p: type_number(q, p.seed.box, "9007199254740993"),
    "scheduler": lambda q, p: choose(p.scheduler.choice, "UniPC"),
    "width": lambda q, p: type_number(q, p.size_row.boxes["width"], "160"),
    "height": lambda q, p: q.keyClick(p.size_row.boxes["height"], Qt.Key.Key_Up),
    "strength": lambda q, p: type_number(q, p.sliders["strength"].box, "0,5"),
    "eta": lambda q, p: type_number(q, p.sliders["eta"].box, "1"),
    "clip_skip": lambda q, p: type_number(q, p.sliders["clip_skip"].box, "1"),
    "loras": lambda q, p: p.loras.add("builtin:few-step"),
    "image": lambda q, p: p.image.clear(),
}


@pytest.mark.parametrize("field", ACTIONS)
def test_a_control_changes_its_field_alone(
    qtbot: QtBot, panel: ControlsPanel, sitting: Sitting, field: str
) -> None:
    sitting.change(image=PICTURE)
    panel.more.set_open(True)
    before = sitting.request
    ACTIONS[field](qtbot, panel)
    after = sitting.request
    changed = {f.name for f in fields(Request) if getattr(after, f.name) != getattr(before, f.name)}
    assert changed == {field}
    assert shown(panel) == after


@pytest.mark.parametrize("field", ["prompt", "prompt_b", "negative_prompt"])
def test_typing_a_prompt_changes_it_alone(
    qtbot: QtBot, panel: ControlsPanel, sitting: Sitting, field: str
) -> None:
    before = sitting.request
    edit = next(part for part in panel.prompts.fields if part._field == field).edit
    edit.setFocus()
    qtbot.keyClicks(edit, " fox")
    assert sitting.request == before  # not while typing
    panel.commit()
    assert sitting.request == replace(before, **{field: getattr(before, field) + " fox"})


def test_typing_is_taken_after_a_pause(
    qtbot: QtBot, panel: ControlsPanel, sitting: Sitting
) -> None:
    qtbot.keyClicks(panel.prompts.prompt.edit, "!")
    qtbot.waitUntil(lambda: sitting.request.prompt == "a frog!", timeout=2000)


def test_swapping_the_prompts(panel: ControlsPanel, sitting: Sitting) -> None:
    sitting.change(mix=0.3)
    panel.prompts.swap.click()
    assert (sitting.request.prompt, sitting.request.prompt_b) == ("a rabbit", "a frog")
    assert sitting.request.mix == 0.3
    assert panel.prompts.mix.left.whole == "rabbit"


def test_native_size_and_swapping_sides(panel: ControlsPanel, sitting: Sitting) -> None:
    sitting.change(width=192)
    panel.size_row.swap.click()
    assert (sitting.request.width, sitting.request.height) == (128, 192)
    panel.size_row.native.click()
    assert (sitting.request.width, sitting.request.height) == (None, None)
    assert panel.size_row.boxes["width"].lineEdit().placeholderText() == "128"


def test_an_emptied_side_is_the_models_own(
    qtbot: QtBot, panel: ControlsPanel, sitting: Sitting
) -> None:
    sitting.change(width=192)
    box = panel.size_row.boxes["width"]
    box.selectAll()
    qtbot.keyClick(box, Qt.Key.Key_Delete)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert sitting.request.width is None


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("guidance_scale", "nan", "Guidance scale wants a number."),
        ("guidance_scale", "inf", "Guidance scale wants a number."),
        ("guidance_scale", "many", "“many” is not a number."),
        ("guidance_scale", "101", "Guidance scale goes from 0 to 100, not to 101."),
        ("steps", "0", "Steps goes from 1 to 1000, not to 0."),
        ("steps", "2.5", "Steps wants a whole number."),
        ("steps", "", "“” is not a whole number."),
        ("seed", "-1", "Seed goes from 0 to 9223372036854775807, not to -1."),
        ("seed", "a frog", "“a frog” is not a whole number."),
        ("width", "100", "Width: 100 is not a multiple of 8."),
        ("width", "4096", "Width goes from 64 to 256, not to 4096."),
        ("height", "wide", "“wide” is not a whole number."),
        ("mix", "120", "Mix goes from 0 to 1, not to 1.2."),
    ],
)
def test_bad_values_are_said_at_their_field_and_change_nothing(
    qtbot: QtBot, panel: ControlsPanel, sitting: Sitting, field: str, text: str, words: str
) -> None:
    boxes = {name: row.box for name, row in panel.sliders.items()}
    boxes |= panel.size_row.boxes | {"seed": panel.seed.box, "mix": panel.prompts.mix.box}
    notes: dict[str, NoteLine] = {name: row.note for name, row in panel.sliders.items()}
    notes |= {"width": panel.size_row.note, "height": panel.size_row.note}
    notes |= {"seed": panel.seed.note, "mix": panel.prompts.mix.note}
    before = sitting.request
    box = boxes[field]
    box.setFocus()
    box.selectAll()
    if text:
        qtbot.keyClicks(box, text)
    else:
        qtbot.keyClick(box, Qt.Key.Key_Delete)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert sitting.request == before
    assert shown(panel) == before
    assert words.replace("“” is not a whole number.", "Steps wants a whole number.") == (
        notes[field].text()
    )
    qtbot.keyClick(box, Qt.Key.Key_Up)  # usable afterwards, and the complaint goes
    assert sitting.request != before
    assert notes[field].note(field, Kind.ERROR) == ""


def test_what_a_failed_run_complains_about_is_said_at_the_field(
    panel: ControlsPanel, sitting: Sitting
) -> None:
    rest = panel.show_problems(
        [
            Problem.of("lora_missing", "loras", name="zorp"),
            Problem.of("out_of_memory"),
        ]
    )
    assert panel.loras.note.text() == "There is no LoRA “zorp”."
    assert panel.more.is_open
    assert [problem.code for problem in rest] == ["out_of_memory"]


def test_what_stands_in_the_way_is_said_until_it_is_gone(
    panel: ControlsPanel, sitting: Sitting
) -> None:
    sitting.restore(replace(sitting.request, width=512, scheduler="LCM", steps=80))
    assert "64 to 256" in panel.size_row.note.text()
    assert panel.sliders["steps"].note.text() == "LCM takes at most 50 steps, not 80."
    assert "at most 50 steps" in panel.scheduler.note.text()
    sitting.change(width=128, scheduler="DDIM")
    assert panel.size_row.note.text() == ""
    assert panel.sliders["steps"].note.text() == ""


def test_a_change_for_the_next_run_is_marked_while_one_goes(
    panel: ControlsPanel, sitting: Sitting
) -> None:
    number = start_run(sitting)
    panel.bindings.change(steps=20)
    assert panel.sliders["steps"].note.text() == "applies to the next run"
    sitting.handle(RunFinished(number, np.zeros((8, 8, 3), np.uint8), (), 1.0))
    assert panel.sliders["steps"].note.text() == ""


def test_a_steered_edit_is_marked_with_its_step(panel: ControlsPanel, sitting: Sitting) -> None:
    number = start_run(sitting)
    note = panel.sliders["guidance_scale"].note
    panel.bindings.change(guidance_scale=12.0)
    assert note.text() == "from the next step"
    edit = Edit(step=11, guidance_scale=12.0)
    sitting.handle(StepTaken(number, 11, 40, 700.0, 0.8, None, "vae", 0.01, edit))
    assert note.text() == "from step 12"
    number = start_run(sitting)
    assert sitting.run is not None


def test_a_change_that_branches_is_marked_with_the_step(
    panel: ControlsPanel, sitting: Sitting
) -> None:
    number = start_run(sitting)
    for index in range(4):
        sitting.handle(StepTaken(number, index, 4, 700.0, 0.8, None, "vae", 0.01))
    sitting.handle(RunFinished(number, np.zeros((8, 8, 3), np.uint8), (), 1.0))
    sitting.park(number, 2)
    panel.bindings.change(guidance_scale=12.0)
    assert panel.sliders["guidance_scale"].note.text() == "a branch from step 3"
    panel.bindings.change(steps=20)
    assert panel.sliders["steps"].note.text() != "a branch from step 3"


def test_the_strength_says_what_it_comes_to(panel: ControlsPanel, sitting: Sitting) -> None:
    row = panel.sliders["strength"]
    assert row.note.text() == "used when there is a picture to start from"
    assert not row.slider.isEnabled()
    sitting.change(image=PICTURE, strength=0.3, steps=50)
    assert row.slider.isEnabled()
    assert row.note.text() == "runs 15 of 50 steps"
    start_run(sitting, level=0.6249)
    assert row.note.text() == "runs 15 of 50 steps, entering at noise level 0.62"
    sitting.change(strength=0.5)
    assert row.note.text().endswith("runs 25 of 50 steps")


def test_another_model_takes_the_noise_level_back(
    panel: ControlsPanel, sitting: Sitting, facts: ModelFacts
) -> None:
    sitting.change(image=PICTURE, strength=0.3)
    number = start_run(sitting, level=0.62)
    sitting.handle(RunFinished(number, np.zeros((8, 8, 3), np.uint8), (), 1.0))
    sitting.handle(ModelReady(replace(facts, hash="another")))
    assert "noise level" not in panel.sliders["strength"].note.text()


def test_unused_prompts_say_so(panel: ControlsPanel, sitting: Sitting) -> None:
    assert panel.prompts.prompt_b.note.text() == "not used while the mix is 0 %"
    sitting.change(mix=0.5, negative_prompt="blue", guidance_scale=1.0)
    assert panel.prompts.prompt_b.note.text() == ""
    assert panel.prompts.negative.note.text() == "not used while guidance is off"
    assert panel.sliders["guidance_scale"].note.text().startswith("off")


def test_the_part_that_is_not_read_is_struck_and_said(
    panel: ControlsPanel, sitting: Sitting
) -> None:
    text = "🐸 frog " + "a " * 40 + "car"
    sitting.change(prompt=text)
    field = panel.prompts.prompt
    assert field.note.text().startswith("The model reads the first 30 tokens; about")
    note = Problem.of("prompt_truncated", "prompt", tokens=30, rest="a car")
    start_run(sitting, notes=(note,))
    assert field.note.text() == "The model reads the first 30 tokens; “a car” is not read."
    assert field.edit.marks.unread_from == len(text) + 1 - len("a car")  # the frog counts twice
    sitting.change(prompt="a frog")
    assert field.note.text() == ""
    assert field.edit.marks.unread_from is None


def test_an_unlocked_seed_is_fresh_once_it_was_used(panel: ControlsPanel, sitting: Sitting) -> None:
    panel.before_generate()
    assert sitting.request.seed == 0  # nobody has seen this one yet
    start_run(sitting)
    panel.before_generate()
    fresh = sitting.request.seed
    assert fresh != 0
    start_run(sitting)
    panel.seed.lock.setChecked(True)
    panel.before_generate()
    assert sitting.request.seed == fresh
    panel.seed.dice.click()
    assert sitting.request.seed != fresh


def test_generate_takes_what_was_just_typed(
    qtbot: QtBot, panel: ControlsPanel, sitting: Sitting
) -> None:
    qtbot.keyClicks(panel.prompts.prompt.edit, " on a stage")
    panel.before_generate()
    assert sitting.request.prompt == "a frog on a stage"


def test_double_clicks_bring_the_models_advice_back(
    qtbot: QtBot, panel: ControlsPanel, sitting: Sitting
) -> None:
    sitting.change(guidance_scale=20.0, steps=3, scheduler="UniPC", mix=0.5)
    for widget in (
        panel.sliders["guidance_scale"].slider,
        panel.sliders["steps"].label,
        panel.scheduler.label,
        panel.prompts.mix.slider,
    ):
        qtbot.mouseDClick(widget, Qt.MouseButton.LeftButton)
    request = sitting.request
    assert (request.guidance_scale, request.steps, request.scheduler) == (6.0, 40, "Euler")
    assert request.mix == 0.0


def test_a_double_click_by_a_real_mouse_resets_too(
    qtbot: QtBot, panel: ControlsPanel, sitting: Sitting
) -> None:
    slider = panel.sliders["guidance_scale"].slider
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton)
    assert sitting.request.guidance_scale != 6.0
    qtbot.mouseDClick(slider, Qt.MouseButton.LeftButton)
    assert sitting.request.guidance_scale == 6.0


def test_lock_and_fold_are_remembered(
    qtbot: QtBot, panel: ControlsPanel, sitting: Sitting, tmp_path
) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    panel.seed.lock.setChecked(True)
    panel.more.set_open(True)
    panel.save(settings)
    settings.sync()
    other = ControlsPanel(sitting)
    qtbot.addWidget(other)
    other.restore(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    assert other.seed.locked
    assert other.more.is_open


def test_a_closed_panel_hears_nothing(qtbot: QtBot, sitting: Sitting) -> None:
    window = QMainWindow()
    window.setCentralWidget(ControlsPanel(sitting))
    window.deleteLater()
    qtbot.waitUntil(lambda: not sitting._observers)
    sitting.change(steps=7)


def test_more_counts_what_it_hides(panel: ControlsPanel, sitting: Sitting) -> None:
    assert panel.more.header.text() == "More"
    sitting.change(eta=0.5, clip_skip=1)
    assert panel.more.header.text() == "More · 2 changed"
    assert panel.sliders["eta"].note.text() == "Euler does not use it"


def test_removing_a_lora(panel: ControlsPanel, sitting: Sitting) -> None:
    sitting.change(loras=(("a", 1.0), ("b", math.pi)))
    panel.loras.rows[0].remove.click()
    assert sitting.request.loras == (("b", math.pi),)
    assert panel.loras.rows[0].box.lineEdit().text() == "3.14"


def test_the_controls_live_on_while_typing_is_under_way(
    qtbot: QtBot, panel: ControlsPanel, sitting: Sitting
) -> None:
    edit = panel.prompts.prompt.edit
    qtbot.keyClicks(edit, " on")
    sitting.change(steps=12)  # something else changes meanwhile
    assert edit.toPlainText() == "a frog on"
    sitting.restore(replace(sitting.request, prompt="a fox"))
    assert edit.toPlainText() == "a fox"
    panel.commit()
    assert sitting.request.prompt == "a fox"
