"""What several results come to: the questions that every report and the exit status ask in the same way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from release_review.fingerprint import fingerprint
from release_review.hooks import Unreviewed
from release_review.model import Finding, Outcome, Report, RuleResult, Severity, Site, Verdict, Waiver
from release_review.pointer import pointer_to

PROGRAM = "release-review"
"""Name of the distribution and of the command."""

MOST_WITH_READS = 100
"""Findings of one rule that list the facts they rest on: those after them rest on the same facts of other items.

A rule about each of many threats that all rest on many channels would make a report as long as the product.
"""

UNMET = frozenset({Outcome.FAIL, Outcome.UNKNOWN, Outcome.ERROR})
"""Outcomes that a report has something to say about."""

EXIT_STATUS: Mapping[Verdict, int] = {Verdict.PASS: 0, Verdict.BLOCKED: 1, Verdict.ERROR: 2}
"""What each verdict is to a shell."""

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
    """Give the findings of an unmet rule, and its summary where it brings none; nothing for another rule.

    Those after the first `MOST_WITH_READS` come without the facts they rest on.
    """
    if result.outcome not in UNMET:
        return ()
    found = result.findings or (Finding(message=result.rule.summary, outcome=result.outcome),)
    if len(found) <= MOST_WITH_READS:
        return found
    return (*found[:MOST_WITH_READS], *(replace(each, reads=()) for each in found[MOST_WITH_READS:]))


def site_of(finding: Finding, report: Report) -> Site:
    """Give the place of a finding, ready to be shown: in the manifest, or in the file that it is about."""
    return finding.site or report.manifest.document.site(finding.pointer)


def fingerprint_of(finding: Finding, result: RuleResult, report: Report) -> str:
    """Give the identity of a finding, which outlives its line."""
    document = report.manifest.document
    if finding.site is not None:
        return fingerprint(result.id, report.manifest.release_id, pointer_to(finding.site.key), None)
    return fingerprint(result.id, report.manifest.release_id, finding.about, document.data)


def lifted_by(finding: Finding, report: Report) -> str:
    """Say why a finding stands in nobody's way, until when, and who answers for that; nothing for one that does."""
    if waiver := finding.waiver:
        return f"waived until {waiver.expires} by {waiver.owner} ({waiver.id}, {waiver.reason.value})"
    if not finding.known:
        return ""
    baseline = report.baseline
    return f"known until {baseline.expires} by {baseline.owner} (baseline)" if baseline else "known (baseline)"


def unmet(report: Report) -> list[RuleResult]:
    """Give the rules that were not met, could not be decided or broke, the gravest first; not what is lifted."""
    found = (result for result in report.results if result.outcome in UNMET and not result.lifted)
    return sorted(found, key=lambda result: _rank(result, report))


def waived(report: Report) -> Iterator[tuple[RuleResult, Waiver]]:
    """Give every rule of which waivers lift something, with each of those waivers once."""
    for result in report.results:
        for waiver in dict.fromkeys(each.waiver for each in result.findings if each.waiver):
            yield result, waiver


def partly_lifted(report: Report) -> list[RuleResult]:
    """Give the rules of which a waiver or the baseline lifts something, the gravest first."""
    found = (result for result in report.results if any(each.lifted for each in result.findings))
    return sorted(found, key=lambda result: _rank(result, report))


def known(report: Report) -> list[tuple[RuleResult, tuple[Finding, ...]]]:
    """Give the rules of which the baseline lists something, the gravest first, with those findings."""
    listed = ((result, tuple(each for each in result.findings if each.known)) for result in partly_lifted(report))
    return [(result, found) for result, found in listed if found]


def tally(report: Report) -> dict[str, int]:
    """Count the unmet rules: those that broke, that block, warnings, notes, and those that are lifted."""
    counts = dict.fromkeys(("broken", "blocking", "warning", "note"), 0)
    for result in unmet(report):
        counts[gravity_of(result)] += 1
    return counts | {name: report.counts[name] for name in ("waived", "known")}


def gravity_of(result: RuleResult) -> str:
    """Give what an unmet rule means for the release: `broken`, `blocking`, `warning` or `note`."""
    if result.outcome is Outcome.ERROR:
        return "broken"
    return "blocking" if result.blocks else result.severity.value


def remedy_of(result: RuleResult) -> str:
    """Tell how to meet a rule; nobody can change a manifest so that a rule of a policy that broke works."""
    if result.outcome is Outcome.ERROR and not result.of_gate:
        return f"The rule broke; tell the author of policy {result.id.partition('/')[0]}."
    return result.rule.remediation


def first_actions(report: Report, *, at_most: int = 3) -> list[Action]:
    """Give what to do first: one action for each unmet error or warning, the gravest first."""
    # A rule that broke asks nothing of the manifest.
    candidates = [
        result
        for result in unmet(report)
        if result.outcome is not Outcome.ERROR and result.severity is not Severity.NOTE
    ]
    return [_action(result) for result in candidates[:at_most]]


def _rank(result: RuleResult, report: Report) -> tuple[bool, int, int, tuple[int, int], str]:
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
