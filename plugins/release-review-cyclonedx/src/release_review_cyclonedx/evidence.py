"""What claims rest on: the manifest, the evidence it cites, the findings, and who has decided to go on despite them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from release_review.fingerprint import name_of
from release_review.model import Baseline, Finding, Manifest, Report, RuleResult, Waiver
from release_review.pointer import pointer_to
from release_review.summary import fingerprint_of, lifted_by, site_of
from release_review_cyclonedx.facts import written_date
from release_review_cyclonedx.refs import Refs
from release_review_cyclonedx.values import (
    address_of,
    first_moment,
    hashes_of,
    last_moment,
    listed,
    property_name,
    reference_to,
    text_as,
)

_STATUS = {
    "verified": "the file has the stated digest",
    "unverified": "no digest is stated to hold the file against",
    "cited": "a citation, which nobody fetched",
    "mismatch": "MISMATCH: the file has another digest than the stated one",
    "missing": "MISSING: there is no such file",
}
"""What became of a record, in words."""

_MADE_BY = {"yes": "made by somebody other than the developer", "no": "made by the developer"}

_WHOLE_DAY = len("2026-01-01")


def manifest_evidence(manifest: Manifest, refs: Refs) -> dict[str, Any]:
    """Give the manifest itself, which every claim rests on."""
    document = manifest.document
    return {
        "bom-ref": refs.new("manifest", document.name),
        "propertyName": property_name("manifest"),
        "description": f"The release manifest that was reviewed, {document.name}.",
        "data": [text_as("digest", document.digest)],
    }


def record_evidence(manifest: Manifest, refs: Refs) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each record of evidence in a manifest, by its id."""
    for index, record in enumerate(manifest.data.get("evidence", ())):
        yield record["id"], _record(record, index, manifest, refs)


def record_references(manifest: Manifest) -> Iterator[dict[str, Any]]:
    """Give each record of evidence that can be followed; a file only where it was seen to have its digest."""
    for record in manifest.data.get("evidence", ()):
        comment = f"evidence {record['id']}"
        yield from reference_to("evidence", record["citation"], comment)
        if record["path"] and record["status"] == "verified":
            place = "./" + quote(record["path"], safe="/", errors="backslashreplace")
            told = f"{comment}, a path relative to the manifest"
            yield {"type": "evidence", "url": place, "comment": told, **hashes_of(record["digest"])}


def finding_evidence(finding: Finding, result: RuleResult, report: Report, refs: Refs) -> dict[str, Any]:
    """Give one place where a rule was not met."""
    data = report.manifest.document.data
    site = site_of(finding, report)
    name = site.key if finding.site else name_of(finding.pointer, data)
    reads = [name_of(pointer, data) for pointer in finding.reads]
    lifted = lifted_by(finding, report)
    return {
        "bom-ref": refs.new("finding", report.manifest.release_id, result.id),
        "propertyName": property_name(f"finding:{finding.outcome.value}"),
        "description": finding.message,
        "data": [
            text_as("place", f"{site.file}:{site.span.line}:{site.span.column}{f' {name}' if name else ''}"),
            *([text_as("facts it rests on", "\n".join(reads))] if reads else []),
            *([text_as("lifted", lifted)] if lifted else []),
            text_as("fingerprint", fingerprint_of(finding, result, report)),
        ],
    }


def waiver_evidence(waiver: Waiver, report: Report, refs: Refs) -> dict[str, Any]:
    """Give a decision to go on despite a rule: whose it is, why, and until when."""
    scope = f" at {waiver.pointer}" if waiver.pointer else ""
    return {
        "bom-ref": refs.new("waiver", report.manifest.release_id, waiver.id),
        "propertyName": property_name("waiver"),
        "description": f"Waiver {waiver.id} of {waiver.rule}{scope} ({waiver.reason.value}): {waiver.justification}",
        "data": [_linked("ticket", waiver.ticket)],
        "created": first_moment(waiver.created),
        "expires": last_moment(waiver.expires),
        "author": {"name": waiver.owner},
        "reviewer": {"name": waiver.approved_by},
    }


def baseline_evidence(baseline: Baseline, report: Report, refs: Refs) -> dict[str, Any]:
    """Give the baseline: findings that were there when a team began to use the gate."""
    return {
        "bom-ref": refs.new("baseline", report.manifest.release_id, baseline.name),
        "propertyName": property_name("baseline"),
        "description": f"The baseline {baseline.name}: findings that were known when it was written, and do not block.",
        "created": first_moment(baseline.created),
        "expires": last_moment(baseline.expires),
        "author": {"name": baseline.owner},
    }


def _record(record: Mapping[str, Any], index: int, manifest: Manifest, refs: Refs) -> dict[str, Any]:
    kind = "evidence" if record["kind"] == "unknown" else record["kind"]
    parts = (kind, _STATUS[record["status"]], _MADE_BY.get(record["independent"], ""))
    digests = {"digest": record["digest"], "digest of what was evaluated": record["subject_digest"]}
    date = record["date"]
    written = written_date(manifest, pointer_to("evidence", index, "date"), date) if date else ""
    whole = len(written) >= _WHOLE_DAY  # of a year or a month alone, the day is not known
    return {
        "bom-ref": refs.new("evidence", manifest.release_id, record["id"]),
        "propertyName": property_name("evidence"),
        "description": f"{record['id']}: {'; '.join(part for part in parts if part)}",
        **listed(
            "data",
            [
                *([{"name": record["path"]}] if record["path"] else []),
                *([_linked("citation", record["citation"])] if record["citation"] else []),
                *(text_as(name, digest) for name, digest in digests.items() if digest),
                *([text_as("date", written)] if written and not whole else []),
            ],
        ),
        **({"created": first_moment(date.date())} if whole else {}),
    }


def _linked(name: str, text: str) -> dict[str, Any]:
    address = address_of(text)
    return {"name": text, "contents": {"url": address}} if address else text_as(name, text)
