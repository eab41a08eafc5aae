"""The typed tree: what an admitted expression means, in the few forms that the readings and engines need.

`check` admits, and brings every expression into these forms: numbers are of one kind in each
comparison, conditionals stand outside comparisons, a chain of `filter` and `map` is one view of a
list, and every variable has a name of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

from release_review.cel.types import Type

Value: TypeAlias = bool | int | float | str | dt.datetime | dt.timedelta

LONGEST_DURATION = dt.timedelta(seconds=315_576_000_000)
"""The longest duration of CEL, either way: about ten thousand years. Source: `google.protobuf.Duration`."""


# Terms: what is compared ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that is always known: a literal, a parameter in force."""

    value: Value
    type: Type


@dataclass(frozen=True, slots=True)
class Path:
    """A value of the manifest, of an item, or one of the two dates: `root.step.step`."""

    root: str
    steps: tuple[str, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class LevelOf:
    """The level of an assessment: of the whole, or of the item that a path names by its id."""

    assessment: str
    item: Path | None
    type: Type


@dataclass(frozen=True, slots=True)
class Operation:
    """A function or an arithmetic operator on terms; `name` is what CEL calls it."""

    name: str
    operands: tuple[Term, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Size:
    """The number of items a view lets through; its predicate is decided whatever is unknown."""

    view: View
    type: Type


@dataclass(frozen=True, slots=True)
class Either:
    """A conditional between terms: `condition ? then : otherwise`."""

    condition: Formula
    then: Term
    otherwise: Term
    type: Type


Term: TypeAlias = Constant | Path | LevelOf | Operation | Size | Either


@dataclass(frozen=True, slots=True)
class View:
    """Items of a list that meet a condition, as `base.filter(variable, where)`; every item where there is none."""

    base: Path | tuple[Constant, ...]
    variable: str
    where: Formula | None


# Formulas: what is true or false --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Truth:
    """`true`, `false`, or a parameter that is one of them."""

    value: bool


@dataclass(frozen=True, slots=True)
class Not:
    """`!operand`."""

    operand: Formula


@dataclass(frozen=True, slots=True)
class AllOf:
    """Operands joined by `&&`, read from the left."""

    operands: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Operands joined by `||`, read from the left."""

    operands: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A conditional between formulas: `condition ? then : otherwise`."""

    condition: Formula
    then: Formula
    otherwise: Formula


@dataclass(frozen=True, slots=True)
class Same:
    """Two formulas are both true or both false."""

    left: Formula
    right: Formula


@dataclass(frozen=True, slots=True)
class Atom:
    """A comparison, a membership in written-out words, or a test of text; undecided while a leaf is unknown."""

    operator: str
    operands: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A question about the value itself, `unknown` and null included; it is always decided.

    Attributes:
        path: The one value that is asked about.
        values: The values that make it true.
        null: Whether null makes it true as well.
        negated: Whether it is asked with `!=`.
    """

    path: Path | LevelOf
    values: tuple[Constant, ...]
    null: bool
    negated: bool


@dataclass(frozen=True, slots=True)
class Stated:
    """Whether a value is known; `has(path)`, and the guard in the readings."""

    path: Path | LevelOf


@dataclass(frozen=True, slots=True)
class Quantified:
    """`exists`, `all` or `exists_one` over a list.

    Attributes:
        name: Which of the three.
        base: The list.
        variable: The name of each item.
        body: What is asked of it.
    """

    name: str
    base: Path | tuple[Constant, ...]
    variable: str
    body: Formula


@dataclass(frozen=True, slots=True)
class Counted:
    """The number of items that meet a condition, compared with a term: `size(view) operator bound`."""

    view: View
    operator: str
    bound: Term


Formula: TypeAlias = Truth | Not | AllOf | AnyOf | Choice | Same | Atom | Named | Stated | Quantified | Counted
Node: TypeAlias = Term | Formula | View


def parts_of(node: Node) -> Iterator[Node]:
    """Give the nodes a node is made of, from left to right."""
    for name in node.__slots__:
        yield from _nodes_in(getattr(node, name))


def walk(node: Node) -> Iterator[Node]:
    """Give a node and everything below it."""
    yield node
    for part in parts_of(node):
        yield from walk(part)


def count_nodes(node: Node) -> int:
    """Count the nodes of a tree."""
    return sum(1 for _ in walk(node))


def has_more_nodes(node: Node, most: int) -> bool:
    """Tell whether a tree has more nodes than so many, without counting further than that."""
    return next(islice(walk(node), most, None), None) is not None


def _nodes_in(value: Any) -> Iterator[Node]:
    if isinstance(value, tuple):
        for each in value:
            yield from _nodes_in(each)
    elif hasattr(value, "__dataclass_fields__") and not isinstance(value, Type):
        yield value


def leaves_of(node: Node) -> Iterator[Path | LevelOf]:
    """Give the leaves that may be unknown, each once, from left to right."""
    seen = set()
    for each in walk(node):
        if isinstance(each, Path | LevelOf) and each.type.unknown and each not in seen:
            seen.add(each)
            yield each
