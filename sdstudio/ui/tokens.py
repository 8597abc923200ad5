"""The window's colours and measures, by role. Every colour on the screen comes from here."""

from __future__ import annotations

from dataclasses import dataclass

GRID = 8
"""Distances are multiples of this many pixels (or of half of it), before scaling."""

TEXT_PX = 13
"""Height of interface text in pixels, before scaling."""


@dataclass(frozen=True)
class Tokens:
    """One theme's colours, as ``#rrggbb``.

    Text on ``window``, ``panel`` and ``field`` has a contrast of at least 7:1, ``muted``,
    ``accent_text`` and ``series`` at least 4.5:1, outlines of controls and ``accent`` at
    least 3:1 against ``panel`` (tests/ui/test_theme.py measures it).

    Attributes:
        name: "dark" or "light".
        window: Top bar, status bar, the space between docks.
        panel: Docks and menus.
        canvas: Around the picture.
        field: Text and number fields.
        raised: Buttons, resting.
        edge: Around buttons; they are known by their words and places, not by it.
        hover: Buttons and rows under the pointer.
        pressed: Buttons held down.
        line: Hairlines that only separate.
        outline: Edges of things that can be operated.
        text: Reading text.
        muted: Labels and captions.
        disabled: Text that cannot be used now.
        accent: The one accent, as a fill.
        accent_hover: The same under the pointer.
        accent_pressed: The same, held down.
        on_accent: Text on the accent.
        accent_text: The accent as text or as a thin line.
        selection: Behind selected text.
        handle: Slider handles.
        groove: The rest of a slider's track.
        warning: Marks of edits and notes; never without a shape or a word.
        danger: Marks of errors; never without a shape or a word.
        series: Curves of a plot, told apart by their stroke as well; the first is the accent.
    """

    name: str
    window: str
    panel: str
    canvas: str
    field: str
    raised: str
    edge: str
    hover: str
    pressed: str
    line: str
    outline: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    accent_text: str
    selection: str
    handle: str
    groove: str
    warning: str
    danger: str
    series: tuple[str, ...]


DARK = Tokens(
    name="dark",
    window="#1b1c1f",
    panel="#222327",
    canvas="#151618",
    field="#1a1b1e",
    raised="#2e3035",
    edge="#383a40",
    hover="#393b41",
    pressed="#26282c",
    line="#303237",
    outline="#6f727a",
    text="#e9e9eb",
    muted="#a3a6ad",
    disabled="#6c6f76",
    accent="#7dc14b",
    accent_hover="#8fd05e",
    accent_pressed="#6aaa3c",
    on_accent="#10170a",
    accent_text="#8ccb5d",
    selection="#3f6127",
    handle="#f2f2f3",
    groove="#43454c",
    warning="#e6a93c",
    danger="#ff7a70",
    series=("#8ccb5d", "#6fb2ea", "#e6a93c", "#d08ad8", "#e08b72", "#a3a6ad"),
)

LIGHT = Tokens(
    name="light",
    window="#f4f4f2",
    panel="#fafaf8",
    canvas="#e6e6e3",
    field="#ffffff",
    raised="#fdfdfc",
    edge="#cbcbc7",
    hover="#e2e2df",
    pressed="#d5d5d1",
    line="#dcdcd8",
    outline="#85878b",
    text="#1d1e20",
    muted="#5b5e63",
    disabled="#9a9ca0",
    accent="#40801e",
    accent_hover="#39751a",
    accent_pressed="#2f6014",
    on_accent="#ffffff",
    accent_text="#38731a",
    selection="#c4e3ae",
    handle="#ffffff",
    groove="#cdcdc9",
    warning="#8f5a00",
    danger="#b3261e",
    series=("#38731a", "#1d66ad", "#8f5a00", "#87399a", "#a8452a", "#5b5e63"),
)
