"""When a channel opens and closes, and whether it is open on the day that is judged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from release_review.dates import Period
from release_review.leaves import UNKNOWN, bare, conflicts_of, period_stated


def opening_of(channel: Mapping[str, Any], release: Mapping[str, Any]) -> Period | None:
    """Give the days on which a channel may open: its own, else those of the release.

    Sources that conflict about the channel's own date leave it without one; it never falls back on the release.

    Raises:
        ValueError: No calendar has the date.
    """
    if conflicts_of(channel.get("from")):
        return None
    return period_stated(channel.get("from")) or period_stated(release.get("date"))


def has_opened(channel: Mapping[str, Any], release: Mapping[str, Any], *, as_of: dt.date) -> str:
    """Tell whether a channel has opened by a day: `yes` or `no`; without a date it has."""
    opening = opening_of(channel, release)
    return "no" if opening is not None and opening.first > as_of else "yes"


def has_closed(channel: Mapping[str, Any], *, as_of: dt.date, today: dt.date) -> str:
    """Tell whether a channel has closed before a day: `yes`, `no` or `unknown`; a leak never closes.

    A release that is planned is judged as of a later day than today. What is to close until then is open still: or
    else one more channel, announced for a day far off, would close all others.
    """
    kind = UNKNOWN if conflicts_of(channel["kind"]) else bare(channel["kind"])
    until = channel.get("until")
    if kind == "leak" or until is None:
        return "no"
    if conflicts_of(until):
        return UNKNOWN
    closing = period_stated(until)
    if closing is not None and closing.last >= min(as_of, today):
        return "no"
    surely = closing is not None or as_of >= today
    # What nobody has named may be a leak.
    return "yes" if surely and kind != UNKNOWN else UNKNOWN


def latest_opening(data: Mapping[str, Any]) -> dt.date | None:
    """Give the latest day on which a channel of a written manifest opens; None where no date is known."""
    openings = (opening_of(channel, data["release"]) for channel in data.get("access", ()))
    return max((opening.first for opening in openings if opening is not None), default=None)
