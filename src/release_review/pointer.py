"""JSON Pointer (RFC 6901), with `*` for "each item" in patterns.

A pointer is the symbolic place of a value in a manifest: `/access/0/kind`. A pattern has `*` where
a pointer has an index: `/access/*`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

EACH = "*"
"""The step of a pattern that stands for every item of a list."""


def steps_of(pointer: str) -> tuple[str, ...]:
    """Split a pointer into its steps, unescaped.

    Raises:
        ValueError: The text is neither empty nor starts with `/`.
    """
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        raise ValueError(f"a JSON Pointer starts with '/', got {pointer!r}")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/"))


def pointer_to(*steps: str | int) -> str:
    """Join steps into a pointer, escaped."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def parent_of(pointer: str) -> str:
    """Give the pointer of the value that holds this one; the root is its own parent."""
    return pointer.rpartition("/")[0]


def value_at(tree: Any, pointer: str) -> Any:
    """Follow a pointer.

    Raises:
        KeyError: There is no such value.
    """
    value = tree
    for step in steps_of(pointer):
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, Sequence) and not isinstance(value, str) and _is_index(step, len(value)):
            value = value[int(step)]
        else:
            raise KeyError(pointer)
    return value


def expand(tree: Any, pattern: str) -> Iterator[tuple[str, Any]]:
    """Give the pointer and the value of everything a pattern matches, in document order.

    What the tree does not hold is not an error: it matches nothing.
    """
    yield from _expand(tree, steps_of(pattern), ())


def _expand(value: Any, steps: tuple[str, ...], trail: tuple[str | int, ...]) -> Iterator[tuple[str, Any]]:
    if not steps:
        yield pointer_to(*trail), value
        return
    step, rest = steps[0], steps[1:]
    if isinstance(value, Mapping):
        if step in value:
            yield from _expand(value[step], rest, (*trail, step))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        if step == EACH:
            for index, item in enumerate(value):
                yield from _expand(item, rest, (*trail, index))
        elif _is_index(step, len(value)):
            yield from _expand(value[int(step)], rest, (*trail, int(step)))


def _is_index(step: str, length: int) -> bool:
    # RFC 6901: no sign, no leading zero, ASCII digits only.
    plain = step.isascii() and step.isdigit() and (step == "0" or not step.startswith("0"))
    return plain and int(step) < length
