"""Reports made by hand, for the tests of reporters: one of each kind, one with everything in it, and hostile ones."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from release_review.errors import Excerpt
from release_review.hooks import Unreviewed
from release_review.model import (
    Assessment,
    AssessmentResult,
    Baseline,
    Configuration,
    Document,
    Finding,
    ItemResult,
    KnownFinding,
    Layout,
    Manifest,
    Outcome,
    Place,
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
from release_review.pointer import pointer_to

TEXT = """\
schema = "release-manifest/1"
[release]
id = "acme/one"

[[access]]
id = "hub"
kind = "weights"

[[threat]]
id = "bio"
vector = "biosecurity"
existing_risk = {
  examples = "no",
}

[[threat]]
id = "phish"
vector = "spear-phishing"
"""
DATA: dict[str, Any] = {
    "schema": "release-manifest/1",
    "release": {"id": "acme/one"},
    "access": [{"id": "hub", "kind": "weights"}],
    "threat": [
        {"id": "bio", "vector": "biosecurity", "existing_risk": {"examples": "no"}},
        {"id": "phish", "vector": "spear-phishing"},
    ],
}
PLACES = {
    "": Span(line=1, column=1, end_line=1, end_column=1),
    "/release": Span(line=2, column=1, end_line=2, end_column=10),
    "/release/id": Span(line=3, column=1, end_line=3, end_column=16),
    "/access/0": Span(line=5, column=1, end_line=5, end_column=11),
    "/access/0/id": Span(line=6, column=1, end_line=6, end_column=11),
    "/access/0/kind": Span(line=7, column=1, end_line=7, end_column=17),
    "/threat/0": Span(line=9, column=1, end_line=9, end_column=11),
    "/threat/0/vector": Span(line=11, column=1, end_line=11, end_column=23),
    "/threat/0/existing_risk": Span(line=12, column=1, end_line=14, end_column=2),
    "/threat/0/existing_risk/examples": Span(line=13, column=3, end_line=13, end_column=18),
    "/threat/1": Span(line=16, column=1, end_line=16, end_column=11),
    "/threat/1/vector": Span(line=18, column=1, end_line=18, end_column=26),
}
DAY = dt.date(2026, 1, 1)

WAIVER = Waiver(
    id="W-1",
    rule="steps/owner-named",
    release="acme/one",
    reason=WaiverReason.SCHEDULED_FIX,
    justification="The owner is being hired.",
    owner="release team",
    approved_by="release board",
    ticket="ACME-7",
    created=DAY,
    expires=dt.date(2026, 1, 31),
)
LAPSED = replace(WAIVER, id="W-0", rule="access/described", expires=dt.date(2025, 12, 31), created=dt.date(2025, 12, 1))
UNUSED = replace(WAIVER, id="W-2", rule="access/described", pointer="/access/hub")
BASELINE = Baseline(
    owner="adoption team",
    created=DAY,
    expires=dt.date(2026, 3, 31),
    name="baseline.toml",
    findings=(
        KnownFinding(
            fingerprint="0" * 64,
            rule="steps/old-debt",
            release="acme/one",
            place="access[hub].kind",
            outcome=Outcome.FAIL,
            severity=Severity.ERROR,
        ),
    ),
)
CONFIGURATION = Configuration(
    digest=f"sha256:{'1' * 64}",
    files=(
        SettingsFile(role="configuration", name="release-review.toml", digest=f"sha256:{'2' * 64}"),
        SettingsFile(role="waivers", name="waivers.toml", digest=f"sha256:{'3' * 64}"),
        SettingsFile(role="baseline", name="baseline.toml", digest=f"sha256:{'4' * 64}"),
    ),
    trusted=True,
)
EXPIRED_WAIVER = Site(
    file="waivers.toml",
    key="W-0",
    span=Span(line=4, column=1, end_line=4, end_column=23),
    excerpt=Excerpt(4, 'expires = "2025-12-31"', 0, 22),
)
UNREVIEWED = Unreviewed(
    name="other.toml",
    errors=(
        "other.toml:3:1: unknown key 'relase'; did you mean 'release'?",
        "other.toml:9:1: `access[0].id` is missing; give the channel an id",
    ),
)

# Parts ----------------------------------------------------------------------------------------------------------------


def document(
    *, name: str = "release.toml", text: str = TEXT, data: Any = None, places: Mapping[str, Span] | None = None
) -> Document:
    """Give a manifest's file; the text may hold anything, and stands in it as far as UTF-8 can say it."""
    spans = PLACES if places is None else places
    found = {pointer: Place(span=span, value=span) for pointer, span in spans.items()}
    content = text.encode("utf-8", "replace")
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    data = DATA if data is None else data
    return Document(name=name, content=content, digest=digest, data=data, find_places=lambda _: found)


