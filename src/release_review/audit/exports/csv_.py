"""One line for each release, for spreadsheets. Each line of the file is a row; texts cannot become formulas."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any, BinaryIO

from release_review.audit.exports.columns import Column, Type, columns_of
from release_review.audit.exports.told import UNFINISHED, Told
from release_review.escape import MESSAGE_CHARACTERS, csv
from release_review.reporters.layout import cut

CELL_CHARACTERS = 8_000
"""How much of one list stands in a cell, in code points; Excel takes 32,767, and an escape may be six of them."""

_END = "\r\n"
_BETWEEN = "; "
_AT_ONCE = 256


def write(told: Told, stream: BinaryIO) -> None:
    """Write the header and the rows; where the audit did not come to its end, a last row says so."""
    columns = columns_of(told.ledger.meta["definitions"])
    lines = [_line([column.name for column in columns])]
    for row in told.ledger.rows():
        lines.append(_line([_cell(column, column.value(row)) for column in columns]))
        if len(lines) == _AT_ONCE:
            stream.write("".join(lines).encode())
            lines.clear()
    if not told.is_complete:
        said = {"verdict": "unfinished", "errors": UNFINISHED}
        lines.append(_line([said.get(column.name, "") for column in columns]))
    stream.write("".join(lines).encode())


def _line(cells: list[str]) -> str:
    return ",".join(csv(cell) for cell in cells) + _END


def _cell(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.type is Type.TEXTS:
        return _list(value)
    if column.type is Type.CHANNELS:
        return _list(map(_channel, value))
    return cut(str(value), MESSAGE_CHARACTERS)


def _list(texts: Any) -> str:
    return cut(_BETWEEN.join(cut(each, MESSAGE_CHARACTERS) for each in texts), CELL_CHARACTERS)


def _channel(channel: Mapping[str, Any]) -> str:
    days = ((word, channel[word]) for word in ("from", "until"))
    return ", ".join(
        chain(
            [f"{channel['id']}: {channel['kind']}", channel["audience"]],
            (f"{word} {day}" for word, day in days if day),
        )
    )
