"""The policy as a whole: it is complete, and its cases hold."""

from __future__ import annotations

import re

import pytest

from release_review.admit import admit_policies
from release_review.model import Rule
from release_review.testing import CaseResult, run_cases
from release_review_evals import release_review_policies

(POLICY,) = release_review_policies()
RESULTS = list(run_cases(admit_policies([POLICY])))


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: f"{result.id} {result.case.name}")
def test_each_case_of_the_policy_holds(result: CaseResult) -> None:
    assert result.holds, (result.got, result.detail, result.missing, result.extra)


@pytest.mark.parametrize("rule", POLICY.rules, ids=lambda rule: rule.id)
def test_each_rule_says_why_what_to_do_and_what_it_rests_on(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.id)
    assert re.fullmatch(r"[A-Z][^.]+\.", rule.summary)
    assert rule.rationale
    assert rule.remediation
    assert rule.references
    assert {case.expect for case in rule.cases} >= {"not-applicable", "unknown"}
