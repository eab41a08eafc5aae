"""Branches of conditions that no manifest reaches: none is asked of cases, and none that one reaches is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from policies import HEAD, REGISTRY, rule, select, write
from release_review import load_policies
from release_review.authoring.cases import parts_of
from release_review.authoring.coverage import measure
from release_review.authoring.reachable import narrowed
from release_review.cel.reached import Conditions

REACH = """
[[assessment]]
id = "reach"
title = "How far it reaches"
scale = ["far", "unknown", "some", "near"]
over = "/access/*"
{counts}
none = "near"
empty = "unknown"
default = "near"
"""
LEVEL = """
[[assessment.level]]
is = "{name}"
when = '''{when}'''
because = "a reason"
"""


def branches(folder: Path, *parts: str) -> dict[str, tuple[bool, bool]]:
    """Give the conditions of a policy and their ways out; without a case, none is seen."""
    found = measure(select(write(folder, *parts, head=HEAD)))
    return {
        each.condition.text: (each.condition.can_hold, each.condition.can_fail)
        for part in found
        for expression in part.expressions
        for each in expression.conditions
    }


@pytest.mark.parametrize(
    ("asked", "text", "ways"),
    [
        # The words before it leave one way out.
        ('this.kind != "api" || this.kind == "api"', 'this.kind == "api"', (True, False)),
        ('this.kind == "api" && this.kind in ["api", "app"]', 'this.kind in ["api", "app"]', (True, False)),
        ('this.kind == "api" && this.kind == "app"', 'this.kind == "app"', (False, True)),
        ('this.gate != "unknown" && has(this.gate)', "has(this.gate)", (True, False)),
        ('this.kind == "api" ? this.kind != "api" : has(this.gate)', 'this.kind != "api"', (False, True)),
        ("manifest.weights.parameters_total > 5.0 && manifest.weights.parameters_total > 4.0", "> 4", (True, False)),
        ('this.kind == "api" && ((this.kind == "app") == (this.gate == "none"))', 'this.kind == "app"', (False, True)),
        (
            'this.kind == "api" && (this.kind == "app" ? 1.0 : manifest.weights.parameters_total) > 5.0',
            'this.kind == "app"',
            (False, True),
        ),
        # They do not.
        ('true && this.kind == "api"', 'this.kind == "api"', (True, True)),
        ('this.kind == "api" || this.kind == "app"', 'this.kind == "app"', (True, True)),
        ('this.kind == "api" && this.gate == "none"', 'this.gate == "none"', (True, True)),
        ("manifest.weights.parameters_total > 4.0 && manifest.weights.parameters_total > 5.0", "> 5", (True, True)),
        # One of the two places leaves both.
        ('(this.kind == "api" && this.kind == "app") || this.kind == "app"', 'this.kind == "app"', (True, True)),
        # What an item of a list is asked is not looked into.
        ('manifest.access.exists(c, c.kind == "api" && c.kind == "app")', 'c.kind == "app"', (True, True)),
    ],
)
def test_what_is_settled_before_it_has_one_way_out(
    tmp_path: Path, asked: str, text: str, ways: tuple[bool, bool]
) -> None:
    found = branches(tmp_path, rule("one", asked, given='"/access/*"'))
    assert {ways for name, ways in found.items() if name.endswith(text)} == {ways}


def test_a_requirement_is_asked_of_what_may_apply(tmp_path: Path) -> None:
    parts = rule("one", 'this.kind == "app"', given='"/access/*"', when="'this.kind == \"api\"'")
    assert branches(tmp_path, parts) == {'this.kind == "api"': (True, True), 'this.kind == "app"': (False, True)}


def test_a_level_is_asked_of_what_has_none_before(tmp_path: Path) -> None:
    one, both = 'this.closed == "no"', 'this.closed in ["yes", "unknown"]'
    levels = LEVEL.format(name="far", when=one) + LEVEL.format(name="some", when=both)
    found = branches(tmp_path, REACH.format(counts=""), levels, rule("one", "has(manifest.release.stage)"))
    assert found[one] == (True, True)
    assert found[both] == (True, False)


def test_a_level_is_asked_of_what_may_count(tmp_path: Path) -> None:
    text = REACH.format(counts="counts = 'this.closed == \"yes\"'") + LEVEL.format(
        name="far", when='this.kind == "leak"'
    )
    found = branches(tmp_path, text, rule("one", "has(manifest.release.stage)"))
    assert found['this.closed == "yes"'] == (True, True)
    assert found['this.kind == "leak"'] == (False, True)


def test_what_a_case_has_seen_is_never_left_out() -> None:
    policies = load_policies(["open-properties"], REGISTRY)
    conditions = Conditions()
    parts = {part.id: part for part in parts_of(policies)}
    count = 0
    for found in measure(policies):
        part = parts[found.id]
        for asked, covered in zip(part.conditions, found.expressions, strict=True):
            for each in covered.conditions:
                kept = narrowed(each.condition, asked.expression, part, policies, conditions)
                assert kept.can_hold >= each.true, (found.id, each)
                assert kept.can_fail >= each.false, (found.id, each)
                count += each.true + each.false
    assert count > 200