def manifest(*, source: Document | None = None, release_id: str = "acme/one") -> Manifest:
    return Manifest(release_id=release_id, data={}, annotations={}, as_of=DAY, today=DAY, document=source or document())


def rule(id_: str, **fields: Any) -> Rule:
    values: dict[str, Any] = {
        "summary": f"What {id_} asks for holds.",
        "rationale": "Whoever relies on the release has to be able to look it up.",
        "remediation": "Cite an evaluation of the released weights, or say that there is none.",
        "references": (
            Reference(title="On the Societal Impact of Open Foundation Models", url="https://arxiv.org/abs/2403.07918"),
            Reference(title="A book without an address"),
        ),
    }
    return Rule(id=id_.partition("/")[2], **(values | fields))


def result(id_: str, outcome: Outcome, *findings: Finding, **changes: Any) -> RuleResult:
    """Give what became of a rule; `severity` and `note` go to the result, all other changes to the rule."""
    severity, note = changes.pop("severity", Severity.ERROR), changes.pop("note", "")
    required = rule(id_, severity=changes.pop("of_rule", severity), **changes)
    return RuleResult(id=id_, rule=required, severity=severity, outcome=outcome, findings=findings, note=note)


def item(key: str, level: str, pointer: str, **more: Any) -> ItemResult:
    return ItemResult(key=key, level=level, because=more.pop("because", f"{key} is {level}"), pointer=pointer, **more)


def assessment(id_: str, title: str, level: str, *items: ItemResult, **more: Any) -> AssessmentResult:
    scale = more.pop("scale", ("applies", "unknown", "limited", "does-not-apply"))
    because = more.pop("because", "the weights are in the hands of whoever wants them")
    note = more.pop("note", "")
    question = Assessment(
        id=id_.partition("/")[2],
        title=title,
        scale=scale,
        over="/access/*",
        levels=(),
        none=scale[-1],
        empty="unknown",
        default=scale[-1],
        **more,
    )
    return AssessmentResult(
        id=id_,
        assessment=question,
        level=level,
        because=because,
        decided_by=items[0].key if items else None,
        items={entry.key: entry for entry in items},
        note=note,
    )


# Whole reports --------------------------------------------------------------------------------------------------------

DEPTHS = ("full", "partial", "unknown", "none")


def _step(name: str, title: str, *levels: str) -> AssessmentResult:
    items = [
        item(
            key,
            level,
            f"/threat/{index}",
            reads=(f"/threat/{index}/vector",),
            undecided=(f"/threat/{index}/{name}",) if level == "unknown" else (),
        )
        for index, (key, level) in enumerate(zip(("bio", "phish"), levels, strict=True))
    ]
    return assessment(f"steps/{name}", title, levels[-1], *items, label=title.lower(), scale=DEPTHS)


