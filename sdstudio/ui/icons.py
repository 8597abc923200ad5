"""The icon set: line drawings on a 16-pixel grid, tinted with the theme's colours."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from sdstudio.paths import resources
from sdstudio.ui import theme


def icon(name: str, role: str = "text") -> QIcon:
    """An icon by its file's name, in the colour of a token; it follows the theme.

    Args:
        name: A file of resources/icons without its ending, such as "play".
        role: The token that colours it; disabled icons take ``disabled``.

    Raises:
        FileNotFoundError: There is no such icon.
    """
    _drawing(name)
    return QIcon(_ThemedIcon(name, role))


@cache
def _drawing(name: str) -> str:
    return (resources() / "icons" / f"{name}.svg").read_text("utf-8")


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    drawing = _drawing(name).replace("currentColor", colour)
    return QSvgRenderer(QByteArray(drawing.encode()))


@cache
def _image(name: str, colour: str, width: int, height: int) -> QImage:
    """An icon drawn; a window shows the same few again whenever it paints a button."""
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    _renderer(name, colour).render(painter, QRectF(image.rect()))
    painter.end()
    return image


class _ThemedIcon(QIconEngine):
    """Draws an icon at any size, in the colour that the theme has when it is drawn."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name = name
        self._role = role

    def paint(self, painter: QPainter, rect, mode, state) -> None:  # type: ignore[no-untyped-def]
        _renderer(self._name, self._colour(mode)).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode, state) -> QPixmap:  # type: ignore[no-untyped-def]
        return QPixmap.fromImage(
            _image(self._name, self._colour(mode), size.width(), size.height())
        )

    def _colour(self, mode: QIcon.Mode) -> str:
        role = "disabled" if mode == QIcon.Mode.Disabled else self._role
        return str(getattr(theme.current().tokens, role))

    def clone(self) -> QIconEngine:
        return _ThemedIcon(self._name, self._role)
