"""What changed between two versions of a policy, and whether it asks for more or for less than before.

Conditions are compared by what they mean. A rule is tightened where every manifest that it held against a release
before, it still does, and more; whether that is so, `cel.satisfy` proves or cannot tell. What it cannot tell is
`changed`, which is as much as "it may ask for less".
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from release_review.admit import AdmittedAssessment, AdmittedRule, PolicySet
from release_review.authoring.always import of_item
from release_review.authoring.sameness import Prover
from release_review.cel.satisfy import implies
from release_review.cel.tree import AllOf, Formula, Not, Truth
from release_review.model import Origin, Policy, Severity
from release_review.params import shown


class Way(enum.StrEnum):
    """Which way a part of a policy changed; the one that a reader has to see first stands first."""

    REMOVED = "removed"
    WEAKENED = "weakened"
    CHANGED = "changed"
    TIGHTENED = "tightened"
    ADDED = "added"
    REWORDED = "reworded"


MAY_ASK_LESS = (Way.REMOVED, Way.WEAKENED, Way.CHANGED)
"""The ways in which a release may pass that did not before."""

Part: TypeAlias = AdmittedRule | AdmittedAssessment

_WEIGHT = {Severity.NOTE: 0, Severity.WARNING: 1, Severity.ERROR: 2}
_FIRST_DAY = dt.date.min
_TEXTS = ("summary", "title", "label", "order", "message", "rationale", "remediation", "references")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that changed in a part: which way, and what, in a clause."""

    way: Way
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changed in one rule, one assessment, or the policy itself.

    Attributes:
        way: The way it changed as a whole.
        kind: `rule`, `assessment` or `policy`.
        id: Qualified id, with the new policy's name; the policy's id for the policy itself.
        steps: What changed in it; empty where it is new or gone.
        summary: The requirement or the question, as it is now; as it was, where it is gone.
        where: `FILE:LINE:COLUMN` of it as it is now; as it was, where it is gone; empty for one made in Python.
    """

    way: Way
    kind: str
    id: str
    summary: str
    steps: tuple[Step, ...] = ()
    where: str = ""

    @property
    def may_ask_less(self) -> bool:
        """Whether a release may pass now that did not before; an assessment judges nothing by itself."""
        return self.way in MAY_ASK_LESS and self.kind != "assessment"


def differences(old: PolicySet, new: PolicySet, *, names: tuple[str, str]) -> tuple[Difference, ...]:
    """Compare two versions of a policy, with all that they extend, as they are in force.

    Args:
        old: The version before, admitted with what it extends.
        new: The version after.
        names: The ids of the two policies; the parts of one that was renamed are compared all the same.

    Returns:
        What differs, rules before assessments before the policy itself, each by way and id.
    """
    before, after = names
    renamed = {f"{before}/": f"{after}/"} if before != after else {}
    questions = _pairs(old.assessments, new.assessments, renamed)
    asked = list(_of_parts(questions, "assessment", frozenset()))
    moved = frozenset(each.id for each in asked if each.way is Way.CHANGED)
    rules = list(_of_parts(_pairs(old.rules, new.rules, renamed), "rule", moved))
    whole = _of_policy(_policy(old, before), _policy(new, after))
    order = {way: index for index, way in enumerate(Way)}
    return (
        *sorted(rules, key=lambda each: (order[each.way], each.id)),
        *sorted(asked, key=lambda each: (order[each.way], each.id)),
        *whole,
    )


def _pairs(
    old: Sequence[Part], new: Sequence[Part], renamed: Mapping[str, str]
) -> Iterator[tuple[str, Part | None, Part | None]]:
    before = {_renamed(part.id, renamed): part for part in old}
    after = {part.id: part for part in new}
    for name in sorted({*before, *after}):
        yield name, before.get(name), after.get(name)


def _renamed(name: str, renamed: Mapping[str, str]) -> str:
    for before, after in renamed.items():
        if name.startswith(before):
            return after + name.removeprefix(before)
    return name


def _of_parts(
    pairs: Iterable[tuple[str, Part | None, Part | None]], kind: str, moved: frozenset[str]
) -> Iterator[Difference]:
    for name, old, new in pairs:
        if old is None or new is None:
            way, part = (Way.ADDED, new) if old is None else (Way.REMOVED, old)
            if part is not None:
                yield Difference(way=way, kind=kind, id=name, summary=_summary(part), where=_where(_origin(part)))
            continue
        steps = tuple(_steps(old, new, moved))
        if steps:
            summary, where = _summary(new), _where(_origin(new))
            yield Difference(way=_whole(steps), kind=kind, id=name, summary=summary, steps=steps, where=where)


def _whole(steps: Iterable[Step]) -> Way:
    """Give the way of a part as a whole: tightened here and weakened there is changed."""
    ways = {step.way for step in steps} - {Way.REWORDED}
    if not ways:
        return Way.REWORDED
    return ways.pop() if len(ways) == 1 else Way.CHANGED


def _steps(old: Part, new: Part, moved: frozenset[str]) -> Iterator[Step]:
    if isinstance(old, AdmittedRule) and isinstance(new, AdmittedRule):
        yield from _steps_of_rule(old, new, moved)
        yield from _reworded(old.rule, new.rule)
    elif isinstance(old, AdmittedAssessment) and isinstance(new, AdmittedAssessment):
        yield from _steps_of_assessment(old, new)
        yield from _reworded(old.assessment, new.assessment)


# Rules ----------------------------------------------------------------------------------------------------------------


def _steps_of_rule(old: AdmittedRule, new: AdmittedRule, moved: frozenset[str]) -> Iterator[Step]:
    before, after = old.rule, new.rule
    if old.severity is not new.severity:
        weaker = _WEIGHT[new.severity] < _WEIGHT[old.severity]
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
    yield from _meaning(old, new)
    read = {read.assessment for expression in new.expressions for read in expression.reads if read.assessment}
    for name in sorted(read & moved):
        yield Step(way=Way.CHANGED, what=f"reads {name}, which is not what it was")


def _meaning(old: AdmittedRule, new: AdmittedRule) -> Iterator[Step]:
    """Compare what two rules ask for."""
    keys = list(_changed_conditions(old, new))
    if not keys:
        return
    what = ", ".join(keys)
    if old.rule.check is not None or new.rule.check is not None or old.rule.given != new.rule.given:
        yield Step(way=Way.CHANGED, what=f"{what}, and what that comes to cannot be told")
        return
    stricter = implies(fails(old), fails(new)) and implies(not_passed(old), not_passed(new))
    laxer = implies(fails(new), fails(old)) and implies(not_passed(new), not_passed(old))
    if stricter and laxer:
        yield Step(way=Way.REWORDED, what=f"{what}, and it means the same")
    elif stricter:
        yield Step(way=Way.TIGHTENED, what=f"{what}: all that was held against a release still is, and more")
    elif laxer:
        yield Step(way=Way.WEAKENED, what=f"{what}: some of what was held against a release no longer is")
    else:
        yield Step(way=Way.CHANGED, what=f"{what}: it holds other things against a release")


def _changed_conditions(old: AdmittedRule, new: AdmittedRule) -> Iterator[str]:
    before, after = old.rule, new.rule
    pairs = (("given", before.given, after.given), ("when", before.when, after.when))
    for key, one, other in (
        *pairs,
        ("assert", before.assertion, after.assertion),
        ("empty", before.empty, after.empty),
    ):
        if _words(one) != _words(other):
            yield key
    if _code_of(before.check) != _code_of(after.check):
        yield "the check in Python"
    yield from _changed_params(before.params, after.params)


def fails(rule: AdmittedRule) -> Formula:
    """Give the plain formula that is true where a rule in CEL fails."""
    when, holds = _readings(rule)
    return AllOf((of_item(rule.rule.given or ""), when[0], Not(holds[1])))


def not_passed(rule: AdmittedRule) -> Formula:
    """Give the plain formula that is true where a rule in CEL fails or is unknown."""
    when, holds = _readings(rule)
    return AllOf((of_item(rule.rule.given or ""), when[1], Not(holds[0])))


def _readings(rule: AdmittedRule) -> tuple[tuple[Formula, Formula], tuple[Formula, Formula]]:
    """Give what surely and what possibly holds: of the condition, and of the requirement."""
    always: tuple[Formula, Formula] = (Truth(value=True), Truth(value=True))
    *conditions, requirement = [(each.readings.surely, each.readings.possibly) for each in rule.expressions]
    return (conditions[0] if conditions else always), requirement


# Assessments ----------------------------------------------------------------------------------------------------------


def _steps_of_assessment(old: AdmittedAssessment, new: AdmittedAssessment) -> Iterator[Step]:
    keys = list(_changed_questions(old, new))
    if not keys:
        return
    if old.assessment.over == new.assessment.over and Prover(()).proves(old, new):
        yield Step(way=Way.REWORDED, what=f"{', '.join(keys)}, and it comes to the same")
    else:
        yield from (Step(way=Way.CHANGED, what=key) for key in keys)


def _changed_questions(old: AdmittedAssessment, new: AdmittedAssessment) -> Iterator[str]:
    before, after = old.assessment, new.assessment
    for key in ("scale", "over", "overall", "none", "empty", "default"):
        if getattr(before, key) != getattr(after, key):
            yield f"{key} from {_told(getattr(before, key))} to {_told(getattr(after, key))}"
    yield from _changed_params(before.params, after.params)
    if _words(before.counts) != _words(after.counts):
        yield "counts"
    if [level.name for level in before.levels] != [level.name for level in after.levels]:
        yield "the levels and their order"
        return
    for one, other in zip(before.levels, after.levels, strict=True):
        if _words(one.when) != _words(other.when):
            yield f"when it is {one.name}"


# Words ----------------------------------------------------------------------------------------------------------------


def _reworded(old: Any, new: Any) -> Iterator[Step]:
    keys = [key for key in _TEXTS if getattr(old, key, None) != getattr(new, key, None)]
    if [level.because for level in getattr(old, "levels", ())] != [
        level.because for level in getattr(new, "levels", ())
    ]:
        keys.append("because")
    if _cases(old) != _cases(new):
        keys.append("cases")
    if keys:
        yield Step(way=Way.REWORDED, what=", ".join(keys))


def _cases(part: Any) -> list[Any]:
    return [
        (each.name, each.expect, each.set, each.remove, each.as_of, each.today, each.findings) for each in part.cases
    ]


def _changed_params(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted({*old, *new}):
        if name not in old:
            yield f"a parameter {name}"
        elif name not in new:
            yield f"no parameter {name}"
        elif old[name].value != new[name].value:
            yield f"{name} from {_told(old[name].value)} to {_told(new[name].value)}"


def _of_policy(old: Policy, new: Policy) -> Iterator[Difference]:
    if old is new:
        return
    steps = []
    if set(old.extends) != set(new.extends):
        gone, come = sorted(set(old.extends) - set(new.extends)), sorted(set(new.extends) - set(old.extends))
        words = [*(f"no longer extends {name}" for name in gone), *(f"extends {name}" for name in come)]
        steps.append(Step(way=Way.REWORDED, what=", ".join(words)))
    for key in ("id", "version", "title", "description"):
        if getattr(old, key) != getattr(new, key):
            what = f"{key} {getattr(old, key)} to {getattr(new, key)}" if key in ("id", "version") else key
            steps.append(Step(way=Way.REWORDED, what=what))
    if steps:
        where = _where(new.origin)
        told = tuple(steps)
        yield Difference(way=Way.REWORDED, kind="policy", id=new.id, summary=new.title, steps=told, where=where)


def _policy(policies: PolicySet, name: str) -> Policy:
    return next(policy for policy in policies.policies if policy.id == name)


def _summary(part: Part) -> str:
    return part.rule.summary if isinstance(part, AdmittedRule) else part.assessment.title


def _origin(part: Part) -> Origin | None:
    return part.rule.origin if isinstance(part, AdmittedRule) else part.assessment.origin


def _where(origin: Origin | None) -> str:
    return origin.where() if origin is not None else ""


def _since(day: dt.date | None) -> str:
    return "always" if day is None else day.isoformat()


def _term(days: int | None) -> str:
    return "never" if days is None else f"{days} days"


def _told(value: Any) -> str:
    return f"[{', '.join(value)}]" if isinstance(value, tuple) else shown(value)


def _words(text: str | None) -> str:
    """Give an expression without its line breaks and indents, which mean nothing."""
    return " ".join((text or "").split())


def _code_of(check: Any) -> Any:
    """Give what a check in Python does, as far as that can be compared."""
    code = getattr(check, "__code__", None)
    return (code.co_code, code.co_consts, code.co_names) if code is not None else check
