"""The compiled engine, the reference engine and Google's CEL agree: on made-up conditions, and on every shipped one.

What an oracle may do differently is in `deviations.toml`. `make fuzz` compares as many pairs as a night allows.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import random
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from comparison import NO_LIMIT, Answer, Comparison, Tally, engines, reduced
from conditions import Condition, admitted, chance_of, make_condition
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from manifests import made_of, make_manifest
from oracles import HAS_CEL_EXPR, NO_CEL_EXPR, CelExpr, RawCelpy

from release_review import load_policies, load_registry
from release_review.assess import levels_of
from release_review.authoring.cases import CaseResult, changed, document_of, parts_of, run_case
from release_review.cel import Expression, Session, Subject
from release_review.cel.compile import Compiled
from release_review.pipeline import look_at
from release_review.pointer import expand
from release_review.testing import CASE_DAY, run_cases

POLICIES = load_policies(["open-release"], load_registry(discover=False))
ORACLES = engines(raw=True)
COMPARISON = Comparison(ORACLES)

BASE = {"schema": "release-manifest/1", "release": {"id": "acme/one"}}

NOT_SHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""A difference is made short by `reduced`, which knows what a condition is made of."""


HEALTH = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@pytest.mark.no_cover
@settings(max_examples=50, suppress_health_check=HEALTH, phases=NOT_SHRUNK)
@given(chance=st.randoms(use_true_random=False))
def test_engines_and_oracles_agree_on_made_up_conditions(chance: random.Random) -> None:
    condition = make_condition(chance, depth=3)
    assume(condition is not None)
    assert condition is not None
    tally = Tally()
    for _ in range(2):
        COMPARISON.compare([condition], make_manifest(chance), tally)
    for difference in tally.differences[:1]:
        oracle = next(each for each in ORACLES if each.name == difference.oracle)
        pytest.fail(str(reduced(difference, oracle)))


@pytest.mark.no_cover
@pytest.mark.skipif(not HAS_CEL_EXPR, reason=NO_CEL_EXPR)
def test_google_is_asked_of_every_pair() -> None:
    chance, tally = chance_of(0), Tally()
    conditions = [each for each in (make_condition(chance, depth=2) for _ in range(30)) if each is not None]
    for _ in range(5):
        COMPARISON.compare(conditions, make_manifest(chance), tally)
    assert tally.pairs > 50
    assert tally.compared[CelExpr.name] + tally.compared[f"{CelExpr.name}: too deep"] == tally.pairs
    assert {"TRUE", "FALSE", "UNDECIDED"} <= tally.answers.keys()


class Mistaken:
    """An engine that takes every date for a later one."""

    name = "mistaken"

    def open(self, subject: Subject, *, iterations: int) -> Session:
        later = Subject(manifest=subject.manifest, as_of=subject.as_of, today=subject.today + dt.timedelta(days=1))
        return Compiled().open(later, iterations=iterations)


def test_a_difference_is_found_and_made_short() -> None:
    day = dt.date(2026, 1, 1)
    made = made_of(BASE, as_of=day, today=day, chance=chance_of(0))
    text = '((size(manifest.access) == 0) && (!((1 < 2) && ((today) > (as_of))))) || (manifest.release.id == "x")'
    tally, condition = Tally(), Condition(expression=admitted(text, ""), over="")
    Comparison([Mistaken()]).compare([condition], made, tally)
    (difference,) = tally.differences
    short = reduced(difference, Mistaken()).condition.expression.text
    assert "today" in short
    assert "as_of" in short
    assert len(short) < len(text) / 3


@pytest.fixture
def fuzz() -> Any:
    """The long run, which is a program and no test."""
    spec = importlib.util.spec_from_file_location("fuzz", Path(__file__).parents[1] / "fuzz.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz"] = module
    spec.loader.exec_module(module)
    return module


