"""Which conditions of rules and assessments the cases have seen true, and which false: what no case sees, none proves.

Each condition has two branches, surely true and surely false, over all cases of its rule and all items in them. What
was not asked, because the conditions before it settled the matter, was not seen; nor was what was undecided. Where it
is proved that no manifest takes a condition one way out, because of its own words or of those before it, it has one
branch: a case could not show the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from release_review.admit import AdmittedAssessment, AdmittedCondition, AdmittedPart, AdmittedRule, PolicySet
from release_review.assess import levels_of
from release_review.authoring.cases import parts_of, seen_in
from release_review.authoring.reachable import narrowed
from release_review.cel import Decision, Expression, Subject
from release_review.cel.reached import Condition, Conditions
from release_review.errors import EvaluationError, ReleaseReviewError
from release_review.evaluate import Assessed, evaluate
from release_review.model import DEFAULT_ENGINE, Case, Outcome, PartOutcome
from release_review.pointer import expand

NEVER_TRUE, NEVER_FALSE = "never true", "never false"
"""What a condition was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCondition:
    """A condition, and what the cases have seen of it.

    Attributes:
        condition: The condition.
        true: Whether it was surely true for an item of a case.
        false: Whether it was surely false.
    """

    condition: Condition
    true: bool
    false: bool

    @property
    def gaps(self) -> tuple[str, ...]:
        """What it never was, of what it can be."""
        holds = () if self.true or not self.condition.can_hold else (NEVER_TRUE,)
        fails = () if self.false or not self.condition.can_fail else (NEVER_FALSE,)
        return (*holds, *fails)

    @property
    def branches(self) -> int:
        """How many ways out it has."""
        return self.condition.can_hold + self.condition.can_fail


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionCoverage:
    """What the cases have seen of one expression.

    Attributes:
        name: What it is to its rule or assessment: `when`, `assert`, `counts`, or its level.
        where: `FILE:LINE:COLUMN` of its first character.
        conditions: Its conditions, in the order in which they are asked.
    """

    name: str
    where: str
    conditions: tuple[SeenCondition, ...]

    @property
    def gaps(self) -> tuple[SeenCondition, ...]:
        """The conditions that were never true, or never false."""
        return tuple(each for each in self.conditions if each.gaps)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCoverage:
    """What its cases have seen of a rule or an assessment.

    Attributes:
        id: Qualified id.
        expressions: What they have seen of each of its expressions.
        in_python: Whether it is a rule in Python, whose conditions nobody knows; its `when` is counted, if it has one.
        unreached: The outcomes or levels that no case came to.
    """

    id: str
    expressions: tuple[ExpressionCoverage, ...]
    in_python: bool
    unreached: tuple[str, ...]

    @property
    def branches(self) -> int:
        """How many branches its conditions have."""
        return sum(each.branches for expression in self.expressions for each in expression.conditions)

    @property
    def seen(self) -> int:
        """How many of these the cases have seen."""
        missed = sum(len(each.gaps) for expression in self.expressions for each in expression.conditions)
        return self.branches - missed


def measure(
    policies: PolicySet, *, of: Collection[str] | None = None, engine: str = DEFAULT_ENGINE
) -> tuple[PartCoverage, ...]:
    """Carry out the cases of policies, and tell what they see of each of their rules and assessments.

    Args:
        policies: The policies as they are loaded.
        of: Ids of the policies that are measured; all of them where None.
        engine: Name of the engine that evaluates expressions.
    """
    conditions = Conditions()
    return tuple(_Measure(part, policies, conditions, engine).result() for part in parts_of(policies, of=of))


def percent(seen: int, of: int) -> int:
    """Give a share in percent, rounded down, so that 100 is all; of nothing, all are seen."""
    return 100 * seen // of if of else 100


class _Measure:
    """What the cases of one rule or assessment see."""

    def __init__(self, part: AdmittedPart, policies: PolicySet, conditions: Conditions, engine: str) -> None:
        self._part = part
        self._policies = policies
        self._conditions = conditions
        self._engine = engine
        self._came_to: set[tuple[int, Condition, PartOutcome]] = set()
        self._reached: set[str] = set()

    def result(self) -> PartCoverage:
        part = self._part
        for case in part.written.cases:
            self._look(case)
        return PartCoverage(
            id=part.id,
            expressions=tuple(self._expression(number, each) for number, each in enumerate(part.conditions)),
            in_python=isinstance(part, AdmittedRule) and part.rule.check is not None,
            unreached=tuple(each for each in _wanted(part) if each not in self._reached),
        )

    def _expression(self, number: int, asked: AdmittedCondition) -> ExpressionCoverage:
        expression = asked.expression
        conditions = tuple(self._seen(number, expression, each) for each in self._conditions.of(expression))
        return ExpressionCoverage(name=asked.key, where=expression.where, conditions=conditions)

    def _seen(self, number: int, expression: Expression, condition: Condition) -> SeenCondition:
        seen = SeenCondition(
            condition=condition,
            true=(number, condition, PartOutcome.TRUE) in self._came_to,
            false=(number, condition, PartOutcome.FALSE) in self._came_to,
        )
        if not seen.gaps:
            return seen
        return replace(seen, condition=narrowed(condition, expression, self._part, self._policies, self._conditions))

    def _look(self, case: Case) -> None:
        try:
            seen = seen_in(self._part, case, self._policies, engine=self._engine)
        except ReleaseReviewError:
            return  # it is a failing case, and its result says why
        self._reached.update(_outcomes(self._part, seen))
        manifest = seen.manifest
        subject = Subject(manifest=manifest.data, as_of=manifest.as_of, today=manifest.today)
        levels = levels_of(seen.answers.values())
        numbers = {id(each.expression): number for number, each in enumerate(self._part.conditions)}
        for pointer, _ in expand(manifest.data, self._part.items):
            for expression in _asked(self._part, seen, pointer):
                for condition, outcome in self._conditions.reached(expression, subject, levels, this=pointer):
                    self._came_to.add((numbers[id(expression)], condition, outcome))


def _asked(part: AdmittedPart, seen: Assessed, pointer: str) -> Iterator[Expression]:
    """Give the expressions that are asked of an item, up to the one that settles what becomes of it, or breaks."""
    is_rule = isinstance(part, AdmittedRule)
    for asked in part.conditions:
        yield asked.expression
        try:
            decision = seen.session.decide(asked.expression, this=pointer)
        except EvaluationError:
            return
        is_gate = asked.key in ("when", "counts")
        if (is_gate and decision is Decision.FALSE) or (not is_gate and not is_rule and decision is Decision.TRUE):
            return


def _outcomes(part: AdmittedPart, seen: Assessed) -> Iterator[str]:
    if isinstance(part, AdmittedAssessment):
        yield seen.answers[part.id].level
    else:
        yield from (result.outcome.value for result in evaluate(seen, (part,)))


def _wanted(part: AdmittedPart) -> tuple[str, ...]:
    """Give what cases should come to: each level, or passing and failing and, where it is conditional, neither."""
    if isinstance(part, AdmittedAssessment):
        return part.assessment.scale
    conditional = (Outcome.NOT_APPLICABLE.value,) if part.when is not None or part.rule.given is not None else ()
    return (Outcome.PASS.value, Outcome.FAIL.value, *conditional)
