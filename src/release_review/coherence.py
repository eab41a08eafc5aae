"""What a manifest that fits the schema may still get wrong: ids, citations, dates and their order."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from release_review.channels import opening_of
from release_review.dates import Period, period_of
from release_review.escape import shorten
from release_review.faults import MOST_COMPARED, Fault
from release_review.fields import Field, Kind, manifest_fields
from release_review.fingerprint import name_of
from release_review.leaves import UNKNOWN, bare, conflicts_of, period_stated
from release_review.pointer import pointer_to

_NOT_IN_IDS = re.compile(r"[^a-z0-9._+-]+")
"""What no id of a release has, in small letters."""


def faults_of(data: Mapping[str, Any]) -> list[Fault]:
    """Give what is wrong in a manifest that fits the schema."""
    known = {key: dict.fromkeys(ids) for key, ids in _known(data).items()}
    search = _Search(data, known, sources=frozenset(known["source"]), records=frozenset(known["evidence"]))
    _manifest_look()(data, (), search)
    # Dates are compared only once each of them is a day of the calendar.
    return search.faults or [*_misnamed(data), *_disorder(data)]


@dataclass(frozen=True, slots=True)
class _Search:
    """What is searched, the ids of what may be cited in it (in order, and as sets), and what is found to be wrong."""

    data: Mapping[str, Any]
    known: Mapping[str, Mapping[str, None]]
    sources: frozenset[str]
    records: frozenset[str]
    faults: list[Fault] = field(default_factory=list)

    def knows(self, annotation: Mapping[str, Any]) -> bool:
        """Tell whether all is there that an annotation cites."""
        return self.sources.issuperset(annotation.get("source", ())) and self.records.issuperset(
            annotation.get("evidence", ())
        )


def _known(data: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """Give the ids of what may be cited, in the order of the file."""
    return {"source": [*data.get("source", ())], "evidence": [record["id"] for record in data.get("evidence", ())]}


Trail = tuple[Any, ...]
"""The way to a value: the trail of what holds it, and one more step; empty at the top."""

Look = Callable[[Any, Trail, _Search], None]
"""Looks for faults in one written value, and in all it holds."""


def _pointer(trail: Trail) -> str:
    steps = []
    while trail:
        trail, step = trail
        steps.append(step)
    return pointer_to(*reversed(steps))


# Where to look follows from the schema. It is worked out once, and pointers are put together only for faults.


@functools.cache
def _manifest_look() -> Look:
    return _look_at(manifest_fields())


def _look_at(described: Field) -> Look:
    match described.kind:
        case Kind.TABLE:
            return _look_at_table({name: _look_at(inner) for name, inner in described.fields.items()})
        case Kind.MAP if described.item is not None:
            return _look_at_map(_look_at(described.item))
        case Kind.LIST if described.item is not None:
            return _look_at_list(described.item, _look_at(described.item))
        case Kind.DATE | Kind.CLOSING_DATE:
            return _look_at_date
        case Kind.FREE:
            return _pass_by
        case _:
            return _look_at_leaf


def _pass_by(_value: Any, _trail: Trail, _search: _Search) -> None:
    """Look at nothing: what an organization writes down for itself may say anything."""


def _look_at_table(looks: Mapping[str, Look]) -> Look:
    def look(table: Any, trail: Trail, search: _Search) -> None:
        for name, value in table.items():
            look_at_value = looks[name]
            # A bare leaf, as most are, says nothing that could be wrong.
            if look_at_value is not _look_at_leaf or isinstance(value, dict):
                look_at_value(value, (trail, name), search)

    return look


def _look_at_map(look_at_item: Look) -> Look:
    def look(table: Any, trail: Trail, search: _Search) -> None:
        for key, item in table.items():
            look_at_item(item, (trail, key), search)

    return look


def _look_at_list(item: Field, look_at_item: Look) -> Look:
    has_id, is_word = "id" in item.fields, item.kind is Kind.WORD

    def look(values: Any, trail: Trail, search: _Search) -> None:
        if has_id or is_word:
            words = [value["id"] for value in values] if has_id else [bare(value) for value in values]
            if len(set(words)) < len(words):
                search.faults.extend(_repeated(words, _pointer(trail), search.data, ids=has_id))
        for index, value in enumerate(values):
            look_at_item(value, (trail, index), search)

    return look


def _look_at_leaf(value: Any, trail: Trail, search: _Search) -> None:
    if isinstance(value, dict) and not all(map(search.knows, (value, *conflicts_of(value)))):
        search.faults.extend(_dangling(value, _pointer(trail), search))


def _look_at_date(value: Any, trail: Trail, search: _Search) -> None:
    _look_at_leaf(value, trail, search)
    texts = [bare(value), *(other["value"] for other in conflicts_of(value))]
    if not all(text == UNKNOWN or _is_real(text) for text in texts):
        search.faults.extend(_unreal(value, _pointer(trail), search.data))


# What is wrong, in words.


def _repeated(words: Sequence[str], at: str, data: Mapping[str, Any], *, ids: bool) -> Iterator[Fault]:
    """Word an id that two entries have, or a word that is listed twice."""
    if ids:
        what, hint = f"two entries of {name_of(at, data)} have the id '{{}}'", "give each an id of its own"
    else:
        what, hint = f"{name_of(at, data)} lists '{{}}' twice", "list it once"
    seen: dict[str, str] = {}
    for index, word in enumerate(words):
        place = f"{at}/{index}/id" if ids else f"{at}/{index}"
        if word in seen:
            yield Fault(pointer=place, what=what.format(shorten(word)), hint=hint, first=seen[word])
        seen.setdefault(word, place)


def _unreal(value: Any, at: str, data: Mapping[str, Any]) -> Iterator[Fault]:
    """Word dates that no calendar has."""
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


def _dangling(value: Mapping[str, Any], at: str, search: _Search) -> Iterator[Fault]:
    """Word citations of sources and evidence that are not there."""
    data, known = search.data, search.known
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


def _misnamed(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Find a release whose id names one version and whose `version` states another."""
    release = data["release"]
    in_id, written = release["id"].partition("@")[2], release.get("version")
    if in_id and written is not None and not conflicts_of(written):
        stated = bare(written)
        if stated != UNKNOWN and _spelt(stated) != _spelt(in_id):
            what = f"release.version is '{shorten(stated)}', and release.id names the version '{shorten(in_id)}'"
            yield Fault(pointer="/release/version", what=what, hint="make them one, or leave `version` out")


def _spelt(version: str) -> str:
    """Give a version as an id could have it: `V 2.0` is `2.0`."""
    return _NOT_IN_IDS.sub("-", version.strip().casefold().removeprefix("v").strip())


def _days(period: Period) -> str:
    if period.first == period.last:
        return f"on {period.first}"
    return f"between {period.first} and {period.last}"
