"""The cases of rules and assessments: what holds, what does not, and what cannot be carried out."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import REGISTRY, rule, select, write
from release_review import load_policies
from release_review.admit import PolicySet, admit_policies
from release_review.authoring.cases import CaseResult, changed, mismatches, run_cases
from release_review.authoring.matching import fits, unmatched
from release_review.errors import PolicyError
from release_review.model import Case, ExpectedFinding, Finding, Policy, Rule

BASE = """\
schema = "release-policy/1"
id = "mine"
version = "1.0.0"
title = "Mine"

[base]
schema = "release-manifest/1"
release = { id = "acme/one", stage = "released" }
access = [
  { id = "hub", kind = "weights", audience = "public", gate = "none" },
  { id = "api", kind = "api", audience = "partners", gate = "contract" },
]

"""
GATED = rule("gated", 'this.gate != "none"', given='"/access/*"', message='"{this.id} has no gate"')
REACH = """
[[assessment]]
id = "reach"
title = "How far it reaches"
scale = ["far", "unknown", "near"]
over = "/access/*"
none = "near"
empty = "unknown"
default = "near"

[[assessment.level]]
is = "far"
when = 'this.audience == "public"'
because = "the public has it"
"""


def case(expect: str, *lines: str, name: str = "it", of: str = "rule") -> str:
    return "\n".join([f"[[{of}.case]]", f'name = "{name}"', f'expect = "{expect}"', *lines, ""])


def finding(**keys: str) -> str:
    return "\n".join(["[[rule.case.finding]]", *(f'{key} = "{value}"' for key, value in keys.items())])


def run(folder: Path, *parts: str, head: str = BASE) -> list[CaseResult]:
    return list(run_cases(select(write(folder, *parts, head=head))))


def only(folder: Path, *parts: str, head: str = BASE) -> CaseResult:
    (result,) = run(folder, *parts, head=head)
    return result


# Outcomes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expect", "lines"),
    [
        ("fail", ()),
        ("pass", ('set = { "/access/0/gate" = "form" }',)),
        ("unknown", ('remove = ["/access/0/gate"]',)),
        ("not-applicable", ('remove = ["/access"]',)),
    ],
)
def test_a_case_holds_if_the_rule_comes_to_what_it_expects(tmp_path: Path, expect: str, lines: tuple[str, ...]) -> None:
    for outcome in ("pass", "fail", "unknown", "not-applicable", "error"):
        result = only(tmp_path, GATED, case(outcome, *lines))
        assert (result.got, result.holds) == (expect, outcome == expect)


def test_a_case_of_an_assessment_holds_if_the_whole_has_its_level(tmp_path: Path) -> None:
    parts = (REACH, case("far", of="assessment"), rule("one", "has(manifest.release.date)"))
    assert only(tmp_path, *parts).holds
    result = only(tmp_path, REACH, case("near", of="assessment"), rule("one", "has(manifest.release.date)"))
    assert (result.holds, result.got, result.detail) == (False, "far", "the public has it")


def test_a_rule_that_breaks_is_what_a_case_may_expect(tmp_path: Path) -> None:
    divides = rule("divides", "1.0 / (manifest.weights.parameters_total - 1.0) > 0.0")
    at_one = 'set = { "/weights/parameters_total" = 1 }'
    result = only(tmp_path, divides, case("error", at_one))
    assert (result.got, result.holds) == ("error", True)
    assert "divi" in result.detail
    assert not only(tmp_path, divides, case("fail", at_one)).holds


def breaking_level(scale: str) -> str:
    level = "1.0 / (manifest.weights.parameters_total - 1.0) > 0.0"
    text = REACH.replace('["far", "unknown", "near"]', scale).replace('this.audience == "public"', level)
    return text + case("error", 'set = { "/weights/parameters_total" = 1 }', of="assessment")


def test_an_assessment_that_breaks_is_what_a_case_may_expect(tmp_path: Path) -> None:
    (result,) = run(tmp_path, breaking_level('["far", "unknown", "near"]'), rule("one", "has(manifest.release.date)"))
    assert (result.got, result.holds) == ("error", True)


def test_a_break_is_no_level_that_is_called_error(tmp_path: Path) -> None:
    scale = '["far", "unknown", "near", "error"]'
    (result,) = run(tmp_path, breaking_level(scale), rule("one", "has(manifest.release.date)"))
    assert not result.holds
    assert result.problem


def test_where_an_assessment_breaks_no_finding_of_the_rule_is_there(tmp_path: Path) -> None:
    breaks = breaking_level('["far", "unknown", "near"]').partition("[[assessment.case]]")[0]
    reads = rule("reads", '"far" == assessments["mine/reach"].level')
    one = 'set = { "/weights/parameters_total" = 1 }'
    assert only(tmp_path, breaks, reads, case("error", one)).holds
    result = only(tmp_path, breaks, reads, case("error", one, finding(message="far")))
    assert (result.got, result.holds) == ("error", False)
    assert [each.message for each in result.missing] == ["far"]


def test_a_rule_in_python_has_cases_too() -> None:
    def check(context: object) -> list[Finding]:
        return [Finding(message="it is never met", pointer="/release/id")]

    expected = (ExpectedFinding(pointer="/release/id", message="never"),)
    cases = (Case(name="it", expect="fail", findings=expected), Case(name="other", expect="pass"))
    base = {"schema": "release-manifest/1", "release": {"id": "acme/one"}}
    one = Rule(id="one", summary="One holds.", check=check, cases=cases)
    policies = admit_policies([Policy(id="mine", title="Mine", version="1", rules=(one,), base=base)])
    results = list(run_cases(policies))
    assert [(result.got, result.holds, result.where) for result in results] == [
        ("fail", True, "mine/one"),
        ("fail", False, "mine/one"),
    ]


# Findings -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "holds"),
    [
        ((), True),
        ((finding(pointer="/access/0"),), True),
        ((finding(message="has no gate"),), True),
        ((finding(pointer="/access/0", message="hub has"),), True),
        ((finding(pointer="/access/1"),), False),
        ((finding(message="Hub has"),), False),
        ((finding(pointer="/access/0", message="api"),), False),
        ((finding(pointer="/access/0"), finding(pointer="/access/0")), False),
        (("finding = []",), False),
    ],
)
def test_findings_that_are_stated_are_compared(tmp_path: Path, expected: tuple[str, ...], *, holds: bool) -> None:
    assert only(tmp_path, GATED, case("fail", *expected)).holds is holds


BOTH = 'set = { "/access/1/gate" = "none" }'


def test_a_finding_too_much_fails_a_case_whose_outcome_is_right(tmp_path: Path) -> None:
    result = only(tmp_path, GATED, case("fail", BOTH, finding(pointer="/access/1")))
    assert (result.got, result.holds) == ("fail", False)
    assert list(mismatches(result)) == [("too much", "fail at /access/0: hub has no gate")]


def test_a_missing_finding_fails_a_case_whose_outcome_is_right(tmp_path: Path) -> None:
    result = only(tmp_path, GATED, case("fail", finding(message="hub"), finding(pointer="/access/1", message="api")))
    assert (result.got, result.holds) == ("fail", False)
    assert list(mismatches(result)) == [("missing", 'a finding at /access/1 that says "api"')]


@pytest.mark.parametrize("order", [1, -1])
def test_one_that_says_little_leaves_its_finding_to_one_that_says_more(tmp_path: Path, order: int) -> None:
    # The first finding fits both, and the second one only the vague one.
    both = [finding(message="no gate"), finding(pointer="/access/0")][::order]
    assert only(tmp_path, GATED, case("fail", BOTH, *both)).holds


def test_a_finding_is_of_the_outcome_that_is_expected(tmp_path: Path) -> None:
    """One channel without a gate, and one of which nobody says whether it has one, are not two without."""
    one, other = finding(pointer="/access/0"), finding(pointer="/access/1")
    unstated = 'remove = ["/access/1/gate"]'
    result = only(tmp_path, GATED, case("fail", unstated, one, other))
    assert (result.got, result.holds) == ("fail", False)
    stated = finding(pointer="/access/1", outcome="unknown")
    assert only(tmp_path, GATED, case("fail", unstated, one, stated)).holds


def test_findings_of_a_pass_are_none(tmp_path: Path) -> None:
    form = 'set = { "/access/0/gate" = "form" }'
    assert only(tmp_path, GATED, case("pass", form, "finding = []")).holds
    assert not only(tmp_path, GATED, case("pass", form, finding(message="gate"))).holds


WANTED = st.builds(
    ExpectedFinding, pointer=st.sampled_from([None, "", "/a", "/b"]), message=st.sampled_from(["", "x", "y", "xy"])
)
FOUND = st.builds(Finding, pointer=st.sampled_from(["", "/a", "/b"]), message=st.sampled_from(["x", "y", "xy"]))


@given(expected=st.lists(WANTED, max_size=4), found=st.lists(FOUND, max_size=4))
def test_no_other_matching_has_more_pairs(expected: list[ExpectedFinding], found: list[Finding]) -> None:
    missing, extra = unmatched(expected, found, "fail")
    assert len(expected) - len(missing) == len(found) - len(extra)
    places = [*range(len(found)), *[None] * len(expected)]
    most = max(
        sum(place is not None and fits(one, found[place]) for one, place in zip(expected, chosen, strict=True))
        for chosen in itertools.permutations(places, len(expected))
    )
    assert len(expected) - len(missing) == most


@given(expected=st.lists(WANTED, max_size=6), found=st.lists(FOUND, max_size=6))
def test_what_is_left_over_does_not_fit(expected: list[ExpectedFinding], found: list[Finding]) -> None:
    missing, extra = unmatched(expected, found, "fail")
    assert not any(fits(one, other) for one in missing for other in extra)


def test_many_findings_are_matched() -> None:
    found = [Finding(message=f"finding {number:03}", pointer=f"/access/{number}") for number in range(300)]
    vague = [ExpectedFinding(message="finding") for _ in found[:-1]]
    assert unmatched([*vague, ExpectedFinding(pointer="/access/0")], found, "fail") == ((), ())
    assert unmatched([*vague, *vague], found, "fail") == (tuple(vague[1:]), ())


# Cases that cannot be carried out -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ('remove = ["/weights"]', "the case removes /weights, and the base has no such value"),
        ('remove = ["/access/2"]', "the case removes /access/2, and the base has no such value; /access has no '2'"),
        ('remove = ["/access/-"]', "the case removes /access/-, and the base has no such value"),
        ('remove = ["/access/00"]', "the case removes /access/00, and the base has no such value"),
        ('remove = ["/release/id/0"]', "the case removes /release/id/0, and the base has no such value"),
        ('set = { "/access/2/gate" = "none" }', "the case sets /access/2/gate, which has no place in the base"),
        (
            'set = { "/access/-1" = {} }',
            "the case sets /access/-1, which has no place in the base; /access has 2 items",
        ),
        ('set = { "/access/-/gate" = "none" }', "the case sets /access/-/gate, which has no place in the base"),
        ('set = { "/release/id/x" = "none" }', "the case sets /release/id/x, which has no place in the base"),
        ('set = { "/release/stage" = "out" }', "its manifest is not valid: release.stage is 'out'"),
        ('set = { "/relase/stage" = "out" }', "its manifest is not valid: unknown key 'relase'"),
        ('set = { "/access" = 1, "/release" = 2 }', "(and 1 more)"),
    ],
)
@pytest.mark.parametrize("expect", ["error", "fail"])
def test_a_case_that_does_not_fit_never_holds(tmp_path: Path, lines: str, problem: str, expect: str) -> None:
    result = only(tmp_path, GATED, case(expect, lines))
    assert not result.holds
    assert problem in result.problem
    assert "\n" not in result.problem
    assert result.where.startswith(f"{tmp_path}/mine.toml:")


def test_a_policy_without_a_base_says_so(tmp_path: Path) -> None:
    head = BASE.partition("[base]")[0]
    result = only(tmp_path, GATED, case("error"), head=head)
    assert not result.holds
    assert result.problem == (
        "the policy has no base manifest that a case could change; write base.toml, or [base] in a policy of one file"
    )


def test_what_is_not_written_in_a_file_may_be_just_as_wrong() -> None:
    base = {"release": {"id": "x"}, "access": ["text"]}
    for wrong in (Case(name="", expect="", set={"": 1}), Case(name="", expect="", remove=("",))):
        with pytest.raises(PolicyError, match="the whole manifest"):
            changed(base, wrong)
    with pytest.raises(PolicyError, match="has no place in the base; /access/0 has no parts"):
        changed(base, Case(name="", expect="", set={"/access/0/0": 1}))


def test_a_base_is_not_changed_by_its_cases() -> None:
    base = {"access": [{"id": "hub"}]}
    made = changed(base, Case(name="", expect="", remove=("/access/0/id",), set={"/access/-": {}, "/a/-": 1}))
    assert made == {"access": [{}, {}], "a": [1]}
    assert base == {"access": [{"id": "hub"}]}


# Which cases ----------------------------------------------------------------------------------------------------------


def test_the_place_of_a_case_is_that_of_its_table(tmp_path: Path) -> None:
    parts = (GATED, case("fail"), case("pass", name="other"), rule("second", 'manifest.release.id == "acme/one"'))
    results = run(tmp_path, *parts, case("pass", name="third"))
    lines = (tmp_path / "mine.toml").read_text(encoding="utf-8").splitlines()
    for result in results:
        file, line, column = result.where.rsplit(":", 2)
        assert (file, column) == (str(tmp_path / "mine.toml"), "1")
        assert lines[int(line) - 1] == "[[rule.case]]"
        assert lines[int(line)] == f'name = "{result.case.name}"'
    assert [result.origin.pointer for result in results if result.origin] == [
        "/rule/0/case/0",
        "/rule/0/case/1",
        "/rule/1/case/0",
    ]


def test_a_case_of_a_rule_in_its_own_file_is_placed_there(tmp_path: Path) -> None:
    head, _, base = BASE.partition("[base]\n")
    (tmp_path / "rules").mkdir()
    (tmp_path / "policy.toml").write_text(head, encoding="utf-8")
    (tmp_path / "base.toml").write_text(base, encoding="utf-8")
    text = GATED.removeprefix("[[rule]]\n") + case("fail").replace("rule.case", "case")
    (tmp_path / "rules" / "gated.toml").write_text(text, encoding="utf-8")
    (result,) = run_cases(select(tmp_path))
    assert result.holds
    assert result.origin is not None
    assert result.origin.pointer == "/case/0"
    assert result.where == f"{tmp_path}/rules/gated.toml:6:1"


EXTENDING = BASE.replace('title = "Mine"', 'title = "Mine"\nextends = ["marginal-risk"]')


@pytest.fixture
def extending(tmp_path: Path) -> Callable[..., PolicySet]:
    def load(*parts: str) -> PolicySet:
        return load_policies([str(write(tmp_path, *parts, head=EXTENDING))], REGISTRY)

    return load


def test_the_cases_of_some_policies_can_be_run_alone(extending: Callable[..., PolicySet]) -> None:
    policies = extending(GATED, case("fail"))
    assert [result.id for result in run_cases(policies, of={"mine"})] == ["mine/gated"]
    assert {result.id.partition("/")[0] for result in run_cases(policies)} == {
        "marginal-risk",
        "mine",
        "open-properties",
    }
