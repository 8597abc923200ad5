from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from sdstudio.engine.picture import Picture
from sdstudio.session.sitting import Sitting
from sdstudio.ui.controls import ControlsPanel
from tests.ui.controls.test_image_well import png_bytes

KINDS = (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
)


def controls(panel: ControlsPanel) -> list[QWidget]:
    """What a person can operate; not the parts Qt builds controls from."""
    return [
        widget
        for widget in panel.findChildren(QWidget)
        if isinstance(widget, KINDS)
        and not isinstance(widget, QScrollBar)
        and not isinstance(widget.parentWidget(), (QAbstractSpinBox, QComboBox))
    ]


def test_every_control_has_an_accessible_name(panel: ControlsPanel, sitting: Sitting) -> None:
    sitting.change(loras=(("builtin:few-step", 1.0),))
    found = controls(panel)
    assert len(found) > 35
    nameless = [widget for widget in found if not widget.accessibleName()]
    assert not nameless
    for widget in found:
        interface = QAccessible.queryAccessibleInterface(widget)
        assert interface.text(QAccessible.Text.Name)


def test_every_control_explains_itself(panel: ControlsPanel) -> None:
    silent = [
        widget.accessibleName()
        for widget in controls(panel)
        if not widget.toolTip() and widget is not panel.more.header
    ]
    assert not silent


def test_names_are_unambiguous(panel: ControlsPanel) -> None:
    names = [(type(widget).__name__, widget.accessibleName()) for widget in controls(panel)]
    assert len(names) == len(set(names))


def test_tab_goes_through_all_controls_in_reading_order(
    qtbot: QtBot, panel: ControlsPanel, sitting: Sitting
) -> None:
    sitting.change(image=Picture.of(png_bytes()))
    panel.more.set_open(True)
    panel.focus_prompt()
    order: list[QWidget] = []
    widget = QApplication.focusWidget()
    while widget is not None and widget not in order:
        order.append(widget)
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
    p, s = panel.prompts, panel.sliders
    wanted = [
        p.prompt.edit,
        p.mix.box,
        p.mix.slider,
        p.blend,
        p.swap,
        p.prompt_b.edit,
        p.negative.edit,
        s["guidance_scale"].box,
        s["guidance_scale"].slider,
        s["steps"].box,
        s["steps"].slider,
        panel.seed.box,
        panel.seed.dice,
        panel.seed.lock,
        panel.scheduler.choice,
        panel.size_row.boxes["width"],
        panel.size_row.swap,
        panel.size_row.boxes["height"],
        panel.size_row.native,
        panel.image.open_button,
        panel.image.paste_button,
        panel.image.clear_button,
        panel.image.well,
        s["strength"].box,
        s["strength"].slider,
        panel.more.header,
        s["guidance_rescale"].box,
        s["guidance_rescale"].slider,
        s["eta"].box,
        s["eta"].slider,
        s["clip_skip"].box,
        s["clip_skip"].slider,
        panel.loras.name,
        panel.loras.browse,
    ]
    names = [widget.accessibleName() for widget in order]
    assert names == [widget.accessibleName() for widget in wanted]


def test_folded_controls_are_out_of_the_way(qtbot: QtBot, panel: ControlsPanel) -> None:
    assert not panel.sliders["eta"].slider.isVisible()
    panel.more.header.setFocus()
    qtbot.keyClick(panel.more.header, Qt.Key.Key_Space)
    assert panel.sliders["eta"].slider.isVisible()


def test_sliders_tell_their_number(panel: ControlsPanel, sitting: Sitting) -> None:
    sitting.change(guidance_scale=12.5)
    assert panel.sliders["guidance_scale"].slider.accessibleDescription() == "12.5"
