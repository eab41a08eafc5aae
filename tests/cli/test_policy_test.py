"""`policy test`: the cases of a policy are run, and what does not hold is taken apart."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import lxml.etree
import pytest

from release_review import pipeline
from release_review.authoring import surviving
from release_review.cel import Engine, open_engine
from release_review.cli.policy import watching
from release_review.cli.policy.case_files import as_json
from release_review.cli.policy.case_lines import result_lines
from release_review.cli.policy.suites import load_suites, run_suites
from release_review.errors import OutputError, PolicyError, UsageError
from release_review.hooks import PolicyFolder, Style
from release_review.model import Case, Finding, Policy, Rule, RuleContext
from release_review.plugins import Registry, load_registry

NO_VERDICT = "no verdict was reached\n"

HEAD = """\
schema = "release-policy/1"
id = "mine"
version = "1.0.0"
title = "Mine"
description = "What a test needs."

[base]
schema = "release-manifest/1"
release = { id = "acme/hawthorn", stage = "released" }
access = [
  { id = "hub", kind = "weights", audience = "public", gate = "click-through" },
  { id = "api", kind = "api", audience = "public", gate = "contract" },
]
monitoring = { misuse_reporting_channel = "no" }

"""
GATED = """\
[[rule]]
id = "gated"
summary = "Each channel is gated."
given = "/access/*"
when = 'this.kind == "weights" || this.kind == "api"'
assert = 'this.gate in ["form", "contract"] || manifest.monitoring.misuse_reporting_channel == "yes"'
message = "{this.id} is not gated"
"""
REACH = """\
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
when = 'this.audience == "public" && this.gate in ["none", "click-through"]'
because = "the public has it"
"""
FAILS = """
[[rule.case]]
name = "click-through"
expect = "fail"
"""
PASSES = """
[[rule.case]]
name = "a form"
expect = "pass"
set = { "/access/0/gate" = "form" }
"""
WRONG = """
[[rule.case]]
name = "click-through is enough"
expect = "pass"
"""
MISSING = """
[[rule.case]]
name = "both"
expect = "fail"

[[rule.case.finding]]
pointer = "/access/0"

[[rule.case.finding]]
pointer = "/access/1"
message = "api"
"""
TOO_MUCH = """
[[rule.case]]
name = "the second alone"
expect = "fail"
set = { "/access/1/gate" = "none" }

