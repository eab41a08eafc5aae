"""Typed trees as data: what comes back is what was kept, or nothing."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from expressions import formulas
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from release_review import load_policies, load_registry
from release_review.cel import Expression, Question, Scope, Trees, admit, type_at
from release_review.cel.codec import NoTreeError, decode, encode
from release_review.cel.tree import Formula
from release_review.errors import ExpressionError
from release_review.model import Param

POLICIES = load_policies(["open-release"], load_registry(discover=False))
QUESTIONS = {each.id: Question(scale=each.assessment.scale, over=each.assessment.over) for each in POLICIES.assessments}
PARAMS = {
    "day": Param(type="date", value=dt.date(2025, 1, 1)),
    "words": Param(type="strings", value=("weights", "api")),
    "many": Param(type="integer", value=3),
    "much": Param(type="number", value=1e25),
}
EVERY_FORM = [
    "true",
    "!(manifest.weights.license == 'MIT') && (size(manifest.access) > params.many || params.much < 5)",
    "manifest.release.date > params.day && as_of - duration('1h30m') < today",
    "this.vector in ['other', 'unknown'] && manifest.weights.license in ['MIT', null]",
    "this.id in params.words || this.vector != 'unknown'",
    "(this.vector == 'other' ? manifest.weights.parameters_total : 2.5) > double(size(manifest.access)) * -1",
    "(this.vector == 'other' ? manifest.weights.derivatives : manifest.weights.redistribution) == 'yes'",
    "(this.vector == 'other') == (this.vector == 'biosecurity')",
    "has(this.title) && this.title.startsWith('a') && this.title.matches('^a+$') && this.title + 'ü😀' != 'b'",
    "params.words.exists(w, manifest.access.exists_one(c, c.id == w))",
    "size(manifest.access.filter(c, c.kind == 'api' && has(c.audience))) >= 2",
    "size(manifest.access.filter(c, c.id == 'hub')) + 1 == 2",
    "size(manifest.threat) > 0 && manifest.threat.all(t, t.existing_risk.evidence_of.examples.exists(e, e.id == 'x'))",
    "this.vector == 'other' ? this.title == 'a' : today.getFullYear() > 2024",
    "assessments['open-properties/broader-access'].level == 'applies'",
    "assessments['marginal-risk/existing-risk'].items[this.id].level in ['full', 'unknown']",
    "manifest.access.map(c, c.kind).exists(k, k == 'api') && manifest.threat.exists(t, t.id == this.id)",
]
SCOPE = Scope(this=type_at("/threat/*"), params=PARAMS, assessments=QUESTIONS)


def admitted(text: str) -> Formula:
    return admit(text, SCOPE, where=str).formula


def shipped() -> list[tuple[str, Expression, Scope]]:
    found = []
    for asked in POLICIES.assessments:
        scope = Scope(this=type_at(asked.assessment.over), params=asked.assessment.params)
        counts = [asked.counts] if asked.counts else []
        found += [(asked.id, expression, scope) for expression in (*counts, *(each.when for each in asked.levels))]
    for rule in POLICIES.rules:
        this = type_at(rule.rule.given or "")
        scope = Scope(this=this, params=rule.rule.params, assessments=QUESTIONS, empty=rule.rule.empty)
        parts = [part for part in (rule.when, rule.requirement) if isinstance(part, Expression)]
        found += [(rule.id, expression, scope) for expression in parts]
    return found


def test_every_shipped_expression_comes_back() -> None:
    listed = shipped()
    assert len(listed) > 150
    for _, expression, scope in listed:
        data = json.loads(json.dumps(encode(expression.formula)))
        assert decode(data, scope) == expression.formula


@pytest.mark.parametrize("text", EVERY_FORM)
def test_every_form_comes_back(text: str) -> None:
    formula = admitted(text)
    assert decode(json.loads(json.dumps(encode(formula))), SCOPE) == formula


@pytest.mark.no_cover
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(text=formulas())
def test_generated_expressions_come_back(text: str) -> None:
    try:
        formula = admit(text, Scope(), where=str).formula
    except ExpressionError as error:
        assume("times as long" not in str(error))
        raise
    assert decode(json.loads(json.dumps(encode(formula))), Scope()) == formula


def places_in(data: Any, at: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    found = [at]
    if isinstance(data, list):
        for index, each in enumerate(data):
            found += places_in(each, (*at, index))
    return found


def spoilt(data: Any, place: tuple[int, ...], value: Any) -> Any:
    if not place:
        return value
    return [spoilt(each, place[1:], value) if index == place[0] else each for index, each in enumerate(data)]


JUNK = [None, True, 0, -1, 1.5, "", "unknown", "__class__", "manifest", [], ["path", "os"], {"a": 1}, ["not"], 10**400]


@pytest.mark.no_cover
@settings(max_examples=300)
@given(data=st.data(), text=st.sampled_from(EVERY_FORM))
def test_spoilt_data_is_a_tree_of_this_schema_or_none(data: st.DataObject, text: str) -> None:
    encoded = encode(admitted(text))
    place = data.draw(st.sampled_from(places_in(encoded)))
    spoiled = spoilt(encoded, place, data.draw(st.sampled_from(JUNK)))
    try:
        decoded = decode(spoiled, SCOPE)
    except NoTreeError:
        return
    assert decode(encode(decoded), SCOPE) == decoded


@pytest.mark.parametrize(
    "data",
    [
        ["stated", ["path", "manifest", "weights", "licence"]],
        ["stated", ["path", "item1", "kind"]],
        ["atom", "__eq__", ["constant", "int", 1], ["constant", "int", 1]],
        ["quantified", "none", ["path", "manifest", "access"], "item1", ["truth", True]],
        ["quantified", "all", ["path", "manifest", "weights"], "item1", ["truth", True]],
        ["quantified", "all", ["path", "manifest", "access"], "manifest", ["truth", True]],
        ["quantified", "all", ["path", "manifest", "access"], "a b", ["truth", True]],
        ["stated", ["level", "open-properties/nothing", None]],
        ["stated", ["level", "open-properties/broader-access", ["path", "this"]]],
        ["all-of", *[["truth", True]] * 3, ["not"]],
        {"truth": True},
        None,
    ],
)
def test_what_the_schema_or_the_scope_does_not_have_is_no_tree(data: Any) -> None:
    with pytest.raises(NoTreeError):
        decode(data, SCOPE)


def test_a_tree_is_known_by_its_text_and_all_that_its_names_stand_for() -> None:
    text = "manifest.release.date > params.day"
    trees = Trees()
    admit(text, SCOPE, where=str, trees=trees)
    known = Trees(trees.all())
    later = {**PARAMS, "day": Param(type="date", value=dt.date(2026, 1, 1))}
    assert known.find(text, SCOPE) == admitted(text)
    assert known.find(text + " ", SCOPE) is None
    assert known.find(text, Scope(this=SCOPE.this, params=later, assessments=QUESTIONS)) is None
    assert known.find(text, Scope(this=type_at("/access/*"), params=PARAMS, assessments=QUESTIONS)) is None
    assert known.find(text, Scope(this=SCOPE.this, params=PARAMS)) is None
    assert known.find(text, Scope(this=SCOPE.this, params=PARAMS, assessments=QUESTIONS, empty="pass")) is None


def test_a_spoilt_tree_is_made_anew() -> None:
    text = "manifest.weights.license == 'MIT'"
    trees = Trees()
    admit(text, SCOPE, where=str, trees=trees)
    spoiled = Trees({key: ["truth"] for key in trees.added})
    assert admit(text, SCOPE, where=str, trees=spoiled).formula == admitted(text)
    assert spoiled.all() == trees.all()
