"""What runs are called by their place: A, its branches A.1 and A.2, theirs A.1.1."""

from __future__ import annotations


class RunLabels:
    """Gives out labels in the order of birth."""

    def __init__(self) -> None:
        self._labels: dict[int, str] = {}
        self._places: dict[int, tuple[str, int]] = {}
        self._families: dict[int, set[int]] = {}

    def give(self, number: int, parent: int | None = None, family: int | None = None) -> str:
        """The label of a new run.

        Args:
            number: The new run.
            parent: The run it branched from.
            family: The first run of its batch, which may be the run itself.
        """
        above = self._labels.get(parent, "") if parent is not None else ""
        holder = number if family is None else family
        if holder not in self._places:
            index = 1 + max((i for place, i in self._places.values() if place == above), default=0)
            self._places[holder] = (above, index)
        index = self._places[holder][1]
        label = f"{above}.{index}" if above else letters(index)
        if family is not None:
            self._families.setdefault(family, set()).add(number)
            label += str(number - family + 1)
        self._labels[number] = label
        return label

    def take_back(self, number: int) -> None:
        """Let the label of a run that nobody will miss be given again."""
        self._labels.pop(number, None)
        for family, rows in self._families.items():
            rows.discard(number)
            if not rows:
                self._places.pop(family, None)
        self._families = {family: rows for family, rows in self._families.items() if rows}
        if number not in self._families:
            self._places.pop(number, None)


def letters(index: int) -> str:
    """The name of a column: 1 is A, 26 is Z, 27 is AA."""
    name = ""
    while index > 0:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
