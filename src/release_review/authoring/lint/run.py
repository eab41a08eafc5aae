"""Looking at a policy: first whether it loads, then at each of its parts, then at what its author has accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from release_review.admit import AdmittedAssessment, AdmittedRule, PolicySet
from release_review.authoring.lint.cases import lint_cases
from release_review.authoring.lint.conditions import lint_assessment, lint_rule
from release_review.authoring.lint.implied import MOST_PAIRS, left_out, lint_implied
from release_review.authoring.lint.kinds import KINDS
from release_review.authoring.lint.patterns import lint_params, lint_patterns
from release_review.authoring.lint.texts import lint_texts
from release_review.authoring.lint.warnings import Linted, LintWarning, Subject, in_order, of_error
from release_review.errors import NothingToCheckError, PolicyError, ReleaseReviewError, closest
from release_review.extending import has_parts
from release_review.model import Assessment, Policy, Rule
from release_review.plugins import Registry
from release_review.pointer import pointer_to
from release_review.policy import POLICY_FILE, load_policy
from release_review.selection import is_path, load_offered, load_policies
from release_review.store import Store

_REFUSED = "does-not-load"
_UNNEEDED = "accepted-not-needed"


def lint_policy(name: str, registry: Registry, *, store: Store | None = None) -> tuple[Linted, ...]:
    """Look at a policy, and give what there is to say of it.

    A policy that has no parts and changes nothing stands for those that it extends.

    Args:
        name: Id of a policy that a plugin offers, or path of a policy folder or file.
        registry: What plugins offer.
        store: What earlier runs worked out; None to work out everything anew.

    Raises:
        ReleaseReviewError: There is no such policy, or it cannot be read at all.
    """
    try:
        policy = (
            load_policy(Path(name), importers=registry.importers) if is_path(name) else load_offered(name, registry)
        )
    except ReleaseReviewError as error:
        return (_refused(name, error),)
    try:
        admitted = load_policies([name], registry, store=store)
    except (PolicyError, NothingToCheckError) as error:
        refused = [of_error(each, policy.id) for each in error.flat()]
        told = [*refused, *_of_texts(policy)]
        return (Linted(policy=policy.id, version=policy.version, warnings=in_order(_accepted(policy, told))),)
    looked_at = [policy] if _is_looked_at(policy) else [each for each in admitted.policies if _is_looked_at(each)]
    return tuple(_linted(each, admitted) for each in looked_at or [policy])


def _refused(name: str, error: ReleaseReviewError) -> Linted:
    """Tell why a policy does not load; where there is no policy, or no text in it, that is an error of the run.

    Raises:
        ReleaseReviewError: There is nothing to point at.
    """
    has_line = any(each.where.rpartition(":")[2].isdigit() for each in error.flat())
    if not has_line and not (Path(name) / POLICY_FILE).is_file():
        raise error
    return Linted(policy=name, version="", warnings=in_order([of_error(each, name) for each in error.flat()]))


def _is_looked_at(policy: Policy) -> bool:
    """Tell whether there is anything of its author's own in a policy: parts, or changes of those it extends."""
    return has_parts(policy) or bool(policy.overrides or policy.choices)


def _linted(policy: Policy, admitted: PolicySet) -> Linted:
    rules = [each for each in admitted.rules if each.policy == policy.id]
    told = [*_of_texts(policy), *lint_implied(rules)]
    for assessment in admitted.assessments:
        if assessment.policy == policy.id:
            told += _of_assessment(assessment)
    for rule in rules:
        told += _of_rule(rule)
    accepted = [*_accepted(policy, told), *_unneeded(policy, told)]
    more = left_out(rules)
    too_many = f"{more:,} pairs of rules are not compared: more than {MOST_PAIRS:,} are about the same items"
    notes = (too_many,) if more else ()
    return Linted(policy=policy.id, version=policy.version, warnings=in_order(accepted), notes=notes)


def _parts(policy: Policy) -> Iterator[Subject]:
    parts: tuple[Rule | Assessment, ...] = (*policy.assessments, *policy.rules)
    for part in parts:
        yield Subject(id=f"{policy.id}/{part.id}", part=part)


def _of_texts(policy: Policy) -> Iterator[LintWarning]:
    for part in _parts(policy):
        yield from lint_texts(part)
        yield from lint_cases(part, policy.base)


def _of_rule(rule: AdmittedRule) -> Iterator[LintWarning]:
    found = Subject(id=rule.id, part=rule.rule)
    texts = {each.pointer: each.expression.text for each in rule.conditions}
    yield from lint_rule(rule, found)
    yield from lint_patterns(found, texts, rule.scope)
    yield from lint_params(found, texts)


def _of_assessment(assessment: AdmittedAssessment) -> Iterator[LintWarning]:
    found = Subject(id=assessment.id, part=assessment.assessment)
    texts = {each.pointer: each.expression.text for each in assessment.conditions}
    yield from lint_assessment(assessment, found)
    yield from lint_patterns(found, texts, assessment.scope)
    yield from lint_params(found, texts)


def _accepted(policy: Policy, told: Iterable[LintWarning]) -> list[LintWarning]:
    """Mark the warnings that the author of a part accepts; what keeps a policy from loading cannot be accepted."""
    reasons = _reasons(policy)
    return [
        replace(each, accepted=reasons.get((each.part, each.kind.id), "")) if each.kind.id != _REFUSED else each
        for each in told
    ]


def _reasons(policy: Policy) -> Mapping[tuple[str, str], str]:
    return {(part.id, each.lint): each.because for part in _parts(policy) for each in part.part.accepted if each.lint}


def _unneeded(policy: Policy, told: Sequence[LintWarning]) -> Iterator[LintWarning]:
    there = {(each.part, each.kind.id) for each in told}
    for part in _parts(policy):
        seen: set[str] = set()
        for index, each in enumerate(part.part.accepted):
            if not each.lint:
                continue
            place = pointer_to("accepted", index, "lint")
            if each.lint not in KINDS:
                what = f"there is no warning {each.lint!r} that could be accepted"
                near = closest(each.lint, KINDS)
                yield part.warn(_UNNEEDED, place, what, f"did you mean {near!r}?" if near else "take the entry out")
            elif each.lint in (_REFUSED, _UNNEEDED):
                yield part.warn(_UNNEEDED, place, f"{each.lint} cannot be accepted", "mend what it is about")
            elif (part.id, each.lint) not in there or each.lint in seen:
                again = " twice" if each.lint in seen else ", and there is no such warning"
                yield part.warn(_UNNEEDED, place, f"{each.lint} is accepted{again}", "take the entry out")
            seen.add(each.lint)
