"""What several results come to: the questions that every report and the exit status ask in the same way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from release_review.hooks import Unreviewed
from release_review.model import Finding, Outcome, Report, RuleResult, Severity, Verdict

PROGRAM = "release-review"
"""Name of the distribution and of the command."""

UNMET = frozenset({Outcome.FAIL, Outcome.UNKNOWN, Outcome.ERROR})
"""Outcomes that a report has something to say about."""

_SEVERITIES = tuple(Severity)
_OUTCOMES = (Outcome.ERROR, Outcome.FAIL, Outcome.UNKNOWN)
_WORST_FIRST = (Verdict.ERROR, Verdict.BLOCKED, Verdict.PASS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something to do next.

    Attributes:
        result: The rule it would satisfy.
        pointers: What to change in the manifest, most telling first.
        decided_elsewhere: Whether facts outside the rule's own items leave it open: they come first, not its remedy.
    """

    result: RuleResult
    pointers: tuple[str, ...]
    decided_elsewhere: bool = False


def verdict_shown(entry: Report | Unreviewed) -> Verdict:
    """Give the verdict of one manifest; one that could not be reviewed has none but `error`."""
    return entry.verdict if isinstance(entry, Report) else Verdict.ERROR


def overall_verdict(entries: Iterable[Report | Unreviewed]) -> Verdict:
    """Give the verdict of several manifests: error beats blocked beats pass, and nothing at all is an error."""
    verdicts = {verdict_shown(entry) for entry in entries}
    return next((verdict for verdict in _WORST_FIRST if verdict in verdicts), Verdict.ERROR)


def findings_of(result: RuleResult) -> tuple[Finding, ...]:
    """Give the findings of an unmet rule, and its summary where it brings none; nothing for another rule."""
    if result.outcome not in UNMET:
        return ()
    return result.findings or (Finding(message=result.rule.summary, outcome=result.outcome),)


def unmet(report: Report) -> list[RuleResult]:
    """Give the rules that were not met, could not be decided or broke, the gravest first; waived ones are left out."""
    found = (result for result in report.results if result.outcome in UNMET and result.waiver is None)
    return sorted(found, key=lambda result: _gravity(result, report))


def waived(report: Report) -> Iterator[RuleResult]:
    """Give the rules that a waiver lifts."""
    return (result for result in report.results if result.waiver is not None)


def tally(report: Report) -> dict[str, int]:
    """Count the unmet rules: those that broke, those that block, warnings, notes, and those waived."""
    counts = dict.fromkeys(("broken", "blocking", "warning", "note"), 0)
    for result in unmet(report):
        if result.outcome is Outcome.ERROR:
            counts["broken"] += 1
        elif result.blocks:
            counts["blocking"] += 1
        else:
            counts[result.severity.value] += 1
    return counts | {"waived": sum(1 for _ in waived(report))}


def first_actions(report: Report, *, at_most: int = 3) -> list[Action]:
    """Give what to do first: one action for each unmet error or warning, the gravest first."""
    # A rule that broke asks nothing of the manifest.
    candidates = [
        result
        for result in unmet(report)
        if result.outcome is not Outcome.ERROR and result.severity is not Severity.NOTE
    ]
    return [_action(result) for result in candidates[:at_most]]


def _gravity(result: RuleResult, report: Report) -> tuple[bool, int, int, tuple[int, int], str]:
    return (
        result.outcome is not Outcome.ERROR,
        _SEVERITIES.index(result.severity),
        _OUTCOMES.index(result.outcome),
        _step(result, report),
        result.id,
    )


def _step(result: RuleResult, report: Report) -> tuple[int, int]:
    """Give the place of the question that a rule is named after, `policy/question-...`; other rules come first."""
    named = [answer for answer in report.assessments if f"{result.id}-".startswith(f"{answer.id}-")]
    question = max(named, key=lambda answer: len(answer.id), default=None)
    return (1, question.assessment.order) if question else (0, 0)


def _action(result: RuleResult) -> Action:
    """Name what to change: the facts that would decide an unknown, else the place of the finding."""
    findings = findings_of(result)
    reads = tuple(dict.fromkeys(pointer for finding in findings for pointer in finding.reads))
    own = [_own(finding, result) for finding in findings]
    if result.outcome is Outcome.UNKNOWN and reads and not any(own):
        return Action(result=result, pointers=reads, decided_elsewhere=True)
    places = dict.fromkeys(
        pointer
        for finding, facts in zip(findings, own, strict=True)
        for pointer in (facts if finding.outcome is Outcome.UNKNOWN and finding.reads else (finding.pointer,))
    )
    return Action(result=result, pointers=tuple(pointer for pointer in places if pointer))


def _own(finding: Finding, result: RuleResult) -> tuple[str, ...]:
    """Give those of the facts a finding rests on that belong to its item; a rule about the manifest has no items."""
    if result.rule.given is None:
        return ()
    return tuple(pointer for pointer in finding.reads if f"{pointer}/".startswith(f"{finding.pointer}/"))
