"""The identity of a finding, which outlives its line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from release_review.pointer import pointer_to, steps_of


def fingerprint(rule: str, release: str, pointer: str, data: Any) -> str:
    """Give a digest that stays the same while a manifest is reordered or reformatted.

    Args:
        rule: Qualified id of the rule.
        release: Id of the release.
        pointer: Where the finding is, in `data`.
        data: The tree of the manifest.
    """
    parts = (rule, release, pointer_to(*keyed_steps(pointer, data)))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()


def keyed_steps(pointer: str, data: Any) -> tuple[str, ...]:
    """Split a pointer into steps, with the `id` of a list's item in the place of its index."""
    return tuple(step for step, _ in _keyed(pointer, data))


def name_of(pointer: str, data: Any) -> str:
    """Name a place in the words of the manifest's author: `threat[bio-uplift].existing_risk.examples`."""
    text = ""
    for step, in_list in _keyed(pointer, data):
        if in_list:
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def _keyed(pointer: str, data: Any) -> Iterator[tuple[str, bool]]:
    value = data
    for step in steps_of(pointer):
        in_list = isinstance(value, Sequence) and not isinstance(value, str)
        value = _child(value, step)
        named = in_list and isinstance(value, Mapping) and isinstance(value.get("id"), str)
        yield (value["id"] if named else step), in_list


def _child(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, Sequence) and not isinstance(value, str) and step.isdigit() and int(step) < len(value):
        return value[int(step)]
    return None
