"""The report for GitLab's merge requests: an issue of Code Quality for each finding.

What blocks is a `blocker`, a warning `minor`, a note `info`; `info` is also what a waiver or a baseline lifts, with the
day until which it does. A manifest that does not pass has one issue more, `info`, with its verdict; a list without a
`blocker` is a pass. GitLab shows the description and not the rule, hence the rule in it.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from release_review.escape import MESSAGE_CHARACTERS, json_text, plain, shorten
from release_review.fingerprint import fingerprint
from release_review.gate import LEFT_OUT
from release_review.hooks import Style, Unreviewed
from release_review.model import GATE, TOP, Report, Span, Verdict
from release_review.reporters.rows import (
    PATH_CHARACTERS,
    Row,
    Weight,
    ends,
    listed,
    more_text,
    path_of,
    rows,
    unique,
)
from release_review.reporters.verdicts import name_of_entry, release_of, verdict_text
from release_review.summary import PROGRAM, verdict_shown

MOST = 5_000
"""Findings that are listed, so that a browser can still show them."""

SEVERITIES = {
    Weight.BROKEN: "blocker",
    Weight.BLOCKING: "blocker",
    Weight.WARNING: "minor",
    Weight.NOTE: "info",
    Weight.LIFTED: "info",
}
"""How grave a finding is, in GitLab's words."""


def render(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    """Give one JSON list, the gravest finding first."""
    del style  # a program reads it: no colour, no width
    whole = listed(entries)
    found = rows(whole)
    distinct = unique()
    issues = [_finding(row, distinct) for row in found[:MOST]]
    if rest := found[MOST:]:
        identity = distinct(fingerprint(PROGRAM, "", f"/{LEFT_OUT.id}", None))
        severity = SEVERITIES[rest[0].weight]
        issues.append(_issue(f"{GATE}/{LEFT_OUT.id}", more_text(len(rest)), identity, severity, rest[0].site.file, TOP))
    issues += [_verdict(entry, distinct) for entry in whole if verdict_shown(entry) is not Verdict.PASS]
    return json_text(issues)


def _finding(row: Row, distinct: Callable[[str], str]) -> dict[str, Any]:
    remark = row.lifted_by or row.result.note
    message = shorten(row.message, MESSAGE_CHARACTERS)
    if remark:
        message += f" ({shorten(remark, MESSAGE_CHARACTERS)})"
    rule, site = row.result.id, row.site
    return _issue(rule, message, distinct(row.fingerprint), SEVERITIES[row.weight], site.file, site.span)


def _verdict(entry: Report | Unreviewed, distinct: Callable[[str], str]) -> dict[str, Any]:
    name = name_of_entry(entry)
    identity = distinct(fingerprint(PROGRAM, release_of(entry) or name, "/verdict", None))
    return _issue(f"{GATE}/verdict", verdict_text(entry), identity, "info", name, TOP)


def _issue(rule: str, message: str, identity: str, severity: str, file: str, span: Span) -> dict[str, Any]:
    check = shorten(rule or GATE, MESSAGE_CHARACTERS)
    return {
        "description": plain(f"{check}: {message}"),
        "check_name": check,
        "fingerprint": identity,
        "severity": severity,
        "location": {
            "path": shorten(path_of(file), PATH_CHARACTERS),
            "lines": {"begin": span.line, "end": ends(span)[0]},
        },
    }
