"""The menu bar."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from sdstudio.ui.actions import Actions


def fill(
    bar: QMenuBar,
    actions: Actions,
    recent: QMenu,
    panels: Iterable[QAction],
    timeline: Iterable[QAction | None],
    anatomy: Iterable[QAction],
) -> None:
    """Put the menus into a menu bar.

    Args:
        bar: An empty menu bar.
        actions: What the menus offer.
        recent: Files opened or saved.
        panels: Actions that show and hide the panels.
        timeline: What the timeline can be told to do, None for a line between.
        anatomy: Actions that choose what is looked at in a step.
    """
    runs, models = actions.runs, actions.models
    _add(
        bar.addMenu(_tr("&File")),
        actions.open_picture,
        actions.open_settings,
        runs.open,
        recent.menuAction(),
        None,
        actions.save,
        actions.copy,
        None,
        runs.save,
        runs.export_menu(bar).menuAction(),
        None,
        actions.quit,
    )
    _add(bar.addMenu(_tr("&Edit")), actions.undo, actions.redo)
    draw = actions.draw
    drawings = (draw.toggle, None, draw.new, draw.older, None)
    _add(bar.addMenu(_tr("&Drawing")), *drawings, draw.open, draw.paste, None, draw.export)
    view = bar.addMenu(_tr("&View"))
    _add(view, actions.fit, actions.actual_size, actions.zoom_in, actions.zoom_out)
    _add(view, actions.pixels, None)
    _add(view.addMenu(_tr("&Theme")), *actions.modes.actions())
    _add(view.addMenu(_tr("Te&xt size")), *actions.text_sizes.actions())
    _add(view.addMenu(_tr("Pa&nels")), *panels)
    _add(view.addMenu(_tr("T&imeline")), *timeline)
    _add(view.addMenu(_tr("&Anatomy of a step")), *anatomy)
    _add(view, None, actions.full_screen)
    _add(
        bar.addMenu(_tr("&Run")),
        actions.generate,
        actions.stop,
        None,
        actions.live,
        None,
        runs.compare,
        runs.use,
        runs.rename,
        runs.pin,
        runs.delete,
        None,
        models.choose,
        models.open_folder,
        models.open_file,
        models.from_hub,
        models.autoencoder,
        models.own_autoencoder,
        models.inversions,
        models.details,
        None,
        models.optimise,
        models.exact,
        models.reload,
    )
    _add(
        bar.addMenu(_tr("&Help")),
        actions.tour,
        None,
        actions.shortcuts,
        actions.logs,
        None,
        actions.about,
    )


def _add(menu: QMenu, *actions: QAction | None) -> None:
    for action in actions:
        if action is None:
            menu.addSeparator()
        else:
            menu.addAction(action)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Menus", text)
