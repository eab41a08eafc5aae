"""Whether a mutant comes to the same for every manifest, proved from the readings of what is written.

A proof looks at one item, of which anything may be stated: what is the same for each item is the same for all.
"""

from __future__ import annotations

from collections.abc import Iterator

from release_review.admit import AdmittedAssessment, AdmittedRule
from release_review.cel import Expression
from release_review.cel.tree import AllOf, AnyOf, Formula, Not, Truth
from release_review.model import Assessment, Overall

Outcomes = tuple[Formula, ...]
"""For each outcome but one, when it comes to that; every formula is decided, whatever is unknown."""


def comes_to_the_same(one: AdmittedAssessment | AdmittedRule, other: AdmittedAssessment | AdmittedRule) -> bool:
    """Tell whether two rules, or two assessments, are proved to come to the same; False is no proof of the opposite."""
    if isinstance(one, AdmittedRule) and isinstance(other, AdmittedRule):
        return _same(_of_rule(one), _of_rule(other))
    if isinstance(one, AdmittedAssessment) and isinstance(other, AdmittedAssessment):
        mine, its = one.assessment, other.assessment
        if (mine.empty, mine.overall) != (its.empty, its.overall):
            return False
        if mine.none != its.none and not (one.counts is None and other.counts is None):
            return False  # without `counts`, every item counts
        return _same(_of_assessment(one), _of_assessment(other))
    return False


def _same(one: Outcomes | None, other: Outcomes | None) -> bool:
    from release_review.cel.satisfy import equivalent

    if one is None or other is None:
        return False
    return all(mine == its or equivalent(mine, its) for mine, its in zip(one, other, strict=True))


def _of_rule(rule: AdmittedRule) -> Outcomes | None:
    """Give when a rule does not apply, when it passes and when it fails; else it is unknown."""
    if not isinstance(rule.requirement, Expression):
        return None  # what a rule in Python does with its parameters cannot be told
    surely, possibly = _readings(rule.when)
    holds, may_hold = _readings(rule.requirement)
    return Not(possibly), AllOf((possibly, holds)), AllOf((surely, Not(may_hold)))


def _of_assessment(admitted: AdmittedAssessment) -> Outcomes:
    """Give when an item surely and possibly counts with each level, and when its level is unknown."""
    surely, possibly = _readings(admitted.counts)
    assessment = admitted.assessment
    has = {level: AnyOf(tuple(_ways_to(level, admitted))) for level in assessment.scale if level != "unknown"}
    unknown = AllOf((possibly, *(Not(each) for each in has.values())))
    idle = {assessment.none} if admitted.counts is not None and _is_idle(assessment) else set[str]()
    weighed = [formula for level, formula in has.items() if level not in idle]
    return unknown, *(AllOf((counts, each)) for each in weighed for counts in (surely, possibly))


def _is_idle(assessment: Assessment) -> bool:
    """Tell whether an item of the level that uncounted ones have weighs nothing, whether it counts or not.

    So it is where any other level goes before it. An unknown level weighs the same whether the item surely or possibly
    counts: either way, nothing but the level that goes before all others is settled beside it.
    """
    known = [each for each in assessment.scale if each != "unknown"]
    last = known[-1] if assessment.overall is Overall.STRONGEST else known[0]
    return len(known) > 1 and assessment.none == last


def _ways_to(level: str, admitted: AdmittedAssessment) -> Iterator[Formula]:
    """Give when each step of an assessment gives an item this level: no other level may hold before it."""
    before: list[Formula] = []
    for step in admitted.levels:
        surely, possibly = _readings(step.when)
        if step.level.name == level:
            yield AllOf((*before, surely))
        before.append(Not(surely if step.level.name == level else possibly))
    if admitted.assessment.default == level:
        yield AllOf(tuple(before))


def _readings(expression: Expression | None) -> tuple[Formula, Formula]:
    if expression is None:
        return Truth(value=True), Truth(value=True)
    return expression.readings.surely, expression.readings.possibly
