"""What sources tell, and where they disagree: counted for each source and field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from release_review.audit.rows import Row
from release_review.audit.summary.records import (
    MOST_TITLES,
    Claimed,
    Conflict,
    Coverage,
    Filled,
    SourceShown,
    group_of,
)
from release_review.audit.summary.tallies import Tally, field_of, text, text_or_none, value_shown
from release_review.claims import UNKNOWN

MOST_CONFLICTS = 2_000
"""Conflicts that are kept; they are all counted, and the ledger has them all."""

MOST_SOURCES = 200
"""Sources that are told apart; a folder of manifests may name others in each."""

_END = re.compile(r"(?<=\w)[:,]? ")

_NAME_ENDS = re.compile("[:,] ")
"""Where the title of a source stops naming it, and begins to name the release: `Index: One`."""

_CONFLICTING, _STATED, _UNKNOWN = "conflicting", "stated", "unknown"
_ORDER = (_CONFLICTING, _STATED, _UNKNOWN)
_FILLED_FIRST = (_STATED, _CONFLICTING, _UNKNOWN)


@dataclass(slots=True)
class _Source:
    """What is known of one source so far."""

    title: str
    different: set[int] = field(default_factory=set)
    releases: int = 0
    newest: str | None = None
    fields: Tally = field(default_factory=Tally)
    groups: Tally = field(default_factory=Tally)

    def see(self, told: Mapping[str, Any]) -> None:
        """See it in another release."""
        self.releases += 1
        title = text_or_none(told.get("title")) or ""
        self.title = _shared(self.title, title)
        if title and len(self.different) < MOST_TITLES:
            self.different.add(hash(_NAME_ENDS.split(title, maxsplit=1)[0]))  # the whole text may be long
        if date := text_or_none(told.get("date")):
            self.newest = max(self.newest or "", date)


class Evidence:
    """Counts fields by source, and keeps conflicts.

    Attributes:
        fields: What is known of each field by any source.
        conflicts: Where sources disagree, as far as they are kept.
        conflict_count: How many fields are in conflict.
        conflicting_releases: In how many releases.
    """

    def __init__(self) -> None:
        self.fields = Tally()
        self.conflicts: list[Conflict] = []
        self.conflict_count = 0
        self.conflicting_releases = 0
        self._sources: dict[str, _Source] = {}

    def add(self, row: Row) -> None:
        """Count what a row says, and by whom."""
        own = family_of(row["sources"])
        states = _states(row, own)
        self._see(row, own, {source for source, _ in states if source is not None})
        groups: dict[tuple[str, str], str] = {}
        for (source, name), state in states.items():
            if source is None:
                self.fields.add(name, state)
            elif source in self._sources:
                self._sources[source].fields.add(name, state)
                group = source, group_of(name)
                groups[group] = min(groups.get(group, state), state, key=_FILLED_FIRST.index)
        for (source, name), state in groups.items():
            self._sources[source].groups.add(name, state)
        self._keep(row)

    def sources(self) -> tuple[Coverage, ...]:
        """Give what each source tells, the one with most releases first."""
        found = sorted(self._sources.items(), key=lambda each: (-each[1].releases, each[0]))
        return tuple(
            Coverage(
                source=name,
                title=_first_part(each.title),
                different=max(len(each.different), 1),
                releases=each.releases,
                newest=each.newest,
                fields=tuple(_filled(each.fields)),
                groups=tuple(_filled(each.groups)),
            )
            for name, each in found
        )

    def facts(self) -> tuple[Filled, ...]:
        """Give what is known of each field by any source."""
        return tuple(_filled(self.fields))

    def _see(self, row: Row, own: Mapping[str, str], cited: set[str]) -> None:
        for name in sorted({*own.values(), *cited}):
            told: Mapping[str, Any] = row["sources"].get(name, {})
            if name not in self._sources:
                if len(self._sources) >= MOST_SOURCES:
                    continue
                self._sources[name] = _Source(title=text_or_none(told.get("title")) or "")
            self._sources[name].see(told)

    def _keep(self, row: Row) -> None:
        if not row["conflicts"]:
            return
        self.conflicting_releases += 1
        self.conflict_count += len(row["conflicts"])
        room = MOST_CONFLICTS - len(self.conflicts)
        self.conflicts += conflicts_of(row, at_most=max(room, 0))


def conflicts_of(row: Row, *, at_most: int | None = None) -> list[Conflict]:
    """Give where the sources of a release disagree, as far as it is asked for.

    Raises:
        KeyError: The row is damaged; so it is with `TypeError`, `ValueError` and `AttributeError`.
    """
    return [
        Conflict(
            number=int(row["number"]),
            release=text(row["release"]["id"]),
            name=text(fact["name"]),
            claims=tuple(_claimed(each, row["sources"]) for each in (fact, *fact["conflicts"])),
        )
        for fact in row["conflicts"][:at_most]
    ]


def family_of(sources: Mapping[str, Any]) -> dict[str, str]:
    """Give for each source of a release the one that it goes on from: `osai` for `osai-weights` and for itself."""
    return {name: next((each for each in _starts(name) if each in sources), name) for name in sources}


def _starts(name: str) -> Iterator[str]:
    """Give what a name starts with, up to one of its hyphens, the shortest first."""
    parts = name.split("-")
    for end in range(1, len(parts)):
        yield "-".join(parts[:end])


def _states(row: Row, own: Mapping[str, str]) -> dict[tuple[str | None, str], str]:
    """Give what is known of each field, by any source and by each of those that speak of it."""
    states: dict[tuple[str | None, str], str] = {}
    for fact in row["facts"]:
        state = _UNKNOWN if fact["value"] == UNKNOWN else _STATED
        for key in _keys(fact, own, fact):
            states[key] = min(states.get(key, state), state, key=_ORDER.index)
    for fact in row["conflicts"]:
        for claim in (fact, *fact["conflicts"]):
            for key in _keys(claim, own, fact):
                states[key] = _CONFLICTING
    return states


def _keys(
    claim: Mapping[str, Any], own: Mapping[str, str], fact: Mapping[str, Any]
) -> Iterator[tuple[str | None, str]]:
    """Give what a claim is counted for: the field by any source, and by each of its own."""
    name = field_of(text(fact["pointer"]))
    yield None, name
    cited: Sequence[str] = claim.get("source", ())
    for source in {own.get(text(each), text(each)) for each in cited} or {""}:
        yield source, name


def _filled(tally: Tally) -> Iterator[Filled]:
    for name, words in tally.items():
        yield Filled(
            field=name,
            conflicting=words.get(_CONFLICTING, 0),
            stated=words.get(_STATED, 0),
            unknown=words.get(_UNKNOWN, 0),
        )


def _claimed(claim: Mapping[str, Any], sources: Mapping[str, Any]) -> Claimed:
    return Claimed(
        value=value_shown(claim["value"]),
        sources=tuple(_shown(text(name), sources.get(name, {})) for name in claim.get("source", ())),
        note=text_or_none(claim.get("note")) or "",
    )


def _shown(name: str, told: Mapping[str, Any]) -> SourceShown:
    return SourceShown(
        id=name,
        title=text_or_none(told.get("title")) or name,
        date=text_or_none(told.get("date")),
        url=text_or_none(told.get("url")) or "",
    )


def _shared(one: str, other: str) -> str:
    """Give what two titles begin with, up to the end of a part: `models.dev` of `models.dev, a` and `models.dev, b`."""
    if one == other:
        return one
    longer = max(one, other, key=len)
    differing = (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    alike = next(differing, min(len(one), len(other)))
    ends = [found.start() for found in _END.finditer(longer[: alike + 2]) if found.start() <= alike]
    return longer[: ends[-1]] if ends else ""


def _first_part(title: str) -> str:
    """Give a title up to a colon; what stands behind it tells one release from another."""
    return title.partition(": ")[0]
