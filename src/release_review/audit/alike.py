"""When two sources say the same thing in other words: a month and a day in it, a number and what it is rounded to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from release_review.dates import Period, period_of

_FINER = {frozenset({"public", "public-gated"}): "public-gated"}
"""Words of which one says what the other does, and more: who says that all can have it does not deny a gate."""

MOST_APART = 0.05
"""How far a number may be from the one that it is rounded to, as a share of that."""

_TRUTH = {True: "yes", False: "no"}


def finer(one: Any, other: Any) -> Any | None:
    """Give the value that says what both say, the more exact of the two; None where they disagree.

    A date says the same as another that lies within it. A number says the same as one that it is rounded to, at most
    five per cent away: 117e9 and 116.8e9 do, 110e9 and 117e9 do not. Of two such numbers the larger is given, since
    what is asked of a release grows with its size. Texts may differ in case and blanks, and `public` may be
    `public-gated`.
    """
    one, other = _plain(one), _plain(other)
    if one == other and type(one) is type(other):
        return one
    if _is_number(one) and _is_number(other):
        return _finer_number(one, other)
    if isinstance(one, str) and isinstance(other, str):
        if " ".join(one.casefold().split()) == " ".join(other.casefold().split()):
            return one
        return _FINER.get(frozenset({one, other})) or _finer_date(one, other)
    return None


def _plain(value: Any) -> Any:
    return _TRUTH[value] if isinstance(value, bool) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _finer_number(one: float, other: float) -> float | None:
    if one == other:
        return one
    coarse, exact = sorted((one, other), key=_digits)
    digits = _digits(coarse)
    is_rounded = bool(digits) and float(f"{exact:.{digits - 1}e}") == float(coarse)
    return max(one, other) if is_rounded and abs(exact - coarse) <= MOST_APART * abs(coarse) else None


def _digits(value: float) -> int:
    """Count the digits of a number that are not there for its size alone: 3 in 117e9, 2 in 1.1e11."""
    return len(Decimal(repr(value)).normalize().as_tuple().digits) if value else 0


def _finer_date(one: str, other: str) -> str | None:
    first, second = _period(one), _period(other)
    if first is None or second is None:
        return None
    if first.first <= second.first and second.last <= first.last:
        return other
    return one if second.first <= first.first and first.last <= second.last else None


def _period(text: str) -> Period | None:
    try:
        return period_of(text)
    except ValueError:
        return None
