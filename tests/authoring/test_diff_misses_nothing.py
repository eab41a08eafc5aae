"""Changes that let a release pass which did not before, and look like none: none of them goes by in silence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from policies import judge, load, rule, write
from release_review.admit import PolicySet, admit_policies
from release_review.authoring.diff import Difference, differences
from release_review.model import Assessment, Finding, Level, Policy, Rule, RuleContext, Severity

NAMED = {
    "schema": "release-manifest/1",
    "release": {"id": "acme/one", "name": "a  b"},
    "access": [{"id": "hub", "kind": "weights"}, {"id": "api", "kind": "api"}, {"id": "app", "kind": "app"}],
}


def compared(old: PolicySet, new: PolicySet, names: tuple[str, str] = ("mine", "mine")) -> list[Difference]:
    return list(differences(old, new, names=names))


def may_ask_less(found: list[Difference]) -> bool:
    return any(each.may_ask_less for each in found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "size(manifest.access) > 0 // a\n && size(manifest.access) > 3",
            "size(manifest.access) > 0 // a && size(manifest.access) > 3",
        ),
        ('manifest.release.name != "a  b"', 'manifest.release.name != "a b"'),
        ('!manifest.release.name.matches("^a  b$")', '!manifest.release.name.matches("^a b$")'),
    ],
)
def test_blanks_that_mean_something_are_a_difference(old: str, new: str, tmp_path: Path) -> None:
    before, after = (admit_policies([load(write(tmp_path, rule("a", text)))]) for text in (old, new))
    assert [judge(each, NAMED).verdict for each in (before, after)] == ["blocked", "pass"]
    assert may_ask_less(compared(before, after))


def test_another_type_of_a_parameter_is_a_difference(tmp_path: Path) -> None:
    asked = rule("a", "size(manifest.access) / params.n > 1")
    before, after = (
        admit_policies([load(write(tmp_path, asked, f'params = {{ n = {{ type = "{kind}", default = 2 }} }}\n'))])
        for kind in ("integer", "number")
    )
    assert [judge(each, NAMED).verdict for each in (before, after)] == ["blocked", "pass"]
    assert may_ask_less(compared(before, after))


@pytest.mark.parametrize("changed", ["max = 500", 'stricter = "higher"', "min = 0"])
def test_other_bounds_of_a_parameter_are_a_difference(changed: str, tmp_path: Path) -> None:
    bounds = {"min": "1", "max": "5", "stricter": '"lower"'}
    key, _, value = changed.partition(" = ")
    texts = [
        ", ".join(["type = 'integer'", "default = 2", *(f"{name} = {each}" for name, each in said.items())])
        for said in (bounds, bounds | {key: value})
    ]
    asked = rule("a", "size(manifest.access) > params.n")
    before, after = (
        admit_policies([load(write(tmp_path, asked, f"params = {{ n = {{ {text} }} }}\n"))]) for text in texts
    )
    (found,) = compared(before, after)
    assert found.may_ask_less
    assert found.steps[0].what.startswith("what n may be set to")


REACH = """[[assessment]]
id = "q"
title = "Q"
scale = {scale}
over = "/access/*"
none = "{low}"
empty = "unknown"
default = "{low}"
[[assessment.level]]
is = "{high}"
when = 'this.kind == "weights"'
because = "b"
"""


def test_levels_that_change_places_are_a_difference(tmp_path: Path) -> None:
    asked = rule("a", 'assessments["mine/q"].level != "hi"')
    one = REACH.format(scale='["hi", "unknown", "lo"]', low="lo", high="hi")
    other = REACH.format(scale='["lo", "unknown", "hi"]', low="hi", high="lo")
    before, after = (admit_policies([load(write(tmp_path, asked, text))]) for text in (one, other))
    assert may_ask_less(compared(before, after))
    longer = one.replace('"unknown", "lo"', '"unknown", "middle", "lo"') + "\n"
    assert compared(before, admit_policies([load(write(tmp_path, asked, longer))]))[0].way == "changed"


def policy(name: str, *rules: Rule, extends: tuple[str, ...] = (), assessments: tuple[Assessment, ...] = ()) -> Policy:
    return Policy(id=name, title="P", version="1", rules=rules, extends=extends, assessments=assessments)


def requirement(name: str, assertion: str = "size(manifest.access) > 0") -> Rule:
    return Rule(id=name, summary="A.", assertion=assertion)


def test_a_renamed_policy_loses_no_rule_of_its_own() -> None:
    base = policy("base", requirement("a"))
    strict = policy("strict", requirement("a", "size(manifest.access) > 9"), extends=("base",))
    found = compared(admit_policies([base, strict], selected=["strict"]), admit_policies([base]), ("strict", "base"))
    assert ("removed", "strict/a") in [(each.way.value, each.id) for each in found]


def question(when: str) -> Assessment:
    level = Level(name="hi", when=when, because="b")
    return Assessment(
        id="q",
        title="Q",
        scale=("hi", "unknown", "lo"),
        over="/access/*",
        levels=(level,),
        none="lo",
        empty="lo",
        default="lo",
    )


def test_a_rule_that_reads_an_assessment_of_that_name_elsewhere_is_another() -> None:
    asked = requirement("a", 'assessments["acme/q"].level != "hi"')
    old = admit_policies([policy("acme", asked, assessments=(question('this.kind == "weights"'),))])
    laxer = policy("acme", assessments=(question('this.kind == "app"'),))
    new = admit_policies([laxer, policy("acme2", asked, extends=("acme",))], selected=["acme2"])
    assert may_ask_less(compared(old, new, ("acme", "acme2")))


@pytest.mark.parametrize("after", [(question('this.kind == "app"'),), ()], ids=["changed", "gone"])
def test_a_check_in_python_may_read_what_changed(after: tuple[Assessment, ...]) -> None:
    def check(context: RuleContext) -> list[Finding]:
        return [Finding(message="hi")] if "p/q" in context.assessments else []

    checked = Rule(id="a", summary="A.", check=check)
    old = admit_policies([policy("p", checked, assessments=(question('this.kind == "weights"'),))])
    new = admit_policies([policy("p", checked, assessments=after)])
    assert may_ask_less(compared(old, new, ("p", "p")))


def test_a_check_that_calls_something_else_is_another() -> None:
    def checking(limit: int) -> Rule:
        def check(context: RuleContext) -> list[Finding]:
            return [Finding(message="few")] if len(context.manifest["access"]) < limit else []

        return Rule(id="a", summary="A.", check=check)

    old, new = (admit_policies([policy("p", checking(limit))]) for limit in (9, 1))
    assert may_ask_less(compared(old, new, ("p", "p")))


def test_where_a_condition_breaks_is_not_proved(tmp_path: Path) -> None:
    one = "6 / (size(manifest.access) - 3) > 0 || size(manifest.access) >= 0"
    left, _, right = one.partition(" || ")
    before, after = (admit_policies([load(write(tmp_path, rule("a", text)))]) for text in (one, f"{right} || {left}"))
    assert [judge(each, NAMED).verdict for each in (before, after)] == ["error", "pass"]
    assert may_ask_less(compared(before, after))


def test_to_pass_where_it_did_not_apply_is_a_difference(tmp_path: Path) -> None:
    narrow = rule("a", "size(manifest.access) >= 0", when="'size(manifest.access) > 3'")
    before, after = (
        admit_policies([load(write(tmp_path, text))]) for text in (narrow, rule("a", "size(manifest.access) >= 0"))
    )
    assert may_ask_less(compared(before, after))


def test_a_severity_in_force_counts_and_not_the_one_that_is_written() -> None:
    base = admit_policies([policy("p", requirement("a"))])
    (admitted,) = base.rules
    weaker = replace(base, rules=(replace(admitted, severity=Severity.NOTE),))
    assert may_ask_less(compared(base, weaker, ("p", "p")))
