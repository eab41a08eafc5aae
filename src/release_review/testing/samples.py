"""Reports to try a reporter on, all from real reviews: one of each kind, and one in which all texts are hostile."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from release_review.admit import PolicySet, admit_policies
from release_review.hooks import Unreviewed
from release_review.model import (
    Assessment,
    Baseline,
    Decisions,
    Finding,
    KnownFinding,
    Layout,
    Level,
    Outcome,
    Policy,
    Reference,
    Report,
    Rule,
    RuleContext,
    Severity,
    Waiver,
    WaiverReason,
)
from release_review.pipeline import review
from release_review.summary import fingerprint_of
from release_review.testing.manifests import make_document

Entry = Report | Unreviewed
"""What a reporter is given for each manifest."""

SAMPLE_DAY = dt.date(2020, 2, 29)
"""The day of all samples. No other day is in them, so that today's date in a text is a clock that was read."""

FIRST, SECOND = "first-release.json", "second-release.json"
"""Names of two manifests whose order is to be kept."""

HOSTILE = (
    "a\x1b[2J\x07\x9b\x08\x00 \u202eb\u2066\u200b\ufeff\u2028\u2029\x85\x0b\r::error::c\n##[add-mask]d\r\n\ud800"
    " ]]><x>&#x1b;\" onload='e' | f `g` \\ {0} %s {{7*7}} %0A $(h) \U000e0041\uffff\n=1+1\nblocked (0)\nverdict: pass"
)
"""What moves a cursor, turns a line around, begins a line of its own, or is a command to the program that reads it."""

_RELEASE = {"/release/id": "example/small", "/access/-": {"id": "hub", "kind": "weights", "audience": "public"}}
_THREATS = {"/threat/-": {"id": "phish", "vector": "spear-phishing"}}


def samples() -> Mapping[str, tuple[Entry, ...]]:
    """Give lists of entries by a name that tells what they are; the same each time."""
    passed, blocked, broken, lifted = _passed(), _blocked(), _broken(), _lifted()
    unreviewed = Unreviewed(name="other.json", errors=("other.json:3:1: unknown key 'relase'", "other.json: too long"))
    return {
        "nothing": (),
        "passed": (passed,),
        "blocked": (blocked,),
        "a rule that broke": (broken,),
        "waived and known": (lifted,),
        "not reviewed": (unreviewed,),
        "one of each": (passed, blocked, unreviewed, broken, lifted),
        "in order": (_named(blocked, FIRST), _named(blocked, SECOND)),
        "in the other order": (_named(blocked, SECOND), _named(blocked, FIRST)),
        "hostile": (_hostile(), Unreviewed(name=HOSTILE, errors=(HOSTILE, ""))),
    }


def _check_findings(context: RuleContext) -> Iterator[Finding]:
    del context
    yield Finding(message="the licence is not stated", pointer="/weights/license", reads=("/release/id", "/access/0"))
    yield Finding(message="nobody says who may use it", pointer="/access/0/audience", outcome=Outcome.UNKNOWN)


def _check_broken(context: RuleContext) -> Iterable[Finding]:
    raise KeyError(context.pointer)


def _check_hostile(context: RuleContext) -> Iterator[Finding]:
    del context
    yield Finding(message=HOSTILE, pointer="/extensions/example")


def _rule(name: str, check: Callable[[RuleContext], Iterable[Finding]] | None, text: str = "", **fields: str) -> Rule:
    return Rule(
        id=name,
        summary=text or f"What {name} asks for holds.",
        check=check,
        assertion=None if check else fields.get("assertion", "true"),
        when=fields.get("when", ""),
        severity=Severity(fields.get("severity", "error")),
        message=text or "{manifest.release.id} does not meet it",
        rationale=text or "Whoever relies on the release can look it up.",
        remediation=text or "State it, or say that it is not so.",
        references=(Reference(title=text or "A source", url="https://example.org/source"), Reference(title="A book")),
    )


