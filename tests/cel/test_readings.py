"""The two readings are sound: what is surely so stays so, whatever the unknown facts turn out to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from comparison import NO_LIMIT, asked, asks_what_is_stated, item_of, unsound
from conditions import Condition, chance_of, make_condition
from expressions import TODAY, completions, formulas, manifest_data, normalised
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from manifests import Made, filled_in, make_manifest

from release_review.cel import Decision, Scope, Subject, admit, open_engine, type_at
from release_review.errors import ExpressionError

ENGINE = open_engine("reference")
COMPLETIONS_TRIED = 16


def decide(text: str, data: Mapping[str, Any], *, this: str = "", over: str = "") -> Decision:
    scope = Scope(this=type_at(over)) if over else Scope()
    expression = admit(text, scope, where=lambda offset: f"rule.toml:1:{offset + 1}")
    session = ENGINE.open(Subject(manifest=data, as_of=TODAY, today=TODAY), iterations=10_000)
    return session.decide(expression, this=this)


@pytest.mark.no_cover
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data(), text=formulas())
def test_a_decision_holds_for_every_completion_of_the_unknown_facts(data: st.DataObject, text: str) -> None:
    said = data.draw(st.composite(manifest_data)())
    try:
        decision = decide(text, normalised(said))
    except ExpressionError as error:
        assume("times as long" not in str(error))
        raise
    if decision is Decision.UNDECIDED:
        return
    for completed in completions(said, COMPLETIONS_TRIED):
        assert decide(text, completed) is decision


@pytest.mark.no_cover
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data(), text=formulas())
def test_nothing_is_undecided_once_everything_is_said(data: st.DataObject, text: str) -> None:
    said = data.draw(st.composite(manifest_data)())
    completed = next(iter(completions(said, 1)))
    try:
        assert decide(text, completed) is not Decision.UNDECIDED
    except ExpressionError as error:
        assume("times as long" not in str(error))
        raise


def test_a_decision_about_anything_holds_whatever_the_unknown_facts_turn_out_to_be() -> None:
    """Over every form of condition; one that asks what is stated may be answered otherwise once more is."""
    chance, undecided = chance_of(0), 0
    for _ in range(3):
        made_up = [make_condition(chance, depth=chance.choice((1, 2, 3))) for _ in range(40)]
        conditions = [each for each in made_up if each is not None]
        for _ in range(10):
            made = make_manifest(chance)
            later = filled_in(chance, made)
            assert unsound(conditions, made, later) == []
            answers = [answer_of(each, made) for each in conditions if not asks_what_is_stated(each)]
            undecided += answers.count(Decision.UNDECIDED.name)
            settled = [answer_of(each, later) for each in conditions if not asks_what_is_stated(each)]
            assert Decision.UNDECIDED.name not in settled
    assert undecided > 100


def answer_of(condition: Condition, made: Made) -> str | None:
    this = item_of(condition, made)
    if this is None:
        return None
    session = open_engine("compiled").open(made.subject, iterations=NO_LIMIT)
    session.know(made.levels)
    found = asked(session, condition, this)
    return None if found is None else found.given


EMPTY = {"schema": "release-manifest/1", "release": {"id": "acme/one"}, "access": [{"id": "hub", "kind": "weights"}]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('manifest.weights.derivatives == "yes"', Decision.UNDECIDED),
        ('manifest.weights.derivatives != "yes"', Decision.UNDECIDED),
        ('!(manifest.weights.derivatives == "yes")', Decision.UNDECIDED),
        ('manifest.weights.derivatives == "unknown"', Decision.TRUE),
        ('manifest.weights.derivatives in ["no", "unknown"]', Decision.TRUE),
        ('manifest.weights.derivatives in ["no", "yes"]', Decision.UNDECIDED),
        ("has(manifest.weights.derivatives)", Decision.FALSE),
        ("manifest.weights.license == null", Decision.TRUE),
        ('manifest.weights.license in ["MIT", null]', Decision.TRUE),
        ("manifest.weights.parameters_total > 5", Decision.UNDECIDED),
        ("!(manifest.weights.parameters_total > 5)", Decision.UNDECIDED),
        ('manifest.weights.derivatives == "yes" && false', Decision.FALSE),
        ('manifest.weights.derivatives == "yes" || true', Decision.TRUE),
        ('manifest.access.exists(c, c.kind == "weights")', Decision.TRUE),
        ('manifest.access.exists(c, c.kind == "api")', Decision.FALSE),
        ('manifest.access.exists(c, c.audience == "public")', Decision.UNDECIDED),
        ('size(manifest.access.filter(c, c.audience == "public")) <= 1', Decision.TRUE),
        ('size(manifest.access.filter(c, c.audience == "public")) == 1', Decision.UNDECIDED),
        ('size(manifest.threat.filter(t, t.vector == "other")) == 0', Decision.TRUE),
        ('(manifest.weights.derivatives == "yes" ? 1 : 2) > 0', Decision.TRUE),
        ('(manifest.weights.derivatives == "yes" ? 1 : 2) > 1', Decision.UNDECIDED),
        ('(manifest.weights.derivatives == "yes") == (manifest.weights.redistribution == "yes")', Decision.UNDECIDED),
        ("as_of <= today", Decision.TRUE),
        ("manifest.release.date <= today", Decision.UNDECIDED),
    ],
)
def test_unknown_facts_leave_open_what_hangs_on_them(text: str, expected: Decision) -> None:
    assert decide(text, normalised(EMPTY)) is expected
