"""A canvas grows window by window, once, and what was there stays to the bit."""

from __future__ import annotations

import numpy as np
import pytest

from sdstudio.engine.problems import Problem, RequestError
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.margins import Edge
from sdstudio.session.drawing.outpainting import Outpainting
from sdstudio.session.events import JobDone, ModelReady, RunFailed, RunFinished
from sdstudio.session.mailbox import Order
from tests.session.stage import Stage
from tests.session.standins import facts


def composited(order: Order, colour: tuple[int, int, int]) -> np.ndarray:
    """What the engine makes of a masked request: a colour, where the mask lets it."""
    before = np.asarray(order.request.image.image).astype(float)
    share = np.asarray(order.request.mask.image)[..., None] / 255
    return np.rint(before * (1 - share) + np.array(colour) * share).astype(np.uint8)


class Painter:
    """A stage whose windows are painted in one colour."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.told = 0
        self.outpainting = Outpainting(stage.sitting, self._count, overlap=4)
        rng = np.random.default_rng(0)
        self.drawing = Drawing(64, 100)
        self.drawing.write(
            "background", 0, 0, rng.integers(0, 256, (100, 64, 4), np.uint8) | (0, 0, 0, 255)
        )
        self.drawing.write("paint", 50, 10, np.full((8, 14, 4), (9, 9, 9, 255), np.uint8))

    def _count(self) -> None:
        self.told += 1

    def paint(self, colour: tuple[int, int, int]) -> Order:
        """Answer the window that is asked for."""
        order = self.stage.order()
        run = self.stage.begin(order)
        self.stage.step(run, 0)
        self.stage.sitting.handle(RunFinished(run, composited(order, colour), (), 1.0))
        return order


@pytest.fixture
def painter(stage: Stage) -> Painter:
    stage.sitting.change(prompt="a castle", seed=5)
    return Painter(stage)


def test_it_grows_in_windows_and_keeps_what_was_there(painter: Painter) -> None:
    before = painter.drawing.composite()
    painter.outpainting.grow(painter.drawing, Edge.RIGHT)
    assert painter.outpainting.count == 3
    assert painter.outpainting.window == (32, 0, 64, 64)
    orders = [painter.paint((0, 200, 0)) for _ in range(3)]
    assert not painter.outpainting.going
    after = painter.drawing.composite()
    assert after.shape == (100, 96, 3)
    assert (after[:, :60] == before[:, :60]).all()
    assert (after[:, 64:] == (0, 200, 0)).all()
    assert {order.request.prompt for order in orders} == {"a castle"}
    assert len({order.request.seed for order in orders}) == 3
    assert not any(order.live for order in orders)
    # The controls still show the person's own request.
    assert painter.stage.sitting.request.seed == 5
    assert painter.stage.sitting.request.image is None
    assert len(painter.stage.sitting.tree.nodes) == 3


def test_each_window_sees_what_was_made_before(painter: Painter) -> None:
    painter.outpainting.grow(painter.drawing, Edge.RIGHT)
    painter.paint((0, 200, 0))
    second = painter.paint((0, 0, 200))
    # Its upper half on the right was made by the first, and stays.
    start, mask = (
        np.asarray(picture.image) for picture in (second.request.image, second.request.mask)
    )
    assert (start[:20, 36:] == (0, 200, 0)).all()
    assert (mask[:24, :] == 0).all()
    assert (mask[32:, 32:] == 255).all()


def test_it_is_one_step_of_undo(painter: Painter) -> None:
    before = painter.drawing.composite()
    painter.outpainting.grow(painter.drawing, Edge.TOP)
    painter.paint((0, 200, 0))
    assert painter.drawing.composite().shape == (132, 64, 3)
    painter.drawing.undo()
    assert (painter.drawing.composite() == before).all()
    # Paint away from the seam can still be moved; on the seam it is part of the picture.
    assert painter.drawing.pixels("paint")[12, 55].tolist() == [9, 9, 9, 255]


def test_paint_away_from_the_seam_stays_paint(painter: Painter) -> None:
    painter.outpainting.grow(painter.drawing, Edge.BOTTOM)
    painter.paint((0, 200, 0))
    assert painter.drawing.pixels("paint")[12, 55].tolist() == [9, 9, 9, 255]


def test_a_hidden_background_becomes_one_picture_with_what_is_new(painter: Painter) -> None:
    painter.drawing.set_visible("background", False)
    before = painter.drawing.composite()
    painter.outpainting.grow(painter.drawing, Edge.BOTTOM)
    painter.paint((0, 200, 0))
    after = painter.drawing.composite()
    assert (after[:90] == before[:90]).all()
    assert (after[100:] == (0, 200, 0)).all()


def test_progress_counts_windows_and_steps(painter: Painter) -> None:
    painter.outpainting.grow(painter.drawing, Edge.LEFT)
    assert painter.outpainting.progress == 0.0
    painter.paint((0, 0, 0))
    assert painter.outpainting.progress == pytest.approx(1 / 3)
    run = painter.stage.begin()
    painter.stage.step(run, 1)
    assert painter.outpainting.progress == pytest.approx(1 / 3 + 0.5 / 3)
    assert painter.told > 3


def test_stopped_it_leaves_the_drawing_as_it_was(painter: Painter) -> None:
    version = painter.drawing.version
    painter.outpainting.grow(painter.drawing, Edge.LEFT)
    painter.paint((0, 0, 0))
    run = painter.stage.begin()
    painter.outpainting.stop()
    painter.stage.stopped(run, 1)
    assert not painter.outpainting.going
    assert painter.drawing.version == version


def test_a_run_asked_for_in_between_ends_it(painter: Painter) -> None:
    painter.outpainting.grow(painter.drawing, Edge.LEFT)
    run = painter.stage.begin()
    painter.stage.sitting.generate()
    assert not painter.outpainting.going
    painter.stage.stopped(run, 1, superseded=True)
    assert painter.drawing.width == 64


def test_a_canvas_that_changed_meanwhile_is_left_alone(painter: Painter) -> None:
    painter.outpainting.grow(painter.drawing, Edge.TOP)
    painter.drawing.resize_canvas(0, 0, 8, 0)
    painter.paint((0, 0, 0))
    assert painter.drawing.height == 100
    assert [problem.code for problem in painter.outpainting.problems] == ["canvas_changed"]


def test_it_grows_no_further_than_the_model_s_largest_side(painter: Painter) -> None:
    with pytest.raises(RequestError, match="canvas_too_large"):
        painter.outpainting.grow(Drawing(240, 64), Edge.RIGHT)
    assert not painter.outpainting.going
    assert painter.stage.mailbox.take_order() is None


def short(painter: Painter) -> None:
    """The window that is asked for fails for want of memory."""
    run = painter.stage.begin(painter.stage.order())
    painter.stage.sitting.handle(RunFailed(run, (Problem.of("out_of_memory"),)))


def test_tried_again_with_less_memory_it_goes_on(painter: Painter) -> None:
    stage = painter.stage
    stage.sitting.handle(ModelReady(facts(thriftier="rows"), swapped=True))
    painter.outpainting.grow(painter.drawing, Edge.RIGHT)
    painter.paint((0, 200, 0))
    short(painter)
    assert not painter.outpainting.going
    assert painter.outpainting.problems
    stage.sitting.retry_with_less_memory()
    stage.sitting.handle(JobDone(1))
    assert painter.outpainting.going
    assert painter.outpainting.problems == ()
    assert painter.outpainting.done == 1
    for _ in range(2):
        painter.paint((0, 200, 0))
    assert painter.drawing.composite().shape == (100, 96, 3)


def test_something_else_asked_for_after_a_failure_is_no_part_of_it(painter: Painter) -> None:
    painter.outpainting.grow(painter.drawing, Edge.RIGHT)
    short(painter)
    painter.stage.generate()
    assert not painter.outpainting.going
    assert (painter.drawing.width, painter.drawing.height) == (64, 100)
