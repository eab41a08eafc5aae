"""One release as a row of a ledger: what it is, what it came to and why, as plain data."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from release_review.fingerprint import name_of
from release_review.hooks import Unreviewed
from release_review.model import AssessmentResult, Manifest, Outcome, Report, RuleResult, Verdict
from release_review.pointer import pointer_to
from release_review.summary import findings_of, verdict_shown

SCHEMA = "audit-row/1"
"""Name and version of the shape of a row; a change that would break a reader raises the number."""

MOST_FINDINGS = 25
"""Findings of one rule that a row tells; it says how many more there are. Those after them say the same of others."""

MOST_ITEMS = 50
"""Items of one assessment that a row tells; it says how many more there are."""

MOST_FACTS = 1_000
"""Stated values that a row lists; it says how many more there are."""

LIFTED = ("waived", "known")
"""What a rule came to where a waiver or a baseline lifts all that it found."""

_NOT_FACTS = frozenset({"schema", "source", "extensions", "signoff"})
"""Tables that state no fact about the release."""

CHANNELS = "/access/*"
"""What an assessment looks at that is about channels."""

Row = Mapping[str, Any]
"""A row, as it is exported: see `docs/audit.md`."""


def row_of(report: Report, *, number: int, notes: Sequence[str] = ()) -> dict[str, Any]:
    """Give the row of a report.

    Args:
        report: What the review came to.
        number: The place of the release in its corpus, from 1.
        notes: What an importer says about it.
    """
    manifest = report.manifest
    facts = list(facts_of(manifest.document.data))
    names = _Names(manifest.document.data, {each["pointer"]: each["name"] for each in facts})
    agreed = [each for each in facts if "conflicts" not in each]
    return {
        "schema": SCHEMA,
        "number": number,
        "release": _release(manifest),
        "channels": [_channel(each) for each in manifest.data["access"][:MOST_ITEMS]],
        "threats": {each["id"]: each["vector"] for each in manifest.data["threat"][:MOST_ITEMS]},
        "verdict": report.verdict.value,
        "as_of": manifest.as_of.isoformat(),
        "today": manifest.today.isoformat(),
        "counts": dict(report.counts),
        "assessments": {each.id: _assessment(each, manifest, names) for each in report.assessments},
        "rules": {result.id: _outcome(result) for result in report.results},
        "findings": [each for result in report.results for each in _findings(result, names)],
        "sources": _sources(manifest.document.data.get("source", {})),
        "facts": agreed[:MOST_FACTS],
        "more_facts": max(len(agreed) - MOST_FACTS, 0),
        "conflicts": [each for each in facts if "conflicts" in each],
        "notes": list(notes),
    }


def error_row(entry: Unreviewed, *, number: int, release: str | None = None) -> dict[str, Any]:
    """Give the row of a manifest that could not be reviewed."""
    return {
        "schema": SCHEMA,
        "number": number,
        "release": {"id": release, "manifest": entry.name},
        "verdict": verdict_shown(entry).value,
        "errors": list(entry.errors),
    }


def is_error(row: Row) -> bool:
    """Tell whether a row is that of a manifest that could not be reviewed."""
    return "errors" in row


def errors_of(row: Row) -> list[str]:
    """Give why a row has no trustworthy verdict, one line each; nothing for a row that has one."""
    if is_error(row):
        return list(row["errors"])
    if row["verdict"] != Verdict.ERROR:
        return []
    broken = [f"{each['rule']}: {each['message']}" for each in row["findings"] if each["outcome"] == Outcome.ERROR]
    return broken or ["no rule applies to it"]


def as_line(row: Row) -> str:
    """Give a row as one line of JSON, with its line ending."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def facts_of(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give every value that a manifest states, in its order, with what stands beside it.

    Args:
        data: The manifest as it is written, after validation.
    """
    for key, value in data.items():
        if key not in _NOT_FACTS:
            yield from _facts(value, pointer_to(key), key)


def _facts(value: Any, pointer: str, name: str) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "value" in value:
            beside = {key: value[key] for key in ("source", "evidence", "note", "conflicts") if value.get(key)}
            yield {"pointer": pointer, "name": name, "value": _word(value["value"]), **beside}
            return
        for key, inner in value.items():
            if key != "id":
                yield from _facts(inner, pointer + pointer_to(key), f"{name}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            called = inner.get("id") if isinstance(inner, dict) else None
            yield from _facts(inner, f"{pointer}/{index}", f"{name}[{called if isinstance(called, str) else index}]")
    elif value is not None:
        yield {"pointer": pointer, "name": name, "value": _word(value)}


class _Names(dict[str, str]):
    """What places of a manifest are called, by pointer; worked out when it is asked for, unless it is known."""

    def __init__(self, data: Mapping[str, Any], known: Mapping[str, str]) -> None:
        super().__init__(known)
        self._data = data

    def __missing__(self, pointer: str) -> str:
        name = self[pointer] = name_of(pointer, self._data)
        return name


def _word(value: Any) -> Any:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _release(manifest: Manifest) -> dict[str, Any]:
    normal, document = manifest.data, manifest.document
    release, weights = normal["release"], normal["weights"]
    date = release["date"]
    return {
        "id": manifest.release_id,
        "developer": release["developer"],
        "name": release["name"],
        "version": release["version"],
        "date": date.date().isoformat() if date else None,
        "stage": release["stage"],
        "license": weights["license"],
        "license_family": weights["license_family"],
        "manifest": document.name,
        "format": document.format,
        "digest": document.digest,
    }


def _channel(channel: Mapping[str, Any]) -> dict[str, Any]:
    words = ("id", "kind", "audience", "gate", "operator", "opened", "closed")
    days = {key: channel[key].date().isoformat() if channel[key] else None for key in ("from", "until")}
    return {key: channel[key] for key in words} | days


def _sources(written: Mapping[str, Any]) -> dict[str, Any]:
    return {key: dict(each) for key, each in written.items()}


def _assessment(result: AssessmentResult, manifest: Manifest, names: Mapping[str, str]) -> dict[str, Any]:
    items = {
        key: {
            "level": item.level,
            "because": item.because,
            "pointer": item.pointer,
            "reads": [names[pointer] for pointer in item.reads],
        }
        for key, item in itertools.islice(result.items.items(), MOST_ITEMS)
    }
    return {
        "level": result.level,
        "because": result.because,
        "decided_by": result.decided_by,
        "since": _since(result, manifest),
        "items": items,
        "more_items": max(len(result.items) - MOST_ITEMS, 0),
    }


def _since(result: AssessmentResult, manifest: Manifest) -> str | None:
    """Give the first day of the channels that have the level of the whole; None where no day is known.

    A channel without a first day is taken to open with the release, as everywhere.
    """
    if result.assessment.over != CHANNELS:
        return None
    released = manifest.data["release"]["date"]
    at_level = [item.pointer for item in result.items.values() if item.level == result.level]
    opened = [manifest.data["access"][int(pointer.rpartition("/")[2])]["from"] or released for pointer in at_level]
    return min(opened).date().isoformat() if opened and all(opened) else None


def _outcome(result: RuleResult) -> str:
    if result.lifted:
        return LIFTED[0] if result.waiver else LIFTED[1]
    return result.outcome.value


def _findings(result: RuleResult, names: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    found = findings_of(result)
    for finding in found[:MOST_FINDINGS]:
        yield {
            "rule": result.id,
            "severity": result.severity.value,
            "outcome": finding.outcome.value,
            "blocks": result.blocks and not finding.lifted,
            "message": finding.message,
            "pointer": finding.pointer,
            "name": names[finding.pointer],
            "waiver": finding.waiver.id if finding.waiver else None,
        }
    if len(found) > MOST_FINDINGS:
        more = len(found) - MOST_FINDINGS
        yield {
            "rule": result.id,
            "severity": result.severity.value,
            "outcome": result.outcome.value,
            "blocks": result.blocks,
            "message": f"{more:,} more findings of this rule",
            "pointer": "",
            "name": "",
            "waiver": None,
        }
