"""A saved report, read back: the records that were reported, so that any format can be made of them later.

Nothing is judged anew. What a report says of itself is held against itself: the digest against the text of the
manifest, the verdict and the counts against the results. One that does not hold together is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from release_review.baseline import fault_of_term
from release_review.dates import day_of
from release_review.errors import Excerpt, InputError, ReleaseReviewError
from release_review.escape import shorten
from release_review.evidence import Resolved
from release_review.hooks import Importer, Unreviewed
from release_review.load import digest_of, read_document
from release_review.model import (
    LIMITS,
    Assessment,
    AssessmentResult,
    Baseline,
    Configuration,
    Document,
    Finding,
    ItemResult,
    Layout,
    Limits,
    Manifest,
    Missing,
    Outcome,
    Overall,
    Part,
    PartForm,
    PartOutcome,
    PluginInfo,
    Policy,
    Reference,
    Report,
    Rule,
    RuleResult,
    SettingsFile,
    Severity,
    Site,
    Span,
    Verdict,
    Waiver,
    WaiverReason,
)
from release_review.pipeline import verdict_of
from release_review.pointer import pointer_to, steps_of
from release_review.reporters.json_report import document_of
from release_review.schema import REPORT
from release_review.summary import overall_verdict
from release_review.validate import check_shape, validate
from release_review.waive import faults_against, places_around

SAVED_LIMITS = Limits(file_bytes=256 << 20, depth=256, nodes=20_000_000, string_characters=2 << 20)
"""Bounds on a report: it holds whole manifests, and what was found in them."""


def read_report(
    document: Document, *, importers: Sequence[Importer], limits: Limits = LIMITS
) -> tuple[Report | Unreviewed, ...]:
    """Give what a JSON report tells, one entry for each manifest.

    Args:
        document: The report as it was read.
        importers: The formats of the manifests in it.
        limits: Bounds on those manifests.

    Raises:
        InputError: It is no report, or it contradicts itself.
    """
    _check_kind(document)
    check_shape(document, REPORT, error=InputError)
    data: Mapping[str, Any] = document.data
    engine = data["tool"].get("engine", "")
    if "reports" not in data:
        return (_entry(data, "", engine, document, importers, limits),)
    entries = tuple(
        _entry(each, pointer_to("reports", index), engine, document, importers, limits)
        for index, each in enumerate(data["reports"])
    )
    if overall_verdict(entries).value != data["verdict"]:
        raise _contradiction("the verdict is not that of the reports", document, "/verdict")
    return entries


def _check_kind(document: Document) -> None:
    """Say of another file what it is, and what makes a report: no line in it could make it one."""
    written = document.data.get("schema")
    hint = "make one with 'release-review check --output json=FILE'"
    if isinstance(written, str) and written.startswith("release-manifest/"):
        hint = f"review it with 'release-review check {shorten(document.name)}'"
        raise InputError("is a manifest, not a report", where=document.where("/schema"), hint=hint)
    if not isinstance(written, str) or not written.startswith("release-report/"):
        raise InputError("is no report of release-review", where=document.where(""), hint=hint)


def _entry(
    data: Mapping[str, Any],
    pointer: str,
    engine: str,
    document: Document,
    importers: Sequence[Importer],
    limits: Limits,
) -> Report | Unreviewed:
    if "errors" in data:
        return Unreviewed(name=data["release"]["manifest"], errors=tuple(data["errors"]))
    try:
        report = _report(data, engine, _manifest(data, importers, limits))
        judged = verdict_of(report.results, name=document.name)
        other = _difference(data, document_of([report]))
    except (KeyError, TypeError, ValueError, ReleaseReviewError) as fault:
        told = fault.what if isinstance(fault, ReleaseReviewError) else f"{fault} does not fit ({type(fault).__name__})"
        raise _contradiction(f"the report cannot be read back: {told}", document, pointer) from None
    if judged is not report.verdict:
        raise _contradiction(f"the verdict is {report.verdict}, and the results give {judged}", document, pointer)
    for index, result in enumerate(report.results):
        place = pointer + pointer_to("results", index)
        if result.severity is not result.rule.severity and not result.note:
            raise _contradiction(f"{result.id} weighs other than its rule, and nothing says why", document, place)
        if any(each.lifted and not _may_be_lifted(each, result, report) for each in result.findings):
            raise _contradiction(f"a finding of {result.id} is lifted by what cannot lift it", document, place)
    if other is not None:
        raise _contradiction("what is said here is not what the rest of the report says", document, pointer + other)
    return report


def _difference(told: Any, made: Any, pointer: str = "") -> str | None:
    """Give the first place where a report says other than what is made of it; one that has more says other, too.

    At the top, which tool made it may differ, and keys that are not known are no matter.
    """
    if isinstance(told, Mapping) and isinstance(made, Mapping):
        keys = dict.fromkeys((*made, *told)) if pointer else [key for key in made if key not in ("tool", "schema")]
        for key in keys:
            place = pointer + pointer_to(key)
            if key not in told or key not in made:
                return place
            if (other := _difference(told[key], made[key], place)) is not None:
                return other
        return None
    if isinstance(told, list) and isinstance(made, list) and len(told) == len(made):
        pairs = enumerate(zip(told, made, strict=True))
        found = (_difference(one, other, f"{pointer}/{index}") for index, (one, other) in pairs)
        return next((each for each in found if each is not None), None)
    return None if told == made and type(told) is type(made) else pointer


def _may_be_lifted(finding: Finding, result: RuleResult, report: Report) -> bool:
    """Tell whether what lifts a finding could have lifted it on the day of the report."""
    manifest, waiver, baseline = report.manifest, finding.waiver, report.baseline
    if result.of_gate or result.rule.waivable is None:
        return False
    if waiver is None:
        if baseline is None or fault_of_term(baseline.created, baseline.expires):
            return False
        return baseline.holds_on(manifest.today)
    if waiver.rule != result.id or waiver.release != manifest.release_id or report.waivers_ignored:
        return False
    reaches = steps_of(waiver.pointer) in places_around(finding, manifest)
    return reaches and not faults_against(waiver, {result.id: result.rule}, today=manifest.today)


def _contradiction(what: str, document: Document, pointer: str) -> InputError:
    return InputError(what, where=document.where(pointer), hint="make the report again with 'release-review check'")


def _manifest(data: Mapping[str, Any], importers: Sequence[Importer], limits: Limits) -> Manifest:
    told = data["manifest"]
    importer = next((each for each in importers if each.name == told["format"]), None)
    if importer is None:
        raise InputError(f"no plugin reads {told['format']!r}")
    content = told["text"].encode()
    if digest_of(content) != data["release"]["digest"]:
        raise InputError("the digest is not that of the manifest in it")
    document = read_document(content, name=data["release"]["manifest"], importer=importer, limits=limits)
    statuses = data["evidence"]
    resolved = [Resolved(status=statuses[record["id"]]) for record in document.data.get("evidence", ())]
    manifest = validate(
        document, as_of=day_of(data["as_of"]), today=day_of(data["today"]), limits=limits, evidence=resolved
    )
    if manifest.release_id != data["release"]["id"]:
        raise InputError("the release is not that of the manifest in it")
    return manifest


def _report(data: Mapping[str, Any], engine: str, manifest: Manifest) -> Report:
    told = data["waivers"]
    waivers = {each["id"]: _waiver(each) for name in ("used", "lapsed", "unused") for each in told[name]}
    rules = {name: _rule(name.partition("/")[2], each) for name, each in data["rules"].items()}
    baseline, configuration = data["baseline"], data["configuration"]
    return Report(
        engine=engine,
        manifest=manifest,
        verdict=Verdict(data["verdict"]),
        assessments=tuple(_assessment(name, each) for name, each in data["assessments"].items()),
        results=tuple(_result(each, rules[each["rule"]], waivers) for each in data["results"]),
        policies=tuple(_policy(each) for each in data["policies"]),
        plugins=tuple(PluginInfo(name=each["name"], version=each["version"]) for each in data["plugins"]),
        without_plugins=tuple(data["without_plugins"]),
        lapsed=tuple(waivers[each["id"]] for each in told["lapsed"]),
        unused=tuple(waivers[each["id"]] for each in told["unused"]),
        baseline=_baseline(baseline) if baseline else None,
        waivers_ignored=told["ignored"],
        configuration=_configuration(configuration) if configuration else None,
    )


def _assessment(name: str, told: Mapping[str, Any]) -> AssessmentResult:
    question = Assessment(
        id=name.partition("/")[2],
        title=told["title"],
        label=told["label"],
        order=told["order"],
        scale=tuple(told["scale"]),
        # What follows decided the levels, and they are decided.
        over="",
        levels=(),
        none="",
        empty="",
        default="",
        overall=Overall.STRONGEST,
    )
    return AssessmentResult(
        id=name,
        assessment=question,
        level=told["level"],
        because=told["because"],
        decided_by=told["decided_by"],
        items={key: _item(key, each) for key, each in told["items"].items()},
        note=told["note"] or "",
    )


def _item(key: str, told: Mapping[str, Any]) -> ItemResult:
    return ItemResult(
        key=key,
        level=told["level"],
        because=told["because"],
        pointer=told["pointer"],
        reads=_pointers(told["reads"]),
        undecided=_pointers(told["undecided"]),
    )


def _pointers(reads: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(each["pointer"] for each in reads)


def _result(told: Mapping[str, Any], rule: Rule, waivers: Mapping[str, Waiver]) -> RuleResult:
    return RuleResult(
        id=told["rule"],
        rule=rule,
        severity=Severity(told["severity"]),
        outcome=Outcome(told["outcome"]),
        findings=tuple(_finding(each, waivers) for each in told["findings"]),
        note=told["note"] or "",
    )


def _finding(told: Mapping[str, Any], waivers: Mapping[str, Waiver]) -> Finding:
    return Finding(
        message=told["message"],
        pointer=told["pointer"],
        subject=told["subject"],
        reads=_pointers(told["reads"]),
        outcome=Outcome(told["outcome"]),
        why=tuple(_part(each) for each in told.get("why", ())),
        waiver=waivers[told["waiver"]] if told["waiver"] is not None else None,
        known=told["known"],
        site=_site(told) if "file" in told else None,
    )


def _site(told: Mapping[str, Any]) -> Site:
    span = Span(**{name: told[name] for name in ("line", "column", "end_line", "end_column")})
    quoted = told["excerpt"]
    excerpt = Excerpt(span.line, quoted["text"], quoted["start"], quoted["end"]) if quoted else None
    return Site(file=told["file"], key=told["key"], span=span, excerpt=excerpt)


def _part(told: Mapping[str, Any]) -> Part:
    return Part(
        text=told["text"],
        outcome=PartOutcome(told["outcome"]),
        name=told.get("name", ""),
        form=PartForm(told["form"]),
        notes=tuple(told.get("notes", ())),
        decisive=told.get("decisive", False),
        parts=tuple(_part(each) for each in told.get("parts", ())),
        more=told.get("more", 0),
        to_hold=_missing(told.get("to_hold")),
        to_fail=_missing(told.get("to_fail")),
    )


def _missing(told: Mapping[str, Any] | None) -> Missing | None:
    if told is None:
        return None
    return Missing(facts=tuple(told["facts"]), evidence=tuple(told["evidence"]), enough=told["enough"])


def _rule(name: str, told: Mapping[str, Any]) -> Rule:
    return Rule(
        id=name,
        summary=told["summary"],
        severity=Severity(told["severity"]),
        given=told["given"],
        rationale=told["rationale"],
        remediation=told["remediation"],
        effective=day_of(told["effective"]) if told["effective"] else None,
        waivable=told["waivable_days"],
        references=tuple(Reference(title=each["title"], url=each["url"]) for each in told["references"]),
    )


def _waiver(told: Mapping[str, Any]) -> Waiver:
    return Waiver(
        id=told["id"],
        rule=told["rule"],
        release=told["release"],
        reason=WaiverReason(told["reason"]),
        justification=told["justification"],
        owner=told["owner"],
        approved_by=told["approved_by"],
        ticket=told["ticket"],
        created=day_of(told["created"]),
        expires=day_of(told["expires"]),
        pointer=told["pointer"],
        facts=told["facts"] or "",
    )


def _baseline(told: Mapping[str, Any]) -> Baseline:
    return Baseline(
        owner=told["owner"],
        created=day_of(told["created"]),
        expires=day_of(told["expires"]),
        name=told["file"] or "",
    )


def _policy(told: Mapping[str, Any]) -> Policy:
    return Policy(
        id=told["id"],
        version=told["version"],
        digest=told["digest"],
        title=told["title"],
        layout=Layout(told["layout"]),
        extends=tuple(told["extends"]),
    )


def _configuration(told: Mapping[str, Any]) -> Configuration:
    files = (SettingsFile(role=each["role"], name=each["name"], digest=each["digest"]) for each in told["files"])
    return Configuration(digest=told["digest"], files=tuple(files), trusted=told["trusted"])
