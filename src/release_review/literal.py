"""Where each character of a TOML string stands in its file, so that an error can point into it."""

from __future__ import annotations

import re

from release_review.errors import Excerpt
from release_review.model import Origin, Place

_ESCAPES = {"u": 4, "U": 8, "x": 2}
_TRIMMED = re.compile(r"(?:\\[ \t]*\n[ \t\n]*)+")


def where_in_string(origin: Origin | None, key: str, offset: int, *, otherwise: str) -> str:
    """Give `FILE:LINE:COLUMN` of an offset in a string of a policy file.

    Args:
        origin: Where the rule or assessment is written.
        key: Pointer of the string, from there.
        offset: Offset in the string, in code points.
        otherwise: What to give for a rule that is written in no file.
    """
    if origin is None:
        return otherwise
    place = origin.document.places.get(origin.pointer + key)
    if place is None:
        return origin.document.where(origin.pointer + key)
    line, column = _line_and_column(origin, place, offset)
    return f"{origin.document.name}:{line}:{column}"


def excerpt_of_string(origin: Origin | None, key: str, start: int, end: int) -> Excerpt | None:
    """Give the line in which a part of a string of a policy file begins; None where there is none.

    Args:
        origin: Where the rule or assessment is written.
        key: Pointer of the string, from there.
        start: Offset of the part in the string, in code points.
        end: Offset behind it; what stands on further lines is left out.
    """
    place = origin.document.places.get(origin.pointer + key) if origin is not None else None
    if origin is None or place is None:
        return None
    line, column = _line_and_column(origin, place, start)
    last, behind = _line_and_column(origin, place, end, behind=True)
    text = origin.document.lines[line - 1]
    return Excerpt(line, text, column - 1, behind - 1 if last == line else len(text))


def _line_and_column(origin: Origin, place: Place, offset: int, *, behind: bool = False) -> tuple[int, int]:
    """Give line and column, from 1, of an offset in the string at a place; or of what is behind the one before."""
    value = place.value
    lines = origin.document.lines[value.line - 1 : value.end_line]
    raw = "\n".join(lines)[value.column - 1 :]
    at = _offset_in_literal(raw, offset, behind=behind)
    before = raw[:at]
    if "\n" in before:
        return value.line + before.count("\n"), at - before.rfind("\n")
    return value.line, value.column + at


def _offset_in_literal(raw: str, offset: int, *, behind: bool) -> int:
    """Give the offset in the raw literal of an offset in its value."""
    quote = raw[:3] if raw[:3] in ('"""', "'''") else raw[:1]
    at = len(quote)
    if len(quote) > 1:
        at += raw.startswith("\n", at)
    if quote[0] == "'":
        return at + offset
    for _ in range(offset):
        at = _behind_trimmed(raw, at)
        at += 2 + _ESCAPES.get(raw[at + 1], 0) if raw[at] == "\\" else 1
    return at if behind else _behind_trimmed(raw, at)


def _behind_trimmed(raw: str, at: int) -> int:
    """Pass over line-ending backslashes and the blanks they take away."""
    trimmed = _TRIMMED.match(raw, at)
    return trimmed.end() if trimmed else at
