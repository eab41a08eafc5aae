"""Mutants: what is changed, what they are called, which survive, and the cases that would kill them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import tomli

from policies import rule, select, write
from release_review.admit import AdmittedRule, PolicySet, admit_policies
from release_review.authoring.case_text import case_lines
from release_review.authoring.cases import parts_of, run_case
from release_review.authoring.equivalence import Prover
from release_review.authoring.killing import find_cases
from release_review.authoring.mutants import mutants_of_part
from release_review.authoring.surviving import PartResult, come_to, trials_of, try_mutants
from release_review.cel import Question, Scope, admit, type_at
from release_review.cel.mutants import mutants_of
from release_review.cel.parse import parse
from release_review.cel.sizes import shape
from release_review.cel.unparse import write as write_cel
from release_review.cli.policy.mutation import mutation_lines
from release_review.hooks import Style
from release_review.model import LIMITS, Case, Finding, Param, Policy, Rule, RuleContext

SCOPE = Scope(
    this=type_at("/access/*"),
    params={"least": Param(type="number", value=1e25), "on": Param(type="boolean", value=True)},
    assessments={"p/reach": Question(scale=("far", "unknown", "near", "here"), over="/access/*")},
)

BASE = """\
schema = "release-policy/1"
id = "mine"
version = "1.0.0"
title = "Mine"

[base]
schema = "release-manifest/1"
release = { id = "acme/one", date = 2025-06-01 }
weights = { training_compute_flop = 2e25 }
monitoring = { next_review = 2026-06-01 }
access = [{ id = "hub", kind = "weights", audience = "public", gate = "none" }]

