"""The report for test results, read back by two parsers of XML."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace

import lxml.etree
import pytest
from reports import CASES, HOSTILES, UNREVIEWED, blocked, broken, harms, hostile, lifted, many, passed, several

from release_review import escape
from release_review.hooks import Style, Unreviewed
from release_review.model import Report
from release_review.reporters import junit, release_review_reporters
from release_review.summary import overall_verdict

render = next(each.render for each in release_review_reporters() if each.name == "junit")

KINDS = {"failures": "failure", "errors": "error", "skipped": "skipped"}
ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testcase": {"name", "classname", "file", "line", "time"},
    "properties": set(),
    "property": {"name", "value"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message"},
    "system-out": set(),
}
"""The elements and attributes that readers of JUnit's format know."""


def parse(text: str) -> ET.Element:
    """Read a report with expat and with libxml2, which have to agree, and add its counts up."""
    root = ET.fromstring(text.encode())  # noqa: S314  # it is our own, and hostile: that is what is tested
    strict = lxml.etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    other = lxml.etree.fromstring(text.encode(), strict)
    assert [(each.tag, dict(each.attrib), each.text) for each in root.iter()] == [
        (each.tag, dict(each.attrib), each.text) for each in other.iter()
    ]
    for element in root.iter():
        assert set(element.attrib) == ATTRIBUTES[element.tag], element.tag
    for counted in (root, *root.iter("testsuite")):
        cases = list(counted.iter("testcase"))
        assert int(counted.attrib["tests"]) == len(cases)
        for name, tag in KINDS.items():
            assert int(counted.attrib[name]) == sum(case.find(tag) is not None for case in cases)
    assert all(len([child for child in case if child.tag in KINDS.values()]) <= 1 for case in root.iter("testcase"))
    return root


def read(entries: list[Report | Unreviewed]) -> ET.Element:
    return parse(render(entries, Style()))


def case(rule: str, entries: list[Report | Unreviewed]) -> ET.Element:
    (found,) = [each for each in read(entries).iter("testcase") if each.attrib["name"] == rule]
    return found


def child(element: ET.Element, tag: str) -> ET.Element:
    found = element.find(tag)
    assert found is not None
    return found


def properties(element: ET.Element) -> dict[str, str]:
    return {each.attrib["name"]: each.attrib["value"] for each in child(element, "properties")}


@pytest.mark.parametrize("name", ["blocked", "several"])
def test_the_whole_report(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"reporters/{name}.junit", render([blocked()] if name == "blocked" else several(), Style()))


@pytest.mark.parametrize("entries", CASES.values(), ids=CASES.keys())
def test_the_verdict_is_told_and_failures_and_errors_agree_with_it(entries: list[Report | Unreviewed]) -> None:
    root = read(entries)
    verdict = overall_verdict(entries).value
    assert verdict in {properties(suite)["verdict"] for suite in root.iter("testsuite")}
    errors, failures = int(root.attrib["errors"]), int(root.attrib["failures"])
    assert ("error" if errors else "blocked" if failures else "pass") == verdict
    assert int(root.attrib["tests"]) > 0


def test_each_manifest_is_a_suite_with_its_verdict() -> None:
    suites = list(read(several()).iter("testsuite"))
    assert [suite.attrib["name"] for suite in suites] == [
        "one/release.toml",
        "other.toml",
        "release.toml",
        "two/release.toml",
    ]
    assert [properties(suite)["verdict"] for suite in suites] == ["pass", "error", "error", "blocked"]
    assert properties(suites[2])["policies"] == "access 1.0.0, steps 1.2.0"


def test_each_rule_is_a_test() -> None:
    names = [each.attrib["name"] for each in read([blocked()]).iter("testcase")]
    assert names == [result.id for result in blocked().results]


@pytest.mark.parametrize(
    ("rule", "tag"),
    [
        ("access/broken", "error"),
        ("steps/existing-risk", "failure"),
        ("steps/open-question", "failure"),
        ("steps/partly-waived", "failure"),
        ("access/for-others", "skipped"),
        ("steps/owner-named", "skipped"),
        ("steps/old-debt", "skipped"),
        ("access/review-date", "system-out"),
        ("access/short-name", "system-out"),
        ("gate/waivers-in-force", "system-out"),
        ("access/described", None),
    ],
)
def test_what_becomes_of_a_rule(rule: str, tag: str | None) -> None:
    tags = [each.tag for each in case(rule, [broken()]) if each.tag != "properties"]
    assert tags == ([tag] if tag else [])


