"""What a manifest states, one fact at a time; what it leaves open is not there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from release_review.fingerprint import name_of
from release_review.model import Manifest
from release_review.pointer import pointer_to, value_at
from release_review_cyclonedx.values import number_text, property_of

_TABLES = (
    *("release", "weights", "access", "monitoring", "use_policy", "safeguard", "components", "benefit", "threat"),
    "signoff",
)
"""Parts of a manifest that state facts; sources and evidence are told elsewhere, and extensions may hold anything."""

_NOT_STATED = frozenset({"evidence_of", "opened", "closed"})
"""What the manifest does not say itself: it follows from what it says."""

_TOLD_ELSEWHERE = frozenset({"/release/artifact", "/release/base"})


def fact_properties(manifest: Manifest) -> list[dict[str, str]]:
    """Give every fact that is stated as a property, `release-review:fact:access[hub].kind`, in document order."""
    return [
        property_of(f"fact:{name_of(pointer, manifest.data)}", text_of_fact(manifest, pointer, value))
        for table in _TABLES
        for pointer, value in _stated(manifest.data.get(table), pointer_to(table))
    ]


def text_of_fact(manifest: Manifest, pointer: str, value: Any) -> str:
    """Write the value of a fact; a date as the manifest writes it, which may be a year alone."""
    if isinstance(value, dt.datetime):
        return written_date(manifest, pointer, value)
    if isinstance(value, bool):
        return str(value).lower()
    return number_text(value) if isinstance(value, int | float) else str(value)


def written_date(manifest: Manifest, pointer: str, value: dt.datetime) -> str:
    """Give a date as the manifest writes it: normalised, a year would look like its first day."""
    annotation = manifest.annotations.get(pointer)
    try:
        written = annotation.value if annotation is not None else value_at(manifest.document.data, pointer)
    except KeyError:
        written = None
    return written if isinstance(written, str) else value.date().isoformat()


def _stated(value: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    if value is None or value == "unknown" or pointer in _TOLD_ELSEWHERE:
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in _NOT_STATED:
                yield from _stated(inner, pointer + pointer_to(name))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, inner in enumerate(value):
            yield from _stated(inner, pointer + pointer_to(index))
    else:
        yield pointer, value