[[rule.case.finding]]
pointer = "/access/1"
"""
BROKEN = """
[[rule.case]]
name = "a third channel"
expect = "error"
set = { "/access/2/gate" = "none" }
"""
CONTRACT = """
[[assessment.case]]
name = "behind a contract"
expect = "far"
set = { "/access/0/gate" = "contract" }
"""
BARE = """
[[rule]]
id = "released"
summary = "The release is out."
assert = 'manifest.release.stage == "released"'
"""


@pytest.fixture
def write(checkout: Path) -> Callable[..., str]:
    """Write a policy in one file, and give its path."""

    def make(*parts: str, name: str = "mine.toml", head: str = HEAD) -> str:
        (checkout / name).write_text(head + "\n".join(parts), encoding="utf-8")
        return f"./{name}"

    return make


# What is said ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("wrong-outcome", (GATED, WRONG)),
        ("wrong-level", (REACH, CONTRACT, GATED, PASSES)),
        ("missing-finding", (GATED, MISSING)),
        ("finding-too-much", (GATED, TOO_MUCH)),
        ("broken-case", (GATED, BROKEN)),
    ],
)
def test_a_case_that_does_not_hold_is_taken_apart(
    run: Callable[..., Any], golden: Callable[[str, str], None], write: Callable[..., str], name: str, parts: tuple[str]
) -> None:
    done = run("policy", "test", write(*parts))
    assert (done.status, done.err) == (1, "")
    assert max(map(len, done.out.splitlines())) <= 80
    golden(f"cli/policy-test/{name}.txt", done.out)


def test_conditions_that_no_case_has_seen_are_listed(
    run: Callable[..., Any], golden: Callable[[str, str], None], write: Callable[..., str]
) -> None:
    done = run("policy", "test", "--coverage", write(REACH, CONTRACT.replace("far", "near"), GATED, FAILS, BARE))
    assert (done.status, done.err) == (1, "")
    assert max(map(len, done.out.splitlines())) <= 80
    golden("cli/policy-test/coverage.txt", done.out)


def test_the_help_fits_a_terminal(run: Callable[..., Any], golden: Callable[[str, str], None]) -> None:
    done = run("policy", "test", "--help")
    assert (done.status, done.err) == (0, "")
    assert max(map(len, done.out.splitlines())) <= 80
    golden("cli/help-policy-test.txt", done.out)


@pytest.mark.parametrize(
    ("parts", "status", "summary"),
    [
        ((GATED, FAILS, PASSES), 0, "mine: 2 cases, all hold"),
        ((GATED, FAILS), 0, "mine: 1 case, it holds"),
        ((GATED, WRONG), 1, "mine: 1 case, it does not hold"),
        ((GATED, FAILS, WRONG), 1, "mine: 2 cases, 1 holds, 1 does not"),
        ((GATED, FAILS, PASSES, WRONG, BROKEN), 1, "mine: 4 cases, 2 hold, 2 do not"),
    ],
)
def test_the_last_line_counts(
    run: Callable[..., Any], write: Callable[..., str], parts: tuple[str, ...], status: int, summary: str
) -> None:
    done = run("policy", "test", write(*parts))
    assert (done.status, done.err) == (status, "")
    assert done.out.splitlines()[-1] == summary


def test_what_has_no_case_is_listed(run: Callable[..., Any], write: Callable[..., str]) -> None:
    done = run("policy", "test", write(GATED, FAILS, BARE))
    assert done.status == 0
    assert done.out == "without a case: mine/released\nmine: 1 case, it holds\n"


def test_quietly_a_case_is_a_line(run: Callable[..., Any], write: Callable[..., str]) -> None:
    done = run("policy", "test", "-q", write(GATED, FAILS, MISSING, BROKEN))
    where = r"mine\.toml:\d+:1: mine/gated"
    lines = done.out.splitlines()
    assert re.fullmatch(where + r': both: missing a finding at /access/1 that says "api"', lines[0])
    assert re.fullmatch(where + r": a third channel: the case sets /access/2/gate, which has no place .*", lines[1])
    assert lines[2:] == ["mine: 3 cases, 1 holds, 2 do not"]


def test_more_is_shown_of_cases_that_hold(run: Callable[..., Any], write: Callable[..., str]) -> None:
    done = run("policy", "test", "-v", write(GATED, FAILS, PASSES))
    assert [line.partition(": ")[2] for line in done.out.splitlines()[:2]] == [
        "mine/gated: click-through: holds",
        "mine/gated: a form: holds",
    ]


def test_text_of_a_policy_moves_no_cursor(run: Callable[..., Any], write: Callable[..., str], checkout: Path) -> None:
    hostile = '"\\u001b[2J\\n::error::x\\u202e"'
    named = WRONG.replace('"click-through is enough"', hostile)
    found = MISSING.replace('"api"', hostile)
    for arguments in ((), ("-q",), ("-v",), ("--coverage",), ("--output-format", "json"), ("--junit", "x.xml")):
        done = run("policy", "test", write(GATED, named, found), *arguments)
        whole = done.out + (checkout / "x.xml").read_text(encoding="utf-8") if "--junit" in arguments else done.out
        assert done.status == 1
        assert "\x1b" not in whole
        assert "\u202e" not in whole
        assert not any(line.lstrip().startswith("::error") for line in whole.splitlines())


def test_colours_are_used_if_wanted(run: Callable[..., Any], write: Callable[..., str]) -> None:
    policy = write(GATED, FAILS, WRONG)
    plain = run("policy", "test", policy).out
    colored = run("policy", "test", "--color", "always", policy).out
    assert "\x1b[31mdoes not hold\x1b[0m" in colored
    assert re.sub(r"\x1b\[\d*m", "", colored) == plain


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_either_engine_runs_cases(run: Callable[..., Any], write: Callable[..., str], engine: str) -> None:
    assert run("policy", "test", "--engine", engine, write(GATED, FAILS, PASSES)).status == 0


PARTS = {"bare": (), "proven": (Case(name="one", expect="fail"),)}


def never_met(context: RuleContext) -> Iterator[Finding]:
    yield Finding(message="it is never met", pointer="/release/id")


def test_a_rule_in_python_is_tested_and_not_measured(checkout: Path) -> None:
    cases = (Case(name="one", expect="fail"), Case(name="other", expect="pass"))
    rule = Rule(id="never", summary="It is never met.", check=never_met, cases=cases)
    base = {"schema": "release-manifest/1", "release": {"id": "acme/one"}}
    policy = Policy(id="code", title="Code", version="1", rules=(rule,), base=base)
    registry = replace(load_registry(discover=False), policies={"code": policy})
    tested = run_suites(load_suites(["code"], registry, None), engine="compiled", coverage=True)
    assert list(result_lines(tested, Style())) == [
        "code/never: does not hold",
        "  case      code/never: other",
        "  expected  pass",
        "  got       fail: it is never met",
        "",
        "    as of     2026-01-01, judged on 2026-01-01",
        "    outcome   fail, by a check written in Python",
        "",
        "  fail: it is never met",
        "",
        "written in Python, and so not measured: code/never",
        "",
        "code: no condition to cover",
        "code: 2 cases, 1 holds, 1 does not",
    ]
    (record,) = json.loads(as_json(tested))["policies"]
    assert [(case["file"], case["line"]) for case in record["cases"]] == [(None, None)] * 2
    assert record["coverage"][0]["measured"] is False
    assert tested[0].covered


def test_a_rule_in_python_is_covered_only_with_a_case() -> None:
    parts = [Rule(id=name, summary="It is met.", check=never_met, cases=cases) for name, cases in PARTS.items()]
    base = {"schema": "release-manifest/1", "release": {"id": "acme/one"}}
    policy = Policy(id="code", title="Code", version="1", rules=tuple(parts), base=base)
    registry = replace(load_registry(discover=False), policies={"code": policy})
    (tested,) = run_suites(load_suites(["code"], registry, None), engine="compiled", coverage=True)
    assert (tested.broken, tested.without, tested.covered) == ((), ("code/bare",), False)


def test_an_assessment_that_breaks_is_not_taken_apart(run: Callable[..., Any], write: Callable[..., str]) -> None:
    breaks = REACH.replace(
        'this.gate in ["none"', '1.0 / (manifest.weights.parameters_total - 1.0) > 0.0 || this.gate in ["none"'
    )
    wrong = CONTRACT.replace("}", ', "/weights/parameters_total" = 1 }')
    done = run("policy", "test", write(breaks, wrong, GATED, FAILS))
    assert done.status == 1
    assert "  got       error: " in done.out
    assert "as of" not in done.out


# Which cases ----------------------------------------------------------------------------------------------------------


def test_a_policy_that_is_made_of_others_has_their_cases(run: Callable[..., Any]) -> None:
    done = run("policy", "test", "open-release")
    assert (done.status, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0].startswith("open-release has no cases of its own; those of")
    counted = {line.partition(":")[0] for line in lines if line.endswith("all hold")}
    assert counted == {"open-properties", "marginal-risk", "benefits", "in all"}


def test_a_policy_in_the_working_folder_need_not_be_named(run: Callable[..., Any], checkout: Path) -> None:
    head, _, base = HEAD.partition("[base]\n")
    (checkout / "policy.toml").write_text(head + GATED + FAILS, encoding="utf-8")
    (checkout / "base.toml").write_text(base, encoding="utf-8")
    for entry in checkout.iterdir():
        if entry.name not in ("policy.toml", "base.toml"):
            entry.rename(checkout.parent / entry.name)
    done = run("policy", "test", "--isolated")
    assert (done.status, done.err, done.out) == (0, "", "mine: 1 case, it holds\n")


EXTENDS = HEAD.replace('title = "Mine"', 'title = "Mine"\nextends = ["marginal-risk"]')


def test_the_cases_of_what_is_extended_are_not_run(run: Callable[..., Any], write: Callable[..., str]) -> None:
    done = run("policy", "test", "-v", write(GATED, FAILS, head=EXTENDS))
    assert done.status == 0
    assert done.out.splitlines()[-1] == "mine: 1 case, it holds"
    assert "marginal-risk" not in done.out


THEIRS = """
[[assessment]]
id = "size"
title = "How many channels there are"
scale = ["many", "unknown", "few"]
over = "/release"
none = "few"
empty = "unknown"
default = "few"
params = { most = { type = "integer", default = 5, min = 1, max = 9 } }

