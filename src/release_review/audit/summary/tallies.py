"""Counters that do not grow without end, and the shapes that a row of anybody's is held to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from release_review.claims import UNKNOWN

MOST_NAMES = 20_000
"""Different names, such as developers, that are told apart; those after them are counted together."""

_EXACT = 1e15
_LONG = 10_000

_INDEX = re.compile(r"/\d+(?=/|$)")
_YEAR = re.compile(r"\d{4}(?=-|$)")


class Tally:
    """Counts names by words, as far as there is room for new names.

    Attributes:
        left_out: What was counted of names for which there was no room.
    """

    def __init__(self, most: int = MOST_NAMES) -> None:
        self._found: dict[str, dict[str, int]] = {}
        self._most = most
        self.left_out = 0

    def add(self, name: str, word: str) -> None:
        """Count one."""
        words = self._found.get(name)
        if words is None:
            if len(self._found) >= self._most:
                self.left_out += 1
                return
            words = self._found[name] = {}
        words[word] = words.get(word, 0) + 1

    def items(self) -> Iterator[tuple[str, Mapping[str, int]]]:
        """Give each name with its counts, in the order of the names."""
        return iter(sorted(self._found.items()))

    def most_first(self) -> list[tuple[str, Mapping[str, int]]]:
        """Give the same, the most frequent first."""
        return sorted(self.items(), key=lambda each: -sum(each[1].values()))


def text(value: Any) -> str:
    """Give a text of a row.

    Raises:
        TypeError: It is none.
    """
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} is no text")
    return value


def text_or_none(value: Any) -> str | None:
    """Give a text of a row, or None where nothing is stated.

    Raises:
        TypeError: It is neither.
    """
    return None if value is None else text(value)


def year_of(date: str | None) -> str:
    """Give the year of a date; empty where there is none."""
    found = _YEAR.match(date or "")
    return found.group() if found else ""


def developer_of(release: str) -> str:
    """Give the developer of a release: the first part of its id, by which the sources of an audit are joined."""
    return release.partition("/")[0]


def field_of(pointer: str) -> str:
    """Give the field that a pointer leads to, for all places of a list at once: `access[].kind`."""
    return _INDEX.sub("[]", pointer).removeprefix("/").replace("/", ".").replace("~1", "/").replace("~0", "~")


def value_shown(value: Any) -> str:
    """Give a value of a fact as a text; a whole number is written without a fraction, and a long one in threes."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        value = int(value)
    if isinstance(value, int) and abs(value) >= _LONG:
        return f"{value:,}"
    return value if isinstance(value, str) else str(value)


def is_had(level: str, scale: Sequence[str]) -> bool:
    """Tell whether a level says that something is there, in full or in part: the last one that is known says no."""
    known = [each for each in scale if each != UNKNOWN]
    return level in (known[:-1] or known)
