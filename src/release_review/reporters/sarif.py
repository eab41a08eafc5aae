"""The report for code scanning: SARIF 2.1.0 as GitHub takes it in.

One run for all manifests, one result for each finding, each with exactly one location and a fingerprint. What a waiver
or a baseline lifts is suppressed, and a `note` for services that know no suppressions, so that a release that passes
here does not fail there. The rules stand in the driver, because that is where GitHub looks for them; a policy is an
extension.

Source: SARIF 2.1.0 (OASIS), and https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from release_review.escape import json_text, sarif
from release_review.fingerprint import name_of
from release_review.gate import LEFT_OUT
from release_review.hooks import Style, Unreviewed
from release_review.model import GATE, Finding, Policy, Report, RuleResult, Waiver
from release_review.reporters.locations import ROOT, artifact, location
from release_review.reporters.rows import (
    PATH_CHARACTERS,
    Row,
    Weight,
    listed,
    more_text,
    path_of,
    rows,
    unique,
)
from release_review.reporters.sarif_rules import NAME, rule_id, rules_of, text_of
from release_review.reporters.verdicts import closing_text, name_of_entry, release_of, verdict_text
from release_review.summary import EXIT_STATUS, PROGRAM, overall_verdict, verdict_shown
from release_review.version import __version__

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

MOST = 5_000
"""Results that GitHub keeps of a run; the last of them says how many more there are."""

MOST_READS = 20
"""Facts that a result names as related; GitHub keeps a hundred."""

MOST_NOTIFICATIONS = 100
"""Errors of manifests that could not be reviewed that are told as notifications too."""

MOST_EXTENSIONS = 100
"""Policies that GitHub takes in."""

LEVELS = {
    Weight.BROKEN: "error",
    Weight.BLOCKING: "error",
    Weight.WARNING: "warning",
    Weight.NOTE: "note",
    Weight.LIFTED: "note",
}
"""The level of a result."""

_WAIVERS = uuid.uuid5(uuid.NAMESPACE_URL, f"{PROGRAM}/waiver")
_NOT_IN_A_CATEGORY = re.compile(r"[^A-Za-z0-9._-]+")


def render(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    """Give one JSON document with one run."""
    del style  # a program reads it: no colour, no width
    whole = listed(entries)
    found = rows(whole)
    if len(found) > MOST:
        found[MOST - 1 :] = [_left_out(found[MOST - 1], len(found) - MOST + 1)]
    rules = rules_of(whole, found)
    indices = {rule["id"]: index for index, rule in enumerate(rules)}
    distinct = unique()
    run = {
        "tool": {
            "driver": {"name": PROGRAM, "semanticVersion": __version__, "rules": rules},
            "extensions": _extensions(whole),
        },
        "automationDetails": {"id": _category(whole)},
        "invocations": [_invocation(whole, found)],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder that the command was run in."}}},
        "artifacts": _artifacts(whole),
        "columnKind": "unicodeCodePoints",
        "results": [_result(row, indices, distinct) for row in found],
        "properties": {
            "verdict": overall_verdict(whole).value,
            "summary": closing_text(whole),
            "manifests": [_manifest(entry) for entry in whole],
        },
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json_text(log)


# Results --------------------------------------------------------------------------------------------------------------


def _result(row: Row, indices: Mapping[str, int], distinct: Callable[[str], str]) -> dict[str, Any]:
    id_ = rule_id(row.result)
    message = text_of(row.message)
    remarks = "; ".join(sarif(remark) for remark in (row.lifted_by, row.result.note) if remark)
    return {
        "ruleId": id_,
        "ruleIndex": indices[id_],
        "level": LEVELS[row.weight],
        "message": {"text": f"{message} ({remarks})" if remarks else message},
        "locations": [location(row.site)],
        "partialFingerprints": {"primaryLocationLineHash": distinct(row.fingerprint)},
        "relatedLocations": list(_reads(row)),
        "suppressions": list(_suppressions(row)),
        **_baseline_state(row),
        "properties": {
            **_release(row.entry),
            "severity": row.result.severity.value,
            "outcome": row.outcome.value,
            "blocks": row.blocks,
        },
    }


def _left_out(first: Row, count: int) -> Row:
    """Make a last result that counts those that are left out; it is as grave as the gravest of them."""
    finding = Finding(message=more_text(count), outcome=first.finding.outcome, site=first.site)
    result = RuleResult(
        id=f"{GATE}/{LEFT_OUT.id}",
        rule=LEFT_OUT,
        severity=first.result.severity,
        outcome=first.result.outcome,
        findings=(finding,),
    )
    return Row(weight=min(first.weight, Weight.NOTE), entry=first.entry, result=result, finding=finding)


def _reads(row: Row) -> Iterator[dict[str, Any]]:
    """Name the facts that a finding rests on, and where they stand."""
    if not isinstance(row.entry, Report):
        return
    document = row.entry.manifest.document
    pointers = list(dict.fromkeys(islice(row.finding.reads, MOST_READS)))
    more = len(row.finding.reads) - MOST_READS
    for number, pointer in enumerate(pointers, start=1):
        name = text_of(name_of(pointer, document.data))
        if more > 0 and number == len(pointers):
            name += f" and {more} more"
        yield {"id": number, **location(document.site(pointer)), "message": {"text": name}}


def _suppressions(row: Row) -> Iterator[dict[str, Any]]:
    if row.weight is not Weight.LIFTED:
        return
    suppression = {"kind": "external", "status": "accepted"}
    if waiver := row.finding.waiver:
        yield suppression | {"justification": _justification(waiver), "guid": _guid(waiver)}
    if row.finding.known:
        yield suppression | {"justification": text_of(row.lifted_by) if not waiver else "known (baseline)"}


def _justification(waiver: Waiver) -> str:
    return text_of(
        f"{waiver.reason.value}: {waiver.justification} Waiver {waiver.id}, asked for by {waiver.owner}, approved by "
        f"{waiver.approved_by}, from {waiver.created} until {waiver.expires}, followed in {waiver.ticket}."
    )


def _guid(waiver: Waiver) -> str:
    name = waiver.id.encode("utf-8", "backslashreplace").decode()
    return str(uuid.uuid5(_WAIVERS, name))


def _baseline_state(row: Row) -> dict[str, str]:
    if not isinstance(row.entry, Report) or row.entry.baseline is None:
        return {}
    return {"baselineState": "unchanged" if row.finding.known else "new"}


# The run --------------------------------------------------------------------------------------------------------------


def _artifacts(entries: list[Report | Unreviewed]) -> list[dict[str, Any]]:
    of_uri: dict[str, dict[str, Any]] = {}
    for entry in entries:
        place = artifact(name_of_entry(entry))
        found: dict[str, Any] = {"location": place, "roles": ["analysisTarget"]}
        if isinstance(entry, Report):
            found["hashes"] = {"sha-256": text_of(entry.manifest.document.digest.removeprefix("sha256:"))}
        of_uri.setdefault(place["uri"], found)
    return list(of_uri.values())


def _policies(entries: list[Report | Unreviewed]) -> list[Policy]:
    """Give the policies of all manifests, each once; one run has the same for all of them."""
    policies = (policy for entry in entries if isinstance(entry, Report) for policy in entry.policies)
    return list({policy.id: policy for policy in policies}.values())


def _extensions(entries: list[Report | Unreviewed]) -> list[dict[str, Any]]:
    return [_extension(policy) for policy in _policies(entries)[:MOST_EXTENSIONS]]


def _extension(policy: Policy) -> dict[str, Any]:
    name = text_of(policy.id, NAME)
    return {
        "name": name,
        "fullName": text_of(policy.title, NAME, instead=name),
        "version": text_of(policy.version, NAME),
        "properties": {"digest": text_of(policy.digest, NAME, instead="none")},
    }


def _category(entries: list[Report | Unreviewed]) -> str:
    """Give what GitHub keeps the alerts of a run apart by: the policies that no other policy brought along."""
    policies = _policies(entries)
    extended = {id_ for policy in policies for id_ in policy.extends}
    names = [_NOT_IN_A_CATEGORY.sub("_", policy.id)[:NAME] for policy in policies if policy.id not in extended]
    return f"{PROGRAM}/{'+'.join(names)}/" if names else f"{PROGRAM}/"


def _invocation(entries: list[Report | Unreviewed], found: list[Row]) -> dict[str, Any]:
    verdict = overall_verdict(entries)
    # An error that is told as a result alone would look like a fault of the release, and not of the run.
    errors = [row for row in found if isinstance(row.entry, Unreviewed) or row.result.rule is LEFT_OUT]
    told = [_notification(row) for row in errors[:MOST_NOTIFICATIONS]]
    if len(errors) > MOST_NOTIFICATIONS:
        more = more_text(len(errors) - MOST_NOTIFICATIONS, what="error")
        told.append({"level": "error", "message": {"text": more}})
    return {
        "executionSuccessful": EXIT_STATUS[verdict] != max(EXIT_STATUS.values()),
        "exitCode": EXIT_STATUS[verdict],
        "exitCodeDescription": closing_text(entries),
        "toolExecutionNotifications": told,
        "toolConfigurationNotifications": [
            {"level": "warning", "message": {"text": text}} for text in dict.fromkeys(_settings(entries))
        ],
    }


def _notification(row: Row) -> dict[str, Any]:
    return {
        "level": LEVELS[row.weight],
        "message": {"text": text_of(row.message)},
        "locations": [location(row.site)],
    }


def _settings(entries: list[Report | Unreviewed]) -> Iterator[str]:
    """Say what was left out of a run on request."""
    for entry in entries:
        if isinstance(entry, Report):
            if entry.waivers_ignored:
                yield "Waivers were left out on request."
            yield from (text_of(f"Plugin {name} was left out on request.") for name in entry.without_plugins)


def _manifest(entry: Report | Unreviewed) -> dict[str, str]:
    return {
        "name": text_of(path_of(name_of_entry(entry)), PATH_CHARACTERS),
        **_release(entry),
        "verdict": verdict_shown(entry).value,
        "summary": verdict_text(entry),
    }


def _release(entry: Report | Unreviewed) -> dict[str, str]:
    return {"release": text_of(release_of(entry))} if isinstance(entry, Report) else {}
