"""Mutants of rules and assessments: each differs from what is written in one thing, and has a name that stays."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from release_review.admit import AdmittedAssessment, AdmittedLevel, AdmittedPart, AdmittedRule
from release_review.cel import Expression, Scope
from release_review.literal import where_in_string
from release_review.model import Origin, Overall, Param
from release_review.params import as_param, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class PartMutant:
    """A rule or an assessment that differs from the one that is written in one thing.

    Attributes:
        name: What is different, and in which key; no other mutant of the part is called so. Blanks and brackets, and
            what else is in the policy, do not matter.
        where: `FILE:LINE:COLUMN` of what is different, or the id of the part where it is made in Python.
        part: The changed rule or assessment.
    """

    name: str
    where: str
    part: AdmittedPart


def mutants_of_part(part: AdmittedPart) -> tuple[PartMutant, ...]:
    """Give the mutants of a rule or an assessment, in the order of its keys."""
    from release_review.cel.mutants import numbered  # loads the parser

    made = tuple(_of_assessment(part) if isinstance(part, AdmittedAssessment) else _of_rule(part))
    names = numbered([each.name for each in made])
    return tuple(replace(each, name=name) for each, name in zip(made, names, strict=True))


# Rules ----------------------------------------------------------------------------------------------------------------


def _of_rule(rule: AdmittedRule) -> Iterator[PartMutant]:
    if rule.when is not None:
        yield from _of_expression(rule, "when", "/when", rule.when, lambda when: replace(rule, when=when))
    if isinstance(rule.requirement, Expression):
        asserted, build = rule.requirement, functools.partial(_requiring, rule)
        yield from _of_expression(rule, "assert", "/assert", asserted, build)
    yield from _of_empty(rule)
    yield from _of_params(rule, rule.rule.params, functools.partial(_rule_with, rule))


def _requiring(rule: AdmittedRule, requirement: Expression) -> AdmittedRule:
    return replace(rule, requirement=requirement)


def _of_empty(rule: AdmittedRule) -> Iterator[PartMutant]:
    empty = rule.rule.empty
    if empty is None or not isinstance(rule.requirement, Expression):
        return
    other = {"pass": "fail", "fail": "pass"}[empty]
    scope = replace(rule.scope, empty=other)
    requirement = _reread(rule.requirement, scope)
    if requirement is not None and requirement is not rule.requirement:
        changed = replace(rule, scope=scope, rule=replace(rule.rule, empty=other), requirement=requirement)
        yield _told(rule, "/empty", "empty", f'"{empty}"', f'"{other}"', changed)


def _rule_with(rule: AdmittedRule, name: str, param: Param) -> AdmittedRule | None:
    """Give a rule with another value of a parameter; None where it reads the parameter nowhere, or may not be so."""
    params = {**rule.rule.params, name: param}
    scope = replace(rule.scope, params={**rule.scope.params, name: param})
    when, requirement = rule.when, rule.requirement
    if when is not None:
        when = _reread(when, scope)
    if isinstance(requirement, Expression):
        requirement = _reread(requirement, scope) or requirement
    elif when is None or when is rule.when:
        return replace(rule, scope=scope, rule=replace(rule.rule, params=params))
    if (when is None) != (rule.when is None) or (when is rule.when and requirement is rule.requirement):
        return None
    return replace(rule, scope=scope, rule=replace(rule.rule, params=params), when=when, requirement=requirement)


# Assessments ----------------------------------------------------------------------------------------------------------


def _of_assessment(admitted: AdmittedAssessment) -> Iterator[PartMutant]:
    written = admitted.assessment
    if admitted.counts is not None:
        build = functools.partial(_counting, admitted)
        yield from _of_expression(admitted, "counts", "/counts", admitted.counts, build)
    for index, level in enumerate(admitted.levels):
        key, at = f"level {index + 1}", f"/level/{index}"
        yield from _of_expression(
            admitted, key, f"{at}/when", level.when, functools.partial(_with_when, admitted, index)
        )
        for word in _neighbours(level.level.name, written.scale):
            changed = _with_name(admitted, index, word)
            yield _told(admitted, f"{at}/is", f"{key}: is", f'"{level.level.name}"', f'"{word}"', changed)
    yield from _of_words(admitted)
    yield from _of_params(admitted, written.params, functools.partial(_assessment_with, admitted))


def _of_words(admitted: AdmittedAssessment) -> Iterator[PartMutant]:
    written = admitted.assessment
    for key in ("none", "empty", "default"):
        before = getattr(written, key)
        for word in _neighbours(before, written.scale):
            changes: dict[str, Any] = {key: word}
            changed = replace(admitted, assessment=replace(written, **changes))
            yield _told(admitted, f"/{key}", key, f'"{before}"', f'"{word}"', changed)
    other = Overall.WEAKEST if written.overall is Overall.STRONGEST else Overall.STRONGEST
    turned = replace(admitted, assessment=replace(written, overall=other))
    yield _told(admitted, "/overall", "overall", f'"{written.overall}"', f'"{other}"', turned)


def _counting(admitted: AdmittedAssessment, counts: Expression) -> AdmittedAssessment:
    return replace(admitted, counts=counts)


def _with_when(admitted: AdmittedAssessment, index: int, when: Expression) -> AdmittedAssessment:
    return _with_level(admitted, index, replace(admitted.levels[index], when=when))


def _with_name(admitted: AdmittedAssessment, index: int, name: str) -> AdmittedAssessment:
    level = admitted.levels[index]
    return _with_level(admitted, index, replace(level, level=replace(level.level, name=name)))


def _with_level(admitted: AdmittedAssessment, index: int, level: AdmittedLevel) -> AdmittedAssessment:
    return replace(admitted, levels=(*admitted.levels[:index], level, *admitted.levels[index + 1 :]))


def _assessment_with(admitted: AdmittedAssessment, name: str, param: Param) -> AdmittedAssessment | None:
    scope = replace(admitted.scope, params={**admitted.scope.params, name: param})
    counts = None if admitted.counts is None else _reread(admitted.counts, scope)
    whens = [_reread(each.when, scope) for each in admitted.levels]
    if (counts is None) != (admitted.counts is None) or any(when is None for when in whens):
        return None
    levels = tuple(
        replace(each, when=when) for each, when in zip(admitted.levels, whens, strict=True) if when is not None
    )
    same = counts is admitted.counts and all(
        one.when is other.when for one, other in zip(levels, admitted.levels, strict=True)
    )
    if same:
        return None
    written = replace(admitted.assessment, params={**admitted.assessment.params, name: param})
    return replace(admitted, scope=scope, assessment=written, counts=counts, levels=levels)


def _neighbours(level: str, scale: tuple[str, ...]) -> Iterable[str]:
    at = scale.index(level)
    around = (scale[(at + 1) % len(scale)], scale[at - 1])
    return [each for each in dict.fromkeys(around) if each != level]


# Both -----------------------------------------------------------------------------------------------------------------

Build = Callable[[Expression], AdmittedPart]
"""Puts a changed expression into its rule or assessment."""


def _of_expression(
    part: AdmittedPart, name: str, key: str, expression: Expression, build: Build
) -> Iterator[PartMutant]:
    from release_review.cel.mutants import mutants_of

    def where(offset: int) -> str:
        return where_in_string(_origin(part), key, offset, otherwise=f"{part.id}{key}")

    for mutant in mutants_of(expression, part.scope, where=where):
        yield PartMutant(name=f"{name}: {mutant.name}", where=where(mutant.at), part=build(mutant.expression))


def _of_params(
    part: AdmittedPart, params: Mapping[str, Param | Any], build: Callable[[str, Param], AdmittedPart | None]
) -> Iterator[PartMutant]:
    """Give the mutants with another value of a parameter; `build` gives None where nothing reads it."""
    for name, param in sorted(params.items()):
        for moved in _moved(as_param(param)):
            changed = build(name, moved)
            if changed is not None:
                before, after = shown(as_param(param).value), shown(moved.value)
                yield _told(part, f"/params/{name}", f"params: {name}", before, after, changed)


def _told(part: AdmittedPart, key: str, name: str, before: str, after: str, changed: AdmittedPart) -> PartMutant:
    origin = _origin(part)
    where = f"{part.id}{key}" if origin is None else origin.document.where(origin.pointer + key)
    return PartMutant(name=f"{name} {before} becomes {after}", where=where, part=changed)


def _origin(part: AdmittedPart) -> Origin | None:
    return part.written.origin


def _reread(expression: Expression, scope: Scope) -> Expression | None:
    from release_review.cel.mutants import reread

    return reread(expression, scope)


def _moved(param: Param) -> Iterator[Param]:
    """Give a parameter moved by one step, up and down; a truth value turned. Its range is no matter here."""
    from release_review.cel.changes import values_beside

    for value in values_beside(param.value):
        yield replace(param, value=value)
