"""The compiled engine and the reference engine agree on generated conditions, and on every shipped one."""

from __future__ import annotations

from typing import Any

import pytest
from expressions import TODAY, formulas, manifest_data, normalised
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from release_review import load_policies, load_registry
from release_review.cel import ENGINES, Expression, Scope, Subject, admit, open_engine
from release_review.errors import EvaluationError, ExpressionError
from release_review.model import Outcome
from release_review.testing import run_cases

POLICIES = load_policies(["open-release"], load_registry(discover=False))


def decided(engine: str, expression: Expression, manifest: Any) -> str:
    session = open_engine(engine).open(Subject(manifest=manifest, as_of=TODAY, today=TODAY), iterations=100_000)
    try:
        return session.decide(expression).value
    except EvaluationError:
        return Outcome.ERROR.value


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data(), text=formulas())
def test_engines_agree_on_generated_conditions(data: st.DataObject, text: str) -> None:
    manifest = normalised(data.draw(st.composite(manifest_data)()))
    try:
        expression = admit(text, Scope(), where=str)
    except ExpressionError as error:
        assume("times as long" not in str(error))
        raise
    assert len({decided(engine, expression, manifest) for engine in ENGINES}) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_every_case_of_the_shipped_policies_comes_out_in_every_engine(engine: str) -> None:
    told = [f"{each.id}: {each.case.name}: {each.got}" for each in run_cases(POLICIES, engine=engine) if not each.holds]
    assert not told