[[assessment.level]]
is = "many"
when = 'double(size(manifest.access)) > double(params.most)'
because = "there are many"

[[assessment.case]]
name = "two are few"
expect = "few"
"""
FEWER = """
[override."theirs/size"]
params = { most = 1 }
because = "a test"
"""
OURS = """
[[rule]]
id = "few-channels"
summary = "There are few channels."
assert = 'assessments["theirs/size"].level == "few"'

[[rule.case]]
name = "two are many here"
expect = "fail"
"""


@pytest.fixture
def registry(checkout: Path, write: Callable[..., str]) -> Registry:
    """Offer a policy `theirs`, with a parameter."""
    head = HEAD.replace('"mine"', '"theirs"')
    write(THEIRS, BARE, FAILS.replace('"fail"', '"pass"'), name="theirs.toml", head=head)
    ours = load_registry(discover=False)
    folder = PolicyFolder(id="theirs", path=checkout / "theirs.toml")
    return replace(ours, policies={**ours.policies, "theirs": folder})


def outcomes(names: list[str], registry: Registry) -> dict[str, bool]:
    tested = run_suites(load_suites(names, registry, None), engine="compiled")
    return {f"{result.id}: {result.case.name}": result.holds for each in tested for result in each.results}


def test_cases_are_run_under_the_overrides_of_their_own_policy(registry: Registry, write: Callable[..., str]) -> None:
    head = HEAD.replace('title = "Mine"', 'title = "Mine"\nextends = ["theirs"]')
    assert outcomes([write(FEWER, OURS, head=head)], registry) == {"mine/few-channels: two are many here": True}
    assert outcomes([write(OURS, head=head)], registry) == {"mine/few-channels: two are many here": False}


def test_an_override_elsewhere_changes_no_case_of_the_policy_itself(
    registry: Registry, write: Callable[..., str]
) -> None:
    head = HEAD.partition("[base]")[0].replace('title = "Mine"', 'title = "Mine"\nextends = ["theirs"]')
    theirs = {"theirs/size: two are few": True, "theirs/released: click-through": True}
    assert outcomes([write(FEWER, head=head)], registry) == theirs
    assert outcomes(["./mine.toml", "theirs"], registry) == theirs


def test_two_policies_are_tested_apart(run: Callable[..., Any], write: Callable[..., str]) -> None:
    write(GATED, FAILS)
    write(GATED, WRONG, name="other.toml", head=HEAD.replace('"mine"', '"other"'))
    done = run("policy", "test", "./mine.toml", "./other.toml")
    assert done.status == 1
    assert done.out.splitlines()[-3:] == [
        "mine: 1 case, it holds",
        "other: 1 case, it does not hold",
        "in all: 2 cases, 1 holds, 1 does not",
    ]


def test_cases_are_chosen_by_a_part_of_their_name_or_rule(run: Callable[..., Any], write: Callable[..., str]) -> None:
    policy = write(REACH, CONTRACT, GATED, FAILS, PASSES)
    for text, count in (("CLICK", 1), ("a form", 1), ("reach", 1), ("mine/gated", 2), ("mine", 3)):
        out = run("policy", "test", "-q", "-k", text, policy).out
        assert out.splitlines()[-1].startswith(f"mine: {count} case")


# Errors ---------------------------------------------------------------------------------------------------------------


def test_nothing_to_test_is_no_verdict(run: Callable[..., Any], write: Callable[..., str]) -> None:
    done = run("policy", "test", write(GATED, BARE))
    assert (done.status, done.out) == (2, "")
    told = "nothing to test: mine has no case; write a [[case]] into its rules and assessments"
    assert done.err == f"error: mine.toml:1:1: {told}\n{NO_VERDICT}"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("-k", "zzz"), "error: nothing to test: no case has 'zzz' in its name or in the id of its rule"),
        (("-k", "a", "--coverage"), "error: --coverage is about all cases, and -k leaves some out; give one of them"),
        (("-k", "a", "--mutate"), "error: --mutate is about all cases, and -k leaves some out; give one of them"),
        (("--mutate", "--output-format", "json"), "error: --mutate is for people, and json for programs"),
        (("--watch", "--output-format", "json"), "error: --watch is for people, and json for programs"),
        (("--engine", "other"), "error: there is no engine 'other'"),
        (("./none.toml",), "error: none.toml: the policy does not exist; check the path"),
        (("none",), "error: there is no policy 'none'"),
        (("--junit", "none/x.xml"), "error: none/x.xml: the report has no folder to go to"),
        (("--junit", "-"), "error: --junit writes a file; name one"),
        (("--junit", "mine.toml"), "error: mine.toml: the report would replace what this run reads or writes"),
    ],
)
def test_what_cannot_be_done_is_refused(
    run: Callable[..., Any], write: Callable[..., str], arguments: tuple[str, ...], error: str
) -> None:
    policy = write(GATED, FAILS)
    before = Path(policy).read_bytes()
    done = run("policy", "test", policy, *arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(error)
    assert done.err.endswith(NO_VERDICT)
    assert Path(policy).read_bytes() == before


def test_a_policy_that_does_not_load_is_no_verdict(run: Callable[..., Any], write: Callable[..., str]) -> None:
    done = run("policy", "test", write(GATED.replace("this.kind ==", "this.knd =="), FAILS))
    assert (done.status, done.out) == (2, "")
    assert re.match(r"error: mine\.toml:\d+:\d+: .*'knd'.*", done.err)


def test_full_coverage_is_needed_only_if_it_is_asked_for(run: Callable[..., Any], write: Callable[..., str]) -> None:
    policy = write(BARE, FAILS.replace('"fail"', '"pass"'))
    assert run("policy", "test", policy).status == 0
    done = run("policy", "test", "--coverage", policy)
    assert done.status == 1
    assert "mine: 1 of 2 branches seen (50 %)" in done.out.splitlines()
    planned = FAILS + 'set = { "/release/stage" = "planned" }\n'
    covered = run("policy", "test", "--coverage", write(BARE, FAILS.replace('"fail"', '"pass"'), planned))
    assert covered.status == 0
    assert covered.out == "mine: 2 of 2 branches seen (100 %)\nmine: 2 cases, all hold\n"


STAGE = """
[[rule]]
id = "priced"
summary = "The compute is stated."
assert = "has(manifest.weights.training_compute_flop)"

