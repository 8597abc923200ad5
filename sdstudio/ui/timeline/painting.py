"""Paints the filmstrip: frames, labels, joints, marks, ruler, curves and playhead."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPainterPath, QPen, QPolygonF

from sdstudio.ui import theme
from sdstudio.ui.timeline.curves import paint_curves
from sdstudio.ui.timeline.film import Film
from sdstudio.ui.timeline.frames import frames
from sdstudio.ui.timeline.geometry import Geometry
from sdstudio.ui.timeline.thumbnails import Thumbnails

SMALL_PX = 11
"""Height of the strip's small text, before scaling."""

RULER = 18
"""Height of the ruler, before scaling."""

RESTING = 0.6
"""How much of a frame's picture shows in rows that are not the playhead's."""


@dataclass(frozen=True)
class Scene:
    """All there is to paint.

    Attributes:
        film: The rows.
        geometry: Where they lie.
        thumbnails: Their pictures.
        row: The playhead's row, None for no playhead.
        index: The playhead's step, 0-based.
    """

    film: Film
    geometry: Geometry
    thumbnails: Thumbnails
    row: int | None = None
    index: int = 0


def paint(painter: QPainter, scene: Scene, area: QRect) -> None:
    """Paint what lies within ``area``; nothing outside is looked at."""
    look = theme.current()
    geometry = scene.geometry
    painter.fillRect(area, look.color("panel"))
    rows = geometry.rows_between(area.top(), area.bottom())
    painter.save()
    painter.setClipRect(
        QRectF(0, geometry.top, geometry.width, geometry.room_for_rows).intersected(QRectF(area)),
    )
    columns = QRectF(geometry.gutter - 12, geometry.top, geometry.width, geometry.height)
    painter.save()
    painter.setClipRect(columns, Qt.ClipOperation.IntersectClip)
    for number in rows:
        _paint_frames(painter, scene, number, area)
    _paint_joints(painter, scene, rows)
    for number in rows:
        _paint_marks(painter, scene, number)
    painter.restore()
    if area.left() < geometry.gutter:
        for number in rows:
            _paint_label(painter, scene, number)
    painter.restore()
    if area.top() < geometry.top:
        _paint_ruler(painter, scene, QRectF(area))
        if scene.row is not None:
            paint_curves(painter, geometry, scene.film.rows[scene.row], curves_top(), area)
    _paint_playhead(painter, scene, area)


def curves_top() -> float:
    """Upper edge of the curves."""
    return theme.current().px(RULER)


def _paint_frames(painter: QPainter, scene: Scene, number: int, area: QRect) -> None:
    geometry, look = scene.geometry, theme.current()
    row = scene.film.rows[number]
    seen = geometry.columns_between(max(area.left() - 2, geometry.gutter - 12), area.right() + 2)
    empty, missing = look.color("field"), look.color("raised")
    opacity = 1.0 if number == scene.row else RESTING
    for frame in frames(geometry, row, number, seen):
        if frame.step is None:
            if row.going:
                painter.fillRect(frame.place, empty)
            continue
        picture = scene.thumbnails.get(row.run, frame.step)
        if picture is None:
            painter.fillRect(frame.place, missing)
            continue
        ratio = picture.devicePixelRatio()
        width = picture.width() / ratio
        place = QRectF(frame.place)
        place.setWidth(min(width, place.width()))
        source = QRectF(
            (width - place.width()) / 2 * ratio, 0, place.width() * ratio, picture.height()
        )
        painter.setOpacity(opacity)
        painter.drawPixmap(place, picture, source)
        painter.setOpacity(1.0)


def _paint_joints(painter: QPainter, scene: Scene, rows: range) -> None:
    """From the row above, down and into each branch; lines that begin at one step share it."""
    geometry, look = scene.geometry, theme.current()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for number, row in enumerate(scene.film.rows):
        if row.joint is None or number < rows.start or row.joint >= rows.stop:
            continue
        reach = min(10.0, max(4.0, geometry.pitch / 2))
        x = round(geometry.x(row.first)) - reach - 0.5
        top = geometry.y(row.joint) + geometry.side + 1
        middle = round(geometry.y(number) + geometry.side / 2) + 0.5
        bend = min(4.0, reach)
        path = QPainterPath(QPointF(x, top))
        path.lineTo(x, middle - bend)
        path.quadTo(x, middle, x + bend, middle)
        path.lineTo(round(geometry.x(row.first)) - 1.5, middle)
        colour = look.color("accent_text" if number == scene.row else "outline")
        painter.strokePath(path, QPen(colour, 1.5))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_marks(painter: QPainter, scene: Scene, number: int) -> None:
    geometry, look = scene.geometry, theme.current()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color("warning"))
    for mark in scene.film.rows[number].marks:
        rect = mark_rect(geometry, number, mark.index)
        middle = rect.center().x()
        painter.drawPolygon(
            QPolygonF([rect.topLeft(), rect.topRight(), QPointF(middle, rect.bottom())])
        )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def mark_rect(geometry: Geometry, row: int, index: int) -> QRectF:
    """Where the mark of a change before a step stands: over the frame's beginning."""
    half = theme.current().px(4)
    x = round(geometry.x(index)) + half
    y = round(geometry.y(row))
    return QRectF(x - half, y - half - 2, 2 * half, half + 1)


