"""The manifest of a case: the base manifest of its policy, changed as the case says."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from release_review.errors import PolicyError
from release_review.model import Case, Document
from release_review.pointer import pointer_to, steps_of

APPENDED = "-"
"""The step that stands for a new item behind the last one of a list. Source: RFC 6902, section 4.1."""

_INDEX = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)


def document_of(data: Mapping[str, Any], *, name: str = "release.toml") -> Document:
    """Make a document of plain data, as a file would hold it."""
    return Document(name=name, content=b"", digest="", data=dict(data), find_places=lambda _text: {})


def changed(base: Mapping[str, Any], case: Case) -> dict[str, Any]:
    """Give the manifest of a case: the base without what is removed, with what is set.

    Raises:
        PolicyError: A pointer that is removed does not exist, or the place of one that is set cannot be made.
    """
    data: dict[str, Any] = copy.deepcopy(dict(base))
    for pointer in case.remove:
        _take(data, pointer)
    for pointer, value in case.set.items():
        _put(data, pointer, copy.deepcopy(value))
    return data


def _take(data: dict[str, Any], pointer: str) -> None:
    *way, last = _steps(pointer)
    holder: Any = data
    for number, step in enumerate((*way, last)):
        key = _key_in(holder, step)
        if key is None:
            near = pointer_to(*way[:number]) or "the manifest"
            what = f"the case removes {pointer}, and the base has no such value"
            raise PolicyError(what, hint=f"{near} has no {step!r}")
        if number == len(way):
            del holder[key]
        else:
            holder = holder[key]


def _put(data: dict[str, Any], pointer: str, value: Any) -> None:
    *way, last = _steps(pointer)
    holder: Any = data
    for number, (step, after) in enumerate(zip(way, (*way, last)[1:], strict=True)):
        if isinstance(holder, dict):
            holder = holder.setdefault(step, [] if after == APPENDED else {})
        else:
            holder = holder[_held(holder, step, pointer, way[:number])]
    if isinstance(holder, dict):
        holder[last] = value
    elif isinstance(holder, list) and last == APPENDED:
        holder.append(value)
    else:
        holder[_held(holder, last, pointer, way)] = value


def _steps(pointer: str) -> tuple[str, ...]:
    steps = steps_of(pointer)
    if not steps:
        raise PolicyError("the case changes the whole manifest", hint="change a value of it, as /release/stage")
    return steps


def _key_in(holder: Any, step: str) -> Any:
    """Give the key of what a step leads to; None where it leads nowhere."""
    if isinstance(holder, dict):
        return step if step in holder else None
    if isinstance(holder, list) and _INDEX.fullmatch(step) and int(step) < len(holder):
        return int(step)
    return None


def _held(holder: Any, step: str, pointer: str, way: list[str]) -> Any:
    """Give the index of what is held; a list gets no other items than those behind its last."""
    key = _key_in(holder, step)
    if key is None:
        near = pointer_to(*way)
        has = f"{len(holder)} items; append with {near}/{APPENDED}" if isinstance(holder, list) else "no parts"
        raise PolicyError(f"the case sets {pointer}, which has no place in the base", hint=f"{near} has {has}")
    return key
