"""What each outcome is called, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator

from release_review.model import Outcome, Report, RuleResult
from release_review.summary import findings_of, lifted_by

SCORES = {Outcome.PASS: 1, Outcome.FAIL: 0}
"""Scores of conformance; what is unknown, broke or does not apply has none."""

MOST_TOLD = 3
"""Messages of findings that a rationale repeats; each finding is a piece of evidence anyway."""

PREDICATES = {
    Outcome.PASS: "{}",
    Outcome.FAIL: "This requirement is not met: {}",
    Outcome.UNKNOWN: "The manifest does not say enough to tell whether this requirement is met: {}",
    Outcome.ERROR: "The rule broke, and nobody knows whether this requirement is met: {}",
}
DOUBTS = {Outcome.UNKNOWN: "What is stated does not decide it.", Outcome.ERROR: "The rule broke."}


def rationale_of(result: RuleResult, report: Report) -> str:
    """Say what a rule came to, what it weighs, and the first of what was found."""
    head = f"{result.outcome.value} ({', '.join(_weight(result))})"
    if result.outcome is Outcome.PASS:
        return f"{head}: the rule holds for the manifest as of {report.manifest.as_of}"
    if result.outcome is Outcome.NOT_APPLICABLE:
        return f"{head}: the requirement does not apply to what the manifest describes"
    findings = findings_of(result)
    told = [finding.message for finding in findings[:MOST_TOLD]]
    more = [f"and {len(findings) - MOST_TOLD} more"] if len(findings) > MOST_TOLD else []
    lifts = dict.fromkeys(lifted for finding in findings if (lifted := lifted_by(finding, report)))
    return f"{head}: {'; '.join([*told, *more, *lifts])}"


def _weight(result: RuleResult) -> Iterator[str]:
    yield f"severity {result.severity.value}"
    if result.blocks:
        yield "blocks the release"
    if result.lifted:
        yield "lifted"
    if result.note:
        yield result.note


def summary_of(owner: str, report: Report) -> str:
    """Say the verdict on the release, and what became of the rules of one policy."""
    outcomes = [result.outcome for result in report.results if result.id.partition("/")[0] == owner]
    counts = ", ".join(f"{outcomes.count(each)} {each.value}" for each in Outcome if each in outcomes)
    version = next((f" {policy.version}" for policy in report.policies if policy.id == owner), "")
    release = report.manifest.release_id
    return f"Verdict on {release}: {report.verdict.value}. Rules of {owner}{version}: {counts}."
