"""A manifest as TOML, laid out as somebody writes it: an annotated value stands in its line, a record under `[[...]]`.

The TOML libraries that write leave no choice between a table of its own and one in a line, and a manifest in which
each fact takes four lines is read by nobody. Whoever calls this reads the text back and compares.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from release_review.escape import toml_string

WIDTH = 100
"""Columns beyond which a list has a line for each of its items."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

_ANNOTATION = frozenset({"value", "source", "evidence", "note", "conflicts"})
"""The keys of an annotated value; any other table gets a header."""


def toml_text(data: Mapping[str, Any], *, comment: Sequence[str] = ()) -> str:
    """Write a tree of plain JSON data, without null, as a TOML document.

    Args:
        data: The tree; its nesting is bounded.
        comment: Lines on top, without `#`, harmless already.

    Raises:
        TypeError: There is a value that TOML does not have.
    """
    lines = [*(f"# {line}".rstrip() for line in comment), ""]
    body = "\n".join(_table(data, ())).lstrip("\n")
    return "\n".join([*lines, body] if comment else [body]) + ("\n" if body else "")


def inline(value: Any, *, bare_days: bool = False) -> str:
    """Write a value in one line.

    Args:
        value: A tree of plain JSON data, without null, that may have days in it.
        bare_days: Whether a text that is a day of the calendar is written as one, without quotes, as somebody does.

    Raises:
        TypeError: There is a value that TOML does not have.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int() | dt.date():
            return str(value)
        case float():
            return repr(value).replace("e+", "e")
        case str():
            return value if bare_days and _is_day(value) else toml_string(value)
        case Mapping():
            pairs = ", ".join(f"{toml_key(key)} = {inline(each, bare_days=bare_days)}" for key, each in value.items())
            return f"{{ {pairs} }}" if pairs else "{}"
        case list() | tuple():
            return f"[{', '.join(inline(each, bare_days=bare_days) for each in value)}]"
    raise TypeError(f"TOML has no {type(value).__name__}")


def toml_key(key: str) -> str:
    """Write a key, in quotes where it needs them."""
    return key if _BARE_KEY.fullmatch(key) else toml_string(key)


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Write what a table holds: first what stands in a line, for whatever follows a header belongs to it."""
    for key, value in table.items():
        if not _has_header(value):
            yield f"{toml_key(key)} = {_value(value, len(toml_key(key)) + 3)}"
    for key, value in table.items():
        inner = (*path, key)
        if not _has_header(value):
            continue
        name = ".".join(toml_key(part) for part in inner)
        if isinstance(value, Mapping):
            if not value or not all(_has_header(each) for each in value.values()):
                yield from ("", f"[{name}]")
            yield from _table(value, inner)
            continue
        for record in value:
            yield from ("", f"[[{name}]]")
            yield from _table(record, inner)


def _has_header(value: Any) -> bool:
    if isinstance(value, Mapping):
        return not _is_annotated(value)
    return _is_list(value) and bool(value) and all(isinstance(each, Mapping) and _has_header(each) for each in value)


def _is_annotated(table: Mapping[str, Any]) -> bool:
    return "value" in table and table.keys() <= _ANNOTATION


def _value(value: Any, column: int) -> str:
    """Write a value in one line, or a list that is too long for it in several."""
    line = inline(value)
    if not _is_list(value) or column + len(line) <= WIDTH:
        return line
    return "\n".join(["[", *(f"    {inline(item)}," for item in value), "]"])


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
