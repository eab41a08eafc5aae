"""Why a condition comes to what it comes to: the tree of its parts, each decided by the engine.

Each part of the typed tree is read twice and run as compiled code, with the variables around it
bound to the items they stand for; nothing here evaluates. A part that the engine did not reach,
because the parts to its left settle the matter, is `not asked`.

The sets of facts follow from the tree (`stating` has the rules). Under three conditions `to_hold` is
a smallest set of unknown facts which, stated in some way, make the condition surely true, and
`to_fail` one which makes it surely false: no fact is read in two places; each comparison can come
out either way, which is checked for words alone; and each fact that is computed from others takes all
the open facts behind it. Where a fact is read twice the set is what could do it and may be too small,
as for `k == "a" && k == "b"`, or not the smallest. Where there are several, it is the first in the
order in which the condition asks. Of the level of an assessment only what it hangs on now is known:
further facts, or evidence for them, may be asked for once these are stated, so its set may not be
`enough`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from release_review.cel import stating
from release_review.cel.arithmetic import NoResultError
from release_review.cel.asked import readings_of_part
from release_review.cel.compile import Budget, Reading, TooDearError, compile_formula
from release_review.cel.engine import Expression, Levels, Subject
from release_review.cel.people import Writer
from release_review.cel.places import Facts, Item, Items, Places
from release_review.cel.readings import unfold
from release_review.cel.stating import ToState
from release_review.cel.step import Step, asked, decides, form_of, telling
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
)
from release_review.cel.types import INT
from release_review.model import LIMITS, Limits, Part, PartForm, PartOutcome

MOST_PARTS = 20_000
"""Parts of one tree that are evaluated; a condition about more, over long lists, is not taken apart."""

ITEMS_SHOWN = 3
"""Items of a list that a part shows, the most telling ones."""

_COUNT = Path("count", (), INT)


class TooManyPartsError(Exception):
    """A condition has too many parts to be taken apart."""


class Explainer:
    """Takes conditions about one manifest apart; what it has compiled once serves all its items."""

    def __init__(self, subject: Subject, levels: Levels, facts: Facts, *, limits: Limits = LIMITS) -> None:
        self._subject = subject
        self._levels = levels
        self._facts = facts
        self._limits = limits
        self._compiled: dict[tuple[int, tuple[str, ...]], tuple[Formula, Reading, Reading]] = {}
        self._unfolded: dict[int, tuple[Atom, Choice | None]] = {}
        self._comparisons: dict[int, tuple[Counted, Atom]] = {}

    def explain(self, expression: Expression, *, this: str = "", name: str = "") -> Part:
        """Take a condition about the item at pointer `this` apart."""
        try:
            return self._run(expression, this).tree(name)
        except (TooManyPartsError, TooDearError):
            return self._run(expression, this).root(name)

    def evidence_wanted(self, expression: Expression, *, this: str = "") -> tuple[str, ...]:
        """Give the facts because of whose evidence alone a condition is false: it is not cited, or will not do."""
        try:
            return self._run(expression, this).evidence_wanted()
        except (TooManyPartsError, TooDearError):
            return ()

    def _run(self, expression: Expression, this: str) -> _Run:
        return _Run(self, expression, Places(self._subject, self._levels, self._facts, this))

    def budget(self) -> Budget:
        """Give the steps that one tree may take."""
        return Budget(self._limits.iterations)

    def readings(self, formula: Formula, expression: Expression, variables: tuple[str, ...]) -> tuple[Reading, Reading]:
        """Give the compiled readings of a part, which may stand in two places with other variables around it."""
        found = self._compiled.get((id(formula), variables))
        if found is None:
            whole = formula is expression.formula
            readings = expression.readings if whole else readings_of_part(formula)
            surely = compile_formula(readings.surely, variables)
            possibly = compile_formula(readings.possibly, variables)
            # The part is kept beside its code: while it is, no other has its id.
            found = self._compiled[id(formula), variables] = (formula, surely, possibly)
        return found[1], found[2]

    def unfolded(self, atom: Atom) -> Choice | None:
        """Give a comparison with a conditional in it as a choice of comparisons; None for any other."""
        if id(atom) not in self._unfolded:
            self._unfolded[id(atom)] = (atom, unfold(atom))
        return self._unfolded[id(atom)][1]

    def comparison(self, counted: Counted) -> Atom:
        """Give what a count is compared with, as a comparison of a number that is given."""
        if id(counted) not in self._comparisons:
            self._comparisons[id(counted)] = (counted, Atom(counted.operator, (_COUNT, counted.bound)))
        return self._comparisons[id(counted)][1]


class _Run:
    """One condition about one item."""

    def __init__(self, explainer: Explainer, expression: Expression, places: Places) -> None:
        self._explainer = explainer
        self._expression = expression
        self._places = places
        budget = explainer.budget()
        self._take = budget.take
        self._given = (*(root.value for root in places.roots.values()), places.levels, budget.take)
        self._left = MOST_PARTS
        self._writer = Writer(expression.text, expression.formula)

    def tree(self, name: str) -> Part:
        step = self._step(self._expression.formula, {})
        return self._part(step, name=name, decisive=True, asked=True)

    def root(self, name: str) -> Part:
        """Give the decision alone."""
        notes: list[str] = ["it has too many parts to be taken apart"]
        try:
            outcome = self._decide(self._expression.formula, {}, notes)
        except TooDearError:
            outcome, notes = PartOutcome.ERROR, ["it takes too many iterations"]
        text = self._writer.write(self._expression.formula)
        return Part(text=text, outcome=outcome, name=name, notes=tuple(notes), decisive=True)

    def evidence_wanted(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._evidence_wanted(self._step(self._expression.formula, {}))))

    def _evidence_wanted(self, step: Step) -> Iterator[str]:
        if step.outcome is not PartOutcome.FALSE:
            return
        facts = self._places.facts_of_evidence(step.formula, step.items)
        if facts and form_of(step) in (PartForm.ITEMS, PartForm.PLAIN):
            yield from facts
            return
        for each, _, decisive, _ in self._shown_below(step):
            if decisive:
                yield from self._evidence_wanted(each)

    # Evaluation ---------------------------------------------------------------------------------------------------

    def _decide(self, formula: Formula, items: Items, notes: list[str]) -> PartOutcome:
        surely, possibly = self._explainer.readings(formula, self._expression, tuple(items))
        given = (*self._given, *(each.value for each in items.values()))
        try:
            if surely(*given):
                return PartOutcome.TRUE
            return PartOutcome.UNDECIDED if possibly(*given) else PartOutcome.FALSE
        except NoResultError as error:
            notes.append(str(error))
            return PartOutcome.ERROR

    def _step(self, formula: Formula, items: Items) -> Step:
        self._left -= 1
        if self._left < 0:
            raise TooManyPartsError
        notes: list[str] = []
        outcome = self._decide(formula, items, notes)
        step = Step(formula, outcome, stating.NEITHER, items, notes=notes)
        self._take_apart(step)
        match outcome:
            case PartOutcome.TRUE:
                step.state = ToState(stating.NOTHING, step.state.fail)
            case PartOutcome.FALSE:
                step.state = ToState(step.state.hold, stating.NOTHING)
            case PartOutcome.ERROR:
                step.state = stating.NEITHER
        return step

    def _take_apart(self, step: Step) -> None:
        """Evaluate what a part is made of, and tell from that what it takes to state."""
        match step.formula:
            case Truth(value=value):
                step.state = stating.TRUE if value else stating.FALSE
            case Not(operand=operand):
                self._descend(step, (operand,))
                step.state = step.below[0].state.swapped
            case AllOf(operands=operands):
                self._descend(step, operands)
                step.state = stating.all_of([each.state for each in step.below])
            case AnyOf(operands=operands):
                self._descend(step, operands)
                step.state = stating.any_of([each.state for each in step.below])
            case Choice():
                self._take_choice_apart(step, step.formula)
            case Same(left=left, right=right):
                self._descend(step, (left, right))
                step.state = stating.same(step.below[0].state, step.below[1].state)
            case Quantified(base=base, variable=variable, body=body):
                self._descend_into_items(step, base, variable, body)
                step.state = stating.of_quantified(step.formula.name, [each.state for each in step.below])
            case Counted():
                self._take_count_apart(step, step.formula)
            case Atom():
                self._take_atom_apart(step, step.formula)
            case Named() | Stated():
                step.state = self._of_naming(step.formula, step.items, holds=step.outcome is PartOutcome.TRUE)

    def _descend(self, step: Step, formulas: Sequence[Formula], names: Sequence[str] = ()) -> None:
        step.below = [self._step(each, step.items) for each in formulas]
        step.names = names

    def _take_choice_apart(self, step: Step, formula: Choice) -> None:
        parts = (formula.condition, formula.then, formula.otherwise)
        self._descend(step, parts, ("if", "then", "else"))
        condition, then, otherwise = (each.state for each in step.below)
        step.state = stating.choice(condition, then, otherwise)

    def _descend_into_items(self, step: Step, base: Path | tuple[Constant, ...], variable: str, body: Formula) -> None:
        listed = list(self._places.items_of(base, step.items))
        self._take(listed)
        step.below = [self._step(body, {**step.items, variable: item}) for item in listed]
        step.names = [self._places.called(item) for item in listed]

    def _take_count_apart(self, step: Step, counted: Counted) -> None:
        where = counted.view.where
        if where is None:
            raise TypeError("a count without a condition is a size")
        self._descend_into_items(step, counted.view.base, counted.view.variable, where)
        parts = [each.state for each in step.below]
        fits = [self._count_fits(counted, number, step.items) for number in range(len(parts) + 1)]
        if PartOutcome.UNDECIDED in fits:
            bound = self._places.facts_of(counted.bound, step.items)
            step.state = ToState(bound, bound)
        else:
            step.state = stating.of_count([each is PartOutcome.TRUE for each in fits], parts)

    def _count_fits(self, counted: Counted, number: int, items: Items) -> PartOutcome:
        """Let the engine compare a number of items with the bound."""
        atom = self._explainer.comparison(counted)
        return self._decide(atom, {**items, _COUNT.root: Item(number, None)}, [])

    def _take_atom_apart(self, step: Step, atom: Atom) -> None:
        choice = self._explainer.unfolded(atom)
        if choice is not None:
            self._take_choice_apart(step, choice)
        elif step.outcome is PartOutcome.UNDECIDED:
            facts = self._places.facts_of(atom, step.items)
            holds, fails = can_hold_and_fail(atom)
            step.state = ToState(facts if holds else None, facts if fails else None)
        else:
            step.state = stating.TRUE if step.outcome is PartOutcome.TRUE else stating.FALSE

    def _of_naming(self, formula: Named | Stated, items: Items, *, holds: bool) -> ToState:
        """Give what a question about what is stated takes: to state a fact may turn it."""
        if not self._places.is_open(formula.path, items):
            return stating.TRUE if holds else stating.FALSE
        if isinstance(formula, Named) and not formula.negated and _names_every_word(formula):
            return stating.TRUE
        facts = self._places.facts_of(formula, items)
        return ToState(stating.NOTHING, facts) if holds else ToState(facts, stating.NOTHING)

    # The record ---------------------------------------------------------------------------------------------------

    def _part(self, step: Step, *, name: str, decisive: bool, asked: bool) -> Part:
        if not asked:
            text = self._writer.write(step.formula)
            return Part(text=text, outcome=PartOutcome.NOT_ASKED, name=name)
        below = self._shown_below(step) if decisive else []
        shown = below[:ITEMS_SHOWN] if form_of(step) is PartForm.ITEMS else below
        return Part(
            text=self._writer.write(step.formula),
            outcome=step.outcome,
            name=name,
            form=form_of(step),
            notes=tuple(dict.fromkeys(self._notes(step))) if decisive else (),
            decisive=decisive,
            parts=tuple(
                self._part(each, name=called, decisive=tells, asked=asked) for each, called, tells, asked in shown
            ),
            more=len(below) - len(shown),
            to_hold=step.state.hold,
            to_fail=step.state.fail,
        )

    def _shown_below(self, step: Step) -> list[tuple[Step, str, bool, bool]]:
        """Give the parts below a decisive one: each with its name, whether it is decisive, and whether it is asked."""
        form = form_of(step)
        names = step.names or [""] * len(step.below)
        if form is PartForm.ITEMS:
            return [(step.below[index], names[index], True, True) for index in telling(step)]
        if form is PartForm.PLAIN:
            return []
        return [
            (each, name, reached and decides(each, step), reached)
            for each, name, reached in zip(step.below, names, asked(step), strict=True)
        ]

    def _notes(self, step: Step) -> Iterator[str]:
        yield from step.notes if not any(each.outcome is PartOutcome.ERROR for each in step.below) else ()
        match step.formula:
            case Quantified(base=Path() as base) if not step.below:
                yield self._places.size_told(base, step.items)
            case Counted():
                sure = sum(each.outcome is PartOutcome.TRUE for each in step.below)
                possible = sum(each.outcome is PartOutcome.UNDECIDED for each in step.below)
                yield f"{sure} of {len(step.below)} surely so" + (f", {possible} possibly" if possible else "")
            case Not() if step.below and form_of(step) is PartForm.PLAIN:
                yield from self._notes(step.below[0])
            case Atom() | Named() | Stated() if not step.below:
                yield from self._places.leaves_told(step.formula, step.items)


def can_hold_and_fail(atom: Atom) -> tuple[bool, bool]:
    """Tell whether a comparison of one word with written-out ones can hold, and whether it can fail."""
    first, *others = atom.operands
    if isinstance(first, Constant) and len(others) == 1:
        first, others = others[0], [first]
    if atom.operator not in ("==", "!=", "in") or not isinstance(first, Path | LevelOf) or first.type.name != "word":
        return True, True
    values = {each.value for each in others if isinstance(each, Constant)}
    if len(values) < len(others):
        return True, True
    words = set(first.type.words) - {"unknown"}
    among, beside = bool(words & values), bool(words - values)
    return (beside, among) if atom.operator == "!=" else (among, beside)


def _names_every_word(named: Named) -> bool:
    words = set(named.path.type.words)
    return bool(words) and words <= {each.value for each in named.values} | {"unknown"}
