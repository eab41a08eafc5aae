"""JSON Pointer (RFC 6901), with `*` for "each item" in patterns.

A pointer is the symbolic place of a value in a manifest: `/access/0/kind`. A pattern has `*` where
a pointer has an index: `/access/*`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

EACH = "*"
"""The step of a pattern that stands for every item of a list."""

_NOTHING: Final = object()
"""What is found where a tree ends before the way through it does."""

# The built-in type stands first, because it is told faster.
_LISTS = (list, Sequence)


def steps_of(pointer: str) -> tuple[str, ...]:
    """Split a pointer into its steps, unescaped.

    Raises:
        ValueError: The text is neither empty nor starts with `/`.
    """
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        raise ValueError(f"a JSON Pointer starts with '/', got {pointer!r}")
    steps = pointer[1:].split("/")
    return tuple([step.replace("~1", "/").replace("~0", "~") for step in steps] if "~" in pointer else steps)


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
    value = _follow(tree, steps_of(pointer))
    if value is _NOTHING:
        raise KeyError(pointer)
    return value


def expand(tree: Any, pattern: str, *, at: str = "") -> list[tuple[str, Any]]:
    """Give the pointer and the value of everything a pattern matches, in document order.

    What the tree does not hold is not an error: it matches nothing.

    Args:
        tree: Where the pattern starts.
        pattern: What is looked for.
        at: The pointer of `tree` itself; those of the matches start with it.
    """
    (text, steps), *others = _stretches(pattern)
    value = _follow(tree, steps)
    found = [] if value is _NOTHING else [(at + text, value)]
    for text, steps in others:
        found = [
            (f"{place}/{step}{text}", inner)
            for place, value in found
            for step, item in _each(value)
            if (inner := _follow(item, steps)) is not _NOTHING
        ]
    return found


@functools.lru_cache(maxsize=4096)
def _stretches(pattern: str) -> Sequence[tuple[str, tuple[str, ...]]]:
    """Cut a pattern at each `*`, because what lies between is followed in one go: as text, and as steps."""
    stretches: list[list[str]] = [[]]
    for step in steps_of(pattern):
        if step == EACH:
            stretches.append([])
        else:
            stretches[-1].append(step)
    return tuple((pointer_to(*steps), tuple(steps)) for steps in stretches)


def _each(value: Any) -> Iterable[tuple[str | int, Any]]:
    """Give what a `*` stands for: every item of a list; in a table it is a key like others."""
    if _is_list(value):
        return enumerate(value)
    return [(EACH, value[EACH])] if isinstance(value, Mapping) and EACH in value else ()


def _follow(value: Any, steps: Iterable[str]) -> Any:
    for step in steps:
        kind = type(value)
        if kind is dict or (kind is not list and isinstance(value, Mapping)):
            if step not in value:
                return _NOTHING
            value = value[step]
        elif _is_list(value) and is_index(step, len(value)):
            value = value[int(step)]
        else:
            return _NOTHING
    return value


def _is_list(value: Any) -> bool:
    return isinstance(value, _LISTS) and not isinstance(value, str)


def is_index(step: str, length: int) -> bool:
    """Tell whether a step names an item of a list of so many."""
    # RFC 6901: no sign, no leading zero, ASCII digits only.
    plain = step.isascii() and step.isdigit() and (step == "0" or not step.startswith("0"))
    return plain and int(step) < length
