"""The report for programs: a versioned shape of its own, never a dump of classes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from release_review import escape
from release_review.fingerprint import fingerprint
from release_review.hooks import Style, Unreviewed
from release_review.model import AssessmentResult, Document, Finding, ItemResult, Report, RuleResult, Waiver
from release_review.summary import PROGRAM, findings_of, overall_verdict, verdict_shown
from release_review.version import __version__

SCHEMA = "release-report/1"
"""Name and version of the shape; a change that would break a reader raises the number."""

MOST_WITH_READS = 100
"""Findings of one rule that list the facts they rest on: those after them rest on the same facts of other items.

A rule about each of many threats that all rest on many channels would make a report as long as the product.
"""


def render(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    """Give one JSON document; with several manifests, a list of reports under the verdict of all."""
    del style  # a program reads it: no colour, no width
    listed = list(entries)
    engine = next((entry.engine for entry in listed if isinstance(entry, Report)), None)
    tool = {"name": PROGRAM, "version": __version__} | ({"engine": engine} if engine else {})
    bodies = [_report(entry) if isinstance(entry, Report) else _unreviewed(entry) for entry in listed]
    whole: dict[str, Any] = {"schema": SCHEMA, "tool": tool}
    if len(bodies) == 1:
        whole |= bodies[0]
    else:
        whole |= {"verdict": overall_verdict(listed).value, "reports": bodies}
    return escape.json_document(json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=2) + "\n")


def _unreviewed(entry: Unreviewed) -> dict[str, Any]:
    return {
        "release": {"id": None, "manifest": entry.name, "digest": None},
        "verdict": verdict_shown(entry).value,
        "errors": list(entry.errors),
    }


def _report(report: Report) -> dict[str, Any]:
    manifest = report.manifest
    document = manifest.document
    return {
        "release": {"id": manifest.release_id, "manifest": document.name, "digest": document.digest},
        "as_of": manifest.as_of.isoformat(),
        "today": manifest.today.isoformat(),
        "verdict": report.verdict.value,
        "counts": dict(report.counts),
        "assessments": {result.id: _assessment(result, document) for result in report.assessments},
        "results": [_result(result, report) for result in report.results],
        "waivers": {
            "lapsed": [_waiver(waiver) for waiver in report.lapsed],
            "unused": [_waiver(waiver) for waiver in report.unused],
        },
        "policies": [
            {"id": policy.id, "version": policy.version, "digest": policy.digest} for policy in report.policies
        ],
        "plugins": [{"name": plugin.name, "version": plugin.version} for plugin in report.plugins],
        "without_plugins": list(report.without_plugins),
    }


def _assessment(result: AssessmentResult, document: Document) -> dict[str, Any]:
    return {
        "title": result.assessment.title,
        "level": result.level,
        "because": result.because,
        "decided_by": result.decided_by,
        "note": result.note or None,
        "scale": list(result.assessment.scale),
        "items": {key: _item(item, document) for key, item in result.items.items()},
    }


def _item(item: ItemResult, document: Document) -> dict[str, Any]:
    return {
        "level": item.level,
        "because": item.because,
        "pointer": item.pointer,
        "reads": [_read(pointer, document) for pointer in item.reads],
        "undecided": [_read(pointer, document) for pointer in item.undecided],
    }


def _read(pointer: str, document: Document) -> dict[str, Any]:
    span = document.locate(pointer)
    return {"pointer": pointer, "line": span.line, "column": span.column}


def _result(result: RuleResult, report: Report) -> dict[str, Any]:
    return {
        "rule": result.id,
        "summary": result.rule.summary,
        "severity": result.severity.value,
        "outcome": result.outcome.value,
        "note": result.note or None,
        "waiver": _waiver(result.waiver) if result.waiver else None,
        "findings": [
            _finding(finding, result, report, with_reads=number < MOST_WITH_READS)
            for number, finding in enumerate(findings_of(result))
        ],
    }


def _finding(finding: Finding, result: RuleResult, report: Report, *, with_reads: bool) -> dict[str, Any]:
    manifest = report.manifest
    document = manifest.document
    span = document.locate(finding.pointer)
    return {
        "message": finding.message,
        "outcome": finding.outcome.value,
        "pointer": finding.pointer,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "fingerprint": fingerprint(result.id, manifest.release_id, finding.pointer, document.data),
        "reads": [_read(pointer, document) for pointer in finding.reads] if with_reads else [],
    }


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return {
        "id": waiver.id,
        "rule": waiver.rule,
        "reason": waiver.reason,
        "approved_by": waiver.approved_by,
        "created": waiver.created.isoformat(),
        "expires": waiver.expires.isoformat(),
        "pointer": waiver.pointer,
    }