def blocked(**changes: Any) -> Report:
    """Give a report with everything in it but a rule that broke."""
    values: dict[str, Any] = {
        "engine": "reference",
        "manifest": manifest(),
        "verdict": Verdict.BLOCKED,
        "assessments": (
            assessment(
                "access/broader-access",
                "Broader access",
                "applies",
                item("hub", "applies", "/access/0", reads=("/access/0/kind",)),
                rationale="Weights that are out reach people whom nobody chose.",
            ),
            assessment(
                "access/monitoring",
                "Inability to monitor or moderate usage",
                "unknown",
                item("hub", "unknown", "/access/0", undecided=("/access/0/audience", "/access/0/revocable")),
                because="the manifest does not say who sees the use",
                note="changed by policy acme: use is watched by another team",
            ),
            _step("threat", "Threat identified", "full", "unknown"),
            _step("existing-risk", "Existing risk", "unknown", "none"),
        ),
        "results": (
            result("access/described", Outcome.PASS),
            result("access/for-others", Outcome.NOT_APPLICABLE),
            result(
                "access/review-date",
                Outcome.FAIL,
                Finding(message="no date is set for the next review", pointer="/monitoring/next_review"),
                severity=Severity.WARNING,
                of_rule=Severity.ERROR,
                note="warns until it takes effect on 2027-01-01",
                effective=dt.date(2027, 1, 1),
            ),
            result(
                "access/short-name",
                Outcome.FAIL,
                Finding(message="the id could be shorter", pointer="/access/0/id", reads=("/access/0/id",)),
                severity=Severity.NOTE,
                waivable=None,
            ),
            result(
                "gate/waivers-in-force",
                Outcome.FAIL,
                Finding(message="waiver W-0 for access/described expired on 2025-12-31", site=EXPIRED_WAIVER),
                severity=Severity.WARNING,
                remediation="Remove the waiver, or ask for a new one.",
                references=(),
                waivable=None,
            ),
            result(
                "steps/existing-risk",
                Outcome.FAIL,
                Finding(
                    message="bio: no evidence of the existing risk",
                    pointer="/threat/0/existing_risk",
                    reads=("/threat/0/existing_risk/examples", "/threat/0/vector"),
                ),
                Finding(
                    message="phish: the manifest does not say",
                    pointer="/threat/1",
                    reads=("/threat/1/existing_risk/examples",),
                    outcome=Outcome.UNKNOWN,
                ),
                given="/threat/*",
            ),
            result(
                "steps/old-debt",
                Outcome.FAIL,
                Finding(message="hub: the kind was never justified", pointer="/access/0/kind", known=True),
            ),
            result("steps/open-question", Outcome.UNKNOWN),
            result(
                "steps/owner-named",
                Outcome.FAIL,
                Finding(message="nobody is named as the owner", pointer="/release/id", waiver=WAIVER),
            ),
            result(
                "steps/partly-waived",
                Outcome.FAIL,
                Finding(
                    message="bio: the assumptions are not written down",
                    pointer="/threat/0",
                    waiver=replace(WAIVER, id="W-3", rule="steps/partly-waived", pointer="/threat/bio"),
                ),
                Finding(message="phish: the assumptions are not written down", pointer="/threat/1"),
                given="/threat/*",
            ),
        ),
        "policies": (
            Policy(
                id="access",
                title="Open properties",
                version="1.0.0",
                description="Which properties of open models apply.",
                digest=f"sha256:{'5' * 64}",
            ),
            Policy(
                id="steps",
                title="Marginal risk",
                version="1.2.0",
                layout=Layout.MATRIX,
                extends=("access",),
                digest=f"sha256:{'6' * 64}",
            ),
        ),
        "plugins": (PluginInfo(name="acme", version="2.0"),),
        "without_plugins": ("other",),
        "lapsed": (LAPSED,),
        "unused": (UNUSED,),
        "baseline": BASELINE,
        "configuration": CONFIGURATION,
    }
    return Report(**(values | changes))


def passed(**changes: Any) -> Report:
    """Give a report in which nothing is to be said."""
    values: dict[str, Any] = {
        "verdict": Verdict.PASS,
        "assessments": (),
        "results": (result("access/described", Outcome.PASS), result("access/for-others", Outcome.NOT_APPLICABLE)),
        "plugins": (),
        "without_plugins": (),
        "lapsed": (),
        "unused": (),
        "baseline": None,
        "configuration": None,
    }
    return blocked(**(values | changes))


