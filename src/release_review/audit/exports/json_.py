"""The whole of an audit as numbers: `audit-summary/1`, a shape of its own that other programs may rely on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from release_review.audit.exports.told import Told
from release_review.audit.summary import Answers, Conflict, Coverage, Filled, Group, RuleCount, Summary
from release_review.escape import json_text
from release_review.schema import AUDIT_SUMMARY
from release_review.summary import PROGRAM


def write(told: Told, stream: BinaryIO) -> None:
    """Write the summary as one document."""
    stream.write(json_text(document_of(told.summary)).encode())


def document_of(summary: Summary) -> dict[str, Any]:
    """Give a summary as plain data."""
    audit, counts = summary.audit, summary.counts
    return {
        "schema": AUDIT_SUMMARY,
        "tool": {"name": PROGRAM, "version": audit.tool, "engine": audit.engine},
        "state": "complete" if audit.is_complete else "unfinished",
        "today": audit.today,
        "as_of": audit.as_of or audit.today,
        "policies": [{"id": name, "version": version, "title": title} for name, version, title in audit.policies],
        "corpus": [{"importer": importer, "path": path} for importer, path in audit.corpus],
        "verdict": counts.verdict.value,
        "counts": {"found": counts.found, "pass": counts.passed, "blocked": counts.blocked, "error": counts.errors},
        "assessments": [_answers(each) for each in summary.assessments],
        "years": _groups(summary.years),
        "developers": _groups(summary.developers),
        "license_families": _groups(summary.families),
        "licenses": _groups(summary.licenses),
        "channels": [
            {"kind": each.kind, "audience": each.audience, "releases": each.releases} for each in summary.ways
        ],
        "threats": {
            "releases": summary.with_threats,
            "vectors": [{"vector": vector, "threats": count} for vector, count in summary.vectors],
        },
        "sources": [_coverage(each) for each in summary.sources],
        "facts": _filled(summary.facts),
        "conflicts": {
            "fields": summary.conflict_count,
            "releases": summary.conflicting_releases,
            "listed": [_conflict(each) for each in summary.conflicts],
        },
        "rules": [_rule(each) for each in summary.rules],
        "errors": {
            "releases": counts.errors,
            "listed": [
                {
                    "number": each.number,
                    "release": each.release,
                    "manifest": each.manifest,
                    "messages": list(each.messages),
                }
                for each in summary.errors
            ],
        },
        "left_out": dict(summary.left_out),
    }


def _answers(answers: Answers) -> dict[str, Any]:
    return {
        "id": answers.id,
        "title": answers.title,
        "label": answers.label,
        "kind": answers.kind.value,
        "scale": list(answers.scale),
        "levels": dict(answers.levels),
        "by_year": _table(answers.by_year),
        "by_vector": _table(answers.by_vector),
    }


def _table(table: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    return {name: dict(levels) for name, levels in table.items()}


def _groups(groups: Iterable[Group]) -> list[dict[str, Any]]:
    return [
        {"name": each.name or None, "pass": each.passed, "blocked": each.blocked, "error": each.errors}
        for each in groups
    ]


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "source": coverage.source or None,
        "title": coverage.title,
        "different": coverage.different,
        "releases": coverage.releases,
        "newest": coverage.newest,
        "fields": _filled(coverage.fields),
    }


def _filled(fields: Iterable[Filled]) -> list[dict[str, Any]]:
    return [
        {"field": each.field, "conflicting": each.conflicting, "stated": each.stated, "unknown": each.unknown}
        for each in fields
    ]


def _conflict(conflict: Conflict) -> dict[str, Any]:
    claims = [
        {
            "value": claim.value,
            "sources": [
                {"id": each.id, "title": each.title, "date": each.date, "url": each.url} for each in claim.sources
            ],
            "note": claim.note,
        }
        for claim in conflict.claims
    ]
    return {"number": conflict.number, "release": conflict.release, "name": conflict.name, "claims": claims}


def _rule(rule: RuleCount) -> dict[str, Any]:
    return {
        "id": rule.id,
        "summary": rule.summary,
        "severity": rule.severity,
        "remediation": rule.remediation,
        "unmet": rule.unmet,
        "undecided": rule.undecided,
        "outcomes": dict(rule.outcomes),
    }
