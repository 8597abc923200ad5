"""Results become drawings, and the way back is kept."""

from __future__ import annotations

import numpy as np
import pytest

from sdstudio.engine.request import Request
from sdstudio.session.drawing.chain import Chain
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.sketch import MaskUse

USE = MaskUse()


def flat(*colour: int, side: int = 32) -> np.ndarray:
    return np.full((side, side, 3), colour, np.uint8)


@pytest.fixture
def drawing() -> Drawing:
    made = Drawing(32, 32)
    made.write("background", 0, 0, np.full((32, 32, 4), (90, 90, 90, 255), np.uint8))
    made.write("paint", 4, 4, np.full((4, 4, 4), (255, 0, 0, 255), np.uint8))
    made.write("mask", 0, 0, np.full((8, 8), 255, np.uint8))
    return made


def test_a_result_becomes_the_drawing_and_its_prompt_a_place(drawing: Drawing) -> None:
    chain = Chain()
    chain.take(drawing, flat(1, 2, 3), Request(prompt="a wooden rabbit"), USE)
    assert (drawing.composite() == (1, 2, 3)).all()
    assert not drawing.pixels("mask").any()
    assert not drawing.pixels("paint").any()
    chain.take(drawing, flat(4, 5, 6), Request(prompt_b="in oil", mix=1.0), USE)
    assert chain.prompts == ("", "a wooden rabbit", "in oil")
    assert chain.at == 2


def test_as_paint_it_lies_over_the_background(drawing: Drawing) -> None:
    Chain().take(drawing, flat(1, 2, 3), Request(), USE, as_paint=True)
    assert (drawing.composite() == (1, 2, 3)).all()
    assert (drawing.composite(layers=("background",)) == 90).all()


def test_going_back_shows_the_drawing_and_says_the_request(drawing: Drawing) -> None:
    chain, first = Chain(), drawing.composite()
    wooden, oil = Request(prompt="wooden", seed=7), Request(prompt="oil", seed=8)
    use = MaskUse(feather=3)
    chain.take(drawing, flat(1, 2, 3), wooden, use)
    chain.take(drawing, flat(4, 5, 6), oil, USE)
    link = chain.go(drawing, 0, Request(prompt="now"), USE)
    assert (link.request, link.use) == (wooden, use)
    assert (drawing.composite() == first).all()
    assert drawing.pixels("mask")[:8, :8].all()
    assert chain.at == 0
    assert chain.prompts == ("", "wooden", "oil")
    link = chain.go(drawing, 2, wooden, use)
    assert link.request == Request(prompt="now")
    assert (drawing.composite() == (4, 5, 6)).all()


def test_it_is_undone_and_done_again_with_the_drawing(drawing: Drawing) -> None:
    chain, first = Chain(), drawing.composite()
    chain.take(drawing, flat(1, 2, 3), Request(prompt="wooden"), USE)
    drawing.undo()
    assert (chain.prompts, chain.at) == (("",), 0)
    assert (drawing.composite() == first).all()
    assert drawing.pixels("mask")[:8, :8].all()
    drawing.redo()
    assert (chain.prompts, chain.at) == (("", "wooden"), 1)
    assert (drawing.composite() == (1, 2, 3)).all()
    chain.go(drawing, 0, Request(), USE)
    drawing.undo()
    assert chain.at == 1
    assert (drawing.composite() == (1, 2, 3)).all()


def test_another_way_on_forgets_what_lay_ahead_until_it_is_undone(drawing: Drawing) -> None:
    chain = Chain()
    chain.take(drawing, flat(1, 2, 3), Request(prompt="wooden"), USE)
    chain.take(drawing, flat(4, 5, 6), Request(prompt="oil"), USE)
    chain.go(drawing, 1, Request(), USE)
    chain.take(drawing, flat(7, 8, 9), Request(prompt="glass"), USE)
    assert chain.prompts == ("", "wooden", "glass")
    drawing.undo()
    assert chain.prompts == ("", "wooden", "oil")


def test_what_is_painted_later_does_not_reach_back(drawing: Drawing) -> None:
    chain, first = Chain(), drawing.composite()
    chain.take(drawing, flat(1, 2, 3), Request(), USE)
    chain.go(drawing, 0, Request(), USE)
    drawing.fill("paint", 1, 1, (0, 255, 0))
    chain.go(drawing, 1, Request(), USE)
    chain.go(drawing, 0, Request(), USE)
    assert (drawing.composite() != first).any()
    assert drawing.pick(1, 1) == (0, 255, 0)


def test_a_larger_result_of_the_same_shape_makes_the_drawing_larger(drawing: Drawing) -> None:
    chain = Chain()
    chain.take(drawing, flat(1, 2, 3, side=64), Request(), USE)
    assert (drawing.width, drawing.height) == (64, 64)
    drawing.undo()
    assert (drawing.width, drawing.height) == (32, 32)
    wide = np.full((32, 64, 3), 5, np.uint8)
    chain.take(drawing, wide, Request(), USE)
    assert (drawing.width, drawing.height) == (32, 32)
    assert (drawing.composite() == 5).all()
