"""Why a release comes to something else on a day, in words, with the fact and its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from release_review.admit import AdmittedPart, PolicySet
from release_review.audit.forecast.clock import Clock
from release_review.audit.forecast.events import Event, Kind, dates_in
from release_review.audit.forecast.states import RuleChange
from release_review.cel import Read
from release_review.channels import opening_of
from release_review.fingerprint import name_of
from release_review.leaves import UNKNOWN, period_stated
from release_review.model import GATE, Manifest, Severity, Waiver
from release_review.pointer import expand, value_at

MOST_FACTS = 3
"""Facts with the same date that one cause names; it says how many more there are."""

_OPEN_AND_CLOSED = ("/opened", "/closed")
"""Where conditions read whether a channel is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why something changes on a day.

    Attributes:
        kind: What happens, one word.
        what: The same in one clause, not escaped.
        part: Qualified id of the rule or assessment that it happens to; empty where it is to the release.
        pointer: Where the fact stands in the manifest; empty where it is none of it.
        name: What that place is called, or the waiver.
        date: The day that the fact states.
    """

    kind: str
    what: str
    part: str = ""
    pointer: str = ""
    name: str = ""
    date: str = ""


class Causes:
    """The reasons for what changes, by what the policies read."""

    def __init__(self, policies: PolicySet, clock: Clock) -> None:
        """Look at the policies."""
        parts: tuple[AdmittedPart, ...] = (*policies.assessments, *policies.rules)
        self._parts: Mapping[str, AdmittedPart] = {each.id: each for each in parts}
        self._severities = {rule.id: rule.severity for rule in policies.rules}
        self._clock = clock

    def of_rule(self, change: RuleChange, events: Sequence[Event], manifest: Manifest, day: dt.date) -> list[Cause]:
        """Say why a rule comes to something else: all that happens on that day to what it rests on.

        Args:
            change: The rule.
            events: What happens on that day.
            manifest: The release.
            day: The day.
        """
        parts = self._behind(change.rule)
        mine = [each for each in events if self._concerns(each, change.rule, parts)]
        found = self.of_events(mine, manifest, day)
        opaque = [part for part in parts if part in self._clock.opaque]
        if not found and opaque:
            return [self._opaque(part) for part in opaque]
        return found or self.of_events(events, manifest, day)

    def of_events(self, events: Iterable[Event], manifest: Manifest, day: dt.date) -> list[Cause]:
        """Say what happens on a day."""
        return list(dict.fromkeys(cause for event in events for cause in self._causes(event, manifest, day)))

    def _behind(self, rule: str) -> dict[str, None]:
        """Give the ids of a rule and of all assessments that it may read."""
        part = self._parts.get(rule)
        if part is None:
            return {}
        if rule in self._clock.opaque and not part.conditions:
            return dict.fromkeys((rule, *self._parts))  # a check in Python may read them all
        return dict.fromkeys((rule, *sorted(part.levels_read())))

    def _concerns(self, event: Event, rule: str, parts: Mapping[str, None]) -> bool:
        if event.waiver is not None:
            return rule.startswith(f"{GATE}/") or event.waiver.rule == rule
        match event.kind:
            case Kind.EFFECTIVE:
                return event.part == rule
            case Kind.OPENS | Kind.CLOSES:
                return any(self._reads_channels(part) for part in parts)
            case _:
                return event.part in parts

    def _reads_channels(self, part: str) -> bool:
        return any(read.pattern.endswith(_OPEN_AND_CLOSED) for read in self._reads(part))

    def _reads(self, part: str) -> Iterator[Read]:
        for condition in self._parts[part].conditions:
            yield from condition.expression.reads

    def _causes(self, event: Event, manifest: Manifest, day: dt.date) -> Iterator[Cause]:
        match event:
            case Event(waiver=Waiver() as waiver):
                yield _of_waiver(event.kind, waiver)
            case Event(kind=Kind.EFFECTIVE):
                yield self._effective(event.part, day)
            case Event(kind=Kind.OPENS | Kind.CLOSES):
                yield _of_channel(event, manifest)
            case _:
                yield from self._of_date(event, manifest)

    def _effective(self, rule: str, day: dt.date) -> Cause:
        blocks = self._severities[rule] is Severity.ERROR
        what = f"rule {rule} takes effect on {day}{': from then on it blocks' if blocks else ''}"
        return Cause(kind=Kind.EFFECTIVE.value, what=what, part=rule, name=rule, date=day.isoformat())

    def _opaque(self, part: str) -> Cause:
        what = f"{part} comes to something else from this day on; {self._clock.opaque[part]}"
        return Cause(kind=Kind.OPAQUE.value, what=what, part=part, name=part)

    def _of_date(self, event: Event, manifest: Manifest) -> Iterator[Cause]:
        """Say which dates make a comparison change; nothing where its part does not read them."""
        now = {True: "holds from this day on", False: "holds no longer", None: "has no result any more"}[event.holds]
        told = f"`{event.text}` of {event.part} {now}"
        stated = [each for each in dates_in(manifest.data) if each[1] in event.dates]
        if not stated:
            yield Cause(kind=Kind.DATE.value, what=told, part=event.part)
            return
        facts = self._read(stated, event.part, manifest)
        if {date for _, date in facts} < {date for _, date in stated}:
            return
        names = [f"{name_of(pointer, manifest.data)} is {date.date()}" for pointer, date in facts[:MOST_FACTS]]
        more = [f"{len(facts) - MOST_FACTS} more"] if len(facts) > MOST_FACTS else []
        pointer, date = facts[0]
        yield Cause(
            kind=Kind.DATE.value,
            what=f"{', '.join((*names, *more))}: {told}",
            part=event.part,
            pointer=pointer,
            name=name_of(pointer, manifest.data),
            date=date.date().isoformat(),
        )

    def _read(
        self, stated: list[tuple[str, dt.datetime]], part: str, manifest: Manifest
    ) -> list[tuple[str, dt.datetime]]:
        """Give those of some dates that a part reads."""
        if any(read.cited for read in self._reads(part)):
            return stated  # the evidence of a fact is read, wherever it stands
        read = {pointer for pointer, _ in self._places(part, manifest)}
        return [each for each in stated if each[0] in read]

    def _places(self, part: str, manifest: Manifest) -> Iterator[tuple[str, object]]:
        items = self._parts[part].items
        for read in self._reads(part):
            if not read.assessment:
                yield from expand(manifest.data, (items if read.root == "this" else "") + read.pattern)


def _of_waiver(kind: Kind, waiver: Waiver) -> Cause:
    if kind is Kind.WAIVER_EXPIRES:
        what = f"waiver {waiver.id} for {waiver.rule} expired on {waiver.expires}; its owner is {waiver.owner}"
        date = waiver.expires
    else:
        what = f"waiver {waiver.id} for {waiver.rule} holds from {waiver.created} to {waiver.expires}"
        date = waiver.created
    return Cause(kind=kind.value, what=what, part=waiver.rule, name=waiver.id, date=date.isoformat())


def _of_channel(event: Event, manifest: Manifest) -> Cause:
    data = manifest.document.data
    channel = value_at(data, event.pointer)
    name = f"channel {channel['id']}"
    if event.kind is Kind.OPENS:
        opening = opening_of(channel, data["release"])
        own = period_stated(channel.get("from")) is not None
        pointer = f"{event.pointer}/from" if own else "/release/date"
        what, date = f"{name} opens", opening.first if opening else None
    else:
        closing = period_stated(channel.get("until"))
        pointer, date = f"{event.pointer}/until", closing.last if closing else None
        what = f"{name} is closed" if event.after == "yes" else f"nobody can tell whether {name} is closed"
    stated = name_of(pointer, data)
    why = f"{stated} is {date}" if date else f"{stated} is {UNKNOWN}"
    return Cause(
        kind=event.kind.value,
        what=f"{what}: {why}",
        pointer=pointer,
        name=stated,
        date=date.isoformat() if date else "",
    )
