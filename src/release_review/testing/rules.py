"""One rule for one manifest, or all cases of a policy, carried out by the engine of a review."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from release_review.admit import PolicySet, admit_policies
from release_review.authoring import cases
from release_review.authoring.cases import CASE_DAY, CaseResult
from release_review.evaluate import evaluate
from release_review.extending import with_extended
from release_review.hooks import PolicyFolder
from release_review.model import DEFAULT_ENGINE, Document, Manifest, Policy, Rule, RuleResult
from release_review.params import as_param, with_value
from release_review.pipeline import look_at
from release_review.plugins import load_registry
from release_review.policy import load_policy
from release_review.selection import offered
from release_review.testing.manifests import NOTHING, SMALLEST, make_document, plain_data

ALONE = "testing"
"""Id of the policy that a rule is put into where it comes without one."""


def run_rule(
    source: Rule | Policy | PolicyFolder | Path,
    rule_id: str = "",
    *,
    manifest: Manifest | Document | Mapping[str, Any],
    today: dt.date | None = None,
    as_of: dt.date | None = None,
    params: Mapping[str, Any] = NOTHING,
    extends: Sequence[Policy] = (),
    engine: str = DEFAULT_ENGINE,
) -> RuleResult:
    """Carry out one rule, in CEL or in Python, by the very code of a review.

    The rule sees a read-only context, and its findings are checked: one that points nowhere, or an exception, gives the
    outcome `error`. What the rule reads of assessments is answered first.

    Args:
        source: The rule; or the policy that has it: as a record, or as its folder or file.
        rule_id: Id of the rule in its policy. It may be left out where there is only one.
        manifest: What it is carried out for: a manifest of `make_manifest`, a document, or plain data.
        today: The day of judgement, in UTC; 2026-01-01, or that of `manifest`, unless given.
        as_of: The day whose state is judged, in UTC; as a review takes it, or that of `manifest`, unless given.
        params: Values for its parameters, by name.
        extends: Policies that the one of the rule extends, and that do not come with release-review.
        engine: Name of the engine that evaluates expressions.

    Raises:
        ValueError: There is no such rule or parameter, or a value does not fit.
        PolicyError: The policy cannot be carried out.
        ManifestError: The manifest does not fit the schema.

    Example:
        ```python
        licensed = Rule(id="licensed", summary="There is a licence.", assertion="has(manifest.weights.license)")
        result = run_rule(licensed, manifest=make_manifest({"/weights/license": "MIT"}))
        assert result.outcome is Outcome.PASS
        ```
    """
    policy, rule = _picked(_policy_of(source), rule_id)
    changed = replace(rule, params=_with_values(rule, params))
    alone = replace(policy, rules=tuple(changed if each is rule else each for each in policy.rules))
    policies = admit_policies([alone, *_extended(policy, extends)])
    (admitted,) = (each for each in policies.rules if each.id == f"{policy.id}/{rule.id}")
    if isinstance(manifest, Manifest) and today is None:
        today, as_of = manifest.today, as_of or manifest.as_of
    seen = look_at(_document_of(manifest), policies=policies, today=today or CASE_DAY, as_of=as_of, engine=engine)
    (result,) = evaluate(seen, [admitted])
    return result


def run_cases(
    source: Rule | Policy | PolicyFolder | Path | PolicySet,
    *,
    extends: Sequence[Policy] = (),
    engine: str = DEFAULT_ENGINE,
) -> Iterator[CaseResult]:
    """Run every case of a rule, a policy or a set of policies; a result whose `holds` is false says what it came to.

    Of a policy its own cases are run, and not those of the policies that it extends.

    Args:
        source: The rule, whose cases change the smallest manifest; the policy, as a record, or as its folder or file;
            or policies that are loaded, all of whose cases are run.
        extends: Policies that the one of `source` extends, and that do not come with release-review.
        engine: Name of the engine that evaluates expressions.

    Raises:
        PolicyError: The policy cannot be carried out.

    Example:
        ```python
        case = Case(name="it is stated", expect="pass", set={"/weights/license": "MIT"})
        licensed = Rule(id="licensed", summary="Licensed.", assertion="has(manifest.weights.license)", cases=(case,))
        assert all(result.holds for result in run_cases(licensed))
        ```
    """
    if isinstance(source, PolicySet):
        return cases.run_cases(source, engine=engine)
    policy = _policy_of(source)
    return cases.run_cases(admit_policies([policy, *_extended(policy, extends)]), engine=engine, of=[policy.id])


def _policy_of(source: Rule | Policy | PolicyFolder | Path) -> Policy:
    if isinstance(source, Rule):
        return Policy(id=ALONE, title="Testing", version="1", rules=(source,), base=plain_data(SMALLEST))
    if isinstance(source, PolicyFolder):
        source = source.path
    if isinstance(source, Path):
        return load_policy(source, importers=load_registry(discover=False).importers)
    return source


def _picked(policy: Policy, rule_id: str) -> tuple[Policy, Rule]:
    found = [rule for rule in policy.rules if rule_id in ("", rule.id)]
    if len(found) != 1:
        known = ", ".join(rule.id for rule in policy.rules) or "no rule"
        asked = f"no rule {rule_id!r}" if rule_id else "not one rule"
        raise ValueError(f"there is {asked} in {policy.id}, which has {known}")
    return policy, found[0]


def _with_values(rule: Rule, params: Mapping[str, Any]) -> Mapping[str, Any]:
    declared = {name: as_param(value) for name, value in rule.params.items()}
    for name, value in params.items():
        if name not in declared:
            raise ValueError(f"{rule.id} has no parameter {name!r}; it has {', '.join(declared) or 'none'}")
        try:
            declared[name] = with_value(declared[name], value)
        except ValueError as error:
            raise ValueError(f"the parameter {name!r} of {rule.id} does not fit: {error}") from None
    return declared


def _extended(policy: Policy, given: Sequence[Policy]) -> list[Policy]:
    """Give all that a policy extends: what was given, and else what comes with release-review."""
    known = {each.id: each for each in given}

    def find(name: str, extending: Policy) -> Policy | None:
        return known[name] if name in known else offered(load_registry(discover=False))(name, extending)

    _, *others = with_extended([policy], find)
    return others


def _document_of(manifest: Manifest | Document | Mapping[str, Any]) -> Document:
    if isinstance(manifest, Manifest):
        return manifest.document
    return manifest if isinstance(manifest, Document) else make_document(base=manifest)
