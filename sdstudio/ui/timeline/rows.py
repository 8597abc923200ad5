"""The session's tree of runs -> the rows of the filmstrip."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from sdstudio.session.run_node import RunNode
from sdstudio.session.run_tree import RunTree
from sdstudio.ui.runs.telling import short_title, stop
from sdstudio.ui.timeline import telling
from sdstudio.ui.timeline.film import Film, Mark, Row


def film_of(tree: RunTree, selected: int | None) -> Film:
    """The selected run with all that it belongs to: its root's whole tree, or its family.

    A branch comes below the run whose step it grew from, those of later steps first, so
    that no joint crosses a frame.
    """
    line = tree.lineage(selected) if selected is not None else ()
    if not line:
        return Film()
    roots = tree.family(line[0].number) or line[:1]
    branches: dict[int, list[RunNode]] = {}
    for node in tree.nodes:
        if node.parent is not None:
            branches.setdefault(_grown_from(tree, node), []).append(node)
    rows: list[Row] = []

    def add(node: RunNode, joint: int | None) -> None:
        number = len(rows)
        rows.append(_row(node, joint, tree))
        for branch in sorted(
            branches.get(node.number, ()), key=lambda branch: (-branch.shared, branch.number)
        ):
            add(branch, number)

    for root in roots:
        add(root, None)
    return Film(tuple(rows))


def brought_up(film: Film, tree: RunTree) -> Film:
    """A film of the same runs with the steps that they have taken since."""
    rows = []
    for row in film.rows:
        node = tree.node(row.run)
        rows.append(row if node is None or node.steps is row.steps else _row(node, row.joint, tree))
    return Film(tuple(rows))


def _grown_from(tree: RunTree, node: RunNode) -> int:
    """The run that made the last step which a branch shares."""
    assert node.parent is not None
    above = tree.node(node.parent.run)
    while above is not None and above.parent is not None and above.shared >= node.shared:
        above = tree.node(above.parent.run)
    return above.number if above is not None else node.parent.run


def _row(node: RunNode, joint: int | None, tree: RunTree) -> Row:
    return Row(
        run=node.number,
        label=short_title(node),
        about=_about(node, tree.family(node.number)),
        first=node.shared if joint is not None else 0,
        count=node.count,
        steps=node.steps,
        marks=_marks(node, joint is not None),
        going=node.running,
        joint=joint,
    )


def _about(node: RunNode, family: tuple[RunNode, ...]) -> str:
    """What sets a run apart: a branch its change, a family's run its mix or word."""
    parts = [node.label] if node.name else []
    if node.parent is not None:
        first = [change for change in node.own_changes if change.step == node.shared]
        parts += [telling.change(change) for change in first] or [_tr("nothing changed")]
    elif node.family is not None:
        parts.append(stop(node, family))
    elif node.state == "stopped":
        parts.append(_tr("stopped"))
    if node.foreign:
        parts.append(_tr("another model"))
    return ", ".join(parts)


def _marks(node: RunNode, is_branch: bool) -> tuple[Mark, ...]:
    texts: dict[int, list[str]] = {}
    for change in node.own_changes if is_branch else node.changes:
        texts.setdefault(change.step, []).append(telling.change(change))
    return tuple(Mark(step, ", ".join(said)) for step, said in texts.items())


def _tr(text: str) -> str:
    return QCoreApplication.translate("Timeline", text)
