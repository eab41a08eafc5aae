"""What formulas are about: their cells and quantities, and what is the same wherever it is written."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from release_review.cel.satisfy.forms import NULL, Domain, Form, Names, Quantity, every, some
from release_review.cel.satisfy.linear import (
    AMOUNT,
    ANY,
    COUNT,
    DAY_OF_CALENDAR,
    EXACT,
    PARTS,
    WHOLE,
    Sum,
    below,
    number_of,
)
from release_review.cel.tree import (
    Constant,
    Either,
    Formula,
    LevelOf,
    Operation,
    Path,
    Size,
    Term,
    View,
)
from release_review.cel.types import INT, Type

ANY_TEXT = Domain(frozenset(), only=False)
STATED = Domain(frozenset({NULL}), only=False)

_ORDER = {"<": (1, True), "<=": (1, False), ">": (-1, True), ">=": (-1, False)}


class Quantities:
    """The part of the translation that reads terms; variables are told apart by their list and how deep they stand."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._variables: dict[str, Hashable | Constant] = {}
        self._depth = 0

    def formula(self, formula: Formula, *, holds: bool) -> Form:
        """Give what it takes for a formula to hold, or not to."""
        raise NotImplementedError

    def _cell(self, path: Path | LevelOf) -> int:
        return self._names.cell(self._key(path), _domain_of(path.type))

    def _ordered(self, sign: str, left: Term, right: Term) -> Form:
        one, other = self._sum(left), self._sum(right)
        found = self._signed(sign, one.plus(other, -1))
        if found is None:  # about more quantities than two: each side is one of its own
            whole = self._single(left), self._single(right)
            found = self._signed(sign, whole[0].plus(whole[1], -1))
        if found is None:
            raise TypeError("a difference of two quantities is one")
        return found

    def _signed(self, sign: str, difference: Sum) -> Form | None:
        if sign in _ORDER:
            factor, strict = _ORDER[sign]
            return below(difference.scaled(factor), strict=strict)
        parts = [below(difference.scaled(factor), strict=sign == "!=") for factor in (1, -1)]
        known = [each for each in parts if each is not None]
        if len(known) < len(parts):
            return None
        return every(known) if sign == "==" else some(known)

    def _sum(self, term: Term) -> Sum:
        term = self._settled(term)
        match term:
            case Constant():
                return Sum(number_of(term))
            case Path(type=Type(name="timestamp")):
                return _one(self._names.quantity(self._key(term), DAY_OF_CALENDAR))
            case Path(type=Type(name="double")):
                return _one(self._names.quantity(self._key(term), AMOUNT))
            case Size(view=view):
                return self._size(view)
            case Operation(name="neg", operands=(operand,)):
                return self._sum(operand).scaled(-1)
            case Operation(name="+" | "-" as sign, operands=(left, right)) if term.type.name in EXACT:
                return self._sum(left).plus(self._sum(right), 1 if sign == "+" else -1)
            case Operation(name="*", operands=(left, right)) if term.type.name == "int":
                one, other = self._sum(left), self._sum(right)
                for factor, scaled in ((one, other), (other, one)):
                    if not factor.times:
                        return scaled.scaled(int(factor.number))
            case Operation(name="double", operands=((Size() | Constant()) as counted,)):
                return self._sum(counted)  # a list has fewer items than a double can count
            case Operation(name="double" | "int" as name, operands=(same,)) if same.type.name == name:
                return self._sum(same)
        return self._single(term)

    def _single(self, term: Term) -> Sum:
        """Give a quantity of its own for a term whose arithmetic is not understood."""
        if isinstance(term, Constant):
            return Sum(number_of(term))
        known = PARTS.get(term.name) if isinstance(term, Operation) else None
        if known is None or term.type != INT:
            known = WHOLE if term.type.name == "int" else ANY
        return _one(self._names.quantity(("whole", self._key(term)), known))

    def _size(self, view: View) -> Sum:
        """Give the number of items that a view lets through."""
        if not isinstance(view.base, Path):
            if view.where is None:
                return Sum(len(view.base))
            key = ("written", tuple(each.value for each in view.base), self._key(view.where))
            return _one(self._names.quantity(key, replace(COUNT, most=len(view.base))))
        listed = self._key(view.base)
        whole = self._names.quantity(("size", listed), COUNT)
        if view.where is None:
            return _one(whole)
        before = dict(self._variables)
        self._variables[view.variable] = ("item", self._depth, listed)
        self._depth += 1
        try:
            met, unmet = self.formula(view.where, holds=True), self.formula(view.where, holds=False)
        finally:
            self._depth -= 1
            self._variables = before
        if met == every(()):
            return _one(whole)
        if met == some(()):
            return Sum(0)
        counted = Quantity(grid=1, least=0, base=whole, met=met, unmet=unmet)
        return _one(self._names.quantity(("count", whole, met), counted))

    def _settled(self, term: Term) -> Term:
        """Put the item for the variable of a list that is written out."""
        if isinstance(term, Path) and not term.steps:
            item = self._variables.get(term.root)
            return item if isinstance(item, Constant) else term
        return term

    def _key(self, node: Term | Formula) -> Hashable:
        """Give what two parts have in common that are the same, whatever their variables are called."""
        self._names.spend()
        match node:
            case Path(root=root, steps=steps):
                start = self._variables.get(root, root)
                return ("value", start.value) if isinstance(start, Constant) else (start, steps)
            case LevelOf(assessment=assessment, item=item):
                return ("level", assessment, None if item is None else self._key(item))
            case Constant(value=value):
                return ("value", type(value).__name__, value)
            case Operation(name=name, operands=operands):
                return (name, tuple(self._key(each) for each in operands))
            case Size(view=view):
                size = self._size(view)
                return ("count", size.number, tuple(size.times.items()))
            case Either():
                return ("unlike", id(node), node)  # it is held, so that no other has its id
        return ("formula", self.formula(node, holds=True))


def _one(quantity: int) -> Sum:
    return Sum(0, {quantity: 1})


def _domain_of(type_: Type) -> Domain:
    """Give all that a word, a text, a number or a date may be."""
    if type_.name == "word" and type_.words:
        return Domain(frozenset(type_.words), only=True)
    return ANY_TEXT if type_.unknown == "null" else STATED
