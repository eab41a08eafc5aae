"""The report for code scanning, held against the schema of SARIF and against what GitHub asks beyond it."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from markdown_it import MarkdownIt
from reports import (
    BASELINE,
    CASES,
    HOSTILES,
    UNREVIEWED,
    WAIVER,
    blocked,
    broken,
    document,
    harms,
    hostile,
    lifted,
    manifest,
    many,
    passed,
    result,
    several,
)

from release_review import escape
from release_review.hooks import Style, Unreviewed
from release_review.model import Finding, Outcome, Report, Severity
from release_review.reporters import release_review_reporters, sarif
from release_review.summary import overall_verdict

render = next(each.render for each in release_review_reporters() if each.name == "sarif")

SCHEMA = Path(__file__).parents[1] / "data" / "sarif" / "sarif-2.1.0-rtm.5.json"
VALIDATOR = jsonschema.Draft4Validator(json.loads(SCHEMA.read_text()))
URI_REFERENCE = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=@/-]|%[0-9A-F]{2})+")
PLACEHOLDER, LINK = re.compile(r"\{\d+\}"), re.compile(r"\[(?:[^\\\[\]]|\\.)*\]\(.*?\)")


def run_of(entries: list[Report | Unreviewed]) -> dict[str, Any]:
    """Read a report and hold it against the schema, and against GitHub's page on SARIF."""
    log = json.loads(render(entries, Style()))
    VALIDATOR.validate(log)
    assert log["$schema"] == "https://json.schemastore.org/sarif-2.1.0.json"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        assert 1 <= len(rule["id"]) <= 255
        assert 1 <= len(rule["name"]) <= 255
        assert 1 <= len(rule["shortDescription"]["text"]) <= 1_024
        assert 1 <= len(rule["fullDescription"]["text"]) <= 1_024
        assert rule["help"]["text"].strip()
        assert rule["help"]["markdown"].strip()
        assert rule["defaultConfiguration"]["level"] in ("note", "warning", "error")
        assert 1 <= len(rule["properties"]["tags"]) <= 20
        assert rule["properties"]["precision"] == "very-high"
        assert rule["properties"]["problem.severity"] in ("error", "warning", "recommendation")
    assert len({rule["id"] for rule in rules}) == len(rules)
    for found in run["results"]:
        assert rules[found["ruleIndex"]]["id"] == found["ruleId"]
        assert found["level"] in ("note", "warning", "error")
        assert found["message"]["text"].strip()
        assert len(found["locations"]) == 1
        assert len(found["relatedLocations"]) <= 100
        for location in (*found["locations"], *found["relatedLocations"]):
            place_is_as_github_wants_it(location["physicalLocation"])
    prints = [found["partialFingerprints"]["primaryLocationLineHash"] for found in run["results"]]
    assert len(set(prints)) == len(prints)
    assert not [text for text in strings(log) if not text]
    return dict(run)


def place_is_as_github_wants_it(place: dict[str, Any]) -> None:
    region = place["region"]
    assert set(region) == {"startLine", "startColumn", "endLine", "endColumn"}
    start, end = (region["startLine"], region["startColumn"]), (region["endLine"], region["endColumn"])
    assert (1, 1) <= start < end
    uri = place["artifactLocation"]["uri"]
    assert URI_REFERENCE.fullmatch(uri)
    assert not uri.startswith(("./", "//"))


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for each in value.values() for text in strings(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in strings(each))


