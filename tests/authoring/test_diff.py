"""What changed between two versions of a policy: which way, proved from what the conditions mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policies import HEAD, load, rule, write
from release_review.admit import admit_policies
from release_review.authoring.diff import Difference, Way, differences
from release_review.model import Assessment, Finding, Level, Policy, Rule, RuleContext

KIND = 'this.kind in ["api", "app"]'
ASSESSMENT = """[[assessment]]
id = "reach"
title = "Reach"
scale = ["far", "unknown", "near"]
over = "/access/*"
none = "near"
empty = "unknown"
default = "near"
[[assessment.level]]
is = "far"
when = '''this.audience == "public"'''
because = "the public reaches it"
"""


def compared(tmp_path: Path, old: str, new: str, *, head: str = HEAD) -> list[Difference]:
    """Compare two policies in one file each."""
    before = load(write(tmp_path, old, name="old.toml"))
    after = load(write(tmp_path, new, head=head, name="new.toml"))
    return list(differences(admit_policies([before]), admit_policies([after]), names=(before.id, after.id)))


def ways(found: list[Difference]) -> dict[str, str]:
    return {each.id: each.way.value for each in found}


def test_the_same_policy_differs_in_nothing(tmp_path: Path) -> None:
    text = rule("a", KIND, given='"/access/*"')
    assert compared(tmp_path, text, text) == []


def test_blanks_and_line_breaks_are_no_difference(tmp_path: Path) -> None:
    assert compared(tmp_path, rule("a", "true && !false"), rule("a", "true\n  &&   !false")) == []


def test_a_rule_that_is_gone_and_one_that_is_new(tmp_path: Path) -> None:
    found = compared(tmp_path, rule("a", "true"), rule("b", "true"))
    assert ways(found) == {"mine/a": "removed", "mine/b": "added"}
    assert [each.may_ask_less for each in found] == [True, False]
    assert found[0].where.endswith("old.toml:5:1")


@pytest.mark.parametrize(
    ("old", "new", "way"),
    [
        # what must hold
        ('this.kind == "api"', 'this.kind in ["api", "app"]', Way.WEAKENED),
        ('this.kind in ["api", "app"]', 'this.kind == "api"', Way.TIGHTENED),
        ('this.kind == "api"', 'this.kind == "app"', Way.CHANGED),
        ('this.kind == "api"', '!(this.kind != "api")', Way.REWORDED),
        (
            'this.kind == "api" || this.revocable == "yes"',
            'this.revocable == "yes" || this.kind == "api"',
            Way.REWORDED,
        ),
        ('this.kind == "api"', 'this.kind == "api" && this.revocable == "yes"', Way.TIGHTENED),
        # an unknown fact passes now, where it left the rule undecided before
        ('this.revocable != "no"', 'this.revocable in ["yes", "not-applicable", "unknown"]', Way.WEAKENED),
        # dates and numbers
        (
            "manifest.weights.training_compute_flop < 1e25",
            "manifest.weights.training_compute_flop < 1e26",
            Way.WEAKENED,
        ),
        (
            "manifest.weights.training_compute_flop < 1e25",
            "manifest.weights.training_compute_flop <= 1e25",
            Way.WEAKENED,
        ),
        ("manifest.release.date <= as_of", "manifest.release.date < as_of", Way.TIGHTENED),
        # lists
        ("manifest.threat.exists(t, t.review_by != null)", "size(manifest.threat) > 0", Way.WEAKENED),
    ],
)
def test_a_requirement_is_compared_by_what_it_means(old: str, new: str, way: Way, tmp_path: Path) -> None:
    given = '"/access/*"'
    (found,) = compared(tmp_path, rule("a", old, given=given), rule("a", new, given=given))
    assert found.way is way, found.steps
    assert found.may_ask_less is (way in (Way.WEAKENED, Way.CHANGED))


def test_a_condition_that_holds_more_rarely_weakens(tmp_path: Path) -> None:
    given, asked = '"/access/*"', 'this.revocable == "yes"'
    old = rule("a", asked, given=given, when="'''this.kind in [\"api\", \"app\"]'''")
    new = rule("a", asked, given=given, when="'''this.kind == \"api\"'''")
    assert ways(compared(tmp_path, old, new)) == {"mine/a": "weakened"}
    assert ways(compared(tmp_path, new, old)) == {"mine/a": "tightened"}
    assert ways(compared(tmp_path, old, rule("a", asked, given=given))) == {"mine/a": "tightened"}


@pytest.mark.parametrize(
    ("old", "new", "way", "what"),
    [
        ({"severity": '"error"'}, {"severity": '"note"'}, "weakened", "severity error to note"),
        ({"severity": '"note"'}, {}, "tightened", "severity note to error"),
        ({}, {"effective": "2027-01-01"}, "weakened", "in force from always to 2027-01-01"),
        (
            {"effective": "2027-01-01"},
            {"effective": "2026-01-01"},
            "tightened",
            "in force from 2027-01-01 to 2026-01-01",
        ),
        ({"waivable": "false"}, {"waivable": "{ max_days = 9 }"}, "weakened", "waivable from never to 9 days"),
        ({"waivable": "{ max_days = 9 }"}, {"waivable": "{ max_days = 8 }"}, "tightened", "from 9 days to 8 days"),
        ({"rationale": '"a"'}, {"rationale": '"b"'}, "reworded", "rationale"),
        ({}, {"remediation": '"b"', "message": '"c"'}, "reworded", "message, remediation"),
    ],
)
def test_what_stands_beside_a_requirement(
    old: dict[str, str], new: dict[str, str], way: str, what: str, tmp_path: Path
) -> None:
    (found,) = compared(tmp_path, rule("a", "true", **old), rule("a", "true", **new))
    assert (found.way.value, what in found.steps[0].what) == (way, True), found.steps


def test_tightened_here_and_weakened_there_is_changed(tmp_path: Path) -> None:
    old = rule("a", KIND, given='"/access/*"', severity='"error"')
    new = rule("a", 'this.kind == "api"', given='"/access/*"', severity='"note"')
    (found,) = compared(tmp_path, old, new)
    assert found.way is Way.CHANGED
    assert found.may_ask_less
    assert [step.way.value for step in found.steps] == ["weakened", "tightened"]


def test_another_limit_is_compared_by_its_value(tmp_path: Path) -> None:
    asked = "size(manifest.threat) >= params.least"
    (found,) = compared(
        tmp_path, rule("a", asked) + "params = { least = 2 }\n", rule("a", asked) + "params = { least = 1 }\n"
    )
    assert found.way is Way.WEAKENED
    assert found.steps[0].what.startswith("least from 2 to 1:")


def test_other_items_are_another_rule(tmp_path: Path) -> None:
    old, new = rule("a", 'this.id != ""', given='"/access/*"'), rule("a", 'this.id != ""', given='"/threat/*"')
    assert ways(compared(tmp_path, old, new)) == {"mine/a": "changed"}


def test_a_rule_that_reads_an_assessment_changes_with_it(tmp_path: Path) -> None:
    asked = rule("a", 'assessments["mine/reach"].level != "far"')
    other = ASSESSMENT.replace('"public"', '"partners"', 1)
    found = compared(tmp_path, asked + ASSESSMENT, asked + other)
    assert ways(found) == {"mine/a": "changed", "mine/reach": "changed"}
    assert [each.may_ask_less for each in found] == [True, False]
    assert found[0].steps[0].what == "reads mine/reach, which is not what it was"


def test_an_assessment_that_comes_to_the_same_is_reworded_and_no_rule_changes(tmp_path: Path) -> None:
    asked = rule("a", 'assessments["mine/reach"].level != "far"')
    other = ASSESSMENT.replace('this.audience == "public"', '!(this.audience != "public")')
    assert ways(compared(tmp_path, asked + ASSESSMENT, asked + other)) == {"mine/reach": "reworded"}


def test_a_policy_that_was_renamed_is_compared_part_by_part(tmp_path: Path) -> None:
    head = HEAD.replace('"mine"', '"yours"').replace("1.0.0", "2.0.0")
    (found,) = compared(tmp_path, rule("a", "true"), rule("a", "true"), head=head)
    assert (found.kind, found.id, found.way) == ("policy", "yours", Way.REWORDED)
    assert [step.what for step in found.steps] == ["id mine to yours", "version 1.0.0 to 2.0.0"]


# Checks in Python -----------------------------------------------------------------------------------------------------


def made(most: int, **more: Any) -> Policy:
    """Give a policy whose rule in Python reads a limit from around it: the code of the rule is always the same."""

    def check(context: RuleContext) -> Iterator[Finding]:
        if len(context.manifest["access"]) > most:
            yield Finding(message="too many", pointer="/access")

    return Policy(id="p", title="P", version="1", rules=(Rule(id="few", summary="Few.", check=check),), **more)


def between(old: Policy, new: Policy) -> list[Difference]:
    return list(differences(admit_policies([old]), admit_policies([new]), names=("p", "p")))


def test_another_check_in_python_may_ask_less_whatever_its_code() -> None:
    (found,) = between(made(3), made(9))
    assert (found.way, found.may_ask_less) == (Way.CHANGED, True)
    assert found.steps[0].what == "the check in Python, and what that comes to cannot be told"


def test_the_same_check_and_one_of_the_same_files_are_not_changed() -> None:
    policy = made(3)
    assert between(policy, policy) == []
    assert between(made(3, digest="sha256:1"), made(3, digest="sha256:1")) == []
    assert len(between(made(3, digest="sha256:1"), made(3, digest="sha256:2"))) == 1


def asking(default: str, name: str = "reach") -> Assessment:
    scale, level = ("far", "unknown", "near"), Level(name="far", when="this.audience == 'public'", because="so it is")
    return Assessment(
        id=name,
        title="Reach",
        scale=scale,
        over="/access/*",
        none="near",
        empty="unknown",
        default=default,
        levels=(level,),
    )


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ((asking("near"),), (asking("unknown"),), "may read p/reach, which is not what it was"),
        ((asking("near"), asking("near", "depth")), (asking("near"),), "may read p/depth, which is gone"),
        ((asking("near"),), (asking("near"), asking("near", "depth")), "may read p/depth, which is new"),
    ],
)
def test_a_check_in_python_may_read_every_assessment_that_moved(
    before: tuple[Assessment, ...], after: tuple[Assessment, ...], what: str
) -> None:
    policy = made(3)
    found, *_ = between(replace(policy, assessments=before), replace(policy, assessments=after))
    # The rule is the same object in both.
    assert (found.id, found.way, found.may_ask_less) == ("p/few", Way.CHANGED, True)
    assert found.steps[0].what == f"is a check in Python, and {what}"


# Assessments ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [("far", "unknown", "near", "never"), ("far", "near", "unknown")])
def test_an_assessment_of_another_scale_is_another_one(scale: tuple[str, ...]) -> None:
    old = replace(made(3), rules=(Rule(id="a", summary="A.", assertion="true"),), assessments=(asking("near"),))
    new = replace(old, assessments=(replace(asking("near"), scale=scale),))
    (found,) = between(old, new)
    assert (found.id, found.way) == ("p/reach", Way.CHANGED)


def test_levels_that_hang_together_are_known_where_rules_are_compared(tmp_path: Path) -> None:
    """Whoever is far reached by the one is so by the other: a mutant is proved the same by that, and so is a change."""
    wider = ASSESSMENT.replace('"reach"', '"wide"').replace('"public"', '"public" || this.audience == "partners"')
    one, other = (f'assessments["mine/{name}"].level in ["unknown", "near"]' for name in ("reach", "wide"))
    (found,) = compared(
        tmp_path, rule("a", one) + ASSESSMENT + wider, rule("a", f"{one} || {other}") + ASSESSMENT + wider
    )
    assert (found.way, found.steps[0].what) == (Way.REWORDED, "assert, and it means the same")
