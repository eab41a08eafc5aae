"""Where rules were not met: message, the manifest's own line, and how to fix it."""

from __future__ import annotations

from collections.abc import Iterator

from release_review.escape import plain
from release_review.fingerprint import name_of
from release_review.hooks import Style
from release_review.model import Finding, Outcome, Report, RuleResult
from release_review.reporters.layout import excerpt, paint, paint_start, severity_color, some, wrap
from release_review.summary import findings_of, unmet

AT_MOST = 10
"""Findings of one rule that are shown, unless more is asked for."""

_KEYS_SHOWN = 6


def finding_lines(report: Report, style: Style) -> Iterator[str]:
    """Give every rule that was not met, the gravest first, with its findings."""
    for result in unmet(report):
        yield ""
        yield from _rule(result, report, style)


def met_lines(report: Report, style: Style) -> Iterator[str]:
    """List the rules that passed and those that do not apply."""
    for outcome, title in ((Outcome.PASS, "Passed"), (Outcome.NOT_APPLICABLE, "Not applicable")):
        results = [result for result in report.results if result.outcome is outcome]
        if results:
            yield from ("", paint(title, "bold", style))
        for result in results:
            yield from wrap(f"{result.id}: {result.rule.summary}", style, indent="    ", first="  ")


def _rule(result: RuleResult, report: Report, style: Style) -> Iterator[str]:
    severity, name = result.severity.value, plain(result.id)
    head = wrap(f"{result.id} ({result.outcome.value})", style, indent="  ", first=f"{severity}: ")
    head = paint_start(head, name, "bold", style)
    yield from paint_start(head, severity, severity_color(result.severity), style)
    findings = findings_of(result)
    shown = findings if style.verbosity > 0 else findings[:AT_MOST]
    for finding in sorted(shown, key=lambda found: report.manifest.document.locate(found.pointer)):
        yield from _finding(finding, report, style)
    if len(shown) < len(findings):
        yield f"  and {len(findings) - len(shown)} more findings of this rule; -v shows them"
    remediation = result.rule.remediation
    if result.outcome is Outcome.ERROR:
        remediation = f"The rule broke; tell the author of policy {result.id.partition('/')[0]}."
    if remediation:
        fix = wrap(remediation, style, indent="       ", first="  fix: ")
        yield from paint_start(fix, "fix:", "bold", style)


def _finding(finding: Finding, report: Report, style: Style) -> Iterator[str]:
    document = report.manifest.document
    yield from wrap(finding.message, style, indent="  ")
    span = document.locate(finding.pointer)
    yield f"  --> {plain(document.name)}:{span.line}:{span.column}"
    if finding.pointer:
        yield from excerpt(document, span, style, indent="  ")
    if finding.outcome is Outcome.UNKNOWN and finding.reads:
        names = [name_of(pointer, document.data) for pointer in finding.reads]
        if not all(name in finding.message for name in names):
            yield from wrap(some(names, _KEYS_SHOWN), style, indent="    ", first="  would decide it: ")