def messages(value: object) -> Iterator[str]:
    """Give the texts that a viewer would look for placeholders in."""
    if isinstance(value, dict):
        yield from (value[name] for name in ("text", "markdown") if isinstance(value.get(name), str))
        yield from (text for each in value.values() for text in messages(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in messages(each))


def read(text: str) -> str:
    """Read a message as section 3.11 of SARIF has it: a doubled brace is a brace, and what is left is a placeholder."""
    without = text.replace("{{", "").replace("}}", "")
    assert "{" not in without
    assert "}" not in without
    assert not LINK.search(text)
    return text.replace("{{", "{").replace("}}", "}")


def of_rule(rule: str, entries: list[Report | Unreviewed]) -> list[dict[str, Any]]:
    return [found for found in run_of(entries)["results"] if found["ruleId"] == rule]


def rule_of(rule: str, entries: list[Report | Unreviewed]) -> dict[str, Any]:
    rules: list[dict[str, Any]] = run_of(entries)["tool"]["driver"]["rules"]
    return next(each for each in rules if each["id"] == rule)


@pytest.mark.parametrize("name", ["blocked", "several"])
def test_the_whole_report(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"reporters/{name}.sarif", render([blocked()] if name == "blocked" else several(), Style()))


@pytest.mark.parametrize("entries", CASES.values(), ids=CASES.keys())
def test_the_verdict_is_told_and_errors_stand_for_everything_but_a_pass(entries: list[Report | Unreviewed]) -> None:
    run = run_of(entries)
    verdict = overall_verdict(entries).value
    (invocation,) = run["invocations"]
    assert run["properties"]["verdict"] == verdict
    assert invocation["exitCode"] == {"pass": 0, "blocked": 1, "error": 2}[verdict]
    assert invocation["executionSuccessful"] == (verdict != "error")
    assert any(found["level"] == "error" for found in run["results"]) == (verdict != "pass")
    assert any(found["properties"]["blocks"] for found in run["results"]) == (verdict != "pass")


def test_each_manifest_is_there_with_its_verdict_and_its_digest() -> None:
    run = run_of(several())
    assert [(each["name"], each["verdict"]) for each in run["properties"]["manifests"]] == [
        ("one/release.toml", "pass"),
        ("other.toml", "error"),
        ("release.toml", "error"),
        ("two/release.toml", "blocked"),
    ]
    digests = {each["location"]["uri"]: each.get("hashes", {}).get("sha-256") for each in run["artifacts"]}
    assert digests["release.toml"] == document().digest.removeprefix("sha256:")
    assert digests["other.toml"] is None


def test_a_rule_brings_its_help() -> None:
    rule = rule_of("access/review-date", [blocked()])
    assert "It has its full weight from 2027-01-01 on" in rule["help"]["text"]
    assert "It may be waived for at most 180 days." in rule["help"]["text"]
    assert "It may not be waived." in rule_of("access/short-name", [blocked()])["help"]["text"]
    tokens = [
        child
        for token in MarkdownIt("commonmark").parse(rule["help"]["markdown"])
        for child in token.children or ()
        if child.type == "link_open"
    ]
    assert [token.attrs["href"] for token in tokens] == ["https://arxiv.org/abs/2403.07918"]
    assert rule["defaultConfiguration"]["level"] == "error"


def test_a_policy_is_an_extension_and_the_one_that_was_asked_for_names_the_category() -> None:
    run = run_of([blocked()])
    assert [(each["name"], each["version"]) for each in run["tool"]["extensions"]] == [
        ("access", "1.0.0"),
        ("steps", "1.2.0"),
    ]
    assert run["automationDetails"] == {"id": "release-review/steps/"}
    assert run_of([UNREVIEWED])["automationDetails"] == {"id": "release-review/"}


@pytest.mark.parametrize(
    ("rule", "level"),
    [
        ("access/broken", "error"),
        ("steps/open-question", "error"),
        ("access/review-date", "warning"),
        ("access/short-name", "note"),
        ("steps/owner-named", "note"),
        ("steps/old-debt", "note"),
    ],
)
def test_the_level_is_that_of_the_severity_in_force(rule: str, level: str) -> None:
    assert of_rule(rule, [broken()])[0]["level"] == level


def test_the_gravest_come_first() -> None:
    levels = [found["level"] for found in run_of(several())["results"]]
    assert levels == sorted(levels, key=["error", "warning", "note"].index)


def test_a_waived_finding_is_suppressed_and_says_by_whom_and_until_when() -> None:
    (waived,) = of_rule("steps/owner-named", [lifted()])
    (suppression,) = waived["suppressions"]
    assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
    assert "asked for by release team, approved by release board" in suppression["justification"]
    assert "until 2026-01-31" in suppression["justification"]
    assert "waived until 2026-01-31 by release team" in waived["message"]["text"]
    assert not waived["properties"]["blocks"]
    again = replace(lifted(), manifest=manifest(release_id="acme/two"))
    assert of_rule("steps/owner-named", [again])[0]["suppressions"][0]["guid"] == suppression["guid"]
    other = result("steps/owner-named", Outcome.FAIL, Finding(message="no", waiver=replace(WAIVER, id="W-9")))
    (third,) = of_rule("steps/owner-named", [replace(lifted(), results=(other,))])
    assert third["suppressions"][0]["guid"] != suppression["guid"]


def test_a_known_finding_is_unchanged_and_suppressed_and_the_others_are_new() -> None:
    (known,) = of_rule("steps/old-debt", [blocked()])
    assert known["baselineState"] == "unchanged"
    assert known["suppressions"][0]["justification"].startswith(f"known until {BASELINE.expires} by {BASELINE.owner}")
    (fresh, _) = of_rule("steps/existing-risk", [blocked()])
    assert (fresh["baselineState"], fresh["suppressions"]) == ("new", [])
    assert "baselineState" not in of_rule("steps/existing-risk", [replace(blocked(), baseline=None)])[0]


def test_a_finding_stands_where_it_is_and_names_the_facts_it_rests_on() -> None:
    found, _ = of_rule("steps/existing-risk", [blocked()])
    region = found["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 12, "startColumn": 1, "endLine": 14, "endColumn": 2}
    assert [(each["id"], each["message"]["text"]) for each in found["relatedLocations"]] == [
        (1, "threat[bio].existing_risk.examples"),
        (2, "threat[bio].vector"),
    ]
    (waiver,) = of_rule("gate/waivers-in-force", [blocked()])
    assert waiver["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "waivers.toml"


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("release.toml", "release.toml"),
        ("./a/release.toml", "a/release.toml"),
        ("a b/ü#1?.toml", "a%20b/%C3%BC%231%3F.toml"),
        ("c:\\x.toml", "c%3A%5Cx.toml"),
        ("50%25.toml", "50%2525.toml"),
        ("../x.toml", "../x.toml"),
        ("no\udcffutf.toml", "no%5Cu%7Bdcff%7Dutf.toml"),  # as a saved report has it
        ("//host/x.toml", "/host/x.toml"),
    ],
)
def test_a_path_is_a_relative_uri(name: str, uri: str) -> None:
    found = run_of([replace(blocked(), manifest=manifest(source=document(name=name)))])["results"]
    location = next(each for each in found if each["ruleId"] == "access/short-name")["locations"][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == uri
    assert unquote(uri).endswith(name.removeprefix("./").lstrip("/").replace("\udcff", r"\u{dcff}"))


def test_a_manifest_that_could_not_be_reviewed_is_an_error_of_the_run_and_a_result() -> None:
    run = run_of([UNREVIEWED])
    assert [found["level"] for found in run["results"]] == ["error", "error"]
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 3
    told = run["invocations"][0]["toolExecutionNotifications"]
    assert [each["message"]["text"] for each in told] == [
        "unknown key 'relase'; did you mean 'release'?",
        "`access[0].id` is missing; give the channel an id",
    ]


def test_errors_that_do_not_fit_among_the_notifications_are_counted() -> None:
    errors = tuple(f"other.toml:{line}:1: no" for line in range(1, sarif.MOST_NOTIFICATIONS + 4))
    run = run_of([Unreviewed(name="other.toml", errors=errors)])
    told = run["invocations"][0]["toolExecutionNotifications"]
    assert len(told) == sarif.MOST_NOTIFICATIONS + 1
    assert told[-1]["message"]["text"].startswith("3 more errors not listed here")
    assert len(run["results"]) == len(errors)


def test_what_was_left_out_on_request_is_told() -> None:
    run = run_of([replace(passed(), waivers_ignored=True, without_plugins=("other",))])
    told = run["invocations"][0]["toolConfigurationNotifications"]
    assert [each["message"]["text"] for each in told] == [
        "Waivers were left out on request.",
        "Plugin other was left out on request.",
    ]


def test_facts_that_do_not_fit_are_counted() -> None:
    reads = tuple(f"/access/{number}" for number in range(sarif.MOST_READS + 3))
    failed = result("steps/one", Outcome.FAIL, Finding(message="no", reads=reads))
    (found,) = of_rule("steps/one", [replace(blocked(), results=(failed,))])
    assert len(found["relatedLocations"]) == sarif.MOST_READS
    assert found["relatedLocations"][-1]["message"]["text"] == "access[19] and 3 more"


@pytest.mark.parametrize("severity", list(Severity))
def test_findings_that_do_not_fit_are_counted_and_weigh_as_much(
    severity: Severity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sarif, "MOST", 10)
    assert not of_rule("gate/findings-left-out", [many(10, severity=severity)])
    run = run_of([many(12, severity=severity)])
    assert len(run["results"]) == 10
    more = run["results"][-1]
    assert (more["ruleId"], more["level"]) == ("gate/findings-left-out", severity.value)
    assert more["message"]["text"].startswith("3 more findings not listed here")
    assert run["invocations"][0]["toolExecutionNotifications"][-1]["message"] == more["message"]


def test_a_flood_keeps_to_the_limits_of_github() -> None:
    text = render([many(30_000), blocked()], Style())
    results = json.loads(text)["runs"][0]["results"]
    assert len(results) == 5_000
    assert re.match(r"25,0\d\d more findings not listed here", results[-1]["message"]["text"])
    assert len(gzip.compress(text.encode())) < 10_000_000


@pytest.mark.parametrize("text", HOSTILES.values(), ids=HOSTILES.keys())
def test_hostile_text_breaks_nothing(text: str) -> None:
    whole = render(hostile(text), Style())
    assert not harms(whole)
    run = run_of(hostile(text))
    assert len(run["results"]) == 10
    assert not harms("\n".join(strings(run)))
    for message in messages(run):
        assert not PLACEHOLDER.search(message.replace("{{", "").replace("}}", ""))
        assert not LINK.search(message) or "**It rests on**" in message
    for found in run["results"]:
        read(found["message"]["text"])
        assert "\n" not in found["message"]["text"]
    for rule in run["tool"]["driver"]["rules"]:
        assert not PLACEHOLDER.search(rule["help"]["text"] + rule["help"]["markdown"])
        html = MarkdownIt("commonmark").render(rule["help"]["markdown"])
        assert set(re.findall(r"<([a-z]+)", html)) <= {"p", "strong", "code", "ul", "li", "a", "br"}
        assert all(href.startswith("https://") for href in re.findall(r'href="([^"]*)"', html))


@pytest.mark.no_cover
def test_every_code_point_is_read_back() -> None:
    for start in range(0, 0x110000, 0x1000):
        text = "".join(f"{chr(code)}{{0}}" for code in range(start, start + 0x1000))
        assert read(escape.sarif(text, 10**6)) == escape.plain(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{0}", "{{0}}"),
        ("{{1}}", "{{{{1}}}}"),
        ("[a](https://example.org)", r"[a]\x28https://example.org)"),
        ("access[hub].kind", "access[hub].kind"),
        ("a[0] (b)", "a[0] (b)"),
    ],
)
def test_what_would_be_a_placeholder_or_a_link_is_text(text: str, shown: str) -> None:
    assert escape.sarif(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Set `a = { b = { c = 1 } }`.", "Set `a = { b = { c = 1 } }`."),
        ("{0}{{1}}", r"\x7b0}{\x7b1}}"),
        ("e" + "\u0301" * 4, "e" + "\u0301" * 3 + r"\u\x7b301}"),
    ],
)
def test_help_can_be_copied_and_has_no_placeholder(text: str, shown: str) -> None:
    assert escape.sarif(text, in_help=True) == shown