"""
WEAK = rule(
    "weak",
    "manifest.monitoring.next_review != null && manifest.monitoring.next_review > today",
    when="""'''manifest.weights.training_compute_flop > params.least
        && manifest.access.exists(c, c.kind in ["weights", "leak"])'''""",
    params='{ least = { type = "number", default = 1e25 } }',
)
ONE_CASE = '[[rule.case]]\nname = "as it is"\nexpect = "pass"\n'
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


def told(text: str, scope: Scope = SCOPE) -> list[str]:
    expression = admit(text, scope, where=str)
    return [mutant.name for mutant in mutants_of(expression, scope, where=str)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('this.id == "x"', ['`this.id == "x"` becomes `this.id != "x"`']),
        (
            'this.kind == "api"',
            [
                '`this.kind == "api"` becomes `this.kind != "api"`',
                '`this.kind == "api"` becomes `this.kind == "app"`',
                '`this.kind == "api"` becomes `this.kind == "third-party-host"`',
            ],
        ),
        ("this.from < today", ["<=", ">=", "as_of"]),
        ("this.from <= today", ["<", ">", "as_of"]),
        ("this.from > today", [">=", "<=", "as_of"]),
        ("this.from >= today", [">", "<", "as_of"]),
        (
            "this.from != null && this.until != null",
            [
                "`||` in place of `&&` after `this.from != null`",
                "without `this.from != null`",
                "without `this.until != null`",
                "`this.from != null` becomes `this.from == null`",
                "`this.until != null` becomes `this.until == null`",
            ],
        ),
        ("!(this.from == null)", ["`!(this.from == null)` becomes `this.from == null`", "becomes `this.from != null`"]),
        (
            'this.gate in ["form", "contract"]',
            [
                "becomes `!(",
                'without `"form"` in ',
                'without `"contract"` in ',
                'with `"none"` in ',
                'with `"unknown"` in',
            ],
        ),
        (
            'manifest.access.exists(c, c.id == "x")',
            ["`all` in place of `exists` in", 'becomes `c.id != "x"`'],
        ),
        (
            'size(manifest.access) > 0 && manifest.access.all(c, c.id == "x")',
            [
                "without `manifest.access.all(",
                "becomes `size(manifest.access) > 1`",
                "`exists` in place of `all`",
                'becomes `c.id != "x"`',
            ],
        ),
        ("size(manifest.access) >= 5", ["> 5`", "< 5`", ">= 6`", ">= 4`"]),
        ("manifest.weights.training_compute_flop < 2e25", ["<= 2e25`", ">= 2e25`", "< 2.2e25`", "< 1.8e25`"]),
        (
            'this.from < timestamp("2025-01-31T00:00:00Z")',
            [
                "<= timestamp",
                ">= timestamp",
                '`timestamp("2025-02-01T00:00:00Z")`',
                '`timestamp("2025-01-30T00:00:00Z")`',
            ],
        ),
        (
            'today - this.from < duration("48h")',
            ["<= duration", ">= duration", "`as_of`", '`duration("72h")`', '`duration("24h")`'],
        ),
        (
            'assessments["p/reach"].level == "near"',
            ["!=", '== "here"`', '== "far"`'],
        ),
        ("has(this.gate)", ["`has(this.gate)` becomes `!has(this.gate)`"]),
        ('this.id.startsWith("x")', ['becomes `!this.id.startsWith("x")`']),
        ("true", ["`true` becomes `false`"]),
        (
            '(this.from == null ? this.id : "x") == "y"',
            [
                "!=",
                '`this.from == null ? this.id : "x"` becomes `this.from == null ? "x" : this.id`',
                "`this.from != null`",
            ],
        ),
    ],
)
def test_one_thing_is_changed_at_a_time(text: str, expected: list[str]) -> None:
    found = told(text)
    unmet = [part for part in expected if not any(part in each for each in found)]
    assert not unmet, found
    assert len(found) == len(expected), found


def test_what_does_not_type_check_is_no_mutant() -> None:
    assert "`today + this.from`" not in " ".join(told('today - this.from < duration("48h")'))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('this.kind == "api"&&this.from<today', 'this.kind=="api"\n   &&   (this.from < today)'),
        ('manifest.access.exists(c,c.kind in["api"])', 'manifest.access.exists( c, (c.kind) in [ "api" ] )'),
        ("'x' == this.id", '"x" == this.id'),
    ],
)
def test_blanks_brackets_and_quotes_change_no_name(one: str, other: str) -> None:
    assert told(one) == told(other)


def test_parts_that_are_alike_are_told_apart_by_number() -> None:
    found = told('manifest.access.exists(c, c.id == "x") || manifest.evidence.exists(c, c.id == "x")')
    assert '`c.id == "x"` becomes `c.id != "x"`' in found
    assert '`c.id == "x"` becomes `c.id != "x"` (number 2)' in found
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    "text",
    [
        '!(this.id == "x" || this.from == null) && this.kind in ["api", "app"]',
        '((this.id == "x") == (this.from == null)) != has(this.gate)',
        '(this.from == null ? "a" : this.until == null ? "b" : "c") == this.id',
        "1 - (2 - 3) * 4 < -manifest.weights.training_compute_flop / 2.5e-7",
        'manifest.access.filter(c, c.id != "\\u00e9\\"\\\\").exists_one(d, d.kind == "api")',
        'assessments["p/reach"].items[this.id].level in ["far"]',
    ],
)
def test_an_expression_is_written_as_it_is_read(text: str) -> None:
    tree = parse(text, LIMITS)
    assert shape(parse(write_cel(tree), LIMITS)) == shape(tree)


# Rules and assessments ------------------------------------------------------------------------------------------------


def only(results: Iterable[PartResult], name: str = "mine/weak") -> PartResult:
    return next(each for each in results if each.id == name)


def names(policies: PolicySet, name: str) -> list[str]:
    part = next(each for each in parts_of(policies) if each.id == name)
    return [mutant.name for mutant in mutants_of_part(part)]


def test_parameters_in_force_are_moved(tmp_path: Path) -> None:
    params = (
        '{ least = { type = "number", default = 2.5 }, since = { type = "date", default = 2025-01-01 },'
        ' most = { type = "integer", default = 3 }, on = { type = "boolean", default = true } }'
    )
    text = (
        "params.on && manifest.release.date > timestamp('2020-01-01T00:00:00Z') && size(manifest.access) < params.most"
    )
    found = names(select(write(tmp_path, rule("a", text, params=params), head=BASE)), "mine/a")
    assert [each for each in found if each.startswith("params")] == [
        "params: most 3 becomes 4",
        "params: most 3 becomes 2",
        "params: on true becomes false",
    ], "those that nothing reads give no mutant"


def test_what_an_empty_list_gives_is_turned(tmp_path: Path) -> None:
    part = rule("a", "manifest.access.all(c, c.kind == 'api')", empty='"pass"')
    found = names(select(write(tmp_path, part, head=BASE)), "mine/a")
    assert 'empty "pass" becomes "fail"' in found


def test_the_words_of_an_assessment_are_changed(tmp_path: Path) -> None:
    found = names(select(write(tmp_path, rule("a", "true"), REACH, head=BASE)), "mine/reach")
    assert [each for each in found if not each.startswith("level 1: `")] == [
        'level 1: is "far" becomes "unknown"',
        'level 1: is "far" becomes "near"',
        'none "near" becomes "far"',
        'none "near" becomes "unknown"',
        'empty "unknown" becomes "near"',
        'empty "unknown" becomes "far"',
        'default "near" becomes "far"',
        'default "near" becomes "unknown"',
        'overall "strongest" becomes "weakest"',
    ]


def test_other_rules_change_no_name(tmp_path: Path) -> None:
    alone = names(select(write(tmp_path, WEAK, head=BASE)), "mine/weak")
    beside = names(select(write(tmp_path, rule("a", "true"), WEAK, REACH, head=BASE)), "mine/weak")
    assert alone == beside
    assert len(set(alone)) == len(alone)


def test_a_mutant_says_where_it_differs(tmp_path: Path) -> None:
    file = write(tmp_path, WEAK, head=BASE)
    (part,) = parts_of(select(file))
    lines = file.read_text().splitlines()
    for mutant in mutants_of_part(part):
        name, line, column = mutant.where.rsplit(":", 2)
        assert name == str(file)
        assert lines[int(line) - 1][int(column) - 1 :].strip()
    (moved,) = [each for each in mutants_of_part(part) if each.name.startswith("assert: `today`")]
    row, start = (int(each) for each in moved.where.rsplit(":", 2)[1:])
    assert lines[row - 1][start - 1 :].startswith("today")


# Survivors ------------------------------------------------------------------------------------------------------------


def pasted(policies: PolicySet, result: PartResult) -> Iterator[str]:
    part = next(each for each in parts_of(policies) if each.id == result.id)
    seen = set[str]()
    for killing in find_cases(part, result.open, policies):
        if killing.case is not None and killing.case.name not in seen:
            seen.add(killing.case.name)
            yield "\n".join(case_lines(part, killing.case)) + "\n"


def test_the_cases_that_are_offered_kill_what_survives_a_weak_rule(tmp_path: Path) -> None:
    file = write(tmp_path, WEAK, ONE_CASE, head=BASE)
    policies = select(file)
    result = only(try_mutants(policies))
    assert len(result.open) > 10
    assert result.killed + len(result.open) + len(result.equal) == result.mutants
    more = [*pasted(policies, result)]
    better = only(try_mutants(select(write(tmp_path, WEAK, ONE_CASE, *more, head=BASE))))
    assert not better.unproven, "what is offered holds"
    assert not better.open


def test_the_cases_that_are_offered_kill_what_survives_a_weak_assessment(tmp_path: Path) -> None:
    case = '[[assessment.case]]\nname = "as it is"\nexpect = "far"\n'
    policies = select(write(tmp_path, rule("a", "true"), REACH, case, head=BASE))
    result = only(try_mutants(policies), "mine/reach")
    assert result.open
    more = [*pasted(policies, result)]
    better = only(try_mutants(select(write(tmp_path, rule("a", "true"), REACH, case, *more, head=BASE))), "mine/reach")
    assert not better.open


def test_one_thing_is_changed_in_a_case_where_that_is_enough(tmp_path: Path) -> None:
    policies = select(write(tmp_path, rule("a", 'this.gate != "form"', given='"/access/*"'), head=BASE))
    (part,) = parts_of(policies)
    (mutant,) = [each for each in mutants_of_part(part) if "==" in each.name]
    (killing,) = find_cases(part, [mutant], policies)
    assert killing.case is not None
    assert len(killing.case.set) + len(killing.case.remove) <= 1


def test_a_mutant_that_no_manifest_tells_apart_is_called_so(tmp_path: Path) -> None:
    # The search does not know that a text of 90 characters is not there; nor is one.
    text = 'manifest.release.id.matches("^[a-z]{90}/x$") || true'
    policies = select(write(tmp_path, rule("a", text), head=BASE))
    (part,) = parts_of(policies)
    (mutant,) = [each for each in mutants_of_part(part) if "!" in each.name]
    (killing,) = find_cases(part, [mutant], policies, most=50)
    assert killing.case is None
    assert killing.tried <= 50


def test_a_base_that_is_no_manifest_gives_no_case(tmp_path: Path) -> None:
    head = BASE.replace('access = [{ id = "hub", kind = "weights", audience = "public", gate = "none" }]', "access = 1")
    policies = select(write(tmp_path, WEAK, ONE_CASE, head=head))
    result = only(try_mutants(policies))
    (part,) = parts_of(policies)
    assert result.unproven == ("as it is",)
    assert {each.case for each in find_cases(part, result.open, policies)} == {None}


ACCEPTED = '[[rule.accepted]]\nmutant = {}\nbecause = "it is meant so"\n'


def test_a_survivor_that_is_accepted_is_told_with_its_reason(tmp_path: Path) -> None:
    policies = select(write(tmp_path, WEAK, ONE_CASE, head=BASE))
    name = only(try_mutants(policies)).open[0].name
    accepted = ACCEPTED.format(f"'''{name}'''")
    result = only(try_mutants(select(write(tmp_path, WEAK, ONE_CASE, accepted, head=BASE))))
    (found,) = result.accepted
    assert (found.mutant.name, found.accepted.because) == (name, "it is meant so")
    assert name not in {each.name for each in result.open}
    assert not result.idle


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("assert: `today` becomes `tomorrow`", "there is no such mutant"),
        (
            "assert: `manifest.monitoring.next_review > today` becomes `manifest.monitoring.next_review <= today`",
            "kills",
        ),
    ],
)
def test_what_is_accepted_without_need_is_reported(name: str, why: str, tmp_path: Path) -> None:
    accepted = ACCEPTED.format(f"'''{name}'''")
    result = only(try_mutants(select(write(tmp_path, WEAK, ONE_CASE, accepted, head=BASE))))
    (idle,) = result.idle
    assert why in idle.why
    assert not replace(result, open=()).holds


def test_a_case_that_does_not_hold_kills_nothing_and_is_named(tmp_path: Path) -> None:
    wrong = ONE_CASE.replace('"pass"', '"fail"')
    result = only(try_mutants(select(write(tmp_path, WEAK, wrong, head=BASE))))
    assert (result.killed, result.unproven) == (0, ("as it is",))
    assert not result.holds


def test_a_case_that_says_where_its_findings_are_kills_what_finds_them_elsewhere(tmp_path: Path) -> None:
    second = "access = [{ id = 'hub', kind = 'weights', gate = 'none' }, { id = 'api', kind = 'api', gate = 'form' }]"
    head = BASE.replace('access = [{ id = "hub", kind = "weights", audience = "public", gate = "none" }]', second)
    part = rule("a", "this.gate == 'form'", given='"/access/*"')
    case = '[[rule.case]]\nname = "no form"\nexpect = "fail"\n'
    mutant = 'assert: `this.gate == "form"` becomes `this.gate != "form"`'
    plain = only(try_mutants(select(write(tmp_path, part, case, head=head))), "mine/a")
    assert mutant in {each.name for each in plain.open}, "another channel has no form then"
    stated = case + '[[rule.case.finding]]\npointer = "/access/0"\n'
    exact = only(try_mutants(select(write(tmp_path, part, stated, head=head))), "mine/a")
    assert mutant not in {each.name for each in exact.open}


# Proofs ---------------------------------------------------------------------------------------------------------------


def test_what_is_proved_to_be_the_same_is_counted_apart(tmp_path: Path) -> None:
    part = rule("a", 'has(this.kind) && this.kind == "api"', given='"/access/*"', when="'this.kind in [\"api\"]'")
    result = only(try_mutants(select(write(tmp_path, part, head=BASE))), "mine/a")
    assert "assert: without `has(this.kind)`" in {each.name for each in result.equal}
    assert result.mutants == len(result.equal) + len(result.open)


def test_a_level_that_another_level_entails_makes_no_difference(tmp_path: Path) -> None:
    wide = REACH.replace("'this.audience == \"public\"'", '\'this.audience in ["public", "partners"]\'').replace(
        '"reach"', '"wide"'
    )
    text = 'assessments["mine/wide"].level == "far" || assessments["mine/reach"].level in ["far", "near"]'
    result = only(try_mutants(select(write(tmp_path, rule("a", text), REACH, wide, head=BASE))), "mine/a")
    same = {each.name.partition(" in ")[0] for each in result.equal}
    assert 'assert: without `"far"`' in same, "what is far is far in the wider sense as well"
    assert 'assert: without `"near"`' not in same


def test_files_of_evidence_are_beyond_a_case(tmp_path: Path) -> None:
    part = rule("a", 'this.status in ["verified", "cited"]', given='"/evidence/*"')
    result = only(try_mutants(select(write(tmp_path, part, head=BASE))), "mine/a")
    assert {each.name.partition(" in ")[0] for each in result.beyond} == {
        'assert: without `"verified"`',
        'assert: with `"mismatch"`',
    }


def test_a_rule_in_python_has_mutants_of_its_condition_and_its_parameters() -> None:
    def check(context: RuleContext) -> Iterator[Finding]:
        if len(context.manifest["access"]) > context.params["most"]:
            yield Finding(message="too many")

    made = Rule(
        id="a",
        summary="A.",
        when='manifest.release.id == "acme/one"',
        check=check,
        params={"most": 1},
        cases=(
            Case(name="one", expect="pass"),
            Case(name="other", expect="not-applicable", set={"/release/id": "a/b"}),
        ),
    )
    base: dict[str, Any] = {
        "schema": "release-manifest/1",
        "release": {"id": "acme/one"},
        "access": [{"id": "hub", "kind": "weights"}],
    }
    policies = admit_policies([Policy(id="mine", title="Mine", version="1.0.0", rules=(made,), base=base)])
    (result,) = try_mutants(policies)
    assert [each.name for each in result.open] == ["params: most 1 becomes 2"]
    assert (result.mutants, result.killed) == (3, 2)


def test_each_mutant_has_the_budget_of_a_review(tmp_path: Path) -> None:
    policies = select(write(tmp_path, WEAK, ONE_CASE, head=BASE))
    (part,) = parts_of(policies)
    (trial,), _ = trials_of(part, policies)
    assert {come_to(part, trial.seen)[0] for _ in range(LIMITS.iterations // 500)} == {"pass"}


# Text -----------------------------------------------------------------------------------------------------------------


def test_a_case_is_written_as_it_is_read(tmp_path: Path) -> None:
    (part,) = parts_of(select(write(tmp_path, WEAK, head=BASE)))
    case = Case(
        name='a "quoted" name\nin two lines',
        expect="fail",
        remove=("/access/0/gate",),
        as_of=dt.date(2025, 1, 31),
        today=dt.date(2025, 2, 1),
        set={
            "/access/-": {"id": "a b", "kind": "api", "x y": [1, 2.5, True]},
            "/release/date": "2025-06-01",
            "/weights/license": "2025-13-01",
            "/weights/training_compute_flop": 1e25,
        },
    )
    (read,) = tomli.loads("[[rule]]\n" + "\n".join(case_lines(part, case)))["rule"][0]["case"]
    assert read == {
        "name": case.name,
        "expect": "fail",
        "remove": ["/access/0/gate"],
        "as_of": case.as_of,
        "today": case.today,
        "set": {**case.set, "/release/date": dt.date(2025, 6, 1)},
    }


def test_the_report_is_one_for_people(tmp_path: Path, golden: Any) -> None:
    name = only(try_mutants(select(write(tmp_path, WEAK, ONE_CASE, head=BASE)))).open[0].name
    accepted = ACCEPTED.format(f"'''{name}'''") + ACCEPTED.format('"gone"')
    policies = select(write(tmp_path, WEAK, ONE_CASE, accepted, head=BASE))
    lines, holds = mutation_lines(policies, ["mine"], Style(verbosity=1))
    assert not holds
    golden("cli/policy-mutate.txt", "\n".join(lines) + "\n")
    text = [line for line in lines if not line.startswith(('"', "set ", "name ", "remove "))]
    assert max(len(line) for line in text if ".toml:" not in line) <= 80


def test_a_policy_without_open_mutants_holds(tmp_path: Path) -> None:
    part = rule("a", "true") + '[[rule.case]]\nname = "always"\nexpect = "pass"\n'
    lines, holds = mutation_lines(select(write(tmp_path, part, head=BASE)), ["mine"], Style())
    assert holds
    assert lines[:3] == [
        "Mutants made killed equal beyond accepted open",
        "mine       1      1     0      0        0    0",
        "  a        1      1     0      0        0    0",
    ]


def test_no_line_of_a_hostile_name_is_a_line_of_the_report(tmp_path: Path) -> None:
    part = rule("a", 'manifest.release.id == "\\n::error::x"')
    lines, _ = mutation_lines(select(write(tmp_path, part, head=BASE)), ["mine"], Style())
    assert not any("::error" in line or "\n" in line for line in lines)


def test_two_runs_give_the_same(tmp_path: Path) -> None:
    policies = select(write(tmp_path, WEAK, ONE_CASE, head=BASE))
    runs = [mutation_lines(policies, ["mine"], Style(verbosity=1)) for _ in range(2)]
    assert all(one == other for one, other in pairwise(runs))


def test_what_is_offered_holds_for_the_rule_and_not_for_the_mutant(tmp_path: Path) -> None:
    policies = select(write(tmp_path, WEAK, ONE_CASE, head=BASE))
    (part,) = parts_of(policies)
    assert isinstance(part, AdmittedRule)
    result = only(try_mutants(policies))
    found = [each for each in find_cases(part, result.open, policies) if each.case is not None]
    assert len(found) == len(result.open)
    for each in found:
        assert each.case is not None
        proven = replace(part, rule=replace(part.rule, cases=(each.case,)))
        (trial,), unproven = trials_of(proven, policies)
        assert not unproven
        assert trial.kills(each.mutant.part)
        assert run_case(part, each.case, policies).holds


def test_the_prover_proves_nothing_of_two_kinds(tmp_path: Path) -> None:
    policies = select(write(tmp_path, rule("a", "true"), REACH, head=BASE))
    assessment, made = parts_of(policies)
    assert not Prover(policies.assessments).proves(assessment, made)
