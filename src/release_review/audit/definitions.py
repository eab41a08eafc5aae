"""What an audit asked and required, as plain data: a ledger is read when the policies are long others."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from release_review.admit import AdmittedAssessment, AdmittedPart, AdmittedRule, PolicySet
from release_review.model import Param


def definitions_of(policies: PolicySet) -> dict[str, Any]:
    """Give the policies, assessments and rules of an audit, by id."""
    return {
        "policies": {
            each.id: {"version": each.version, "title": each.title, "layout": each.layout.value, "digest": each.digest}
            for each in policies.policies
        },
        "assessments": {each.id: _assessment(each) for each in policies.assessments},
        "rules": {each.id: _rule(each, policies) for each in policies.rules},
        "left_out": _left_out(policies),
    }


def _left_out(policies: PolicySet) -> dict[str, str]:
    """Give who leaves out which rules of the policies that take part, and why."""
    kept = {each.id for each in policies.rules}
    left = {f"{policy.id}/{rule.id}" for policy in policies.policies for rule in policy.rules} - kept
    told: dict[str, str] = {}
    for policy in policies.policies:
        for choice in policy.choices:
            own = {name for name in left if name.partition("/")[0] == choice.policy}
            for name in sorted(own - {f"{choice.policy}/{rule}" for rule in choice.rules}):
                told.setdefault(name, f"left out by {policy.id}, because {choice.because}")
    return told


def _assessment(admitted: AdmittedAssessment) -> dict[str, Any]:
    asked = admitted.assessment
    return {
        "title": asked.title,
        "label": asked.label,
        "order": asked.order,
        "scale": list(asked.scale),
        "over": asked.over,
        "overall": asked.overall.value,
        "none": asked.none,
        "empty": asked.empty,
        "default": asked.default,
        "note": admitted.note,
        "conditions": _conditions(admitted),
        "params": _params(asked.params),
    }


def _rule(admitted: AdmittedRule, policies: PolicySet) -> dict[str, Any]:
    rule = admitted.rule
    is_python = not any(each.key == "assert" for each in admitted.conditions)
    digests = {each.id: each.digest for each in policies.policies}
    return {
        "summary": rule.summary,
        "severity": admitted.severity.value,
        "note": admitted.note,
        "given": rule.given,
        "effective": rule.effective.isoformat() if rule.effective else None,
        "waivable": rule.waivable,
        "rationale": rule.rationale,
        "remediation": rule.remediation,
        "references": [{"title": each.title, "url": each.url} for each in rule.references],
        "conditions": _conditions(admitted),
        "empty": rule.empty,
        "params": _params(rule.params),
        # What a check in Python reads, nobody knows.
        "levels_read": None if is_python else sorted(admitted.levels_read()),
        "code": _code(rule.check, digests.get(admitted.policy, "")) if is_python else None,
    }


def _code(check: Any, digest: str) -> str:
    """Give what tells one check in Python from another: the files of its policy, or the one that it is written in.

    It may call what is another by then; so that two are the same says less than that they differ.
    """
    if digest:
        return digest
    path = getattr(getattr(check, "__code__", None), "co_filename", "")
    try:
        return f"sha256:{hashlib.sha256(Path(path).read_bytes()).hexdigest()}"
    except (OSError, ValueError):
        return "unknown"


def _conditions(admitted: AdmittedPart) -> dict[str, str]:
    told: dict[str, str] = {}
    for each in admitted.conditions:
        # An assessment may come to one level in several ways.
        same = sum(key.partition(" (")[0] == each.key for key in told)
        told[f"{each.key} ({same + 1})" if same else each.key] = each.expression.text
    return told


def _params(params: Mapping[str, Param | Any]) -> dict[str, Any]:
    return {name: _plain(each.value if isinstance(each, Param) else each) for name, each in params.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
