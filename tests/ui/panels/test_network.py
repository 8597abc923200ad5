"""The panel Network draws the blocks it is told and shows the chosen one's feature maps."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from sdstudio.engine.anatomy.features import Features
from sdstudio.engine.anatomy.network import Block, Network
from sdstudio.session.inquiries import Answer, Inquiry
from sdstudio.ui.panels.network import NetworkPanel
from sdstudio.ui.plots.u_shape import skips
from tests.session.stage import Stage
from tests.session.standins import HandClock

FINE, COARSE = (20, 8, 8), (40, 4, 4)
BLOCKS = (
    Block("conv_in", "in", "Conv2d", (4, 8, 8), FINE, (FINE,), 100, 0, 0),
    Block("down_blocks.0", "down", "Down", FINE, COARSE, (FINE, COARSE), 2_000, 1, 0),
    Block("mid_block", "mid", "Mid", COARSE, COARSE, (), 3_000, 2, 1),
    Block("up_blocks.0", "up", "Up", COARSE, FINE, (COARSE, FINE, FINE), 4_000, 2, 1),
    Block("conv_out", "out", "Conv2d", FINE, (4, 8, 8), (), 50, 0, 0),
)
NETWORK = Network(BLOCKS, 9_650, 500, 32, 16, 8, "float32")


@pytest.fixture
def panel(qtbot, stage: Stage) -> NetworkPanel:
    made = NetworkPanel()
    qtbot.addWidget(made)
    made.resize(320, 1200)
    (inquiry,) = made.inquiries(stage.sitting)
    assert inquiry.kind == "network"
    stage.sitting.handle(Answer(inquiry, NETWORK))
    made.refresh(stage.sitting)
    return made


def test_it_waits_for_a_model(panel: NetworkPanel) -> None:
    stage = Stage(HandClock())
    assert panel.empty(stage.sitting)
    stage.ready()
    assert panel.empty(stage.sitting) == ""


def test_the_whole_network_is_told_before_a_run(panel: NetworkPanel) -> None:
    assert ("Weights", "9,650") in panel.whole.rows
    assert "8 tokens of 16 numbers" in panel.marks.text()
    assert panel.title.text() == "up_blocks.0"
    assert ("Takes", "40 × 4 × 4") in panel.block.rows


def test_states_go_across_to_who_takes_them() -> None:
    pairs = [(a.name, b.name) for a, b in skips([*BLOCKS[:2]], [*BLOCKS[3:]])]
    assert pairs == [("down_blocks.0", "up_blocks.0"), ("conv_in", "up_blocks.0")]


def test_a_chosen_block_shows_its_channels(qtbot, stage: Stage, panel: NetworkPanel) -> None:
    run = stage.generate()
    qtbot.mouseClick(
        panel.shape,
        Qt.MouseButton.LeftButton,
        pos=panel.shape.box("down_blocks.0").center().toPoint(),
    )
    asked = Inquiry.of("features", run, 3, block="down_blocks.0", first=0, count=16)
    assert panel.inquiries(stage.sitting)[1] == asked
    maps = np.arange(16 * 16, dtype=np.float32).reshape(16, 4, 4)
    strength = np.ones((4, 4), np.float32)
    stage.sitting.handle(Answer(asked, Features("down_blocks.0", 0, maps, strength, 40, 0.0, 1.0)))
    panel.refresh(stage.sitting)
    assert [tile.caption for tile in panel.maps.tiles] == [str(n) for n in range(1, 17)]
    assert panel.maps.tiles[1].read(0.0, 0.0) == "16.00"
    assert panel.page.count() == 3
    panel.page.setCurrentIndex(2)
    assert panel.inquiries(stage.sitting)[1].by_name["first"] == 32
    assert ("Predictions a step", "2") in panel.whole.rows


def test_arrows_go_along_the_computation(qtbot, panel: NetworkPanel) -> None:
    seen: list[str] = []
    panel.shape.chosen.connect(seen.append)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(panel.shape, key)
    assert seen == ["mid_block", "down_blocks.0", "mid_block", "up_blocks.0", "conv_out"]


def test_blocks_stand_on_their_sides(panel: NetworkPanel) -> None:
    boxes = {block.name: panel.shape.box(block.name) for block in BLOCKS}
    assert boxes["conv_in"].top() == boxes["conv_out"].top()
    assert boxes["conv_in"].right() < boxes["conv_out"].left()
    assert boxes["mid_block"].top() > boxes["down_blocks.0"].bottom()
    for box in boxes.values():
        assert panel.shape.rect().toRectF().contains(box)
