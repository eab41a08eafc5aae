"""When the engine asks a condition of an expression, as formulas that are decided whatever is unknown."""

from __future__ import annotations

from collections.abc import Iterator

from release_review.cel.readings import Readings, unfold
from release_review.cel.tree import AllOf, AnyOf, Atom, Choice, Formula, Not, Same, Truth

_NO_LIMIT = 1 << 62

Before = tuple[Formula, ...]
"""What holds where a condition is asked."""


def readings_of_part(formula: Formula) -> Readings:
    """Give the readings of a part of an expression; those of the whole were bounded when it was admitted."""
    return Readings(formula, most=_NO_LIMIT)


def surely(formula: Formula) -> Formula:
    """Give what holds where a formula is surely true."""
    return readings_of_part(formula).surely


def possibly(formula: Formula) -> Formula:
    """Give what holds where a formula is possibly true."""
    return readings_of_part(formula).possibly


def asked_in(formula: Formula, before: Before = ()) -> Iterator[tuple[Formula, Before]]:
    """Give the conditions of a formula, each with what holds where it is asked.

    Those that are asked of each item of a list are left out: what holds there is of the item.
    """
    match formula:
        case Truth():
            return
        case Not(operand=operand):
            yield from asked_in(operand, before)
        case AllOf(operands=operands):
            for each in operands:
                yield from asked_in(each, before)
                before = (*before, possibly(each))
        case AnyOf(operands=operands):
            for each in operands:
                yield from asked_in(each, before)
                before = (*before, Not(surely(each)))
        case Choice(condition=condition, then=then, otherwise=otherwise):
            yield from asked_in(condition, before)
            yield from asked_in(then, (*before, possibly(condition)))
            yield from asked_in(otherwise, (*before, Not(surely(condition))))
        case Same(left=left, right=right):
            yield from asked_in(left, before)
            yield from asked_in(right, before)
        case Atom() if (choice := unfold(formula)) is not None:
            yield from asked_in(choice, before)
        case _:
            yield formula, before
