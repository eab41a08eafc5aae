"""Numbers, dates, durations and sizes as sums of quantities, as far as their arithmetic is exact.

Sums of doubles are rounded, so that what holds of real numbers need not hold of them: such a sum is a quantity of its
own, of which nothing is known but that it is the same wherever it is written the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from release_review.cel.satisfy.forms import ZERO, Bound, Form, Number, Quantity, every, some
from release_review.cel.tree import Constant

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_DAY = dt.timedelta(days=1) // _MICROSECOND

KINDS = ("int", "double", "timestamp", "duration")
"""Types whose values are compared as numbers; dates and durations are counted in microseconds."""

EXACT = ("int", "timestamp", "duration")
"""Types whose sums are not rounded."""


def number_of(constant: Constant) -> Number:
    """Give the number that a constant is."""
    match constant.value:
        case dt.datetime() as instant:
            return (instant - _EPOCH) // _MICROSECOND
        case dt.timedelta() as duration:
            return duration // _MICROSECOND
        case float() as number:
            return Fraction(number)
        case bool() | str():
            raise TypeError(f"no number: {constant!r}")
        case whole:
            return whole


_FIRST, _LAST = ((dt.datetime(*day, tzinfo=dt.UTC) - _EPOCH) // _MICROSECOND for day in ((1, 1, 1), (9999, 12, 31)))

DAY_OF_CALENDAR = Quantity(grid=_DAY, least=_FIRST, most=_LAST)
"""A date of a manifest, or one of the two days of a review: midnight in UTC."""

AMOUNT = Quantity(least=0)
"""A number of a manifest: a double, and by its schema not negative."""

COUNT = Quantity(grid=1, least=0)
"""The size of a list or a text."""

WHOLE = Quantity(grid=1)
"""A whole number of which nothing else is known."""

ANY = Quantity()
"""A number of which nothing is known."""

PARTS: Mapping[str, Quantity] = MappingProxyType(
    {
        "getMonth": Quantity(grid=1, least=0, most=11),
        "getDate": Quantity(grid=1, least=1, most=31),
        "getDayOfMonth": Quantity(grid=1, least=0, most=30),
        "getDayOfWeek": Quantity(grid=1, least=0, most=6),
        "getDayOfYear": Quantity(grid=1, least=0, most=365),
        "size": COUNT,
    }
)
"""What is known of functions whose result is counted with."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Quantities, each a whole number of times, and a number."""

    number: Number = 0
    times: Mapping[int, int] = field(default_factory=dict)

    def plus(self, other: Sum, factor: int = 1) -> Sum:
        """Add another one, so many times."""
        times = dict(self.times)
        for quantity, count in other.times.items():
            times[quantity] = times.get(quantity, 0) + factor * count
        return Sum(self.number + factor * other.number, {each: count for each, count in times.items() if count})

    def scaled(self, factor: int) -> Sum:
        """Give it so many times."""
        return Sum().plus(self, factor)


def below(difference: Sum, *, strict: bool) -> Form | None:
    """Tell that a sum is at most nought, or less; None where that is about more than two quantities."""
    match sorted(difference.times.items(), key=lambda each: -each[1]):
        case []:
            holds = difference.number < 0 or (difference.number == 0 and not strict)
            return every(()) if holds else some(())
        case [(left, 1), (right, -1)]:
            return Bound(left, right, -difference.number, strict)
        case [(one, count)]:
            far = Fraction(-difference.number) / abs(count)
            return Bound(one, ZERO, far, strict) if count > 0 else Bound(ZERO, one, far, strict)
    return None
