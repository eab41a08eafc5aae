"""What an expression says, as it is written: the untyped tree that `parse` gives and `check` reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
"""What a comparison becomes when its sides change places."""


class Refusal(Exception):  # noqa: N818  # it never leaves this package: the door turns it into an ExpressionError
    """Why an expression does not load.

    Attributes:
        what: What is wrong, in one clause.
        at: Offset of the fault in the expression, in code points.
        hint: What to write instead.
        also: Further refusals, of other parts of the expression.
    """

    def __init__(self, what: str, at: int, hint: str) -> None:
        super().__init__(what)
        self.what = what
        self.at = at
        self.hint = hint
        self.also: tuple[Refusal, ...] = ()

    @classmethod
    def join(cls, refusals: Sequence[Refusal]) -> Refusal:
        """Make one of several, at least one: each fault once, in the order of the expression."""
        faults = {(each.at, each.what): each for one in refusals for each in (one, *one.also)}
        first, *others = (faults[key] for key in sorted(faults))
        joined = cls(first.what, first.at, first.hint)
        joined.also = tuple(others)
        return joined


class Exhausted(Refusal):
    """A bound on the whole expression is passed: whatever else is wrong with it, nothing more is looked for."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is written out; `kind` is `bool`, `int`, `double`, `string` or `null`."""

    at: int
    kind: str
    value: bool | float | str | None


@dataclass(frozen=True, slots=True)
class Name:
    """A name that stands alone."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Select:
    """`base.field`; `at` is the place of the field."""

    at: int
    base: Syntax
    field: str


@dataclass(frozen=True, slots=True)
class Index:
    """`base[key]`."""

    at: int
    base: Syntax
    key: Syntax


@dataclass(frozen=True, slots=True)
class Call:
    """`name(arguments)`, or `base.name(arguments)` where there is a base."""

    at: int
    base: Syntax | None
    name: str
    arguments: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """`[items]`."""

    at: int
    items: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """`!operand` or `-operand`."""

    at: int
    operator: str
    operand: Syntax


@dataclass(frozen=True, slots=True)
class Logic:
    """Operands joined by `&&` or by `||`, flat: a chain of any length is one level deep."""

    at: int
    operator: str
    operands: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """`left operator right`, with `==`, `!=`, `<`, `<=`, `>`, `>=` or `in`."""

    at: int
    operator: str
    left: Syntax
    right: Syntax


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`first operator second operator third ...`, of one precedence, flat, read from the left."""

    at: int
    operands: tuple[Syntax, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conditional:
    """`condition ? then : otherwise`."""

    at: int
    condition: Syntax
    then: Syntax
    otherwise: Syntax


Syntax: TypeAlias = (
    Literal | Name | Select | Index | Call | Listing | Prefix | Logic | Relation | Arithmetic | Conditional
)


def count_nodes(tree: Syntax) -> int:
    """Count the nodes of a tree."""
    return 1 + sum(count_nodes(child) for child in children_of(tree))


def children_of(tree: Syntax) -> tuple[Syntax, ...]:
    """Give what a node is made of, from left to right."""
    match tree:
        case Literal() | Name():
            return ()
        case Select(base=base):
            return (base,)
        case Index(base=base, key=key):
            return (base, key)
        case Call(base=base, arguments=arguments):
            return arguments if base is None else (base, *arguments)
        case Listing(items=items):
            return items
        case Prefix(operand=operand):
            return (operand,)
        case Logic(operands=operands) | Arithmetic(operands=operands):
            return operands
        case Relation(left=left, right=right):
            return (left, right)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
