"""From policies to what is evaluated: all they refer to is found, typed and settled before a manifest is read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ParamSpec, TypeAlias, TypeVar

from release_review.cel import Expression, Question, Scope, Trees, Type, admit, manifest_type, type_at
from release_review.errors import NothingToCheckError, PolicyError
from release_review.extending import (
    Kept,
    Overrides,
    check_choices,
    extended_by,
    kept_parts,
    overrides_of,
    placed,
    roots_of,
    weakenings,
)
from release_review.literal import excerpt_of_string, where_in_string
from release_review.message import check_message
from release_review.model import (
    GATE,
    LIMITS,
    Assessment,
    Finding,
    GateFault,
    Level,
    Limits,
    Origin,
    Policy,
    Rule,
    RuleContext,
    Severity,
)

Check = Callable[[RuleContext], Iterable[Finding]]
"""A rule in Python."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedCondition:
    """A condition of a rule or an assessment.

    Attributes:
        key: What it is to it: `when`, `assert`, `counts`, or its level, as in `level far`.
        pointer: Where it stands in it.
        expression: The condition itself.
    """

    key: str
    pointer: str
    expression: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedLevel:
    """A level, and when it holds."""

    level: Level
    when: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedAssessment:
    """An assessment whose expressions are admitted.

    Attributes:
        id: Qualified id.
        assessment: The question, with its parameters in force.
        note: Who changed it and why, or empty.
        scope: What the names in its expressions stand for.
        counts: Whether an item counts; None where every item does.
        levels: Its levels, in the order in which they are tried.
    """

    id: str
    assessment: Assessment
    note: str
    scope: Scope
    counts: Expression | None
    levels: tuple[AdmittedLevel, ...]

    @property
    def policy(self) -> str:
        """Id of the policy it belongs to."""
        return self.id.partition("/")[0]

    @property
    def written(self) -> Assessment:
        """The assessment itself, as it is in force."""
        return self.assessment

    @property
    def items(self) -> str:
        """Pattern of the items it is asked about."""
        return self.assessment.over

    @property
    def conditions(self) -> tuple[AdmittedCondition, ...]:
        """Its conditions: which items count, and when an item has which level."""
        counts = _conditions(("counts", "/counts", self.counts))
        named = ((f"level {each.level.name}", each.when) for each in self.levels)
        return (*counts, *_conditions(*((key, f"/level/{at}/when", when) for at, (key, when) in enumerate(named))))

    def levels_read(self, *, whole: bool = False) -> frozenset[str]:
        """Give the ids of the assessments whose levels it reads.

        Args:
            whole: Only those of which the level of the whole is read.
        """
        return _levels_read(self.conditions, whole=whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedRule:
    """A rule whose expressions are admitted and whose weight is settled.

    Attributes:
        id: Qualified id.
        rule: The requirement, with its parameters in force.
        severity: Its weight, after overrides.
        note: Who changed it and why, or empty.
        scope: What the names in its expressions stand for.
        when: When it applies; None for always.
        requirement: What must hold, or the check of a rule in Python.
    """

    id: str
    rule: Rule
    severity: Severity
    note: str
    scope: Scope
    when: Expression | None
    requirement: Expression | Check

    @property
    def policy(self) -> str:
        """Id of the policy it belongs to."""
        return self.id.partition("/")[0]

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Its conditions: when it applies, and what must hold; a check in Python is none."""
        return tuple(each.expression for each in self.conditions)

    @property
    def written(self) -> Rule:
        """The rule itself, as it is in force."""
        return self.rule

    @property
    def items(self) -> str:
        """Pattern of the items it is evaluated for; empty for the manifest."""
        return self.rule.given or ""

    @property
    def conditions(self) -> tuple[AdmittedCondition, ...]:
        """Its conditions: when it applies, and what must hold; a check in Python is none."""
        return _conditions(("when", "/when", self.when), ("assert", "/assert", self.requirement))

    def levels_read(self, *, whole: bool = False) -> frozenset[str]:
        """Give the ids of the assessments whose levels its conditions read; what a check in Python reads, nobody knows.

        Args:
            whole: Only those of which the level of the whole is read.
        """
        return _levels_read(self.conditions, whole=whole)


AdmittedPart: TypeAlias = AdmittedRule | AdmittedAssessment
"""What a policy is made of: what has conditions, parameters and cases."""


def _conditions(*named: tuple[str, str, object]) -> tuple[AdmittedCondition, ...]:
    return tuple(
        AdmittedCondition(key=key, pointer=pointer, expression=each)
        for key, pointer, each in named
        if isinstance(each, Expression)
    )


def _levels_read(conditions: Iterable[AdmittedCondition], *, whole: bool) -> frozenset[str]:
    reads = (read for each in conditions for read in each.expression.reads if read.assessment)
    return frozenset(read.assessment for read in reads if read.whole or not whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySet:
    """Everything that one run evaluates.

    Attributes:
        policies: The selected policies and all they extend, sorted by id.
        assessments: By policy, then in the order of the policy.
        rules: Sorted by qualified id.
        weakened: What one of them asks less of than a policy that it extends, as every report tells it.
    """

    policies: tuple[Policy, ...]
    assessments: tuple[AdmittedAssessment, ...]
    rules: tuple[AdmittedRule, ...]
    weakened: tuple[GateFault, ...] = ()


def admit_policies(
    policies: Iterable[Policy],
    *,
    selected: Iterable[str] | None = None,
    limits: Limits = LIMITS,
    trees: Mapping[str, Trees] = MappingProxyType({}),
) -> PolicySet:
    """Check that policies can be carried out together, and settle how.

    Args:
        policies: The selected ones and all they extend, each once.
        selected: Ids of the selected ones, whose choices count; by default those that no other one extends.
        limits: Bounds on expressions.
        trees: Typed trees of their expressions that are known from an earlier run, by id of the policy.

    Raises:
        PolicyError: One of them cannot be carried out, or two of them contradict each other.
        NothingToCheckError: There is no rule.
    """
    listed = sorted(policies, key=lambda policy: policy.id)
    if not listed:
        raise NothingToCheckError("no policy is selected", hint="name one with --policy, as in --policy open-release")
    by_id = {policy.id: policy for policy in listed}
    errors: list[PolicyError] = []
    if GATE in by_id:
        at = placed(by_id[GATE].origin, GATE, "/id")
        errors.append(at(f"no policy may be called {GATE!r}", hint="give it another id"))
    overrides = overrides_of(listed, by_id, errors)
    errors.extend(check_choices(listed, by_id))
    assessments = [
        _gather(errors, _admit_assessment, policy, assessment, overrides, limits, trees.get(policy.id))
        for policy in listed
        for assessment in sorted(policy.assessments, key=lambda each: (each.order, each.id))
    ]
    questions = {policy.id: _questions(policy, by_id) for policy in listed}
    rules = [
        _gather(errors, _admit_rule, policy, rule, overrides, questions[policy.id], limits, trees.get(policy.id))
        for policy in listed
        for rule in sorted(policy.rules, key=lambda each: each.id)
    ]
    if errors:
        raise PolicyError.join(errors)
    admitted = PolicySet(
        policies=tuple(listed),
        assessments=tuple(each for each in assessments if each is not None),
        rules=tuple(each for each in rules if each is not None),
    )
    if any(policy.choices or policy.overrides for policy in listed):
        kept = kept_parts(roots_of(by_id) if selected is None else selected, by_id)
        admitted = _without_left_out(admitted, kept, weakenings(listed, by_id, overrides, kept))
    if not admitted.rules:
        names = ", ".join(policy.id for policy in listed)
        where = placed(listed[0].origin, listed[0].id, "")("").where
        raise NothingToCheckError(f"no rule is in {names}", where=where, hint="select a policy with rules")
    return admitted


def _without_left_out(admitted: PolicySet, kept: Mapping[str, Kept], weakened: tuple[GateFault, ...]) -> PolicySet:
    """Take out the parts that no selected policy brings; an assessment that a rule reads stays."""
    rules = tuple(each for each in admitted.rules if each.rule.id in kept[each.policy].rules)
    read = {name for rule in rules for name in rule.levels_read()}
    all_of_them = any(rule.rule.check is not None for rule in rules)  # what a check in Python reads, nobody knows
    assessments = tuple(
        each
        for each in admitted.assessments
        if all_of_them or each.id in read or each.assessment.id in kept[each.policy].assessments
    )
    return dataclasses.replace(admitted, rules=rules, assessments=assessments, weakened=weakened)


def _gather(errors: list[PolicyError], step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """Carry out a step; keep its error, so that a policy's author sees all of them at once."""
    try:
        return step(*args, **kwargs)
    except PolicyError as error:
        errors.append(error)
        return None


def _questions(policy: Policy, by_id: Mapping[str, Policy]) -> Mapping[str, Question]:
    visible = sorted({policy.id, *extended_by(policy, by_id)})
    return {
        f"{name}/{each.id}": Question(scale=each.scale, over=each.over)
        for name in visible
        for each in by_id[name].assessments
    }


# Assessments and rules ------------------------------------------------------------------------------------------------


def _admit_assessment(
    policy: Policy, assessment: Assessment, overrides: Overrides, limits: Limits, trees: Trees | None
) -> AdmittedAssessment:
    name = f"{policy.id}/{assessment.id}"
    origin = assessment.origin
    _check_scale(name, assessment)
    params = overrides.params(name, assessment.params)
    scope = Scope(this=_type_of_item(assessment.over, origin, name, "over"), params=params, limits=limits)
    errors: list[PolicyError] = []
    counts = None
    if assessment.counts:
        counts = _gather(errors, _admit, assessment.counts, scope, trees, origin, name, "/counts")
    levels = [
        _gather(errors, _admit_level, level, scope, trees, origin, name, f"/level/{index}/when")
        for index, level in enumerate(assessment.levels)
    ]
    if errors:
        raise PolicyError.join(errors)
    return AdmittedAssessment(
        id=name,
        assessment=dataclasses.replace(assessment, params=params),
        note=overrides.note(name, assessment),
        scope=scope,
        counts=counts,
        levels=tuple(level for level in levels if level is not None),
    )


def _admit_level(
    level: Level, scope: Scope, trees: Trees | None, origin: Origin | None, name: str, key: str
) -> AdmittedLevel:
    return AdmittedLevel(level=level, when=_admit(level.when, scope, trees, origin, name, key))


def _check_scale(name: str, assessment: Assessment) -> None:
    scale = assessment.scale
    if "unknown" not in scale or len(set(scale)) != len(scale):
        at = placed(assessment.origin, name, "/scale")
        raise at("the scale has no level 'unknown', or one level twice", hint="add 'unknown' once")
    named = [("none", assessment.none), ("empty", assessment.empty), ("default", assessment.default)]
    named += [(f"level/{index}/is", level.name) for index, level in enumerate(assessment.levels)]
    for key, level in named:
        if level not in scale:
            at = placed(assessment.origin, name, f"/{key}")
            raise at(f"{level!r} is no level of the scale", hint=f"use one of: {', '.join(scale)}")


def _admit_rule(
    policy: Policy,
    rule: Rule,
    overrides: Overrides,
    questions: Mapping[str, Question],
    limits: Limits,
    trees: Trees | None,
) -> AdmittedRule:
    name = f"{policy.id}/{rule.id}"
    params = overrides.params(name, rule.params)
    this = manifest_type() if rule.given is None else _type_of_item(rule.given, rule.origin, name, "given")
    scope = Scope(this=this, params=params, assessments=questions, empty=rule.empty, limits=limits)
    errors: list[PolicyError] = []
    when = None
    if rule.when:
        when = _gather(errors, _admit, rule.when, scope, trees, rule.origin, name, "/when")
    requirement = _gather(errors, _requirement, rule, scope, trees, name)
    _gather(errors, check_message, rule, scope, name)
    if errors or requirement is None:
        raise PolicyError.join(errors)
    return AdmittedRule(
        id=name,
        rule=dataclasses.replace(rule, params=params),
        severity=overrides.severity(name, rule),
        note=overrides.note(name, rule),
        scope=scope,
        when=when,
        requirement=requirement,
    )


def _requirement(rule: Rule, scope: Scope, trees: Trees | None, name: str) -> Expression | Check:
    if rule.assertion is not None and rule.check is None:
        return _admit(rule.assertion, scope, trees, rule.origin, name, "/assert")
    if rule.check is not None and rule.assertion is None:
        return rule.check
    what, hint = f"{name} has an assertion and a check, or neither", "write it in CEL or in Python"
    raise placed(rule.origin, name, "")(what, hint=hint)


def _type_of_item(pattern: str, origin: Origin | None, name: str, key: str) -> Type:
    hint = "name a table of the manifest, as in /access/* or /weights"
    try:
        found = type_at(pattern)
    except (KeyError, ValueError):
        at = placed(origin, name, f"/{key}")
        raise at(f"the manifest has nothing at {pattern!r}", hint=hint) from None
    if found.name != "table":
        at = placed(origin, name, f"/{key}")
        raise at(f"{pattern!r} is {found.label}, not a table", hint=hint)
    return found


def _admit(text: str, scope: Scope, trees: Trees | None, origin: Origin | None, name: str, key: str) -> Expression:
    return admit(
        text,
        scope,
        where=lambda offset: where_in_string(origin, key, offset, otherwise=f"{name}{key}"),
        quote=lambda start, end: excerpt_of_string(origin, key, start, end),
        trees=trees,
    )
