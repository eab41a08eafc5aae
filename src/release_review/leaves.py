"""What one value of a manifest says: bare or annotated, stated, unknown or in conflict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
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
    return written["value"] if isinstance(written, dict) else written


def conflicts_of(written: Any) -> Sequence[Mapping[str, Any]]:
    """Give what other sources state instead; nothing, as a rule."""
    conflicts: Sequence[Mapping[str, Any]] = written.get("conflicts", ()) if isinstance(written, dict) else ()
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
    if conflicts_of(written):
        return unknown_of(field)
    read = reader_of(field)
    return bare(written) if read is None else read(bare(written))


def reader_of(field: Field) -> Callable[[Any], Any] | None:
    """Give what turns a bare value of a field into its normalised value; None where it stays as it is."""
    if field.kind is Kind.TEXT and not field.annotated:
        return None
    return _READERS.get(field.kind)


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
    return _fact(value) if field.kind is Kind.FACT else value


def _fact(value: Any) -> Any:
    return _TRUTH[value] if isinstance(value, bool) else value


def _text(value: str) -> str | None:
    return None if denies(value) else value


def _number(value: float | str) -> float | None:
    # Adding zero turns -0.0 into 0.0.
    return None if isinstance(value, str) else float(value) + 0.0


def _date(value: str) -> dt.datetime | None:
    return None if value == UNKNOWN else midnight(period_of(value).first)


def _closing_date(value: str) -> dt.datetime | None:
    return None if value == UNKNOWN else midnight(period_of(value).last)


_READERS: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.FACT: _fact,
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.CLOSING_DATE: _closing_date,
}
