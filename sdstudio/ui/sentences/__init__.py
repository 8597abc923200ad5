"""The sentence of every problem's code, as templates over the problem's values.

Of a code's templates the first is used whose values the problem has. ``{label}`` is what the
window calls the problem's field. Where a problem has a ``reason`` that is itself a code, the
entry ``code/reason`` goes before ``code``. Codes are raised below the window; a test greps
the sources and fails for one that has no sentence here.
"""

from __future__ import annotations

from sdstudio.ui.sentences import (
    drawings,
    files,
    hub,
    memory,
    models,
    pictures,
    requests,
    runs,
)

_PARTS = (requests, pictures, models, memory, hub, runs, files, drawings)


def sentences() -> dict[str, tuple[str, ...]]:
    """Templates by code, in the language that is set."""
    return {code: templates for part in _PARTS for code, templates in part.sentences().items()}
