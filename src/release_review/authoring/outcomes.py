"""What rules and assessments come to, for which items: formulas that are decided, whatever is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from release_review.admit import AdmittedAssessment, AdmittedRule
from release_review.cel import Expression
from release_review.cel.readings import Readings
from release_review.cel.tree import AllOf, AnyOf, Formula, Not, Truth
from release_review.model import Assessment, Overall

# Rules ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RuleOutcomes:
    """When a rule in CEL comes to what; where it neither applies not, nor passes, nor fails, it is unknown.

    Attributes:
        holds: The readings of what must hold.
        when: Those of when it applies; None for always.
    """

    holds: Readings
    when: Readings | None = None

    @property
    def not_applicable(self) -> Formula:
        """When it does not apply."""
        return Truth(value=False) if self.when is None else Not(self.when.possibly)

    @property
    def passes(self) -> Formula:
        """When it passes."""
        return AllOf((*self._possibly, self.holds.surely))

    @property
    def fails(self) -> Formula:
        """When it fails."""
        return AllOf((*(() if self.when is None else (self.when.surely,)), Not(self.holds.possibly)))

    @property
    def not_met(self) -> Formula:
        """When it fails, or is unknown."""
        return AllOf((*self._possibly, Not(self.holds.surely)))

    @property
    def _possibly(self) -> tuple[Formula, ...]:
        return () if self.when is None else (self.when.possibly,)


def outcomes_of(rule: AdmittedRule) -> RuleOutcomes | None:
    """Give when a rule comes to what; None for a rule in Python, of which that cannot be told."""
    if not isinstance(rule.requirement, Expression):
        return None
    return RuleOutcomes(rule.requirement.readings, None if rule.when is None else rule.when.readings)


# Assessments ----------------------------------------------------------------------------------------------------------


def readings_of(expression: Expression | None) -> tuple[Formula, Formula]:
    """Give both readings of an expression: surely, and possibly; one that is not written always holds."""
    if expression is None:
        return Truth(value=True), Truth(value=True)
    return expression.readings.surely, expression.readings.possibly


def counts_of(admitted: AdmittedAssessment) -> tuple[Formula, Formula]:
    """Give when an item surely counts, and when it possibly does."""
    return readings_of(admitted.counts)


def has_level(admitted: AdmittedAssessment, level: str) -> Formula:
    """Give when an item has a level, other than `unknown`, if it counts."""
    return AnyOf(tuple(ways_to(admitted, level)))


def extreme_of(assessment: Assessment) -> str | None:
    """Give the level that goes before all others in the whole; None where there is no other."""
    known = _known(assessment)
    return (known[0] if assessment.overall is Overall.STRONGEST else known[-1]) if len(known) > 1 else None


def last_of(assessment: Assessment) -> str | None:
    """Give the level that every other goes before in the whole; None where there is no other."""
    known = _known(assessment)
    return (known[-1] if assessment.overall is Overall.STRONGEST else known[0]) if len(known) > 1 else None


def _known(assessment: Assessment) -> list[str]:
    return [each for each in assessment.scale if each != "unknown"]


def ways_to(admitted: AdmittedAssessment, level: str) -> Iterator[Formula]:
    """Give when each step of an assessment gives an item this level: no other level may hold before it."""
    before: list[Formula] = []
    for step in admitted.levels:
        surely, possibly = readings_of(step.when)
        if step.level.name == level:
            yield AllOf((*before, surely))
        before.append(Not(surely if step.level.name == level else possibly))
    if admitted.assessment.default == level:
        yield AllOf(tuple(before))
