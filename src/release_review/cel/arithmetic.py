"""Functions and operators of CEL on values whose types are proven; what has no result is an error."""

from __future__ import annotations

import datetime as dt
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from release_review.cel.tree import LONGEST_DURATION, Operation
from release_review.model import LIMITS

_INT64 = range(-(1 << 63), 1 << 63)
_TWO_TO_63 = float(1 << 63)

LONGEST_TEXT = LIMITS.string_characters
"""Code points that a text may grow to by `+`: as long as a manifest's own may be."""


class NoResultError(Exception):
    """An operation has no result for these values."""


def function_of(operation: Operation) -> Callable[..., Any]:
    """Give the function that carries out an operation."""
    kind = operation.operands[0].type.name
    if operation.name in _OPERATORS:
        if operation.type.name in ("int", "double"):
            return _NUMBERS[operation.name, operation.type.name]
        return _joined if operation.type.name == "string" else _moved(_OPERATORS[operation.name])
    if operation.name in _GETTERS:
        return _DURATIONS[operation.name] if kind == "duration" else _GETTERS[operation.name]
    return _CONVERSIONS[operation.name, kind]


def _whole(compute: Callable[..., int]) -> Callable[..., int]:
    def checked(*operands: int) -> int:
        result = compute(*operands)
        if result not in _INT64:
            raise NoResultError("a whole number grows beyond 64 bits")
        return result

    return checked


def _finite(compute: Callable[..., float]) -> Callable[..., float]:
    def checked(*operands: float) -> float:
        try:
            result = compute(*operands)
        except ZeroDivisionError:
            raise NoResultError("modulus or divide by zero") from None
        if not math.isfinite(result):
            raise NoResultError("the result is no finite number")
        return result

    return checked


def _moved(compute: Callable[..., Any]) -> Callable[..., Any]:
    def checked(*operands: Any) -> Any:
        try:
            result = compute(*operands)
        except OverflowError:
            raise NoResultError("a date leaves the calendar") from None
        if isinstance(result, dt.timedelta) and abs(result) > LONGEST_DURATION:
            raise NoResultError("a duration grows beyond ten thousand years")
        return result

    return checked


def _joined(left: str, right: str) -> str:
    if len(left) + len(right) > LONGEST_TEXT:
        raise NoResultError(f"a text grows beyond {LONGEST_TEXT:,} characters")
    return left + right


def _quotient(left: int, right: int) -> int:
    if right == 0:
        raise NoResultError("modulus or divide by zero")
    size = abs(left) // abs(right)
    return size if (left < 0) == (right < 0) else -size


def _truncated(number: float) -> int:
    if not -_TWO_TO_63 < number < _TWO_TO_63:
        raise NoResultError("a whole number grows beyond 64 bits")
    return math.trunc(number)


def _instant_text(instant: dt.datetime) -> str:
    """Write an instant with no, three or six digits behind the second, as the JSON form of a timestamp has them."""
    precision = "milliseconds" if instant.microsecond and instant.microsecond % 1000 == 0 else "auto"
    return instant.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def _units(duration: dt.timedelta, unit: dt.timedelta) -> int:
    """Count the whole units of a duration, towards zero."""
    count = abs(duration) // unit
    return count if duration >= dt.timedelta() else -count


_OPERATORS: Mapping[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "neg": operator.neg,
}
_NUMBERS: Mapping[tuple[str, str], Callable[..., Any]] = {
    **{(sign, "double"): _finite(compute) for sign, compute in _OPERATORS.items()},
    **{(sign, "int"): _whole(compute) for sign, compute in _OPERATORS.items()},
    ("/", "int"): _whole(_quotient),
}
_CONVERSIONS: Mapping[tuple[str, str], Callable[..., Any]] = {
    ("size", "string"): len,
    ("int", "int"): int,
    ("int", "double"): _truncated,
    ("double", "int"): float,
    ("double", "double"): float,
    ("string", "string"): str,
    ("string", "int"): str,
    ("string", "timestamp"): _instant_text,
}
_GETTERS: Mapping[str, Callable[..., int]] = {
    "getFullYear": lambda instant: instant.year,
    "getMonth": lambda instant: instant.month - 1,
    "getDate": lambda instant: instant.day,
    "getDayOfMonth": lambda instant: instant.day - 1,
    "getDayOfWeek": lambda instant: instant.isoweekday() % 7,
    "getDayOfYear": lambda instant: instant.timetuple().tm_yday - 1,
    "getHours": lambda instant: instant.hour,
    "getMinutes": lambda instant: instant.minute,
    "getSeconds": lambda instant: instant.second,
    "getMilliseconds": lambda instant: instant.microsecond // 1000,
}
_DURATIONS: Mapping[str, Callable[..., int]] = {
    "getHours": lambda duration: _units(duration, dt.timedelta(hours=1)),
    "getMinutes": lambda duration: _units(duration, dt.timedelta(minutes=1)),
    "getSeconds": lambda duration: _units(duration, dt.timedelta(seconds=1)),
    "getMilliseconds": lambda duration: int(math.fmod(_units(duration, dt.timedelta(milliseconds=1)), 1000)),
}
