"""A baseline: what was not met when a team began to use the gate, and does not block until a day.

It lists findings by their fingerprint. What is new blocks, what has become graver blocks, and what is gone is told,
so that the list can only become shorter.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from release_review import gate
from release_review.dates import day_of
from release_review.denial import denies
from release_review.errors import BaselineError
from release_review.escape import shorten, toml_string
from release_review.fingerprint import fingerprint, name_of
from release_review.model import (
    LIFTABLE,
    Baseline,
    Document,
    Finding,
    GateFault,
    KnownFinding,
    Manifest,
    Origin,
    Outcome,
    Report,
    RuleResult,
    Severity,
    Site,
)
from release_review.pointer import pointer_to
from release_review.schema import BASELINE, published_schema
from release_review.situation import digest_of_item
from release_review.summary import findings_of
from release_review.validate import check_shape
from release_review.waiver_file import day_fault

LONGEST_DAYS = 366
"""The longest term of a baseline, in days: one without end would be a waiver of everything that nobody approved."""

_OUTCOMES = (Outcome.FAIL, Outcome.UNKNOWN)
_SEVERITIES = tuple(Severity)
_LONGEST_PLACE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Results held against a baseline: those findings that it lists are known; and what is wrong with it."""

    results: tuple[RuleResult, ...]
    faults: tuple[GateFault, ...] = ()


def load_baseline(document: Document) -> Baseline:
    """Read a baseline.

    Raises:
        BaselineError: The file does not fit its schema, has no owner, or has days that no baseline can have.
    """
    check_shape(document, BASELINE, error=BaselineError)
    data: Mapping[str, Any] = document.data
    faults = list(_faults_of(data, document))
    if faults:
        raise BaselineError.join(faults)
    return Baseline(
        owner=data["owner"],
        created=day_of(data["created"]),
        expires=day_of(data["expires"]),
        findings=tuple(
            KnownFinding(
                fingerprint=entry["fingerprint"],
                rule=entry["rule"],
                release=entry["release"],
                place=entry.get("place", ""),
                outcome=Outcome(entry["outcome"]),
                severity=Severity(entry["severity"]),
                item=entry.get("item", ""),
                count=entry.get("count", 1),
                unknown=entry.get("unknown", 0),
                origin=Origin(document=document, pointer=pointer_to("finding", index)),
            )
            for index, entry in enumerate(data.get("finding", ()))
        ),
        name=document.name,
        origin=Origin(document=document),
    )


def fault_of_owner(owner: str) -> str:
    """Say what is wrong with the owner of a baseline, or nothing."""
    if denies(owner):
        return "the baseline has no owner"
    longest = published_schema(BASELINE)["properties"]["owner"]["maxLength"]
    return "" if len(owner) <= longest else f"the owner has a name of more than {longest} characters"


def fault_of_term(created: dt.date, expires: dt.date) -> str:
    """Say what is wrong with the days of a baseline, or nothing."""
    if expires < created:
        return f"the baseline expires on {expires}, before it begins on {created}"
    if (expires - created).days >= LONGEST_DAYS:
        latest = created + dt.timedelta(days=LONGEST_DAYS - 1)
        return f"the baseline holds for more than {LONGEST_DAYS} days: it may expire on {latest} at the latest"
    return ""


def compare(results: Sequence[RuleResult], baseline: Baseline, *, manifest: Manifest) -> Compared:
    """Mark what a baseline lists, and find what is wrong with it.

    Nothing that a waiver could not lift is ever known: no rule that broke, and no rule that may not be waived.

    Args:
        results: One for every rule that was loaded, after waivers.
        baseline: What is known.
        manifest: The manifest that was reviewed.
    """
    ours = {entry.fingerprint: entry for entry in baseline.findings if entry.release == manifest.release_id}
    seen: set[str] = set()
    compared = []
    holds = baseline.holds_on(manifest.today)
    for result in results:
        if result.outcome not in LIFTABLE:
            compared.append(result)
            continue
        # Of several findings with one identity nobody can tell which are new: where there are more, all of them are;
        # and where more fail than did, all that do.
        found = [(_identity(each, result, manifest), each) for each in findings_of(result)]
        times = Counter(identity for identity, _ in found)
        fails = Counter(identity for identity, finding in found if finding.outcome is not Outcome.UNKNOWN)
        marked = []
        for identity, finding in found:
            entry = ours.get(identity)
            if entry is None or not _is_about(
                entry, _place(finding, manifest), digest_of_item(finding.about, manifest)
            ):
                marked.append(finding)
                continue
            seen.add(identity)
            more = times[identity] > entry.count
            more = more or (finding.outcome is not Outcome.UNKNOWN and fails[identity] > entry.fails)
            known = holds and finding.waiver is None and not more
            marked.append(replace(finding, known=known and _covers(entry, finding, result)))
        compared.append(replace(result, findings=tuple(marked)) if any(each.known for each in marked) else result)
    broken = {result.id for result in results if result.outcome is Outcome.ERROR}
    gone = (entry for key, entry in ours.items() if key not in seen and entry.rule not in broken)
    return Compared(results=tuple(compared), faults=(*_out_of_force(baseline, manifest.today), *map(_gone, gone)))


