"""What the policies of a plugin do: their rules are complete, their cases hold, and a rule only looks."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from release_review.admit import AdmittedRule, PolicySet
from release_review.authoring.cases import CASE_DAY, mismatches, run_cases, seen_in
from release_review.errors import EvaluationError, PolicyError, ReleaseReviewError
from release_review.evaluate import Assessed, evaluate
from release_review.model import Outcome, Rule, RuleResult
from release_review.pipeline import look_at
from release_review.plugins import load_registry
from release_review.selection import load_policies
from release_review.testing.brought import Brought, describe
from release_review.testing.manifests import make_document
from release_review.testing.watching import watch

_SENTENCE = re.compile(r"\S.*[.!?]", re.DOTALL)

_LITTLE: Mapping[str, Mapping[str, Any]] = {
    "the smallest manifest": {},
    "a manifest that hardly says more": {
        "/access/-": {"id": "hub", "kind": "weights"},
        "/threat/-": {"id": "phish", "vector": "spear-phishing"},
        "/evidence/-": {"id": "card", "kind": "card"},
        "/signoff/-": {},
        "/extensions": {"example": {"text": "free space"}},
    },
}
"""Changes of the smallest manifest: whatever a rule looks for is missing, and it does not break."""


def load_brought(brought: Brought) -> PolicySet:
    """Give the policies of a plugin with all they extend, admitted.

    Raises:
        ReleaseReviewError: One of them cannot be carried out.
    """
    own = [each.id for each in brought.policies]
    try:
        return load_policies(own, brought.registry)
    except PolicyError:
        # One of another plugin may be extended; to ask all the installed ones is the exception.
        offered = {**load_registry().policies, **brought.registry.policies}
        return load_policies(own, replace(brought.registry, policies=offered))


def faults_of_policies(brought: Brought, proven_by_tests: Collection[str] = ()) -> Iterator[str]:
    """Tell what is wrong with the policies of a plugin, each fault in a sentence without its full stop.

    Args:
        brought: What the plugin brings.
        proven_by_tests: Ids of rules that no case could prove.
    """
    if not brought.policies:
        return
    try:
        policies = load_brought(brought)
    except ReleaseReviewError as error:
        yield from (f"a policy cannot be carried out: {each}" for each in error.flat())
        return
    before = dict(describe(policies.policies))
    rules = own_rules(brought, policies)
    for admitted in rules:
        try:
            yield from (f"rule {admitted.id}: {fault}" for fault in _faults_of_rule(admitted, policies, brought))
        except EvaluationError as error:
            yield f"an assessment breaks on a manifest that states next to nothing: {error}"
        yield from (f"rule {admitted.id}: {fault}" for fault in _faults_of_proof(admitted.rule, proven_by_tests))
    for name in sorted(set(proven_by_tests) - {admitted.rule.id for admitted in rules}):
        yield f"there is no rule {name!r} for tests to prove"
    for result in run_cases(policies, of={each.id for each in brought.policies}):
        if not result.holds:
            told = "; ".join(f"{kind} {what}" for kind, what in mismatches(result))
            yield f"{result.id}: the case {result.case.name!r} does not hold: {told}"
    if dict(describe(policies.policies)) != before:
        yield "a policy is changed while its rules are carried out"


def own_rules(brought: Brought, policies: PolicySet) -> list[AdmittedRule]:
    """Give the rules that a plugin brings itself, without those of policies that it extends."""
    return [each for each in policies.rules if _is_own(each.id, brought)]


def carried_out(admitted: AdmittedRule, policies: PolicySet) -> Iterator[tuple[str, Assessed]]:
    """Give what a rule is tried on, by name: the manifest of each of its cases, and manifests that say little."""
    for case in admitted.rule.cases:
        with contextlib.suppress(ReleaseReviewError):  # such a case does not hold, which is told of it
            yield f"the case {case.name!r}", seen_in(admitted, case, policies)
    for name, changes in _LITTLE.items():
        yield name, look_at(make_document(changes), policies=policies, today=CASE_DAY)


def told_of(result: RuleResult) -> str:
    """Give what became of a rule as a text: equal results have equal texts, in any process."""
    findings = [(each.outcome.value, each.message, each.pointer, tuple(each.reads)) for each in result.findings]
    return f"{result.outcome.value} {findings!r}"


def _is_own(qualified: str, brought: Brought) -> bool:
    return qualified.partition("/")[0] in {each.id for each in brought.policies}


def _faults_of_rule(admitted: AdmittedRule, policies: PolicySet, brought: Brought) -> Iterator[str]:
    yield from _faults_of_text(admitted.rule)
    for name, seen in carried_out(admitted, policies):
        before = _description_of(seen)
        with watch(brought.packages) as faults:
            (result,) = evaluate(seen, [admitted])
        told = told_of(result)
        yield from (f"{fault}, for {name}" for fault in faults)
        if result.outcome is Outcome.ERROR and not any(each.expect == "error" for each in admitted.rule.cases):
            yield f"breaks on {name}: {result.findings[0].message}"
            return
        if told_of(evaluate(seen, [admitted])[0]) != told:
            yield f"finds something else the second time, for {name}"
            return
        if _description_of(seen) != before:
            yield f"changes the manifest or the answers, for {name}"
            return


def _description_of(seen: Assessed) -> Mapping[str, str]:
    """Describe what a rule looks at; the questions behind the answers are those of the policies."""
    answers = [(each.level, each.because, each.decided_by, each.items) for each in seen.answers.values()]
    return dict(describe([seen.manifest.data, answers]))


def _faults_of_text(rule: Rule) -> Iterator[str]:
    if not _SENTENCE.fullmatch(rule.summary):
        yield "its summary is no sentence; end it with a full stop"
    for name in ("rationale", "remediation"):
        if not getattr(rule, name).strip():
            yield f"it has no {name}"


def _faults_of_proof(rule: Rule, proven_by_tests: Collection[str]) -> Iterator[str]:
    shown = {case.expect for case in rule.cases}
    missing = [outcome.value for outcome in (Outcome.PASS, Outcome.FAIL) if outcome not in shown]
    if rule.id not in proven_by_tests:
        yield from (f"it has no case that expects {outcome}" for outcome in missing)
    elif not missing:
        yield "it has its cases; leave it out of proven_by_tests"
