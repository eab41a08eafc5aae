"""The identity of a finding, which outlives its line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from release_review.pointer import is_index, pointer_to, steps_of


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
    return tuple(step for step, _, _ in _keyed(pointer, data))


def places_without_id(pointer: str, data: Any) -> tuple[str, ...]:
    """Give the items on the way of a pointer, itself included, that have no `id`: they are told by an index alone."""
    steps = steps_of(pointer)
    return tuple(
        pointer_to(*steps[: number + 1])
        for number, (_, in_list, has_id) in enumerate(_keyed(pointer, data))
        if in_list and not has_id
    )


def name_of(pointer: str, data: Any) -> str:
    """Name a place in the words of the manifest's author: `threat[bio-uplift].existing_risk.examples`."""
    text = ""
    for step, in_list, _ in _keyed(pointer, data):
        if in_list:
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def _keyed(pointer: str, data: Any) -> Iterator[tuple[str, bool, bool]]:
    value = data
    for step in steps_of(pointer):
        kind = type(value)
        if kind is dict or (kind is not list and isinstance(value, Mapping)):
            value = value.get(step)
            yield step, False, False
        elif kind is list or (isinstance(value, Sequence) and not isinstance(value, str)):
            value = value[int(step)] if is_index(step, len(value)) else None
            name = value.get("id") if isinstance(value, Mapping) else None
            yield (name, True, True) if isinstance(name, str) else (step, True, False)
        else:
            value = None
            yield step, False, False