def test_a_failure_lists_its_findings_and_says_what_to_do() -> None:
    failure = child(case("steps/existing-risk", [blocked()]), "failure")
    assert failure.attrib == {"message": "bio: no evidence of the existing risk (and 1 more)", "type": "fail"}
    assert (failure.text or "").splitlines() == [
        "release.toml:12:1: error fail: bio: no evidence of the existing risk",
        "release.toml:16:1: error unknown: phish: the manifest does not say",
        "fix: Cite an evaluation of the released weights, or say that there is none.",
    ]


def test_a_test_stands_where_its_gravest_finding_does() -> None:
    attributes = case("steps/partly-waived", [blocked()]).attrib
    assert (attributes["classname"], attributes["file"], attributes["line"]) == ("release.toml", "release.toml", "16")
    assert case("gate/waivers-in-force", [blocked()]).attrib["file"] == "waivers.toml"


def test_who_lifted_a_rule_and_until_when_is_told() -> None:
    waived = case("steps/owner-named", [lifted()])
    message = child(waived, "skipped").attrib["message"]
    assert message.startswith("waived until 2026-01-31 by release team (W-1, scheduled-fix): ")
    assert properties(waived)["lifted"] == "waived until 2026-01-31 by release team (W-1, scheduled-fix)"
    known = child(case("steps/old-debt", [lifted()]), "skipped").attrib["message"]
    assert known.startswith("known until 2026-03-31 by adoption team (baseline): ")


def test_a_waived_finding_beside_one_that_blocks_is_told_in_the_failure() -> None:
    text = child(case("steps/partly-waived", [blocked()]), "failure").text or ""
    assert "(waived until 2026-01-31 by release team (W-3, scheduled-fix))" in text


def test_a_warning_fails_nothing_and_says_when_it_will() -> None:
    warned = case("access/review-date", [blocked()])
    assert "note: warns until it takes effect on 2027-01-01" in (child(warned, "system-out").text or "")
    assert properties(warned)["severity"] == "warning"


def test_a_manifest_that_could_not_be_reviewed_is_an_error() -> None:
    (suite,) = read([UNREVIEWED]).iter("testsuite")
    error = child(child(suite, "testcase"), "error")
    assert error.attrib["message"] == "unknown key 'relase'; did you mean 'release'? (and 1 more)"
    assert "other.toml:9:1: error error: `access[0].id` is missing" in (error.text or "")


def test_what_was_left_out_on_request_is_told() -> None:
    (suite,) = read([replace(passed(), waivers_ignored=True, without_plugins=("other",))]).iter("testsuite")
    assert properties(suite)["waivers-ignored"] == "yes"
    assert properties(suite)["without-plugins"] == "other"


def test_findings_that_do_not_fit_are_counted() -> None:
    text = child(case("steps/many", [many(junit.AT_MOST + 5)]), "failure").text or ""
    assert text.count(": error fail: finding ") == junit.AT_MOST
    assert "5 more findings not listed here" in text
    assert "more" not in (child(case("steps/many", [many(junit.AT_MOST)]), "failure").text or "")


@pytest.mark.parametrize("text", HOSTILES.values(), ids=HOSTILES.keys())
def test_hostile_text_breaks_nothing(text: str) -> None:
    whole = render(hostile(text), Style())
    assert not harms(whole)
    root = parse(whole)
    assert (root.attrib["tests"], root.attrib["errors"], root.attrib["skipped"]) == ("11", "2", "3")
    for element in root.iter():
        assert not harms("\n".join([*element.attrib.values(), element.text or ""]))


def shown_as(code: int) -> str:
    """Give what is read of a code point; one that is no character is escaped in both kinds of markup.

    Source: the Unicode Standard, section 23.7.
    """
    is_none = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return rf"\u{{{code:x}}}" if is_none else escape.plain(chr(code))


@pytest.mark.no_cover
def test_every_code_point_is_read_back_by_both_parsers() -> None:
    for start in range(0, 0x110000, 0x2000):
        codes = range(start, start + 0x2000)
        text = "".join(f"{chr(code)}]]>" for code in codes)
        shown = "".join(f"{shown_as(code)}]]>" for code in codes)
        escaped = escape.xml(text)
        document = f'<a b="{escaped}">{escaped}</a>'.encode()
        parser = lxml.etree.XMLParser(huge_tree=True)
        for element in (ET.fromstring(document), lxml.etree.fromstring(document, parser)):  # noqa: S314  # our own
            assert element.text == element.attrib["b"] == shown