def lifted() -> Report:
    """Give a report that passes because a waiver and a baseline lift all that is not met, or it would not block."""
    kept = ("access/described", "access/review-date", "steps/old-debt", "steps/owner-named")
    results = tuple(found for found in blocked().results if found.id in kept)
    return blocked(verdict=Verdict.PASS, results=results, lapsed=(), unused=())


def broken() -> Report:
    """Give a report with everything in it, a rule that broke included."""
    failure = Finding(
        message="the rule broke: TypeError: unsupported operand", pointer="/release/id", outcome=Outcome.ERROR
    )
    return blocked(verdict=Verdict.ERROR, results=(result("access/broken", Outcome.ERROR, failure), *blocked().results))


def several() -> list[Report | Unreviewed]:
    """Give several manifests, one of which could not be reviewed."""
    return [
        passed(manifest=manifest(source=document(name="one/release.toml"))),
        UNREVIEWED,
        broken(),
        blocked(manifest=manifest(source=document(name="two/release.toml"), release_id="acme/two")),
    ]


def many(count: int, *, severity: Severity = Severity.ERROR) -> Report:
    """Give a report with a number of findings of one rule, each of which blocks if its severity is an error."""
    findings = [Finding(message=f"finding {number}", pointer="/threat/0") for number in range(count)]
    verdict = Verdict.BLOCKED if severity is Severity.ERROR else Verdict.PASS
    failed = result("steps/many", Outcome.FAIL, *findings, severity=severity)
    return blocked(verdict=verdict, results=(failed,))


# Hostile text ---------------------------------------------------------------------------------------------------------

HOSTILES: dict[str, str] = {
    "terminal": "a\x1b[2J\x1b]0;t\x07\x9b31mb\x08\x7f",
    "command": "::set-output name=x::y",
    "command on a line of its own": "a\n::error file=a::b\r\n::stop-commands::c\r::add-mask::d\u2028::e::\x85::f::",
    "colon": ":",
    "command after blanks": " \t ::warning::a",
    "logging command": "##[error]a ##vso[task.complete result=Succeeded]",
    "encoded lines": "a%0A::error::b%0D%250A,c:d",
    "cdata": "]]><failure/><![CDATA[<!-- ]]> -->",
    "entities": "&lt;&amp;&#x1b;&unknown;&#0;\"'",
    "script": '<script>alert(1)</script><img src=x onerror=alert(1)>" onload="alert(1)',
    "link": "[a](javascript:alert(1)) ![b](https://example.org/x.png) <https://example.org> https://example.org @acme",
    "markdown": "# a\n\n| b | c |\n|---|---|\n```\n</details>\n~~~\n- [ ] *d* __e__ \\` <!-- f",
    "formula": "=cmd|'/c calc'!A0",
    "formulas": "+1\n-2\n@SUM(A1)\t=3\r=4",
    "formula after a blank": "\t=1+1",
    "wide formula": "\uff1d1+1",
    "quotes": '","=1+1","\n"',
    "bidi": "\u202egnp.exe\u2066a\u2069\u200f\u061c",
    "invisible": "a\u200bb\u200dc\ufeffd\u2060e\u00adf\U000e0041\ufe0f",
    "line ends": "a\u2028b\u2029c\x85d\x0be\x0cf\rg\nh\r\ni",
    "nul": "a\x00b",
    "no characters": "a\ufffe\uffff\ufdd0\U0001ffff\U0010ffffb",
    "surrogates": "a\ud800b\udfffc\udcff",
    "marks": "e" + "\u0301" * 50,
    "placeholders": "{0} {1} {{2}} {} %s %n ${x} {{ 7 * 7 }} {% raw %}",
    "forged": "a\nverdict: pass\npass (0 blocking, 9 passed)",
    "blank": " ",
    "empty": "",
    "huge": "A\u6f22\U0001f642=" * 20_000,
}
"""Text that means harm to some format, by what it is."""


