"""Results that became drawings again: a photo of a rabbit, a wooden rabbit, the same in oil."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from sdstudio.engine.picture import Picture
from sdstudio.engine.request import Request
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.fit import Fit
from sdstudio.session.drawing.layers import Sheet
from sdstudio.session.drawing.rect import EMPTY, Rect
from sdstudio.session.drawing.sketch import MaskUse


@dataclass(frozen=True, eq=False)
class Link:
    """One place of the chain: a drawing, and what was last asked for from there.

    Attributes:
        prompt: Of the result that the drawing began as, "" for what the hand began with.
        sheet: The drawing as it was when it was left.
        request: What was made of it; with the sheet it makes the next result again.
        use: How its mask was used.
    """

    prompt: str
    sheet: Sheet | None = None
    request: Request | None = None
    use: MaskUse = field(default_factory=MaskUse)


@dataclass(frozen=True)
class _Places:
    links: tuple[Link, ...] = (Link(""),)
    at: int = 0


class Chain:
    """The places that a drawing has been at; undone and done again with the drawing.

    Args:
        changed: Told when a place was added, or another one is stood at.
    """

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self._places = _Places()
        self._changed = changed

    @property
    def prompts(self) -> tuple[str, ...]:
        """What each place came from, "" for what the hand began with; the first is first."""
        return tuple(link.prompt for link in self._places.links)

    @property
    def at(self) -> int:
        """Which one the drawing stands at."""
        return self._places.at

    @property
    def links(self) -> tuple[Link, ...]:
        """All of them; what the one stood at keeps is from before, or nothing yet."""
        return self._places.links

    def take(
        self,
        drawing: Drawing,
        result: np.ndarray,
        request: Request,
        use: MaskUse,
        *,
        as_paint: bool = False,
    ) -> None:
        """Put a result onto the drawing, as one step of undo; what lay ahead is forgotten.

        A result of the drawing's shape and another size makes the drawing as large; one of
        another shape is cropped to it.

        Args:
            drawing: Where.
            result: (H, W, 3) uint8.
            request: What it was made by.
            use: How the mask was used for it.
            as_paint: Leave the background below it, and put it on the layer of paint.
        """
        places = self._places
        left = replace(places.links[places.at], sheet=drawing.snapshot(), request=request, use=use)
        links = (*places.links[: places.at], left, Link(_prompt_of(request)))
        with drawing.one_step():
            _put(drawing, result, as_paint)
            drawing.clear("mask")
            self._remember(drawing, _Places(links, places.at + 1))

    def go(self, drawing: Drawing, place: int, request: Request, use: MaskUse) -> Link:
        """Go to another place, as one step of undo; the answer says what was asked for there.

        Args:
            drawing: It shows again what it showed there.
            place: Which, 0 for the first.
            request: What stands now, for coming back.
            use: How the mask is used now.
        """
        places = self._places
        goal = places.links[place]
        if place == places.at or goal.sheet is None:
            return goal
        here = replace(places.links[places.at], sheet=drawing.snapshot(), request=request, use=use)
        links = (*places.links[: places.at], here, *places.links[places.at + 1 :])
        with drawing.one_step():
            drawing.become(_copied(goal.sheet))
            self._remember(drawing, _Places(links, place))
        return goal

    def _remember(self, drawing: Drawing, places: _Places) -> None:
        drawing.remember(_Stood(self, self._places))
        self._move(places)

    def _move(self, places: _Places) -> None:
        self._places = places
        self._changed()


class _Stood:
    """Where the chain stood, as a step of the drawing's undo."""

    def __init__(self, chain: Chain, places: _Places) -> None:
        self._chain = chain
        self._places = places

    @property
    def nbytes(self) -> int:
        """What it alone keeps: sheets are shared with the chain."""
        return 512

    def pack(self) -> None:
        """There is little to keep."""

    def swap(self, sheet: Sheet) -> Rect:
        """Stand there again."""
        places, self._places = self._places, self._chain._places
        self._chain._move(places)
        return EMPTY


def _put(drawing: Drawing, result: np.ndarray, as_paint: bool) -> None:
    height, width = result.shape[:2]
    if width * drawing.height == height * drawing.width and width != drawing.width and not as_paint:
        drawing.resize_canvas(0, 0, width - drawing.width, height - drawing.height)
    picture = Picture.of(np.ascontiguousarray(result))
    if as_paint:
        ground = Drawing(drawing.width, drawing.height)
        ground.put(picture, Fit.CROPPED)
        drawing.write("paint", 0, 0, ground.pixels("background"))
        return
    drawing.put(picture, Fit.CROPPED)
    drawing.clear("paint")


def _prompt_of(request: Request) -> str:
    return request.prompt_b if request.mix == 1.0 else request.prompt


def _copied(sheet: Sheet) -> Sheet:
    return replace(
        sheet,
        pixels={layer: pixels.copy() for layer, pixels in sheet.pixels.items()},
        visible=dict(sheet.visible),
        opacity=dict(sheet.opacity),
    )
