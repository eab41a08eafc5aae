"""The two readings of an expression: surely true, and possibly true, whatever the unknown facts turn out to be.

A fact that is not known makes the comparisons that read it undecided. Reading an expression twice,
once for what surely holds and once for what possibly holds, keeps that sound without a third truth
value: both readings are plain formulas that any CEL engine runs. The numbers are those of the
definition in `README.md` beside this module.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from release_review.cel.tree import (
    AllOf,
    AnyOf,
    Atom,
    Choice,
    Constant,
    Counted,
    Either,
    Formula,
    Named,
    Node,
    Not,
    Operation,
    Quantified,
    Same,
    Size,
    Stated,
    Term,
    Truth,
    View,
    has_more_nodes,
    leaves_of,
)
from release_review.cel.types import INT


class Readings:
    """Both readings of one formula: each is plain, so every atom in it is evaluated as it stands.

    A reading is worked out when it is first asked for, and most expressions are surely true and never need the other.
    """

    def __init__(self, formula: Formula, *, most: int) -> None:
        self.formula = formula
        self._most = most

    @cached_property
    def surely(self) -> Formula:
        """What holds whatever the unknown facts turn out to be."""
        return _Reader(self._most).read(self.formula, surely=True)

    @cached_property
    def possibly(self) -> Formula:
        """What holds for some of the values that they may turn out to have."""
        return _Reader(self._most).read(self.formula, surely=False)


class TooManyNodesError(Exception):
    """A reading is too many times larger than its expression."""


def check_growth(formula: Formula, *, most: int) -> None:
    """Check that no reading of a formula has more than so many nodes.

    Raises:
        TooManyNodesError: One has.
    """
    readings = Readings(formula, most=most)
    if has_more_nodes(readings.surely, most) or has_more_nodes(readings.possibly, most):
        raise TooManyNodesError


class _Reader:
    """One reading under way; it stops before a formula that doubles at every level fills the memory."""

    def __init__(self, most: int) -> None:
        self._left = most

    def read(self, formula: Formula, *, surely: bool) -> Formula:  # one line per rule of the definition
        self._left -= 1
        if self._left < 0:
            raise TooManyNodesError
        match formula:
            case Truth() | Named() | Stated():  # rules 12 and 13
                return formula
            case Not(operand=operand):  # rule 2
                return Not(self.read(operand, surely=not surely))
            case AllOf(operands=operands):  # rule 3
                return AllOf(tuple(self.read(each, surely=surely) for each in operands))
            case AnyOf(operands=operands):
                return AnyOf(tuple(self.read(each, surely=surely) for each in operands))
            case Choice():
                return self._read_choice(formula, surely=surely)
            case Same(left=left, right=right):
                return self._read_same(left, right, surely=surely)
            case Quantified():
                return self._read_quantified(formula, surely=surely)
            case Counted():
                return self._read_counted(formula, surely=surely)
            case Atom():
                return self._read_atom(formula, surely=surely)

    def _read_choice(self, choice: Choice, *, surely: bool) -> Formula:  # rule 4
        sure, possible = self.read(choice.condition, surely=True), self.read(choice.condition, surely=False)
        then, otherwise = self.read(choice.then, surely=surely), self.read(choice.otherwise, surely=surely)
        if surely:
            return AllOf((AnyOf((Not(possible), then)), AnyOf((sure, otherwise))))
        return AnyOf((AllOf((possible, then)), AllOf((Not(sure), otherwise))))

    def _read_same(self, left: Formula, right: Formula, *, surely: bool) -> Formula:  # rule 11
        both = AllOf((self.read(left, surely=surely), self.read(right, surely=surely)))
        neither = AllOf((Not(self.read(left, surely=not surely)), Not(self.read(right, surely=not surely))))
        return AnyOf((both, neither))

    def _read_quantified(self, quantified: Quantified, *, surely: bool) -> Formula:
        if quantified.name != "exists_one":  # rule 6
            return replace(quantified, body=self.read(quantified.body, surely=surely))
        sure, possible = self.read(quantified.body, surely=True), self.read(quantified.body, surely=False)  # rule 7
        if surely:
            return AllOf((replace(quantified, body=possible), replace(quantified, name="exists", body=sure)))
        at_most_one = Counted(View(quantified.base, quantified.variable, sure), "<=", Constant(1, INT))
        return AllOf((replace(quantified, name="exists", body=possible), at_most_one))

    def _read_counted(self, counted: Counted, *, surely: bool) -> Formula:  # rule 8
        split = take_conditional(counted.bound)
        if split is not None:
            condition, then, otherwise = split
            choice = Choice(condition, replace(counted, bound=then), replace(counted, bound=otherwise))
            return self._read_choice(choice, surely=surely)
        if counted.operator == "!=":
            return Not(self._read_counted(replace(counted, operator="=="), surely=not surely))
        where = counted.view.where
        if where is None:
            raise TypeError("a count without a condition is a size")
        bound = self._plain(counted.bound)
        low = replace(counted, view=replace(counted.view, where=self.read(where, surely=True)), bound=bound)
        high = replace(counted, view=replace(counted.view, where=self.read(where, surely=False)), bound=bound)
        if counted.operator == "==":
            compared: Formula
            if surely:
                compared = AllOf((low, high))
            else:
                compared = AllOf((replace(low, operator="<="), replace(high, operator=">=")))
        else:
            grows = counted.operator in (">", ">=")
            compared = low if grows == surely else high
        return _guarded(compared, bound, surely=surely)

    def _read_atom(self, atom: Atom, *, surely: bool) -> Formula:
        choice = unfold(atom)
        if choice is not None:
            return self._read_choice(choice, surely=surely)
        plain = replace(atom, operands=tuple(self._plain(term) for term in atom.operands))
        return _guarded(plain, plain, surely=surely)  # rule 14

    def _plain(self, term: Term) -> Term:
        """Bring the condition of a count into plain form; it is decided, so either reading is its value."""
        match term:
            case Size(view=View(where=where)) if where is not None:
                return replace(term, view=replace(term.view, where=self.read(where, surely=True)))
            case Operation(operands=operands):
                return replace(term, operands=tuple(self._plain(each) for each in operands))
        return term


def _guarded(formula: Formula, reads: Node, *, surely: bool) -> Formula:
    """Join a plain formula with the guard that its leaves are known (rule 1)."""
    known = tuple(Stated(leaf) for leaf in leaves_of(reads))
    if not known:
        return formula
    if surely:
        return AllOf((*known, formula))
    return AnyOf((*(Not(each) for each in known), formula))


def unfold(atom: Atom) -> Choice | None:
    """Give a comparison with a conditional in a term as a choice of two comparisons (rule 5); None for any other."""
    split = _split_first(atom.operands)
    if split is None:
        return None
    condition, then, otherwise = split
    return Choice(condition, replace(atom, operands=then), replace(atom, operands=otherwise))


def take_conditional(term: Term) -> tuple[Formula, Term, Term] | None:
    """Take the first conditional out of a term: its condition, and the term with either branch in its place."""
    if isinstance(term, Either):
        return term.condition, term.then, term.otherwise
    split = _split_first(term.operands) if isinstance(term, Operation) else None
    if split is None or not isinstance(term, Operation):
        return None
    condition, then, otherwise = split
    return condition, replace(term, operands=then), replace(term, operands=otherwise)


def _split_first(terms: tuple[Term, ...]) -> tuple[Formula, tuple[Term, ...], tuple[Term, ...]] | None:
    for index, term in enumerate(terms):
        split = take_conditional(term)
        if split is not None:
            condition, then, otherwise = split
            before, after = terms[:index], terms[index + 1 :]
            return condition, (*before, then, *after), (*before, otherwise, *after)
    return None
