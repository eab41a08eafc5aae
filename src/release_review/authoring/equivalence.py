"""Whether a mutant comes to the same for every manifest, proved from the readings of what is written.

A proof looks at one item, of which anything may be stated: what is the same for each item is the same for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from release_review.admit import AdmittedAssessment, AdmittedPart, AdmittedRule
from release_review.authoring.invariants import always_of
from release_review.authoring.outcomes import counts_of, extreme_of, last_of, outcomes_of, ways_to
from release_review.cel import Type
from release_review.cel.tree import AllOf, AnyOf, Constant, Formula, Not, Path

Outcomes = tuple[tuple[Formula, ...], ...]
"""For each outcome but one, the ways to come to it; every formula is decided, whatever is unknown.

A proof goes from each way of the one to the outcome of the other: what a way says leaves little to look through.
"""

MOST_STEPS = 20_000
"""Parts of formulas that are looked at for one way: twice what the conditions of the shipped policies need."""

_OF_FILES = ("path", "digest", "citation")
"""What the status of evidence is computed from."""

_IN_A_CASE = ("cited", "missing")
"""What evidence may be in a case, which has no files beside it."""


class Prover:
    """Proves that mutants come to the same as what is written; what it has worked out serves all of them.

    Attributes:
        assessments: Those whose levels rules may read.
    """

    def __init__(self, assessments: Sequence[AdmittedAssessment]) -> None:
        self.assessments = assessments
        self._given: dict[tuple[str, frozenset[str]], Formula] = {}

    def proves(self, one: AdmittedPart, other: AdmittedPart, *, in_cases: bool = False) -> bool:
        """Tell whether a mutant is proved to come to the same for every manifest; False proves nothing.

        Args:
            one: What is written.
            other: Its mutant.
            in_cases: Whether only those manifests matter that a case can make.
        """
        if isinstance(one, AdmittedRule) and isinstance(other, AdmittedRule):
            mine, its = _of_rule(one), _of_rule(other)
        elif isinstance(one, AdmittedAssessment) and isinstance(other, AdmittedAssessment):
            if not _may_be_the_same(one, other):
                return False
            counted_alike = one.counts == other.counts
            mine, its = (_of_assessment(each, counted_alike=counted_alike) for each in (one, other))
        else:
            return False
        if in_cases:
            before, mine, its = (mine, its), _in_a_case(mine), _in_a_case(its)
            if (mine, its) == before:
                return False  # no evidence is looked at, and the proof would be the other one again
        return bool(mine) and _same(mine, its, self._known_of(one))

    def _known_of(self, part: AdmittedPart) -> Formula:
        """Give what holds besides, of the items of a part and of the levels that it reads."""
        known = part.items, part.levels_read(whole=True)
        if known not in self._given:
            self._given[known] = always_of((part,), self.assessments)
        return self._given[known]


def _may_be_the_same(one: AdmittedAssessment, other: AdmittedAssessment) -> bool:
    mine, its = one.assessment, other.assessment
    if (mine.over, mine.scale) != (its.over, its.scale):
        return False  # outcomes are compared level by level
    if mine.none != its.none and not (one.counts is None and other.counts is None):
        return False  # without `counts`, every item counts
    return (mine.empty, mine.overall) == (its.empty, its.overall)


def _same(one: Outcomes, other: Outcomes, given: Formula) -> bool:
    return all(
        _leads_to(mine, its, given) and _leads_to(its, mine, given) for mine, its in zip(one, other, strict=True)
    )


def _leads_to(ways: Sequence[Formula], others: Sequence[Formula], given: Formula) -> bool:
    from release_review.cel.satisfy import implies

    there = AnyOf(tuple(others))
    return all(way in others or implies(AllOf((given, way)), there, steps=MOST_STEPS) for way in ways)


def _in_a_case(node: Any) -> Any:
    """Give a formula in which evidence is only what it can be in a case."""
    if isinstance(node, tuple):
        return tuple(_in_a_case(each) for each in node)
    if isinstance(node, Path) and node.type.reads == _OF_FILES:
        return replace(node, type=replace(node.type, words=_IN_A_CASE))
    if isinstance(node, Type | Constant) or not is_dataclass(node) or isinstance(node, type):
        return node
    return replace(node, **{each.name: _in_a_case(getattr(node, each.name)) for each in fields(node)})


def _of_rule(rule: AdmittedRule) -> Outcomes:
    """Give when a rule does not apply, when it passes and when it fails; else it is unknown.

    Nothing is given for a rule in Python: what it does cannot be told.
    """
    found = outcomes_of(rule)
    return ((found.not_applicable,), (found.passes,), (found.fails,)) if found is not None else ()


def _of_assessment(admitted: AdmittedAssessment, *, counted_alike: bool) -> Outcomes:
    """Give when an item weighs nothing, and when it weighs as each level, surely and possibly; else it is unknown.

    Where some items may count or not, three things make no difference to the whole, nor to the level that rules read:
    whether an item counts that has the level of those that do not, if every other level goes before that one; whether
    an item whose level is unknown counts surely or possibly; and, of one that counts possibly, whether it is unknown or
    has the level that goes before all others, since the whole then hangs on it either way.

    Args:
        admitted: The assessment.
        counted_alike: Whether it is compared with one that counts the same items.
    """
    surely, possibly = counts_of(admitted)
    assessment = admitted.assessment
    idle, first = _idle_level(admitted), _first_level(admitted)
    nothing = [AllOf((possibly, way)) for way in ways_to(admitted, idle)] if idle is not None else []
    outcomes: list[tuple[Formula, ...]] = [(Not(possibly), *nothing)]
    for level in assessment.scale:
        if level in ("unknown", idle):
            continue
        ways = tuple(ways_to(admitted, level))
        if level == first or not counted_alike:
            outcomes.append(tuple(AllOf((surely, way)) for way in ways))
        if level != first:
            outcomes.append(tuple(AllOf((possibly, way)) for way in ways))
    return tuple(outcomes)


def _idle_level(admitted: AdmittedAssessment) -> str | None:
    """Give the level that an item may have and weigh nothing, whether it counts or not."""
    last = last_of(admitted.assessment)
    return last if admitted.counts is not None and admitted.assessment.none == last else None


def _first_level(admitted: AdmittedAssessment) -> str | None:
    """Give the level that makes no difference to an item which may count or not: to have it, or to be unknown.

    It is the one that goes before all others, unless it is also that of the whole where no item counts: then the whole
    may surely have it.
    """
    first = extreme_of(admitted.assessment)
    return first if admitted.counts is not None and admitted.assessment.none != first else None
