"""The report for GitLab, held against the fields that GitLab reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from reports import CASES, HOSTILES, UNREVIEWED, blocked, document, harms, hostile, lifted, manifest, many, several

from release_review.hooks import Style, Unreviewed
from release_review.model import Finding, Outcome, Report
from release_review.reporters import gitlab, release_review_reporters
from release_review.summary import overall_verdict

render = next(each.render for each in release_review_reporters() if each.name == "gitlab")

FIELDS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "additionalProperties": False,
                "properties": {
                    "path": {"type": "string", "minLength": 1, "not": {"pattern": "^\\./"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "additionalProperties": False,
                        "properties": {
                            "begin": {"type": "integer", "minimum": 1},
                            "end": {"type": "integer", "minimum": 1},
                        },
                    },
                },
            },
        },
    },
}
"""The fields that https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format lists."""


def issues(entries: list[Report | Unreviewed]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(render(entries, Style()))
    jsonschema.validate(found, FIELDS)
    fingerprints = [issue["fingerprint"] for issue in found]
    assert len(set(fingerprints)) == len(fingerprints)
    return found


def of_rule(rule: str, entries: list[Report | Unreviewed]) -> list[dict[str, Any]]:
    return [issue for issue in issues(entries) if issue["check_name"] == rule]


@pytest.mark.parametrize("name", ["blocked", "several"])
def test_the_whole_report(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"reporters/{name}.gitlab", render([blocked()] if name == "blocked" else several(), Style()))


@pytest.mark.parametrize("entries", CASES.values(), ids=CASES.keys())
def test_the_verdict_is_told_and_a_blocker_stands_for_everything_but_a_pass(entries: list[Report | Unreviewed]) -> None:
    found = issues(entries)
    verdict = overall_verdict(entries).value
    assert any(issue["severity"] == "blocker" for issue in found) == (verdict != "pass")
    told = [issue["description"] for issue in found if issue["check_name"] == "gate/verdict"]
    assert any(text.startswith(f"gate/verdict: {verdict} (") for text in told) == (verdict != "pass")


def test_a_pass_without_findings_is_an_empty_list() -> None:
    assert issues(CASES["pass"]) == []


def test_the_rule_stands_in_the_description_because_gitlab_hides_it_elsewhere() -> None:
    first, second = of_rule("steps/existing-risk", [blocked()])
    assert first["description"] == "steps/existing-risk: bio: no evidence of the existing risk"
    assert first["location"] == {"path": "release.toml", "lines": {"begin": 12, "end": 14}}
    assert second["location"]["lines"] == {"begin": 16, "end": 16}


@pytest.mark.parametrize(
    ("rule", "severity"),
    [
        ("steps/existing-risk", "blocker"),
        ("access/review-date", "minor"),
        ("access/short-name", "info"),
        ("steps/owner-named", "info"),
        ("steps/old-debt", "info"),
    ],
)
def test_how_grave_a_finding_is(rule: str, severity: str) -> None:
    assert of_rule(rule, [blocked()])[0]["severity"] == severity


def test_who_lifted_a_finding_and_until_when_is_told() -> None:
    (waived,) = of_rule("steps/owner-named", [lifted()])
    assert "waived until 2026-01-31 by release team" in waived["description"]
    (known,) = of_rule("steps/old-debt", [lifted()])
    assert "known until 2026-03-31 by adoption team" in known["description"]


def test_a_path_has_no_dot_in_front() -> None:
    report = replace(blocked(), manifest=manifest(source=document(name="./models/release.toml")))
    assert of_rule("access/short-name", [report])[0]["location"]["path"] == "models/release.toml"


def test_two_findings_of_one_rule_at_one_place_are_two_issues() -> None:
    twice = replace(
        blocked().results[5], findings=tuple(Finding(message=text, pointer="/threat/0") for text in ("one", "two"))
    )
    first, second = of_rule("steps/existing-risk", [replace(blocked(), results=(twice,))])
    assert second["fingerprint"] == f"{first['fingerprint']}:2"


def test_a_manifest_that_could_not_be_reviewed_is_a_blocker_at_its_line() -> None:
    first, _ = of_rule("gate/manifest-reviewed", [UNREVIEWED])
    assert first["severity"] == "blocker"
    assert first["location"] == {"path": "other.toml", "lines": {"begin": 3, "end": 3}}
    (only,) = of_rule("gate/manifest-reviewed", [Unreviewed(name="other.toml", errors=())])
    assert only["severity"] == "blocker"


def test_findings_that_do_not_fit_are_counted_and_weigh_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gitlab, "MOST", 10)
    assert not of_rule("gate/findings-left-out", [many(10)])
    (more,) = of_rule("gate/findings-left-out", [many(12)])
    assert (more["severity"], len(issues([many(12)]))) == ("blocker", 12)
    assert more["description"].startswith("gate/findings-left-out: 2 more findings not listed here")


def test_the_gravest_findings_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gitlab, "MOST", 1)
    entries: list[Report | Unreviewed] = [blocked(), UNREVIEWED]
    assert issues(entries)[0]["check_name"] == "gate/manifest-reviewed"


@pytest.mark.parametrize("text", HOSTILES.values(), ids=HOSTILES.keys())
def test_hostile_text_breaks_nothing(text: str) -> None:
    whole = render(hostile(text), Style())
    assert not harms(whole)
    for issue in issues(hostile(text)):
        assert not harms(issue["description"])
        assert "\n" not in issue["description"]
        assert len(issue["description"]) <= 3_100 * len(r"\u{10ffff}")


def test_a_rule_that_broke_is_a_blocker_even_if_it_is_a_note() -> None:
    broke = replace(blocked().results[3], outcome=Outcome.ERROR)
    report = replace(blocked(), results=(broke,))
    assert of_rule("access/short-name", [report])[0]["severity"] == "blocker"
