"""Whether a condition can be true at all: "no" is certain, and enumerations, numbers and dates decide it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from comparison import item_of
from conditions import Condition, chance_of, make_condition
from expressions import TODAY, normalised
from manifests import Made, make_manifest

from release_review import pointer
from release_review.cel import Question, Scope, admit, type_at
from release_review.cel.compile import Budget, compile_formula
from release_review.cel.readings import Readings
from release_review.cel.satisfy import Compared, equivalent, implies, never, satisfiable
from release_review.cel.tree import AllOf, Formula, Not
from release_review.dates import midnight
from release_review.model import Param

QUESTIONS = {"acme/reach": Question(scale=("wide", "unknown", "narrow", "none"), over="/access/*")}
PARAMS = {
    "kinds": Param(type="strings", value=("api", "app")),
    "least": Param(type="number", value=-2.0),
    "day": Param(type="date", value=TODAY),
}


def readings(text: str, over: str = "/access/*") -> Readings:
    scope = Scope(this=type_at(over), assessments=QUESTIONS, params=PARAMS, empty="pass")
    return admit(text, scope, where=lambda offset: f"rule.toml:1:{offset + 1}").readings


def surely(text: str, over: str = "/access/*") -> Formula:
    return readings(text, over).surely


# What it must recognise, and what it must not -------------------------------------------------------------------------

NEVER = {
    "false": "true",
    # Words
    'this.kind == "api" && this.kind == "app"': 'this.kind == "api" && this.audience == "public"',
    'this.kind == "api" && this.kind in ["app", "leak"]': 'this.kind == "api" && this.kind in ["app", "api"]',
    'this.kind != "api" && this.kind in ["api"]': 'this.kind != "app" && this.kind in ["api"]',
    'has(this.kind) && this.kind == "unknown"': 'this.kind == "unknown"',
    '!(this.gate in ["none", "click-through", "form", "identity-check", "contract"])': (
        '!(this.gate in ["none", "click-through", "form", "identity-check"])'
    ),
    'this.opened != "yes" && this.opened != "no"': 'this.opened != "yes"',
    'this.kind == "api" ? this.kind == "app" : this.kind == "api"': 'this.kind == "api" ? true : this.kind == "app"',
    '(this.kind == "api") == (this.kind != "api")': '(this.kind == "api") == (this.kind != "app")',
    'manifest.weights.derivatives == "yes" && manifest.weights.redistribution == "no" '
    "&& manifest.weights.derivatives == manifest.weights.redistribution": (
        'manifest.weights.derivatives == "yes" && manifest.weights.derivatives == manifest.weights.redistribution'
    ),
    # Levels
    'assessments["acme/reach"].level == "wide" && assessments["acme/reach"].level in ["none", "narrow"]': (
        'assessments["acme/reach"].level == "wide" && assessments["acme/reach"].items[this.id].level == "none"'
    ),
    # Texts
    'manifest.weights.license == "MIT" && manifest.weights.license == "Apache-2.0"': (
        'manifest.weights.license == "MIT" || manifest.weights.license == "Apache-2.0"'
    ),
    'manifest.weights.license == "MIT" && manifest.weights.license.startsWith("Apache")': (
        'manifest.weights.license != "MIT" && manifest.weights.license.startsWith("Apache")'
    ),
    'manifest.weights.license in ["MIT", "GPL"] && manifest.weights.license.matches("^[a-z]")': (
        'manifest.weights.license in ["MIT", "gpl"] && manifest.weights.license.matches("^[a-z]")'
    ),
    'manifest.weights.license == "MIT" && manifest.release.version == manifest.weights.license '
    '&& manifest.release.version == "2"': "manifest.release.version == manifest.weights.license",
    "has(manifest.weights.license) && manifest.weights.license == null": "manifest.weights.license == null",
    # The order of texts is what it is, and nothing else is known of it.
    "this.id < manifest.release.version && manifest.release.version <= this.id": (
        "this.id <= manifest.release.version && manifest.release.version <= this.id"
    ),
    "this.id.contains(manifest.release.version) && !this.id.contains(manifest.release.version)": (
        "this.id.contains(manifest.release.version) && !manifest.release.version.contains(this.id)"
    ),
    # Words that differ
    "this.usage_observed != this.usage_moderated && this.usage_observed == 'no' && this.usage_moderated in ['no']": (
        "this.usage_observed != this.usage_moderated && this.usage_observed == 'no'"
    ),
    "this.usage_observed != this.usage_moderated && this.usage_moderated == 'no' && !(this.usage_observed in "
    "['yes', 'partly', 'unknown'])": (
        "this.usage_observed != this.usage_moderated && this.usage_moderated == 'no' && !(this.usage_observed in "
        "['yes', 'unknown'])"
    ),
    # Numbers
    "manifest.weights.parameters_total > 5 && manifest.weights.parameters_total < 5": (
        "manifest.weights.parameters_total >= 5 && manifest.weights.parameters_total <= 5"
    ),
    "manifest.weights.parameters_total < 0": "manifest.weights.parameters_total <= 0",
    "manifest.weights.parameters_total < params.least": "manifest.weights.parameters_total > params.least",
    "manifest.weights.parameters_total > manifest.weights.parameters_active "
    "&& manifest.weights.parameters_active > 7 && manifest.weights.parameters_total <= 7": (
        "manifest.weights.parameters_total > manifest.weights.parameters_active "
        "&& manifest.weights.parameters_active > 7 && manifest.weights.parameters_total <= 7.1"
    ),
    "manifest.weights.parameters_total in [1, 2] && manifest.weights.parameters_total == 3": (
        "manifest.weights.parameters_total in [1, 2, 3] && manifest.weights.parameters_total == 3"
    ),
    # Sums of doubles are rounded: 1e25 + 1 is 1e25.
    "manifest.weights.parameters_total + 1.0 > 3.0 && !(manifest.weights.parameters_total + 1.0 > 3.0)": (
        "manifest.weights.parameters_total + 1.0 == manifest.weights.parameters_total"
    ),
    # Dates
    "this.from > today && today >= this.from": "this.from > today && today >= this.until",
    # All are whole days.
    'this.from > today && this.from < today + duration("24h")': (
        'this.from > today && this.from < today + duration("24h1s")'
    ),
    'this.until - this.from > duration("23h") && this.until - this.from < duration("24h")': (
        'this.until - this.from > duration("23h") && this.until - this.from <= duration("24h")'
    ),
    'this.from > as_of && as_of > params.day && this.from <= params.day + duration("24h")': (
        'this.from > as_of && as_of > params.day && this.from <= params.day + duration("48h")'
    ),
    "today.getMonth() > 11": "today.getMonth() == 11",
    "manifest.weights.parameters_total in [null, 5] && manifest.weights.parameters_total > 5": (
        "manifest.weights.parameters_total in [null, 5, 6] && manifest.weights.parameters_total > 5"
    ),
    "!(manifest.weights.parameters_total in [null, 5]) && manifest.weights.parameters_total == 5": (
        "!(manifest.weights.parameters_total in [null, 5]) && manifest.weights.parameters_total != 5"
    ),
    # Sizes
    "size(manifest.access) < 0": "size(manifest.access) <= 0",
    "size(manifest.access) > 1 && size(manifest.access) < 2": "size(manifest.access) > 1 && size(manifest.access) < 3",
    "2 * size(manifest.access) == 5": "2 * size(manifest.access) == 6",
    'size(manifest.access) == 0 && manifest.access.exists(c, c.id == "x")': (
        'size(manifest.access) == 1 && manifest.access.exists(c, c.id == "x")'
    ),
    'size(manifest.access.filter(c, c.kind == "api")) > size(manifest.access)': (
        'size(manifest.access.filter(c, c.kind == "api")) >= size(manifest.access)'
    ),
    "size(this.id) < 0": "size(this.id) < 1",
    # Lists
    'manifest.access.exists(c, c.kind == "api" && c.kind == "app")': (
        'manifest.access.exists(c, c.kind == "api") && manifest.access.exists(c, c.kind == "app")'
    ),
    'manifest.access.exists(c, c.kind == "api") && !manifest.access.exists(d, d.kind in ["api", "app"])': (
        'manifest.access.exists(c, c.kind == "api") && !manifest.access.exists(d, d.kind in ["app"])'
    ),
    'size(manifest.access) > 0 && manifest.access.all(c, c.kind == "api") && manifest.access.all(d, d.kind == "app")': (
        'manifest.access.all(c, c.kind == "api") && manifest.access.all(d, d.kind == "app")'
    ),
    'manifest.access.exists_one(c, c.kind == "api") && !manifest.access.exists(d, d.kind == "api")': (
        'manifest.access.exists_one(c, c.kind == "api") && manifest.access.exists(d, d.kind != "api")'
    ),
    'manifest.access.exists(c, c.kind == "api" && this.kind == "app") && this.kind == "api"': (
        'manifest.access.exists(c, c.kind == "api" && this.kind == "app") && this.audience == "public"'
    ),
    '"weights" in manifest.access.map(c, c.kind) && manifest.access.all(c, c.kind == "api")': (
        '"weights" in manifest.access.map(c, c.kind) && manifest.access.exists(c, c.kind == "api")'
    ),
    'params.kinds.exists(k, manifest.weights.license == k) && manifest.weights.license == "leak"': (
        'params.kinds.exists(k, manifest.weights.license == k) && manifest.weights.license == "app"'
    ),
    'params.kinds.exists_one(k, manifest.weights.license == k) && manifest.weights.license != "api" '
    '&& manifest.weights.license != "app"': "params.kinds.exists_one(k, manifest.weights.license == k)",
    "[1, 2].exists_one(n, n > 0)": "![1, 2].exists_one(n, n > 0)",
    "[1, -1].all(n, n > 0)": "[1, -1].exists(n, n > 0)",
}
"""Conditions that are surely true for no manifest, each beside one that is nearly the same and is for some."""


@pytest.mark.parametrize("text", NEVER)
def test_what_no_manifest_meets_is_recognised(text: str) -> None:
    assert never(surely(text))


@pytest.mark.parametrize("text", NEVER.values())
def test_what_some_manifest_meets_is_not_taken_for_it(text: str) -> None:
    assert satisfiable(surely(text))


@pytest.mark.parametrize("text", [text for text in NEVER if text not in ("false", "this.opened")])
def test_what_never_holds_is_met_by_everybody_the_other_way_round(text: str) -> None:
    assert never(Not(Not(surely(text))))
    assert satisfiable(Not(surely(text)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('!(this.kind == "api" || this.kind == "app")', 'this.kind != "api" && this.kind != "app"'),
        ('this.kind == "api" || this.kind == "app"', 'this.kind in ["app", "api"]'),
        (
            "manifest.access.exists(c, has(c.from))",
            "!(size(manifest.access) == 0 || manifest.access.all(d, !has(d.from)))",
        ),
        ("manifest.access.exists(c, has(c.from))", "size(manifest.access.filter(c, has(c.from))) >= 1"),
        ("size(manifest.access) > 0", "size(manifest.access) != 0"),
        ("this.from <= today", "!(today < this.from)"),
        ("this.from > today", 'this.from >= today + duration("24h")'),
        (
            "manifest.weights.license in [null, 'MIT']",
            "manifest.weights.license == null || !(manifest.weights.license != 'MIT')",
        ),
    ],
)
def test_two_ways_to_ask_the_same_are_equivalent(one: str, other: str) -> None:
    assert equivalent(surely(one), surely(other)) or equivalent(readings(one).possibly, readings(other).possibly)


def test_a_question_about_many_constants_is_the_same_wherever_it_is_asked() -> None:
    text = "[1, 2, 3, 4, 5, 6, 7, 8, 9].exists_one(n, this.kind == 'api' || n > 8)"
    assert equivalent(surely(text), surely(text.replace("n,", "m,").replace("n >", "m >")))
    assert not implies(surely(text), surely(text.replace("> 8", "> 7")))


def test_what_implies_another_is_not_implied_by_it() -> None:
    narrow, wide = surely('this.kind == "api"'), surely('this.kind in ["api", "app"]')
    assert implies(narrow, wide)
    assert not implies(wide, narrow)
    assert not equivalent(narrow, wide)


def test_a_condition_is_possible_wherever_it_is_sure() -> None:
    chance = chance_of("possible")
    made_up = [make_condition(chance, depth=2) for _ in range(150)]
    asked = [each.expression.readings for each in made_up if each is not None]
    assert len(asked) > 100
    assert all(implies(each.surely, each.possibly) for each in asked)


def test_pairs_that_share_their_work_come_to_the_same() -> None:
    chance = chance_of("pairs")
    made_up = [make_condition(chance, depth=2) for _ in range(80)]
    formulas = [each.expression.readings.surely for each in made_up if each is not None and each.over == "/access/*"]
    compared = Compared()
    numbers = [compared.add(each) for each in formulas]
    for (one, a), (other, b) in itertools.product(zip(formulas, numbers, strict=True), repeat=2):
        assert compared.implies(a, b) is implies(one, other)
    assert [compared.never(each) for each in numbers] == [never(each) for each in formulas]


# It never says no where there is a manifest ---------------------------------------------------------------------------


def holds(formula: Any, condition: Condition, made: Made) -> bool | None:
    """Carry out a compiled formula; None where there is no item, or the evaluation breaks."""
    this = item_of(condition, made)
    if this is None:
        return None
    days = midnight(made.subject.as_of), midnight(made.subject.today)
    item = pointer.value_at(made.subject.manifest, this)
    try:
        return bool(formula(made.subject.manifest, item, *days, made.levels, Budget(10**9).take))
    except Exception:  # noqa: BLE001  # a division by zero, a date beyond the calendar: true for no manifest
        return None


@pytest.mark.no_cover
def test_no_is_never_said_of_what_a_manifest_meets() -> None:
    """Over conditions of every form, as they are written and as they are read, and manifests of every shape."""
    chance = chance_of(7)
    made_up = [make_condition(chance, depth=chance.choice((1, 2, 3, 4))) for _ in range(250)]
    manifests = [make_manifest(chance) for _ in range(40)]
    said_no = met = 0
    for condition in (each for each in made_up if each is not None):
        read = condition.expression.readings
        for formula in (read.surely, read.possibly, read.formula):
            for asked in (formula, Not(formula)):
                compiled = compile_formula(asked)
                is_met = any(holds(compiled, condition, made) for made in manifests)
                answer = satisfiable(asked)
                assert answer or not is_met, condition.expression.text
                said_no, met = said_no + (not answer), met + is_met
    assert said_no > 50
    assert met > 500


@pytest.mark.no_cover
def test_no_implication_is_seen_where_a_manifest_breaks_it() -> None:
    chance = chance_of(8)
    made_up = [make_condition(chance, depth=chance.choice((1, 2, 3))) for _ in range(250)]
    manifests = [make_manifest(chance) for _ in range(40)]
    groups: dict[str, list[tuple[Formula, Sequence[bool | None]]]] = {}
    for condition in (each for each in made_up if each is not None):
        formula = condition.expression.readings.surely
        compiled = compile_formula(formula)
        told = [holds(compiled, condition, made) for made in manifests]
        groups.setdefault(condition.over, []).append((formula, told))
    seen = 0
    for group in groups.values():
        for _ in range(150):
            (one, before), (other, after) = chance.choice(group), chance.choice(group)
            if one is not other and implies(one, other):
                seen += 1
                assert not any(a is True and b is False for a, b in zip(before, after, strict=True))
    assert seen > 50


# Where words and dates decide, it is complete -------------------------------------------------------------------------

_WORDS = {
    "derivatives": ("yes", "no", "not-applicable", "unknown"),
    "redistribution": ("yes", "no", "not-applicable", "unknown"),
}
_DAYS = (None, "2025-12-30", "2025-12-31", "2026-01-01", "2026-01-02", "2026-01-03")


def all_manifests() -> Iterator[Mapping[str, Any]]:
    for words in itertools.product(*_WORDS.values()):
        for day in _DAYS:
            data: dict[str, Any] = {"schema": "release-manifest/1", "release": {"id": "acme/one"}}
            data["weights"] = dict(zip(_WORDS, words, strict=True))
            if day is not None:
                data["release"]["date"] = day
            yield normalised(data)


def test_of_words_and_days_it_says_exactly_what_trying_all_manifests_says() -> None:
    chance, manifests, days = chance_of(9), list(all_manifests()), (midnight(TODAY), midnight(TODAY))
    today = 'today == timestamp("2026-01-01T00:00:00Z") && as_of == today && '

    def atom() -> str:
        name = chance.choice(list(_WORDS))
        if chance.random() < 0.3:
            sign = chance.choice(("<", "<=", ">", ">=", "==", "!="))
            day = chance.choice(("today", 'as_of + duration("24h")'))
            return f"manifest.release.date {sign} {day}"
        if chance.random() < 0.2:
            return chance.choice(("has(manifest.release.date)", f'manifest.weights.{name} == "unknown"'))
        return f'manifest.weights.{name} {chance.choice(("==", "!="))} "{chance.choice(_WORDS[name][:3])}"'

    def clause(depth: int) -> str:
        if depth == 0:
            return atom()
        sign = chance.choice(("&&", "||", "&&", "=="))
        negated = "!" if chance.random() < 0.3 else ""
        return f"{negated}(({clause(depth - 1)}) {sign} ({clause(depth - 1)}))"

    said_no = 0
    for _ in range(150):
        asked = readings(f"{today}{clause(chance.choice((2, 3)))}")
        for formula in (asked.surely, asked.possibly):
            compiled = compile_formula(formula)
            there_is = any(compiled(each, each, *days, {}, Budget(10**9).take) for each in manifests)
            assert satisfiable(formula) is there_is
            said_no += not there_is
    assert said_no > 15


# It ends --------------------------------------------------------------------------------------------------------------


def test_what_takes_too_long_to_look_through_may_be_true() -> None:
    text = " && ".join(
        f'(this.kind == "{one}" || this.kind == "{other}")' for one, other in (("api", "app"), ("leak", "weights"))
    )
    assert never(surely(text))
    assert satisfiable(surely(text), steps=5)
    assert not implies(surely(text), surely("false"), steps=5)


def test_pairs_that_take_too_long_are_not_told() -> None:
    narrow, wide = surely('this.kind == "api"'), surely('this.kind in ["api", "app"]')
    for steps in (1, 3):
        compared = Compared(steps=steps)
        assert not compared.implies(compared.add(narrow), compared.add(wide))


def test_a_long_formula_ends() -> None:
    atoms = [surely(f"size(manifest.access.filter(c, c.id != '{n}')) != size(manifest.threat)") for n in range(200)]
    whole = AllOf(tuple(atoms))
    assert satisfiable(whole)
    deep = surely('this.kind == "api"')
    for _ in range(2_000):
        deep = Not(deep)
    assert satisfiable(deep)
