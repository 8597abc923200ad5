"""What plots, small pictures and tables show and hand out."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt

from sdstudio.session.files.atomic import FileError
from sdstudio.ui import theme
from sdstudio.ui.plots.curve import Curve, as_csv
from sdstudio.ui.plots.export import save
from sdstudio.ui.plots.figures import Figures
from sdstudio.ui.plots.heat import heat, parted
from sdstudio.ui.plots.matrix import Matrix
from sdstudio.ui.plots.pictures import Pictures
from sdstudio.ui.plots.plot import CurvePlot
from sdstudio.ui.plots.tile import Tile

RED = np.full((8, 8, 3), (255, 0, 0), np.uint8)


def test_a_table_of_curves_reads_back_the_same() -> None:
    curves = [
        Curve("size, all", [1.0, 2.0, 3.0], [0.1, math.pi, math.nan]),
        Curve("angle", np.array([2.0, 4.0]), np.array([5.0, 6.0])),
    ]
    rows = list(csv.reader(io.StringIO(as_csv("step", curves))))
    assert rows[0] == ["step", "size, all", "angle"]
    assert rows[2] == ["2.0", repr(math.pi), "5.0"]
    assert float(rows[2][1]) == math.pi
    assert rows[3] == ["3.0", "", ""]
    assert rows[4] == ["4.0", "", "6.0"]


@pytest.fixture
def plot(qtbot) -> CurvePlot:
    plot = CurvePlot("Size", "step")
    qtbot.addWidget(plot)
    plot.resize(320, 240)
    plot.show_curves(
        [
            Curve("one", [1, 2, 3], [0.5, -1.5, 2.5], decimals=1),
            Curve("two", [1, 2, 3], [10.0, math.nan, 30.0], 1, "dash", decimals=0),
        ]
    )
    plot.show()
    return plot


def test_the_legend_reads_at_the_playhead(plot: CurvePlot) -> None:
    assert plot.legend.rows == [("one", ""), ("two", "")]
    plot.show_head(2)
    assert plot.legend.rows == [("one", "−1.5"), ("two", "–")]
    plot.show_head(3)
    assert plot.legend.rows == [("one", "2.5"), ("two", "30")]
    plot.show_head(None)
    assert plot.head is None


def test_the_pointer_reads_elsewhere_until_it_leaves(qtbot, plot: CurvePlot) -> None:
    plot.show_head(3)
    view = plot._plot.getPlotItem().vb
    for place, value in ((1.2, "0.5"), (1.9, "−1.5")):
        plot._hover(view.mapViewToScene(view.viewRect().center().__class__(place, 0.0)))
        assert plot.legend.rows[0] == ("one", value)
    plot._read_at(None)
    assert plot.legend.rows[0] == ("one", "2.5")


def test_arrow_keys_read_and_escape_returns(qtbot, plot: CurvePlot) -> None:
    plot.show_head(2)
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.legend.rows[0] == ("one", "2.5")
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.legend.rows[0] == ("one", "2.5")
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert plot.legend.rows[0] == ("one", "0.5")
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert plot.legend.rows[0] == ("one", "−1.5")


def test_a_press_says_where(qtbot, plot: CurvePlot) -> None:
    view = plot._plot.getPlotItem().vb
    scene = view.mapViewToScene(view.viewRect().center().__class__(2.0, 0.0))
    place = plot._plot.mapFromScene(scene)
    with qtbot.waitSignal(plot.pressed) as heard:
        qtbot.mouseClick(
            plot._plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place.x(), place.y())
        )
    assert heard.args[0] == pytest.approx(2.0, abs=0.05)


def test_a_plot_follows_theme_and_text_size(plot: CurvePlot) -> None:
    before = plot._plot.height()
    theme.current().set_percent(200)
    assert plot._plot.height() == 2 * before
    theme.current().set_mode("light")
    drawn = plot.image()
    corner = drawn.pixelColor(drawn.width() - 2, plot._plot.y() + 2)
    assert corner.name() == theme.current().tokens.panel


def test_a_logarithmic_plot_takes_zero_and_less(qtbot) -> None:
    plot = CurvePlot("Size", "step", log=True)
    qtbot.addWidget(plot)
    with np.errstate(divide="ignore", invalid="ignore"):
        plot.show_curves([Curve("one", [1, 2, 3], [0.0, 0.01, 10.0])])
    low, high = plot._plot.getPlotItem().vb.viewRange()[1]
    assert (low, high) == pytest.approx((math.log10(0.01 / 1.2), math.log10(12.0)))


def test_bars_and_nothing_at_all(qtbot) -> None:
    plot = CurvePlot("Size", "step")
    qtbot.addWidget(plot)
    plot.show_curves([Curve("time", [1, 2, 3], [1.0, 2.0, 3.0], stroke="bars")])
    plot.show_curves([Curve("none", [], [])])
    plot.show_curves([])
    assert plot.table() == "step\n"


def test_the_scale_of_heat_gets_lighter_and_the_other_parts_at_zero() -> None:
    ramp = np.linspace(0.0, 1.0, 64)[None]
    light = heat(ramp, 0.0, 1.0).astype(float) @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(light) >= 0).all()
    assert (heat(np.array([[5.0]]), 0.0, 1.0) == heat(np.array([[1.0]]), 0.0, 1.0)).all()
    below, zero, above = parted(np.array([[-1.0, 0.0, 1.0]]), 1.0)[0].astype(int)
    assert below[2] > below[0]
    assert above[0] > above[2]
    assert zero.min() > 220


def test_a_tile_reads_the_number_behind_a_place() -> None:
    values = np.arange(6, dtype=np.float32).reshape(2, 3) - 2
    tile = Tile("map", None, values=values, decimals=1)
    assert tile.read(0.0, 0.0) == "−2.0"
    assert tile.read(0.99, 0.99) == "3.0"
    assert tile.read(1.0, 1.0) == "3.0"
    assert list(csv.reader(io.StringIO(tile.table()))) == [
        ["-2.0", "-1.0", "0.0"],
        ["1.0", "2.0", "3.0"],
    ]


def test_tiles_stand_side_by_side_while_they_can_be_seen(qtbot) -> None:
    grid = Pictures(4)
    qtbot.addWidget(grid)
    grid.show_tiles([Tile(str(number), RED) for number in range(4)])
    for width, in_a_row in ((320, 4), (200, 2), (70, 1)):
        grid.resize(width, grid.heightForWidth(width))
        tops = [grid.box(number).top() for number in range(4)]
        assert tops.count(0.0) == in_a_row
        assert grid.box(3).bottom() < grid.height()
        assert all(grid.box(number).right() <= width for number in range(4))


def test_a_caption_that_does_not_fit_gets_a_second_line(qtbot) -> None:
    grid = Pictures(3)
    qtbot.addWidget(grid)
    grid.show_tiles([Tile("short", RED)] * 3)
    one = grid.heightForWidth(240)
    grid.show_tiles([Tile("a caption far too long for it", RED)] * 3)
    assert grid.heightForWidth(240) == one + 18


def test_a_grid_paints_its_pictures(qtbot) -> None:
    grid = Pictures(2)
    qtbot.addWidget(grid)
    grid.show_tiles([Tile("red", RED), Tile("not yet")])
    grid.resize(200, grid.heightForWidth(200))
    drawn = grid.grab().toImage()
    assert drawn.pixelColor(grid.box(0).center().toPoint()).name() == "#ff0000"
    assert drawn.pixelColor(grid.box(1).center().toPoint()).name() == theme.current().tokens.canvas


def test_figures_as_a_table(qtbot) -> None:
    table = Figures("Numbers", ("name", "value"))
    qtbot.addWidget(table)
    table.show_rows([("size", "1.5"), ("angle", "3°")])
    assert list(csv.reader(io.StringIO(table.table()))) == [
        ["name", "value"],
        ["size", "1.5"],
        ["angle", "3°"],
    ]
    assert table.sizeHint().height() == 3 * 22


def test_saving_is_whole_or_says_why_not(tmp_path: Path) -> None:
    save(tmp_path / "a.csv", b"1,2\n")
    assert (tmp_path / "a.csv").read_bytes() == b"1,2\n"
    with pytest.raises(FileError) as failed:
        save(tmp_path / "nowhere" / "a.csv", b"")
    assert failed.value.problems[0].code == "folder_missing"


def curves(turn: int) -> list[Curve]:
    x = np.arange(1.0, 6.0)
    return [
        Curve("bars", x, x + turn, 3, "bars"),
        Curve("line", x[: 3 + turn], x[: 3 + turn] / (1 + turn)),
        Curve("dash", x, np.where(x == 2, np.nan, x - turn), 1, "dash"),
        Curve("points", x + 0.1 * turn, x, 2, "points"),
    ]


@pytest.mark.parametrize("log", [False, True])
def test_curves_moved_look_like_curves_drawn_anew(qtbot, log: bool) -> None:
    moved, new = CurvePlot("Size", "step", log=log), CurvePlot("Size", "step", log=log)
    for plot in (moved, new):
        qtbot.addWidget(plot)
        plot.resize(320, 240)
        plot.show()
    moved.show_curves(curves(0), marks=[2.0])
    before = moved.image()
    items = list(moved._items)
    moved.show_curves(curves(1), marks=[3.0])
    new.show_curves(curves(1), marks=[3.0])
    assert moved._items == items
    assert moved.image() == new.image() != before
    moved.show_curves(curves(1)[1:], span=(0.0, 9.0))
    new.show_curves([])
    new.show_curves(curves(1)[1:], span=(0.0, 9.0))
    assert moved.image() == new.image()


def test_what_shows_already_is_not_painted_again(qtbot) -> None:
    plot, table, tiles = CurvePlot("Size", "step"), Figures("Numbers"), Pictures(2)
    matrix = Matrix("Words", "corner")
    painted = PaintCount()
    values = np.array([[0.5, np.nan]])

    def show(last: float) -> None:
        plot.show_curves([Curve("one", [1, 2], [1.0, last])])
        plot.show_head(2)
        table.show_rows([("one", str(last))])
        tiles.show_tiles([Tile("red", RED, str(last))])
        matrix.show_values(["a"], ["b", "c"], values * last)

    for widget in (plot, table, tiles, matrix):
        qtbot.addWidget(widget)
        widget.resize(240, 200)
        widget.show()
    show(2.0)
    for widget in (plot._plot.viewport(), plot.legend, table, tiles, matrix):
        widget.installEventFilter(painted)
    painted.painted.append("not yet")
    while painted.painted:  # until all that the first showing brought is painted
        painted.painted.clear()
        qtbot.wait(200)
    show(2.0)
    qtbot.wait(100)
    assert painted.painted == []
    show(3.0)
    qtbot.waitUntil(lambda: len(set(painted.painted)) == 5)
    assert set(painted.painted) == {"QWidget", "Legend", "Figures", "Pictures", "Matrix"}


class PaintCount(QObject):
    """Counts how often what it filters is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.painted: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.painted.append(type(watched).__name__)
        return False
