"""What a manifest that fits the schema may still get wrong: ids, citations, dates and their order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from release_review.channels import opening_of
from release_review.dates import Period, period_of
from release_review.escape import shorten
from release_review.faults import MOST_COMPARED, Fault
from release_review.fields import Field, Kind, manifest_fields
from release_review.fingerprint import name_of
from release_review.leaves import UNKNOWN, bare, conflicts_of, period_stated
from release_review.pointer import pointer_to


def faults_of(data: Mapping[str, Any]) -> list[Fault]:
    """Give what is wrong in a manifest that fits the schema."""
    known = {
        "source": dict.fromkeys(data.get("source", ())),
        "evidence": dict.fromkeys(record["id"] for record in data.get("evidence", ())),
    }
    faults: list[Fault] = []
    for field, value, at in _walk(manifest_fields(), data, ""):
        if field.kind is Kind.LIST and field.item is not None:
            faults += _repeated(field.item, value, at, data)
        if field.kind in (Kind.DATE, Kind.CLOSING_DATE):
            faults += _unreal(value, at, data)
        if field.annotated and isinstance(value, Mapping):
            faults += _dangling(value, at, data, known)
    # Dates are compared only once each of them is a day of the calendar.
    return faults or list(_disorder(data))


def _walk(field: Field, value: Any, at: str) -> Iterator[tuple[Field, Any, str]]:
    """Give everything that is written, with what the schema says of it and where it stands."""
    yield field, value, at
    if field.kind is Kind.TABLE:
        for name, inner in field.fields.items():
            if name in value:
                yield from _walk(inner, value[name], at + pointer_to(name))
    elif field.kind is Kind.MAP and field.item is not None:
        for key, item in value.items():
            yield from _walk(field.item, item, at + pointer_to(key))
    elif field.kind is Kind.LIST and field.item is not None:
        for index, item in enumerate(value):
            yield from _walk(field.item, item, at + pointer_to(index))


def _repeated(item: Field, values: Sequence[Any], at: str, data: Mapping[str, Any]) -> Iterator[Fault]:
    """Find an id that two entries have, and a word that is listed twice."""
    if "id" in item.fields:
        places = [(value["id"], f"{at}/{index}/id") for index, value in enumerate(values)]
        what, hint = f"two entries of {name_of(at, data)} have the id '{{}}'", "give each an id of its own"
    elif item.kind is Kind.WORD:
        places = [(bare(value), f"{at}/{index}") for index, value in enumerate(values)]
        what, hint = f"{name_of(at, data)} lists '{{}}' twice", "list it once"
    else:
        return
    seen: dict[str, str] = {}
    for word, place in places:
        if word in seen:
            yield Fault(pointer=place, what=what.format(shorten(word)), hint=hint, first=seen[word])
        seen.setdefault(word, place)


def _unreal(value: Any, at: str, data: Mapping[str, Any]) -> Iterator[Fault]:
    """Find dates that no calendar has."""
    written = {f"{at}/value" if isinstance(value, Mapping) else at: bare(value)}
    written |= {f"{at}/conflicts/{index}/value": other["value"] for index, other in enumerate(conflicts_of(value))}
    for place, text in written.items():
        if text != UNKNOWN and not _is_real(text):
            what = f"{name_of(at, data)} is '{shorten(text)}', and the calendar has no such day"
            yield Fault(pointer=place, what=what, hint="correct the date")


def _is_real(text: str) -> bool:
    try:
        period_of(text)
    except ValueError:
        return False
    return True


def _dangling(
    value: Mapping[str, Any], at: str, data: Mapping[str, Any], known: Mapping[str, Mapping[str, None]]
) -> Iterator[Fault]:
    """Find citations of sources and evidence that are not there."""
    noted = [(at, value), *((f"{at}/conflicts/{index}", other) for index, other in enumerate(conflicts_of(value)))]
    for place, annotation in noted:
        for key, ids in known.items():
            for index, cited in enumerate(annotation.get(key, ())):
                if cited not in ids:
                    yield Fault(
                        pointer=f"{place}/{key}/{index}",
                        what=f"{name_of(at, data)} cites the {key} '{cited}', which is not there",
                        hint=f"add [source.{cited}]" if key == "source" else "add [[evidence]] with this id",
                        word=cited,
                        known=tuple(itertools.islice(ids, MOST_COMPARED)),
                    )


def _disorder(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Find channels that close before they open, or open before the release is first available."""
    release = data["release"]
    released = period_stated(release.get("date"))
    for index, channel in enumerate(data.get("access", ())):
        at = pointer_to("access", index)
        opening, closing = opening_of(channel, release), period_stated(channel.get("until"))
        if opening is not None and released is not None and opening.last < released.first:
            what = (
                f"{name_of(at, data)} opens {_days(opening)}, before the release is first available {_days(released)}"
            )
            yield Fault(pointer=f"{at}/from", what=what, hint="set release.date to the first day of any channel")
        if opening is not None and closing is not None and closing.last < opening.first:
            what = f"{name_of(at, data)} closes {_days(closing)}, before it opens {_days(opening)}"
            yield Fault(pointer=f"{at}/until", what=what, hint="correct `from` or `until`")


def _days(period: Period) -> str:
    if period.first == period.last:
        return f"on {period.first}"
    return f"between {period.first} and {period.last}"