def baseline_of(
    reports: Iterable[Report], *, owner: str, created: dt.date, expires: dt.date, only: Baseline | None = None
) -> Baseline:
    """Give a baseline that lists what is not met in reports.

    What is waived, what broke and what may not be waived is left out.

    Args:
        reports: The reports.
        owner: Who sees to it that the baseline becomes empty.
        created: Its first day, in UTC.
        expires: Its last day, in UTC.
        only: An older baseline: nothing that it does not list is added, and nothing in it gets graver. Its entries
            stay for releases that are not among the reports, and for rules that broke.
    """
    listed = list(reports)
    found: dict[str, KnownFinding] = {}
    for entry in (entry for report in listed for entry in _entries(report)):
        known = found.get(entry.fingerprint)
        # Two manifests of one release say the same thing twice; they do not say two things.
        found[entry.fingerprint] = (
            _with(known, max(known.count, entry.count), max(known.fails, entry.fails)) if known else entry
        )
    if only is not None:
        old = {entry.fingerprint: entry for entry in only.findings}
        undecided = {(report.manifest.release_id, rule) for report in listed for rule in _broken(report)}
        reviewed = {report.manifest.release_id for report in listed}
        found = {
            key: _lighter(old[key], entry)
            for key, entry in found.items()
            if key in old and _is_about(old[key], entry.place, entry.item)
        }
        found |= {
            key: entry
            for key, entry in old.items()
            if entry.release not in reviewed or (entry.release, entry.rule) in undecided
        }
    ordered = sorted(found.values(), key=lambda entry: (entry.release, entry.rule, entry.place, entry.fingerprint))
    return Baseline(owner=owner, created=created, expires=expires, findings=tuple(ordered))


def written(baseline: Baseline) -> str:
    """Give a baseline as the text of a TOML file."""
    lines = [
        "# What was not met when the gate came; it does not block until the last day. Meet it, and trim this file.",
        f"schema = {toml_string(BASELINE)}",
        f"owner = {toml_string(baseline.owner)}",
        f"created = {baseline.created}",
        f"expires = {baseline.expires}",
    ]
    for entry in baseline.findings:
        lines += ["", "[[finding]]"]
        fields = {
            "rule": entry.rule,
            "release": entry.release,
            "place": shorten(entry.place, _LONGEST_PLACE),
            "outcome": entry.outcome.value,
            "severity": entry.severity.value,
            "fingerprint": entry.fingerprint,
            "item": entry.item,
        }
        lines += [f"{key} = {toml_string(value)}" for key, value in fields.items() if value]
        lines += [f"count = {entry.count}"] if entry.count > 1 else []
        lines += [f"unknown = {entry.unknown}"] if entry.unknown else []
    return "".join(f"{line}\n" for line in lines)


def _entries(report: Report) -> Iterable[KnownFinding]:
    """Give an entry for each identity of findings that a baseline may list."""
    manifest = report.manifest
    found: dict[str, KnownFinding] = {}
    for result in report.results:
        if result.outcome not in LIFTABLE or result.rule.waivable is None:  # no rule of the gate may be waived
            continue
        for finding in findings_of(result):
            if finding.waiver is None and finding.outcome in LIFTABLE:
                entry = KnownFinding(
                    fingerprint=_identity(finding, result, manifest),
                    rule=result.id,
                    release=manifest.release_id,
                    place=_place(finding, manifest),
                    outcome=finding.outcome,
                    severity=result.severity,
                    item=digest_of_item(finding.about, manifest),
                )
                known = found.get(entry.fingerprint)
                if known is not None:
                    entry = _with(known, known.count + 1, known.fails + entry.fails)
                found[entry.fingerprint] = entry
    return found.values()


