"""The anatomy of a step: one panel a file, all in one dock."""

from __future__ import annotations

__all__: list[str] = []
