"""The report for programs: a versioned shape of its own, never a dump of classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from release_review import escape
from release_review.errors import Excerpt
from release_review.hooks import Style, Unreviewed
from release_review.model import (
    AssessmentResult,
    Baseline,
    Configuration,
    Document,
    Finding,
    ItemResult,
    Part,
    Policy,
    Report,
    Rule,
    RuleResult,
    Waiver,
)
from release_review.summary import PROGRAM, findings_of, fingerprint_of, overall_verdict, verdict_shown, waived
from release_review.version import __version__

SCHEMA = "release-report/1"
"""Name and version of the shape; a change that would break a reader raises the number."""


def render(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    """Give one JSON document; with several manifests, a list of reports under the verdict of all."""
    del style  # a program reads it: no colour, no width
    return escape.json_text(document_of(list(entries)))


def document_of(entries: Sequence[Report | Unreviewed]) -> dict[str, Any]:
    """Give the report as plain data."""
    engine = next((entry.engine for entry in entries if isinstance(entry, Report)), None)
    tool = {"name": PROGRAM, "version": __version__} | ({"engine": engine} if engine else {})
    bodies = [_report(entry) if isinstance(entry, Report) else _unreviewed(entry) for entry in entries]
    whole: dict[str, Any] = {"schema": SCHEMA, "tool": tool}
    if len(bodies) == 1:
        return whole | bodies[0]
    return whole | {"verdict": overall_verdict(entries).value, "reports": bodies}


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
        "rules": {result.id: _rule(result.rule) for result in report.results},
        "waivers": {
            "ignored": report.waivers_ignored,
            "used": [waiver_as_data(waiver) for waiver in _used(report)],
            "lapsed": [waiver_as_data(waiver) for waiver in report.lapsed],
            "unused": [waiver_as_data(waiver) for waiver in report.unused],
        },
        "baseline": _baseline(report.baseline) if report.baseline else None,
        "policies": [_policy(policy) for policy in report.policies],
        "plugins": [{"name": plugin.name, "version": plugin.version} for plugin in report.plugins],
        "without_plugins": list(report.without_plugins),
        "configuration": _configuration(report.configuration) if report.configuration else None,
        "evidence": {record["id"]: record["status"] for record in manifest.data.get("evidence", ())},
        "manifest": {"format": document.format, "text": document.content.decode("utf-8")},
    }


def _assessment(result: AssessmentResult, document: Document) -> dict[str, Any]:
    return {
        "title": result.assessment.title,
        "label": result.assessment.label,
        "order": result.assessment.order,
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
        "waiver": waiver_as_data(result.waiver) if result.waiver else None,
        "findings": [_finding(finding, result, report) for finding in findings_of(result)],
    }


def _finding(finding: Finding, result: RuleResult, report: Report) -> dict[str, Any]:
    document = report.manifest.document
    span = finding.site.span if finding.site else document.locate(finding.pointer)
    told: dict[str, Any] = {
        "message": finding.message,
        "outcome": finding.outcome.value,
        "pointer": finding.pointer,
        "subject": finding.subject,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "fingerprint": fingerprint_of(finding, result, report),
        "waiver": finding.waiver.id if finding.waiver else None,
        "known": finding.known,
        "reads": [_read(pointer, document) for pointer in finding.reads],
    }
    if finding.site:
        told |= {"file": finding.site.file, "key": finding.site.key, "excerpt": _excerpt(finding.site.excerpt)}
    if finding.why:
        told |= {"why": [part_as_data(part) for part in finding.why]}
    return told


def _excerpt(excerpt: Excerpt | None) -> dict[str, Any] | None:
    return None if excerpt is None else {"text": excerpt.text, "start": excerpt.start, "end": excerpt.end}


def part_as_data(part: Part) -> dict[str, Any]:
    """Give a part of a condition as plain data, without what says nothing."""
    told: dict[str, Any] = {"text": part.text, "outcome": part.outcome.value, "form": part.form.value}
    told |= {"name": part.name} if part.name else {}
    told |= {"notes": list(part.notes)} if part.notes else {}
    told |= {"decisive": True} if part.decisive else {}
    told |= {"parts": [part_as_data(each) for each in part.parts]} if part.parts else {}
    told |= {"more": part.more} if part.more else {}
    for name, missing in (("to_hold", part.to_hold), ("to_fail", part.to_fail)):
        if missing is not None:
            told[name] = {"facts": list(missing.facts), "evidence": list(missing.evidence), "enough": missing.enough}
    return told


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "summary": rule.summary,
        "severity": rule.severity.value,
        "given": rule.given,
        "rationale": rule.rationale,
        "remediation": rule.remediation,
        "effective": rule.effective.isoformat() if rule.effective else None,
        "waivable_days": rule.waivable,
        "references": [{"title": reference.title, "url": reference.url} for reference in rule.references],
    }


def _used(report: Report) -> list[Waiver]:
    found = {waiver.id: waiver for _, waiver in waived(report)}
    return [found[name] for name in sorted(found)]


def waiver_as_data(waiver: Waiver) -> dict[str, Any]:
    """Give a waiver as plain data."""
    return {
        "id": waiver.id,
        "rule": waiver.rule,
        "release": waiver.release,
        "reason": waiver.reason.value,
        "justification": waiver.justification,
        "owner": waiver.owner,
        "approved_by": waiver.approved_by,
        "ticket": waiver.ticket,
        "created": waiver.created.isoformat(),
        "expires": waiver.expires.isoformat(),
        "pointer": waiver.pointer,
        "facts": waiver.facts or None,
    }


def _baseline(baseline: Baseline) -> dict[str, Any]:
    return {
        "file": baseline.name or None,
        "owner": baseline.owner,
        "created": baseline.created.isoformat(),
        "expires": baseline.expires.isoformat(),
    }


def _policy(policy: Policy) -> dict[str, Any]:
    return {
        "id": policy.id,
        "version": policy.version,
        "digest": policy.digest,
        "title": policy.title,
        "layout": policy.layout.value,
        "extends": list(policy.extends),
    }


def _configuration(configuration: Configuration) -> dict[str, Any]:
    return {
        "digest": configuration.digest,
        "trusted": configuration.trusted,
        "files": [{"role": file.role, "name": file.name, "digest": file.digest} for file in configuration.files],
    }
