from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_review.model import Finding, Outcome, RuleContext
from release_review.testing import CaseResult, run_cases
from release_review_compute import check_compute_is_plausible, release_review_policies
from release_review_compute.estimate import estimate_training_compute

DAY = dt.date(2026, 1, 1)
(POLICY,) = release_review_policies()
RESULTS = list(run_cases(POLICY))


def findings_for(*, compute: float = 6e21, parameters: Any = 1e9, tokens: Any = 1e12) -> list[Finding]:
    manifest = {
        "weights": {"training_compute_flop": compute, "parameters_active": parameters},
        "extensions": {"compute": {"training_tokens": tokens}},
    }
    context = RuleContext(
        manifest=manifest,
        this=manifest,
        pointer="",
        params={"factor": 3.0},
        assessments={},
        as_of=DAY,
        today=DAY,
    )
    return list(check_compute_is_plausible(context))


def test_a_billion_parameters_and_a_trillion_tokens_cost_6e21_flop() -> None:
    assert estimate_training_compute(parameters=1e9, tokens=1e12) == 6e21


@given(parameters=st.floats(1, 1e13), tokens=st.floats(1, 1e15))
def test_twice_the_tokens_cost_twice_the_compute(parameters: float, tokens: float) -> None:
    once = estimate_training_compute(parameters=parameters, tokens=tokens)
    assert estimate_training_compute(parameters=parameters, tokens=2 * tokens) == pytest.approx(2 * once)


@pytest.mark.parametrize("counts", [{"parameters": 0, "tokens": 1}, {"parameters": 1, "tokens": -1}])
def test_a_count_that_is_not_positive_has_no_estimate(counts: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="counts must be positive"):
        estimate_training_compute(**counts)


def test_the_estimate_itself_is_plausible() -> None:
    assert findings_for() == []


@pytest.mark.parametrize("compute", [1.99e21, 1.81e22], ids=["too little", "too much"])
def test_compute_beyond_the_factor_is_a_finding_on_the_declared_number(compute: float) -> None:
    (finding,) = findings_for(compute=compute)
    assert finding.outcome is Outcome.FAIL
    assert finding.pointer == "/weights/training_compute_flop"
    assert finding.reads == ("/weights/parameters_active", "/extensions/compute/training_tokens")
    assert finding.message == f"Declared compute is {compute:.1e} FLOP, and the estimate is 6.0e+21 FLOP."


@pytest.mark.parametrize("compute", [2.01e21, 1.79e22])
def test_compute_within_the_factor_is_none(compute: float) -> None:
    assert findings_for(compute=compute) == []


@pytest.mark.parametrize("tokens", [None, "1T", 0, -1, True, float("nan"), float("inf"), []])
def test_tokens_that_are_no_count_leave_it_unknown(tokens: object) -> None:
    (finding,) = findings_for(tokens=tokens)
    assert finding.outcome is Outcome.UNKNOWN
    assert finding.message == (
        "Compute is declared, and /extensions/compute/training_tokens states no positive number to compare it with."
    )


def test_parameters_that_are_not_stated_leave_it_unknown() -> None:
    (finding,) = findings_for(parameters=None)
    assert "/weights/parameters_active states no positive number" in finding.message


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: result.case.name)
def test_each_case_of_the_policy_holds(result: CaseResult) -> None:
    assert result.holds, (result.got, result.detail)


def test_the_cases_show_every_outcome() -> None:
    assert {result.got for result in RESULTS} == {"pass", "fail", "unknown", "not-applicable"}
