"""`explain --manifest`: why a rule or an assessment came out as it did for one manifest."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from release_review import load_policies, load_registry
from release_review.cli import why
from release_review.hooks import Style
from release_review.load import load_document
from release_review.pipeline import look_at

ROOT = Path(__file__).parents[2]
NO_VERDICT = "no verdict was reached\n"

POLICY = """
[[rule]]
id = "open-channels-watched"
summary = "Somebody watches each open channel."
severity = "error"
given = "/access/*"
when = 'this.opened == "yes" && (this.kind == "weights" || this.audience == "public")'
assert = '''
this.usage_observed in ["yes", "partly"]
|| manifest.safeguard.exists(guard, guard.role == "implemented" && guard.layer == params.layer)
|| manifest.weights.parameters_total < params.smallest'''
message = "{this.id}: nobody watches"
rationale = "What nobody watches is not seen."
remediation = "Watch it."

[rule.params.layer]
type = "string"
default = "platform"

[rule.params.smallest]
type = "number"
default = 1e9

[[rule]]
id = "breaks"
summary = "It divides by a number that may be zero."
severity = "note"
assert = "1e25 / manifest.weights.parameters_total > 5"
message = "it is small"
rationale = "It is a test."
remediation = "Leave it."

[[assessment]]
id = "reach"
title = "How far it reaches"
scale = ["far", "unknown", "near"]
overall = "strongest"
over = "/access/*"
counts = 'this.audience != "internal"'
none = "near"
empty = "unknown"
default = "near"

[[assessment.level]]
is = "far"
when = 'this.kind in ["weights", "leak"] && this.audience == "public"'
because = "anyone may take it"

[[assessment.level]]
is = "near"
when = 'this.kind == "api"'
because = "it stays where it is"
"""

MANIFEST = """
schema = "release-manifest/1"
[release]
id = "acme/one"

[source.card]
title = "Card"

[weights]
parameters_total = 0

[[access]]
id = "watched"
kind = "weights"
audience = "public"
usage_observed = "yes"

[[access]]
id = "unwatched"
kind = "weights"
usage_observed = "no"

[[access]]
id = "unsure"
kind = { value = "weights", source = ["card"], conflicts = [{ value = "api", source = ["card"] }] }
audience = "vetted"

[[access]]
id = "inside"
kind = "api"
audience = "internal"

