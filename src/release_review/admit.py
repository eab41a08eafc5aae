"""From policies to what is evaluated: all they refer to is found, typed and settled before a manifest is read."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

from release_review.cel import Expression, Question, Scope, Trees, Type, admit, manifest_type, type_at
from release_review.errors import NothingToCheckError, PolicyError, closest
from release_review.literal import excerpt_of_string, where_in_string
from release_review.message import check_message
from release_review.model import (
    GATE,
    LIMITS,
    Assessment,
    Finding,
    Level,
    Limits,
    Origin,
    Override,
    Param,
    Policy,
    Rule,
    RuleContext,
    Severity,
)
from release_review.params import as_param, with_value

Check = Callable[[RuleContext], Iterable[Finding]]
"""A rule in Python."""

P = ParamSpec("P")
T = TypeVar("T")

_WEIGHT = {Severity.NOTE: 0, Severity.WARNING: 1, Severity.ERROR: 2}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySet:
    """Everything that one run evaluates.

    Attributes:
        policies: The selected policies and all they extend, sorted by id.
        assessments: By policy, then in the order of the policy.
        rules: Sorted by qualified id.
    """

    policies: tuple[Policy, ...]
    assessments: tuple[AdmittedAssessment, ...]
    rules: tuple[AdmittedRule, ...]


def admit_policies(
    policies: Iterable[Policy], *, limits: Limits = LIMITS, trees: Mapping[str, Trees] = MappingProxyType({})
) -> PolicySet:
    """Check that policies can be carried out together, and settle how.

    Args:
        policies: The selected ones and all they extend, each once.
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
        where = _where(by_id[GATE].origin, GATE, "id")
        errors.append(PolicyError(f"no policy may be called {GATE!r}", where=where, hint="give it another id"))
    settled = _Settled(_overrides(listed, by_id, errors))
    assessments = [
        _gather(errors, _admit_assessment, policy, assessment, settled, limits, trees.get(policy.id))
        for policy in listed
        for assessment in sorted(policy.assessments, key=lambda each: (each.order, each.id))
    ]
    questions = {policy.id: _questions(policy, by_id) for policy in listed}
    rules = [
        _gather(errors, _admit_rule, policy, rule, settled, questions[policy.id], limits, trees.get(policy.id))
        for policy in listed
        for rule in sorted(policy.rules, key=lambda each: each.id)
    ]
    if errors:
        raise PolicyError.join(errors)
    if not rules:
        names = ", ".join(policy.id for policy in listed)
        where = _where(listed[0].origin, listed[0].id, "")
        raise NothingToCheckError(f"no rule is in {names}", where=where, hint="select a policy with rules")
    return PolicySet(
        policies=tuple(listed),
        assessments=tuple(each for each in assessments if each is not None),
        rules=tuple(each for each in rules if each is not None),
    )


