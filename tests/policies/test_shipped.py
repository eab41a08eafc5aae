"""The shipped policies: every rule and every assessment is complete, and every case comes out as it says."""

from __future__ import annotations

import re

import pytest

from release_review import load_policies, load_registry
from release_review.admit import AdmittedAssessment, AdmittedRule
from release_review.testing import CaseResult, run_cases

REGISTRY = load_registry(discover=False)
POLICIES = load_policies(["open-release"], REGISTRY)
CASES = {f"{result.id}: {result.case.name}": result for result in run_cases(POLICIES)}
ID = re.compile(r"[a-z]+(-[a-z]+)*")


@pytest.mark.parametrize("result", CASES.values(), ids=CASES)
def test_a_case_comes_out_as_it_says(result: CaseResult) -> None:
    assert result.holds, (result.got, result.detail, result.missing, result.extra, result.problem)


@pytest.mark.parametrize("rule", POLICIES.rules, ids=lambda rule: rule.id)
def test_a_rule_is_complete(rule: AdmittedRule) -> None:
    written = rule.rule
    assert ID.fullmatch(written.id)
    assert re.fullmatch(r"[A-Z][^.]*[.]", written.summary), "the summary is one sentence"
    assert written.rationale
    assert written.remediation
    assert written.references
    assert {"pass", "fail"} <= {case.expect for case in written.cases}


@pytest.mark.parametrize("assessment", POLICIES.assessments, ids=lambda assessment: assessment.id)
def test_an_assessment_is_complete(assessment: AdmittedAssessment) -> None:
    written = assessment.assessment
    assert ID.fullmatch(written.id)
    assert written.rationale
    assert written.references
    assert all(level.because for level in written.levels)
    assert {case.expect for case in written.cases} == set(written.scale), "each level has a case"


def test_the_default_policy_is_the_three_others_and_nothing_else() -> None:
    default = next(policy for policy in POLICIES.policies if policy.id == "open-release")
    assert default.extends == ("open-properties", "marginal-risk", "benefits")
    assert not default.rules
    assert not default.assessments


def test_the_questions_come_in_the_order_of_the_paper() -> None:
    asked = [assessment.assessment.order for assessment in POLICIES.assessments if "open-properties" in assessment.id]
    assert asked == [1, 2, 3, 4, 5]