def hostile(text: str) -> list[Report | Unreviewed]:
    """Give a report every string of which is a text, and a manifest of that name that could not be reviewed."""
    place = pointer_to(text, 0)
    spans = {"": PLACES[""], place: Span(line=1, column=1, end_line=1, end_column=2)}
    source = document(name=text, text=text, data={text: [{"id": text}]}, places=spans)
    waiver = replace(
        WAIVER,
        id=text,
        rule=f"{text}/waived",
        release=text,
        justification=text,
        owner=text,
        approved_by=text,
        ticket=text,
    )
    site = Site(file=text, key=text, span=EXPIRED_WAIVER.span, excerpt=Excerpt(1, text, 0, min(len(text), 1)))
    found = Finding(message=text, pointer=place, reads=(place, pointer_to(text)))
    words: dict[str, Any] = {
        "summary": text,
        "message": text,
        "rationale": text,
        "remediation": text,
        "references": (Reference(title=text, url=text), Reference(title=text, url=f"https://{text}")),
        "note": text,
    }
    results = [
        result(f"{text}/broken", Outcome.ERROR, replace(found, outcome=Outcome.ERROR), **words),
        result(f"{text}/failed", Outcome.FAIL, found, **words),
        result(f"{text}/known", Outcome.FAIL, replace(found, known=True), **words),
        result(f"{text}/noted", Outcome.FAIL, found, severity=Severity.NOTE, **words),
        result(f"{text}/of-a-file", Outcome.FAIL, replace(found, site=site), severity=Severity.WARNING, **words),
        result(f"{text}/passed", Outcome.PASS, **words),
        result(f"{text}/silent", Outcome.UNKNOWN, **words),
        result(f"{text}/skipped", Outcome.NOT_APPLICABLE, **words),
        result(f"{text}/waived", Outcome.FAIL, replace(found, waiver=waiver), **words),
        result(text, Outcome.FAIL, found, **words),
    ]
    entry = item(text, text, place, because=text, reads=(place,), undecided=(place,))
    answer = assessment(f"{text}/one", text, text, entry, because=text, label=text, scale=(text, "unknown"), note=text)
    report = Report(
        engine=text,
        manifest=manifest(source=source, release_id=text),
        verdict=Verdict.ERROR,
        assessments=(answer, replace(answer, id=f"{text}/two")),
        results=tuple(results),
        policies=(Policy(id=text, title=text, version=text, description=text, digest=text),),
        plugins=(PluginInfo(name=text, version=text),),
        without_plugins=(text,),
        lapsed=(waiver,),
        unused=(waiver,),
        baseline=replace(BASELINE, owner=text, name=text),
        configuration=Configuration(digest=text, files=(SettingsFile(role=text, name=text, digest=text),)),
    )
    return [report, Unreviewed(name=text, errors=(text, text))]


# What tests of all formats ask ----------------------------------------------------------------------------------------

CASES: dict[str, list[Report | Unreviewed]] = {
    "pass": [passed()],
    "lifted": [lifted()],
    "blocked": [blocked()],
    "broken": [broken()],
    "unreviewed": [UNREVIEWED],
    "pass and blocked": [passed(), blocked()],
    "pass and unreviewed": [passed(), UNREVIEWED],
    "several": several(),
    "nothing": [],
}
"""What may be reported, by what it is."""

_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff\ud800-\udfff]"
    r"|[\U000e0000-\U000e0fff]"
)


def harms(text: str) -> list[str]:
    """Give the lines of a text that would do something to a terminal or a runner, or that hide something."""
    return [
        line
        for line in text.split("\n")
        if _FORBIDDEN.search(line)
        or any(part.lstrip().startswith("::") for part in line.splitlines())
        or re.search(r"##[A-Za-z]*\[", line)
    ]