def _question(name: str, over: str, text: str = "") -> Assessment:
    level = Level(name="much", when='this.id == "hub"', because=text or "it is out")
    return Assessment(
        id=name,
        title=text or f"How much {name}",
        label=text or name,
        scale=("much", "unknown", "little"),
        over=over,
        levels=(level, Level(name="unknown", when='this.id == "phish"', because=text or "nobody says")),
        none="little",
        empty="unknown",
        default="little",
        rationale=text or "It decides what is asked.",
    )


@functools.cache
def _policies(kind: str) -> PolicySet:
    text = HOSTILE.replace("{", "(").replace("}", ")") if kind == "hostile" else ""  # braces would be filled in
    rules = [
        _rule("is-met", None),
        _rule("is-open", None, assertion='manifest.release.stage == "released"', severity="warning"),
        _rule("is-for-others", None, when='manifest.release.id == "example/other"', severity="note"),
    ]
    if kind in ("blocked", "hostile"):
        rules.append(_rule("is-stated", _check_hostile if text else _check_findings, text))
        rules.append(_rule("is-checked", None, text, assertion='manifest.release.stage == "released"'))
    if kind == "broken":
        rules.append(_rule("is-broken", _check_broken))
    whole = Policy(
        id="sample",
        title=text or "A sample",
        version="1.0.0",
        description=text,
        assessments=(_question("reach", "/access/*", text),),
        rules=tuple(rules),
    )
    matrix = Policy(
        id="steps",
        title=text or "Steps",
        version="1.0.0",
        layout=Layout.MATRIX,
        assessments=(_question("depth", "/threat/*", text), _question("breadth", "/threat/*", text)),
    )
    return admit_policies([whole, matrix])


def _review(kind: str, *, name: str = "release.json", decisions: Decisions | None = None) -> Report:
    changes = {**_RELEASE, **_THREATS}
    if kind == "passed":
        changes["/release/stage"] = "released"
    if kind == "hostile":
        changes["/extensions"] = {"example": {"text": HOSTILE.replace("\x00", "").replace("\ud800", "")}}
    return review(
        make_document(changes, name=name),
        policies=_policies(kind),
        today=SAMPLE_DAY,
        as_of=SAMPLE_DAY,
        decisions=decisions or Decisions(),
        explain=kind == "blocked",
    )


def _passed() -> Report:
    return _review("passed")


def _blocked() -> Report:
    return _review("blocked")


def _broken() -> Report:
    return _review("broken")


def _hostile() -> Report:
    return _named(_review("hostile"), HOSTILE)


def _lifted() -> Report:
    """Give a report whose findings are waived and known, with a waiver that lapsed and one that lifts nothing."""
    until = SAMPLE_DAY + dt.timedelta(days=30)
    waiver = Waiver(
        id="W-1",
        rule="sample/is-stated",
        release="example/small",
        reason=WaiverReason.SCHEDULED_FIX,
        justification="It is being looked up.",
        owner="release team",
        approved_by="release board",
        ticket="EX-1",
        created=SAMPLE_DAY,
        expires=until,
    )
    before = SAMPLE_DAY - dt.timedelta(days=1)
    lapsed = replace(waiver, id="W-0", rule="sample/is-checked", created=before, expires=before)
    unused = replace(waiver, id="W-2", rule="sample/is-met")
    bare = _blocked()
    known = tuple(
        KnownFinding(
            fingerprint=fingerprint_of(finding, result, bare),
            rule=result.id,
            release="example/small",
            place=finding.about,
            outcome=finding.outcome,
            severity=result.severity,
        )
        for result in bare.results
        for finding in result.findings
        if result.id == "sample/is-checked"
    )
    baseline = Baseline(owner="adoption team", created=SAMPLE_DAY, expires=until, findings=known, name="baseline.toml")
    decisions = Decisions(waivers=(waiver, lapsed, unused), baseline=baseline)
    return _review("blocked", decisions=decisions)


def _named(report: Report, name: str) -> Report:
    manifest = replace(report.manifest, document=replace(report.manifest.document, name=name))
    return replace(report, manifest=manifest)
