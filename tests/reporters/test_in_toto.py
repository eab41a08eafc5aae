"""The report as statements for in-toto: shape, subjects, and what becomes of a verdict."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from reports import CASES, HOSTILES, UNREVIEWED, blocked, broken, harms, hostile, lifted, manifest, passed

from release_review.hooks import Style, Unreviewed
from release_review.model import Report, Verdict
from release_review.reporters import release_review_reporters
from release_review.reporters.in_toto import OWN_RESULT, STATEMENT, TEST_RESULT
from release_review.summary import verdict_shown

RENDER = {reporter.name: reporter.render for reporter in release_review_reporters()}
DIGEST = "sha256:" + "a" * 64
OTHER = "sha512:" + "b" * 128

RESULTS = {Verdict.PASS: {"PASSED", "WARNED"}, Verdict.BLOCKED: {"FAILED"}, Verdict.ERROR: {"FAILED"}}


def statements(entries: list[Report | Unreviewed]) -> list[dict[str, Any]]:
    lines = RENDER["in-toto"](entries, Style()).split("\n")
    assert lines.pop() == ""
    return [json.loads(line) for line in lines]


def reviewed(entries: list[Report | Unreviewed]) -> list[Report]:
    return [entry for entry in entries if isinstance(entry, Report)]


def with_artifacts(*artifacts: dict[str, Any]) -> Report:
    data = {"release": {"artifact": [{"path": None, "uri": None, "digest": None} | each for each in artifacts]}}
    return passed(manifest=replace(manifest(), data=data))


def test_the_whole_report(golden: Callable[[str, str], None]) -> None:
    golden("reporters/blocked.in-toto", RENDER["in-toto"]([blocked()], Style()))


@pytest.mark.parametrize("entries", CASES.values(), ids=CASES.keys())
def test_each_manifest_that_was_reviewed_has_two_statements_of_the_verdict(entries: list[Report | Unreviewed]) -> None:
    found = statements(entries)
    told = reviewed(entries) if all(isinstance(entry, Report) for entry in entries) else []
    assert [each["predicateType"] for each in found] == [TEST_RESULT, OWN_RESULT] * len(told)
    for report, test, own in zip(told, found[::2], found[1::2], strict=True):
        assert test["predicate"]["result"] in RESULTS[report.verdict]
        assert own["predicate"]["verdict"] == verdict_shown(report).value
        assert bool(test["predicate"]["failedTests"]) == (report.verdict is not Verdict.PASS)


@pytest.mark.parametrize("entries", CASES.values(), ids=CASES.keys())
def test_a_statement_has_the_fields_of_its_specification(entries: list[Report | Unreviewed]) -> None:
    for each in statements(entries):
        assert set(each) == {"_type", "subject", "predicateType", "predicate"}
        assert each["_type"] == STATEMENT
        assert each["subject"]
        names = [subject["name"] for subject in each["subject"]]
        assert len(set(names)) == len(names)
        for subject in each["subject"]:
            assert all(re.fullmatch(r"[0-9a-f]{64,128}", digest) for digest in subject["digest"].values())
    for each in statements(entries)[::2]:
        assert {"result", "configuration"} <= set(each["predicate"])
        for resource in each["predicate"]["configuration"]:  # one of uri, digest and content is required
            assert resource["uri"].startswith("urn:release-review:")


def test_what_is_lifted_or_only_warned_of_is_no_clean_pass() -> None:
    test, _ = statements([lifted()])
    assert test["predicate"]["result"] == "WARNED"
    assert "steps/owner-named" in test["predicate"]["warnedTests"]
    assert statements([passed()])[0]["predicate"]["result"] == "PASSED"


def test_a_rule_that_does_not_apply_is_in_no_list() -> None:
    predicate = statements([passed()])[0]["predicate"]
    told = {*predicate["passedTests"], *predicate["warnedTests"], *predicate["failedTests"]}
    assert told == {"access/described"}


def test_a_rule_that_broke_has_failed() -> None:
    assert "access/broken" in statements([broken()])[0]["predicate"]["failedTests"]


@pytest.mark.parametrize("entries", [[UNREVIEWED], [passed(), UNREVIEWED]])
def test_there_is_nothing_to_attest_where_a_manifest_was_not_reviewed(entries: list[Report | Unreviewed]) -> None:
    assert RENDER["in-toto"](entries, Style()) == ""


def test_how_a_result_came_about_is_told_with_it() -> None:
    report = replace(blocked(), waivers_ignored=True, without_plugins=("acme",))
    (settings,) = [each for each in statements([report])[0]["predicate"]["configuration"] if each["name"] == "settings"]
    assert settings["annotations"] == {
        "as-of": "2026-01-01",
        "today": "2026-01-01",
        "engine": "reference",
        "trusted": True,
        "waivers-ignored": True,
        "without-plugins": ["acme"],
    }


def test_the_second_statement_carries_the_report_whole() -> None:
    assert statements([blocked()])[1]["predicate"] == json.loads(RENDER["json"]([blocked()], Style()))


def test_the_subjects_are_the_manifest_and_the_weights_it_names_by_a_digest() -> None:
    report = with_artifacts(
        {"path": "model.safetensors", "digest": DIGEST},
        {"uri": "hf://acme/one", "digest": OTHER},
        {"path": "unknown.bin"},
        {"path": "model.safetensors", "digest": OTHER},
        {"digest": DIGEST},
    )
    subjects = {each["name"]: each["digest"] for each in statements([report])[0]["subject"]}
    assert subjects == {
        "release.toml": {"sha256": report.manifest.document.digest.removeprefix("sha256:")},
        "model.safetensors": {"sha256": "a" * 64},
        "hf://acme/one": {"sha512": "b" * 128},
        "model.safetensors (2)": {"sha512": "b" * 128},
        "artifact": {"sha256": "a" * 64},
    }


@pytest.mark.parametrize("text", HOSTILES.values(), ids=HOSTILES.keys())
def test_hostile_text_stays_in_its_line(text: str) -> None:
    written = RENDER["in-toto"](reviewed(hostile(text)), Style())
    assert harms(written) == []
    assert written.count("\n") == 2
    assert all(json.loads(line) for line in written.splitlines())