def _paint_label(painter: QPainter, scene: Scene, number: int) -> None:
    geometry, look = scene.geometry, theme.current()
    row = scene.film.rows[number]
    y = round(geometry.y(number))
    active = number == scene.row
    if active:
        bar = QRectF(0, y, look.px(3), round(geometry.side))
        painter.fillRect(bar, look.color("accent"))
    big, small = label_fonts()
    room = geometry.gutter - look.px(16) - look.px(12)
    big.setBold(active)
    metrics, small_metrics = QFontMetrics(big), QFontMetrics(small)
    lines = metrics.height() + (small_metrics.height() if row.about else 0)
    top = y + (geometry.side - lines) / 2
    place = QRectF(look.px(16), top, room, metrics.height())
    left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    painter.setFont(big)
    painter.setPen(look.color("text" if active else "muted"))
    elide = Qt.TextElideMode.ElideRight
    painter.drawText(place, left, metrics.elidedText(row.label, elide, int(room)))
    if row.about:
        painter.setFont(small)
        painter.setPen(look.color("muted"))
        place = QRectF(look.px(16), place.bottom(), room, small_metrics.height())
        painter.drawText(place, left, small_metrics.elidedText(row.about, elide, int(room)))


def label_fonts() -> tuple[QFont, QFont]:
    """The fonts of a row's label: its name's and its words'."""
    return theme.current().font(), theme.current().font(SMALL_PX)


def _paint_ruler(painter: QPainter, scene: Scene, area: QRectF) -> None:
    """Numbers over the frames, but for those that the playhead's would touch."""
    geometry, look = scene.geometry, theme.current()
    font = look.font(SMALL_PX)
    metrics = QFontMetrics(font)
    painter.setFont(font)
    painter.setPen(look.color("muted"))
    width = metrics.horizontalAdvance("0" * len(str(geometry.columns)))
    height = look.px(RULER)
    knob, x0, pitch = _knob(scene), geometry.x(0), geometry.pitch
    flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip)
    most = geometry.width - width / 2 - look.px(4)
    for number in geometry.ruler(width + look.px(12)):
        middle = min(x0 + (number - 0.5) * pitch, most)
        place = QRectF(middle - width / 2, 0, width, height)
        hidden = place.left() < geometry.gutter - width or place.intersects(knob)
        if not hidden and place.intersects(area):
            painter.drawText(place, flags, str(number))


def _knob(scene: Scene) -> QRectF:
    """Where the playhead's number stands; empty where there is no playhead in sight."""
    geometry, look = scene.geometry, theme.current()
    if scene.row is None:
        return QRectF()
    x = geometry.x(scene.index + 0.5)
    if not geometry.gutter - 1 <= x <= geometry.width:
        return QRectF()
    height = look.px(RULER) - 2.0
    text = QFontMetrics(_knob_font()).horizontalAdvance(str(scene.index + 1))
    width = max(height, text + look.px(10))
    return QRectF(x - width / 2, 1, width, height)


def _knob_font() -> QFont:
    font = theme.current().font(SMALL_PX)
    font.setBold(True)
    return font


def _paint_playhead(painter: QPainter, scene: Scene, area: QRect) -> None:
    """A line through all rows, with the step's number on top and its whole picture."""
    knob = _knob(scene)
    half = max(knob.width(), scene.geometry.frame) / 2 + 2
    middle = knob.center().x()
    if knob.isEmpty() or area.right() < middle - half or area.left() > middle + half:
        return
    geometry, look = scene.geometry, theme.current()
    colour = look.color("text")
    top = knob.bottom()
    bottom = min(geometry.height, geometry.y(len(scene.film.rows) - 1) + geometry.side + 4)
    painter.fillRect(QRectF(round(knob.center().x()) - 1, top, 2, bottom - top), colour)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(knob, knob.height() / 2, knob.height() / 2)
    painter.setFont(_knob_font())
    painter.setPen(look.color("panel"))
    painter.drawText(knob, int(Qt.AlignmentFlag.AlignCenter), str(scene.index + 1))
    painter.setClipRect(
        QRectF(0, geometry.top, geometry.width, geometry.room_for_rows),
        Qt.ClipOperation.IntersectClip,
    )
    _paint_frame_of_playhead(painter, scene)


def playhead_rect(scene: Scene) -> QRectF:
    """Where the playhead's step shows whole, whatever slice its frame is."""
    assert scene.row is not None
    geometry = scene.geometry
    owner = scene.film.owner(scene.row, scene.index)
    middle = geometry.x(scene.index + 0.5)
    left = round(middle - geometry.frame / 2)
    return QRectF(left, round(geometry.y(owner)), round(geometry.frame), round(geometry.side))


def _paint_frame_of_playhead(painter: QPainter, scene: Scene) -> None:
    look = theme.current()
    assert scene.row is not None
    frame = playhead_rect(scene)
    picture = scene.thumbnails.get(scene.film.rows[scene.row].run, scene.index)
    if picture is None:
        painter.fillRect(frame, look.color("raised"))
    else:
        painter.drawPixmap(frame.topLeft(), picture)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(look.color("accent"), 2))
    painter.drawRoundedRect(frame.adjusted(-1, -1, 1, 1), 2, 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