def test_what_a_policy_sets_as_code_is_code() -> None:
    together = result("steps/two", Outcome.FAIL, remediation="Not `a``b`, nor a_b`c`.")
    beside = rule_of("steps/two", [replace(blocked(), results=(together,))])["help"]["markdown"]
    assert "<p><strong>How to meet it.</strong> Not " in MarkdownIt("commonmark").render(beside)
    remediation = "Set `a.b = { value = 'yes' }`,\nor `c`.\n\nThen `{0}`."
    failed = result("steps/one", Outcome.FAIL, remediation=remediation)
    help_ = rule_of("steps/one", [replace(blocked(), results=(failed,))])["help"]
    assert "How to meet it: Set `a.b = { value = 'yes' }`, or `c`. Then `\\x7b0}`." in help_["text"]
    assert "**How to meet it.** Set `a.b = { value = 'yes' }`" in help_["markdown"]
    html = MarkdownIt("commonmark").render(help_["markdown"])
    assert "Set <code>a.b = { value = 'yes' }</code>, or <code>c</code>. Then <code>\\x7b0}</code>." in html


def test_a_text_is_cut_after_it_is_escaped() -> None:
    assert escape.sarif("\x1b" * 10, 40) == r"\x1b" * 10
    assert escape.sarif("\x1b" * 11, 40) == r"\x1b" * 9 + "..."
    assert escape.sarif("{" * 20, 9) == "{{{{{{..."