def _gather(errors: list[PolicyError], step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """Carry out a step; keep its error, so that a policy's author sees all of them at once."""
    try:
        return step(*args, **kwargs)
    except PolicyError as error:
        errors.append(error)
        return None


# Overrides ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Settled:
    """The overrides in force, by qualified id: which policy made them, and what they say."""

    by_target: Mapping[str, tuple[Policy, Override]]

    def params(self, target: str, declared: Mapping[str, Param | Any]) -> Mapping[str, Param]:
        """Give the parameters of a rule or an assessment that are in force."""
        params = {name: as_param(value) for name, value in declared.items()}
        if target not in self.by_target:
            return params
        policy, override = self.by_target[target]
        for name, value in override.params.items():
            placed = _placed(override.origin, policy.id, "/params", name)
            if name not in params:
                hint = f"it has {', '.join(params)}" if params else "it has none"
                raise placed(f"{target} has no parameter {name!r}", hint=hint)
            try:
                params[name] = with_value(params[name], value)
            except ValueError as error:
                what = f"the parameter {name!r} of {target} does not fit: {error}"
                raise placed(what, hint="stay within its type and range") from None
        return params

    def severity(self, target: str, rule: Rule) -> Severity:
        """Give the weight of a rule that is in force."""
        if target not in self.by_target:
            return rule.severity
        policy, override = self.by_target[target]
        severity = override.severity or rule.severity
        if _WEIGHT[severity] < _WEIGHT[rule.severity] and not override.because.strip():
            what = f"{target} is weakened from {rule.severity} to {severity} without a reason"
            raise _placed(override.origin, policy.id, "")(what, hint='say why, as in because = "..."')
        return severity

    def note(self, target: str, before: Severity | None = None) -> str:
        """Tell who changed a rule or an assessment, how, and why; nothing for what is as it was."""
        if target not in self.by_target:
            return ""
        policy, override = self.by_target[target]
        changes = [f"{name} = {value!r}" for name, value in sorted(override.params.items())]
        if override.severity not in (None, before):
            changes.insert(0, f"{before} to {override.severity}")
        reason = f", because {override.because}" if override.because else ""
        return f"changed by {policy.id} ({', '.join(changes)}){reason}" if changes else ""


def _overrides(
    policies: Sequence[Policy], by_id: Mapping[str, Policy], errors: list[PolicyError]
) -> Mapping[str, tuple[Policy, Override]]:
    found: dict[str, tuple[Policy, Override]] = {}
    for policy in policies:
        for override in policy.overrides:
            placed = _placed(override.origin, policy.id, "")
            owner, _, name = override.target.partition("/")
            if owner not in _extended(policy, by_id):
                what = f"{policy.id} changes {override.target} and does not extend {owner}"
                near = closest(owner, _extended(policy, by_id))
                hint = f"did you mean '{near}/{name}'?" if near else f"add {owner!r} to extends"
                errors.append(placed(what, hint=hint))
            elif name not in _parts_of(by_id[owner]):
                near = closest(name, _parts_of(by_id[owner]))
                known = ", ".join(sorted(_parts_of(by_id[owner])))
                hint = f"did you mean '{owner}/{near}'?" if near else f"{owner} has {known}"
                errors.append(placed(f"there is no {override.target}", hint=hint))
            elif override.severity is not None and name not in {rule.id for rule in by_id[owner].rules}:
                what = f"{override.target} is an assessment and has no severity"
                errors.append(placed(what, hint="change its params only"))
            elif override.target in found and _differ(found[override.target][1], override):
                other = found[override.target][0].id
                what = f"{policy.id} and {other} change {override.target} in different ways"
                errors.append(placed(what, hint="select one of the two policies"))
            else:
                found[override.target] = (policy, override)
    return found


def _parts_of(policy: Policy) -> set[str]:
    return {rule.id for rule in policy.rules} | {assessment.id for assessment in policy.assessments}


def _differ(one: Override, other: Override) -> bool:
    return (one.severity, dict(one.params)) != (other.severity, dict(other.params))


def _extended(policy: Policy, by_id: Mapping[str, Policy]) -> set[str]:
    found: set[str] = set()
    waiting = list(policy.extends)
    while waiting:
        name = waiting.pop()
        if name not in found and name in by_id:
            found.add(name)
            waiting.extend(by_id[name].extends)
    return found - {policy.id}


def _questions(policy: Policy, by_id: Mapping[str, Policy]) -> Mapping[str, Question]:
    visible = sorted({policy.id, *_extended(policy, by_id)})
    return {
        f"{name}/{each.id}": Question(scale=each.scale, over=each.over)
        for name in visible
        for each in by_id[name].assessments
    }


# Assessments and rules ------------------------------------------------------------------------------------------------


def _admit_assessment(
    policy: Policy, assessment: Assessment, settled: _Settled, limits: Limits, trees: Trees | None
) -> AdmittedAssessment:
    name = f"{policy.id}/{assessment.id}"
    origin = assessment.origin
    _check_scale(name, assessment)
    params = settled.params(name, assessment.params)
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
        note=settled.note(name),
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
        placed = _placed(assessment.origin, name, "/scale")
        raise placed("the scale has no level 'unknown', or one level twice", hint="add 'unknown' once")
    named = [("none", assessment.none), ("empty", assessment.empty), ("default", assessment.default)]
    named += [(f"level/{index}/is", level.name) for index, level in enumerate(assessment.levels)]
    for key, level in named:
        if level not in scale:
            placed = _placed(assessment.origin, name, f"/{key}")
            raise placed(f"{level!r} is no level of the scale", hint=f"use one of: {', '.join(scale)}")


def _admit_rule(
    policy: Policy,
    rule: Rule,
    settled: _Settled,
    questions: Mapping[str, Question],
    limits: Limits,
    trees: Trees | None,
) -> AdmittedRule:
    name = f"{policy.id}/{rule.id}"
    params = settled.params(name, rule.params)
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
        severity=settled.severity(name, rule),
        note=settled.note(name, rule.severity),
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
    raise _placed(rule.origin, name, "")(what, hint=hint)


def _type_of_item(pattern: str, origin: Origin | None, name: str, key: str) -> Type:
    hint = "name a table of the manifest, as in /access/* or /weights"
    try:
        found = type_at(pattern)
    except (KeyError, ValueError):
        placed = _placed(origin, name, f"/{key}")
        raise placed(f"the manifest has nothing at {pattern!r}", hint=hint) from None
    if found.name != "table":
        placed = _placed(origin, name, f"/{key}")
        raise placed(f"{pattern!r} is {found.label}, not a table", hint=hint)
    return found


def _admit(text: str, scope: Scope, trees: Trees | None, origin: Origin | None, name: str, key: str) -> Expression:
    return admit(
        text,
        scope,
        where=lambda offset: where_in_string(origin, key, offset, otherwise=f"{name}{key}"),
        quote=lambda start, end: excerpt_of_string(origin, key, start, end),
        trees=trees,
    )


def _placed(origin: Origin | None, name: str, key: str, *steps: str) -> Callable[..., PolicyError]:
    """Give errors about a field of a rule or an assessment their place, and the line that stands there."""
    excerpt = origin.document.excerpt(_pointer(origin, key, *steps)) if origin is not None else None
    return functools.partial(PolicyError, where=_where(origin, name, key, *steps), excerpt=excerpt)


def _where(origin: Origin | None, name: str, key: str, *steps: str) -> str:
    if origin is None:
        return name
    return origin.document.where(_pointer(origin, key, *steps))


def _pointer(origin: Origin, key: str, *steps: str) -> str:
    return origin.pointer + key + "".join(f"/{step}" for step in steps)
