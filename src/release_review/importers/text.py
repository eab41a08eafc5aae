"""What the importers share: lines and columns, and the words of the errors they have in common."""

from __future__ import annotations

import re
from bisect import bisect_right

from release_review.errors import InputError
from release_review.model import Limits, Place, Span

QUOTED = 60
"""Characters of a file that an error quotes at most."""

TOO_LARGE = 1 << 64
"""Stands for an integer that is too long to convert; the check of the tree refuses it."""

INT64_DIGITS = 19
"""Digits of the largest integer of 64 bits."""


class Lines:
    """The way from offsets in a text to lines and columns, all in code points; a line ends at LF."""

    def __init__(self, text: str) -> None:
        """Index the lines of a text."""
        self._starts = [0, *(end.end() for end in re.finditer("\n", text))]

    def at(self, offset: int) -> tuple[int, int]:
        """Give line and column, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """Give the offset of a line and a column, both from 1."""
        return self._starts[line - 1] + column - 1

    def where(self, offset: int) -> str:
        """Give `LINE:COLUMN`, for an error."""
        line, column = self.at(offset)
        return f"{line}:{column}"

    def span(self, start: int, end: int) -> Span:
        """Give the stretch between two offsets."""
        line, column = self.at(start)
        end_line, end_column = self.at(end)
        return Span(line=line, column=column, end_line=end_line, end_column=end_column)

    def place(self, start: int, end: int, *, key: int | None = None) -> Place:
        """Give the place of a value whose key, if it has one, starts at `key`."""
        value = self.span(start, end)
        return Place(span=value if key is None else self.span(key, end), value=value)


def quote(text: str) -> str:
    """Quote a piece of a file for an error: short, and without anything that does not print."""
    return repr(text if len(text) <= QUOTED else text[:QUOTED] + "...")


def too_deep(limits: Limits, *, where: str = "") -> InputError:
    """Word the error of a document that nests too deep."""
    return InputError(f"nests deeper than {limits.depth} levels", where=where, hint="flatten the document")


def too_many(limits: Limits, *, where: str = "") -> InputError:
    """Word the error of a document of too many values."""
    return InputError(f"holds more than {limits.nodes:,} values", where=where, hint="split the file")


def written_twice(key: str, *, where: str, first: int | None = None) -> InputError:
    """Word the error of a key that occurs twice in one table; `first` is the line of its first occurrence."""
    before = "" if first is None else f", first on line {first}"
    return InputError(f"key {quote(key)} is written twice{before}", where=where, hint="keep one of the two")


def whole_number(digits: str, base: int = 10) -> int:
    """Convert a sign and digits, or give `TOO_LARGE` where there are too many: conversion takes quadratic time."""
    longest = INT64_DIGITS if base == 10 else 64  # noqa: PLR2004 - bits, the longest way to write 64 of them
    return int(digits, base) if len(digits.lstrip("+-0")) <= longest else TOO_LARGE
