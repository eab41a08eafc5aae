"""What in a set of policies looks at the day: the comparisons that do, and the parts of which nobody can tell.

An expression comes to something else from one day to the next only where a comparison in it does. A comparison of the
day with dates and durations is carried out alone, by the engine's own code, for every day and every date that may stand
in it. Whatever looks at the day in another way, and every rule in Python, may change on any day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from release_review.admit import AdmittedPart, PolicySet
from release_review.audit.forecast.window import DAY, Window
from release_review.cel import Expression
from release_review.cel.arithmetic import NoResultError
from release_review.cel.compile import Budget, Reading, compile_formula
from release_review.cel.people import Writer
from release_review.cel.tree import Atom, Constant, Either, Formula, Node, Operation, Path, Size, Term, walk
from release_review.dates import midnight

DATES = frozenset({"as_of", "today"})
"""The names of the two days in every expression."""

IN_PYTHON = "it is written in Python"
"""Why a rule may change on any day, whatever the manifest says."""

IN_ANOTHER_WAY = "a condition of it looks at the day in a way that is not looked through"
"""Why a rule or an assessment in CEL may change on any day."""

_STEPS = 1 << 62
"""Steps that one comparison may take: it has no comprehension in it."""

_MOST_KEPT = 100_000
"""Comparisons with certain dates that are remembered: more than any registry has dates, and an end for a long one."""

Holds = bool | None
"""What a comparison comes to; None where it has no result."""

Flip = tuple[dt.date, Holds]
"""A day on which a comparison comes to something else than on the day before, and what."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Watch:
    """A comparison that looks at the day.

    Attributes:
        part: Qualified id of the rule or the assessment that makes it.
        text: The comparison, as its author would recognise it.
        leaves: The dates of the manifest that stand in it.
        constants: Dates that are written out in its condition: a variable may stand for one of them.
        reading: Carries it out; it takes a date for each leaf.
    """

    part: str
    text: str
    leaves: tuple[Path, ...]
    constants: frozenset[dt.datetime]
    reading: Reading

    def holds(self, day: dt.date, values: Sequence[dt.datetime], window: Window) -> Holds:
        """Carry it out for a day, with a date for each leaf."""
        days = (midnight(window.state_on(day)), midnight(day))
        try:
            return bool(self.reading(None, None, *days, None, Budget(_STEPS).take, *values))
        except NoResultError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What in a set of policies looks at the day.

    Attributes:
        watches: The comparisons that do.
        opaque: Why parts may change on any day, by their ids.
        effective: The days from which rules count in full, by their ids.
    """

    watches: tuple[Watch, ...]
    opaque: Mapping[str, str]
    effective: Mapping[str, dt.date]


class Flips:
    """The days on which comparisons change, worked out once for the same dates."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._known: dict[tuple[int, tuple[dt.datetime, ...]], tuple[Flip, ...]] = {}

    def of(self, number: int, watch: Watch, values: tuple[dt.datetime, ...]) -> tuple[Flip, ...]:
        """Give the days on which a comparison changes.

        Args:
            number: Its place among the comparisons.
            watch: The comparison.
            values: A date for each of its leaves.
        """
        found = self._known.get((number, values))
        if found is None:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            found = self._known[number, values] = tuple(self._find(watch, values))
        return found

    def _find(self, watch: Watch, values: tuple[dt.datetime, ...]) -> Iterator[Flip]:
        before = watch.holds(self._window.today, values, self._window)
        for day in self._window:
            now = watch.holds(day, values, self._window)
            if now is not before:
                yield day, now
            before = now


def clock_of(policies: PolicySet) -> Clock:
    """Look through all policies for what looks at the day."""
    watches: list[Watch] = []
    opaque: dict[str, str] = {}
    parts: tuple[AdmittedPart, ...] = (*policies.assessments, *policies.rules)
    for part in parts:
        for expression in _expressions(part):
            found = _comparisons(expression)
            if found is None:
                opaque[part.id] = IN_ANOTHER_WAY
                continue
            watches += [_watch(part.id, atom, expression) for atom in found]
    for rule in policies.rules:
        if not isinstance(rule.requirement, Expression):
            opaque[rule.id] = IN_PYTHON
    dated = {rule.id: rule.rule.effective for rule in policies.rules if rule.rule.effective is not None}
    return Clock(watches=tuple(watches), opaque=opaque, effective=dated)


def day_before(day: dt.date) -> dt.date:
    """Give the day before a day."""
    return day - DAY


def _expressions(part: AdmittedPart) -> Iterator[Expression]:
    return (each.expression for each in part.conditions)


def _readings(expression: Expression) -> tuple[Formula, Formula]:
    # These are what engines carry out: conditionals stand outside comparisons in them.
    return expression.readings.surely, expression.readings.possibly


def _comparisons(expression: Expression) -> list[Atom] | None:
    """Give the comparisons of an expression that look at the day; None where it looks at the day in another way."""
    found: dict[Atom, None] = {}
    for reading in _readings(expression):
        seen = 0
        for node in walk(reading):
            terms = list(_terms(node.operands)) if isinstance(node, Atom) else []
            days = sum(map(_is_day, terms))
            if isinstance(node, Atom) and days:
                if not all(map(_is_plain, terms)):
                    return None
                found[node] = None
                seen += days
        if seen < sum(1 for node in walk(reading) if _is_day(node)):
            return None
    return list(found)


def _terms(terms: Iterable[Term]) -> Iterator[Term]:
    """Give terms and what they are computed from; what is counted or asked in them are comparisons of their own."""
    for term in terms:
        yield term
        match term:
            case Operation(operands=operands):
                yield from _terms(operands)
            case Either(then=then, otherwise=otherwise):
                yield from _terms((then, otherwise))
            case Size() | _:
                continue


def _is_day(node: Node) -> bool:
    return isinstance(node, Path) and node.root in DATES


def _is_plain(term: Term) -> bool:
    """Tell whether a term is computed from days, dates and what is written out, and nothing else."""
    if isinstance(term, Path):
        return term.type.name == "timestamp"
    return isinstance(term, Constant | Operation)


def _dates_written(expression: Expression) -> frozenset[dt.datetime]:
    nodes = (node for reading in _readings(expression) for node in walk(reading))
    return frozenset(node.value for node in nodes if isinstance(node, Constant) and isinstance(node.value, dt.datetime))


def _watch(part: str, atom: Atom, expression: Expression) -> Watch:
    leaves = tuple(
        dict.fromkeys(each for each in _terms(atom.operands) if isinstance(each, Path) and not _is_day(each))
    )
    names = {leaf: f"date{number}" for number, leaf in enumerate(leaves)}
    alone = replace(atom, operands=tuple(_renamed(term, names) for term in atom.operands))
    reading = compile_formula(alone, tuple(names.values()))
    text = Writer(expression.text, expression.formula).write(atom)
    return Watch(part=part, text=text, leaves=leaves, constants=_dates_written(expression), reading=reading)


def _renamed(term: Term, names: Mapping[Path, str]) -> Term:
    """Give a term with a variable in the place of each date of the manifest."""
    match term:
        case Path() if term in names:
            return Path(names[term], (), term.type)
        case Operation(operands=operands):
            return replace(term, operands=tuple(_renamed(each, names) for each in operands))
        case _:
            return term