[[rule.case]]
name = "it is not"
expect = "fail"
"""
STATED = """
[[rule.case]]
name = "it is"
expect = "pass"
set = { "/weights/training_compute_flop" = 1.0 }
"""


def test_mutants_are_tried_with_the_engine_that_is_named(
    run: Callable[..., Any], write: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: set[str] = set()

    def opening(name: str) -> Engine:
        opened.add(name)
        return open_engine(name)

    for module in (surviving, pipeline):
        monkeypatch.setattr(module, "open_engine", opening)
    assert run("policy", "test", "--engine", "reference", "--mutate", write(GATED, FAILS)).status == 1
    assert opened == {"reference"}


def test_a_mutant_that_no_case_notices_is_told(run: Callable[..., Any], write: Callable[..., str]) -> None:
    done = run("policy", "test", "--mutate", write(GATED, FAILS))
    assert (done.status, done.err) == (1, "")
    assert "mine.toml:20:9: open: mine/gated" in done.out
    assert done.out.splitlines()[-1] == "mine: 1 case, it holds"
    assert max(map(len, done.out.splitlines())) <= 80


def test_all_is_well_where_cases_notice_every_mutant(run: Callable[..., Any], write: Callable[..., str]) -> None:
    done = run("policy", "test", "--mutate", "--coverage", write(STAGE, STATED))
    assert (done.status, done.err) == (0, "")
    assert "mine: 2 of 2 branches seen (100 %)" in done.out.splitlines()
    assert "open:" not in done.out


# For programs ---------------------------------------------------------------------------------------------------------


def test_as_json_each_case_is_a_record(
    run: Callable[..., Any], golden: Callable[[str, str], None], write: Callable[..., str]
) -> None:
    parts = (GATED, FAILS, WRONG, MISSING, TOO_MUCH, BROKEN, BARE)
    done = run("policy", "test", "--output-format", "json", "--coverage", write(*parts))
    assert (done.status, done.err) == (1, "")
    (policy,) = json.loads(done.out)["policies"]
    assert [each["holds"] for each in policy["cases"]] == [True, False, False, False, False]
    assert policy["without_case"] == ["mine/released"]
    golden("cli/policy-test/cases.json", done.out)


def read_junit(path: Path) -> ET.Element:
    """Read a file with expat and with libxml2, which have to agree, and add its counts up."""
    content = path.read_bytes()
    root = ET.fromstring(content)  # noqa: S314  # it is our own
    strict = lxml.etree.XMLParser(resolve_entities=False, no_network=True)
    other = lxml.etree.fromstring(content, strict)
    assert [(each.tag, dict(each.attrib), each.text) for each in root.iter()] == [
        (each.tag, dict(each.attrib), each.text) for each in other.iter()
    ]
    for counted in (root, *root.iter("testsuite")):
        cases = list(counted.iter("testcase"))
        assert int(counted.attrib["tests"]) == len(cases)
        for name, tag in {"failures": "failure", "errors": "error", "skipped": "skipped"}.items():
            assert int(counted.attrib[name]) == sum(case.find(tag) is not None for case in cases)
    return root


def test_test_results_are_a_suite_for_each_policy(
    run: Callable[..., Any], golden: Callable[[str, str], None], write: Callable[..., str], checkout: Path
) -> None:
    done = run("policy", "test", "--junit", "x.xml", write(GATED, FAILS, WRONG, TOO_MUCH, BROKEN))
    assert done.status == 1
    root = read_junit(checkout / "x.xml")
    (suite,) = root.iter("testsuite")
    assert (suite.attrib["name"], suite.attrib["failures"], suite.attrib["errors"]) == ("mine", "2", "1")
    assert [case.attrib["name"] for case in suite] == [
        "click-through",
        "click-through is enough",
        "the second alone",
        "a third channel",
    ]
    lines = (checkout / "mine.toml").read_text(encoding="utf-8").splitlines()
    for case in suite:
        assert (case.attrib["classname"], case.attrib["file"]) == ("mine/gated", "mine.toml")
        assert lines[int(case.attrib["line"])] == f'name = "{case.attrib["name"]}"'
    golden("cli/policy-test/junit.xml", (checkout / "x.xml").read_text(encoding="utf-8"))


def test_any_name_of_a_case_can_be_read_back(
    run: Callable[..., Any], write: Callable[..., str], checkout: Path
) -> None:
    name = '<a b="c">]]>&amp;\'\u00e9\u4e00'
    run(
        "policy",
        "test",
        "--junit",
        "x.xml",
        write(GATED, WRONG.replace("click-through is enough", json.dumps(name)[1:-1])),
    )
    (case,) = read_junit(checkout / "x.xml").iter("testcase")
    assert case.attrib["name"] == name


def test_older_results_are_gone_where_a_policy_does_not_load(
    run: Callable[..., Any], write: Callable[..., str], checkout: Path
) -> None:
    assert run("policy", "test", "--junit", "x.xml", write(GATED, FAILS)).status == 0
    assert (checkout / "x.xml").is_file()
    assert run("policy", "test", "--junit", "x.xml", write(GATED.replace("this.kind", "that.kind"), FAILS)).status == 2
    assert not (checkout / "x.xml").exists()


def test_the_same_cases_give_the_same_bytes(run: Callable[..., Any], write: Callable[..., str], checkout: Path) -> None:
    arguments = ("policy", "test", "--coverage", "--junit", "x.xml", write(REACH, CONTRACT, GATED, MISSING, TOO_MUCH))
    first, content = run(*arguments).out, (checkout / "x.xml").read_bytes()
    assert (run(*arguments).out, (checkout / "x.xml").read_bytes()) == (first, content)


# Again and again ------------------------------------------------------------------------------------------------------


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Callable[[], object]]]:
    """Give a list of what happens at each pause, in place of waiting; after the last, the user interrupts."""
    waiting: list[Callable[[], object]] = []

    def pause(seconds: float) -> None:
        assert seconds == watching.SECONDS_BETWEEN
        if not waiting:
            raise KeyboardInterrupt
        waiting.pop(0)()

    monkeypatch.setattr("release_review.cli.policy.watching.time.sleep", pause)
    yield waiting
    assert not waiting


def test_a_run_follows_each_change_and_none_other(
    run: Callable[..., Any], write: Callable[..., str], checkout: Path, ticks: list[Callable[[], object]]
) -> None:
    policy = write(GATED, FAILS)
    ticks += [
        lambda: (checkout / "elsewhere.toml").write_text("", encoding="utf-8"),
        lambda: write(GATED, FAILS, WRONG),
        lambda: write(GATED.replace("this.kind", "that.kind"), FAILS),
        (checkout / "mine.toml").unlink,
        lambda: None,
        lambda: write(GATED, FAILS, PASSES),
    ]
    done = run("policy", "test", "--watch", "-q", policy)
    assert done.status == 130
    assert [line for line in done.out.splitlines() if line and "click-through is enough" not in line] == [
        "mine: 1 case, it holds",
        f"== mine.toml changed {'=' * 59}",
        "mine: 2 cases, 1 holds, 1 does not",
        f"== mine.toml changed {'=' * 59}",
        f"== mine.toml changed {'=' * 59}",
        f"== mine.toml changed {'=' * 59}",
        "mine: 2 cases, all hold",
    ]
    assert "'that'" in done.err
    assert "error: mine.toml: the policy does not exist; check the path" in done.err
    assert done.err.endswith("interrupted: no verdict was reached\n")


def test_files_of_a_folder_that_come_and_go_are_seen(tmp_path: Path) -> None:
    before = watching.look([tmp_path])
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "one.toml").write_text("", encoding="utf-8")
    between = watching.look([tmp_path])
    assert set(between) - set(before) == {f"{tmp_path}/rules", f"{tmp_path}/rules/one.toml"}
    (tmp_path / "rules" / "one.toml").write_text("x", encoding="utf-8")
    assert watching.look([tmp_path]) != between
    (tmp_path / "rules" / "one.toml").unlink()
    assert f"{tmp_path}/rules/one.toml" not in watching.look([tmp_path])
    assert watching.look([tmp_path / "none"]) == {}


def test_a_policy_without_a_case_yet_is_waited_for(
    run: Callable[..., Any], write: Callable[..., str], ticks: list[Callable[[], object]]
) -> None:
    policy = write(GATED)
    ticks.append(lambda: write(GATED, FAILS))
    done = run("policy", "test", "--watch", policy)
    assert done.err.startswith("error: mine.toml:1:1: nothing to test: mine has no case;")
    assert done.out.endswith("\nmine: 1 case, it holds\n")


@pytest.mark.parametrize("error", [OutputError("the pipe is closed"), UsageError("there is no such policy")])
def test_what_no_change_of_a_file_helps_ends_the_watch(tmp_path: Path, error: Exception) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error)):
        watching.watch(fail, [tmp_path])


def test_what_a_change_may_help_does_not(
    tmp_path: Path, ticks: list[Callable[[], object]], capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise PolicyError("it does not load")

    with pytest.raises(KeyboardInterrupt):
        watching.watch(fail, [tmp_path])
    assert capsys.readouterr().err.startswith("error: it does not load\n")


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_watch_runs_again_until_it_is_stopped(
    write: Callable[..., str], checkout: Path, number: signal.Signals, status: int
) -> None:
    def until(text: str, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        said, patience = b"", time.monotonic() + 60
        while text.encode() not in said:
            assert time.monotonic() < patience, said
            if select.select([process.stdout], [], [], 1)[0]:
                said += os.read(process.stdout.fileno(), 4096)

    command = [sys.executable, "-m", "release_review", "policy", "test", "--watch", write(GATED, FAILS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        until("mine: 1 case, it holds\n", process)
        write(GATED, FAILS, PASSES)
        until("mine: 2 cases, all hold\n", process)
        write(GATED, FAILS, WRONG)
        until("mine: 2 cases, 1 holds, 1 does not\n", process)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert process.returncode == status
    assert err.decode().splitlines()[-1].endswith(": no verdict was reached")


def test_two_policies_of_one_id_are_not_tested_as_one(run: Callable[..., Any], checkout: Path) -> None:
    """Else the cases of the first would not be run, and all would hold."""
    for name, expect in (("a", "pass"), ("b", "fail")):
        text = (checkout / "small.toml").read_text(encoding="utf-8")
        head = text.replace(
            "[[rule]]", '[base]\nschema = "release-manifest/1"\nrelease = { id = "a/b", stage = "planned" }\n\n[[rule]]'
        )
        (checkout / f"{name}.toml").write_text(
            f'{head}[[rule.case]]\nname = "n"\nexpect = "{expect}"\n', encoding="utf-8"
        )
    assert run("policy", "test", "./a.toml").status == 1
    done = run("policy", "test", "./a.toml", "./b.toml")
    assert (done.status, done.out) == (2, "")
    assert "another policy is called 'small' as well; test one at a time" in done.err
    assert run("policy", "test", "./b.toml", "./b.toml").status == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda base: base.unlink(), "none of the 2 cases can be carried out: the policy has no base manifest"),
        (
            lambda base: base.write_text(
                base.read_text(encoding="utf-8") + "[weights]\nlicence = 'x'\n", encoding="utf-8"
            ),
            "none of the 2 cases can be carried out: its manifest is not valid: ",
        ),
    ],
    ids=["missing", "wrong key"],
)
def test_what_is_wrong_with_the_base_is_told_once(
    run: Callable[..., Any], checkout: Path, change: Callable[[Path], object], told: str
) -> None:
    assert run("policy", "new", "acme").status == 0
    change(checkout / "acme" / "base.toml")
    done = run("policy", "test", "./acme")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"error: acme/base.toml: {told}")
    assert len(done.err.splitlines()) == 2
