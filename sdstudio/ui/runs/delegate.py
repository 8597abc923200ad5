"""Paints one run of the tree: its picture, its name, what it is, how it stands."""

from __future__ import annotations

import re

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QPixmap, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from sdstudio.ui import theme
from sdstudio.ui.icons import icon
from sdstudio.ui.runs.model import Role

THUMBNAIL = 48
"""Side of the square that the small picture stands in, in pixels at 100% text."""

_LINES = 2
_NARROW = 208


class RunDelegate(QStyledItemDelegate):
    """Each row is as high as every other, so that 500 of them scroll at once."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Room for the small picture or three lines of text, whichever is higher; see Qt."""
        look = theme.current()
        line = QFontMetrics(look.font()).height()
        height = max(look.px(THUMBNAIL + 16), (1 + _LINES) * line + look.px(16))
        return QSize(look.px(160), height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a row; see Qt."""
        look = theme.current()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.color("hover"))
            painter.fillRect(
                rect.left(), rect.top(), look.px(3), rect.height(), look.color("accent")
            )
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look.color("raised"))
        if (
            state & QStyle.StateFlag.State_HasFocus
            and state & QStyle.StateFlag.State_KeyboardFocusChange
        ):
            painter.setPen(QPen(look.color("accent"), 1))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        self._paint_thumbnail(painter, rect, index.data(Role.THUMBNAIL))
        self._paint_text(painter, self.text_rect(rect), index)
        painter.restore()

    def text_rect(self, rect: QRect) -> QRect:
        """Where a row's text stands."""
        px = theme.current().px
        return rect.adjusted(px(8) + self._side(rect) + px(8), px(7), -px(12), -px(7))

    def _side(self, rect: QRect) -> int:
        """Side of the small picture; a narrow row gives more of itself to the words."""
        px = theme.current().px
        return px(THUMBNAIL if rect.width() >= px(_NARROW) else THUMBNAIL // 2)

    def createEditor(
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> QWidget:
        """A line to write the name in; see Qt."""
        editor = QLineEdit(parent)
        editor.setMaxLength(80)
        editor.setPlaceholderText(self.tr("Name of this run"))
        editor.setAccessibleName(self.tr("Name of this run"))
        return editor

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        """Begin with the present name; see Qt."""
        assert isinstance(editor, QLineEdit)
        editor.setText(str(index.data(Qt.ItemDataRole.EditRole) or ""))
        editor.selectAll()

    def setModelData(
        self,
        editor: QWidget,
        model: QAbstractItemModel,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Take the new name; see Qt."""
        assert isinstance(editor, QLineEdit)
        model.setData(index, editor.text(), Qt.ItemDataRole.EditRole)

    def updateEditorGeometry(
        self,
        editor: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Put the line where the title stands; see Qt."""
        area = self.text_rect(option.rect)
        height = editor.sizeHint().height()
        editor.setGeometry(area.left(), area.top(), area.width(), height)

    def _paint_thumbnail(self, painter: QPainter, rect: QRect, pixmap: QPixmap | None) -> None:
        look = theme.current()
        side = self._side(rect)
        top = rect.top() + (rect.height() - side) // 2
        place = QRect(rect.left() + look.px(8), top, side, side)
        if pixmap is None or pixmap.isNull():
            painter.setPen(QPen(look.color("line"), 1))
            painter.drawRect(place.adjusted(0, 0, -1, -1))
            return
        size = pixmap.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(0, 0, size.width(), size.height())
        target.moveCenter(place.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(target, pixmap)

    def _paint_text(
        self, painter: QPainter, area: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        look = theme.current()
        font = look.font()
        metrics = QFontMetrics(font)
        line = metrics.height()
        state = str(index.data(Role.STATE) or "")
        *first, last = str(index.data(Role.ORIGIN) or "").split("\n")
        said = [*first, " · ".join(part for part in (state, last) if part)]
        lines = _wrapped(said, font, area.width())
        top = area.top() + (area.height() - line * (1 + len(lines))) // 2
        right = self._paint_marks(painter, QRect(area.left(), top, area.width(), line), index)
        bold = QFont(font)
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        painter.setPen(look.color("text"))
        room = right - area.left()
        title = QFontMetrics(bold).elidedText(
            str(index.data(Role.TITLE)), Qt.TextElideMode.ElideRight, room
        )
        painter.drawText(QRect(area.left(), top, room, line), _MIDDLE, title)
        painter.setFont(font)
        painter.setPen(look.color("muted"))
        for number, text in enumerate(lines, 1):
            place = QRect(area.left(), top + number * line, area.width(), line)
            painter.drawText(place, _MIDDLE, text)

    def _paint_marks(
        self, painter: QPainter, line: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> int:
        """Paint what stands at the right of the title; the answer is where it begins."""
        look = theme.current()
        right = line.right() + 1
        side = look.px(14)
        for role, drawing, colour in (
            (Role.PINNED, "pin", "accent_text"),
            (Role.FOREIGN, "warning", "warning"),
        ):
            if index.data(role):
                right -= side
                top = line.top() + (line.height() - side) // 2
                icon(drawing, colour).paint(painter, QRect(right, top, side, side))
                right -= look.px(4)
        return right


_MIDDLE = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def _wrapped(paragraphs: list[str], font: QFont, width: int) -> list[str]:
    """A text in at most two lines; what does not fit ends in …, the tooltip has it all."""
    metrics = QFontMetrics(font)
    # A number stays on the line of the word that it belongs to.
    paragraphs = [re.sub(r" (?=[\d→])", "\u00a0", paragraph) for paragraph in paragraphs]
    lines: list[str] = []
    for number, paragraph in enumerate(paragraphs):
        room = _LINES - len(lines) - (len(paragraphs) - 1 - number)
        lines += _broken(paragraph, font, width, max(1, room))
    return [metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in lines]


def _broken(text: str, font: QFont, width: int, most: int) -> list[str]:
    """A paragraph in at most so many lines, the last with all that is left."""
    layout = QTextLayout(text, font)
    layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
    layout.beginLayout()
    lines: list[str] = []
    while len(lines) < most:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        start = line.textStart()
        is_last = len(lines) == most - 1
        rest = text[start:] if is_last else text[start : start + line.textLength()]
        lines.append(rest.strip(" ·"))
    layout.endLayout()
    return lines
