"""The conditions of an expression: which there are, and which are reached for a manifest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from expressions import TODAY, formulas, manifest_data, normalised
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from release_review.cel import Expression, Read, Scope, Subject, admit, manifest_type, type_at
from release_review.cel.people import is_membership
from release_review.cel.reached import Conditions
from release_review.cel.step import Step, asked
from release_review.cel.tree import Quantified
from release_review.cel.why import Explainer
from release_review.errors import ExpressionError
from release_review.model import LIMITS, Limits, Missing, Param, PartOutcome

TRUE, FALSE, UNDECIDED = PartOutcome.TRUE, PartOutcome.FALSE, PartOutcome.UNDECIDED

HEAD = {"schema": "release-manifest/1", "release": {"id": "acme/one"}}
CHANNELS = {
    **HEAD,
    "access": [
        {"id": "a", "kind": "weights", "audience": "public"},
        {"id": "b", "kind": "api"},
        {"id": "c", "kind": "api", "audience": "partners"},
    ],
}


def read(text: str, over: str = "", *, empty: str | None = None, **params: Param) -> Expression:
    this = type_at(over) if over else manifest_type()
    scope = Scope(this=this, params=params, empty=empty)
    return admit(text, scope, where=lambda offset: f"rule.toml:1:{offset + 1}")


def listed(text: str, over: str = "/access/*", **more: Any) -> dict[str, tuple[bool, bool]]:
    return {each.text: (each.can_hold, each.can_fail) for each in Conditions().of(read(text, over, **more))}


def reached(
    text: str, data: Mapping[str, Any], *, this: str = "", limits: Limits = LIMITS
) -> list[tuple[str, PartOutcome]]:
    expression = read(text, "/access/*" if this else "")
    subject = Subject(manifest=normalised(data), as_of=TODAY, today=TODAY)
    found = Conditions(limits=limits).reached(expression, subject, {}, this=this)
    return [(condition.text, outcome) for condition, outcome in found]


# Which there are ------------------------------------------------------------------------------------------------------


def test_what_joins_conditions_is_none() -> None:
    text = (
        '!(this.kind == "api" || this.audience == "public") && (this.gate == "none" ? this.id == "a" : has(this.gate))'
    )
    assert list(listed(text)) == [
        'this.kind == "api"',
        'this.audience == "public"',
        'this.gate == "none"',
        'this.id == "a"',
        "has(this.gate)",
    ]


def test_a_question_about_a_list_is_one_condition_and_so_is_each_it_asks_of_an_item() -> None:
    asked_of_all = 'manifest.access.exists(c, c.kind == "api" && c.gate == "none")'
    assert list(listed(asked_of_all)) == [asked_of_all, 'c.kind == "api"', 'c.gate == "none"']
    counted = 'size(manifest.access.filter(c, c.kind == "api")) >= 2'
    assert list(listed(counted)) == [counted, 'c.kind == "api"']


def test_a_membership_is_one_condition() -> None:
    text = '"code" in manifest.release.modalities'
    assert list(listed(text)) == [text]


def test_an_all_that_an_empty_list_fails_asks_for_an_empty_list() -> None:
    every = 'manifest.access.all(c, c.kind == "api")'
    assert list(listed(every, empty="fail")) == ["size(manifest.access) > 0", every, 'c.kind == "api"']
    assert list(listed(every, empty="pass")) == [every, 'c.kind == "api"']


def test_a_condition_that_stands_twice_is_one() -> None:
    text = '(this.kind == "api" && this.gate == "none") || (this.kind == "api" && this.gate == "form")'
    assert list(listed(text)) == ['this.kind == "api"', 'this.gate == "none"', 'this.gate == "form"']


def test_a_comparison_of_a_conditional_is_that_of_each_branch() -> None:
    text = '(this.kind == "api" ? manifest.weights.parameters_total : 1.0) > 5.0'
    assert listed(text) == {'this.kind == "api"': (True, True), "manifest.weights.parameters_total > 5": (True, True)}


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ('this.kind == "api"', (True, True)),
        ('manifest.weights.derivatives in ["yes", "no", "not-applicable"]', (True, False)),
        ('manifest.weights.derivatives in ["yes", "no", "not-applicable", "unknown"]', (True, False)),
        ('manifest.weights.derivatives in ["yes", "unknown"]', (True, True)),
        ("manifest.release.date != null", (True, True)),
    ],
)
def test_a_condition_whose_words_leave_one_way_out_is_asked_for_that_one(text: str, ways: tuple[bool, bool]) -> None:
    assert listed(text) == {text: ways}


def test_what_is_the_same_for_every_manifest_is_not_asked_for() -> None:
    days, strict = Param(type="integer", value=30), Param(type="boolean", value=True)
    text = 'params.strict && params.days > 10 && this.kind == "api"'
    assert listed(text, strict=strict, days=days) == {'this.kind == "api"': (True, True)}


# Which are reached ----------------------------------------------------------------------------------------------------


def test_what_the_conditions_before_settle_is_not_reached() -> None:
    both = 'this.kind == "api" && this.audience == "public"'
    assert reached(both, CHANNELS, this="/access/0") == [('this.kind == "api"', FALSE)]
    assert reached(both, CHANNELS, this="/access/1") == [
        ('this.kind == "api"', TRUE),
        ('this.audience == "public"', UNDECIDED),
    ]
    either = 'this.kind == "weights" || this.audience == "public"'
    assert reached(either, CHANNELS, this="/access/0") == [('this.kind == "weights"', TRUE)]


def test_what_is_undecided_settles_nothing() -> None:
    both = 'this.audience == "public" && this.kind == "weights"'
    assert reached(both, CHANNELS, this="/access/1") == [
        ('this.audience == "public"', UNDECIDED),
        ('this.kind == "weights"', FALSE),
    ]


def test_the_items_behind_the_one_that_settles_it_are_not_reached() -> None:
    some = 'manifest.access.exists(c, c.kind == "api")'
    one = 'c.kind == "api"'
    assert reached(some, CHANNELS) == [(some, TRUE), (one, FALSE), (one, TRUE)]
    every = 'size(manifest.access) > 0 && manifest.access.all(c, c.kind == "api")'
    assert reached(every, CHANNELS)[2:] == [(one, FALSE)]
    only = 'manifest.access.exists_one(c, c.kind == "api")'
    assert reached(only, CHANNELS) == [(only, FALSE), (one, FALSE), (one, TRUE), (one, TRUE)]


def test_of_a_conditional_one_branch_is_reached() -> None:
    text = 'this.kind == "api" ? this.audience == "partners" : this.audience == "public"'
    assert reached(text, CHANNELS, this="/access/0") == [
        ('this.kind == "api"', FALSE),
        ('this.audience == "public"', TRUE),
    ]


def test_both_sides_of_an_equality_are_reached() -> None:
    text = '(this.kind == "api") == (this.audience == "public")'
    assert reached(text, CHANNELS, this="/access/0") == [
        ('this.kind == "api"', FALSE),
        ('this.audience == "public"', TRUE),
    ]


def test_words_that_are_written_out_are_items_too() -> None:
    text = '["mit", "bsd"].exists(word, manifest.weights.license.startsWith(word))'
    data = {**HEAD, "weights": {"license": "bsd-3"}}
    one = "manifest.weights.license.startsWith(word)"
    assert reached(text, data) == [(text, TRUE), (one, FALSE), (one, TRUE)]


def test_what_breaks_is_neither_and_what_follows_is_not_reached() -> None:
    text = "1.0 / (manifest.weights.parameters_total - 1.0) > 0.0"
    found = reached(f'{text} && manifest.release.stage == "released"', {**HEAD, "weights": {"parameters_total": 1}})
    assert [outcome for _, outcome in found] == [PartOutcome.ERROR]


def test_what_is_too_dear_gives_what_was_reached_until_then() -> None:
    text = 'manifest.release.stage == "unknown" && manifest.access.exists(c, c.kind == "third-party-host")'
    assert reached(text, CHANNELS, limits=Limits(iterations=2)) == []
    assert len(reached(text, CHANNELS)) == 5


class _Silent:
    def missing(self, read: Read) -> Missing:
        return Missing((read.pattern,))

    def told(self, read: Read, value: Any) -> str:
        return f"{read.pattern} = {value}"

    def called(self, pointer: str) -> str:
        return pointer


def steps_reached(step: Step) -> Iterator[Step]:
    """Give the parts of an explained tree that were reached, each once for each item."""
    yield step
    below = [each for each, flag in zip(step.below, asked(step), strict=True) if flag]
    ends = {"exists": TRUE, "all": FALSE}.get(step.formula.name) if isinstance(step.formula, Quantified) else None
    for each in below if not (isinstance(step.formula, Quantified) and is_membership(step.formula)) else ():
        yield from steps_reached(each)
        if ends is not None and each.outcome is ends:
            return


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data(), text=formulas())
def test_what_is_reached_is_what_an_explanation_says_was_asked(data: st.DataObject, text: str) -> None:
    said = normalised(data.draw(st.composite(manifest_data)()))
    try:
        expression = read(text)
    except ExpressionError as error:
        assume("times as long" not in str(error))
        raise
    subject = Subject(manifest=said, as_of=TODAY, today=TODAY)
    conditions = Conditions()
    texts = {each.text for each in conditions.of(expression)}
    run = Explainer(subject, {}, _Silent())._run(expression, "")
    explained = Counter(
        (run._writer.write(step.formula), step.outcome)
        for step in steps_reached(run._step(expression.formula, {}))
        if run._writer.write(step.formula) in texts
    )
    found: Counter[tuple[str, PartOutcome]] = Counter(
        (condition.text, outcome) for condition, outcome in conditions.reached(expression, subject, {}, this="")
    )
    assert found == explained
