from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from sdstudio.paths import resources
from sdstudio.ui import theme
from sdstudio.ui.icons import icon
from sdstudio.ui.tokens import DARK, LIGHT, Tokens


def luminance(colour: str) -> float:
    """Relative luminance of sRGB, WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda tokens: tokens.name)
@pytest.mark.parametrize("ground", ["window", "panel", "field", "canvas", "raised"])
def test_text_can_be_read(tokens: Tokens, ground: str) -> None:
    background = getattr(tokens, ground)
    assert contrast(tokens.text, background) >= 7
    for role in ("muted", "accent_text", "warning", "danger"):
        assert contrast(getattr(tokens, role), background) >= 4.5, role


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda tokens: tokens.name)
def test_controls_and_the_accent_can_be_seen(tokens: Tokens) -> None:
    for ground in ("window", "panel", "field"):
        assert contrast(tokens.outline, getattr(tokens, ground)) >= 3
        assert contrast(tokens.accent, getattr(tokens, ground)) >= 3
    for curve in tokens.series:
        assert contrast(curve, tokens.panel) >= 4.5
    for fill in (tokens.accent, tokens.accent_hover, tokens.accent_pressed):
        assert contrast(tokens.on_accent, fill) >= 4.5
    assert contrast(tokens.text, tokens.selection) >= 4.5


def test_theme_switches_the_palette_and_the_style_sheet(qapp: QApplication) -> None:
    look = theme.current()
    seen = []
    look.changed.connect(lambda: seen.append(look.tokens.name))
    look.set_mode("light")
    assert qapp.palette().color(QPalette.ColorRole.Base).name() == LIGHT.field
    assert LIGHT.accent in qapp.styleSheet()
    look.set_mode("dark")
    assert qapp.palette().color(QPalette.ColorRole.Base).name() == DARK.field
    assert seen[0] == "light"
    assert seen[-1] == "dark"


def test_text_size_scales_lengths_and_the_font(qapp: QApplication) -> None:
    look = theme.current()
    look.set_percent(150)
    assert look.px(8) == 12
    assert qapp.font().pixelSize() == round(13 * 1.5)
    look.set_percent(10_000)
    assert look.percent == 250


def test_choices_are_remembered_and_nonsense_is_not_believed(qapp, tmp_path) -> None:
    path = str(tmp_path / "window.ini")
    settings = QSettings(path, QSettings.Format.IniFormat)
    look = theme.current()
    look.set_mode("light")
    look.set_percent(130)
    look.save(settings)
    look.set_mode("dark")
    look.set_percent(100)
    look.restore(settings)
    assert (look.mode, look.percent) == ("light", 130)
    settings.setValue("theme", "purple")
    settings.setValue("text_size", "NaN")
    look.restore(settings)
    assert (look.mode, look.percent) == ("light", 130)


def test_every_icon_draws_in_the_colour_of_the_theme(qapp: QApplication) -> None:
    look = theme.current()
    names = [path.stem for path in (resources() / "icons").glob("*.svg")]
    assert {"play", "stop", "dice", "lock", "unlock", "save", "copy", "swap"} <= set(names)
    for name in names:
        assert not icon(name).pixmap(16, 16).toImage().isNull(), name
    colours = []
    for mode in ("dark", "light"):
        look.set_mode(mode)
        colours.append(icon("stop").pixmap(16, 16).toImage().pixelColor(8, 8).name())
    assert colours == [DARK.text, LIGHT.text]


def test_an_unknown_icon_is_an_error(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icon("unheard-of")


def test_the_style_sheet_names_icons_that_exist() -> None:
    sheet = (resources() / "themes" / "studio.qss").read_text("utf-8")
    for name in re.findall(r"url\(icons:([^)]+)\)", sheet):
        for variant in ("dark", "light"):
            assert (resources() / "icons" / name.replace("$name", variant)).is_file()
