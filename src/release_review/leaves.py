"""What one value of a manifest says: bare or annotated, stated, unknown or in conflict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from release_review.dates import Period, midnight, period_of
from release_review.denial import denies
from release_review.fields import Field, Kind
from release_review.model import Annotation

UNKNOWN = "unknown"
"""How a fact, a word, a number or a date is said to be unknown."""

_TRUTH = {True: "yes", False: "no"}


def bare(written: Any) -> Any:
    """Give the value without what stands beside it."""
    return written["value"] if isinstance(written, Mapping) else written


def conflicts_of(written: Any) -> Sequence[Mapping[str, Any]]:
    """Give what other sources state instead; nothing, as a rule."""
    conflicts: Sequence[Mapping[str, Any]] = written.get("conflicts", ()) if isinstance(written, Mapping) else ()
    return conflicts


def unknown_of(field: Field) -> str | None:
    """Give what an unknown value of a field looks like once it is normalised."""
    return UNKNOWN if field.kind in (Kind.FACT, Kind.WORD) else None


def stated(field: Field, written: Any) -> Any:
    """Give the normalised value of a leaf; it is unknown while sources conflict.

    Args:
        field: The leaf, as the schema declares it.
        written: What the manifest says, bare or annotated.

    Raises:
        ValueError: It is a date that no calendar has.
    """
    return unknown_of(field) if conflicts_of(written) else _value(field, bare(written))


def period_stated(written: Any) -> Period | None:
    """Give the days that a date may mean; None where it is missing, unknown or in conflict.

    Raises:
        ValueError: No calendar has the date.
    """
    value = bare(written)
    return None if value in (None, UNKNOWN) or conflicts_of(written) else period_of(value)


def annotation_of(field: Field, written: Mapping[str, Any]) -> Annotation:
    """Give what stands beside a value, with facts as words."""
    conflicts = tuple({**other, "value": _word(field, other["value"])} for other in conflicts_of(written))
    return Annotation(
        source=tuple(written.get("source", ())),
        evidence=tuple(written.get("evidence", ())),
        note=written.get("note"),
        conflicts=conflicts,
        value=_word(field, written["value"]),
    )


def _word(field: Field, value: Any) -> Any:
    return _TRUTH[value] if field.kind is Kind.FACT and isinstance(value, bool) else value


def _value(field: Field, value: Any) -> Any:
    match field.kind:
        case Kind.FACT:
            return _word(field, value)
        case Kind.TEXT:
            return None if field.annotated and denies(value) else value
        case Kind.NUMBER:
            # Adding zero turns -0.0 into 0.0.
            return None if value == UNKNOWN else float(value) + 0.0
        case Kind.DATE | Kind.CLOSING_DATE:
            return _instant(field, value)
        case _:
            return value


def _instant(field: Field, value: str) -> dt.datetime | None:
    if value == UNKNOWN:
        return None
    period = period_of(value)
    return midnight(period.last if field.kind is Kind.CLOSING_DATE else period.first)
