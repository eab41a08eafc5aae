"""The days a manifest means: a date, an instant, a month or a year, read as whole UTC days."""

from __future__ import annotations

import calendar
import datetime as dt
import functools
import re
from dataclasses import dataclass

_DAYS = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.][0-9]{1,9})?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days that a date may mean; one day, unless only its month or its year is stated.

    Attributes:
        first: The first of them, in UTC.
        last: The last of them, in UTC.
    """

    first: dt.date
    last: dt.date


@functools.lru_cache(maxsize=4096)
def period_of(text: str) -> Period:
    """Read `2024`, `2024-05`, `2024-05-31` or an instant with its offset, which means its UTC day.

    Raises:
        ValueError: The text is none of these, or the calendar has no such day.
    """
    if match := _DAYS.fullmatch(text):
        return _whole(match[1], match[2], match[3])
    if match := _INSTANT.fullmatch(text):
        day = _utc_day(match)
        return Period(first=day, last=day)
    raise ValueError(f"{text!r} is no date")


def day_of(text: str) -> dt.date:
    """Read one day, such as `2024-05-31`.

    Raises:
        ValueError: The text is not written like that, or the calendar has no such day.
    """
    period = period_of(text)
    if len(text) != len("2024-05-31"):
        raise ValueError(f"{text!r} is no day")
    return period.first


@functools.lru_cache(maxsize=4096)
def midnight(day: dt.date) -> dt.datetime:
    """Give the first instant of a day, in UTC."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


def _whole(year: str, month: str | None, day: str | None) -> Period:
    if day is not None:
        exact = dt.date(int(year), int(month or "1"), int(day))
        return Period(first=exact, last=exact)
    first = dt.date(int(year), int(month or "1"), 1)
    if month is None:
        return Period(first=first, last=first.replace(month=12, day=31))
    return Period(first=first, last=first.replace(day=calendar.monthrange(first.year, first.month)[1]))


def _utc_day(match: re.Match[str]) -> dt.date:
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    offset = dt.timedelta()
    if match[7]:
        hours, minutes = int(match[8]), int(match[9])
        if hours > 23 or minutes > 59:  # noqa: PLR2004 - hours of a day, minutes of an hour
            raise ValueError(f"{match[0]!r} has an offset that no clock has")
        offset = dt.timedelta(hours=hours, minutes=minutes) * (-1 if match[7] == "-" else 1)
    local = dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)
    try:
        return (local - offset).date()
    except OverflowError:
        raise ValueError(f"{match[0]!r} is outside the calendar in UTC") from None
