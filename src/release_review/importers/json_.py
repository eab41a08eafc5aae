"""JSON, strictly by RFC 8259: unique keys, no comments, no trailing commas.

The standard library reads the data. It knows neither a bound nor a place, so the nesting is counted
before it runs, and a scan of our own finds the places afterwards.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from release_review.errors import InputError
from release_review.importers.text import Lines, too_deep, whole_number, written_twice
from release_review.model import Limits, Place
from release_review.pointer import pointer_to

_STRING = r'"(?:[^"\\]++|\\.)*+"'
_BRACKET = re.compile(rf'{_STRING}|(?P<open>[\[{{])|(?P<close>[\]}}])|(?P<broken>")', re.DOTALL)
_ESCAPE = re.compile(r"\\.", re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_TOKEN = re.compile(rf'{_STRING}|[\[\]{{}}:,]|[^\s\[\]{{}}:,"]++', re.DOTALL)
_TRAILING_COMMA = re.compile(r",[ \t\r\n]*+[\]}]\Z")

_PROBLEMS = {
    "Unterminated string starting at": "text is not closed",
    "Extra data": "something follows the end of the document",
}
"""What the standard library says in its own words."""


class _DuplicateKeyError(Exception):
    """A table holds a key twice; where, the scan of the places tells."""


def read(text: str, limits: Limits) -> Any:
    """Read JSON.

    Raises:
        InputError: The text is no JSON, nests too deep, or has a key twice.
    """
    _check_depth(text, limits)
    try:
        # NaN and Infinity go on as numbers: the check of the tree refuses them, and knows their place.
        return json.loads(text, object_pairs_hook=_table, parse_int=whole_number)
    except json.JSONDecodeError as error:
        if comma := _TRAILING_COMMA.search(text[: error.pos + 1]) or _TRAILING_COMMA.match(text, error.pos):
            where = Lines(text).where(comma.start())
            raise InputError("is not JSON: a comma stands before } or ]", where=where, hint="remove it") from None
        problem = _PROBLEMS.get(error.msg) or error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
        hint = "correct the JSON here; comments, trailing commas and single quotes are not part of it"
        raise InputError(f"is not JSON: {problem}", where=f"{error.lineno}:{error.colno}", hint=hint) from None
    except _DuplicateKeyError:
        find_places(text)  # raises what names the key and both lines
        raise


def find_places(text: str) -> Mapping[str, Place]:
    """Give the place of every value of a text that `read` accepts.

    Raises:
        InputError: A table has a key twice.
    """
    lines = Lines(text)
    tokens = _TOKEN.finditer(text)
    offsets: dict[str, _Offsets] = {}
    _walk(next(tokens), tokens, "", offsets, lines)
    return _Places(offsets, lines)


_Offsets = tuple[int, int, int | None]
"""Where a value starts and ends, and where its key starts, if it has one."""


class _Places(Mapping[str, Place]):
    """Places whose lines and columns are counted when somebody asks for them."""

    def __init__(self, offsets: Mapping[str, _Offsets], lines: Lines) -> None:
        self._offsets = offsets
        self._lines = lines

    def __getitem__(self, pointer: str) -> Place:
        start, end, key = self._offsets[pointer]
        return self._lines.place(start, end, key=key)

    def __contains__(self, pointer: object) -> bool:
        return pointer in self._offsets

    def __iter__(self) -> Iterator[str]:
        return iter(self._offsets)

    def __len__(self) -> int:
        return len(self._offsets)


def _check_depth(text: str, limits: Limits) -> None:
    """Bound the nesting before a parser follows it: quickly where it is surely shallow, else bracket by bracket."""
    unescaped = _ESCAPE.sub("", text) if "\\" in text else text
    between_strings = "".join(unescaped.split('"')[::2])
    brackets = between_strings.encode("utf-8", "surrogatepass").translate(None, _NO_BRACKETS)
    for _ in range(limits.depth // 2):
        if not brackets:
            return
        # Each replacement takes off the innermost pairs, and thereby at most one level.
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    _count_depth(text, limits)


def _count_depth(text: str, limits: Limits) -> None:
    depth = 0
    for token in _BRACKET.finditer(text):
        if token["broken"]:  # a string without an end: the parser stops here too
            return
        depth += bool(token["open"]) - bool(token["close"])
        if depth > limits.depth:
            raise too_deep(limits, where=Lines(text).where(token.start()))


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise _DuplicateKeyError
    return table


def _walk(
    opening: re.Match[str], tokens: Iterator[re.Match[str]], pointer: str, places: dict[str, _Offsets], lines: Lines
) -> int:
    """Find the places below the value that starts with `opening`, and give the offset of its end."""
    if opening[0] not in {"[", "{"}:
        return opening.end()
    count = 0
    keys: dict[str, int] = {}
    for token in tokens:
        if token[0] in {"]", "}"}:
            return token.end()
        if token[0] == ",":
            continue
        if opening[0] == "[":
            step, value, key = str(count), token, None
            count += 1
        else:
            name, key = token[0], token.start()
            step = json.loads(name) if "\\" in name else name[1:-1]
            if step in keys:
                raise written_twice(step, where=lines.where(key), first=lines.at(keys[step])[0])
            keys[step] = key
            next(tokens)  # the colon
            value = next(tokens)
        below = pointer + pointer_to(step)
        end = _walk(value, tokens, below, places, lines)
        places[below] = (value.start(), end, key)
    return opening.end()  # pragma: no cover - a text that parses closes what it opens
