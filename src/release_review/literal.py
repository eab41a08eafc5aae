"""Where each character of a TOML string stands in its file, so that an error can point into it."""

from __future__ import annotations

import re

from release_review.model import Origin

_ESCAPES = {"u": 4, "U": 8, "x": 2}
_TRIMMED = re.compile(r"\\[ \t]*\r?\n[ \t\r\n]*")


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
    lines = [f"{line}\n" for line in origin.document.text.split("\n")]
    head = lines[place.value.line - 1][place.value.column - 1 :]
    raw = head + "".join(lines[place.value.line :])
    at = _offsets(raw, offset)
    before = raw[:at]
    line = place.value.line + before.count("\n")
    column = at - before.rfind("\n") if "\n" in before else place.value.column + at
    return f"{origin.document.name}:{line}:{column}"


def _offsets(raw: str, offset: int) -> int:
    """Give the offset in the raw literal of an offset in its value."""
    quote = raw[:3] if raw[:3] in ('"""', "'''") else raw[:1]
    at = len(quote)
    if len(quote) > 1:
        at += len(re.match(r"\r?\n|", raw[at:])[0])  # type: ignore[index]  # it matches the empty text too
    for _ in range(offset):
        if quote[0] == '"' and (trimmed := _TRIMMED.match(raw, at)):
            at = trimmed.end()
        if quote[0] == '"' and raw[at] == "\\":
            at += 2 + _ESCAPES.get(raw[at + 1], 0)
        else:
            at += 2 if raw.startswith("\r\n", at) else 1
    return at
