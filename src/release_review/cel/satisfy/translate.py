"""From formulas of the typed tree to the forms of the search.

A question about a list is one about a count: `exists(x, p)` holds where the items that meet p are at least one,
`all(x, p)` where those that do not are none. Where the same is asked twice, it is the same count.
"""

from __future__ import annotations

from dataclasses import replace

from release_review.cel.readings import take_conditional, unfold
from release_review.cel.satisfy.forms import (
    NULL,
    Among,
    Domain,
    Fits,
    Form,
    Free,
    Tie,
    every,
    some,
)
from release_review.cel.satisfy.linear import KINDS, Sum
from release_review.cel.satisfy.quantities import STATED, Quantities
from release_review.cel.tree import (
    AllOf,
    AnyOf,
    Atom,
    Choice,
    Constant,
    Counted,
    Formula,
    LevelOf,
    Named,
    Not,
    Path,
    Quantified,
    Same,
    Size,
    Stated,
    Term,
    Truth,
    View,
)
from release_review.cel.types import INT

_MOST_WRITTEN = 8
"""Items of a written-out list that a question about exactly one of them is spelt out for."""

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


class Translator(Quantities):
    """Reads formulas."""

    def formula(self, formula: Formula, *, holds: bool) -> Form:  # one line per form
        """Give what it takes for a formula to hold, or not to."""
        self._names.spend()
        match formula:
            case Truth(value=value):
                return every(()) if value == holds else some(())
            case Not(operand=operand):
                return self.formula(operand, holds=not holds)
            case AllOf(operands=operands):
                return (every if holds else some)(self.formula(each, holds=holds) for each in operands)
            case AnyOf(operands=operands):
                return (some if holds else every)(self.formula(each, holds=holds) for each in operands)
            case Choice(condition=condition, then=then, otherwise=otherwise):
                chosen = (self.formula(condition, holds=True), self.formula(then, holds=holds))
                return some((every(chosen), every((self._not(condition), self.formula(otherwise, holds=holds)))))
            case Same(left=left, right=right):
                both = every((self.formula(left, holds=True), self.formula(right, holds=holds)))
                return some((both, every((self._not(left), self.formula(right, holds=not holds)))))
            case Stated(path=path):
                unknown = Domain(frozenset({"unknown" if path.type.unknown == "word" else NULL}), only=holds is False)
                return Among(self._cell(path), unknown)
            case Named():
                return self._named(formula, holds=holds is not formula.negated)
            case Atom():
                return self._atom(formula, holds=holds)
            case Quantified():
                return self._quantified(formula, holds=holds)
            case Counted():
                return self._counted(formula, holds=holds)

    def _not(self, formula: Formula) -> Form:
        return self.formula(formula, holds=False)

    # Words and texts

    def _named(self, named: Named, *, holds: bool) -> Form:
        cell = self._cell(named.path)
        if named.path.type.name in KINDS:
            null = Among(cell, Domain(frozenset({NULL}), only=True))
            values = [self._atom(Atom("==", (named.path, each)), holds=holds) for each in named.values]
            if holds:
                return some(
                    (*((null,) if named.null else ()), *(every((Among(cell, STATED), each)) for each in values))
                )
            others = every(values)
            return every((Among(cell, STATED), others)) if named.null else some((null, others))
        texts = {str(each.value) for each in named.values} | ({NULL} if named.null else set())
        return Among(cell, Domain(frozenset(texts), only=holds))

    def _atom(self, atom: Atom, *, holds: bool) -> Form:
        choice = unfold(atom)
        if choice is not None:
            return self.formula(choice, holds=holds)
        operands = tuple(self._settled(each) for each in atom.operands)
        if atom.operator == "in":
            asked, *values = operands
            equal = [self._compared("==", asked, each, holds=holds) for each in values]
            return some(equal) if holds else every(equal)
        left, right = operands
        if atom.operator in ("==", "!=", "<", "<=", ">", ">="):
            return self._compared(atom.operator, left, right, holds=holds)
        if isinstance(right, Constant):
            test = Fits(atom.operator, self._text(left), str(right.value), holds)
            return self._where_stated((left,), test)
        return Free((atom.operator, self._text(left), self._text(right)), holds)

    def _compared(self, operator: str, left: Term, right: Term, *, holds: bool) -> Form:
        sign = operator if holds else _OPPOSITE[operator]
        if left.type.name in KINDS:
            return self._where_stated((left, right), self._ordered(sign, left, right))
        if sign in ("==", "!="):
            return self._equal(left, right, holds=sign == "==")
        # Texts in an order: two of the four operators say the same of both texts, the other two the opposite.
        one, other = self._text(left), self._text(right)
        first, second = (one, other) if sign in ("<", ">=") else (other, one)
        return Free(("<", first, second), sign in ("<", ">"))

    def _equal(self, left: Term, right: Term, *, holds: bool) -> Form:
        if isinstance(left, Constant) and not isinstance(right, Constant):
            left, right = right, left
        if isinstance(right, Constant):
            return Among(self._text(left), Domain(frozenset({str(right.value)}), only=holds))
        one, other = sorted((self._text(left), self._text(right)))
        return Tie(one, other, holds)

    def _where_stated(self, terms: tuple[Term, ...], form: Form) -> Form:
        """Ask something of values that may be null: where one is, it is true and false at once."""
        cells = [self._cell(each) for each in terms if isinstance(each, Path) and each.type.unknown == "null"]
        if not cells:
            return form
        null = [Among(each, Domain(frozenset({NULL}), only=True)) for each in cells]
        return some((*null, every((*(Among(each, STATED) for each in cells), form))))

    def _text(self, term: Term) -> int:
        """Give the cell of a word or a text; one that is computed is a cell of its own."""
        term = self._settled(term)
        match term:
            case Path() | LevelOf():
                return self._cell(term)
            case Constant(value=value):
                return self._names.cell(("constant", value), Domain(frozenset({str(value)}), only=True))
        return self._names.cell(self._key(term), STATED)

    # Lists

    def _quantified(self, asked: Quantified, *, holds: bool) -> Form:
        if not isinstance(asked.base, Path):
            return self._written_out(asked, asked.base, holds=holds)
        body = Not(asked.body) if asked.name == "all" else asked.body
        count = self._size(View(asked.base, asked.variable, body))
        if asked.name == "exists_one":
            found = self._signed("==" if holds else "!=", count.plus(Sum(1), -1))
        else:
            found = self._signed(">=" if holds is (asked.name == "exists") else "<", count.plus(Sum(1), -1))
        if found is None:
            raise TypeError("a count is one quantity")
        return found

    def _written_out(self, asked: Quantified, items: tuple[Constant, ...], *, holds: bool) -> Form:
        if asked.name != "exists_one":
            join = some if holds is (asked.name == "exists") else every
            return join(self._of(each, asked, holds=holds) for each in items)
        if len(items) > _MOST_WRITTEN:
            return Free(("one", tuple(each.value for each in items), self._key(asked.body)), holds)
        met = [(self._of(each, asked, holds=True), self._of(each, asked, holds=False)) for each in items]
        alone = [every(yes if at == number else no for at, (yes, no) in enumerate(met)) for number in range(len(met))]
        if holds:
            return some(alone)
        pairs = [every((met[at][0], each[0])) for at in range(len(met)) for each in met[at + 1 :]]
        return some((every(no for _, no in met), *pairs))

    def _of(self, item: Constant, asked: Quantified, *, holds: bool) -> Form:
        before = dict(self._variables)
        self._variables[asked.variable] = item
        try:
            return self.formula(asked.body, holds=holds)
        finally:
            self._variables = before

    def _counted(self, counted: Counted, *, holds: bool) -> Form:
        split = take_conditional(counted.bound)
        if split is not None:
            condition, then, otherwise = split
            return self.formula(
                Choice(condition, replace(counted, bound=then), replace(counted, bound=otherwise)), holds=holds
            )
        sign = counted.operator if holds else _OPPOSITE[counted.operator]
        size = Size(counted.view, INT)
        return self._where_stated((counted.bound,), self._ordered(sign, size, counted.bound))
