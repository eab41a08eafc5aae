"""CSV as registries publish it: rows by the names of their columns, one at a time, none lost with another.

The text is cut into records first, and each record is read by itself: what is wrong with one, such as a cell too long
for the reader of the standard library, leaves the next one as it is.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from release_review.errors import InputError
from release_review.files import decode, read_file
from release_review.hooks import Unread
from release_review.importers.text import quote
from release_review.model import Limits

FILE_BYTES = 64 << 20
"""Size of the largest table that is read, in bytes. The largest that was seen has 2.3 MB."""

ROW_CHARACTERS = 4 << 20
"""Length of the longest row that is read, in code points: each comma of it becomes a cell."""

_QUOTED = '"[^"]*+(?:""[^"]*+)*+(?:"[^,\r\n]*+|\\Z)'
_FIELD = rf'(?:{_QUOTED}|[^",\r\n][^,\r\n]*+|)'
_RECORD = re.compile(rf"{_FIELD}(?:,{_FIELD})*+")
_BLANK = re.compile(r"[\r\n]++")
_UNCLOSED = "unexpected end of data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table.

    Attributes:
        line: The line it begins on, from 1.
        origin: `FILE:LINE`, with the file as the caller wrote it.
        cells: What it has in each column that is used, with blanks around it left out; a column that the table does
            not have is empty.
    """

    line: int
    origin: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table that was opened.

    Attributes:
        name: The file as the caller wrote it.
        header: The names of its columns, with blanks around them left out.
    """

    name: str
    header: Sequence[str]
    _text: str
    _below: _Record
    _limits: Limits

    def rows(self, used: Collection[str]) -> Iterator[Row | Unread]:
        """Give the rows from top to bottom, each with the columns that are used; an empty row is left out."""
        places = {column: self.header.index(column) for column in used if column in self.header}
        for number, record in enumerate(_records(self._text, self._below.end, self._below.end_line)):
            origin = f"{self.name}:{record.line}"
            if number == self._limits.nodes:
                yield _too_many(origin, self._limits)
                return
            try:
                cells = _cells(record, origin)
                if not any(cell.strip() for cell in cells):
                    continue
                _check_width(cells, len(self.header), record, origin)
                found = {column: _cell(cells[place], column, origin, self._limits) for column, place in places.items()}
            except InputError as error:
                yield Unread(origin=origin, error=error)
                continue
            yield Row(line=record.line, origin=origin, cells={column: found.get(column, "") for column in used})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """A stretch of the text that is one record: where it begins and ends, and the line of what comes next."""

    text: str
    line: int
    end: int
    end_line: int


def open_table(path: Path, limits: Limits, *, needs: Collection[str] = ()) -> Table:
    """Open a table.

    Args:
        path: The file.
        limits: Bounds on what comes from outside; a table may be larger than a manifest.
        needs: Columns without which it is another table.

    Raises:
        InputError: There is no such file, it is too large, no UTF-8, empty, too wide, or lacks one of the columns.
    """
    name = str(path)
    larger = dataclasses.replace(limits, file_bytes=max(limits.file_bytes, FILE_BYTES))
    text = decode(read_file(path, larger), name)
    for record in _records(text, 0, 1):
        where = f"{name}:{record.line}"
        header = [column.strip() for column in _cells(record, where)]
        if any(header):
            _check_header(header, needs, where, limits)
            return Table(name=name, header=header, _text=text, _below=record, _limits=limits)
    raise InputError("is empty", where=name, hint="name a CSV file with a header")


def _records(text: str, start: int, line: int) -> Iterator[_Record]:
    """Cut a text into records at the ends of lines that stand in no quotes; blank lines are none."""
    while start < len(text):
        if blank := _BLANK.match(text, start):
            start, line = blank.end(), line + _line_ends(blank[0])
            continue
        found = _RECORD.match(text, start)
        stop = found.end() if found else start  # the pattern matches whatever stands there
        end = stop + (2 if text.startswith("\r\n", stop) else 1)
        after = line + _line_ends(text[start:stop]) + 1
        yield _Record(text=text[start:stop], line=line, end=end, end_line=after)
        start, line = end, after


def _line_ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _too_many(origin: str, limits: Limits) -> Unread:
    what = f"begins row {limits.nodes + 1:,}, and more are not read"
    return Unread(origin=origin, error=InputError(what, where=origin, hint="split the table"))


def _cells(record: _Record, where: str) -> list[str]:
    if "\0" in record.text:
        raise InputError("holds the character NUL", where=where, hint="remove it")
    if len(record.text) > ROW_CHARACTERS:
        what = f"the row is longer than the limit of {ROW_CHARACTERS:,} characters"
        raise InputError(what, where=where, hint="shorten it; look for a quote that is not closed")
    try:
        read = [*csv.reader(io.StringIO(record.text, newline=""), strict=True)]
    except csv.Error as error:
        if _UNCLOSED in str(error):
            hint = "close the quote; nothing below it could be read"
            raise InputError("opens a quote that is never closed", where=where, hint=hint) from None
        raise InputError(f"is not CSV: {error}", where=where, hint="correct the row") from None
    return read[0] if read else []


def _check_header(header: Sequence[str], needs: Collection[str], where: str, limits: Limits) -> None:
    if len(header) > limits.items:
        raise InputError(f"has more than {limits.items:,} columns", where=where, hint="split the table")
    for column in needs:
        if column not in header:
            hint = f"name a table with the columns {', '.join(needs)}"
            raise InputError(f"has no column {quote(column)}", where=where, hint=hint)
        if header.count(column) > 1:
            raise InputError(f"has the column {quote(column)} twice", where=where, hint="keep one of the two")


def _check_width(cells: Sequence[str], width: int, record: _Record, where: str) -> None:
    if len(cells) == width:
        return
    lines = _line_ends(record.text) + 1
    over = f", over {lines:,} lines" if lines > 1 else ""
    what = f"has {len(cells):,} cells{over}, and the header has {width:,}"
    raise InputError(what, where=where, hint="correct the row; look for a quote that is not closed")


def _cell(text: str, column: str, where: str, limits: Limits) -> str:
    if len(text) > limits.string_characters:
        what = f"the cell {quote(column)} is longer than the limit of {limits.string_characters:,} characters"
        raise InputError(what, where=where, hint="shorten it")
    return text.strip()
