"""The last check of a document: whatever parser built it, the tree is plain JSON data within bounds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from release_review.importers.text import quote
from release_review.model import Limits
from release_review.pointer import pointer_to

INT64 = range(-(1 << 63), 1 << 63)

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing in a tree that may not be there.

    Attributes:
        what: What is wrong, in one present-tense clause.
        hint: What to do next.
        pointer: Where; None for the document as a whole, whose places are not safe to look for.
    """

    what: str
    hint: str
    pointer: str | None = None


def find_faults(data: Any, limits: Limits) -> Iterator[Fault]:
    """Look at every value and key of a tree, without recursion; the first bound that is exceeded ends the search."""
    if not _is_surely_sound(data, limits):
        yield from _search(data, limits)


def _is_surely_sound(data: Any, limits: Limits) -> bool:
    """Tell in little time that a tree has no fault. It doubts whatever it does not know: the search decides that."""
    texts: list[Any] = []
    nodes, level, tables = 1, 1, [data]
    while tables:
        below: list[Any] = []
        for table in tables:
            if type(table) is dict:
                texts += table
                values: Iterable[Any] = table.values()
            elif type(table) is list:
                values = table
            else:
                return False
            nodes += len(table)
            if nodes > limits.nodes:
                return False
            for value in values:
                kind = type(value)
                if kind is str:
                    texts.append(value)
                elif kind is dict or kind is list:
                    below.append(value)
                elif not (value is None or kind is bool or _is_sound_number(value)):
                    return False
        if level > limits.depth:
            return False
        tables, level = below, level + 1
    return _are_sound_texts(texts, limits)


def _is_sound_number(value: Any) -> bool:
    return value in INT64 if type(value) is int else type(value) is float and math.isfinite(value)


def _are_sound_texts(texts: Sequence[Any], limits: Limits) -> bool:
    try:
        lengths = [len(text) for text in texts]
        # What an importer lets a file repeat may be far longer than the file.
        if max(lengths, default=0) > limits.string_characters or sum(lengths) > 4 * limits.file_bytes:
            return False
        together = "".join(texts)
        together.encode()
    except (TypeError, UnicodeEncodeError):  # a key that is no text, or half of a surrogate pair
        return False
    return "\0" not in together


def _search(data: Any, limits: Limits) -> Iterator[Fault]:
    if not isinstance(data, dict | list):
        yield from _place(_problems_of(data, limits), "")
        return
    nodes = 1
    waiting: list[tuple[str, dict[Any, Any] | list[Any], int]] = [("", data, 1)]
    while waiting:
        pointer, table, level = waiting.pop()
        nodes += len(table)
        if nodes > limits.nodes:
            yield Fault(what=f"holds more than {limits.nodes:,} values", hint="split the file")
            return
        if level > limits.depth:
            yield Fault(what=f"nests deeper than {limits.depth} levels", hint="flatten the document")
            return
        if isinstance(table, dict):
            for key in table:
                yield from _place(_problems_of_key(key, limits), pointer, key)
        for step, value in table.items() if isinstance(table, dict) else enumerate(table):
            if isinstance(value, dict | list):
                waiting.append((pointer + pointer_to(step), value, level + 1))
            else:
                yield from _place(_problems_of(value, limits), pointer, step)


def _place(problems: Iterable[tuple[str, str]], pointer: str, *steps: Any) -> Iterator[Fault]:
    for what, hint in problems:
        yield Fault(what=what, hint=hint, pointer=pointer + pointer_to(*steps))


def _problems_of(value: Any, limits: Limits) -> Iterable[tuple[str, str]]:
    """Give what is wrong with a value that is no table and no list, and what to do about it."""
    if isinstance(value, str):
        return _problems_of_text("text", value, limits)
    if value is None or isinstance(value, bool):
        return ()
    if isinstance(value, int):
        within = value in INT64
        return () if within else [("integer is outside the range of 64 bits", "write it as a float, such as 1e25")]
    if isinstance(value, float):
        within = math.isfinite(value)
        what = "number is not finite, or beyond 1.8e308"
        return () if within else [(what, "write a smaller number, or leave it out")]
    what = f"value is of type {type(value).__name__}, which is no JSON data"
    return [(what, "use text, numbers, true, false, tables and lists")]


def _problems_of_key(key: Any, limits: Limits) -> Iterable[tuple[str, str]]:
    if not isinstance(key, str):
        return [(f"key {quote(str(key))} is no text", "put the key in quotes")]
    return _problems_of_text("key", key, limits)


def _problems_of_text(name: str, text: str, limits: Limits) -> Iterable[tuple[str, str]]:
    if len(text) > limits.string_characters:
        yield f"{name} is {len(text):,} characters long, and the limit is {limits.string_characters:,}", "shorten it"
    if "\0" in text:
        yield f"{name} holds the character NUL", "remove it"
    if not text.isascii() and _SURROGATE.search(text):
        yield f"{name} holds half of a surrogate pair", "write the character itself, or both halves of its escape"
