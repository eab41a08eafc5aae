"""Formulas as the search has them: negation stands in the parts alone, and each part is a fact about cells or numbers.

A cell is a word or a text that a formula reads, or whether a number or a date is stated. It has a number, as every
quantity has: what a comparison of numbers, dates, durations or sizes is about.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

Number: TypeAlias = int | Fraction

NULL = None
"""How a text, a number or a date looks that is not stated."""

ZERO = 0
"""The quantity that is nought: what single numbers are compared with."""


class TooLongError(Exception):
    """A question takes more steps than it may."""


@dataclass(frozen=True, slots=True)
class Domain:
    """What a cell may hold: these values, or any but these."""

    values: frozenset[str | None]
    only: bool

    def meet(self, other: Domain) -> Domain:
        """Give what is in both."""
        if self.only:
            kept = self.values & other.values if other.only else self.values - other.values
            return Domain(kept, only=True)
        if other.only:
            return other.meet(self)
        return Domain(self.values | other.values, only=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left."""
        return self.only and not self.values

    def complement(self) -> Domain:
        """Give all other values."""
        return Domain(self.values, only=not self.only)


@dataclass(frozen=True, slots=True)
class Among:
    """A cell holds one of some values, or none of them."""

    cell: int
    domain: Domain


@dataclass(frozen=True, slots=True)
class Tie:
    """Two cells hold the same, or they do not."""

    left: int
    right: int
    holds: bool


@dataclass(frozen=True, slots=True)
class Fits:
    """A text passes a test such as `startsWith`, or does not."""

    test: str
    cell: int
    argument: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Bound:
    """One quantity is at most so much more than another, or less than that if it is strict."""

    left: int
    right: int
    most: Number
    strict: bool


@dataclass(frozen=True, slots=True)
class Free:
    """Something that is not understood, which is true or false."""

    key: Hashable
    holds: bool


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold; true where there are none."""

    parts: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """One part holds; false where there are none."""

    parts: tuple[Form, ...]


Fact: TypeAlias = Among | Tie | Fits | Bound | Free
Form: TypeAlias = Fact | Every | Some

TRUE, FALSE = Every(()), Some(())


def every(parts: Iterable[Form]) -> Form:
    """Join forms by `and`."""
    kept: dict[Form, None] = {}
    for part in parts:
        if part == FALSE:
            return FALSE
        kept.update(dict.fromkeys(part.parts if isinstance(part, Every) else (part,)))
    return next(iter(kept)) if len(kept) == 1 else Every(tuple(kept))


def some(parts: Iterable[Form]) -> Form:
    """Join forms by `or`."""
    kept: dict[Form, None] = {}
    for part in parts:
        if part == TRUE:
            return TRUE
        kept.update(dict.fromkeys(part.parts if isinstance(part, Some) else (part,)))
    return next(iter(kept)) if len(kept) == 1 else Some(tuple(kept))


def opposite(fact: Fact) -> Fact:
    """Give what holds where a fact does not."""
    match fact:
        case Among(cell=cell, domain=domain):
            return Among(cell, domain.complement())
        case Tie(left=left, right=right, holds=holds):
            return Tie(left, right, not holds)
        case Fits(test=test, cell=cell, argument=argument, holds=holds):
            return Fits(test, cell, argument, not holds)
        case Bound(left=left, right=right, most=most, strict=strict):
            return Bound(right, left, -most, not strict)
        case Free(key=key, holds=holds):
            return Free(key, not holds)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that comparisons are about.

    Attributes:
        grid: It is a whole multiple of that; 0 where it may lie anywhere.
        least: Its least value, if it has one.
        most: Its greatest value, if it has one.
        base: The list whose items it counts, as the quantity that is its size; None for anything else.
        met: What is asked of the items it counts; None where it counts all.
        unmet: What holds of the others.
    """

    grid: int = 0
    least: Number | None = None
    most: Number | None = None
    base: int | None = None
    met: Form | None = None
    unmet: Form | None = None


class Names:
    """The cells and quantities of a question, and the steps that may still be taken to answer it."""

    def __init__(self, steps: int) -> None:
        self.domains: list[Domain] = []
        self.quantities: list[Quantity] = [Quantity()]
        self._cells: dict[Hashable, int] = {}
        self._numbers: dict[Hashable, int] = {}
        self._left = steps

    def renew(self, steps: int) -> None:
        """Begin with another question about the same cells and quantities, and as many steps to answer it."""
        self._left = steps

    def spend(self, steps: int = 1) -> None:
        """Take a step, or some.

        Raises:
            TooLongError: There are not so many left.
        """
        self._left -= steps
        if self._left < 0:
            raise TooLongError

    def cell(self, key: Hashable, domain: Domain) -> int:
        """Give the number of a cell."""
        found = self._cells.get(key)
        if found is None:
            found = self._cells[key] = len(self.domains)
            self.domains.append(domain)
        return found

    def quantity(self, key: Hashable, quantity: Quantity) -> int:
        """Give the number of a quantity."""
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.quantities)
            self.quantities.append(quantity)
        return found
