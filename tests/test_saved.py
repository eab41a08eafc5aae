"""A saved report keeps every field of every record in it, but for those that are named here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from typing import Any

import pytest

from release_review import read_report
from release_review.errors import Excerpt
from release_review.hooks import Style
from release_review.importers import release_review_importers
from release_review.load import importer_of, read_document
from release_review.model import (
    CONDITION,
    Assessment,
    AssessmentResult,
    Baseline,
    Configuration,
    Document,
    Finding,
    ItemResult,
    Layout,
    Manifest,
    Missing,
    Outcome,
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
from release_review.reporters.json_report import render
from release_review.validate import validate

IMPORTERS = tuple(release_review_importers())
DAY = dt.date(2026, 1, 31)

LEFT_OUT: Mapping[type, frozenset[str]] = {
    # Where it is written is in a file that the report does not hold.
    Waiver: frozenset({"origin"}),
    Baseline: frozenset({"origin", "findings"}),
    # What decided is not needed once it is decided.
    Finding: frozenset({"basis", "levels"}),
    Rule: frozenset({"when", "assertion", "check", "message", "empty", "params", "cases", "accepted", "origin"}),
    Assessment: frozenset(
        {
            *("over", "levels", "none", "empty", "default", "overall", "counts"),
            *("rationale", "params", "references", "cases", "accepted", "origin"),
        }
    ),
    Policy: frozenset({"description", "assessments", "rules", "overrides", "choices", "base", "origin"}),
}
"""What a saved report does not keep, by record: no reporter may show it."""


def document(text: str, name: str) -> Document:
    return read_document(text.encode(), name=name, importer=importer_of(name, IMPORTERS), folder=None)


def manifest() -> Manifest:
    text = 'schema = "release-manifest/1"\n[release]\nid = "acme/one"\n\n[[access]]\nid = "hub"\nkind = "weights"\n'
    return validate(document(text, "release.toml"), as_of=dt.date(2026, 2, 1), today=DAY)


def waiver(name: str, rule: str) -> Waiver:
    return Waiver(
        id=name,
        rule=rule,
        release="acme/one",
        reason=WaiverReason.SCHEDULED_FIX,
        justification="The owner is being hired.",
        owner="release team",
        approved_by="release board",
        ticket="REL-7",
        created=DAY,
        expires=DAY,
        pointer="/access/hub",
        facts=f"sha256:{'1' * 64}",
    )


def failed(id_: str, *findings: Finding) -> RuleResult:
    rule = Rule(
        id=id_.partition("/")[2],
        summary="Somebody watches each channel.",
        severity=Severity.WARNING,
        given="/access/*",
        rationale="What nobody watches nobody can stop.",
        remediation="Set `usage_observed`.",
        effective=dt.date(2026, 1, 1),
        waivable=90,
        references=(Reference(title="A source", url="https://example.org"),),
    )
    return RuleResult(
        id=id_, rule=rule, severity=Severity.ERROR, outcome=Outcome.FAIL, findings=findings, note="made graver by acme"
    )


def finding(**fields: Any) -> Finding:
    return Finding(**({"message": "hub is not watched", "pointer": "/access/0"} | fields))


def full() -> Report:
    """Give a report in which something stands in every field, but that waivers are not ignored."""
    missing = Missing(facts=("/access/0/kind",), evidence=("/access/0/id",), enough=False)
    part = Part(
        text="this.kind == 1",
        outcome=PartOutcome.FALSE,
        name=CONDITION,
        form=PartForm.ALL_OF,
        notes=("access[hub].kind is 2",),
        decisive=True,
        parts=(Part(text="this.kind", outcome=PartOutcome.TRUE),),
        more=2,
        to_hold=missing,
        to_fail=missing,
    )
    site = Site(
        file="waivers.toml",
        key="w2",
        span=Span(line=4, column=1, end_line=4, end_column=8),
        excerpt=Excerpt(4, 'id = "w2"', 0, 7),
    )
    question = Assessment(
        id="watching",
        title="Who watches",
        scale=("applies", "unknown"),
        over="",
        levels=(),
        none="",
        empty="",
        default="",
        label="watching",
        order=3,
    )
    item = ItemResult(
        key="hub",
        level="unknown",
        because="nobody says",
        pointer="/access/0",
        reads=("/access/0/kind",),
        undecided=("/access/0/usage_observed",),
    )
    return Report(
        engine="reference",
        manifest=manifest(),
        verdict=Verdict.BLOCKED,
        assessments=(
            AssessmentResult(
                id="watch/watching",
                assessment=question,
                level="unknown",
                because="nobody says",
                decided_by="hub",
                items={"hub": item},
                note="changed by acme",
            ),
        ),
        results=(
            failed("gate/waivers-used", finding(pointer="", site=site)),
            failed("watch/known", finding(known=True)),
            failed("watch/open", finding(outcome=Outcome.UNKNOWN, subject="", reads=("/access/0/kind",), why=(part,))),
            failed("watch/waived", finding(waiver=waiver("w1", "watch/waived"))),
        ),
        policies=(
            Policy(
                id="watch",
                title="Watch",
                version="1.0.0",
                layout=Layout.MATRIX,
                extends=("other",),
                digest=f"sha256:{'2' * 64}",
            ),
        ),
        plugins=(PluginInfo(name="acme", version="2.0"),),
        without_plugins=("other",),
        lapsed=(waiver("w0", "watch/open"),),
        unused=(waiver("w2", "watch/open"),),
        baseline=Baseline(owner="release team", created=DAY, expires=DAY, name="baseline.toml"),
        configuration=Configuration(
            digest=f"sha256:{'3' * 64}",
            files=(SettingsFile(role="waivers", name="waivers.toml", digest=f"sha256:{'4' * 64}"),),
            trusted=True,
        ),
    )


def without_waivers() -> Report:
    return replace(full(), results=full().results[:-1], waivers_ignored=True)


REPORTS = {"full": full(), "without waivers": without_waivers()}


def kept_fields(record: Any) -> list[Field[Any]]:
    return [field for field in fields(record) if field.name not in LEFT_OUT.get(type(record), ())]


def as_data(value: Any) -> Any:
    """Give a record as plain data, without what is left out of a saved report."""
    if isinstance(value, Manifest):
        read = value.document
        return value.release_id, value.as_of, value.today, value.data, read.name, read.format, read.content, read.data
    if is_dataclass(value):
        return type(value), {field.name: as_data(getattr(value, field.name)) for field in kept_fields(value)}
    if isinstance(value, Mapping):
        return {key: as_data(each) for key, each in value.items()}
    return [as_data(each) for each in value] if isinstance(value, tuple) else value


def records(value: Any) -> Iterator[Any]:
    """Give every record in a report; how a manifest is read is tested elsewhere."""
    if is_dataclass(value) and not isinstance(value, Manifest):
        yield value
        value = tuple(getattr(value, field.name) for field in kept_fields(value))
    if isinstance(value, Mapping | tuple):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from records(each)


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_a_saved_report_gives_the_same_records(report: Report) -> None:
    (again,) = read_report(document(render([report], Style()), "report.json"), importers=IMPORTERS)
    assert as_data(again) == as_data(report)


def test_no_field_is_forgotten() -> None:
    """Whoever adds a field to a record fills it in above, and so learns whether it is saved."""
    found = [record for report in REPORTS.values() for record in records(report)]
    untold = {
        f"{type(record).__name__}.{field.name}"
        for record in found
        for field in kept_fields(record)
        if field.default is not MISSING
        and all(getattr(each, field.name) == field.default for each in found if type(each) is type(record))
    }
    assert not untold


def test_what_is_left_out_is_there_to_be_left_out() -> None:
    for record, names in LEFT_OUT.items():
        assert names <= {field.name for field in fields(record)}
