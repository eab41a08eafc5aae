"""Values with what stands beside them: where each comes from, and why one is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from release_review.denial import denies
from release_review.escape import shorten
from release_review_huggingface.card import Card, Said

CARD = "card"
"""The id under which a manifest cites the card."""

INFO = "info"
"""The id under which a manifest cites the info of the repository."""

MOST_CONFLICTS = 20
"""Values that conflict with another and are named. More of them say no more."""

Fact = dict[str, Any]
"""An annotated value of a manifest."""


def stated(value: Any, source: str, note: str = "") -> Fact:
    """Give a value that a source states."""
    fact = {"value": value, "source": [source]}
    return {**fact, "note": note} if note else fact


def unknown(source: str, note: str) -> Fact:
    """Give a value that stays unknown although a source says something, and the reason."""
    return stated("unknown", source, note)


def agreed(claims: Sequence[Fact]) -> Fact:
    """Give the one value of several claims about one thing, of which there is at least one, or their conflict.

    One that says it is unknown does not agree with one that names a value: whoever denies it may know why.
    """
    known = [each for each in claims if each["value"] != "unknown"]
    first, *others = [*known, *(each for each in claims if each["value"] == "unknown")]
    apart = {each["value"]: each for each in reversed(others) if each["value"] != first["value"]}
    conflicts = [*reversed(apart.values())]
    if len(conflicts) > MOST_CONFLICTS:
        note = f"{len(conflicts):,} values conflict, too many to name"
        conflicts = [*conflicts[:MOST_CONFLICTS], unknown(conflicts[-1]["source"][0], note)]
    return {**first, "conflicts": conflicts} if conflicts else first


def quoted(text: str) -> str:
    """Quote a source in a note: short, and harmless wherever the note is shown."""
    return f'"{shorten(" ".join(text.split()))}"'


def denied(said: Said) -> Fact:
    """Give a value about which a card says that it says nothing."""
    return unknown(CARD, f"the card denies it in line {said.line}: {quoted(said.text)}")


def denial_in(card: Card, *labels: str) -> Said | None:
    """Give the first part of a card with one of some labels, if it says that there is nothing to say."""
    parts = (said for said in card.said if said.label in labels and said.text)
    return next((said for said in parts if denies(said.text)), None)


def without_empty(table: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not stated."""
    return {key: value for key, value in table.items() if value not in (None, [], {})}