def test_a_long_run_counts_differences_and_their_kinds(fuzz: Any) -> None:
    day, tally = dt.date(2026, 1, 1), Tally()
    condition = Condition(expression=admitted("today > as_of", ""), over="")
    for number in range(3):
        made = made_of(BASE, as_of=day, today=day, chance=chance_of(number))
        Comparison([Mistaken()]).compare([condition], made, tally)
    told = fuzz._reduced(tally, [Mistaken()])
    assert len(told) == 1
    assert told[0].endswith("\nand 2 more like it")
    batch = fuzz.Batch(differences=3, wrong=told)
    assert fuzz._report(batch, "1", 0).endswith(
        "\n3 differences outside the list of known deviations, of 1 kind, counted batch by batch\n"
    )
    assert fuzz._report(fuzz.Batch(), "1", 0).endswith("\n0 differences outside the list of known deviations\n")
    many = fuzz.Batch(differences=30, wrong=told * 25)
    assert "\nand 5 more kinds\n" in fuzz._report(many, "1", 0)


BEYOND = 'today - duration("80000000h") < today || true'


def test_where_google_deviates_the_reference_engine_says_whether_an_error_was_absorbed() -> None:
    day, tally, raw = dt.date(2026, 1, 1), Tally(), RawCelpy()
    made = made_of(BASE, as_of=day, today=day, chance=chance_of(0))
    condition = Condition(expression=admitted(BEYOND, ""), over="")
    comparison = Comparison([raw])
    comparison.compare([condition], made, tally)
    assert (tally.answers["ERROR"], tally.differences) == (1, [])
    assert tally.deviations == {"cel-python: an-error-is-absorbed-by-or": 1}
    # The same answers are a difference where the reference engine finds no error.
    harmless = Condition(expression=admitted('today - duration("80h") < today || true', ""), over="")
    ours, theirs = Answer("ERROR", "it leaves the calendar"), Answer("TRUE")
    assert comparison.explain(raw, harmless, made, ours, theirs) is None


def told_of(results: Iterable[CaseResult]) -> list[str]:
    return [f"{each.id}: {each.case.name}: {each.got}" for each in results if not each.holds]


def test_every_case_of_the_shipped_policies_comes_out() -> None:
    assert told_of(run_cases(POLICIES)) == []


@pytest.mark.no_cover
def test_a_case_of_each_outcome_of_each_shipped_rule_and_assessment_comes_out_in_the_reference_engine() -> None:
    """It takes ten times as long as the compiled engine; `make fuzz` puts every case to it."""
    results = []
    for part in parts_of(POLICIES):
        first = {case.expect: case for case in reversed(part.written.cases)}
        results += [run_case(part, case, POLICIES, engine="reference") for case in first.values()]
    assert {"pass", "fail", "unknown", "not-applicable"} <= {each.got for each in results}
    assert told_of(results) == []


@pytest.mark.no_cover
@pytest.mark.skipif(not HAS_CEL_EXPR, reason=NO_CEL_EXPR)
def test_every_shipped_condition_comes_out_alike_in_google_s_cel() -> None:
    """Each rule is asked about the base manifest of its policy, changed as each of its cases says."""
    google, compiled, told, asked = CelExpr(), Compiled(), [], 0
    for rule in POLICIES.rules:
        policy = next(each for each in POLICIES.policies if each.id == rule.id.partition("/")[0])
        for case in rule.rule.cases:
            document = document_of(changed(policy.base, case))
            as_of, today = case.as_of or CASE_DAY, case.today or CASE_DAY
            seen = look_at(document, policies=POLICIES, as_of=as_of, today=today)
            sessions = [
                each.open(Subject(manifest=seen.manifest.data, as_of=as_of, today=today), iterations=NO_LIMIT)
                for each in (compiled, google)
            ]
            for session in sessions:
                session.know(levels_of(seen.answers.values()))
            for expression in (rule.when, rule.requirement):
                for this, _ in expand(seen.manifest.data, rule.rule.given or ""):
                    if isinstance(expression, Expression):
                        ours, theirs = (session.decide(expression, this=this) for session in sessions)
                        asked += 1
                        if ours is not theirs:
                            told.append(f"{rule.id}: {case.name}: {expression.text}: {ours} here, {theirs} there")
    assert not told
    assert asked > 100
