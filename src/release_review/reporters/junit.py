"""The report for what reads test results: a suite for each manifest, a test for each rule.

What blocks is a failure. A rule that broke, and a manifest that could not be reviewed, is an error. What does not
apply, and what a waiver or a baseline lifts, is skipped. A warning or a note passes, as it does not block, and is told
in the output of its test. No test takes any time: the same inputs give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from release_review.escape import MESSAGE_CHARACTERS, shorten
from release_review.hooks import Style, Unreviewed
from release_review.model import TOP, Outcome, Report, RuleResult
from release_review.reporters.rows import (
    PATH_CHARACTERS,
    Row,
    Weight,
    listed,
    more_text,
    not_reviewed,
    path_of,
    rows_of,
)
from release_review.reporters.verdicts import name_of_entry, release_of, verdict_text
from release_review.reporters.xml import document, element
from release_review.summary import PROGRAM, UNMET, verdict_shown

AT_MOST = 100
"""Findings of one rule that are listed."""

_KINDS = ("failures", "errors", "skipped")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Test:
    """A rule as a test.

    Attributes:
        kind: What it counts as, one of `_KINDS`; empty where it passes.
        lines: It as XML.
    """

    kind: str
    lines: tuple[str, ...]


def render(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    """Give one XML document; its counts are those of its tests."""
    del style  # a program reads it: no colour, no width
    whole = listed(entries)
    suites = [(entry, list(_tests(entry))) for entry in whole]
    inner = [line for entry, tests in suites for line in _suite(entry, tests)]
    counts = _counts(test for _, tests in suites for test in tests)
    return document(element("testsuites", {"name": PROGRAM, **counts}, inner))


def _suite(entry: Report | Unreviewed, tests: list[_Test]) -> Iterator[str]:
    inner = [*_properties(_facts(entry)), *(line for test in tests for line in test.lines)]
    return element("testsuite", {"name": path_of(name_of_entry(entry)), **_counts(tests)}, inner)


def _counts(tests: Iterable[_Test]) -> dict[str, str]:
    kinds = [test.kind for test in tests]
    return {"tests": str(len(kinds)), **{kind: str(kinds.count(kind)) for kind in _KINDS}, "time": "0"}


def _facts(entry: Report | Unreviewed) -> dict[str, str]:
    facts = {"verdict": verdict_shown(entry).value, "summary": verdict_text(entry)}
    if isinstance(entry, Report):
        facts |= {
            "release": release_of(entry),
            "digest": entry.manifest.document.digest,
            "as-of": entry.manifest.as_of.isoformat(),
            "today": entry.manifest.today.isoformat(),
            "policies": ", ".join(f"{policy.id} {policy.version}" for policy in entry.policies),
            "waivers-ignored": "yes" if entry.waivers_ignored else "",
            "without-plugins": ", ".join(entry.without_plugins),
        }
    return facts


def _tests(entry: Report | Unreviewed) -> Iterator[_Test]:
    found: dict[str, list[Row]] = {}
    for row in rows_of(entry):
        found.setdefault(row.result.id, []).append(row)
    results = entry.results if isinstance(entry, Report) else (not_reviewed(entry),)
    for result in results:
        of_rule = found.get(result.id, []) if result.outcome in UNMET else []
        yield _test(result, sorted(of_rule, key=lambda row: row.weight), name_of_entry(entry))


def _test(result: RuleResult, found: list[Row], manifest: str) -> _Test:
    # The gravest finding says what the test comes to; a waiver of another one changes nothing about it.
    gravest = found[0] if found else None
    site = gravest.site if gravest else None
    attributes = {
        "name": result.id,
        "classname": path_of(manifest),
        "file": path_of(site.file if site else manifest),
        "line": str((site.span if site else TOP).line),
        "time": "0",
    }
    kind, told = _told(result, found, gravest)
    facts = {
        "severity": result.severity.value,
        "outcome": result.outcome.value,
        "note": result.note,
        "lifted": gravest.lifted_by if gravest else "",
    }
    return _Test(kind=kind, lines=tuple(element("testcase", attributes, [*_properties(facts), *told])))


def _told(result: RuleResult, found: list[Row], gravest: Row | None) -> tuple[str, list[str]]:
    """Give what a test counts as, and the element that tells why."""
    if gravest is None:
        if result.outcome is Outcome.NOT_APPLICABLE:
            return "skipped", list(element("skipped", {"message": "does not apply"}))
        return "", []
    text = _text(found)
    message = gravest.message
    if len(found) > 1:
        message = f"{shorten(message, MESSAGE_CHARACTERS)} (and {len(found) - 1} more)"
    if gravest.weight is Weight.BROKEN:
        return "errors", list(element("error", {"message": message, "type": result.outcome.value}, text=text))
    if gravest.weight is Weight.BLOCKING:
        return "failures", list(element("failure", {"message": message, "type": result.outcome.value}, text=text))
    if gravest.weight is Weight.LIFTED:
        return "skipped", list(element("skipped", {"message": f"{gravest.lifted_by}: {message}"}, text=text))
    return "", list(element("system-out", {}, text=text))


def _text(found: list[Row]) -> str:
    """Give the findings of a rule, a line for each, and what to do."""
    lines = [_line(row) for row in found[:AT_MOST]]
    if len(found) > AT_MOST:
        lines.append(more_text(len(found) - AT_MOST))
    if found[0].result.note:
        lines.append(f"note: {shorten(found[0].result.note, MESSAGE_CHARACTERS)}")
    if found[0].remedy:
        lines.append(f"fix: {shorten(found[0].remedy, MESSAGE_CHARACTERS)}")
    return "\n".join(lines)


def _line(row: Row) -> str:
    site = row.site
    state = f" ({shorten(row.lifted_by, MESSAGE_CHARACTERS)})" if row.lifted_by else ""
    message = shorten(row.message, MESSAGE_CHARACTERS)
    place = f"{shorten(path_of(site.file), PATH_CHARACTERS)}:{site.span.line}:{site.span.column}"
    return f"{place}: {row.result.severity.value} {row.outcome.value}{state}: {message}"


# XML ------------------------------------------------------------------------------------------------------------------


def _properties(facts: Mapping[str, str]) -> Iterator[str]:
    stated = {name: value for name, value in facts.items() if value}
    inner = [line for name, value in stated.items() for line in element("property", {"name": name, "value": value})]
    return element("properties", {}, inner)
