"""Which branches of conditions no manifest reaches, as far as the schema, scales, numbers and dates decide it.

A condition that the ones before it settle has one way out: no case can show the other, so none is asked for.
"""

from __future__ import annotations

from dataclasses import replace

from release_review.admit import AdmittedPart, AdmittedRule, PolicySet
from release_review.authoring.invariants import always_of
from release_review.cel import Expression
from release_review.cel.asked import possibly, surely
from release_review.cel.reached import Condition, Conditions
from release_review.cel.tree import AllOf, Formula, Not

_MOST_STEPS = 20_000
"""Parts of formulas that are looked at for one branch: a fifth of a second in the worst case."""


def narrowed(
    condition: Condition, expression: Expression, part: AdmittedPart, policies: PolicySet, conditions: Conditions
) -> Condition:
    """Give a condition without the ways out that surely no manifest reaches; what cannot be told stays."""
    places = conditions.asked(expression, condition)
    if not places:
        return condition
    given = AllOf((always_of((part,), policies.assessments), *_before(part, expression)))
    holds = any(_may_be((given, *before, surely(formula))) for formula, before in places)
    fails = any(_may_be((given, *before, Not(possibly(formula)))) for formula, before in places)
    return replace(condition, can_hold=condition.can_hold and holds, can_fail=condition.can_fail and fails)


def _may_be(formulas: tuple[Formula, ...]) -> bool:
    from release_review.cel.satisfy import satisfiable

    return satisfiable(AllOf(formulas), steps=_MOST_STEPS)


def _before(part: AdmittedPart, expression: Expression) -> tuple[Formula, ...]:
    """Give what holds of an item for which an expression of a rule or an assessment is asked."""
    if isinstance(part, AdmittedRule):
        asked = part.when is not None and expression is not part.when
        return (part.when.readings.possibly,) if asked and part.when is not None else ()
    found: list[Formula] = []
    if part.counts is not None and expression is not part.counts:
        found.append(part.counts.readings.possibly)
    for level in part.levels if expression is not part.counts else ():
        if level.when is expression:
            break
        found.append(Not(level.when.readings.surely))
    return tuple(found)
