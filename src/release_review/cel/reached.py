"""The conditions of an expression, and which of them were reached for an item: what coverage is counted from.

A condition is what its author would call one: a comparison, a membership, `has`, a question about a
list as a whole. What joins conditions is none. A condition is reached if the engine asks it: not if
the conditions to its left, or the items of the list before, settle the matter.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from release_review.cel.arithmetic import NoResultError
from release_review.cel.asked import Before, asked_in, readings_of_part
from release_review.cel.compile import Budget, Reading, TooDearError, compile_formula
from release_review.cel.engine import Expression, Levels, Subject
from release_review.cel.people import Writer, is_membership
from release_review.cel.readings import unfold
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
    Stated,
    Truth,
    walk,
)
from release_review.cel.why import MOST_PARTS, can_hold_and_fail
from release_review.dates import midnight
from release_review.model import LIMITS, Limits, PartOutcome
from release_review.pointer import value_at

_ENDS = {"exists": PartOutcome.TRUE, "all": PartOutcome.FALSE}

Reached = Generator[tuple[Formula, PartOutcome], None, PartOutcome]
"""The parts that were reached and what each came to; in the end, what the whole came to."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of an expression.

    Attributes:
        text: It as CEL, with the values of parameters in place of their names.
        can_hold: Whether there is a manifest for which it is true, as far as its own words tell.
        can_fail: The same for false.
    """

    text: str
    can_hold: bool
    can_fail: bool


class Conditions:
    """Finds the conditions of expressions that are reached; what is compiled once serves all manifests."""

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self._limits = limits
        # What the code is for is kept beside it: while it is, no other has its id.
        self._compiled: dict[tuple[int, tuple[str, ...]], tuple[Formula, Reading, Reading]] = {}
        self._unfolded: dict[int, tuple[Atom, Choice | None]] = {}
        self._known: dict[int, tuple[Expression, Mapping[int, Condition]]] = {}

    def of(self, expression: Expression) -> tuple[Condition, ...]:
        """Give the conditions of an expression in the order in which they are asked, each once."""
        return tuple(dict.fromkeys(self._listed(expression).values()))

    def asked(self, expression: Expression, condition: Condition) -> tuple[tuple[Formula, Before], ...]:
        """Give each place of a condition in an expression, with what holds where it is asked there.

        There is none for one that is asked of the items of a list somewhere: when that is, cannot be told.
        """
        writer = Writer(expression.text, expression.formula)
        places = sum(writer.write(each) == condition.text for each in self._asked_in(expression.formula))
        found = [each for each in asked_in(expression.formula) if writer.write(each[0]) == condition.text]
        return tuple(found) if len(found) == places else ()

    def reached(
        self, expression: Expression, subject: Subject, levels: Levels, *, this: str
    ) -> Iterator[tuple[Condition, PartOutcome]]:
        """Give the conditions that are reached for the item at pointer `this`, and what each comes to.

        One about the items of a list is reached for each of them. An expression that has too many parts, or takes too
        many iterations, gives what it has reached until then.
        """
        known = self._listed(expression)
        about = _Item(self, subject, levels, this, Budget(self._limits.iterations))
        try:
            for formula, outcome in about.reached(expression.formula, {}):
                if id(formula) in known:
                    yield known[id(formula)], outcome
        except (_TooManyPartsError, TooDearError):
            return

    def _listed(self, expression: Expression) -> Mapping[int, Condition]:
        if id(expression) not in self._known:
            writer = Writer(expression.text, expression.formula)
            found: dict[int, Condition] = {}
            merged: dict[str, Condition] = {}
            for formula in self._asked_in(expression.formula):
                text, (holds, fails) = writer.write(formula), _ways(formula)
                if holds or fails:
                    found[id(formula)] = merged.setdefault(text, Condition(text, holds, fails))
            self._known[id(expression)] = (expression, found)
        return self._known[id(expression)][1]

    def _asked_in(self, formula: Formula) -> Iterator[Formula]:
        """Give the conditions below a formula, itself included if it is one."""
        match formula:
            case Not(operand=operand):
                yield from self._asked_in(operand)
            case AllOf(operands=operands) | AnyOf(operands=operands):
                for each in operands:
                    yield from self._asked_in(each)
            case Choice(condition=condition, then=then, otherwise=otherwise):
                for each in (condition, then, otherwise):
                    yield from self._asked_in(each)
            case Same(left=left, right=right):
                yield from self._asked_in(left)
                yield from self._asked_in(right)
            case Quantified(body=body):
                yield formula
                yield from () if is_membership(formula) else self._asked_in(body)
            case Counted(view=view):
                yield formula
                yield from () if view.where is None else self._asked_in(view.where)
            case Atom():
                choice = self.unfolded(formula)
                yield from (formula,) if choice is None else self._asked_in(choice)
            case Named() | Stated():
                yield formula

    # Code ---------------------------------------------------------------------------------------------------------

    def code(self, formula: Formula, variables: tuple[str, ...]) -> tuple[Reading, Reading]:
        """Give both readings of a part as code, with the variables around it."""
        found = self._compiled.get((id(formula), variables))
        if found is None:
            readings = readings_of_part(formula)
            surely = compile_formula(readings.surely, variables)
            possibly = compile_formula(readings.possibly, variables)
            found = self._compiled[id(formula), variables] = (formula, surely, possibly)
        return found[1], found[2]

    def unfolded(self, atom: Atom) -> Choice | None:
        """Give a comparison with a conditional in it as a choice of comparisons; None for any other."""
        if id(atom) not in self._unfolded:
            self._unfolded[id(atom)] = (atom, unfold(atom))
        return self._unfolded[id(atom)][1]


class _TooManyPartsError(Exception):
    """A condition has too many parts to be taken apart."""


class _Item:
    """Expressions about one item of one manifest."""

    def __init__(self, conditions: Conditions, subject: Subject, levels: Levels, this: str, budget: Budget) -> None:
        self._conditions = conditions
        self._take = budget.take
        self._roots: Mapping[str, Any] = {
            "manifest": subject.manifest,
            "this": value_at(subject.manifest, this),
            "as_of": midnight(subject.as_of),
            "today": midnight(subject.today),
        }
        self._given = (*self._roots.values(), levels, budget.take)
        self._left = MOST_PARTS

    def reached(self, formula: Formula, items: Mapping[str, Any]) -> Reached:
        """Decide a part, and then what it is made of, as far as that is asked."""
        self._left -= 1
        if self._left < 0:
            raise _TooManyPartsError
        outcome = self._decide(formula, items)
        yield formula, outcome
        match formula:
            case Not(operand=operand):
                yield from self.reached(operand, items)
            case AllOf(operands=operands):
                yield from self._in_turn(((each, items) for each in operands), PartOutcome.FALSE)
            case AnyOf(operands=operands):
                yield from self._in_turn(((each, items) for each in operands), PartOutcome.TRUE)
            case Same(left=left, right=right):
                yield from self._in_turn(((each, items) for each in (left, right)), None)
            case Choice():
                yield from self._choice(formula, items)
            case Quantified(name=name, base=base, variable=variable, body=body):
                yield from self._of_items(base, variable, body, items, _ENDS.get(name))
            case Counted(view=view) if view.where is not None:
                yield from self._of_items(view.base, view.variable, view.where, items, None)
            case Atom() if (choice := self._conditions.unfolded(formula)) is not None:
                yield from self._choice(choice, items)
        return outcome

    def _in_turn(
        self, asked: Iterable[tuple[Formula, Mapping[str, Any]]], end: PartOutcome | None
    ) -> Iterator[tuple[Formula, PartOutcome]]:
        """Ask one after another, up to the one that settles the matter or breaks."""
        for formula, items in asked:
            outcome = yield from self.reached(formula, items)
            if outcome in (end, PartOutcome.ERROR):
                return

    def _choice(self, choice: Choice, items: Mapping[str, Any]) -> Iterator[tuple[Formula, PartOutcome]]:
        condition = yield from self.reached(choice.condition, items)
        if condition in (PartOutcome.TRUE, PartOutcome.UNDECIDED):
            yield from self.reached(choice.then, items)
        if condition in (PartOutcome.FALSE, PartOutcome.UNDECIDED):
            yield from self.reached(choice.otherwise, items)

    def _of_items(
        self,
        base: Path | tuple[Constant, ...],
        variable: str,
        body: Formula,
        items: Mapping[str, Any],
        end: PartOutcome | None,
    ) -> Iterator[tuple[Formula, PartOutcome]]:
        listed = self._take(self._listed(base, items))
        yield from self._in_turn(((body, {**items, variable: each}) for each in listed), end)

    def _listed(self, base: Path | tuple[Constant, ...], items: Mapping[str, Any]) -> list[Any]:
        if not isinstance(base, Path):
            return [each.value for each in base]
        value = items[base.root] if base.root in items else self._roots[base.root]
        for step in base.steps:
            value = value[step]
        return list(value)

    def _decide(self, formula: Formula, items: Mapping[str, Any]) -> PartOutcome:
        surely, possibly = self._conditions.code(formula, tuple(items))
        given = (*self._given, *items.values())
        try:
            if surely(*given):
                return PartOutcome.TRUE
            return PartOutcome.UNDECIDED if possibly(*given) else PartOutcome.FALSE
        except NoResultError:
            return PartOutcome.ERROR


def _ways(formula: Formula) -> tuple[bool, bool]:
    """Tell whether a condition can be true, and whether it can be false, as far as its own words tell."""
    if isinstance(formula, Truth) or not any(isinstance(each, Path | LevelOf) for each in walk(formula)):
        return False, False  # it is the same for every manifest: neither can be asked of a case
    match formula:
        case Atom():
            return can_hold_and_fail(formula)
        case Named(path=path, values=values, negated=negated) if path.type.words:
            # `unknown` is one of the words, where a manifest may leave the value unsaid.
            words, named = set(path.type.words), {each.value for each in values}
            can = (bool(words & named), bool(words - named))
            return can[::-1] if negated else can
    return True, True