def _place(finding: Finding, manifest: Manifest) -> str:
    return name_of(finding.about, manifest.document.data)


def _is_about(entry: KnownFinding, place: str, item: str) -> bool:
    """Tell whether an entry with the fingerprint of a finding also says of it what is so: nobody reads fingerprints."""
    named = entry.place in ("", place) or toml_string(entry.place) == toml_string(shorten(place, _LONGEST_PLACE))
    return named and entry.item == item


def _identity(finding: Finding, result: RuleResult, manifest: Manifest) -> str:
    return fingerprint(result.id, manifest.release_id, finding.about, manifest.document.data)


def _broken(report: Report) -> Iterator[str]:
    return (result.id for result in report.results if result.outcome is Outcome.ERROR)


def _with(entry: KnownFinding, count: int, fails: int) -> KnownFinding:
    """Give an entry for so many findings, of which so many fail."""
    outcome = Outcome.FAIL if fails else Outcome.UNKNOWN
    return replace(entry, outcome=outcome, count=count, unknown=count - fails if fails else 0)


def _lighter(old: KnownFinding, new: KnownFinding) -> KnownFinding:
    """Give an old entry with what has become lighter since: it is not known if it gets graver again."""
    lighter = _with(old, min(old.count, new.count), min(old.fails, new.fails))
    return replace(lighter, severity=max(old.severity, new.severity, key=_SEVERITIES.index))


def _covers(entry: KnownFinding, finding: Finding, result: RuleResult) -> bool:
    """Tell whether a finding is the known one and has not become graver."""
    return (
        entry.rule == result.id
        and result.rule.waivable is not None
        and finding.outcome in _OUTCOMES[_OUTCOMES.index(entry.outcome) :]
        and result.severity in _SEVERITIES[_SEVERITIES.index(entry.severity) :]
    )


def _out_of_force(baseline: Baseline, today: dt.date) -> Iterator[GateFault]:
    if today > baseline.expires:
        message = f"the baseline was to be empty by {baseline.expires}, and what it lists blocks again"
        yield GateFault(rule=gate.BASELINE_IN_FORCE, message=message, site=_site(baseline, "expires"))
    elif today < baseline.created:
        message = f"the baseline holds from {baseline.created} on, and not before"
        yield GateFault(rule=gate.BASELINE_IN_FORCE, message=message, site=_site(baseline, "created"))


def _gone(entry: KnownFinding) -> GateFault:
    place = f" at {entry.place}" if entry.place else ""
    message = f"the baseline lists a finding of {entry.rule}{place} that is gone: remove it"
    if entry.origin is None:
        site = Site(file="baseline", key=entry.fingerprint)
    else:
        site = entry.origin.document.site(entry.origin.pointer, key=entry.fingerprint)
    return GateFault(rule=gate.BASELINE_TRIMMED, message=message, site=site)


def _site(baseline: Baseline, field: str) -> Site:
    if baseline.origin is None:
        return Site(file=baseline.name or "baseline", key=field)
    return baseline.origin.document.site(pointer_to(field), key=field)


def _faults_of(data: Mapping[str, Any], document: Document) -> Iterator[BaselineError]:
    if fault := fault_of_owner(data["owner"]):
        yield BaselineError(fault, where=document.where("/owner"), hint="name one in `owner`")
    days = {}
    for name in ("created", "expires"):
        if fault := day_fault(name, data[name], "the baseline"):
            yield BaselineError(fault, where=document.where(pointer_to(name)), hint="write a day as 2026-01-31")
        else:
            days[name] = day_of(data[name])
    if len(days) == len(("created", "expires")) and (fault := fault_of_term(days["created"], days["expires"])):
        yield BaselineError(fault, where=document.where("/expires"), hint="correct `expires`")
    seen: set[str] = set()
    for index, entry in enumerate(data.get("finding", ())):
        if entry["fingerprint"] in seen:
            where = document.where(pointer_to("finding", index, "fingerprint"))
            yield BaselineError("the baseline lists this finding twice", where=where, hint="remove one of the entries")
        seen.add(entry["fingerprint"])
