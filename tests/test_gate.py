"""The rules of the gate itself, and what becomes of their faults in a review."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from release_review import review
from release_review.admit import admit_policies
from release_review.authoring.cases import document_of
from release_review.errors import PolicyError
from release_review.gate import (
    APPROVED,
    BASELINE_IN_FORCE,
    BASELINE_TRIMMED,
    IN_FORCE,
    KNOWN_RELEASE,
    KNOWN_RULE,
    RULES,
    SAME_FACTS,
    USED,
    WAIVABLE_RULE,
    WITHIN_TERM,
    gate_results,
)
from release_review.model import (
    Baseline,
    Decisions,
    Finding,
    GateFault,
    KnownFinding,
    Outcome,
    Policy,
    Report,
    Rule,
    Severity,
    Site,
    Verdict,
    Waiver,
    WaiverReason,
)
from release_review.summary import fingerprint_of

TODAY = dt.date(2026, 2, 1)
DAY = dt.timedelta(days=1)
DATA = {
    "schema": "release-manifest/1",
    "release": {"id": "acme/model"},
    "threat": [{"id": "bio", "vector": "biosecurity"}, {"id": "cyber", "vector": "cybersecurity"}],
}


def rule(name: str, *findings: Finding, waivable: int | None = 90, severity: Severity = Severity.ERROR) -> Rule:
    return Rule(id=name, summary="One.", check=lambda _context: findings, waivable=waivable, severity=severity)


FAILED = rule(
    "failed", Finding(message="It fails.", pointer="/threat/0"), Finding(message="It, too.", pointer="/threat/1")
)
STRICT = rule("strict", Finding(message="It fails.", pointer="/threat/0"), waivable=None)
PASSED = rule("passed")


def report(
    *waivers: Waiver, rules: Sequence[Rule] = (FAILED, PASSED), ignore: bool = False, **beside: object
) -> Report:
    policies = admit_policies([Policy(id="acme", title="Acme", version="1", rules=tuple(rules))])
    decided = Decisions(waivers=waivers, ignore_waivers=ignore, **beside)  # type: ignore[arg-type]
    return review(document_of(DATA), policies=policies, today=TODAY, decisions=decided)


def waiver(
    name: str = "w1",
    *,
    of: str = "acme/failed",
    created: dt.date = TODAY,
    expires: dt.date = TODAY,
    pointer: str = "",
    owner: str = "release manager",
    facts: str = "",
) -> Waiver:
    return Waiver(
        id=name,
        rule=of,
        release="acme/model",
        reason=WaiverReason.ACCEPTED_RISK,
        justification="It is on its way.",
        owner=owner,
        approved_by="release board",
        ticket="GATE-1",
        created=created,
        expires=expires,
        pointer=pointer,
        facts=facts,
    )


def gate_rules(found: Report) -> dict[str, Severity]:
    return {result.rule.id: result.severity for result in found.results if result.of_gate}


def test_every_rule_of_the_gate_says_what_why_and_how() -> None:
    assert len({each.id for each in RULES}) == len(RULES) == 13
    for each in RULES:
        assert each.summary.endswith(".")
        assert each.rationale.endswith(".")
        assert each.remediation.endswith(".")
        assert each.waivable is None


def test_faults_are_results_like_any_other() -> None:
    site = Site(file="waivers.toml", key="w1")
    faults = [
        GateFault(rule=name, message=f"{name} {number}", site=site) for name in (USED, APPROVED) for number in (1, 2)
    ]
    approved, used = gate_results(faults)
    assert (approved.id, approved.severity, approved.blocks) == (
        "gate/waivers-approved-by-others",
        Severity.ERROR,
        True,
    )
    assert (used.id, used.severity, used.blocks) == ("gate/waivers-used", Severity.WARNING, False)
    assert [(each.message, each.site, each.outcome) for each in used.findings] == [
        ("waivers-used 1", site, Outcome.FAIL),
        ("waivers-used 2", site, Outcome.FAIL),
    ]
    assert gate_results([]) == ()


def test_waivers_for_both_findings_let_a_release_pass() -> None:
    found = report(waiver("w1", pointer="/threat/bio"), waiver("w2", pointer="/threat/cyber"))
    assert found.verdict is Verdict.PASS
    assert found.counts == {
        "pass": 1, "fail": 0, "unknown": 0, "not-applicable": 0, "error": 0, "waived": 1, "known": 0,
    }  # fmt: skip
    assert gate_rules(found) == {}


def test_a_waiver_for_one_of_two_findings_does_not() -> None:
    found = report(waiver(pointer="/threat/bio"))
    assert found.verdict is Verdict.BLOCKED
    assert [each.waiver and each.waiver.id for each in found.results[0].findings] == ["w1", None]


@pytest.mark.parametrize(
    ("faulty", "rules"),
    [
        (waiver(created=TODAY - DAY, expires=TODAY - DAY), {IN_FORCE: Severity.WARNING}),
        (waiver(created=TODAY + DAY, expires=TODAY + DAY), {IN_FORCE: Severity.WARNING}),
        (waiver(of="acme/passed"), {USED: Severity.WARNING}),
        (waiver(pointer="/threat/bio/title"), {USED: Severity.WARNING}),
        (waiver(facts=f"sha256:{'0' * 64}"), {SAME_FACTS: Severity.WARNING}),
        (waiver(expires=TODAY + 90 * DAY), {WITHIN_TERM: Severity.ERROR}),
        (waiver(owner="Release Board"), {APPROVED: Severity.ERROR}),
        (waiver(of="acme/fialed"), {KNOWN_RULE: Severity.ERROR}),
        (waiver(of="gate/waivers-known-rules"), {KNOWN_RULE: Severity.ERROR}),
        (waiver(of="acme/strict"), {WAIVABLE_RULE: Severity.ERROR}),
    ],
    ids=["expired", "not yet", "passes", "elsewhere", "facts", "term", "own", "no rule", "gate", "never"],
)
def test_a_faulty_waiver_lifts_nothing_and_is_a_finding(faulty: Waiver, rules: dict[str, Severity]) -> None:
    found = report(faulty, rules=(FAILED, PASSED, STRICT))
    assert gate_rules(found) == rules
    assert found.verdict is Verdict.BLOCKED
    assert not any(finding.lifted for result in found.results for finding in result.findings)


@pytest.mark.parametrize("rules", [(PASSED,), (PASSED, STRICT)], ids=["", "strict"])
def test_an_error_about_a_waiver_blocks_a_release_that_meets_all_rules(rules: tuple[Rule, ...]) -> None:
    assert report(waiver(of="acme/no-such"), rules=rules).verdict is Verdict.BLOCKED
    assert report(waiver(of="acme/passed"), rules=(PASSED,)).verdict is Verdict.PASS


def test_nobody_waives_a_rule_of_the_gate() -> None:
    found = report(waiver("w1", owner="release board"), waiver("w2", of="gate/waivers-approved-by-others"))
    assert gate_rules(found) == {APPROVED: Severity.ERROR, KNOWN_RULE: Severity.ERROR}
    assert found.verdict is Verdict.BLOCKED


def test_no_policy_is_called_like_the_gate() -> None:
    with pytest.raises(PolicyError, match="no policy may be called 'gate'"):
        admit_policies([Policy(id="gate", title="Gate", version="1", rules=(PASSED,))])


def test_a_rule_that_broke_is_an_error_whatever_is_waived_or_known() -> None:
    def check(_context: object) -> list[Finding]:
        raise RuntimeError("it broke")

    broken = Rule(id="failed", summary="One.", check=check)
    before = report()
    identity = fingerprint_of(before.results[0].findings[0], before.results[0], before)
    known = KnownFinding(
        fingerprint=identity,
        rule="acme/failed",
        release="acme/model",
        place="",
        outcome=Outcome.FAIL,
        severity=Severity.ERROR,
    )
    baseline = Baseline(owner="release manager", created=TODAY, expires=TODAY, findings=(known,))
    found = report(waiver(), rules=(broken, PASSED), baseline=baseline)
    assert found.verdict is Verdict.ERROR
    assert gate_rules(found) == {USED: Severity.WARNING}


def test_ignored_waivers_lift_nothing_and_are_not_judged() -> None:
    found = report(waiver(), waiver("w2", owner="release board", pointer="/threat/bio"), ignore=True)
    assert (found.verdict, found.waivers_ignored, gate_rules(found)) == (Verdict.BLOCKED, True, {})


def test_what_is_wrong_beside_is_in_the_report() -> None:
    fault = GateFault(rule=KNOWN_RELEASE, message="nobody reviews it", site=Site(file="waivers.toml", key="w9"))
    assert gate_rules(report(beside=(fault,))) == {KNOWN_RELEASE: Severity.NOTE}


def test_a_baseline_that_is_over_is_a_finding_of_the_gate() -> None:
    over = Baseline(owner="release manager", created=TODAY - DAY, expires=TODAY - DAY)
    assert gate_rules(report(baseline=over)) == {BASELINE_IN_FORCE: Severity.WARNING}
    gone = KnownFinding(
        fingerprint="0" * 64,
        rule="acme/failed",
        release="acme/model",
        place="",
        outcome=Outcome.FAIL,
        severity=Severity.ERROR,
    )
    stale = Baseline(owner="release manager", created=TODAY, expires=TODAY, findings=(gone,))
    assert gate_rules(report(baseline=stale)) == {BASELINE_TRIMMED: Severity.NOTE}
