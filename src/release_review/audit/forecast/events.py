"""What happens to one release on which day: channels open and close, waivers begin and end, rules take effect."""

from __future__ import annotations

import datetime as dt
import enum
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from release_review.audit.forecast.clock import Clock, Flips, Holds, Watch, day_before
from release_review.audit.forecast.window import DAY, Window
from release_review.channels import has_closed, has_opened, opening_of
from release_review.fields import EVIDENCE_OF
from release_review.leaves import period_stated
from release_review.model import Manifest, Waiver
from release_review.pointer import pointer_to

MOST_COMBINED = 1_000
"""Combinations of dates that a comparison of several is tried for; with more, every day is looked at."""


class Kind(enum.StrEnum):
    """What happens on a day."""

    OPENS = "channel-opens"
    CLOSES = "channel-closes"
    WAIVER_BEGINS = "waiver-begins"
    WAIVER_EXPIRES = "waiver-expires"
    EFFECTIVE = "rule-effective"
    DATE = "date-reached"
    OPAQUE = "every-day"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happens to a release on a day, and may change what a review comes to.

    Attributes:
        kind: What happens.
        part: Qualified id of the rule or assessment that it happens to; empty where it is to the release.
        pointer: The channel that opens or closes.
        after: Whether that channel is open or closed from then on, as normalisation has it.
        waiver: The waiver that begins or ends.
        text: The comparison that changes.
        holds: What that comes to from then on.
        dates: The dates in it.
    """

    kind: Kind
    part: str = ""
    pointer: str = ""
    after: str = ""
    waiver: Waiver | None = None
    text: str = ""
    holds: Holds = None
    dates: tuple[dt.datetime, ...] = ()


Events = Mapping[dt.date, tuple[Event, ...]]
"""What happens on each day on which anything does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Almanac:
    """The days on which a release may come to something else, and what happens on them.

    Attributes:
        days: All of them, in order.
        events: What happens on them, where that is known.
    """

    days: tuple[dt.date, ...]
    events: Events


def almanac_of(
    manifest: Manifest | None, *, clock: Clock, flips: Flips, waivers: Iterable[Waiver], window: Window
) -> Almanac:
    """Give the days after today on which a release may come to something else: every other day is like that before it.

    Args:
        manifest: The release, as of any day; None where nothing is known of it.
        clock: What in the policies looks at the day.
        flips: When comparisons change.
        waivers: Those for the release.
        window: The days that are looked at.
    """
    found: dict[dt.date, dict[Event, None]] = {}
    for day, event in _events(manifest, clock, flips, waivers, window):
        if day in window:
            found.setdefault(day, {})[event] = None
    whole = manifest is None or bool(clock.opaque) or _has_crowded(manifest, clock)
    days = tuple(window) if whole else tuple(sorted(found))
    return Almanac(days=days, events={day: tuple(found[day]) for day in sorted(found)})


def dates_in(value: Any, pointer: str = "") -> Iterator[tuple[str, dt.datetime]]:
    """Give every date of a normalised manifest, and where it stands; those of evidence where the evidence is."""
    if isinstance(value, dt.datetime):
        yield pointer, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key != EVIDENCE_OF:
                yield from dates_in(inner, pointer + pointer_to(key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from dates_in(inner, f"{pointer}/{number}")


def _events(
    manifest: Manifest | None, clock: Clock, flips: Flips, waivers: Iterable[Waiver], window: Window
) -> Iterator[tuple[dt.date, Event]]:
    for rule, day in clock.effective.items():
        yield day, Event(kind=Kind.EFFECTIVE, part=rule)
    for waiver in waivers:
        yield waiver.created, Event(kind=Kind.WAIVER_BEGINS, waiver=waiver)
        if waiver.expires < dt.date.max:
            yield waiver.expires + DAY, Event(kind=Kind.WAIVER_EXPIRES, waiver=waiver)
    if manifest is not None:
        yield from _channels(manifest.document.data, window)
        yield from _comparisons(manifest, clock, flips)


def _channels(data: Mapping[str, Any], window: Window) -> Iterator[tuple[dt.date, Event]]:
    release = data["release"]
    for number, channel in enumerate(data.get("access", ())):
        pointer = pointer_to("access", number)
        for day in _turns(channel, release, window):
            if day not in window:
                continue
            before = day_before(day)
            opened = has_opened(channel, release, as_of=window.state_on(day))
            if opened != has_opened(channel, release, as_of=window.state_on(before)):
                yield day, Event(kind=Kind.OPENS, pointer=pointer, after=opened)
            closed = has_closed(channel, as_of=window.state_on(day), today=day)
            if closed != has_closed(channel, as_of=window.state_on(before), today=before):
                yield day, Event(kind=Kind.CLOSES, pointer=pointer, after=closed)


def _turns(channel: Mapping[str, Any], release: Mapping[str, Any], window: Window) -> Iterator[dt.date]:
    """Give the days on which a channel may open or close."""
    opening, closing = opening_of(channel, release), period_stated(channel.get("until"))
    if opening is not None:
        yield opening.first
    if closing is not None and closing.last < dt.date.max:
        yield closing.last + DAY
    if window.as_of is not None and window.as_of < dt.date.max:
        # Once the day of judgement has gone past the day that is judged, nobody knows what closed on an unknown day.
        yield window.as_of + DAY


def _comparisons(manifest: Manifest, clock: Clock, flips: Flips) -> Iterator[tuple[dt.date, Event]]:
    dates = _dates_of(manifest)
    for number, watch in enumerate(clock.watches):
        if _is_crowded(watch, dates):
            continue
        for values in itertools.product(sorted(dates | watch.constants), repeat=len(watch.leaves)):
            for day, holds in flips.of(number, watch, values):
                yield day, Event(kind=Kind.DATE, part=watch.part, text=watch.text, holds=holds, dates=values)


def _has_crowded(manifest: Manifest, clock: Clock) -> bool:
    dates = _dates_of(manifest)
    return any(_is_crowded(watch, dates) for watch in clock.watches)


def _dates_of(manifest: Manifest) -> frozenset[dt.datetime]:
    return frozenset(day for _, day in dates_in(manifest.data))


def _is_crowded(watch: Watch, dates: frozenset[dt.datetime]) -> bool:
    """Tell whether there are too many dates for a comparison of several to be tried for all of them."""
    return math.prod(len(dates | watch.constants) for _ in watch.leaves) > MOST_COMBINED
