"""The dock of panels: who asks, when, and what is remembered."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from sdstudio.engine.problems import Problem
from sdstudio.session.events import JobDone, ModelReady
from sdstudio.session.inquiries import Answer, Inquiry
from sdstudio.session.jobs import SpareMemory
from sdstudio.session.sitting import Sitting
from sdstudio.ui.panels import registry
from sdstudio.ui.panels.dock import Anatomy
from sdstudio.ui.panels.pace import LEAST_MS
from sdstudio.ui.panels.panel import Panel
from sdstudio.ui.panels.registry import Entry
from sdstudio.ui.settings import open_settings
from tests.session.stage import Stage
from tests.session.standins import facts
from tests.ui.conftest import Studio

HERE = __name__


class First(Panel):
    key = "first"

    def __init__(self) -> None:
        super().__init__()
        self.label = QLabel()
        self.column.addWidget(self.label)
        self.refreshed = 0

    @classmethod
    def explanation(cls) -> str:
        return "What the first one shows."

    def inquiries(self, sitting: Sitting) -> list[Inquiry]:
        return [Inquiry.of("latents", sitting.playhead.run, sitting.playhead.step)]

    def refresh(self, sitting: Sitting) -> None:
        self.refreshed += 1
        self.label.setText(str(sitting.answers.value(self.inquiries(sitting)[0])))


class Second(First):
    key = "second"

    @classmethod
    def explanation(cls) -> str:
        return "What the second one shows."

    def inquiries(self, sitting: Sitting) -> list[Inquiry]:
        return [Inquiry.of("guidance", sitting.playhead.run, sitting.playhead.step)]


class Made(Entry):
    def kind(self) -> type[Panel]:
        return First if self.key == "first" else Second


ENTRIES = (Made(1, "first", "First", ""), Made(2, "second", "Second", ""))


@pytest.fixture
def anatomy(qtbot, stage: Stage, tmp_path: Path) -> Anatomy:
    dock = Anatomy(stage.sitting, open_settings(tmp_path), ENTRIES)
    qtbot.addWidget(dock)
    stage.sitting.observe(lambda what: dock.refresh({what}))
    return dock


def asked(stage: Stage) -> list[Inquiry]:
    """What the sampler would be asked now."""
    return list(stage.mailbox._inquiries)


def test_it_asks_only_while_it_can_be_seen(anatomy: Anatomy, stage: Stage) -> None:
    run = stage.generate()
    assert asked(stage) == []
    anatomy.show()
    assert asked(stage) == [Inquiry.of("latents", run, 3)]
    anatomy.hide()
    assert asked(stage) == []


def test_only_the_chosen_panel_asks(anatomy: Anatomy, stage: Stage) -> None:
    run = stage.generate()
    anatomy.show()
    anatomy.choose("second")
    assert asked(stage) == [Inquiry.of("guidance", run, 3)]
    anatomy.choose("first")
    assert asked(stage) == [Inquiry.of("latents", run, 3)]


def test_the_playhead_is_followed_and_answers_are_shown(anatomy: Anatomy, stage: Stage) -> None:
    run = stage.generate()
    anatomy.show()
    stage.sitting.park(run, 1)
    assert asked(stage) == [Inquiry.of("latents", run, 1)]
    stage.sitting.handle(Answer(Inquiry.of("latents", run, 1), "told"))
    assert anatomy.panel.label.text() == "told"


def test_before_there_is_a_step_it_says_what_will_be_here(
    qtbot, anatomy: Anatomy, stage: Stage
) -> None:
    anatomy.show()
    assert anatomy.nothing.isVisible()
    assert anatomy.nothing.text()
    assert anatomy.panel is None  # nothing to show is no reason to make it
    assert asked(stage) == []
    stage.generate()
    qtbot.waitUntil(lambda: not anatomy.nothing.isVisible(), timeout=20_000)
    assert anatomy.panel.isVisible()


def test_why_there_is_no_answer_stands_above_the_panel(anatomy: Anatomy, stage: Stage) -> None:
    run = stage.generate()
    anatomy.show()
    problem = Problem.of("record_missing", "run", number=run)
    stage.sitting.handle(Answer(Inquiry.of("latents", run, 3), None, (problem,)))
    assert anatomy.trouble.isVisible()
    assert anatomy.trouble.text()
    stage.sitting.park(run, 1)
    assert not anatomy.trouble.isVisible()


def test_where_memory_is_short_the_next_setting_is_offered(anatomy: Anatomy, stage: Stage) -> None:
    stage.sitting.handle(ModelReady(facts(thriftier="rows"), swapped=True))
    run = stage.generate()
    anatomy.show()
    inquiry = Inquiry.of("latents", run, 3)
    stage.sitting.handle(Answer(inquiry, None, (Problem.of("record_missing", number=run),)))
    assert not anatomy.less_memory.isVisible()
    stage.sitting.handle(Answer(inquiry, None, (Problem.of("out_of_memory"),)))
    assert anatomy.less_memory.isVisible()
    assert "in turn" in anatomy.trouble.text()
    anatomy.less_memory.click()
    assert stage.jobs() == [SpareMemory()]
    stage.sitting.handle(JobDone(1))
    assert asked(stage) == [inquiry]
    stage.sitting.handle(Answer(inquiry, "told"))
    assert not anatomy.less_memory.isVisible()
    assert anatomy.panel.label.text() == "told"


def test_a_going_run_is_followed_at_a_quiet_pace(qtbot, anatomy: Anatomy, stage: Stage) -> None:
    anatomy.show()
    stage.sitting.generate()
    run = stage.begin()
    stage.step(run, 0)
    stage.sitting.handle(Answer(Inquiry.of("latents", run, 0), "the first"))
    for index in range(1, 3):
        stage.step(run, index)
    assert anatomy.panel is None or anatomy.panel.refreshed <= 1
    qtbot.waitUntil(lambda: asked(stage) == [Inquiry.of("latents", run, 2)], timeout=20_000)
    assert 1 <= anatomy.panel.refreshed <= 2


def test_an_answer_of_a_going_run_is_shown_for_the_step_it_is_about(
    qtbot, anatomy: Anatomy, stage: Stage
) -> None:
    anatomy.show()
    stage.sitting.generate()
    run = stage.begin()
    stage.step(run, 0)
    qtbot.waitUntil(lambda: asked(stage) == [Inquiry.of("latents", run, 0)], timeout=20_000)
    stage.step(run, 1)
    qtbot.wait(2 * LEAST_MS)
    stage.step(run, 2)
    # What is asked stays asked, or a fast run would leave everything unanswered.
    assert asked(stage) == [Inquiry.of("latents", run, 0)]
    stage.sitting.handle(Answer(Inquiry.of("latents", run, 0), "the first"))
    qtbot.waitUntil(lambda: anatomy.panel.label.text() == "the first", timeout=20_000)
    assert asked(stage) == [Inquiry.of("latents", run, 2)]
    stage.finish(run)
    assert asked(stage) == [Inquiry.of("latents", run, stage.sitting.playhead.step)]


def test_the_end_of_a_run_and_a_scrub_wait_for_no_pace(
    qtbot, anatomy: Anatomy, stage: Stage
) -> None:
    anatomy.show()
    stage.sitting.generate()
    run = stage.begin()
    for index in range(3):
        stage.step(run, index)
    anatomy._pace._pause.start(60_000)
    stage.sitting.park(run, 1)
    # Only for the canvas, which is painted first.
    qtbot.waitUntil(lambda: asked(stage) == [Inquiry.of("latents", run, 1)], timeout=20_000)
    stage.sitting.handle(Answer(Inquiry.of("latents", run, 1), "scrubbed"))
    qtbot.waitUntil(lambda: anatomy.panel.label.text() == "scrubbed", timeout=20_000)
    stage.sitting.follow()
    anatomy._pace._pause.start(60_000)
    stage.finish(run)
    assert asked(stage) == [Inquiry.of("latents", run, stage.sitting.playhead.step)]


def test_a_panel_stays_until_the_next_run_has_a_step(anatomy: Anatomy, stage: Stage) -> None:
    stage.generate()
    anatomy.show()
    stage.sitting.generate()
    run = stage.begin()
    assert stage.sitting.playhead.step is None
    assert anatomy.panel.isVisible()
    assert not anatomy.nothing.isVisible()
    stage.step(run, 0)
    assert anatomy.panel.isVisible()


def test_the_last_step_of_a_run_is_not_missed(qtbot, anatomy: Anatomy, stage: Stage) -> None:
    anatomy.show()
    run = stage.generate()
    qtbot.waitUntil(lambda: asked(stage) == [Inquiry.of("latents", run, 3)], timeout=20_000)


def test_fold_and_choice_are_remembered(qtbot, stage: Stage, tmp_path: Path) -> None:
    settings = open_settings(tmp_path)
    first = Anatomy(stage.sitting, settings, ENTRIES)
    qtbot.addWidget(first)
    first.show()
    assert first.words.text() == First.explanation()
    assert first.explained.is_open
    first.choose("second")
    first.explained.set_open(False)
    again = Anatomy(stage.sitting, settings, ENTRIES)
    qtbot.addWidget(again)
    again.show()
    assert again.words.text() == Second.explanation()
    assert not again.explained.is_open
    again.choose("first")
    assert again.explained.is_open


def test_every_panel_explains_itself_and_has_its_own_key(qapp) -> None:
    entries = registry.panels()
    assert [entry.number for entry in entries] == sorted({entry.number for entry in entries})
    for entry in entries:
        panel = entry.kind()()
        assert panel.key == entry.key
        assert 100 < len(panel.explanation()) < 700, entry.key
        panel.deleteLater()


def test_no_part_of_a_panel_flashes_up_as_a_window(
    qtbot, studio: Studio, shown_windows: list[QWidget]
) -> None:
    studio.run_to_end(qtbot)
    for entry in registry.panels():
        studio.window.anatomy.choose(entry.key)
        assert studio.window.anatomy.panel is not None
    assert shown_windows == []


def test_no_two_actions_of_the_window_have_the_same_keys(studio: Studio) -> None:
    window = studio.window
    keys = Counter(
        shortcut.toString()
        for action in {
            a
            for w in [window, *window.findChildren(object)]
            if hasattr(w, "actions") and callable(w.actions)
            for a in w.actions()
        }
        for shortcut in action.shortcuts()
    )
    twice = {key for key, count in keys.items() if count > 1}
    assert not twice & {f"Alt+{number}" for number in range(1, 10)}


def test_a_key_brings_the_anatomy_to_the_front(qtbot, studio: Studio) -> None:
    window = studio.window
    window.docks.anatomy.hide()
    studio.run_to_end(qtbot)
    action = next(a for a in window.anatomy.chooser.actions_ if a.data() == "numbers")
    assert action.shortcut().toString() == "Alt+9"
    action.trigger()
    assert window.docks.anatomy.isVisible()
    assert window.anatomy.panel.key == "numbers"