[[safeguard]]
name = "filter"
role = "implemented"
"""


@pytest.fixture
def files(checkout: Path) -> Path:
    with (checkout / "small.toml").open("a", encoding="utf-8") as policy:
        policy.write(POLICY)
    (checkout / "one.toml").write_text(MANIFEST, encoding="utf-8")
    bigger = MANIFEST.replace("parameters_total = 0", "parameters_total = 2e9")
    (checkout / "big.toml").write_text(bigger, encoding="utf-8")
    return checkout


ABOUT = ("--policy", "small.toml", "--today", "2026-01-01")


@pytest.mark.parametrize(
    ("name", "manifest"),
    [("open-channels-watched", "big"), ("open-channels-watched", "one"), ("breaks", "one"), ("reach", "one")],
)
def test_each_item_shows_what_decided_it(
    files: Path, run: Callable[..., Any], golden: Callable[[str, str], None], name: str, manifest: str
) -> None:
    done = run("explain", name, "--manifest", f"{manifest}.toml", *ABOUT)
    assert (done.status, done.err) == (0, "")
    assert max(map(len, done.out.splitlines())) <= 80
    golden(f"cli/explain-{name}-{manifest}.txt", done.out)


def test_a_finding_shows_the_way_to_what_was_decisive(
    files: Path, run: Callable[..., Any], golden: Callable[[str, str], None]
) -> None:
    arguments = ("check", "big.toml", *ABOUT, "--output-format", "full")
    done = run(*arguments, "-v")
    assert done.status == run(*arguments).status == 1
    assert "could pass" not in run(*arguments).out
    findings = done.out[done.out.index("error: small/open-channels-watched") :]
    golden("cli/check-why.txt", findings[: findings.index("  fix: ")])


def test_the_report_for_programs_has_the_tree_where_it_is_asked_for(files: Path, run: Callable[..., Any]) -> None:
    arguments = ("check", "big.toml", *ABOUT, "--output-format", "json")
    verbose, normal = json.loads(run(*arguments, "-v").out), json.loads(run(*arguments).out)
    findings = [finding for result in verbose["results"] for finding in result["findings"]]
    assert findings
    assert all(finding.pop("why") for finding in findings)
    assert verbose == normal


STEP = "threat[altered-imagery].existing_risk"
EXAMPLE = ROOT / "examples" / "stable-diffusion-3-medium" / "release.toml"
CITED = '{ value = "yes", evidence = ["study"] }'
DISPUTED = '{ value = "yes", evidence = ["study"], conflicts = [{ value = "no" }] }'
STUDY = '\n[[evidence]]\nid = "study"\nkind = "literature"\ncitation = "A. Author, A Study, 2024"\n'


@pytest.mark.parametrize(
    ("rule", "added", "outcome", "ends"),
    [
        ("existing-risk-present", "", "unknown", f"  hangs on: {STEP}.examples\n"),
        (
            "existing-risk-present",
            'existing_risk.examples = "yes"',
            "unknown",
            f"can be followed is cited\n  hangs on evidence for: {STEP}.examples\n",
        ),
        (
            "existing-risk-present",
            'existing_risk.examples = "not-applicable"',
            "unknown",
            f"every threat has it\n  hangs on: {STEP}.examples\n",
        ),
        ("existing-risk-present", f"existing_risk.examples = {CITED}{STUDY}", "pass", ""),
        ("existing-risk-depth", "", "unknown", f"  hangs on: {STEP}.examples\n"),
        ("existing-risk-depth", f"existing_risk.examples = {CITED}{STUDY}", "fail", ""),
        (
            "existing-risk-depth",
            f"existing_risk = {{ examples = {CITED}, scale = {DISPUTED} }}{STUDY}",
            "unknown",
            f"  hangs on: {STEP}.scale\n",
        ),
        ("existing-risk-depth", f"existing_risk = {{ examples = {CITED}, scale = {CITED} }}{STUDY}", "pass", ""),
    ],
)
def test_what_a_level_hangs_on_is_told_without_a_promise(
    files: Path, run: Callable[..., Any], rule: str, added: str, outcome: str, ends: str
) -> None:
    text = f"{EXAMPLE.read_text(encoding='utf-8')}{added}\n"
    (files / "step.toml").write_text(text, encoding="utf-8")
    out = run("explain", rule, "--manifest", "step.toml", "--today", "2026-01-01").out
    assert f"\n{outcome}: threat[altered-imagery]\n" in out
    assert out.endswith(ends)
    assert "once stated" not in out
    assert ("hangs on" in out) == bool(ends)


def test_a_level_is_within_reach_only_if_those_before_it_can_be_ruled_out(files: Path, run: Callable[..., Any]) -> None:
    policy = (files / "small.toml").read_text(encoding="utf-8")
    for before, after in (
        ('default = "near"', 'default = "unknown"'),
        ('this.kind in ["weights", "leak"] && this.audience == "public"', 'this.audience == "public"'),
        ('this.kind == "api"', 'this.gate == "form"'),
    ):
        assert before in policy
        policy = policy.replace(before, after)
    (files / "small.toml").write_text(policy, encoding="utf-8")
    out = run("explain", "reach", "--manifest", "one.toml", *ABOUT).out
    assert "  could be far once stated: access[unwatched].audience\n" in out
    assert "  could be near once stated: access[unwatched].audience, access[unwatched].gate\n" in out


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_it_reads_every_format(files: Path, run: Callable[..., Any], suffix: str) -> None:
    data = {"schema": "release-manifest/1", "release": {"id": "acme/one", "stage": "planned"}}
    (files / f"held.{suffix}").write_text(json.dumps(data), encoding="utf-8")
    as_toml = run("explain", "released", "--manifest", "held.toml", *ABOUT).out
    done = run("explain", "released", "--manifest", f"held.{suffix}", *ABOUT)
    assert done.status == 0
    assert done.out == as_toml.replace("held.toml", f"held.{suffix}")
    assert 'release.stage is "planned"' in done.out


def test_it_reads_stdin(files: Path, shell: Callable[..., Any]) -> None:
    text = (files / "held.toml").read_text(encoding="utf-8")
    done = shell("explain", "released", "--manifest", "-", *ABOUT, text=text)
    assert done.status == 0
    assert 'release.stage is "planned"' in done.out


def test_a_day_decides_which_channels_are_open(files: Path, run: Callable[..., Any]) -> None:
    later = MANIFEST.replace('id = "watched"', 'id = "watched"\nfrom = 2027-01-01')
    (files / "later.toml").write_text(later, encoding="utf-8")
    name = ("explain", "open-channels-watched", "--manifest", "later.toml", *ABOUT)
    assert "not-applicable: access[watched]" in run(*name, "--as-of", "2026-06-01").out
    assert "pass: access[watched]" in run(*name, "--as-of", "2027-06-01").out


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("released", "--manifest", "missing.toml"), "error: missing.toml: does not exist; check the path"),
        (("released", "--manifest", "bad.toml"), "error: bad.toml:2:"),
        (("gate/nosuch",), "error: there is no rule of the gate 'gate/nosuch'; use one of: gate/waivers-in-force"),
        (("relesed", "--manifest", "good.toml"), "error: there is no rule or assessment 'relesed'; did you mean"),
        (("released", "--as-of", "2026-01-01"), "error: a day is named, and no manifest; add --manifest FILE"),
    ],
)
def test_what_cannot_be_read_is_an_error(
    files: Path, run: Callable[..., Any], arguments: tuple[str, ...], error: str
) -> None:
    done = run("explain", *arguments, "--policy", "small.toml")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(error)
    assert done.err.endswith(NO_VERDICT)


def test_text_of_a_manifest_stays_on_its_line(files: Path, run: Callable[..., Any]) -> None:
    nasty = MANIFEST.replace('id = "unwatched"', 'id = "\\u001b[31m\\n::error::x"')
    (files / "nasty.toml").write_text(nasty, encoding="utf-8")
    out = run("explain", "open-channels-watched", "--manifest", "nasty.toml", *ABOUT).out
    assert "\x1b" not in out
    assert not any(line.lstrip().startswith("::") for line in out.splitlines())


def test_a_rule_without_items_says_so(files: Path, run: Callable[..., Any]) -> None:
    done = run("explain", "open-channels-watched", "--manifest", "good.toml", *ABOUT)
    assert "outcome   not-applicable (nothing is at /access/*)" in done.out


def test_many_items_are_counted_and_a_few_are_explained(files: Path, run: Callable[..., Any]) -> None:
    channels = [{"id": f"c{number}", "kind": "weights", "usage_observed": "yes"} for number in range(30)]
    channels.append({"id": "last", "kind": "weights", "usage_observed": "no"})
    data = {"schema": "release-manifest/1", "release": {"id": "acme/one"}, "access": channels}
    (files / "many.json").write_text(json.dumps(data), encoding="utf-8")
    out = run("explain", "open-channels-watched", "--manifest", "many.json", *ABOUT).out
    assert "outcome   unknown (1 unknown, 30 pass)" in out
    assert out.index("unknown: access[last]") < out.index("pass: access[c0]")
    assert out.endswith("\nand 26 more items\n")


def test_a_rule_of_a_policy_that_is_not_selected_is_explained(files: Path, run: Callable[..., Any]) -> None:
    done = run("explain", "open-properties/access-described", "--manifest", "one.toml", *ABOUT)
    assert done.status == 0
    assert "channel.kind" in done.out


def test_every_rule_and_assessment_of_the_examples_fits_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "examples")
    registry = load_registry(discover=False)
    policies = load_policies(["open-release"], registry)
    for manifest in sorted(Path().glob("*/release.toml")):
        document = load_document(manifest, importers=registry.importers)
        seen = look_at(document, policies=policies, today=dt.date(2026, 1, 1))
        told = [why.rule_lines(rule.id, policies.rules, seen, Style()) for rule in policies.rules]
        told += [why.assessment_lines(question, seen, Style()) for question in policies.assessments]
        for lines in map(list, told):
            assert max(map(len, lines)) <= Style().width
            assert lines[3].startswith(("  outcome   ", "  level     "))
            assert not any("too many parts" in line for line in lines)


def test_a_long_condition_is_cut_after_a_screen(files: Path, run: Callable[..., Any]) -> None:
    terms = " || ".join(f'manifest.weights.license == "M{number}"' for number in range(90))
    rule = f"""
[[rule]]
id = "long"
summary = "It is one of many."
severity = "note"
assert = '{terms}'
message = "it is none"
rationale = "It is a test."
remediation = "Leave it."
"""
    with (files / "small.toml").open("a", encoding="utf-8") as policy:
        policy.write(rule)
    out = run("explain", "long", "--manifest", "one.toml", *ABOUT).out
    assert "\n      and 50 more lines\n" in out
    assert out.endswith("  could pass or fail once stated: weights.license\n")
    report = run("check", "one.toml", *ABOUT, "--output-format", "full", "-v", "--color", "always").out
    assert "    and more: release-review explain small/long --manifest one.toml\n" in report
    assert report.count("\x1b[1m> undecided\x1b[0m: manifest.weights.license") == 3
