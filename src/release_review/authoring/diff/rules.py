"""What changed in a rule: what it weighs, when it is in force, and what it holds against a release."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from release_review.admit import AdmittedAssessment, AdmittedRule
from release_review.authoring.diff.records import Step, Way
from release_review.authoring.diff.words import bare, changed_bounds, changed_params
from release_review.authoring.invariants import always_of
from release_review.authoring.outcomes import RuleOutcomes, outcomes_of
from release_review.cel.satisfy import implies
from release_review.cel.tree import AllOf, Formula, Operation, walk

_FIRST_DAY = dt.date.min

_BREAKING = frozenset({"/", "%", "*", "int", "string"})
"""Operations without a result for some values; those of dates have one within the calendar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is known of what stands around rules in the two versions.

    Attributes:
        moved: Assessments that are not what they were, by id, each with what became of it.
        stayed: Assessments that come to the same as before.
        unchanged: Ids of policies that are the same in both versions, with all code that belongs to them.
    """

    moved: Mapping[str, Way]
    stayed: Sequence[AdmittedAssessment]
    unchanged: frozenset[str]


_BECAME = {Way.REMOVED: "is gone", Way.ADDED: "is new"}


def steps_of_rule(old: AdmittedRule, new: AdmittedRule, around: Around) -> Iterator[Step]:
    """Compare two rules, each step by whether it asks for more or for less."""
    before, after = old.rule, new.rule
    if old.severity is not new.severity:
        weaker = new.severity.weight < old.severity.weight
        what = f"severity {old.severity.value} to {new.severity.value}"
        yield Step(way=Way.WEAKENED if weaker else Way.TIGHTENED, what=what)
    if before.effective != after.effective:
        later = (after.effective or _FIRST_DAY) > (before.effective or _FIRST_DAY)
        what = f"in force from {_since(before.effective)} to {_since(after.effective)}"
        yield Step(way=Way.WEAKENED if later else Way.TIGHTENED, what=what)
    if before.waivable != after.waivable:
        longer = (after.waivable or 0) > (before.waivable or 0)
        what = f"waivable from {_term(before.waivable)} to {_term(after.waivable)}"
        yield Step(way=Way.WEAKENED if longer else Way.TIGHTENED, what=what)
    yield from _meaning(old, new, around)
    yield from (Step(way=Way.CHANGED, what=what) for what in changed_bounds(before.params, after.params))
    yield from _of_assessments(new, around)


def _of_assessments(rule: AdmittedRule, around: Around) -> Iterator[Step]:
    """Tell which of the assessments that a rule reads are others now; what a check in Python reads, nobody knows."""
    for name, way in sorted(around.moved.items()):
        if name in rule.levels_read():
            yield Step(way=Way.CHANGED, what=f"reads {name}, which is not what it was")
        elif rule.rule.check is not None:
            became = _BECAME.get(way, "is not what it was")
            yield Step(way=Way.CHANGED, what=f"is a check in Python, and may read {name}, which {became}")


def _meaning(old: AdmittedRule, new: AdmittedRule, around: Around) -> Iterator[Step]:
    """Compare what two rules ask for."""
    keys = list(_changed_conditions(old, new, around))
    if not keys:
        return
    what = ", ".join(keys)
    before, after = outcomes_of(old), outcomes_of(new)
    if before is None or after is None or old.items != new.items:
        yield Step(way=Way.CHANGED, what=f"{what}, and what that comes to cannot be told")
        return
    given = always_of((old, new), around.stayed)
    pairs = ((before.fails, after.fails), (before.not_met, after.not_met))
    stricter = all(implies(AllOf((given, one)), other) for one, other in pairs)
    laxer = all(implies(AllOf((given, other)), one) for one, other in pairs)
    if (stricter or laxer) and (_may_break(old) or _may_break(new)):
        yield Step(way=Way.CHANGED, what=f"{what}, and where it breaks now cannot be told")
    elif stricter and laxer and not _applies_alike(before, after, given):
        yield Step(way=Way.CHANGED, what=f"{what}: it passes where it did not apply, or the other way round")
    elif stricter and laxer:
        yield Step(way=Way.REWORDED, what=f"{what}, and it means the same")
    elif stricter:
        yield Step(way=Way.TIGHTENED, what=f"{what}: all that was held against a release still is, and more")
    elif laxer:
        yield Step(way=Way.WEAKENED, what=f"{what}: some of what was held against a release no longer is")
    else:
        yield Step(way=Way.CHANGED, what=f"{what}: it holds other things against a release")


def _applies_alike(one: RuleOutcomes, other: RuleOutcomes, given: Formula) -> bool:
    spared = one.not_applicable, other.not_applicable
    return all(implies(AllOf((given, mine)), its) for mine, its in (spared, spared[::-1]))


def _may_break(rule: AdmittedRule) -> bool:
    """Tell whether a condition has operations that may have no result: proofs do not look at what breaks."""
    nodes = (node for each in rule.expressions for node in walk(each.formula) if isinstance(node, Operation))
    return any(node.name in _BREAKING or (node.name in "+-" and node.type.name == "int") for node in nodes)


def _changed_conditions(old: AdmittedRule, new: AdmittedRule, around: Around) -> Iterator[str]:
    before, after = old.rule, new.rule
    for key, one, other in (
        ("given", before.given, after.given),
        ("when", before.when, after.when),
        ("assert", before.assertion, after.assertion),
        ("empty", before.empty, after.empty),
    ):
        if bare(one) != bare(other):
            yield key
    # The code of a check says little: it may call what is another now. The same object does what it did.
    if before.check is not after.check and new.policy not in around.unchanged:
        yield "the check in Python"
    yield from changed_params(before.params, after.params)


def _since(day: dt.date | None) -> str:
    return "always" if day is None else day.isoformat()


def _term(days: int | None) -> str:
    return "never" if days is None else f"{days} days"
