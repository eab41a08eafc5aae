"""Literals, operators and patterns: what they give, and which of them an engine may get."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable

from release_review.cel import syntax
from release_review.cel.advice import instant_hint, quoted
from release_review.cel.syntax import Refusal
from release_review.cel.tree import (
    LONGEST_DURATION,
    Constant,
    Either,
    Formula,
    Operation,
    Term,
    leaves_of,
)
from release_review.cel.types import DOUBLE, DURATION, INT, STRING, TIMESTAMP, plain

_DURATION = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?(?:h|m|s|ms|us))+")
_DAYS = re.compile(r"[0-9]{1,6}d")
_DURATION_PART = re.compile(r"([0-9]+)(?:\.([0-9]+))?(h|ms|m|s|us)")
_MICROSECONDS = {"h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000, "ms": 1_000, "us": 1}
_MICROSECOND = dt.timedelta(microseconds=1)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)")

_MOST_WAYS = 64
"""Outcomes of the conditionals in one comparison; each makes a comparison of its own in a reading."""

_PATTERN_BYTES = 1 << 20
"""Memory of one compiled pattern; a larger one also costs a noticeable time."""


def literal(tree: syntax.Literal) -> Constant:
    """Give the value of a literal that is compared."""
    match tree.kind, tree.value:
        case "int", int(value):
            return Constant(value, INT)
        case "double", float(value):
            return Constant(value, DOUBLE)
        case "string", str(value):
            return Constant(value, STRING)
        case "null", _:
            raise Refusal("null stands where a value is asked", tree.at, "write path == null")
    raise Refusal("a truth value stands where a value is asked", tree.at, "join conditions with && or ||")


def instant(text: str, at: int) -> Constant:
    """Read the text of `timestamp("...")`."""
    if not _INSTANT.fullmatch(text):
        raise Refusal(f"{quoted(text)} is no instant", at, instant_hint(text))
    try:
        return Constant(dt.datetime.fromisoformat(text).astimezone(dt.UTC), TIMESTAMP)
    except (ValueError, OverflowError):
        raise Refusal(f"{quoted(text)} is no day of the calendar", at, instant_hint("")) from None


def duration(text: str, at: int) -> Constant:
    """Read the text of `duration("...")`."""
    if not _DURATION.fullmatch(text):
        hours = f"{24 * int(text[:-1])}h" if _DAYS.fullmatch(text) else "720h"
        hint = f'write hours, minutes or seconds, as in duration("{hours}")'
        raise Refusal(f"{quoted(text)} is no duration", at, hint)
    total = 0
    for whole, fraction, unit in _DURATION_PART.findall(text):
        parts, rest = divmod(int(whole + fraction) * _MICROSECONDS[unit], 10 ** len(fraction))
        if rest:
            raise Refusal(f"{quoted(text)} has a part below a microsecond", at, "write whole microseconds")
        total += parts
    if total > LONGEST_DURATION // _MICROSECOND:
        raise Refusal(f"{quoted(text)} is longer than ten thousand years", at, "write a shorter duration")
    return Constant((-total if text.startswith("-") else total) * _MICROSECOND, DURATION)


def negative(term: Term, at: int) -> Term:
    """Put a minus sign before a number."""
    if not term.type.is_number:
        raise Refusal(f"a minus sign stands before {term.type.label}", at, "it is for numbers")
    if isinstance(term, Constant) and isinstance(term.value, int | float):
        return Constant(-term.value, term.type)
    return Operation("neg", (term,), plain(term.type))


def either(condition: Formula, then: Term, otherwise: Term, at: int) -> Term:
    """Join the branches of a conditional, which are of one kind."""
    one, other = then.type, otherwise.type
    if one.is_number and other.is_number and one.name != other.name:
        then, otherwise = as_double(then, otherwise)
        one = DOUBLE
    elif one.name in ("list", "table", "opaque"):
        raise Refusal(f"a branch gives {one.label}", at, "give one value; ask about a list or a table outside")
    elif one.name != other.name:
        raise Refusal(f"one branch gives {one.label}, the other {other.label}", at, "give values of one kind")
    return Either(condition, then, otherwise, plain(one, other))


def check_branches(terms: Iterable[Term], at: int) -> None:
    """Refuse a comparison that falls apart into too many: one for each way through the conditionals in it."""
    if math.prod(_ways(term) for term in terms) > _MOST_WAYS:
        raise Refusal(f"the conditionals here have more than {_MOST_WAYS} outcomes", at, "split the rule in two")


def _ways(term: Term) -> int:
    match term:
        case Either(then=then, otherwise=otherwise):
            return _ways(then) + _ways(otherwise)
        case Operation(operands=operands):
            return math.prod(_ways(operand) for operand in operands)
    return 1


def operation(operator: str, left: Term, right: Term, at: int) -> Term:
    """Join two terms with an arithmetic operator."""
    check_branches((left, right), at)
    one, other = left.type, right.type
    if one.is_number and other.is_number:
        if operator == "/" and isinstance(right, Constant) and right.value == 0:
            raise Refusal("a number is divided by zero", at, "divide by another number")
        if one.name != other.name:
            left, right = as_double(left, right)
        return Operation(operator, (left, right), plain(left.type))
    match operator, one.name, other.name:
        case "+", "string", "string":
            return Operation(operator, (left, right), STRING)
        case (("+" | "-"), ("timestamp" | "duration"), "duration"):
            return Operation(operator, (left, right), plain(one))
        case "+", "duration", "timestamp":
            return Operation(operator, (left, right), TIMESTAMP)
        case "-", "timestamp", "timestamp":
            return Operation(operator, (left, right), DURATION)
    raise Refusal(
        f"{operator} joins {one.label} and {other.label}", at, "join two numbers, two texts, or a date and a duration"
    )


def as_double(*terms: Term) -> tuple[Term, Term]:
    """Give two numbers as doubles."""
    one, other = terms
    return doubled(one), doubled(other)


def doubled(term: Term) -> Term:
    """Give a number as a double."""
    if term.type.name == "double":
        return term
    if isinstance(term, Constant) and isinstance(term.value, int):
        return Constant(float(term.value), DOUBLE)
    return Operation("double", (term,), DOUBLE)


def may_be_undecided(formula: Formula) -> bool:
    """Tell whether any atom of a formula has a leaf that may be unknown."""
    return any(True for _ in leaves_of(formula))


def check_pattern(pattern: Term, at: int) -> None:
    """Refuse a pattern that is not written out, or that RE2 does not compile."""
    import re2  # only for policies that use patterns

    if not isinstance(pattern, Constant) or not isinstance(pattern.value, str):
        raise Refusal("the pattern is computed", at, "write it out, in quotes")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _PATTERN_BYTES
    try:
        re2.compile(pattern.value, options=options)
    except re2.error as error:
        reason = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        raise Refusal(f"the pattern does not compile: {reason}", at, "write it in RE2 syntax") from None


def check_naming(operator: str, at: int) -> None:
    """Refuse an order with null or "unknown"."""
    if operator not in ("==", "!="):
        raise Refusal(f"{operator} compares with a value that has no order", at, "use == or !=")
