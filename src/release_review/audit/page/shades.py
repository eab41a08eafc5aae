"""Which shade a level has: its place among the levels that are known, so that any scale can be shown."""

from __future__ import annotations

from collections.abc import Sequence

UNKNOWN = "unknown"

_DARKEST_TO_LIGHTEST = 3


def shade_of(level: str, scale: Sequence[str]) -> str:
    """Give the shade of a level, in steps from 0 for the first of its scale to 3 for the last, or `unknown`."""
    if level == UNKNOWN:
        return UNKNOWN
    known = [word for word in scale if word != UNKNOWN]
    return str(round(_DARKEST_TO_LIGHTEST * known.index(level) / max(len(known) - 1, 1)))


def in_shades(scale: Sequence[str]) -> list[str]:
    """Give a scale in the order in which it is drawn: the levels that are known, and what is not known last."""
    return sorted(scale, key=lambda level: level == UNKNOWN)
