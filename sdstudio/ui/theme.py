"""The look of the application: colours, text size, style sheet; follows the system."""

from __future__ import annotations

from dataclasses import asdict
from string import Template
from typing import Literal

from PySide6.QtCore import QDir, QObject, QSettings, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from sdstudio.paths import resources
from sdstudio.ui.tokens import DARK, GRID, LIGHT, TEXT_PX, Tokens

Mode = Literal["system", "light", "dark"]
MODES: tuple[Mode, ...] = ("system", "light", "dark")
TEXT_SIZES = (90, 100, 115, 130, 150, 175, 200)
"""Text sizes that the View menu offers, in percent; the large ones are for a projector."""

_FALLBACKS = ["Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans", "Arial"]


class Theme(QObject):
    """The application's theme; there is one, given by :func:`current`.

    Widgets that paint themselves take colours from :attr:`tokens`, sizes from :meth:`px`,
    and repaint on :attr:`changed`. Everything else is done by the style sheet, which knows
    these dynamic properties beside the ordinary widgets (set them before the widget shows):

    ============================= =====================================================
    ``kind="primary"``            QPushButton: the one thing to do next
    ``kind="quiet"``              QPushButton, QToolButton: no fill until hovered
    ``kind="heading"``            QLabel: a section's heading
    ``kind="muted"``              QLabel: a caption or label of a control
    ``kind="note"``, ``"error"``  QLabel: a remark or an error beside its field
    ``invalid=True``              line, text and number fields: outlined as wrong
    ============================= =====================================================
    """

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._mode: Mode = "system"
        self._percent = 100
        self._tokens = DARK
        self._fonts: dict[float, QFont] = {}
        icons = str(resources() / "icons")
        if icons not in QDir.searchPaths("icons"):
            QDir.addSearchPath("icons", icons)
        self._sheet = Template((resources() / "themes" / "studio.qss").read_text("utf-8"))
        app.setStyle("Fusion")
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    @property
    def mode(self) -> Mode:
        """What the person chose: "system", "light" or "dark"."""
        return self._mode

    @property
    def dark(self) -> bool:
        """Whether the dark theme shows now."""
        return self.tokens is DARK

    @property
    def tokens(self) -> Tokens:
        """The colours that show now; a system without a preference gets the dark ones."""
        return self._tokens

    @property
    def percent(self) -> int:
        """The text size in percent."""
        return self._percent

    def px(self, pixels: float) -> int:
        """A length in pixels at 100% text size, at the size that is set; at least 1."""
        return max(1, round(pixels * self._percent / 100))

    def color(self, role: str) -> QColor:
        """A token's colour by its role, for painting."""
        return QColor(getattr(self.tokens, role))

    def series(self, number: int) -> QColor:
        """The colour of a plot's curve by its number; they come round again."""
        return QColor(self.tokens.series[number % len(self.tokens.series)])

    def set_mode(self, mode: Mode) -> None:
        """Follow the system, or stay light or dark; window frames follow where they can."""
        if mode == self._mode:
            return
        self._mode = mode
        hints = QGuiApplication.styleHints()
        if mode == "system":
            hints.unsetColorScheme()
        else:
            hints.setColorScheme(Qt.ColorScheme.Dark if mode == "dark" else Qt.ColorScheme.Light)
        self._apply()

    def set_percent(self, percent: int) -> None:
        """Set the text size, 80 to 250 percent; beyond that the nearest."""
        percent = min(250, max(80, percent))
        if percent != self._percent:
            self._percent = percent
            self._apply()

    def restore(self, settings: QSettings) -> None:
        """Take the remembered theme and text size."""
        mode = settings.value("theme", "system")
        if mode in MODES:
            self.set_mode(mode)
        percent = settings.value("text_size", 100)
        if str(percent).isdecimal():
            self.set_percent(int(str(percent)))

    def save(self, settings: QSettings) -> None:
        """Remember the theme and the text size."""
        settings.setValue("theme", self._mode)
        settings.setValue("text_size", self._percent)

    def font(self, pixels: float = TEXT_PX) -> QFont:
        """The interface font at a size, scaled, with figures that are all equally wide."""
        font = self._fonts.get(pixels)
        if font is None:
            system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
            font = self._fonts[pixels] = QFont(system)
            font.setFamilies([*system.families(), *_FALLBACKS])
            font.setPixelSize(self.px(pixels))
            font.setFeature(QFont.Tag("tnum"), 1)
        return QFont(font)

    def _system_changed(self) -> None:
        if self._mode == "system":
            self._apply()

    def _chosen_tokens(self) -> Tokens:
        if self._mode != "system":
            return DARK if self._mode == "dark" else LIGHT
        light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
        return LIGHT if light else DARK

    def _apply(self) -> None:
        self._tokens = self._chosen_tokens()
        self._fonts.clear()
        self._app.setFont(self.font())
        self._app.setPalette(_palette(self.tokens))
        lengths = {f"px{n}": f"{self.px(n)}px" for n in range(1, 65)}
        self._app.setStyleSheet(self._sheet.substitute(asdict(self.tokens), **lengths))
        self.changed.emit()


_theme: Theme | None = None


def current() -> Theme:
    """The application's theme, made when first asked for; a QApplication must exist."""
    global _theme
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise RuntimeError("a theme needs a QApplication")
    if _theme is None or _theme.parent() is not app:
        _theme = Theme(app)
    return _theme


def _palette(tokens: Tokens) -> QPalette:
    """The palette for what the style sheet does not reach, such as native dialogs."""
    palette = QPalette()
    role = QPalette.ColorRole
    for place, colour in (
        (role.Window, tokens.panel),
        (role.WindowText, tokens.text),
        (role.Base, tokens.field),
        (role.AlternateBase, tokens.panel),
        (role.Text, tokens.text),
        (role.PlaceholderText, tokens.muted),
        (role.Button, tokens.raised),
        (role.ButtonText, tokens.text),
        (role.BrightText, tokens.danger),
        (role.ToolTipBase, tokens.raised),
        (role.ToolTipText, tokens.text),
        (role.Highlight, tokens.selection),
        (role.HighlightedText, tokens.text),
        (role.Link, tokens.accent_text),
        (role.Accent, tokens.accent),
        (role.Light, tokens.hover),
        (role.Midlight, tokens.raised),
        (role.Mid, tokens.line),
        (role.Dark, tokens.line),
        (role.Shadow, tokens.window),
    ):
        palette.setColor(place, QColor(colour))
    for place in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, place, QColor(tokens.disabled))
    return palette


__all__ = ["DARK", "GRID", "LIGHT", "MODES", "TEXT_SIZES", "Mode", "Theme", "Tokens", "current"]
