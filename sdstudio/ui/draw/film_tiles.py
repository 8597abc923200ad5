"""The frames as the strip shows them."""

from __future__ import annotations

from sdstudio.session.drawing.animating import Animating
from sdstudio.session.drawing.frames import Frames
from sdstudio.ui.draw.film_bar import Side
from sdstudio.ui.draw.film_pictures import FilmPictures
from sdstudio.ui.draw.film_tile import Tile


def tiles_of(
    frames: Frames, animating: Animating, pictures: FilmPictures, side: Side
) -> list[Tile]:
    """A tile for each frame; where its result is wanted and not there, the drawing, faintly.

    Args:
        frames: What is drawn.
        animating: Knows what was made of it.
        pictures: Makes the small pictures.
        side: Which of the two is looked at.
    """
    at, fraction = animating.at, animating.fraction
    tiles = []
    for index, (drawing, result) in enumerate(zip(frames, animating.results, strict=True)):
        seen = result if side == "results" and result is not None else drawing
        tiles.append(
            Tile(
                pictures.small(seen),
                made=result is not None,
                progress=fraction if index == at else None,
                faint=side == "results" and result is None,
            )
        )
    return tiles
