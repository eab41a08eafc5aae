"""Values with what stands beside them: for importers, which say where each value comes from and why one is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from release_review.escape import shorten

UNKNOWN = "unknown"
"""The value of a fact that a source speaks of and does not state."""

MOST_CONFLICTS = 20
"""Values that conflict with another and are named. More of them say no more."""

Claim = dict[str, Any]
"""An annotated value of a manifest: `value`, the `source` ids that state it, and what else stands beside it."""


def stated(value: Any, source: str, note: str = "") -> Claim:
    """Give a value that a source states."""
    claim = {"value": value, "source": [source]}
    return {**claim, "note": note} if note else claim


def unknown(source: str, note: str) -> Claim:
    """Give a value that stays unknown although a source says something, and the reason."""
    return stated(UNKNOWN, source, note)


def agreed(claims: Sequence[Claim]) -> Claim:
    """Give the one value of several claims about one thing, of which there is at least one, or their conflict.

    One that says it is unknown does not agree with one that names a value: whoever denies it may know why.
    """
    known = [each for each in claims if each["value"] != UNKNOWN]
    first, *others = [*known, *(each for each in claims if each["value"] == UNKNOWN)]
    apart = {each["value"]: each for each in reversed(others) if each["value"] != first["value"]}
    return with_conflicts(first, [*reversed(apart.values())])


def with_conflicts(claim: Claim, conflicts: Sequence[Claim]) -> Claim:
    """Give a claim together with those that state another value; of very many, the first are named."""
    if not conflicts:
        return claim
    named = list(conflicts)
    if len(named) > MOST_CONFLICTS:
        note = f"{len(named):,} values conflict, too many to name"
        named = [*named[:MOST_CONFLICTS], unknown(named[-1]["source"][0], note)]
    return {**claim, "conflicts": named}


def quoted(text: str) -> str:
    """Quote a source in a note: short, and harmless wherever the note is shown."""
    return f'"{shorten(" ".join(text.split()))}"'


def without_empty(table: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not stated."""
    return {key: value for key, value in table.items() if value not in (None, [], {})}
