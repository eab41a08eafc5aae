"""TOML: tomli reads the data, tree-sitter finds the places, and neither sees a text that is out of bounds."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from release_review.errors import InputError
from release_review.importers.text import Lines, quote
from release_review.importers.toml_lexer import check_bounds, statement_at
from release_review.model import Limits, Place
from release_review.pointer import pointer_to

_TWICE = ("Cannot overwrite", "Cannot declare", "Cannot mutate", "Duplicate")
"""How tomli begins to speak of a table or a key that is defined again."""

_DAY = re.compile(
    r"[^#\"']*[=\[,]\s*(?:[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}|[0-9]{1,2}([-/.])[0-9]{1,2}\2[0-9]{4})(?![0-9])"
)
_MONTH = re.compile(r"[^#\"']*[=\[,]\s*([0-9]{4}-[0-9]{2})\s*(?:[#,}\]]|$)")
"""Lines with a day that is no date of TOML, or with a month, which TOML does not know."""

_UNCLOSED = frozenset(
    {
        "Unterminated string",
        "Illegal character '\\n'",
        "Found invalid character '\\n'",
        'Expected "\'"',
        "Expected \"'''\"",
    }
)
"""What tomli says of a text without an end."""


def read(text: str, limits: Limits) -> Any:
    """Read TOML; dates and instants become ISO 8601 strings.

    Raises:
        InputError: The text is no TOML, goes over a limit, or holds a time that belongs to no time zone.
    """
    import tomli

    check_bounds(text, limits)
    try:
        data = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise _explain(text, error.msg, error.lineno, error.colno) from None
    if problems := _write_dates(data):
        places = find_places(text)
        raise InputError.join(_locate(problem, pointer, hint, places) for pointer, problem, hint in problems)
    return data


def find_places(text: str) -> Mapping[str, Place]:
    """Give the place of every value of a text that was read."""
    from release_review.importers import toml_places  # fifteen milliseconds, only when something is shown

    return toml_places.find_places(text)


def _explain(text: str, problem: str, line: int, column: int) -> InputError:
    lines = Lines(text)
    if problem.startswith(_TWICE):
        # tomli knows where the statement ends, and not what it repeats.
        from release_review.importers.toml_places import find_repeated

        if repeated := find_repeated(text):
            return repeated
        # It reads CRLF as LF, so line and column hold where its offset does not.
        start, name = statement_at(text, lines.offset(line, column))
        what = f"{quote(name)} changes what is already defined"
        from release_review.importers.toml_places import find_earlier

        hint = "define each table and key once"
        if earlier := find_earlier(text[:start], name):
            what += f" on line {earlier}"
            if text.split("\n")[earlier - 1].strip() == name[1:-1]:  # [case] above, and [[case]] here
                hint = f"write line {earlier} as {name}, too"
        return InputError(what, where=lines.where(start), hint=hint)
    if problem in _UNCLOSED:
        return _unclosed(text, lines, line, column)
    what = f"is not TOML: {problem[:1].lower()}{problem[1:]}"
    return InputError(what, where=f"{line}:{column}", hint=_way_out(text.split("\n")[line - 1], problem))


def _unclosed(text: str, lines: Lines, line: int, column: int) -> InputError:
    """Tell of a text without an end; one in three quotes runs to the end of the file, so it is told where it opens."""
    where, what = f"{line}:{column}", "is not TOML: text is not closed"
    start, name = statement_at(text, len(text))
    quotes = re.search("\"{3}|'{3}", text[start:])
    if quotes is None or lines.offset(line, column) < len(text.rstrip("\n")):
        return InputError(what, where=where, hint="end it with a quote")
    opened = start + quotes.start()
    name = f" of {quote(name)}" if "=" in text[start:opened] else ""
    return InputError(
        f"is not TOML: the text{name} is not closed", where=lines.where(opened), hint=f"end it with {quotes[0]}"
    )


def _way_out(line: str, problem: str = "") -> str:
    if problem.startswith("Invalid initial character for a key part"):
        return 'a key has letters, digits, `_` and `-`; put any other in quotes, as in "/release/date"'
    if _DAY.match(line):
        return "write days as 2024-03-01"
    if month := _MONTH.match(line):
        return f'put a month in quotes, as in "{month[1]}"'
    return "correct the TOML here; text is written in quotes"


def _write_dates(data: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Replace dates and instants by ISO 8601 strings; give pointer, problem and hint of a time without a zone."""
    problems = []
    tables: list[tuple[str, Any]] = [("", data)]
    while tables:
        pointer, table = tables.pop()
        for step, value in [*_entries(table)]:
            if isinstance(value, dict | list):
                tables.append((pointer + pointer_to(step), value))
            elif isinstance(value, dt.datetime) and value.tzinfo is None:
                hint = "add `Z` or an offset such as `+02:00`, or write the date alone"
                problems.append((pointer + pointer_to(step), "date-time has no time zone", hint))
            elif isinstance(value, dt.time):
                hint = "write a date, or put the time in quotes"
                problems.append((pointer + pointer_to(step), "time of day has no date", hint))
            elif isinstance(value, dt.date):  # date-times are dates too
                table[step] = value.isoformat().replace("+00:00", "Z")
    return problems


def _entries(table: dict[str, Any] | list[Any]) -> Iterator[tuple[str | int, Any]]:
    return iter(table.items()) if isinstance(table, dict) else enumerate(table)


def _locate(problem: str, pointer: str, hint: str, places: Mapping[str, Place]) -> InputError:
    place = places.get(pointer)
    where = f"{place.value.line}:{place.value.column}" if place else ""
    return InputError(problem, where=where, hint=hint)
